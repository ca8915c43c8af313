"""C#."""

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

_FUNCTIONS = ("lambda_expression", "anonymous_method_expression")
_CODE = ("block", "arrow_expression_clause")


def _has_accessor_code(node: Node) -> bool:
    """Whether a property, indexer or event runs code of its own: `=> ...` or an accessor with a body."""
    accessors = child_of_type(node, "accessor_list")
    owners = [node, *(accessors.children if accessors is not None else ())]
    return any(child_of_type(owner, *_CODE) is not None for owner in owners)


def _property(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    return Definition(Kind.METHOD, text_of(name_node), name_node) if _has_accessor_code(node) else None


def _indexer(node: Node) -> Definition | None:
    name_node = child_of_type(node, "this")
    return Definition(Kind.METHOD, "this[]", name_node) if _has_accessor_code(node) else None


def _operator(node: Node) -> Definition | None:
    """`operator +`, `operator checked -`, and a conversion's `operator decimal`."""
    keyword = child_of_type(node, "operator")
    parameters = node.child_by_field_name("parameters")
    if keyword is None or parameters is None or child_of_type(node, *_CODE) is None:
        return None
    start, end = keyword.start_byte - node.start_byte, parameters.start_byte - node.start_byte
    name = (node.text or b"")[start:end].decode("utf-8", "replace")
    return Definition(Kind.METHOD, " ".join(name.split()), keyword)


def _destructor(node: Node) -> Definition | None:
    name = text_of(node.child_by_field_name("name"))
    return Definition(Kind.METHOD, f"~{name}", child_of_type(node, "~"))


def _record(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    kind = Kind.CLASS if child_of_type(node, "struct") is None else Kind.STRUCT
    return Definition(kind, text_of(name_node), name_node)


def _variables(node: Node) -> Definition | None:
    """`Func<int, int> twice = n => n * 2`, as a field or inside a function."""
    declaration = child_of_type(node, "variable_declaration")
    declarators = declaration.children if declaration is not None else []
    return next((found for each in declarators if (found := _variable(each)) is not None), None)


def _variable(declarator: Node) -> Definition | None:
    holder = child_of_type(declarator, "equals_value_clause") or declarator
    function = child_of_type(holder, *_FUNCTIONS)
    name_node = child_of_type(declarator, "identifier")
    if function is None or name_node is None:
        return None
    body = function.child_by_field_name("body") or child_of_type(function, "block")
    return Definition(Kind.FUNCTION, text_of(name_node), name_node, body)


CSHARP = Language(
    name="csharp",
    extensions=(".cs", ".csx", ".cake"),
    interpreters=("dotnet", "dotnet-script"),
    # The two grammar packages name this grammar differently.
    grammar="c_sharp",
    rules={
        "method_declaration": defines_with_body(Kind.METHOD),
        "constructor_declaration": defines_with_body(Kind.METHOD),
        "destructor_declaration": _destructor,
        "operator_declaration": _operator,
        "conversion_operator_declaration": _operator,
        "property_declaration": _property,
        "event_declaration": _property,
        "indexer_declaration": _indexer,
        "local_function_statement": defines_with_body(Kind.FUNCTION),
        "field_declaration": _variables,
        "local_declaration_statement": _variables,
        "class_declaration": defines(Kind.CLASS),
        "struct_declaration": defines(Kind.STRUCT),
        "record_declaration": _record,
        "record_struct_declaration": defines(Kind.STRUCT),
        "interface_declaration": defines(Kind.INTERFACE),
        "enum_declaration": defines(Kind.ENUM),
        "delegate_declaration": defines(Kind.TYPE),
    },
    wrappers=("global_statement",),
    bodies=("accessor_list", "arrow_expression_clause", ";"),
)
