"""What commands tell about the program itself: a table for people, lines with tabs or JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from codesearch.render.plain import printable

Row = Mapping[str, object]

# The version of the JSON objects: it changes when a field is taken away or means something else.
ROWS_VERSION = 1


def show_rows(
    kind: str,
    rows: Iterable[Row],
    *,
    columns: Sequence[str],
    as_json: bool,
    styles: Mapping[str, str] | None = None,
) -> None:
    """Prints rows in the form that stdout is for.

    Args:
        kind: what a row is, the `type` of a JSON object.
        rows: what is told, by column. JSON has every field, the other forms those of `columns`.
        columns: what people and scripts see, in this order.
        as_json: whether a JSON object a line is wanted, whatever stdout is.
        styles: how a cell of a table looks, by what stands in it.

    """
    if as_json:
        for row in rows:
            fields = {"type": kind, "version": ROWS_VERSION, **row}
            _write(json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace"))
    elif sys.stdout.isatty():
        _print_table(list(rows), columns, styles or {})
    else:
        for row in rows:
            line = "\t".join(_cell(row.get(column)).replace("\t", " ") for column in columns)
            _write(line.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")


def _cell(value: object) -> str:
    """A field as text on one line; what is not told is `-`."""
    if value is None or value == "" or value == []:
        return "-"
    if isinstance(value, (list, tuple)):
        return " ".join(map(_cell, value))
    return printable(str(value))


def _print_table(rows: list[Row], columns: Sequence[str], styles: Mapping[str, str]) -> None:
    """Prints a table; what is not told is left blank, and so is a column in which nothing is."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    told = [column for column in columns if any(_cell(row.get(column)) != "-" for row in rows)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in told:
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = [_cell(row.get(column)) for column in told]
        table.add_row(*(Text("" if cell == "-" else cell, styles.get(cell, "")) for cell in cells))
    Console(highlight=False).print(table)
