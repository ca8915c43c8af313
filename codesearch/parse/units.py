"""A file's bytes -> its units: definitions first, then passages over whatever they leave uncovered."""

from __future__ import annotations

from codesearch.parse.definitions import Site, find_sites, walk_sites
from codesearch.parse.grammars import has_grammar
from codesearch.parse.language import Language
from codesearch.parse.passages import cut_passages
from codesearch.parse.unit import Kind, LineRange, Unit

# A change of what is a unit, or of the language table, is a new format: older indexes are rebuilt.
PARSE_FORMAT = 2

# A function up to this long is shown whole; in a longer one the functions inside it, which are
# units of their own, are reduced to their headers.
_WHOLE_FUNCTION_LINES = 60


def parse_source(source: bytes, language: Language) -> list[Unit]:
    """Cuts a file into units.

    Args:
        source: the file as UTF-8 (see `codesearch.parse.source.to_utf8`); lines end with a newline.
        language: the row that says how.

    Returns:
        The units in source order. Every non-blank line lies in at least one of them.

    """
    sites = _sites(source, language)
    units = [
        _unit(site, language) for site in walk_sites(sites) if site.kind is not None and site.definition.name
    ]
    lines = source.split(b"\n")
    covered = bytearray(len(lines) + 2)
    for unit in units:
        covered[unit.start_line : unit.end_line + 1] = b"\1" * (unit.end_line + 1 - unit.start_line)
    units.extend(cut_passages(lines, covered))
    units.sort(key=lambda unit: (unit.start_line, -unit.end_line))
    return units


def _sites(source: bytes, language: Language) -> list[Site]:
    if not language.grammar or not has_grammar(language.grammar):
        return []
    return find_sites(source, language)


def _unit(site: Site, language: Language) -> Unit:
    kind = site.kind
    assert kind is not None
    return Unit(
        kind=kind,
        name=site.qualified_name(language.separator),
        signature=site.signature,
        start_line=site.start_line,
        end_line=site.end_line,
        line=site.line,
        column=site.column,
        shown=_shown(site, kind),
        doc=LineRange(*site.doc) if site.doc else None,
    )


def _shown(site: Site, kind: Kind) -> tuple[LineRange, ...]:
    """The unit's lines without the insides of the units inside it."""
    whole = LineRange(site.start_line, site.end_line)
    if kind.is_callable and site.end_line - site.start_line < _WHOLE_FUNCTION_LINES:
        return (whole,)
    kept: list[LineRange] = []
    next_line = whole.start
    for child in _units_inside(site):
        if child.start_line > next_line:
            kept.append(LineRange(next_line, child.start_line - 1))
        header = LineRange(max(child.header_start, next_line), child.header_end)
        if header.start <= header.end:
            kept.append(header)
        next_line = max(next_line, child.end_line + 1)
    if next_line <= whole.end:
        kept.append(LineRange(next_line, whole.end))
    return _joined(kept) or (whole,)


def _units_inside(site: Site) -> list[Site]:
    """The nearest units below a site, looking through scopes."""
    inside: list[Site] = []
    for child in site.children:
        inside.extend([child] if child.kind is not None else _units_inside(child))
    return inside


def _joined(ranges: list[LineRange]) -> tuple[LineRange, ...]:
    joined: list[LineRange] = []
    for each in ranges:
        if joined and each.start <= joined[-1].end + 1:
            joined[-1] = LineRange(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return tuple(joined)
