"""What commands tell about the program itself: a table for people, lines with tabs or JSON for scripts."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from codesearch.render.colour import results_console
from codesearch.render.output import drawn, write
from codesearch.render.plain import json_object, printable

if TYPE_CHECKING:
    from rich.table import Table

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
) -> bool:
    """Prints rows in the form that stdout is for. False where its reader has had enough.

    Args:
        kind: what a row is, the `type` of a JSON object.
        rows: what is told, by column. JSON has every field, the other forms those of `columns`.
        columns: what people and scripts see, in this order.
        as_json: whether a JSON object a line is wanted, whatever stdout is.
        styles: how a cell of a table looks, by what stands in it.

    """
    if as_json:
        return write(json_object({"type": kind, "version": ROWS_VERSION, **row}) + b"\n" for row in rows)
    if sys.stdout.isatty():
        return write([drawn(results_console(), _table(list(rows), columns, styles or {}))])
    return write(_line(row, columns) for row in rows)


def _line(row: Row, columns: Sequence[str]) -> bytes:
    cells = "\t".join(_cell(row.get(column)).replace("\t", " ") for column in columns)
    return cells.encode("utf-8", "replace") + b"\n"


def _cell(value: object) -> str:
    """A field as text on one line; what is not told is `-`."""
    if value is None or value == "" or value == []:
        return "-"
    if isinstance(value, (list, tuple)):
        return " ".join(map(_cell, value))
    return printable(str(value))


def _table(rows: list[Row], columns: Sequence[str], styles: Mapping[str, str]) -> Table:
    """What is not told is left blank, and a column in which nothing is told is left out."""
    from rich.table import Table
    from rich.text import Text

    told = [column for column in columns if any(_cell(row.get(column)) != "-" for row in rows)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in told:
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = [_cell(row.get(column)) for column in told]
        table.add_row(*(Text("" if cell == "-" else cell, styles.get(cell, "")) for cell in cells))
    return table
