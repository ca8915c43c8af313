"""Go."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, child_of_type, defines, text_of
from codesearch.parse.unit import Kind

_TYPE_KINDS = {"struct_type": Kind.STRUCT, "interface_type": Kind.INTERFACE}


def _method(node: Node) -> Definition | None:
    """`func (s *Server[T]) Close()` is `Server.Close`."""
    name_node = node.child_by_field_name("name")
    receiver = text_of(node.child_by_field_name("receiver")).strip("() \t")
    words = receiver.split("[", 1)[0].replace("*", " ").split()
    owner = f"{words[-1]}." if words else ""
    return Definition(Kind.METHOD, owner + text_of(name_node), name_node)


def _type(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    of = node.child_by_field_name("type")
    kind = _TYPE_KINDS.get(of.type, Kind.TYPE) if of is not None else Kind.TYPE
    body = child_of_type(of, "field_declaration_list") if of is not None else None
    return Definition(kind, text_of(name_node), name_node, body)


def _function_variable(node: Node) -> Definition | None:
    """`var handler = func(...) {...}`, at any depth."""
    value = node.child_by_field_name("value")
    literal = child_of_type(value, "func_literal") if value is not None else None
    name_node = node.child_by_field_name("name")
    if literal is None or name_node is None:
        return None
    return Definition(Kind.FUNCTION, text_of(name_node), name_node, literal.child_by_field_name("body"))


GO = Language(
    name="go",
    extensions=(".go",),
    grammar="go",
    rules={
        "function_declaration": defines(Kind.FUNCTION),
        "method_declaration": _method,
        "type_spec": _type,
        "type_alias": _type,
        "var_spec": _function_variable,
    },
    wrappers=("type_declaration", "var_declaration"),
)
