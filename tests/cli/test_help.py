"""Help, errors and completion: how the program teaches itself."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from codesearch.cli.app import app
from codesearch.cli.commands import COMMANDS
from codesearch.cli.examples import EXAMPLES
from tests.conftest import Run


def test_the_programs_help_shows_examples_then_commands_in_groups(run: Run, tmp_path: Path) -> None:
    text = run("--help", cwd=tmp_path).stdout.decode()
    places = [
        text.index(f"\n{title}:\n")
        for title in ("Examples", "Searching", "Indexes", "About itself", "Options")
    ]
    assert places == sorted(places)
    assert "  train " in text


def test_a_commands_help_shows_examples_then_options_in_groups(run: Run, tmp_path: Path) -> None:
    text = run("query", "-h", cwd=tmp_path, env={"COLUMNS": "80"}).stdout.decode()
    titles = ("Examples", "Arguments", "Finding", "Narrowing", "Ranking", "Output", "Index", "Other")
    places = [text.index(f"\n{title}:\n") for title in titles]
    assert places == sorted(places)
    assert text.index("--glob") < text.index("Ranking:") < text.index("--rerank") < text.index("Output:")
    assert max(map(len, text.splitlines())) <= 80


def examples() -> list[str]:
    return [line for lines in EXAMPLES.values() for line, _ in lines]


@pytest.mark.parametrize("line", examples())
def test_an_example_is_understood_by_the_program(line: str) -> None:
    """What stands before, after and around our own command is the shell's."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|()<>")
    lexer.whitespace_split = True
    words = list(lexer)
    words = words[words.index("codesearch") + 1 :]
    end = next((number for number, word in enumerate(words) if word in ("|", ")")), len(words))
    program = get_command(app)
    context = program.make_context("codesearch", [word for word in words[:end] if word != "--no-config"])
    arguments = [*context._protected_args, *context.args]
    name, command, rest = program.resolve_command(context, arguments)  # type: ignore[attr-defined]
    if "--help" not in rest:
        command.make_context(name, rest, parent=context, default_map={})


def test_every_command_but_train_has_examples_no_wider_than_a_terminal() -> None:
    commands = set(get_command(app).commands) - {"train"}  # type: ignore[attr-defined]
    assert commands | {"codesearch"} == set(EXAMPLES)
    for lines in EXAMPLES.values():
        width = max((len(line) for line, meaning in lines if meaning), default=0)
        assert all(len(line) <= 78 and (not meaning or width + len(meaning) <= 74) for line, meaning in lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["where are cookies parsed"],
            "codesearch: no command is called 'where are cookies parsed'; to ask a question:"
            ' codesearch query "where are cookies parsed"\n',
        ),
        (["where", "are", "cookies", "-k", "3"], 'codesearch query "where are cookies" -k 3\n'),
        (['who raises "x"', "src"], "codesearch query 'who raises \"x\"' src\n"),
        (["help", "query"], "for help: codesearch query --help\n"),
        (["parse_config"], 'codesearch query "parse_config"\n'),
        (["querry", "x"], "no such command 'querry'. Did you mean 'query'?\n"),
    ],
)
def test_who_names_no_command_is_told_how_to_ask(
    run: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "src").mkdir()
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().endswith(said)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("codesearch query -t py", {"python"}),
        ("codesearch query --kind m", {"method", "module"}),
        ("codesearch query --rerank ", {"auto", "always", "never"}),
        ("codesearch query --tests ", {"yes", "no", "only"}),
        ("codesearch parse --type obj", {"objective-c"}),
        ("codesearch lang", {"languages"}),
        ("codesearch train can", {"candidates"}),
        ("codesearch query --no-u", {"--no-update"}),
    ],
)
def test_completion_offers_what_can_stand_there(
    run: Run, tmp_path: Path, line: str, offered: set[str]
) -> None:
    (tmp_path / ".codesearch.toml").write_text("wrong = 1\n")
    bash = {
        "_CODESEARCH_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
    }
    done = run(cwd=tmp_path, env=bash)
    assert set(done.stdout.decode().split()) == offered, done.stderr.decode()


def test_what_the_programs_help_says_of_a_command_is_how_its_own_begins() -> None:
    program = get_command(app)
    for name, entry in COMMANDS.items():
        command = program.commands[name]  # type: ignore[attr-defined]
        assert (command.name, command.get_short_help_str(200)) == (name, entry.help)
