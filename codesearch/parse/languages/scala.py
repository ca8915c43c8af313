"""Scala, with braces or with indentation."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, child_of_type, defines, text_of
from codesearch.parse.unit import Kind

_TYPE_BODIES = ("template_body", "with_template_body", "enum_body", "refinement")


def _callable_kind(node: Node) -> Kind:
    """A method inside any type's body, be it that of `new Ordering { ... }`, which is no unit."""
    owner = node.parent
    if owner is not None and owner.type == "extension_definition":
        owner = owner.parent
    if owner is None or owner.type not in _TYPE_BODIES:
        return Kind.FUNCTION
    in_package = owner.parent is not None and owner.parent.type == "package_clause"
    return Kind.FUNCTION if in_package else Kind.METHOD


def _function(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    return Definition(_callable_kind(node), text_of(name_node).strip("`"), name_node)


def _given(node: Node) -> Definition | None:
    """An instance with members counts as an object, one with parameters as a function.

    An instance without a name goes by its type.
    """
    name_node = node.child_by_field_name("name") or node.child_by_field_name("return_type")
    name = " ".join(text_of(name_node).split())
    if child_of_type(node, "with_template_body", "template_body") is not None:
        return Definition(Kind.CLASS, name, name_node, child_of_type(node, "with"))
    if node.child_by_field_name("parameters") is not None:
        return Definition(_callable_kind(node), name, name_node)
    return None


def _bound_function_body(node: Node, value: Node) -> Node | None:
    """The body of the function that a value is: a lambda, cases, or whatever has a function's type."""
    inside = [child for child in value.children if child.is_named]
    if value.type == "block" and len(inside) == 1 and inside[0].type == "lambda_expression":
        value = inside[0]
    if value.type == "lambda_expression":
        return value.children[-1]
    declared = node.child_by_field_name("type")
    is_function = declared is not None and declared.type == "function_type"
    return value if value.type == "case_block" or is_function else None


def _value(node: Node) -> Definition | None:
    """A function bound to a name; the methods of `new Runnable { ... }` bear the value's name."""
    name_node = node.child_by_field_name("pattern")
    value = node.child_by_field_name("value")
    if name_node is None or value is None or "identifier" not in name_node.type:
        return None
    name = text_of(name_node).strip("`")
    if value.type == "instance_expression" and child_of_type(value, "template_body") is not None:
        return Definition(None, name, name_node)
    body = _bound_function_body(node, value)
    return Definition(_callable_kind(node), name, name_node, body) if body is not None else None


def _type_alias(node: Node) -> Definition | None:
    """`type Basket[A] = List[A]`, not a trait's abstract `type Song`."""
    name_node = node.child_by_field_name("name")
    if node.child_by_field_name("type") is None:
        return None
    return Definition(Kind.TYPE, text_of(name_node), name_node)


SCALA = Language(
    name="scala",
    extensions=(".scala", ".sc", ".sbt"),
    interpreters=("scala", "scala-cli", "amm"),
    grammar="scala",
    rules={
        "function_definition": _function,
        "val_definition": _value,
        "var_definition": _value,
        "given_definition": _given,
        "class_definition": defines(Kind.CLASS),
        "object_definition": defines(Kind.CLASS),
        "package_object": defines(Kind.CLASS),
        "trait_definition": defines(Kind.TRAIT),
        "enum_definition": defines(Kind.ENUM),
        "type_definition": _type_alias,
    },
    comments=("comment", "block_comment"),
    wrappers=("extension_definition",),
)
