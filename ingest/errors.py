"""What can be wrong with a product."""

from __future__ import annotations


class ProductError(ValueError):
    """A file is not the product it should be.

    ``reason`` is one sentence for the person who made the delivery: which
    file, what was found and what was expected.
    """

    def __init__(self, reason: str) -> None:
        # Parts of it come from damaged files: it must fit a line, and a database.
        printable = "".join(char if char.isprintable() else " " for char in reason)
        self.reason = " ".join(printable.split())
        super().__init__(self.reason)


class DeliveryError(ValueError):
    """A delivery as a whole can't be taken; the message says what to do."""


class WithdrawalError(ValueError):
    """A product can't be withdrawn or restored; the message says why."""
