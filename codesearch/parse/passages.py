"""Lines that no definition covers -> passages, cut where the text itself pauses."""

from __future__ import annotations

from codesearch.parse.unit import Kind, LineRange, Unit

# A passage should read like a function: long enough to mean something, short enough to encode.
_MOST_LINES = 40
_ENOUGH_LINES = 12


def cut_passages(lines: list[bytes], covered: bytearray) -> list[Unit]:
    """Passages over the uncovered lines.

    Args:
        lines: the file's lines, without their ends.
        covered: one byte a line, numbered from 1; non-zero where a definition covers the line.

    Returns:
        Passages in source order; blank lines at their ends are left out.

    """
    passages: list[Unit] = []
    for start, end in _uncovered_runs(lines, covered):
        passages.extend(_passage(lines, *piece) for piece in _pieces(lines, start, end))
    return passages


def _uncovered_runs(lines: list[bytes], covered: bytearray) -> list[tuple[int, int]]:
    """Maximal runs (first, last line) of uncovered lines, trimmed of blank lines."""
    runs: list[tuple[int, int]] = []
    first = 0
    for number, line in enumerate(lines, start=1):
        if covered[number]:
            first = 0
        elif line.strip():
            if first:
                runs[-1] = (first, number)
            else:
                first = number
                runs.append((first, number))
    return runs


def _pieces(lines: list[bytes], start: int, end: int) -> list[tuple[int, int]]:
    """Cuts a run at its blank lines, preferring those before an unindented line."""
    pieces: list[tuple[int, int]] = []
    while end - start + 1 > _MOST_LINES:
        cut = _best_cut(lines, start + _ENOUGH_LINES, start + _MOST_LINES)
        last = cut - 1
        while not lines[last - 1].strip():
            last -= 1
        pieces.append((start, last))
        start = cut
        while not lines[start - 1].strip():
            start += 1
    pieces.append((start, end))
    return pieces


def _best_cut(lines: list[bytes], low: int, high: int) -> int:
    """The line in (low, high] that a new passage had best start with; the last of equals."""

    def pause(number: int) -> tuple[bool, int, int]:
        line, above = lines[number - 1], lines[number - 2]
        indent = len(line) - len(line.lstrip())
        return (not above.strip(), -indent if line.strip() else -len(line) - 99, number)

    return max(range(low + 1, high + 1), key=pause)


def _passage(lines: list[bytes], start: int, end: int) -> Unit:
    first = lines[start - 1]
    return Unit(
        kind=Kind.PASSAGE,
        name="",
        signature=" ".join(first.decode("utf-8", "replace").split())[:500],
        start_line=start,
        end_line=end,
        line=start,
        column=len(first) - len(first.lstrip()) + 1,
        shown=(LineRange(start, end),),
    )
