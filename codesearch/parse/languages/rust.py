"""Rust."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import (
    Definition,
    Language,
    child_of_type,
    defines,
    text_of,
)
from codesearch.parse.unit import Kind


def _owner(node: Node) -> Node | None:
    """The `impl`, trait or module whose braces hold an item."""
    return node.parent.parent if node.parent is not None else None


def _function(node: Node) -> Definition | None:
    owner = _owner(node)
    kind = Kind.METHOD if owner is not None and owner.type == "impl_item" else Kind.FUNCTION
    name_node = node.child_by_field_name("name")
    return Definition(kind, text_of(name_node), name_node)


def _struct(node: Node) -> Definition | None:
    """A struct; the fields of `struct Metres(f64);` belong to its header."""
    name_node = node.child_by_field_name("name")
    return Definition(Kind.STRUCT, text_of(name_node), name_node, child_of_type(node, ";"))


def _type(node: Node) -> Definition | None:
    """A type alias; in an `impl`, `type Item = u8;` only fills in what the trait asks for."""
    owner = _owner(node)
    if owner is not None and owner.type == "impl_item":
        return None
    name_node = node.child_by_field_name("name")
    return Definition(Kind.TYPE, text_of(name_node), name_node, child_of_type(node, ";"))


def _impl(node: Node) -> Definition | None:
    """`impl<T> Display for shapes::Circle<T>` lends the name `Circle`."""
    of = node.child_by_field_name("type")
    while of is not None and (inside := _inside_type(of)) is not None:
        of = inside
    name = " ".join(text_of(of).split())
    return Definition(None, name, of) if name else None


def _inside_type(of: Node) -> Node | None:
    """What a reference, a generic or a path is a form of."""
    field = {"scoped_type_identifier": "name", "dynamic_type": "trait"}.get(of.type, "type")
    if of.type in ("array_type", "function_type", "tuple_type"):
        return None
    return of.child_by_field_name(field) or of.child_by_field_name("element")


def _macro(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    return Definition(Kind.FUNCTION, text_of(name_node), name_node, child_of_type(node, "{", "(", "["))


RUST = Language(
    name="rust",
    extensions=(".rs",),
    interpreters=("rust-script",),
    grammar="rust",
    rules={
        "function_item": _function,
        "struct_item": _struct,
        "union_item": defines(Kind.STRUCT),
        "enum_item": defines(Kind.ENUM),
        "trait_item": defines(Kind.TRAIT),
        "type_item": _type,
        "impl_item": _impl,
        "mod_item": defines(None),
        "macro_definition": _macro,
    },
    comments=("line_comment", "block_comment"),
    attributes=("attribute_item",),
    separator="::",
)
