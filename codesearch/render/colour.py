"""Whether output is coloured, and the consoles that it goes to: nothing else makes one."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

# Nothing is cut to this width: for a table or a line that no terminal shows.
_UNCUT = 1_000_000
_WITHOUT_COLOURS = ("dumb", "unknown")


class Colour(str, Enum):
    """When output is coloured; `AUTO` leaves it to the environment and to where the output goes."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def is_coloured(wanted: Colour, *, on_terminal: bool, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour: as the option says; else as `NO_COLOR` and then `CLICOLOR_FORCE` or `FORCE_COLOR`
    say; else on a terminal that knows colours.
    """
    if wanted is not Colour.AUTO:
        return wanted is Colour.ALWAYS
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in ("", "0") for name in ("CLICOLOR_FORCE", "FORCE_COLOR")):
        return True
    return on_terminal and environment.get("TERM") not in _WITHOUT_COLOURS


def results_console(wanted: Colour = Colour.AUTO, *, as_on_terminal: bool = False) -> Console:
    """The console on stdout: as wide as the terminal; where there is none, nothing is cut.

    `as_on_terminal` colours a pipe as a terminal would be.
    """
    is_terminal = sys.stdout.isatty()
    coloured = is_coloured(wanted, on_terminal=is_terminal or as_on_terminal)
    return _console(sys.stdout, coloured=coloured, width=None if is_terminal else _UNCUT)


def messages_console(wanted: Colour = Colour.AUTO) -> Console:
    """The console on stderr, for messages and progress."""
    coloured = is_coloured(wanted, on_terminal=sys.stderr.isatty())
    return _console(sys.stderr, coloured=coloured, soft_wrap=True)


def _console(stream: TextIO, *, coloured: bool, width: int | None = None, soft_wrap: bool = False) -> Console:
    from rich.console import Console

    is_terminal = stream.isatty()
    knows_colours = is_terminal and os.environ.get("TERM") not in _WITHOUT_COLOURS
    return Console(
        file=stream,
        # All of these are said, for rich would ask the environment, by rules of its own.
        force_terminal=is_terminal,
        color_system=("auto" if knows_colours else "standard") if coloured else None,
        no_color=not coloured,
        highlight=False,
        width=width,
        soft_wrap=soft_wrap,
    )
