"""The project's checks: `nox` runs them all, `nox -s tests` one of them."""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "virtualenv"


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types, and documents that are up to date."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")


@nox.session
def training(session: nox.Session) -> None:
    """Making weights: the one place that needs torch."""
    session.install("-e", ".[train,test]")
    session.run("pytest", "tests/training", *session.posargs)


@nox.session
def language_pack(session: nox.Session) -> None:
    """The parser with the grammars that Python 3.13 and later get."""
    session.install("tree-sitter>=0.25", "tree-sitter-language-pack>=0.13,<1", "pytest", "hypothesis")
    session.run("pytest", "tests/parse", *session.posargs, env={"PYTHONPATH": "."})


@nox.session
def tests(session: nox.Session) -> None:
    """Everything that users run."""
    session.install("-e", ".[test]")
    # In as many processes as there are cores: most tests wait for programs that they start.
    session.run("pytest", "--ignore=tests/training", "--numprocesses=auto", *session.posargs)
