"""C."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, Rule, child_of_type, text_of
from codesearch.parse.languages.c_macros import without_macros
from codesearch.parse.unit import Kind

_SPECIFIERS = {
    "struct_specifier": Kind.STRUCT,
    "union_specifier": Kind.STRUCT,
    "enum_specifier": Kind.ENUM,
    "class_specifier": Kind.CLASS,
    "ns_enum_specifier": Kind.ENUM,
}

# Where preprocessor lines tear a statement apart, `else if (x) {...}` is taken for a function.
STATEMENTS = frozenset(("if", "for", "while", "switch", "catch", "return", "defined"))


def inner_declarator(node: Node) -> Node | None:
    """The declarator one step closer to the name; some grammars leave it without a field."""
    if node.type == "operator_cast":
        return None
    by_field = node.child_by_field_name("declarator")
    if by_field is not None and by_field.type != "ERROR":
        return by_field
    if not node.type.endswith("_declarator"):
        return None
    inside = (child for child in node.children if child.type.endswith(("_declarator", "identifier")))
    return next(inside, None)


def declared_name(node: Node) -> Node | None:
    """The name in a declarator, behind its pointers, arrays and parameters."""
    inside = _before_macro(node) or inner_declarator(node)
    while inside is not None and (deeper := inner_declarator(inside)) is not None:
        # `API_MACRO void (name)(int)` is taken for a function `void` with a parameter `name`.
        if inside.type == deeper.type == "function_declarator" and _is_word(deeper):
            return child_of_type(deeper, "parameter_list")
        inside = deeper
    return inside


def _before_macro(node: Node) -> Node | None:
    """The declarator in `void run(int x) REQUIRES(lock) {...}`, taken for a function `REQUIRES`."""
    torn = child_of_type(node, "ERROR") if node.type == "function_definition" else None
    if torn is not None:
        return child_of_type(torn, "function_declarator")
    before = node.prev_sibling
    if before is None or before.type != "declaration" or text_of(before).endswith(";"):
        return None
    return before.child_by_field_name("declarator") if _is_bare(node) else None


def _is_bare(node: Node) -> bool:
    """Whether a function has no type before its name."""
    return node.type == "function_definition" and node.child_by_field_name("type") is None


def _is_word(declarator: Node) -> bool:
    """Whether a function's parameters are but one word: `(name)`."""
    parameters = text_of(declarator.child_by_field_name("parameters"))
    return parameters[1:-1].strip().isidentifier()


def function(node: Node) -> Definition | None:
    """A function with a body, whatever its declarator looks like."""
    name_node = declared_name(node)
    name = text_of(name_node).strip("() \t")
    if node.child_by_field_name("body") is None or not name.isidentifier() or name in STATEMENTS:
        return None
    # `DECLARE_LIST(x)` above prototypes is taken for a function whose parameters these declare.
    if name.isupper() and _is_bare(node):
        return None
    return Definition(Kind.FUNCTION, name, name_node)


def macro(node: Node) -> Definition | None:
    """`#define NAME(parameters) ...`."""
    name_node = node.child_by_field_name("name")
    return Definition(Kind.FUNCTION, text_of(name_node), name_node, node.child_by_field_name("value"))


def specified(kind: Kind) -> Rule:
    """A rule for `struct name {...}` and its like; a typedef around it gives the name instead."""

    def rule(node: Node) -> Definition | None:
        name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if not text_of(name_node) or body is None or (node.parent and node.parent.type == "type_definition"):
            return None
        return Definition(kind, text_of(name_node), name_node, body)

    return rule


def typedef(node: Node) -> Definition | None:
    """A new name for a type, or the name of the type that is defined in the same breath."""
    of = node.child_by_field_name("type")
    named = [name for each in node.children_by_field_name("declarator") if (name := _typedef_name(each))]
    if of is None:
        return None
    kind, tag = _SPECIFIERS.get(of.type), of.child_by_field_name("name")
    body = of.child_by_field_name("body")
    if kind is not None and body is not None:
        # `typedef struct {...} *handle_t, handle;` is best known by the name that is no pointer.
        plain = [name for name in named if name.parent is not None and name.parent.type == node.type]
        name_node = next(iter([*plain, *([tag] if tag else []), *named]), None)
        return Definition(kind, text_of(name_node), name_node, body) if name_node else None
    # `typedef struct node node;` announces a type, it does not define one.
    if not named or (kind is not None and text_of(tag).strip("_") == text_of(named[0]).strip("_")):
        return None
    return Definition(Kind.TYPE, text_of(named[0]), named[0], child_of_type(node, ";"))


def _typedef_name(declarator: Node) -> Node | None:
    name_node = declarator if declarator.type.endswith("identifier") else declared_name(declarator)
    return name_node if name_node is not None and text_of(name_node).isidentifier() else None


C = Language(
    name="c",
    extensions=(".c", ".h"),
    interpreters=("tcc",),
    grammar="c",
    parsed_as=without_macros,
    rules={
        "function_definition": function,
        "preproc_function_def": macro,
        "type_definition": typedef,
        "struct_specifier": specified(Kind.STRUCT),
        "union_specifier": specified(Kind.STRUCT),
        "enum_specifier": specified(Kind.ENUM),
    },
)
