"""R, with its three ways of writing classes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, child_of_type, text_of
from codesearch.parse.unit import Kind

_ASSIGNMENTS = ("<-", "<<-", "=", ":=")
_FUNCTIONS = ("function_definition", "lambda_function")
_CLASS_MAKERS = ("R6Class", "ggproto", "new_class", "setClass", "setRefClass")
_METHOD_MAKERS = ("setMethod", "setReplaceMethod")
_FUNCTION_MAKERS = ("assign", "setGeneric")
# `f <- memoise(function(x) ...)` binds a function, `y <- sapply(x, function(x) ...)` a result.
_ADVERBS = ("Vectorize", "cmpfun", "memoise", "memoize", "possibly", "safely")
# Calls whose named arguments are members of something, not parameters.
_HOLDERS = ("ggproto", "list", "methods", "shinyApp")


def _callee(node: Node | None) -> str:
    """What a call calls, without package or object: `R6Class` for `R6::R6Class(...)`."""
    if node is None or node.type != "call":
        return ""
    return text_of(node.child_by_field_name("function")).replace("$", "::").rpartition("::")[2]


def _arguments(call: Node) -> Iterator[tuple[Node, Node]]:
    """(the argument, its value) for every argument of a call."""
    arguments = call.child_by_field_name("arguments")
    for child in arguments.children if arguments is not None else ():
        if child.is_named and child.type not in ("comma", "comment"):
            yield child, child.child_by_field_name("value") or child


def _function_argument(call: Node) -> Node | None:
    return next((value for _, value in _arguments(call) if value.type in _FUNCTIONS), None)


def _plain_name(name_node: Node) -> str:
    """`self$push` is `push`, `obj[["key"]]` is `obj.key`, quotes fall."""
    name = text_of(name_node).strip()
    if name_node.type not in ("identifier", "string"):
        name = re.sub(r"""\[\[?|\$|@""", ".", re.sub(r"""["'\]`]""", "", name))
        name = name.removeprefix("self.").removeprefix("private.")
    return name.strip("`'\"")


def _function(kind: Kind, name_node: Node, function: Node) -> Definition:
    # A comment after the parameters ends the header.
    body = child_of_type(function, "comment") or function.child_by_field_name("body")
    body = body or function.children[-1]
    name = _plain_name(name_node)
    if text_of(name_node)[:1].isspace():
        # One grammar starts `.onLoad` with the blank lines above it: point at the arrow instead.
        name_node = name_node.next_sibling or name_node
    return Definition(kind, name, name_node, body)


def _class(name_node: Node, call: Node) -> Definition:
    """The class's signature ends before the first argument that takes several lines."""
    body = None
    for argument, _ in _arguments(call):
        if argument.start_point[0] != argument.end_point[0]:
            body = argument.prev_sibling
            while body is not None and body.type == "comment":
                body = body.prev_sibling
            break
    return Definition(Kind.CLASS, _plain_name(name_node), name_node, body)


def _assignment(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name") or node.child_by_field_name("lhs")
    value = node.child_by_field_name("value") or node.child_by_field_name("rhs")
    if name_node is None or value is None or child_of_type(node, *_ASSIGNMENTS) is None:
        return None
    if name_node.type == "binary_operator":
        # `x = y <- function() ...` names the function twice.
        name_node = name_node.child_by_field_name("rhs") or name_node
    if name_node.type == "call":
        return _generic_method(name_node, value)
    function = _function_argument(value) if _callee(value) in _ADVERBS else value
    if function is not None and function.type in _FUNCTIONS:
        return _function(Kind.FUNCTION, name_node, function)
    if _callee(value) in _CLASS_MAKERS:
        return _class(name_node, value)
    if _callee(value) == "list" and _function_argument(value) is not None:
        return Definition(None, _plain_name(name_node), name_node)
    return None


def _generic_method(call: Node, value: Node) -> Definition | None:
    """`method(area, Circle) <- function(shape) ...` is a method `area`."""
    name_node = next((argument for argument, _ in _arguments(call)), None)
    if name_node is None or _callee(call) != "method" or value.type not in _FUNCTIONS:
        return None
    return _function(Kind.METHOD, name_node, value)


def _call(node: Node) -> Definition | None:
    """`setMethod("area", "Circle", function(shape) ...)` and its kin, where nothing binds the result."""
    callee = _callee(node)
    if callee == "methods":
        owner = child_of_type(node, "dollar", "extract_operator")
        return Definition(None, text_of(owner.children[0]), owner) if owner is not None else None
    name_node = next((value for _, value in _arguments(node) if value.type == "string"), None)
    if name_node is None:
        return None
    if callee in _CLASS_MAKERS and not _is_bound(node):
        return _class(name_node, node)
    function = _function_argument(node)
    if function is None or callee not in (*_METHOD_MAKERS, *_FUNCTION_MAKERS):
        return None
    return _function(Kind.METHOD if callee in _METHOD_MAKERS else Kind.FUNCTION, name_node, function)


def _is_bound(node: Node) -> bool:
    return node.parent is not None and _assignment(node.parent) is not None


def _member(node: Node) -> Definition | None:
    """`push = function(x) ...` in a list of methods; other calls' arguments have no name worth finding."""
    name_node, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    call = node.parent.parent if node.parent is not None else None
    holder = _callee(call)
    if name_node is None or value is None or value.type not in _FUNCTIONS or holder not in _HOLDERS:
        return None
    return _function(Kind.METHOD if holder == "methods" else Kind.FUNCTION, name_node, value)


R = Language(
    name="r",
    extensions=(".r",),
    filenames=(".Rprofile",),
    interpreters=("Rscript", "littler"),
    grammar="r",
    rules={
        "left_assignment": _assignment,
        "super_assignment": _assignment,
        "equals_assignment": _assignment,
        "binary_operator": _assignment,
        "call": _call,
        "argument": _member,
        "default_argument": _member,
    },
)
