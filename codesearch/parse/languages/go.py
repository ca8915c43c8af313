"""Go."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, Rule, child_of_type, defines, text_of
from codesearch.parse.unit import Kind

_TYPE_KINDS = {"struct_type": Kind.STRUCT, "interface_type": Kind.INTERFACE}


def _method(node: Node) -> Definition | None:
    """`func (s *Server[T]) Close()` is `Server.Close`."""
    name_node = node.child_by_field_name("name")
    receiver = text_of(node.child_by_field_name("receiver")).strip("() \t")
    words = receiver.split("[", 1)[0].replace("*", " ").split()
    owner = f"{words[-1]}." if words else ""
    return Definition(Kind.METHOD, owner + text_of(name_node), name_node)


def _type(node: Node) -> Definition | None:
    name_node, of = node.child_by_field_name("name"), node.child_by_field_name("type")
    if name_node is None or of is None:
        return None
    body = child_of_type(of, "field_declaration_list", "{")
    return Definition(_TYPE_KINDS.get(of.type, Kind.TYPE), text_of(name_node), name_node, body)


def _function_variable(node: Node) -> Definition | None:
    """`var handler = func(...) {...}`."""
    value = node.child_by_field_name("value")
    literal = child_of_type(value, "func_literal") if value is not None else None
    name_node = node.child_by_field_name("name")
    if literal is None or name_node is None:
        return None
    return Definition(Kind.FUNCTION, text_of(name_node), name_node, literal.child_by_field_name("body"))


def _alone(rule: Rule) -> Rule:
    """For `type T ...` and `var f ...`: the declaration is the definition, its keyword included."""

    def alone(node: Node) -> Definition | None:
        spec = child_of_type(node, "type_spec", "type_alias", "var_spec")
        return rule(spec) if spec is not None and not _is_group(node) else None

    return alone


def _in_group(rule: Rule) -> Rule:
    """For `type ( ... )` and `var ( ... )`: each line of the group defines for itself."""

    def in_group(node: Node) -> Definition | None:
        return rule(node) if node.parent is not None and _is_group(node.parent) else None

    return in_group


def _is_group(declaration: Node) -> bool:
    return declaration.type == "var_spec_list" or child_of_type(declaration, "(") is not None


GO = Language(
    name="go",
    extensions=(".go",),
    grammar="go",
    rules={
        "function_declaration": defines(Kind.FUNCTION),
        "method_declaration": _method,
        "type_declaration": _alone(_type),
        "type_spec": _in_group(_type),
        "type_alias": _in_group(_type),
        "var_declaration": _alone(_function_variable),
        "var_spec": _in_group(_function_variable),
    },
)
