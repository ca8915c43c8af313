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
# Looked through for comments; a header without end would make nested ones take time without end.
_HEADER_BYTES = 4_000
# People nest a handful; what nests ten thousand must not make names of ten thousand parts.
_NAMES_IN_A_NAME = 16
_SIGNATURE_TAIL = re.compile(r"(\s|[{:=\\]|=>|->|\bdo|\bis|\bthen|\bbegin|\bwhere)+$", re.IGNORECASE)


@dataclass(slots=True)
class Site:
    """A definition and where it lies. Lines are 1-based; ends are included.

    `container` are the bytes of the syntax node around it.
    """

    definition: Definition
    container: tuple[int, int]
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
        """The name with those of the enclosing definitions before it."""
        names: list[str] = []
        site: Site | None = self
        while site is not None and len(names) < _NAMES_IN_A_NAME:
            names.append(site.definition.name)
            site = site.parent
        return separator.join(reversed(names))


def find_sites(source: bytes, language: Language) -> list[Site]:
    """The file's outermost definitions, in source order, each holding the ones inside it."""
    types = (*language.rules, *language.comments, *language.documentation, *language.attributes)
    parsed = language.parsed_as(source) if language.parsed_as else source
    nodes = nodes_of_types(language.grammar, parsed, tuple(dict.fromkeys(types)))
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
    last, clause = siblings[-1].definition, site.definition
    same = (last.kind, last.name, last.arity) == (clause.kind, clause.name, clause.arity)
    together = siblings[-1].container == site.container
    return language.merges_clauses and same and together and clause.kind is Kind.FUNCTION


def _join(first: Site, more: Site) -> None:
    first.end_byte = more.end_byte
    first.end_line = max(first.end_line, more.end_line)


@dataclass(frozen=True, slots=True)
class _Above:
    """A comment or attribute that has its lines to itself, ending on the line it is filed under."""

    start_line: int
    is_document: bool


def _leading_lines(nodes: list[Node], source: bytes, language: Language) -> dict[int, _Above]:
    """What may belong to a definition below it, by its last line."""
    leading: dict[int, _Above] = {}
    documents = {*language.comments, *language.documentation}
    belongs = {*documents, *language.attributes}
    for node in nodes:
        if node.type not in belongs or source.startswith(b"#!", node.start_byte):
            continue
        line_start = source.rfind(b"\n", 0, node.start_byte) + 1
        if source[line_start : node.start_byte].strip():
            continue
        line_end = source.find(b"\n", node.end_byte)
        rest = source[node.end_byte : line_end if line_end >= 0 else len(source)]
        # Line comments of some grammars end at the start of the next line.
        if node.end_point[1] and rest.strip():
            continue
        leading[_last_line(node)] = _Above(node.start_point[0] + 1, node.type in documents)
    return leading


def _site(
    node: Node, definition: Definition, source: bytes, language: Language, leading: dict[int, _Above]
) -> Site:
    outer = _with_wrappers(node, language)
    name_node = definition.name_node or node
    header_start = outer.start_point[0] + 1
    start_line, document = _with_leading(header_start, leading)
    end_line = max(_last_own_line(outer, source, language), header_start)
    # A scope is never shown: its header is its name.
    body = definition.body or _body(node, language) if definition.kind is not None else name_node
    header, header_end_byte = _header(node, outer, name_node, body, source, language)
    header_end = name_node.start_point[0] + 1 + source.count(b"\n", name_node.start_byte, header_end_byte)
    docstring = language.docstrings(node) if language.docstrings else None
    doc = (docstring.start_point[0] + 1, _last_line(docstring)) if docstring is not None else document
    return Site(
        definition=definition,
        container=_container(outer),
        end_byte=outer.end_byte,
        start_line=start_line,
        end_line=end_line,
        header_start=min(header_start, name_node.start_point[0] + 1),
        header_end=min(max(header_end, header_start), end_line),
        line=name_node.start_point[0] + 1,
        column=name_node.start_point[1] + 1,
        signature=_one_line(header),
        doc=doc,
    )


def _with_leading(line: int, leading: dict[int, _Above]) -> tuple[int, tuple[int, int] | None]:
    """The first line of what stands right above a definition, and the lines of the documentation in it."""
    first = line
    document: tuple[int, int] | None = None
    # Taken out: of several definitions that begin on one line, it is the first one's.
    while (above := leading.pop(first - 1, None)) is not None:
        if above.is_document:
            document = (above.start_line, document[1] if document else first - 1)
        first = above.start_line
    return first, document


def _header(
    node: Node, outer: Node, name_node: Node, body: Node | None, source: bytes, language: Language
) -> tuple[bytes, int]:
    """The definition from the line of its name to its body, without comments; and where that ends."""
    line_start = source.rfind(b"\n", 0, name_node.start_byte) + 1
    start = max(line_start, outer.start_byte)
    end = min(body.start_byte if body is not None else node.end_byte, start + _HEADER_BYTES)
    if not source[start:end].strip():
        # The body starts with the definition itself: its first line has to do.
        line_end = source.find(b"\n", node.start_byte)
        return source[node.start_byte : line_end], line_end
    pieces: list[bytes] = []
    last = start
    for comment in (*_nodes_within(node, start, end, language.comments), None):
        stop = comment.start_byte if comment is not None else end
        piece = source[start:stop].rstrip()
        if piece:
            pieces.append(piece)
            last = start + len(piece)
        start = max(comment.end_byte, start) if comment is not None else end
    return b" ".join(pieces), last


def _nodes_within(node: Node, start: int, end: int, types: tuple[str, ...]) -> Iterator[Node]:
    """The nodes of the given types that begin in a range of bytes, in source order."""
    pending = [node]
    while pending:
        inner = pending.pop()
        if inner.end_byte <= start or inner.start_byte >= end:
            continue
        if inner.type not in types:
            pending.extend(reversed(inner.children))
        elif inner.start_byte >= start:
            yield inner


def _container(node: Node) -> tuple[int, int]:
    """The span of the node around a node, which tells its syntactic parent from another."""
    parent = node.parent
    return (parent.start_byte, parent.end_byte) if parent is not None else (0, 0)


def _last_line(node: Node) -> int:
    """The last line with something of the node on it."""
    row, column = node.end_point
    return row if column == 0 and row > node.start_point[0] else row + 1


def _last_own_line(node: Node, source: bytes, language: Language) -> int:
    """The last line that is the definition's own.

    Where indentation ends a block, some grammars let it reach to the next token: over blank lines
    and over comments that belong to what follows.
    """
    last = node
    passed_comments = False
    while True:
        number = last.child_count - 1
        while number >= 0 and (child := last.child(number)) and _belongs_below(child, node, language):
            passed_comments = True
            number -= 1
        child = last.child(number) if number >= 0 else None
        if child is None:
            break
        last = child
    # Some grammars keep text without a node of its own at the end.
    untold = not passed_comments and source[last.end_byte : node.end_byte].strip()
    return _last_line(node if untold else last)


def _belongs_below(child: Node, node: Node, language: Language) -> bool:
    return (
        child.type in language.comments
        and child.start_point[0] > node.start_point[0]
        and child.start_point[1] <= node.start_point[1]
    )


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
