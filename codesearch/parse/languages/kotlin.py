"""Kotlin."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, child_of_type, defines, text_of
from codesearch.parse.unit import Kind

_CLASS_BODIES = ("class_body", "enum_class_body")
_COMMENTS = ("line_comment", "multiline_comment", "comment")
_BESIDE_PROPERTY = ("getter", "setter", *_COMMENTS)
_TYPE_KINDS = {"interface": Kind.INTERFACE, "enum": Kind.ENUM}


def _callable_kind(node: Node) -> Kind:
    """A method inside any class body, be it that of an object literal or a companion, which are no units."""
    return Kind.METHOD if node.parent is not None and node.parent.type in _CLASS_BODIES else Kind.FUNCTION


def _function(node: Node) -> Definition | None:
    name_node = child_of_type(node, "simple_identifier")
    if child_of_type(node, "function_body") is None:
        return None
    return Definition(_callable_kind(node), text_of(name_node).strip("`"), name_node)


def _class(node: Node) -> Definition | None:
    """The grammar has one node for classes, interfaces and enums; their keyword tells."""
    name_node = child_of_type(node, "type_identifier")
    keyword = child_of_type(node, *_TYPE_KINDS)
    kind = _TYPE_KINDS[keyword.type] if keyword is not None else Kind.CLASS
    return Definition(kind, text_of(name_node).strip("`"), name_node)


def _constructor(node: Node) -> Definition | None:
    keyword = child_of_type(node, "constructor")
    return Definition(Kind.METHOD, "constructor", keyword, child_of_type(node, "{"))


def _companion(node: Node) -> Definition | None:
    """A companion object lends its name if it has one; its members are the outer class's either way."""
    name_node = child_of_type(node, "type_identifier")
    return Definition(None, text_of(name_node), name_node) if name_node is not None else None


def _enum_entry(node: Node) -> Definition | None:
    """An entry with a class body lends its name to the methods inside."""
    name_node = child_of_type(node, "simple_identifier")
    return Definition(None, text_of(name_node), name_node) if child_of_type(node, "class_body") else None


def _property_name(node: Node) -> Node | None:
    variable = child_of_type(node, "variable_declaration")
    return child_of_type(variable, "simple_identifier") if variable is not None else None


def _property(node: Node) -> Definition | None:
    """A lambda bound to a name is a function; an object literal's methods bear the property's name."""
    name_node = _property_name(node)
    function = child_of_type(node, "lambda_literal", "anonymous_function")
    if name_node is None:
        return None
    if function is not None:
        body = child_of_type(function, "statements", "function_body")
        return Definition(_callable_kind(node), text_of(name_node), name_node, body)
    if child_of_type(node, "object_literal") is not None:
        return Definition(None, text_of(name_node), name_node)
    return None


def _accessor(node: Node) -> Definition | None:
    """`get() = ...`, named after its property.

    The grammar puts an accessor on a line of its own beside the property; there it is a unit by itself.
    """
    if child_of_type(node, "function_body") is None:
        return None
    owner = node.parent
    if owner is not None and owner.type == "property_declaration":
        first = child_of_type(owner, "getter", "setter")
        name_node = _property_name(owner)
        is_first = first is not None and first.start_byte == node.start_byte
        return Definition(_callable_kind(owner), text_of(name_node), name_node) if is_first else None
    owner = node.prev_named_sibling
    while owner is not None and owner.type in _BESIDE_PROPERTY:
        owner = owner.prev_named_sibling
    if owner is None or owner.type != "property_declaration":
        return None
    keyword = child_of_type(node, "get", "set")
    return Definition(_callable_kind(node), text_of(_property_name(owner)), keyword)


KOTLIN = Language(
    name="kotlin",
    extensions=(".kt", ".kts"),
    interpreters=("kotlin", "kotlinc"),
    grammar="kotlin",
    rules={
        "function_declaration": _function,
        "secondary_constructor": _constructor,
        "property_declaration": _property,
        "getter": _accessor,
        "setter": _accessor,
        "class_declaration": _class,
        "object_declaration": defines(Kind.CLASS, "type_identifier"),
        "companion_object": _companion,
        "enum_entry": _enum_entry,
        "type_alias": defines(Kind.TYPE, "type_identifier"),
    },
    comments=_COMMENTS,
    # An annotation with one argument is taken for an expression in front of some declarations.
    attributes=("annotation", "prefix_expression"),
    wrappers=("property_declaration",),
    bodies=("function_body", *_CLASS_BODIES),
)
