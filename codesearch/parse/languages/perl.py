"""Perl."""

from __future__ import annotations

import re

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, Rule, child_of_type, text_of
from codesearch.parse.unit import Kind

_SUBS = (
    *("function_definition", "subroutine_declaration_statement", "method_declaration_statement"),
    *("anonymous_function", "anonymous_subroutine_expression"),
)
_ANONYMOUS = _SUBS[-2:]
_PACKAGES = ("package_statement", "class_statement")
_NAME = re.compile(r"(?:sub|method)\s+([\w:']+)")
# `my $total`, `*Shop::total`, `$self->{total}`.
_VARIABLE = re.compile(
    r"(?:(?:my|our|local|state)\s+)?(?:[$*]([A-Za-z_][\w:]*)|\$self->\{\s*['\"]?(\w+)['\"]?\s*\})$"
)
_PROLOG = re.compile(rb"^(?::-|[a-z]\w*(?:\(.*\))?\s*:-)", re.MULTILINE)
_PERL = re.compile(rb"^\s*(?:sub|use|my|our|package|require)\s|^#!.*perl", re.MULTILINE)


def _package_name(statement: Node) -> Node | None:
    return statement.child_by_field_name("name") or child_of_type(statement, "package_name")


def _package_before(node: Node) -> str:
    """The package of the nearest `package Foo;` that still holds; that of a block names itself."""
    while (parent := node.parent) is not None:
        if parent.type in (*_PACKAGES, *_SUBS):
            return ""
        for sibling in reversed(parent.children):
            if (
                sibling.type in _PACKAGES
                and sibling.start_byte < node.start_byte
                and child_of_type(sibling, "block") is None
            ):
                return text_of(_package_name(sibling))
        node = parent
    return ""


def _qualified(node: Node, name: str) -> str:
    """`next` after `package Tide;` is `Tide::next`; a name that is written out stands for itself."""
    name = name.replace("'", "::").removeprefix("main::")
    package = _package_before(node)
    return name if "::" in name or package in ("", "main") else f"{package}::{name}"


def _sub(kind: Kind) -> Rule:
    def rule(node: Node) -> Definition | None:
        body = node.child_by_field_name("body")
        # One grammar ends the name field at the first `::`.
        name = _NAME.search(text_of(node))
        if body is None or name is None:
            return None
        return Definition(kind, _qualified(node, name[1]), node.child_by_field_name("name"), body)

    return rule


def _assignment(node: Node) -> Definition | None:
    """`my $total = sub {...}`: in both grammars variable, operator and sub are the last children."""
    if len(node.children) < 3 or node.children[-1].type not in _ANONYMOUS:
        return None
    left, operator, function = node.children[-3:]
    name = _VARIABLE.match(text_of(left))
    if name is None or not text_of(operator).endswith("="):
        return None
    name_node = left.child_by_field_name("variable") or left
    return Definition(
        Kind.FUNCTION, _qualified(node, name[1] or name[2]), name_node, child_of_type(function, "block")
    )


def _block_package(kind: Kind) -> Rule:
    """`package Foo {...}`; `package Foo;` only qualifies what comes after it."""

    def rule(node: Node) -> Definition | None:
        block = child_of_type(node, "block")
        name_node = _package_name(node)
        return Definition(kind, text_of(name_node), name_node, block) if block is not None else None

    return rule


def _is_perl(head: bytes) -> bool:
    """`.pl` is Prolog's ending too."""
    return _PROLOG.search(head) is None or _PERL.search(head) is not None


PERL = Language(
    name="perl",
    extensions=(".pl", ".pm", ".t", ".psgi", ".plx"),
    filenames=("cpanfile",),
    interpreters=("perl",),
    grammar="perl",
    rules={
        "function_definition": _sub(Kind.FUNCTION),
        "subroutine_declaration_statement": _sub(Kind.FUNCTION),
        "method_declaration_statement": _sub(Kind.METHOD),
        "variable_declaration": _assignment,
        "binary_expression": _assignment,
        "assignment_expression": _assignment,
        "package_statement": _block_package(Kind.MODULE),
        "class_statement": _block_package(Kind.CLASS),
    },
    comments=("comment", "comments", "pod", "pod_statement"),
    separator="::",
    sniff=_is_perl,
)
