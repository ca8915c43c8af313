"""Feeds bytes of all kinds, led by what they make the code do, to the places where bytes come in.

    pip install atheris
    python -m tests.fuzz.fuzz parse|ignore|index|import [CORPUS] [-max_total_time=600] [-timeout=20]

Ends at the first input that breaks something and writes it down as `crash-...`: make it a test. CI does not
run it; what the tests draw by chance (hypothesis) covers the same places in seconds.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["codesearch", "pathspec"]):
    from codesearch.errors import CodesearchError
    from codesearch.index.carry import import_vectors
    from codesearch.index.location import locate
    from codesearch.parse.file import parse_file
    from codesearch.parse.languages import LANGUAGES
    from codesearch.parse.source import Skip, to_utf8
    from codesearch.patterns import read_patterns

from tests.conftest import FILES, write_files
from tests.index.standin import StandIn
from tests.index.whole import told_when_brought_up_to_date
from tests.parse.test_units import check_invariants

NAMES = sorted({f"x{row.extensions[0]}" for row in LANGUAGES if row.grammar and row.extensions})
ENCODER = StandIn()


def parse(data: bytes) -> None:
    """Any bytes in a file of any language: every line that is not blank is in a unit."""
    name, data = NAMES[data[0] % len(NAMES)] if data else NAMES[0], data[1:]
    parsed = parse_file(name, data)
    source = to_utf8(data)
    if parsed.skip is None:
        assert not isinstance(source, Skip)
        check_invariants(source, list(parsed.units))


def ignore(data: bytes) -> None:
    """Any patterns and any path."""
    text, _, path = data.decode("utf-8", "surrogateescape").partition("\0")
    try:
        read_patterns(text.splitlines()).check_file(path)
    except ValueError:
        return


def index() -> Callable[[bytes], None]:
    """Any bytes in the place of any file of an index, or after a part of it: the answer is the same."""
    home = Path(tempfile.mkdtemp())
    write_files(home / "root", FILES)
    place = locate(home / "root", home / "indexes")
    right, _ = told_when_brought_up_to_date(place, ENCODER)
    names = sorted(path.name for path in place.folder.iterdir() if path.name != "lock")

    def damaged(data: bytes) -> None:
        fuzzed = atheris.FuzzedDataProvider(data)
        name = names[fuzzed.ConsumeIntInRange(0, len(names) - 1)]
        one = replace(place, folder=home / "one")
        shutil.rmtree(one.folder, ignore_errors=True)
        shutil.copytree(place.folder, one.folder)
        whole = bytearray((one.folder / name).read_bytes())
        start = fuzzed.ConsumeIntInRange(0, len(whole))
        put = fuzzed.ConsumeBytes(fuzzed.remaining_bytes())
        whole[start : start + len(put)] = put
        (one.folder / name).write_bytes(whole)
        assert told_when_brought_up_to_date(one, ENCODER)[0] == right

    return damaged


def carried(data: bytes) -> None:
    """Any bytes as an export."""
    try:
        import_vectors(io.BytesIO(data), ENCODER.manifest)
    except CodesearchError:
        return


def main() -> None:
    """Runs until something breaks or the time is up."""
    targets: dict[str, Callable[[], Callable[[bytes], None]]] = {
        "parse": lambda: parse,
        "ignore": lambda: ignore,
        "index": index,
        "import": lambda: carried,
    }
    target = targets[sys.argv.pop(1)]()
    warnings.simplefilter("ignore")
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
