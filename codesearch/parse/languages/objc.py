"""Objective-C."""

from __future__ import annotations

import re

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, Rule, child_of_type, text_of
from codesearch.parse.languages.c import C, declared_name
from codesearch.parse.languages.c_macros import with_plain_enums
from codesearch.parse.unit import Kind

# Comments, strings and what only C++ compilers see: none of it says what a header is written in.
_NOISE = re.compile(
    rb"/\*.*?(?:\*/|\Z)|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\""
    rb"|^[ \t]*#[ \t]*if(?:def[ \t]+|[ \t]+defined[ \t(]+)__cplusplus\b"
    rb".*?(?:^[ \t]*#[ \t]*(?:endif|else)|\Z)",
    re.DOTALL | re.MULTILINE,
)
_DIRECTIVES = re.compile(
    rb"^[ \t]*(?:@(?:interface|implementation|protocol|class|import|end)\b|#[ \t]*import\b)", re.MULTILINE
)


def without_noise(head: bytes) -> bytes:
    """The text of a C-like file without comments, strings and `#ifdef __cplusplus` sections."""
    return _NOISE.sub(b" ", head)


def looks_like_objective_c(head: bytes) -> bool:
    """Whether a file has directives of Objective-C: `@interface`, `#import` and the like."""
    return _DIRECTIVES.search(without_noise(head)) is not None


def _method(node: Node) -> Definition | None:
    """`- (void)moveTo:(int)x by:(int)y` is `moveTo:by:`."""
    selector = node.child_by_field_name("selector")
    if selector is not None and selector.type == "keyword_selector":
        keywords = [each.child_by_field_name("keyword") for each in selector.children]
        name = "".join(f"{text_of(keyword)}:" for keyword in keywords)
        return Definition(Kind.METHOD, name, keywords[0])
    if selector is not None:
        return Definition(Kind.METHOD, text_of(selector), selector)
    return _method_without_fields(node)


def _method_without_fields(node: Node) -> Definition | None:
    """The newer grammar lists a selector's words and parameters side by side."""
    name_node = child_of_type(node, "identifier")
    name, word = "", ""
    for child in node.children:
        if child.type == "identifier":
            word = text_of(child)
        elif child.type == "method_parameter":
            name, word = f"{name}{word}:", ""
    return Definition(Kind.METHOD, name or word, name_node)


def _block(node: Node) -> Definition | None:
    """A variable that holds a block: `handler = ^(int status) {...}`."""
    declarator = node.child_by_field_name("declarator")
    value = declarator.child_by_field_name("value") if declarator is not None else None
    name_node = declared_name(node)
    if value is None or value.type not in ("block_expression", "block_literal") or name_node is None:
        return None
    body = child_of_type(value, "compound_statement")
    return Definition(Kind.FUNCTION, text_of(name_node), name_node, body)


def _type(kind: Kind) -> Rule:
    """A rule for what ends with `@end`; the first line that follows the name's ends the header."""

    def rule(node: Node) -> Definition | None:
        name_node = child_of_type(node, "identifier")
        if name_node is None:
            return None
        line = name_node.start_point[0]
        below = (child for child in node.children if child.start_point[0] > line)
        body = child_of_type(node, "instance_variables") or next(below, None)
        return Definition(kind, text_of(name_node), name_node, body)

    return rule


OBJECTIVE_C = Language(
    name="objective-c",
    extensions=(".m", ".mm", ".h"),
    grammar="objc",
    parsed_as=with_plain_enums,
    rules={
        **C.rules,
        "class_interface": _type(Kind.CLASS),
        "category_interface": _type(Kind.CLASS),
        "class_implementation": _type(Kind.CLASS),
        "category_implementation": _type(Kind.CLASS),
        "protocol_declaration": _type(Kind.INTERFACE),
        "method_definition": _method,
        "declaration": _block,
    },
    bodies=("compound_statement",),
    sniff=looks_like_objective_c,
)
