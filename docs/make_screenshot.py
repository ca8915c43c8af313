"""Writes the README's picture from the program itself: `python docs/make_screenshot.py`.

Asks this repository a question and exports what a terminal of 96 columns shows as docs/query.svg.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from rich.console import Console

from codesearch.encode.encoder import Encoder
from codesearch.encode.weights import student_folder
from codesearch.index.location import locate
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.render.terminal import View, results_by_file
from codesearch.search.models import Models
from codesearch.search.ranking import read_ranking
from codesearch.search.search import search, target

QUESTION = "which lines of a unit share words with the query"
ROOT = Path(__file__).parents[1]


def screenshot(question: str, limit: int) -> str:
    """What the question finds in this repository, as SVG."""
    encoder = Encoder(student_folder(), threads=2)
    with tempfile.TemporaryDirectory() as home:
        location = locate(ROOT, Path(home))
        with open_index(location, encoder.manifest).store as store:
            refresh(location, store, encoder, lambda _: None, before_waiting=None)
            models = Models(encoder, read_ranking(student_folder()))
            searched = target(location, store, encoder)
            results = search(searched, models, question, limit=limit).results
    shown = io.StringIO()
    console = Console(
        record=True, width=96, file=shown, force_terminal=True, color_system="truecolor", highlight=False
    )
    console.print(f'[green]$[/] codesearch query -k {limit} "{question}"\n')
    console.print(*results_by_file(results, View(), console.width))
    return console.export_svg(title="codesearch")


if __name__ == "__main__":
    (ROOT / "docs" / "query.svg").write_text(screenshot(QUESTION, 3), "utf-8")
