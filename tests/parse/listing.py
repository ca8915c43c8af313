"""Units as text, one a line: what the sample files' expectations are written in."""

from __future__ import annotations

from codesearch.parse.unit import LineRange, Unit


def listing(units: list[Unit]) -> str:
    """`START-END KIND NAME LINE:COLUMN [doc A-B] [shown A-B,C] | SIGNATURE`, a line a unit."""
    return "".join(f"{_line(unit)}\n" for unit in units)


def _line(unit: Unit) -> str:
    parts = [f"{unit.start_line}-{unit.end_line}", unit.kind.value, unit.name or "-"]
    parts.append(f"{unit.line}:{unit.column}")
    if unit.doc:
        parts.append(f"doc {_range(unit.doc)}")
    if unit.shown != (LineRange(unit.start_line, unit.end_line),):
        parts.append("shown " + ",".join(map(_range, unit.shown)))
    return " ".join(parts) + f" | {unit.signature}"


def _range(lines: LineRange) -> str:
    return f"{lines.start}-{lines.end}"
