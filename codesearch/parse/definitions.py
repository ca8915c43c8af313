"""Syntax tree -> the definitions of a file, nested as the source nests them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from codesearch.parse.grammars import nodes_of_types
from codesearch.parse.language import Definition, Language
from codesearch.parse.unit import Kind

# A signature is for one line of output; a macro or a type of several screens is not.
_SIGNATURE_CHARACTERS = 500
_SIGNATURE_TAIL = re.compile(r"(\s|[{:=]|=>|->|\bdo|\bis|\bthen|\bbegin|\bwhere)+$", re.IGNORECASE)


@dataclass(slots=True)
class Site:
    """A definition and where it lies. Lines are 1-based; ends are included."""

    definition: Definition
    end_byte: int
    start_line: int
    end_line: int
    header_start: int
    header_end: int
    line: int
    column: int
    signature: str
    doc: tuple[int, int] | None
    children: list[Site] = field(default_factory=list)
    parent: Site | None = None

    @property
    def kind(self) -> Kind | None:
        """The kind, with functions inside a type counted as methods."""
        kind = self.definition.kind
        if kind is Kind.FUNCTION and self._owner_is_type():
            return Kind.METHOD
        return kind

    def _owner_is_type(self) -> bool:
        owner = self.parent
        return owner is not None and (
            owner.definition.kind not in (None, Kind.FUNCTION, Kind.METHOD, Kind.MODULE)
        )

    def qualified_name(self, separator: str) -> str:
        """The name with those of all enclosing definitions before it."""
        prefix = f"{self.parent.qualified_name(separator)}{separator}" if self.parent else ""
        return prefix + self.definition.name


def find_sites(source: bytes, language: Language) -> list[Site]:
    """The file's outermost definitions, in source order, each holding the ones inside it."""
    types = (*language.rules, *language.comments, *language.attributes)
    nodes = nodes_of_types(language.grammar, source, tuple(dict.fromkeys(types)))
    leading = _leading_lines(nodes, source, language)
    outermost: list[Site] = []
    enclosing: list[Site] = []
    for node in nodes:
        rule = language.rules.get(node.type)
        definition = rule(node) if rule else None
        if definition is None:
            continue
        while enclosing and enclosing[-1].end_byte <= node.start_byte:
            enclosing.pop()
        parent = enclosing[-1] if enclosing else None
        siblings = parent.children if parent else outermost
        site = _site(node, definition, source, language, leading)
        if _is_repeated(site, siblings, language):
            _join(siblings[-1], site)
            site = siblings[-1]
        else:
            site.parent = parent
            siblings.append(site)
        if not (enclosing and enclosing[-1] is site):
            enclosing.append(site)
    return outermost


def walk_sites(sites: list[Site]) -> Iterator[Site]:
    """Every site, outer before inner."""
    stack = list(reversed(sites))
    while stack:
        site = stack.pop()
        yield site
        stack.extend(reversed(site.children))


def _is_repeated(site: Site, siblings: list[Site], language: Language) -> bool:
    """Whether the site only goes on with the definition before it: one more clause of a function."""
    if not siblings:
        return False
    last = siblings[-1]
    same = (last.definition.kind, last.definition.name) == (
        site.definition.kind,
        site.definition.name,
    )
    return language.merges_clauses and same and site.definition.kind is Kind.FUNCTION


def _join(first: Site, more: Site) -> None:
    first.end_byte = more.end_byte
    first.end_line = max(first.end_line, more.end_line)


def _leading_lines(nodes: list[Node], source: bytes, language: Language) -> dict[int, int]:
    """Last line -> first line of every comment or attribute that has its lines to itself."""
    leading: dict[int, int] = {}
    belongs = {*language.comments, *language.attributes}
    for node in nodes:
        if node.type not in belongs:
            continue
        line_start = source.rfind(b"\n", 0, node.start_byte) + 1
        if source[line_start : node.start_byte].strip():
            continue
        end_byte = node.end_byte
        end_row = node.end_point[0]
        # Line comments of some grammars end at the start of the next line.
        if node.end_point[1] == 0 and end_row > node.start_point[0]:
            end_row -= 1
        else:
            line_end = source.find(b"\n", end_byte)
            rest = source[end_byte : line_end if line_end >= 0 else len(source)]
            if rest.strip():
                continue
        leading[end_row + 1] = node.start_point[0] + 1
    return leading


def _site(
    node: Node, definition: Definition, source: bytes, language: Language, leading: dict[int, int]
) -> Site:
    outer = _with_wrappers(node, language)
    name_node = definition.name_node or node
    header_start = outer.start_point[0] + 1
    start_line = header_start
    while (above := leading.get(start_line - 1)) is not None:
        start_line = above
    body = definition.body or _body(node, language)
    header_end_byte = body.start_byte if body is not None else node.end_byte
    for child in node.children:
        # A comment between header and body is no part of the signature.
        if child.type in language.comments and name_node.end_byte <= child.start_byte:
            header_end_byte = min(header_end_byte, child.start_byte)
    line_start = source.rfind(b"\n", 0, name_node.start_byte) + 1
    header = source[max(line_start, node.start_byte, outer.start_byte) : header_end_byte]
    # A body that starts with the definition itself leaves no header: fall back on the first line.
    header = header.rstrip() or source[node.start_byte : node.end_byte].split(b"\n", 1)[0]
    header_end = name_node.start_point[0] + 1 + header.count(b"\n")
    end_line = _last_line(outer)
    docstring = language.docstrings(node) if language.docstrings else None
    if docstring is not None:
        doc = (docstring.start_point[0] + 1, _last_line(docstring))
    else:
        doc = (start_line, header_start - 1) if start_line < header_start else None
    return Site(
        definition=definition,
        end_byte=outer.end_byte,
        start_line=start_line,
        end_line=max(end_line, header_start),
        header_start=min(header_start, name_node.start_point[0] + 1),
        header_end=min(max(header_end, header_start), max(end_line, header_start)),
        line=name_node.start_point[0] + 1,
        column=name_node.start_point[1] + 1,
        signature=_one_line(header),
        doc=doc,
    )


def _last_line(node: Node) -> int:
    """The last line with something of the node on it."""
    row, column = node.end_point
    return row if column == 0 and row > node.start_point[0] else row + 1


def _with_wrappers(node: Node, language: Language) -> Node:
    outer = node
    while (parent := outer.parent) is not None and parent.type in language.wrappers:
        # `const a = () => 1, b = () => 2` wraps two: neither owns the whole.
        if sum(child.type == outer.type for child in parent.children) > 1:
            break
        outer = parent
    return outer


def _body(node: Node, language: Language) -> Node | None:
    by_field = node.child_by_field_name("body")
    if by_field is not None:
        return by_field
    return next((child for child in node.children if child.type in language.bodies), None)


def _one_line(header: bytes) -> str:
    text = " ".join(header.decode("utf-8", "replace").split())
    return _SIGNATURE_TAIL.sub("", text)[:_SIGNATURE_CHARACTERS] or text[:_SIGNATURE_CHARACTERS]
