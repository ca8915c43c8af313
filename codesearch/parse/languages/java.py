"""Java."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import (
    Definition,
    Language,
    child_of_type,
    defines,
    defines_with_body,
    text_of,
)
from codesearch.parse.unit import Kind


def _method(node: Node) -> Definition | None:
    """A method with a body; its owner may be an anonymous class, which is no unit."""
    name_node = node.child_by_field_name("name")
    if node.child_by_field_name("body") is None:
        return None
    at_top = node.parent is not None and node.parent.type == "program"
    return Definition(Kind.FUNCTION if at_top else Kind.METHOD, text_of(name_node), name_node)


def _variables(node: Node) -> Definition | None:
    """A lambda bound to a name is a function; an anonymous class's methods bear the variable's name."""
    declarators = [child for child in node.children if child.type == "variable_declarator"]
    return next((found for each in declarators if (found := _variable(each)) is not None), None)


def _variable(declarator: Node) -> Definition | None:
    name_node = declarator.child_by_field_name("name")
    value = declarator.child_by_field_name("value")
    if value is not None and value.type == "cast_expression":
        value = value.child_by_field_name("value")
    if value is None or name_node is None:
        return None
    if value.type == "lambda_expression":
        return Definition(Kind.FUNCTION, text_of(name_node), name_node, value.child_by_field_name("body"))
    if value.type == "object_creation_expression" and child_of_type(value, "class_body") is not None:
        return Definition(None, text_of(name_node), name_node)
    return None


def _enum_constant(node: Node) -> Definition | None:
    """A constant with a class body lends its name to the methods inside."""
    name_node = node.child_by_field_name("name")
    if node.child_by_field_name("body") is None:
        return None
    return Definition(None, text_of(name_node), name_node)


JAVA = Language(
    name="java",
    extensions=(".java",),
    interpreters=("java",),
    grammar="java",
    rules={
        "method_declaration": _method,
        "constructor_declaration": defines_with_body(Kind.METHOD),
        "compact_constructor_declaration": defines_with_body(Kind.METHOD),
        "class_declaration": defines(Kind.CLASS),
        "record_declaration": defines(Kind.CLASS),
        "interface_declaration": defines(Kind.INTERFACE),
        "annotation_type_declaration": defines(Kind.INTERFACE),
        "enum_declaration": defines(Kind.ENUM),
        "enum_constant": _enum_constant,
        "field_declaration": _variables,
        "constant_declaration": _variables,
        "local_variable_declaration": _variables,
    },
    comments=("line_comment", "block_comment", "comment"),
)
