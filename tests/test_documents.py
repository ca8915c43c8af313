"""Documents say what the program says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from typer.main import get_command

import codesearch
from codesearch.cli.app import app
from codesearch.cli.settings import settable_commands
from codesearch.parse.languages import LANGUAGES
from codesearch.search.features import FEATURES

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("script", "function", "document"),
    [
        ("reference.py", "reference", "cli.md"),
        ("manual.py", "manual", "codesearch.1"),
        ("languages.py", "document", "languages.md"),
        ("configuration.py", "document", "configuration.md"),
        ("tui.py", "document", "tui.md"),
    ],
)
def test_a_generated_document_is_up_to_date(script: str, function: str, document: str) -> None:
    """`python docs/SCRIPT` mends it."""
    written = runpy.run_path(str(ROOT / "docs" / script))[function]()
    assert (ROOT / "docs" / document).read_text("utf-8") == written


def test_every_part_of_a_score_is_told_in_the_reference() -> None:
    """What --explain names, somebody will look up."""
    _, _, table = (ROOT / "docs" / "cli.md").read_text("utf-8").partition("| part | what it counts |")
    told = {name for cell in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for name in cell.split(", ")}
    assert told == {f"`{name}`" for name in (*FEATURES, "place", "together", "again", "reread")}


@pytest.mark.parametrize(
    ("document", "heading", "dashes"),
    [
        ("cli.md", r"^## `codesearch (.+)`$", "--"),
        ("codesearch.1", r"^\.S[SH] (?:codesearch )?(\w+)", r"\-\-"),
    ],
)
def test_every_option_is_where_its_command_is_told_of(document: str, heading: str, dashes: str) -> None:
    _, *pieces = re.split(heading, (ROOT / "docs" / document).read_text("utf-8"), flags=re.MULTILINE)
    told = dict(zip(pieces[::2], pieces[1::2], strict=True))
    commands = settable_commands(get_command(app))
    assert {"query", "index"} <= set(commands)
    for command, options in commands.items():
        for key in options:
            spelled = dashes + key.replace("-", dashes[: len(dashes) // 2])
            assert re.search(rf"{re.escape(spelled)}(?![\w\\-])", told[command]), (command, key)


def anchors(document: Path) -> set[str]:
    """What the headings of a document are called in links, as GitHub calls them."""
    text = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


DOCUMENTS = [
    each for folder in (".", "docs", "codesearch/**", "tests/**") for each in ROOT.glob(f"{folder}/*.md")
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    """Relative links only, and to headings, too; the others are not ours to keep."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", document.read_text("utf-8"))
    for path, anchor in links:
        target = document.parent / path if path else document
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), (path, anchor)


def test_the_newest_entry_of_the_changelog_is_this_version() -> None:
    """A release without an entry is one that nobody can read about."""
    entries = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert entries[0] == codesearch.__version__


def test_ci_runs_the_test_command_of_the_readme() -> None:
    """So that what the README promises is what is checked."""
    (command,) = re.findall(
        r"^    (python3 -m venv .*nox)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_the_readme_counts_the_languages_right() -> None:
    """The number goes stale whenever a language is added."""
    text = (ROOT / "README.md").read_text("utf-8")
    with_grammar = sum(bool(language.grammar) for language in LANGUAGES)
    assert f"in {with_grammar} languages" in text
    assert "More than 80 other languages" in text
    assert len(LANGUAGES) - with_grammar > 80
