"""Settings files: where they lie, what may stand in them, and what they come to for each command.

The keys are the long names of the commands' own options, so that a new option is a new setting. A key at
the top holds for every command that has the option, one in a command's table for that command alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from codesearch.errors import CodesearchError

# Names the user's file, in the place of the one in the user's configuration folder.
VARIABLE = "CODESEARCH_CONFIG"
OWN_FILE = ".codesearch.toml"
PROJECT_FILE = "pyproject.toml"

# Said anew each time: what one run is about, and the form in which a script may be waiting for results.
NEVER = frozenset(
    {
        *(
            "eval.compare",
            "eval.questions",
            "eval.svg",
            "index.export",
            "index.import",
            "parse.type",
            "tui.query",
        ),
        *("query.changed-since", "query.files-from", "query.format", "query.from", "query.type-list"),
    }
)
# What a repository may say about itself to those who search it. Nothing in it may write a file, name a
# program, steer the terminal or take long; all else is the user's to say.
REPOSITORY_MAY_SET = frozenset({"glob", "kind", "limit", "min-score", "rerank", "tests", "type", "type-not"})
_LARGEST_FILE = 1_000_000
_PATHS = ("path", "file", "directory")
_HOMELESS = "that user's home folder is not known"


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A place that was looked at: whether something was found there, and whose word it is."""

    path: Path
    table: Mapping[str, Any] | None
    is_repository: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A command's option as a file sets it: `parameter` is the option's name in the program."""

    command: str
    key: str
    parameter: str
    value: Any
    path: Path


@dataclass(frozen=True, slots=True)
class Settings:
    """All that was read: the files looked at and the settings that hold, both the weightiest last."""

    files: tuple[SettingsFile, ...]
    found: tuple[Setting, ...]

    def of(self, command: str) -> Iterator[Setting]:
        """A command's settings; where a parameter comes twice the later one holds."""
        return (each for each in self.found if each.command == command)


def read_settings(program: object, *, use_files: bool = True) -> Settings:
    """What the settings files say about a program's commands.

    Args:
        program: the group of the commands.
        use_files: whether any file is read at all.

    Raises:
        CodesearchError: a file cannot be read, or something in it is no setting.

    """
    try:
        files = tuple(_files()) if use_files else ()
    except OSError as error:
        raise CodesearchError(f"cannot read settings: {error}") from error
    if not any(file.table for file in files):
        # Every question comes here, and asking for their options builds all commands.
        return Settings(files, ())
    commands = settable_commands(program)
    return Settings(files, tuple(each for file in files for each in _checked(file, commands)))


def settable_commands(program: object) -> dict[str, dict[str, Any]]:
    """The program's commands, and of each the options that can be set in a file, by long name."""
    assert isinstance(program, TyperGroup)
    return {
        name: {
            key: option for option in command.params for key in _keys(option) if f"{name}.{key}" not in NEVER
        }
        for name, command in program.commands.items()
        if isinstance(command, TyperCommand)
    }


def _keys(option: Any) -> list[str]:  # noqa: ANN401 - Typer's own types are private
    """The names under which a file can set an option: none where a command line could not take it back."""
    if option.param_type_name != "option" or option.hidden or not option.expose_value:
        return []
    if option.is_flag and not option.secondary_opts:
        return []
    return [name[2:] for name in option.opts if name.startswith("--")][:1]


def _files() -> Iterator[SettingsFile]:
    """The user's file, then the repository's: its own, else its project file."""
    named = os.environ.get(VARIABLE)
    if named:
        try:
            path = Path(named).expanduser()
        except RuntimeError as error:
            raise CodesearchError(f"{VARIABLE} names {named}: {_HOMELESS}") from error
        if not path.exists():
            raise CodesearchError(f"{VARIABLE} names {path}, which is not there")
    else:
        from platformdirs import user_config_path

        path = user_config_path("codesearch", appauthor=False) / "config.toml"
    yield SettingsFile(path, _toml(path, _read(path)) if path.exists() else None)

    from codesearch.walk import git_root

    here = Path.cwd()
    root = git_root(here) or here
    own, project = root / OWN_FILE, root / PROJECT_FILE
    if own.is_file():
        yield SettingsFile(own, _toml(own, _read(own)), is_repository=True)
        return
    yield SettingsFile(own, None, is_repository=True)
    table = None
    # A project file is for others first: only where it names us does it have to be what we can read.
    if project.is_file() and project.stat().st_size <= _LARGEST_FILE and b"codesearch" in _read(project):
        tool = _toml(project, _read(project)).get("tool")
        table = tool.get("codesearch") if isinstance(tool, dict) else None
        if table is not None and not isinstance(table, dict):
            raise _wrong(project, "tool.codesearch is to be a table")
    yield SettingsFile(project, table, is_repository=True)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE:
        raise _wrong(path, "too large for a settings file")
    return data


