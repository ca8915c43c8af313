"""What a row of the language table can say, and the rules that rows share.

A rule looks at one syntax node and says what it defines, if anything. Most rows need only
`defines(kind)`; a language whose grammar hides the name elsewhere brings a rule of its own,
kept beside its row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node

from codesearch.parse.unit import Kind


@dataclass(frozen=True, slots=True)
class Definition:
    """What a syntax node defines.

    `kind` None means a scope: it lends its name to what it holds but is no unit of its own
    (a namespace, a Rust `impl`). `name` may carry qualifiers that the source itself writes
    (`Session::close`). `name_node` is where results point; the node itself when absent.
    `body` ends the signature; found through the row's `bodies` when absent. `arity` tells apart
    functions of one name where clauses are merged and the language counts parameters.
    """

    kind: Kind | None
    name: str
    name_node: Node | None = None
    body: Node | None = None
    arity: int | None = None


Rule = Callable[[Node], Definition | None]


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the table: how files of a language are recognised and taken apart.

    `rules` map node types to rules. `comments`, `documentation` (what documents
    but is no comment: a string literal above, an `@doc`) and `attributes` are node types that belong
    to the definition below them. `wrappers` are node types that enclose a definition and belong to it
    (a decorated definition, an export statement). `bodies` are node types that end a signature
    where the grammar has no `body` field. `docstrings` finds documentation inside a body.
    `merges_clauses` joins neighbouring definitions of one name (Haskell equations, Erlang clauses).
    `sniff` decides between languages that share a file extension, from the file's first bytes.
    `parsed_as` gives the parser a text that it understands better in the source's place, every byte
    kept where it is: macros that no grammar can know become blanks.
    An empty `grammar` means that files are cut into passages only.
    """

    name: str
    extensions: tuple[str, ...] = ()
    grammar: str = ""
    rules: Mapping[str, Rule] = field(default_factory=dict)
    filenames: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    comments: tuple[str, ...] = ("comment",)
    documentation: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    docstrings: Callable[[Node], Node | None] | None = None
    separator: str = "."
    merges_clauses: bool = False
    sniff: Callable[[bytes], bool] | None = None
    parsed_as: Callable[[bytes], bytes] | None = None
    lexer: str = ""


def text_of(node: Node | None) -> str:
    """The node's source as text, undecodable bytes replaced; empty for None."""
    return "" if node is None or node.text is None else node.text.decode("utf-8", "replace")


def child_of_type(node: Node, *types: str) -> Node | None:
    """The first child of one of the types, or None."""
    return next((child for child in node.children if child.type in types), None)


def defines(kind: Kind | None, *name_types: str, field: str = "name") -> Rule:
    """A rule for nodes that carry their name in a field, or else as a child of a known type."""

    def rule(node: Node) -> Definition | None:
        name_node = node.child_by_field_name(field) or child_of_type(node, *name_types)
        name = text_of(name_node)
        return Definition(kind, name, name_node) if name else None

    return rule


def defines_with_body(kind: Kind, *name_types: str, field: str = "name") -> Rule:
    """Like `defines`, only where the node has a body: `struct Foo;` and `struct Foo x` define nothing."""
    plain = defines(kind, *name_types, field=field)

    def rule(node: Node) -> Definition | None:
        return plain(node) if node.child_by_field_name("body") is not None else None

    return rule
