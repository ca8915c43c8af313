"""The error that users see."""

from __future__ import annotations


class CodesearchError(Exception):
    """Something a user can act on: its text is one line that says what to do. Exit status 2."""


def said_by(error: Exception) -> str:
    """What an error says; of a system error the words alone, for a message that names the file itself."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
