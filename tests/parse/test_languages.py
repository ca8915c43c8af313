"""Every language's sample file gives exactly the units that a reader of it would name."""

from __future__ import annotations

from pathlib import Path

import pytest

from codesearch.parse.languages import HEAD_BYTES, LANGUAGES, detect_language
from codesearch.parse.units import parse_source
from tests.parse.listing import listing

SAMPLES = sorted(
    path for path in (Path(__file__).parent / "samples").iterdir() if path.suffix != ".units"
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_gives_the_units_written_beside_it(sample: Path) -> None:
    """Names, kinds, spans, nesting and signatures, for both grammar packages."""
    source = sample.read_bytes()
    language = detect_language(sample, source[:HEAD_BYTES])
    assert language is not None
    expected = sample.with_name(sample.name + ".units").read_text("utf-8")
    assert listing(parse_source(source, language)) == expected


def test_every_language_of_the_table_has_a_sample() -> None:
    """A row without a sample is a claim without proof."""
    sampled = set()
    for sample in SAMPLES:
        language = detect_language(sample, sample.read_bytes()[:HEAD_BYTES])
        assert language is not None
        sampled.add(language.name)
    assert sampled == {language.name for language in LANGUAGES}
