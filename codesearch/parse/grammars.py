"""The one door to tree-sitter: parsers and nodes by type, whichever grammar package is installed.

`tree-sitter-languages` (with tree-sitter 0.21) serves Python up to 3.12, its successor
`tree-sitter-language-pack` (with tree-sitter 0.25 and later) newer ones. They differ in how a query
is run and in some node types; the first difference is levelled here, the second in the rows.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from importlib import import_module
from typing import Any

from tree_sitter import Node

_OLDER = "tree_sitter_languages"
_NEWER = "tree_sitter_language_pack"
# Grammars that the newer package calls by another name.
_NEWER_NAMES = {"c_sharp": "csharp"}
# In the older package, Lua's scanner starts in a state that hangs on `x = 1` until it has seen a comment.
_OLDER_PRIMERS = {"lua": b"--\n"}


@lru_cache(maxsize=None)
def _grammar_package() -> Any:  # noqa: ANN401 - either of two packages with the same functions
    try:
        return import_module(_OLDER)
    except ModuleNotFoundError:
        return import_module(_NEWER)


def _name_there(grammar: str) -> str:
    return _NEWER_NAMES.get(grammar, grammar) if _grammar_package().__name__ == _NEWER else grammar


def _parser(grammar: str) -> Any:  # noqa: ANN401
    """A new parser: the older package's scanners carry their state from one file into the next.

    That costs a tenth of a millisecond.
    """
    with warnings.catch_warnings():
        # tree-sitter-languages 1.10.2 loads grammars in a way that tree-sitter 0.21 warns about.
        warnings.simplefilter("ignore", FutureWarning)
        parser = _grammar_package().get_parser(_name_there(grammar))
    if grammar in _OLDER_PRIMERS and _grammar_package().__name__ == _OLDER:
        parser.parse(_OLDER_PRIMERS[grammar])
    return parser


@lru_cache(maxsize=None)
def _query(grammar: str, node_types: tuple[str, ...]) -> Any:  # noqa: ANN401
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        language = _grammar_package().get_language(_name_there(grammar))
    # A query naming a type that the grammar lacks is refused, and the two packages' grammars differ.
    known = {
        language.node_kind_for_id(number)
        for number in range(language.node_kind_count)
        if language.node_kind_is_named(number)
    }
    wanted = [node_type for node_type in node_types if node_type in known]
    if not wanted:
        return None
    pattern = "[" + " ".join(f"({node_type})" for node_type in wanted) + "] @node"
    if hasattr(language, "query"):
        return language.query(pattern)
    tree_sitter = import_module("tree_sitter")
    return tree_sitter.Query(language, pattern)


@lru_cache(maxsize=None)
def package_version() -> str:
    """Name and version of the installed grammar package, as it is recorded in an index."""
    from importlib.metadata import version

    name = _grammar_package().__name__
    return f"{name} {version(name)}"


@lru_cache(maxsize=None)
def has_grammar(grammar: str) -> bool:
    """Whether the installed package carries the grammar and it loads."""
    try:
        _parser(grammar)
    except (AttributeError, LookupError, OSError, TypeError, ValueError):
        return False
    return True


def nodes_of_types(grammar: str, source: bytes, node_types: tuple[str, ...]) -> list[Node]:
    """All nodes of the given types in the source's syntax tree, outer before inner, in source order."""
    query = _query(grammar, node_types)
    if query is None:
        return []
    root = _parser(grammar).parse(source).root_node
    if hasattr(query, "captures"):
        nodes = [node for node, _ in query.captures(root)]
    else:
        tree_sitter = import_module("tree_sitter")
        nodes = tree_sitter.QueryCursor(query).captures(root).get("node", [])
    return sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte))
