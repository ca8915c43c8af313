"""Lua."""

from __future__ import annotations

import re

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, child_of_type, text_of
from codesearch.parse.unit import Kind

_FUNCTION = "function_definition"
_TABLES = ("table", "table_constructor")
_CALLS = ("call", "function_call")
_STRING_KEY = re.compile(r"\[\s*(['\"])([^'\"]*)\1\s*\]")


def _dotted(written: str) -> str:
    """`M["drain"]` is `M.drain`, `M:stop` is `M.stop`, `self.done` is `done`; `M[key]` has no name."""
    name = _STRING_KEY.sub(r".\2", written).replace(":", ".").removeprefix("self.")
    return "" if re.search(r"[\[({\n]", name) else name


def _function(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    written = text_of(name_node)
    name = _dotted(written)
    kind = Kind.METHOD if ":" in written else Kind.FUNCTION
    return Definition(kind, name, name_node) if name else None


def _bound(name: str, name_node: Node | None, value: Node | None) -> Definition | None:
    """A function bound to a name; a table lends its name to the functions in it."""
    if value is None or not name:
        return None
    if value.type == _FUNCTION:
        return Definition(Kind.FUNCTION, name, name_node, child_of_type(value, "comment", "block", "end"))
    makes_object = value.type in _CALLS and text_of(value).startswith("setmetatable")
    return Definition(None, name, name_node) if value.type in _TABLES or makes_object else None


def _assignment(node: Node) -> Definition | None:
    """`M.add = function() ... end`, local or not; of several at once none is named."""
    if node.parent is not None and node.parent.type == "variable_declaration":
        return None
    statement = child_of_type(node, "assignment_statement") or node
    names, values = child_of_type(statement, "variable_list"), child_of_type(statement, "expression_list")
    if names is None or values is None or names.named_child_count == 0 or values.named_child_count != 1:
        return None
    name_node = names.children[0]
    written = text_of(name_node).split("<", 1)[0].strip()
    return _bound(_dotted(written), name_node, values.children[0])


def _field(node: Node) -> Definition | None:
    """`run = function() ... end` in a table."""
    name_node = node.child_by_field_name("name") or node.child_by_field_name("key")
    if name_node is None or name_node.type not in ("identifier", "string"):
        return None
    return _bound(text_of(name_node).strip("'\""), name_node, node.child_by_field_name("value"))


LUA = Language(
    name="lua",
    extensions=(".lua", ".rockspec", ".wlua", ".nse"),
    filenames=(".luacheckrc", ".busted", "config.ld"),
    interpreters=("lua", "luajit", "texlua", "resty", "tarantool"),
    grammar="lua",
    rules={
        "function_declaration": _function,
        "function_definition_statement": _function,
        "local_function_definition_statement": _function,
        "variable_declaration": _assignment,
        "local_variable_declaration": _assignment,
        "assignment_statement": _assignment,
        "variable_assignment": _assignment,
        "field": _field,
    },
    bodies=("end",),
)
