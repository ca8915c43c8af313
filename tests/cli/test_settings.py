"""What files set, whose word holds, and what a wrong file says."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.main import get_command

from codesearch.cli.app import app
from codesearch.cli.settings import NEVER, REPOSITORY_MAY_SET, read_settings, settable_commands
from codesearch.errors import CodesearchError
from tests.conftest import Run, write_files


def settings(run: Run, cwd: Path, *options: str, **env: str) -> dict[str, tuple[str, str]]:
    """Value and origin by setting, as `config` prints them."""
    done = run(*options, "config", cwd=cwd, env=env)
    assert done.returncode == 0, done.stderr.decode()
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    return {name: (value, origin) for name, value, origin in rows}


def test_flags_outweigh_the_environment_that_the_repository_and_that_the_user(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    user = tmp_path / "user.toml"
    user.write_text("threads = 1\n[query]\nlimit = 3\nmin-score = 0.9\ntests = 'no'\n")
    write_files(repository, {".codesearch.toml": "[query]\nlimit = 2\nkind = ['function', 'method']\n"})
    env = {"CODESEARCH_CONFIG": str(user)}
    found = settings(run, repository / "shop", **env)
    own = str(repository / ".codesearch.toml")
    assert found["query.limit"] == ("2", own)
    assert found["query.kind"] == ('["function", "method"]', own)
    assert found["query.tests"] == ('"no"', str(user))
    assert found["query.min-score"] == ("0.0", "$CODESEARCH_MIN_SCORE")
    assert found["index.threads"] == found["query.threads"] == ("1", str(user))
    assert found["query.rerank"] == ('"never"', "default")

    def count(*options: str) -> int:
        done = run("query", "send the buyer an order", *options, cwd=repository / "shop", env=env)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.count(b"\n")

    assert count() == 2
    assert count("-k", "1") == 1


def test_a_repositorys_settings_narrow_its_search(run: Run, repository: Path) -> None:
    write_files(
        repository, {"pyproject.toml": "[tool.codesearch.query]\nglob = ['!*.js']\ntype = ['python']\n"}
    )
    done = run("query", "send the order confirmation to the customer", "--json", cwd=repository)
    assert {json.loads(line)["language"] for line in done.stdout.splitlines()} == {"python"}
    without = run("--no-config", "query", "send the order confirmation", "--json", "-k1", cwd=repository)
    assert json.loads(without.stdout)["path"] == "shop/mail.js"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[query]\nlmit = 3\n", "no setting is called 'lmit' in [query]; did you mean limit?"),
        ("[qeury]\nlimit = 3\n", "no setting is called 'qeury'; did you mean query?"),
        ("[query]\nmin_score = 0.5\n", "did you mean min-score?"),
        ("[query]\nlimit = '3'\n", "limit is to be a whole number, not '3'"),
        ("[query]\nlimit = true\n", "limit is to be a whole number, not True"),
        ("[query]\nlimit = 0\n", "limit: 0 is not in the range x>=1"),
        ("[query]\nkind = 'function'\n", "kind is to be an array"),
        ("tests = 'some'\n", "tests: 'some' is not one of 'yes', 'no', 'only'"),
        ("[query]\njson = true\n", "no setting is called 'json' in [query]"),
        ("[query]\nformat = '{path}'\n", "no setting is called 'format' in [query]"),
        ("query = 3\n", "query is to be a table, not 3"),
        ('"\\u001b[31m" = 3\n', "no setting is called '\\x1b[31m'"),
        (
            "index-dir = '~nosuchuser/x'\n",
            "index-dir is '~nosuchuser/x': that user's home",
        ),
        ("[query\n", "not TOML: "),
        ("a = " + "[" * 100_000, "not TOML: "),
    ],
)
def test_a_wrong_file_is_an_error_that_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "user.toml").write_text(text)
    monkeypatch.setenv("CODESEARCH_CONFIG", str(tmp_path / "user.toml"))
    with pytest.raises(CodesearchError) as error:
        read_settings(get_command(app))
    assert str(error.value).startswith(f"{tmp_path / 'user.toml'}: ")
    assert said in str(error.value)


def test_a_wrong_file_stops_every_command_with_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "user.toml").write_text("[eval]\nmost = 'all'\n")
    done = run("query", "anything", cwd=tmp_path, env={"CODESEARCH_CONFIG": "user.toml"})
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == (
        b"codesearch: user.toml: most is to be a whole number, not 'all'"
        b" (codesearch --no-config COMMAND runs without settings)\n"
    )


@pytest.mark.parametrize(
    "key", ["index-dir = '/tmp'", "threads = 1", "[tool.codesearch.query]\ngrep = '(a+)+$'"]
)
def test_a_repository_may_not_set_what_is_the_users(run: Run, repository: Path, key: str) -> None:
    write_files(repository, {"pyproject.toml": f"[tool.codesearch]\n{key}\n"})
    done = run("query", "anything", cwd=repository)
    assert done.returncode == 2
    assert "is the user's to set, not a repository's; a repository may set glob, " in done.stderr.decode()
    assert run("--no-config", "query", "email the buyer", cwd=repository).returncode == 0


def test_help_and_no_config_heed_no_wrong_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".codesearch.toml").write_text("[query]\nlimit = 'many'\n")
    assert b"[default: 10; x>=1]" in run("query", "--help", cwd=tmp_path).stdout
    assert settings(run, tmp_path, CODESEARCH_NO_CONFIG="1")["query.limit"] == ("10", "default")


def test_a_project_file_that_is_not_about_us_need_not_be_right(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("<<<<<<< ours\n[tool.other]\n")
    done = run("config", cwd=tmp_path)
    assert done.returncode == 0
    assert f"no settings in {tmp_path / 'pyproject.toml'}" in done.stderr.decode()


def test_what_is_no_file_is_not_read(run: Run, tmp_path: Path) -> None:
    """A pipe would never end."""
    os.mkfifo(tmp_path / ".codesearch.toml")
    (tmp_path / "pyproject.toml").symlink_to("/dev/zero")
    assert run("config", cwd=tmp_path).returncode == 0


def test_a_named_file_that_is_not_there_is_an_error(run: Run, tmp_path: Path) -> None:
    done = run("query", "x", cwd=tmp_path, env={"CODESEARCH_CONFIG": "nowhere.toml"})
    assert done.returncode == 2
    assert b"CODESEARCH_CONFIG names nowhere.toml, which is not there" in done.stderr
    done = run("query", "x", cwd=tmp_path, env={"CODESEARCH_CONFIG": "~nosuchuser/x"})
    assert done.returncode == 2
    assert b"CODESEARCH_CONFIG names ~nosuchuser/x: that user's home folder is not known" in done.stderr


def test_the_users_file_lies_in_the_configuration_folder_and_its_paths_beside_it(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    write_files(tmp_path, {"home/codesearch/config.toml": "index-dir = 'mine'\n"})
    env = {
        "CODESEARCH_CONFIG": "",
        "CODESEARCH_INDEX_DIR": "",
        "XDG_CONFIG_HOME": str(tmp_path / "home"),
    }
    done = run("index", cwd=repository, env=env)
    assert done.returncode == 0, done.stderr.decode()
    assert list((tmp_path / "home/codesearch/mine").glob("repository-*/index.db"))


def test_config_as_json_tells_files_and_settings(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".codesearch.toml").write_text("limit = 4\n")
    rows = [json.loads(line) for line in run("config", "--json", cwd=tmp_path).stdout.splitlines()]
    own = str(tmp_path / ".codesearch.toml")
    assert {"type": "settings_file", "version": 1, "path": own, "found": True, "repository": True} in rows
    (limit,) = [row for row in rows if row.get("setting") == "query.limit"]
    assert (limit["value"], limit["from"]) == (4, own)


def test_the_lists_of_settings_name_options_that_there_are() -> None:
    commands = settable_commands(get_command(app))
    keys = {key for options in commands.values() for key in options}
    assert keys >= REPOSITORY_MAY_SET
    program = get_command(app)
    for name in NEVER:
        command, _, key = name.partition(".")
        assert any(f"--{key}" in option.opts for option in program.commands[command].params)  # type: ignore[attr-defined]
