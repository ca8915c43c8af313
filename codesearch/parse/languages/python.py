"""Python."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, child_of_type, defines, text_of
from codesearch.parse.unit import Kind


def _docstring(node: Node) -> Node | None:
    body = node.child_by_field_name("body")
    first = next((child for child in body.children if child.is_named), None) if body else None
    if first is not None and first.type == "expression_statement":
        first = child_of_type(first, "string")
    return first if first is not None and first.type == "string" else None


def _lambda(node: Node) -> Definition | None:
    """`square = lambda x: x * x`."""
    left, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or left.type != "identifier" or value is None or value.type != "lambda":
        return None
    return Definition(Kind.FUNCTION, text_of(left), left, value.child_by_field_name("body"))


def _alias(node: Node) -> Definition | None:
    """`type Pair[T] = tuple[T, T]`."""
    name_node: Node | None = node
    while name_node is not None and name_node.type != "identifier":
        name_node = next((child for child in name_node.children if child.is_named), None)
    return Definition(Kind.TYPE, text_of(name_node), name_node) if name_node is not None else None


PYTHON = Language(
    name="python",
    extensions=(".py", ".pyi", ".pyw", ".pyx", ".pxd"),
    filenames=("SConstruct", "SConscript", "wscript"),
    interpreters=("python", "python2", "python3"),
    grammar="python",
    rules={
        "function_definition": defines(Kind.FUNCTION),
        "class_definition": defines(Kind.CLASS),
        "assignment": _lambda,
        "type_alias_statement": _alias,
    },
    wrappers=("decorated_definition",),
    docstrings=_docstring,
)
