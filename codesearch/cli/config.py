"""`codesearch config`"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from codesearch.cli.settings import Settings
    from codesearch.render.rows import Row


def config(
    ctx: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Show every setting, its value and where it comes from.

    In a pipe, a line a setting: its name, its value as a file would say it (- where it is not set) and
    where it comes from (a file, $NAME of the environment, or default), with tabs between. stderr names the
    files that were looked at.

    An option on the command line outweighs the environment, that the repository's file (.codesearch.toml, or
    [tool.codesearch] in pyproject.toml, at the root of the repository one stands in), and that the user's
    (config.toml in the user's configuration folder, or the file that CODESEARCH_CONFIG names).
    """
    from codesearch.cli.settings import read_settings
    from codesearch.render.plain import printable
    from codesearch.render.rows import show_rows

    root = ctx.find_root()
    read = read_settings(root.command, use_files=not root.params.get("_no_config"))
    if json:
        files = [
            {"path": str(file.path), "found": file.table is not None, "repository": file.is_repository}
            for file in read.files
        ]
        show_rows("settings_file", files, columns=(), as_json=True)
    else:
        for file in read.files:
            what = "settings are read from" if file.table is not None else "no settings in"
            typer.echo(f"codesearch: {what} {printable(str(file.path))}", err=True)
        if not read.files:
            typer.echo("codesearch: no settings file is read", err=True)
    rows = effective(root, read)
    if not json:
        rows = ({**row, "value": _as_in_a_file(row["value"])} for row in rows)
    show_rows("setting", rows, columns=("setting", "value", "from"), as_json=json)


def effective(root: Any, settings: Settings) -> Iterator[Row]:  # noqa: ANN401 - Typer's own types are private
    """Every command's every setting, as it holds here and now: `setting`, `command`, `key`, `value` (None
    where nothing is set), and `from`: a file, $NAME of the environment, or default.
    """
    from codesearch.cli.settings import settable_commands

    for name, options in settable_commands(root.command).items():
        command = root.command.commands[name]
        said = {each.parameter: each for each in settings.of(name)}
        context = command.context_class(command, info_name=name, parent=root, resilient_parsing=True)
        context.default_map = {parameter: each.value for parameter, each in said.items()}
        for key, option in options.items():
            given, source = option.consume_value(context, {})
            # The environment gives text; what is not set is to stay so.
            value = None if given is None else option.type_cast_value(context, given)
            where = "default"
            if source.name == "ENVIRONMENT":
                where = f"${option.envvar}"
            elif source.name == "DEFAULT_MAP":
                where = str(said[option.name].path)
            yield {
                "setting": f"{name}.{key}",
                "command": name,
                "key": key,
                "value": _plain(value),
                "from": where,
            }


def _plain(value: Any) -> object:  # noqa: ANN401 - whatever an option takes
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, Path) else value


def _as_in_a_file(value: object) -> str | None:
    from json import dumps

    return None if value is None else dumps(value, ensure_ascii=False)
