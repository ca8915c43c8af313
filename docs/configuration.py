"""Writes docs/configuration.md from the commands' options: `python docs/configuration.py`."""

from __future__ import annotations

from pathlib import Path

from typer.main import get_command

from codesearch.cli.app import app
from codesearch.cli.settings import REPOSITORY_MAY_SET, described, settable_commands

TARGET = Path(__file__).parent / "configuration.md"

_INTRODUCTION = """# Configuration

Written by `python docs/configuration.py`; the tests fail when it is stale.

What the commands' options are where they are not given can be set in files. For example, in
`~/.config/codesearch/config.toml`:

    threads = 4                  # for every command that has --threads

    [query]                      # for codesearch query
    limit = 20
    rerank = "auto"

and in the `pyproject.toml` of a repository:

    [tool.codesearch.query]
    tests = "no"
    glob = ["!vendored/**"]

`codesearch config` shows every setting, its value, where it comes from, and which files were looked at.

## What holds

1. An option on the command line.
2. The environment variable of an option: `CODESEARCH_INDEX_DIR`, `CODESEARCH_MIN_SCORE`,
   `CODESEARCH_HYPERLINK_FORMAT`.
3. The repository's file: `.codesearch.toml` at its root; where there is none, the table `tool.codesearch` of
   `pyproject.toml` there. The repository is the one that the current folder stands in; outside of one, it is
   the current folder itself.
4. The user's file: the one that `CODESEARCH_CONFIG` names, else `config.toml` in the user's configuration
   folder, which is `~/.config/codesearch` on Linux, `~/Library/Application Support/codesearch` on macOS and
   `%LOCALAPPDATA%\\codesearch` on Windows, where the program has not been tried.
5. The program's own default, which `--help` names.

Within a file, a key in a command's table outweighs the same key at the top. An array is taken whole: what is
given on the command line takes its place and is not added to it. A relative path is below the folder of its
file, and `~` is the home folder.

`codesearch --no-config COMMAND ...` reads no file; so does any command where `CODESEARCH_NO_CONFIG` is set.
Scripts that must not depend on their user should do so.

An unknown key, or a value of the wrong type, is an error that names the file and the key, and
nothing runs: a setting that is not heeded would be worse.

## What a repository may set

Whoever searches a repository need not trust it. Its file is read, and nothing in it is run; it may say what
is searched and how much is shown:
@ALLOWED@.
Anything else in it is an error, for it is the user's to say.

## What can be set

Keys are the long names of options. Switches that cannot be taken back on the command line (`--json`,
`--quiet`) are no settings, and neither is what one run is about (`--from`) or the form that a script may be
waiting for (`--format`).

"""


def document() -> str:
    """The whole document."""
    allowed = ", ".join(f"`{key}`" for key in sorted(REPOSITORY_MAY_SET))
    rows = [
        f"| `{command}` | `{key}` | {described(option)} | {'yes' if key in REPOSITORY_MAY_SET else ''} |\n"
        for command, options in settable_commands(get_command(app)).items()
        for key, option in options.items()
    ]
    table = "| command | key | value | a repository may set it |\n| --- | --- | --- | --- |\n"
    return _INTRODUCTION.replace("@ALLOWED@", allowed) + table + "".join(rows)


if __name__ == "__main__":
    TARGET.write_text(document(), "utf-8")
