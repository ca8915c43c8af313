"""Writes docs/tui.md, with the keys that the program has, and its picture: `python docs/tui.py`."""

from __future__ import annotations

import asyncio
import os
import tempfile
from functools import partial
from pathlib import Path

from rich.console import Console
from textual.binding import Binding

from codesearch.cli.searched import located, searched
from codesearch.encode.encoder import Encoder
from codesearch.encode.weights import student_folder
from codesearch.search.models import Models
from codesearch.search.ranking import read_ranking
from codesearch.search.scope import Scope
from codesearch.tui.answering import Answering
from codesearch.tui.app import SearchApp, shown_key

ROOT = Path(__file__).parents[1]
TARGET = Path(__file__).parent / "tui.md"
PICTURE = TARGET.with_suffix(".svg")
QUESTION = "which results are nearly copies"
SIZE = (96, 30)

_BEFORE = """# Search as you type

Written by `python docs/tui.py`; the tests fail when the keys are stale.

    codesearch tui
    codesearch tui src/net --query "retry with backoff"

![codesearch tui asked about its own source](tui.svg)

Results come while you type: score, name, place. Below them, or beside them on a wide terminal, stand the
lines of the selected one, the best line marked and in sight. Where nothing is likely enough, the nearest is
shown, and called so.

The index is brought up to date before the screen opens, when you come back from the editor, and after an
answer, at most every five seconds, so results are always about the files as they are. `--no-update` leaves
the index as it is.

## Keys

"""
_AFTER = """
In the question itself the keys of a command line work: arrows, `Home`, `End`, `^A`, `^E`, `^W`, `^U`, `^K`.

## The editor

`Enter` starts `$VISUAL`, or else `$EDITOR`, at the result's best line, and comes back when it ends. Vim,
Neovim, vi, nano, Emacs, Helix, Kakoune, micro, VS Code and its kin, Zed, Sublime Text, Kate and JetBrains'
editors are told the line in their own ways; an editor that is not known is given the file.

## In scripts

It draws on the terminal, whatever its output is redirected to, and `^Y` prints the selected `path:line` to
standard output:

    hx $(codesearch tui)
    code --goto "$(codesearch tui)"

The exit status is 0 where something was printed or opened, 1 where nothing was, 2 after an error, 130 after
`^C`, 143 where another program ended it (SIGTERM).
"""


def document() -> str:
    """The whole document."""
    rows = [
        f"| {shown_key(each.key, '`{}`')} | {each.description} |\n"
        for each in SearchApp.BINDINGS
        if isinstance(each, Binding)
    ]
    return _BEFORE + "| key | what it does |\n| --- | --- |\n" + "".join(rows) + _AFTER


async def picture(question: str) -> str:
    """What the question finds in this repository, as SVG."""
    models = Models(Encoder(student_folder(), threads=2), read_ranking(student_folder()))
    with tempfile.TemporaryDirectory() as home:
        open_targets = partial(
            searched, dict.fromkeys(located([], Path(home)), Scope()), models.encoder, Console(stderr=True)
        )
        with open_targets(update=True):
            pass
        with Answering(partial(open_targets, update=False), models, limit=30) as answering:
            app = SearchApp(answering, lambda *_: None, question=question, where=".")
            async with app.run_test(size=SIZE) as pilot:
                while app.answered is None:
                    await pilot.pause(0.1)
                await pilot.pause(0.5)
                return app.export_screenshot()


if __name__ == "__main__":
    os.chdir(ROOT)
    TARGET.write_text(document(), "utf-8")
    PICTURE.write_text(asyncio.run(picture(QUESTION)), "utf-8")
