"""One line for every error at the command line."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.exc import DBAPIError, OperationalError
from typing_extensions import override

from ingest.errors import DeliveryError, WithdrawalError
from ingest.publish.errors import PublishError
from schemas.facts import UnfitDatabaseError
from schemas.migrate import NotBootstrappedError
from vo_server.auth.errors import AuthError
from vo_server.errors import OperationError
from vo_server.signals import Stopped, stoppable

_STOPPED = 130
"""Exit code of a command that was stopped before its end."""


_EXPLAINED = (
    OperationError,
    AuthError,
    DeliveryError,
    WithdrawalError,
    PublishError,
    UnfitDatabaseError,
    NotBootstrappedError,
)


class OneLineGroup(click.Group):
    """A group whose commands end in one line and exit code 1 when something is wrong."""

    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            with stoppable():
                return super().invoke(ctx)
        except Stopped:
            click.echo("Stopped.", err=True)
            return ctx.exit(_STOPPED)
        except _EXPLAINED as error:
            raise click.ClickException(str(error)) from None
        except OperationalError as error:
            raise click.ClickException(f"cannot use the database: {_first_line(error)}") from None
        except DBAPIError as error:
            raise click.ClickException(
                f"the database refused: {_first_line(error)}; `vo-server db check` may tell why"
            ) from None
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise click.ClickException(f"{error.strerror or error}{where}") from None


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error).__name__