def _toml(path: Path, data: bytes) -> dict[str, Any]:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        table: dict[str, Any] = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"not TOML: {error}") from error
    return table


def _checked(file: SettingsFile, commands: Mapping[str, Mapping[str, Any]]) -> Iterator[Setting]:
    """The settings of a file, those of every command before those of one."""
    everywhere = {key: option for options in commands.values() for key, option in options.items()}
    tables = sorted((file.table or {}).items(), key=lambda item: isinstance(item[1], dict))
    for key, value in tables:
        if key in everywhere:
            for command, options in commands.items():
                if key in options:
                    yield _setting(file, command, key, options[key], value)
        elif key in commands and isinstance(value, dict):
            for inner, each in value.items():
                if inner not in commands[key]:
                    raise _unknown(file.path, inner, list(commands[key]), key)
                yield _setting(file, key, inner, commands[key][inner], each)
        elif key in commands:
            raise _wrong(file.path, f"{key} is to be a table, not {_shown(value)}")
        else:
            raise _unknown(file.path, key, [*everywhere, *commands])


def _setting(file: SettingsFile, command: str, key: str, option: Any, value: Any) -> Setting:  # noqa: ANN401
    if file.is_repository and key not in REPOSITORY_MAY_SET:
        allowed = ", ".join(sorted(REPOSITORY_MAY_SET))
        raise _wrong(
            file.path, f"{key} is the user's to set, not a repository's; a repository may set {allowed}"
        )
    kind, _ = _TYPES.get(_type_name(option), ((str,), "text"))
    values = value if option.multiple and isinstance(value, list) else [value]
    right = isinstance(value, list) == option.multiple and all(
        isinstance(each, kind) and (bool in kind or not isinstance(each, bool)) for each in values
    )
    if not right:
        raise _wrong(file.path, f"{key} is to be {described(option)}, not {_shown(value)}")
    if _type_name(option) in _PATHS:
        try:
            value = os.fspath(file.path.parent / Path(value).expanduser())
        except RuntimeError as error:
            raise _wrong(file.path, f"{key} is {_shown(value)}: {_HOMELESS}") from error
    try:
        option.type_cast_value(None, value)
    except typer.BadParameter as error:
        raise _wrong(file.path, f"{key}: {error.message.rstrip('.')}") from error
    return Setting(command, key, option.name, value, file.path)


# By the name of an option's type: what TOML gives for it, and that in words.
_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "boolean": ((bool,), "true or false"),
    "int": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    **dict.fromkeys(_PATHS, ((str,), "a path")),
}


def _type_name(option: Any) -> str:  # noqa: ANN401
    name: str = option.type.name
    return name.removesuffix(" range")


def described(option: Any) -> str:  # noqa: ANN401
    """What a file gives an option, in words."""
    choices = [str(getattr(each, "value", each)) for each in getattr(option.type, "choices", ())]
    plain = _TYPES.get(_type_name(option), ((str,), "text"))[1]
    one = f"one of {', '.join(choices)}" if choices else plain
    return f"an array, each {one}" if option.multiple else one


def _unknown(path: Path, key: str, known: list[str], table: str = "") -> CodesearchError:
    place = f" in [{table}]" if table else ""
    near = get_close_matches(key.replace("_", "-"), known, 1)
    hint = f"did you mean {near[0]}?" if near else "codesearch config shows all that can be set"
    return _wrong(path, f"no setting is called {_shown(key)}{place}; {hint}")


def _shown(value: object) -> str:
    """A value from a file as a message can carry it: one short line that steers no terminal."""
    text = ascii(value) if not isinstance(value, str) or not value.isprintable() else repr(value)
    return text if len(text) <= 60 else text[:60] + "…"


def _wrong(path: Path, why: str) -> CodesearchError:
    shown = os.fspath(path)
    where = shown if shown.isprintable() else ascii(shown)
    return CodesearchError(f"{where}: {why} (codesearch --no-config COMMAND runs without settings)")
