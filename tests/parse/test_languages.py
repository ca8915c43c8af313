"""Every language's sample file gives exactly the units that a reader of it would name."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from codesearch.parse.language import Language
from codesearch.parse.languages import HEAD_BYTES, LANGUAGES, could_be_code, detect_language
from codesearch.parse.units import parse_source
from tests.parse.listing import listing

SAMPLES = sorted(path for path in (Path(__file__).parent / "samples").iterdir() if path.suffix != ".units")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_gives_the_units_written_beside_it(sample: Path) -> None:
    """Names, kinds, spans, nesting and signatures, for both grammar packages."""
    source = sample.read_bytes()
    language = detect_language(PurePosixPath(sample), source[:HEAD_BYTES])
    assert language is not None
    expected = sample.with_name(sample.name + ".units").read_text("utf-8")
    assert listing(parse_source(source, language)) == expected


def test_every_language_with_a_grammar_has_a_sample() -> None:
    """A row without a sample is a claim without proof."""
    sampled = set()
    for sample in SAMPLES:
        language = detect_language(PurePosixPath(sample), sample.read_bytes()[:HEAD_BYTES])
        assert language is not None
        sampled.add(language.name)
    assert sampled >= {language.name for language in LANGUAGES if language.grammar}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_files_of_every_language_are_recognised_by_name(language: Language) -> None:
    """By extension (where shared, by content too), by file name, by interpreter."""
    for extension in language.extensions:
        assert could_be_code(PurePosixPath(f"x{extension}"))
        if language.sniff is None and not _is_shared(extension):
            assert detect_language(PurePosixPath(f"x{extension.upper()}"), b"") is language
    for filename in language.filenames:
        assert detect_language(PurePosixPath("a") / filename, b"") is language
    for interpreter in language.interpreters:
        head = f"#!/usr/bin/env {interpreter}\n".encode()
        assert detect_language(PurePosixPath("run"), head) is language


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"#!/usr/bin/python3.11 -E\n", "python"),
        (b"#! /bin/sh\n", "bash"),
        (b"#!/usr/bin/env -S node --no-warnings\n", "javascript"),
        (b"just words\n", None),
        (b"#!\n", None),
        (b"#!/usr/bin/env \xff\n", None),
    ],
)
def test_scripts_without_extension_are_known_by_their_first_line(head: bytes, name: str | None) -> None:
    """The `#!` line as systems write it."""
    language = detect_language(PurePosixPath("script"), head)
    assert (language.name if language else None) == name


def test_names_and_extensions_of_the_table_clash_nowhere() -> None:
    """Two rows may share an extension only if all but one of them look into the file."""
    names = [language.name for language in LANGUAGES]
    assert len(names) == len(set(names))
    for extension in {each for language in LANGUAGES for each in language.extensions}:
        blind = [row.name for row in LANGUAGES if extension in row.extensions and row.sniff is None]
        assert len(blind) <= 1, extension


def _is_shared(extension: str) -> bool:
    return sum(extension in language.extensions for language in LANGUAGES) > 1
