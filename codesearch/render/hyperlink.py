"""Links to a place in a file, for terminals that open them (OSC 8)."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from urllib.parse import quote

# The names and forms are ripgrep's, and two editors more.
ALIASES = {
    "cursor": "cursor://file{path}:{line}:{column}",
    "default": "file://{path}" if os.name == "nt" else "file://{host}{path}",
    "file": "file://{host}{path}",
    "grep+": "grep+://{path}:{line}",
    "kitty": "file://{host}{path}#{line}",
    "macvim": "mvim://open?url=file://{path}&line={line}&column={column}",
    "none": "",
    "textmate": "txmt://open?url=file://{path}&line={line}&column={column}",
    "vscode": "vscode://file{path}:{line}:{column}",
    "vscode-insiders": "vscode-insiders://file{path}:{line}:{column}",
    "vscodium": "vscodium://file{path}:{line}:{column}",
    "windsurf": "windsurf://file{path}:{line}:{column}",
    "zed": "zed://file{path}:{line}:{column}",
}
_FIELDS = ("path", "line", "column", "host")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class Hyperlinks:
    """How links are written: a URL with `{path}` in it, and perhaps `{line}`, `{column}` and `{host}`."""

    template: str

    def url(self, file: Path, line: int, column: int) -> str:
        """The URL of a place in a file: printable ASCII alone, whatever the file is called."""
        path = os.fsencode(file.absolute().as_posix())
        return self.template.format(
            # On Windows a path does not begin with a slash; in a URL it does.
            path=("" if path.startswith(b"/") else "/") + quote(path, safe="/:"),
            line=line,
            column=column,
            host=quote(socket.gethostname()),
        )


def hyperlinks(text: str) -> Hyperlinks | None:
    """The links that a format or the name of one asks for; None where it asks for none.

    Raises:
        ValueError: it is neither.

    """
    template = ALIASES.get(text, text)
    if not template:
        return None
    if not _SCHEME.match(template):
        raise ValueError(f"{text!r} is none of {', '.join(ALIASES)}, nor a URL with {{path}} in it")
    if not all("!" <= character <= "~" for character in template):
        raise ValueError("a URL has neither spaces nor characters beyond ASCII in it")
    fields = [(name, form, conversion) for _, name, form, conversion in Formatter().parse(template)]
    for name, form, conversion in fields:
        if name is not None and (name not in _FIELDS or form or conversion):
            raise ValueError(f"no {{{name}}}; there are {', '.join(_FIELDS)}")
    if "path" not in (name for name, _, _ in fields):
        raise ValueError("there must be a {path} in it")
    return Hyperlinks(template)
