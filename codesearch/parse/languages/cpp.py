"""C++."""

from __future__ import annotations

import re

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, Rule, child_of_type, text_of
from codesearch.parse.languages.c import STATEMENTS, declared_name, macro, specified, typedef
from codesearch.parse.languages.c_macros import without_macros
from codesearch.parse.languages.objc import looks_like_objective_c, without_noise
from codesearch.parse.unit import Kind

_MARKS = re.compile(
    rb"^[ \t]*(?:(?:inline[ \t]+)?namespace\b|template[ \t]*<|using[ \t]+\w|class[ \t]+\w"
    rb"|(?:public|protected|private)[ \t]*:|enum[ \t]+class\b|virtual[ \t]+\w|#[ \t]*include[ \t]*<[\w/]+>)"
    rb"|\w::~?\w|\b(?:static|reinterpret|const)_cast<|\bnoexcept\b|\boperator[ \t]*[^\w\s,;)]",
    re.MULTILINE,
)
_MACRO_NAME = re.compile(r"[A-Z][A-Z0-9_]+")
_TYPE_HEADER = re.compile(
    rb"(?:class|struct)\s+(?:\w+(?:\([^()]*\))?\s+)*?(\w+)\s*(?:\bfinal\s*)?(?::(?!:)|$)", re.DOTALL
)
_TYPES = {"class_specifier": Kind.CLASS, "struct_specifier": Kind.STRUCT}
_TRY_BODIES = ("try_statement", "constructor_try_statement")
# Nodes that say more about a name than the name itself: `Box<int>` is `Box`.
_DECORATED = ("template_type", "template_function", "template_method", "dependent_name")


def _looks_like_cpp(head: bytes) -> bool:
    return not looks_like_objective_c(head) and _MARKS.search(without_noise(head)) is not None


def _name_parts(node: Node) -> list[Node]:
    """The nodes of a name: `Shop<T>::Counter::close` has three."""
    if node.type == "qualified_identifier":
        scope, name = node.child_by_field_name("scope"), node.child_by_field_name("name")
        if name is not None and name.type.endswith("declarator"):
            # `Field Class::*name()` returns a pointer to a member; the name is a plain one.
            return [inside] if (inside := declared_name(name)) is not None else []
        return [part for each in (scope, name) if each is not None for part in _name_parts(each)]
    if node.type in _DECORATED:
        inside = node.child_by_field_name("name") or child_of_type(node, *_DECORATED)
        return _name_parts(inside) if inside is not None else [node]
    return [node]


def _part_text(part: Node) -> str:
    """A part of a name on one line; `operator bool() const` is `operator bool`."""
    text = text_of(part)
    if part.type == "parameter_list":
        return text.strip("() \t")
    declarator = part.child_by_field_name("declarator") if part.type == "operator_cast" else None
    if declarator is not None:
        parameters = text_of(_parameters(declarator))
        text = text[: text.rindex(parameters)] if parameters else text
    return " ".join(text.split())


def _parameters(declarator: Node) -> Node | None:
    """The parameter list of a conversion operator, behind what it converts to."""
    found = child_of_type(declarator, "parameter_list")
    inside = (child for child in declarator.children if child.type.endswith("declarator"))
    return found or next((deeper for each in inside if (deeper := _parameters(each))), None)


def _named(kind: Kind, name_node: Node, body: Node | None) -> Definition:
    parts = _name_parts(name_node)
    return Definition(kind, "::".join(filter(None, map(_part_text, parts))), parts[-1], body)


def _function(node: Node) -> Definition | None:
    """A function with a body: free, in its class, or out of line as `Class::name`."""
    body = node.child_by_field_name("body") or child_of_type(node, *_TRY_BODIES)
    name_node = declared_name(node)
    if body is None or name_node is None or text_of(name_node) in STATEMENTS:
        return None
    if (behind_macro := _type_behind_macro(node, body)) is not None:
        return behind_macro
    # No parameters: the parser had to guess, and guessed wrong.
    if name_node.parent == node and _name_parts(name_node)[-1].type != "operator_cast":
        return None
    made = _made_by_macro(node, name_node)
    if made is not None:
        return made
    kind = Kind.METHOD if len(_name_parts(name_node)) > 1 else Kind.FUNCTION
    return _named(kind, name_node, child_of_type(node, "field_initializer_list") or body)


