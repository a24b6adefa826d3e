"""What is wrong with a table that was to be published."""

from __future__ import annotations


class PublishError(Exception):
    """A declaration or file that cannot be published; the message says where and why."""
