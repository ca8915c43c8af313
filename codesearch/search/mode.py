"""Choices that a search has names for. By themselves: the command line needs them before anything heavy."""

from __future__ import annotations

from enum import Enum


class Rerank(str, Enum):
    """Whether the best candidates are read once more: where it may change something and as long as there
    is time, always and all of them, or never.
    """

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Tests(str, Enum):
    """Whether tests are searched."""

    YES = "yes"
    NO = "no"
    ONLY = "only"
