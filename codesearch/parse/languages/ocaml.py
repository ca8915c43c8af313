"""OCaml, and its interface files."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, Rule, child_of_type, defines, text_of
from codesearch.parse.unit import Kind

_TYPE_KINDS = {"record_declaration": Kind.STRUCT, "variant_declaration": Kind.ENUM}
_FUNCTIONS = ("fun_expression", "function_expression")


def _function(binding: Node) -> Definition | None:
    """`let f x = ...`, `let f = fun x -> ...`, `let ( + ) = ...`; not `let size = 3`."""
    name_node = binding.child_by_field_name("pattern")
    if name_node is None or name_node.type not in ("value_name", "parenthesized_operator"):
        return None
    name = text_of(name_node).strip("() ")
    body = binding.child_by_field_name("body")
    if body is not None and body.type in _FUNCTIONS:
        return Definition(Kind.FUNCTION, name, name_node, body.child_by_field_name("body") or body)
    if name_node.type == "value_name" and child_of_type(binding, "parameter") is None:
        return None
    return Definition(Kind.FUNCTION, name, name_node, body)


def _type(binding: Node) -> Definition | None:
    name_node = binding.child_by_field_name("name")
    if name_node is None or name_node.type != "type_constructor":
        return None
    body = binding.child_by_field_name("body")
    kind = _TYPE_KINDS.get(body.type, Kind.TYPE) if body is not None else Kind.TYPE
    return Definition(kind, text_of(name_node), name_node, body)


def _module(binding: Node) -> Definition | None:
    """A module or functor that is written out here; `module Map = Stdlib.Map` only renames one."""
    body = binding.child_by_field_name("body")
    written_out = body
    while written_out is not None and written_out.type != "structure":
        written_out = child_of_type(
            written_out, "structure", "functor", "parenthesized_module_expression", "typed_module_expression"
        )
    name_node = child_of_type(binding, "module_name")
    if written_out is None or name_node is None:
        return None
    return Definition(Kind.MODULE, text_of(name_node), name_node, body)


def _class(kind: Kind, name_type: str) -> Rule:
    def rule(binding: Node) -> Definition | None:
        name_node = child_of_type(binding, name_type)
        body = binding.child_by_field_name("body")
        return Definition(kind, text_of(name_node), name_node, body) if name_node is not None else None

    return rule


def _method(node: Node) -> Definition | None:
    """A method with a body: `method virtual` only promises one."""
    name_node = child_of_type(node, "method_name")
    body = node.child_by_field_name("body")
    if name_node is None or body is None:
        return None
    return Definition(Kind.METHOD, text_of(name_node), name_node, body)


def _exception(node: Node) -> Definition | None:
    declaration = child_of_type(node, "constructor_declaration")
    name_node = child_of_type(declaration, "constructor_name") if declaration is not None else None
    return Definition(Kind.TYPE, text_of(name_node), name_node) if name_node is not None else None


def _alone(binding_type: str, rule: Rule) -> Rule:
    """For `let`, `type`, ... with one binding: the whole of it is the definition."""

    def of_whole(node: Node) -> Definition | None:
        bindings = [child for child in node.children if child.type == binding_type]
        return rule(bindings[0]) if len(bindings) == 1 else None

    return of_whole


def _among_others(rule: Rule) -> Rule:
    """For a binding of `let rec ... and ...`: each is a definition of its own."""

    def of_binding(node: Node) -> Definition | None:
        whole = node.parent
        alike = sum(child.type == node.type for child in whole.children) if whole is not None else 0
        return rule(node) if alike > 1 else None

    return of_binding


_BINDINGS: dict[str, tuple[str, Rule]] = {
    "value_definition": ("let_binding", _function),
    "type_definition": ("type_binding", _type),
    "module_definition": ("module_binding", _module),
    "class_definition": ("class_binding", _class(Kind.CLASS, "class_name")),
    "class_type_definition": ("class_type_binding", _class(Kind.INTERFACE, "class_type_name")),
}

OCAML = Language(
    name="ocaml",
    extensions=(".ml",),
    interpreters=("ocaml", "ocamlrun", "utop"),
    grammar="ocaml",
    rules={
        **{whole: _alone(binding, rule) for whole, (binding, rule) in _BINDINGS.items()},
        **{binding: _among_others(rule) for binding, rule in _BINDINGS.values()},
        "module_type_definition": defines(Kind.INTERFACE, "module_type_name"),
        "method_definition": _method,
        "external": defines(Kind.FUNCTION, "value_name", "parenthesized_operator"),
        "exception_definition": _exception,
    },
)

# One of the two grammar packages reads no interfaces, so the other is not asked to either.
OCAML_INTERFACE = Language(name="ocaml-interface", extensions=(".mli",), lexer="ocaml")
