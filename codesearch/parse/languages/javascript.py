"""JavaScript, TypeScript and their JSX forms."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, defines, text_of
from codesearch.parse.unit import Kind

_FUNCTIONS = ("arrow_function", "function", "function_expression", "generator_function")
_WRAPPED = ("call_expression", "parenthesized_expression", "as_expression", "satisfies_expression")


def _function_value(value: Node | None) -> Node | None:
    """The function that a value is, or that a call around it is given: `memo(() => ...)`."""
    if value is None or value.type in _FUNCTIONS:
        return value
    if value.type not in _WRAPPED:
        return None
    inside = value.child_by_field_name("arguments") or value
    found = (_function_value(child) for child in inside.children if child.is_named)
    return next((function for function in found if function is not None), None)


def _bound(node: Node, name_field: str, value_field: str, *, at_top_only_if_wrapped: bool) -> Definition | None:
    value = node.child_by_field_name(value_field)
    function = _function_value(value)
    name_node = node.child_by_field_name(name_field)
    if function is None or name_node is None or value is None:
        return None
    # `const rows = list.map(x => ...)` inside a function binds a result, not a function.
    if value.type == "call_expression" and at_top_only_if_wrapped and not _is_top_level(node):
        return None
    body = function.child_by_field_name("body")
    return Definition(Kind.FUNCTION, _bound_name(name_node), name_node, body)


def _bound_name(name_node: Node) -> str:
    """`module.exports.parse` is `parse`, `Stack.prototype.push` is `Stack.push`."""
    name = text_of(name_node).strip("'\"").replace(".prototype.", ".")
    for prefix in ("module.exports.", "exports.", "this.", "self."):
        name = name.removeprefix(prefix)
    return name if "\n" not in name else ""


def _is_top_level(node: Node) -> bool:
    declaration = node.parent
    above = declaration.parent if declaration is not None else None
    return above is not None and above.type in ("program", "export_statement")


def _variable(node: Node) -> Definition | None:
    return _bound(node, "name", "value", at_top_only_if_wrapped=True)


def _assignment(node: Node) -> Definition | None:
    left = node.child_by_field_name("left")
    if left is None or left.type not in ("identifier", "member_expression"):
        return None
    if text_of(left) == "module.exports":
        return None
    return _bound(node, "left", "right", at_top_only_if_wrapped=True)


def _property(node: Node) -> Definition | None:
    value = node.child_by_field_name("value")
    if value is None or value.type not in _FUNCTIONS:
        return None
    return _bound(node, "key", "value", at_top_only_if_wrapped=False)


def _class_field(node: Node) -> Definition | None:
    value = node.child_by_field_name("value")
    if value is None or value.type not in _FUNCTIONS:
        return None
    field = "name" if node.child_by_field_name("name") is not None else "property"
    return _bound(node, field, "value", at_top_only_if_wrapped=False)


JAVASCRIPT = Language(
    name="javascript",
    extensions=(".js", ".jsx", ".mjs", ".cjs"),
    interpreters=("node", "nodejs"),
    grammar="javascript",
    rules={
        "function_declaration": defines(Kind.FUNCTION),
        "generator_function_declaration": defines(Kind.FUNCTION),
        "method_definition": defines(Kind.FUNCTION),
        "class_declaration": defines(Kind.CLASS),
        "variable_declarator": _variable,
        "assignment_expression": _assignment,
        "pair": _property,
        "field_definition": _class_field,
    },
    attributes=("decorator",),
    wrappers=("export_statement", "lexical_declaration", "variable_declaration", "expression_statement"),
)

TYPESCRIPT = replace(
    JAVASCRIPT,
    name="typescript",
    extensions=(".ts", ".mts", ".cts"),
    interpreters=("deno", "bun", "ts-node", "tsx"),
    grammar="typescript",
    rules={
        **JAVASCRIPT.rules,
        "public_field_definition": _class_field,
        "abstract_class_declaration": defines(Kind.CLASS),
        "interface_declaration": defines(Kind.INTERFACE),
        "enum_declaration": defines(Kind.ENUM),
        "type_alias_declaration": defines(Kind.TYPE),
        "internal_module": defines(None),
        "module": defines(None),
    },
    wrappers=(*JAVASCRIPT.wrappers, "ambient_declaration"),
)

TSX = replace(TYPESCRIPT, name="tsx", extensions=(".tsx",), interpreters=(), grammar="tsx")