def _type_behind_macro(node: Node, body: Node) -> Definition | None:
    """`class EXPORT_MACRO Name {` is taken for a function `Name` that returns a `class EXPORT_MACRO`."""
    returned = node.child_by_field_name("type")
    kind = _TYPES.get(returned.type) if returned is not None else None
    header = node.text[: body.start_byte - node.start_byte] if node.text is not None else b""
    words = _TYPE_HEADER.match(header)
    if kind is None or returned is None or returned.child_by_field_name("body") or words is None:
        return None
    name = words[1].decode()
    return Definition(kind, name, _descendant(node, node.start_byte + words.start(1)), body)


def _descendant(node: Node, start_byte: int) -> Node:
    """The innermost node that begins where a name was found."""
    inside = (child for child in node.children if child.start_byte <= start_byte < child.end_byte)
    child = next(inside, None)
    return node if child is None else _descendant(child, start_byte)


def _made_by_macro(node: Node, name_node: Node) -> Definition | None:
    """`TEST(Suite, Name) {...}` defines `Suite::Name`."""
    in_class = node.parent is not None and node.parent.type == "field_declaration_list"
    if node.child_by_field_name("type") or in_class or not _MACRO_NAME.fullmatch(text_of(name_node)):
        return None
    declarator = name_node.parent
    listed = declarator.child_by_field_name("parameters") if declarator is not None else None
    parameters = [child for child in listed.children if child.is_named] if listed is not None else []
    words = [text_of(each) for each in parameters]
    if not words or not all(word.isidentifier() for word in words):
        return None
    return Definition(Kind.FUNCTION, "::".join(words), parameters[-1], node.child_by_field_name("body"))


def _type(kind: Kind) -> Rule:
    plain = specified(kind)

    def rule(node: Node) -> Definition | None:
        found = plain(node)
        return _named(kind, found.name_node, found.body) if found and found.name_node else None

    return rule


def _namespace(node: Node) -> Definition | None:
    """`a::inline b` lends `a::b`; a namespace without a name lends nothing."""
    name_node = node.child_by_field_name("name")
    name = re.sub(r"\binline\s|\s", "", text_of(name_node))
    return Definition(None, name, name_node) if name else None


def _alias(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    return Definition(Kind.TYPE, text_of(name_node), name_node, child_of_type(node, ";"))


def _concept(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    return Definition(Kind.TRAIT, text_of(name_node), name_node, child_of_type(node, "="))


def _lambda(node: Node) -> Definition | None:
    """A variable or a field that holds a lambda: `auto half = [](int x) {...}`."""
    declarator = node.child_by_field_name("declarator")
    holder, field = (declarator, "value") if node.type == "declaration" else (node, "default_value")
    value = holder.child_by_field_name(field) if holder is not None else None
    name_node = declared_name(node)
    if value is None or value.type != "lambda_expression" or name_node is None:
        return None
    return _named(Kind.FUNCTION, name_node, value.child_by_field_name("body"))


CPP = Language(
    name="cpp",
    extensions=(
        *(".cc", ".cpp", ".cxx", ".c++", ".cppm", ".ixx", ".hpp", ".hh", ".hxx", ".h++", ".h"),
        *(".ipp", ".inl", ".tpp", ".txx", ".tcc", ".ino", ".cu", ".cuh"),
    ),
    grammar="cpp",
    parsed_as=without_macros,
    rules={
        "function_definition": _function,
        "preproc_function_def": macro,
        "type_definition": typedef,
        "class_specifier": _type(Kind.CLASS),
        "struct_specifier": _type(Kind.STRUCT),
        "union_specifier": _type(Kind.STRUCT),
        "enum_specifier": _type(Kind.ENUM),
        "alias_declaration": _alias,
        "concept_definition": _concept,
        "declaration": _lambda,
        "field_declaration": _lambda,
        "namespace_definition": _namespace,
    },
    wrappers=("template_declaration", "friend_declaration", "linkage_specification"),
    separator="::",
    sniff=_looks_like_cpp,
)
