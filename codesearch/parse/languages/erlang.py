"""Erlang."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, child_of_type, text_of
from codesearch.parse.unit import Kind


def _function(node: Node) -> Definition | None:
    """One clause of a function; the clauses are joined later."""
    clause = child_of_type(node, "function_clause")
    name_node = clause.child_by_field_name("name") if clause is not None else None
    if clause is None or name_node is None:
        return None
    parameters = clause.child_by_field_name("args")
    return Definition(
        Kind.FUNCTION,
        text_of(name_node).strip("'"),
        name_node,
        clause.child_by_field_name("body"),
        arity=parameters.named_child_count if parameters is not None else 0,
    )


def _macro(node: Node) -> Definition | None:
    """`-define(LOG(Format), ...)` is a function in effect, `-define(LIMIT, 30)` a constant."""
    head = node.child_by_field_name("lhs")
    name_node = head.child_by_field_name("name") if head is not None else None
    if head is None or name_node is None or head.child_by_field_name("args") is None:
        return None
    return Definition(Kind.FUNCTION, text_of(name_node), name_node, child_of_type(node, ","))


def _record(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    name = text_of(name_node).strip("'")
    return Definition(Kind.STRUCT, name, name_node, child_of_type(node, ",")) if name else None


def _type(node: Node) -> Definition | None:
    head = node.child_by_field_name("name")
    name_node = head.child_by_field_name("name") if head is not None else None
    return Definition(Kind.TYPE, text_of(name_node).strip("'"), name_node) if name_node is not None else None


ERLANG = Language(
    name="erlang",
    extensions=(".erl", ".hrl", ".escript"),
    interpreters=("escript",),
    grammar="erlang",
    rules={
        "fun_decl": _function,
        "pp_define": _macro,
        "record_decl": _record,
        "type_alias": _type,
        "opaque": _type,
    },
    attributes=("spec", "wild_attribute", "compile_options_attribute"),
    merges_clauses=True,
)
