"""The error that users see."""

from __future__ import annotations


class CodesearchError(Exception):
    """Something a user can act on: its text is one line that says what to do. Exit status 2."""
