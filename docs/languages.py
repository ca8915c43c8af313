"""Writes docs/languages.md from the language table: `python docs/languages.py`."""

from __future__ import annotations

from pathlib import Path

from codesearch.parse.language import Language
from codesearch.parse.languages import LANGUAGES

TARGET = Path(__file__).parent / "languages.md"

_INTRODUCTION = """# Languages

Written by `python docs/languages.py` from the language table; the tests fail when it is stale. How to
add one: [CONTRIBUTING.md](../CONTRIBUTING.md).

"""


def document() -> str:
    """The whole document."""
    with_grammar = [language for language in LANGUAGES if language.grammar]
    without = [language for language in LANGUAGES if not language.grammar]
    return (
        _INTRODUCTION
        + "## Cut into functions, methods and types\n\n"
        + _table(with_grammar)
        + "\n## Cut into passages at blank lines and indentation\n\n"
        + _table(without)
    )


def _table(languages: list[Language]) -> str:
    return "| language | files | scripts run by |\n| --- | --- | --- |\n" + "".join(map(_row, languages))


def _row(language: Language) -> str:
    files = " ".join(f"`{name}`" for name in (*language.extensions, *language.filenames))
    return f"| {language.name} | {files} | {' '.join(language.interpreters)} |\n"


if __name__ == "__main__":
    TARGET.write_text(document(), "utf-8")
