"""Python."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Language, child_of_type, defines
from codesearch.parse.unit import Kind


def _docstring(node: Node) -> Node | None:
    body = node.child_by_field_name("body")
    first = next((child for child in body.children if child.is_named), None) if body else None
    if first is not None and first.type == "expression_statement":
        first = child_of_type(first, "string")
    return first if first is not None and first.type == "string" else None


PYTHON = Language(
    name="python",
    extensions=(".py", ".pyi", ".pyw", ".pyx", ".pxd"),
    filenames=("SConstruct", "SConscript", "wscript"),
    interpreters=("python", "python2", "python3"),
    grammar="python",
    rules={
        "function_definition": defines(Kind.FUNCTION),
        "class_definition": defines(Kind.CLASS),
    },
    wrappers=("decorated_definition",),
    docstrings=_docstring,
)
