"""Julia."""

from __future__ import annotations

import re

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, Rule, child_of_type, text_of
from codesearch.parse.unit import Kind

_NAMES = ("identifier", "operator", "field_expression")
# One of the grammars makes the header an expression, its name innermost: `f(x)::T where {T}`.
_AROUND_CALL = ("signature", "typed_expression", "where_expression")
_AROUND_NAME = (
    *_AROUND_CALL,
    "binary_expression",
    "call_expression",
    "parametrized_type_expression",
    "type_head",
)
_HEADER_FIELDS = ("name", "parameters", "return_type")
_HEADER_TYPES = (
    "function_object",
    "signature",
    "type_clause",
    "type_head",
    "type_parameter_list",
    "where_clause",
)
_COMMENTS = ("line_comment", "block_comment")
_ANONYMOUS = ("arrow_function_expression", "function_expression", "function_definition")


def _named(node: Node) -> list[Node]:
    return [child for child in node.children if child.is_named and child.type not in _COMMENTS]


def _innermost(node: Node, around: tuple[str, ...]) -> Node:
    while node.type in around and _named(node):
        node = _named(node)[0]
    return node


def _header(node: Node) -> Node | None:
    # A callable's name field is no more than its bracket.
    called = child_of_type(node, "function_object")
    return called or node.child_by_field_name("name") or child_of_type(node, "type_head", "signature")


def _name_in(header: Node) -> Node | None:
    """The name in a header, through parameters, types and conditions."""
    name_node = _innermost(header, _AROUND_NAME)
    if name_node.type in ("function_object", "parenthesized_expression"):
        # `(p::Poly{T})(x) = ...` makes values of `Poly` callable.
        typed = child_of_type(name_node, "typed_expression", "unary_typed_expression") or name_node
        name_node = _innermost(_named(typed)[-1], _AROUND_NAME) if _named(typed) else name_node
    return name_node if name_node.type in _NAMES else None


def _definition(kind: Kind, name_node: Node | None, body: Node | None) -> Definition | None:
    """`Base.:(==)` is named `Base.==`."""
    if name_node is None:
        return None
    name = re.sub(r"\.:\(?([^()]+)\)?$", r".\1", text_of(name_node))
    return Definition(kind, name, name_node, body)


def _body(node: Node) -> Node | None:
    """The first thing after the header; the closing word where there is nothing."""
    fields = [node.child_by_field_name(field) for field in _HEADER_FIELDS]
    starts = {field.start_byte for field in fields if field is not None}
    for child in _named(node):
        if child.type not in _HEADER_TYPES and child.start_byte not in starts:
            return child
    return child_of_type(node, "end")


def _block(kind: Kind) -> Rule:
    """A rule for what `struct`, `module` and the like open and `end` closes."""

    def rule(node: Node) -> Definition | None:
        header = _header(node)
        return _definition(kind, _name_in(header), _body(node)) if header is not None else None

    return rule


def _function(node: Node) -> Definition | None:
    """`function f end` only announces, `function (x) ... end` has the name that it is bound to."""
    signature = child_of_type(node, "signature")
    if signature is not None:
        has_parameters = _innermost(signature, _AROUND_CALL).type == "call_expression"
    else:
        has_parameters = node.child_by_field_name("parameters") is not None
    return _block(Kind.FUNCTION)(node) if has_parameters else None


def _short_function(node: Node) -> Definition | None:
    header, body = _header(node), _named(node)[-1]
    # `@test f(x) === y` is read as `f(x) = (==)` by one of the grammars.
    if header is None or body.type == "operator":
        return None
    return _definition(Kind.FUNCTION, _name_in(header), body)


def _assignment(node: Node) -> Definition | None:
    """`f(x) = ...`, `f = x -> ...` and the alias `const Pair{T} = Tuple{T, T}`."""
    parts = _named(node)
    left, value = parts[0], parts[-1]
    parent = node.parent.type if node.parent is not None else ""
    if _innermost(left, _AROUND_CALL).type == "call_expression":
        return _definition(Kind.FUNCTION, _name_in(left), value)
    # `sort(xs; by = x -> x.age)` hands over a function that it never names.
    if value.type in _ANONYMOUS and left.type in _NAMES and parent != "argument_list":
        body = _body(value) if value.type == "function_definition" else _named(value)[-1]
        return _definition(Kind.FUNCTION, left, body)
    if parent == "const_statement" and value.type == "parametrized_type_expression":
        return _definition(Kind.TYPE, _name_in(left), None)
    return None


def _macro_call(node: Node) -> Definition | None:
    """`@enum Color red green` is the one macro call that defines a type by its first argument."""
    arguments = child_of_type(node, "macro_argument_list")
    if arguments is None or not text_of(node).startswith("@enum "):
        return None
    first, *rest = _named(arguments)
    return _definition(Kind.ENUM, _name_in(first), rest[0] if rest else None)


JULIA = Language(
    name="julia",
    extensions=(".jl",),
    interpreters=("julia",),
    grammar="julia",
    rules={
        "function_definition": _function,
        "short_function_definition": _short_function,
        "macro_definition": _block(Kind.FUNCTION),
        "assignment": _assignment,
        "struct_definition": _block(Kind.STRUCT),
        "abstract_definition": _block(Kind.TYPE),
        "primitive_definition": _block(Kind.TYPE),
        "module_definition": _block(Kind.MODULE),
        "macrocall_expression": _macro_call,
    },
    comments=_COMMENTS,
    documentation=("string_literal", "prefixed_string_literal"),
    wrappers=("const_statement", "global_statement", "local_statement"),
)
