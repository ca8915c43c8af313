"""JavaScript, TypeScript and their JSX forms."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, child_of_type, defines, text_of
from codesearch.parse.unit import Kind

_FUNCTIONS = ("arrow_function", "function", "function_expression", "generator_function")
_WRAPPED = ("call_expression", "parenthesized_expression", "as_expression", "satisfies_expression")
_NAMES = ("identifier", "member_expression")
# What these give back is what became of a list or a promise, or a timer: no function.
_RESULT_CALLS = (
    *("catch", "every", "filter", "find", "findIndex", "finally", "flatMap", "forEach", "map", "reduce"),
    *("some", "sort", "then", "all", "from", "setInterval", "setTimeout"),
)
# Inside a function, a call given a function mostly gives a result; these give the function back.
_FUNCTION_CALLS = ("debounce", "forwardRef", "memo", "memoize", "once", "throttle", "useCallback")
# Parts of a component or a store that are no part of its members' names.
_OPTIONS = ("actions", "computed", "filters", "getters", "methods", "mutations", "reducers", "watch")


def _given(value: Node | None, *types: str) -> Node | None:
    """The node of a type that a value is, or that a call around it is given: `memo(() => ...)`."""
    if value is None or value.type in types:
        return value
    if value.type not in _WRAPPED:
        return None
    inside = value.child_by_field_name("arguments") or value
    found = (_given(child, *types) for child in inside.children if child.is_named)
    return next((each for each in found if each is not None), None)


def _bound(node: Node, name_node: Node | None, value: Node | None) -> Definition | None:
    """What a name is bound to: a function, a class, or an object that lends its name to functions."""
    name = _bound_name(name_node)
    if name_node is None or value is None or not name:
        return None
    if value.type == "call_expression" and not _gives_function(value, _is_top_level(node)):
        return None
    found = _given(value, *_FUNCTIONS, "class")
    if found is not None:
        kind = Kind.METHOD if ".prototype." in text_of(name_node) else Kind.FUNCTION
        kind = Kind.CLASS if found.type == "class" else kind
        return Definition(kind, name, name_node, found.child_by_field_name("body"))
    return Definition(None, name, name_node) if _holds_functions(_given(value, "object")) else None


def _gives_function(call: Node, at_top: bool) -> bool:
    """`const rows = list.map(x => ...)` binds a result, `const Row = memo(x => ...)` a function."""
    callee = text_of(call.child_by_field_name("function")).rpartition(".")[2].partition("<")[0]
    return callee not in _RESULT_CALLS if at_top else callee in _FUNCTION_CALLS


def _holds_functions(value: Node | None, levels: int = 3) -> bool:
    """Whether an object has functions, in itself or a few objects deep."""
    if value is None or value.type != "object" or not levels:
        return False
    values = (child.child_by_field_name("value") for child in value.children if child.type == "pair")
    return child_of_type(value, "method_definition") is not None or any(
        each is not None and (each.type in _FUNCTIONS or _holds_functions(each, levels - 1))
        for each in values
    )


def _bound_name(name_node: Node | None) -> str:
    """`module.exports.parse` is `parse`, `Stack.prototype.push` is `Stack.push`."""
    name = text_of(name_node).strip("'\"").replace(".prototype.", ".").removesuffix(".prototype")
    for prefix in ("module.exports.", "exports.", "this.", "self."):
        name = name.removeprefix(prefix)
    return name if "\n" not in name else ""


def _is_top_level(node: Node) -> bool:
    declaration = node.parent
    above = declaration.parent if declaration is not None else None
    return above is not None and above.type in ("program", "export_statement")


def _named(node: Node) -> Definition | None:
    """A method or a module, its name without quotes."""
    name_node = node.child_by_field_name("name")
    kind = Kind.FUNCTION if node.type == "method_definition" else None
    return Definition(kind, _bound_name(name_node), name_node) if _bound_name(name_node) else None


def _variable(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    if name_node is None or name_node.type != "identifier":
        return None
    return _bound(node, name_node, node.child_by_field_name("value"))


def _assignment(node: Node) -> Definition | None:
    left, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or left.type not in _NAMES:
        return None
    if text_of(left) == "module.exports":
        return _exported(left, value)
    return _bound(node, left, value)


def _export(node: Node) -> Definition | None:
    """`export default function () {...}` is named `default`."""
    default = child_of_type(node, "default")
    return _exported(default, node.child_by_field_name("value")) if default is not None else None


def _exported(name_node: Node, value: Node | None) -> Definition | None:
    """What a file exports as a whole goes by its own name if it has one."""
    found = _given(value, *_FUNCTIONS, "class")
    if found is None:
        return None
    own_name = found.child_by_field_name("name")
    kind = Kind.CLASS if found.type == "class" else Kind.FUNCTION
    name_node = own_name or name_node
    return Definition(kind, text_of(name_node), name_node, found.child_by_field_name("body"))


def _property(node: Node) -> Definition | None:
    key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
    if value is None or value.type not in (*_FUNCTIONS, "object"):
        return None
    return _bound(node, key, value) if _bound_name(key) not in _OPTIONS else None


def _class_field(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name") or node.child_by_field_name("property")
    value = node.child_by_field_name("value")
    return _bound(node, name_node, value) if value is not None and value.type in _FUNCTIONS else None


JAVASCRIPT = Language(
    name="javascript",
    extensions=(".js", ".jsx", ".mjs", ".cjs"),
    filenames=("Jakefile",),
    interpreters=("node", "nodejs"),
    grammar="javascript",
    rules={
        "function_declaration": defines(Kind.FUNCTION),
        "generator_function_declaration": defines(Kind.FUNCTION),
        "method_definition": _named,
        "class_declaration": defines(Kind.CLASS),
        "export_statement": _export,
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
    filenames=(),
    interpreters=("deno", "bun", "ts-node", "tsx"),
    grammar="typescript",
    rules={
        **JAVASCRIPT.rules,
        "public_field_definition": _class_field,
        "abstract_class_declaration": defines(Kind.CLASS),
        "interface_declaration": defines(Kind.INTERFACE),
        "enum_declaration": defines(Kind.ENUM),
        "type_alias_declaration": defines(Kind.TYPE),
        "internal_module": _named,
        "module": _named,
    },
    bodies=("object_type",),
    wrappers=(*JAVASCRIPT.wrappers, "ambient_declaration"),
)

TSX = replace(TYPESCRIPT, name="tsx", extensions=(".tsx",), interpreters=(), grammar="tsx")
