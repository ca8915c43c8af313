"""PHP."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, child_of_type, defines, defines_with_body, text_of
from codesearch.parse.unit import Kind

_FUNCTIONS = ("arrow_function", "anonymous_function", "anonymous_function_creation_expression")
_MEMBERS = ("member_access_expression", "scoped_property_access_expression")


def _bound_name(left: Node) -> str:
    """`$total` is `total`, `$this->total` too, `$app['mailer']` is `app['mailer']`."""
    if left.type == "subscript_expression" and child_of_type(left, "string") is None:
        return ""
    if left.type not in ("variable_name", "subscript_expression", *_MEMBERS):
        return ""
    name = text_of(left)
    for prefix in ("$this->", "self::", "static::"):
        name = name.removeprefix(prefix)
    return name.lstrip("$") if "\n" not in name else ""


def _assignment(node: Node) -> Definition | None:
    """A closure or an anonymous class bound to a variable."""
    name_node, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    name = _bound_name(name_node) if name_node is not None else ""
    if value is None or not name:
        return None
    if value.type in _FUNCTIONS:
        return Definition(Kind.FUNCTION, name, name_node, value.child_by_field_name("body"))
    if value.type != "object_creation_expression":
        return None
    body = child_of_type(child_of_type(value, "anonymous_class") or value, "declaration_list")
    return Definition(Kind.CLASS, name, name_node, body) if body is not None else None


def _array_element(node: Node) -> Definition | None:
    """`'show' => function () {...}` in an array."""
    named = [child for child in node.children if child.is_named]
    if (
        len(named) < 2
        or named[0].type not in ("string", "encapsed_string")
        or named[-1].type not in _FUNCTIONS
    ):
        return None
    name = text_of(named[0]).strip("'\"")
    return Definition(Kind.FUNCTION, name, named[0], named[-1].child_by_field_name("body")) if name else None


def _has_php(head: bytes) -> bool:
    """`.inc` is the ending of included files in many languages."""
    return b"<?" in head


PHP = Language(
    name="php",
    extensions=(".php", ".phtml", ".inc", ".php5", ".php7", ".php8", ".module", ".install", ".theme"),
    interpreters=("php",),
    grammar="php",
    rules={
        "function_definition": defines(Kind.FUNCTION),
        "method_declaration": defines_with_body(Kind.METHOD),
        "class_declaration": defines(Kind.CLASS),
        "interface_declaration": defines(Kind.INTERFACE),
        "trait_declaration": defines(Kind.TRAIT),
        "enum_declaration": defines(Kind.ENUM),
        "assignment_expression": _assignment,
        "array_element_initializer": _array_element,
    },
    wrappers=("expression_statement",),
    separator="::",
    sniff=_has_php,
)
