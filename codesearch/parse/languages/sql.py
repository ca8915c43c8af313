"""SQL."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, Rule, child_of_type, text_of
from codesearch.parse.unit import Kind

_QUOTES = str.maketrans("", "", '"`[]')


def _creates(kind: Kind) -> Rule:
    """A rule for `CREATE ... name`, the name with its schema and without its quotes."""

    def rule(node: Node) -> Definition | None:
        name_node = child_of_type(node, "object_reference", "dotted_name", "identifier")
        if name_node is None or _is_broken(node, name_node) or _in_function(node):
            return None
        return Definition(kind, text_of(name_node).translate(_QUOTES), name_node)

    return rule


def _is_broken(node: Node, name_node: Node) -> bool:
    """Whether lines of another dialect lie between `CREATE` and the name: then it names something else."""
    errors = (child for child in node.children if child.type == "ERROR")
    return any(each.start_byte < name_node.start_byte and b"\n" in (each.text or b"") for each in errors)


def _in_function(node: Node) -> bool:
    """What a function's body creates is a step of the function."""
    above = node.parent
    while above is not None and above.type != "function_body":
        above = above.parent
    return above is not None


SQL = Language(
    name="sql",
    extensions=(".sql", ".ddl", ".pgsql", ".plpgsql", ".plsql", ".psql", ".pkb", ".pks"),
    grammar="sql",
    rules={
        "create_function": _creates(Kind.FUNCTION),
        "create_function_statement": _creates(Kind.FUNCTION),
        "create_procedure": _creates(Kind.FUNCTION),
        "create_trigger": _creates(Kind.FUNCTION),
        "create_trigger_statement": _creates(Kind.FUNCTION),
        "create_table": _creates(Kind.STRUCT),
        "create_table_statement": _creates(Kind.STRUCT),
        "create_type": _creates(Kind.TYPE),
        "create_type_statement": _creates(Kind.TYPE),
        "create_domain_statement": _creates(Kind.TYPE),
        "create_view": _creates(Kind.TYPE),
        "create_view_statement": _creates(Kind.TYPE),
        "create_materialized_view": _creates(Kind.TYPE),
        "create_materialized_view_statement": _creates(Kind.TYPE),
    },
    comments=("comment", "marginalia"),
    bodies=(
        "function_body",
        "table_parameters",
        "column_definitions",
        "view_body",
        "type_spec_enum",
        "type_spec_composite",
        "keyword_as",
        "AS",
    ),
)
