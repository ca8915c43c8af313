"""Haskell."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, child_of_type, defines, text_of
from codesearch.parse.unit import Kind

_COMMENTS = ("comment", "haddock")
# What may stand between a function's type and its first equation.
_BETWEEN = (*_COMMENTS, "pragma", "signature", "default_signature")
_PLAIN_VALUES = ("literal", "list", "tuple", "exp_literal", "exp_list", "exp_tuple")
_FUNCTIONS = ("lambda", "lambda_case", "exp_lambda", "exp_lambda_case")
_CONSTRUCTORS = (
    "data_constructor",
    "data_constructor_record",
    "data_constructor_infix",
    "gadt_constructor",
    "newtype_constructor",
)
# What the parser takes for names where it loses its way.
_KEYWORDS = ("case", "data", "else", "if", "in", "let", "of", "otherwise", "then", "type", "where")
_LOCAL = ("local_binds", "decls")


def _name_node(node: Node) -> Node | None:
    """The name, or the operator inside `(+++)`, `left +++ right` and `left `op` right`."""
    name = node.child_by_field_name("name")
    if name is not None and name.type in ("prefix_id", "("):
        return child_of_type(node if name.type == "(" else name, "operator")
    if name is not None:
        return name
    infix = child_of_type(node, "infix", "function_head_parens")
    while infix is not None:
        operator = infix.child_by_field_name("operator") or infix.child_by_field_name("op")
        if operator is not None:
            return child_of_type(operator, "operator", "variable") or operator
        infix = child_of_type(infix, "infix")
    return None


def _equation(node: Node) -> Definition | None:
    """`f x = ...`, or without arguments `main = do ...`; not `size = 3`."""
    name_node = _name_node(node)
    match = child_of_type(node, "match", "guard_equation") or node.child_by_field_name("rhs")
    # Without a match it is `name <- action` of a `do` block.
    if name_node is None or match is None or text_of(name_node) in _KEYWORDS:
        return None
    value = match.child_by_field_name("expression") or match
    takes_arguments = child_of_type(node, "patterns", "infix") is not None
    if not takes_arguments:
        is_local = node.parent is not None and node.parent.type in _LOCAL
        if value.type in _PLAIN_VALUES or (is_local and value.type not in _FUNCTIONS):
            return None
    return Definition(Kind.FUNCTION, text_of(name_node), name_node, match)


def _signature(node: Node) -> Definition | None:
    """The type above a function is its first line, and its best header."""
    names = node.child_by_field_name("names") or node
    follower = node.next_named_sibling
    while follower is not None and follower.type in _BETWEEN:
        follower = follower.next_named_sibling
    if follower is None or follower.type not in ("function", "bind"):
        return None
    function = _equation(follower)
    if function is None:
        return None
    for child in names.children:
        name_node = child_of_type(child, "operator") or child
        if text_of(name_node) == function.name:
            return Definition(Kind.FUNCTION, function.name, name_node)
    return None


def _pragma(node: Node) -> Definition | None:
    """`{-# INLINE f #-}` below `f` goes on with it."""
    above = node.prev_named_sibling
    while above is not None and above.type in _COMMENTS:
        above = above.prev_named_sibling
    if above is None or above.type not in ("function", "bind"):
        return None
    function = _equation(above)
    words = text_of(node).replace("(", " ").replace(")", " ").split()
    return function if function is not None and function.name in words[1:-1] else None


def _data(node: Node) -> Definition | None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return None
    group = child_of_type(node, "data_constructors", "gadt_constructors", "constructors")
    constructors = [child for child in (group or node).children if child.type in _CONSTRUCTORS]
    kind = Kind.ENUM if len(constructors) > 1 else Kind.STRUCT
    body = group or next(iter(constructors), None)
    return Definition(kind, text_of(name_node), name_node, body)


def _family(node: Node) -> Definition | None:
    """A type or data family; one inside a class is a line of the class."""
    head = child_of_type(node, "head") or node
    name_node = head.child_by_field_name("name")
    if name_node is None or (node.parent is not None and node.parent.type.startswith("class_")):
        return None
    return Definition(Kind.TYPE, text_of(name_node), name_node, child_of_type(node, "where"))


def _class(node: Node) -> Definition | None:
    head = child_of_type(node, "class_head") or node
    name_node = head.child_by_field_name("name") or head.child_by_field_name("class")
    if name_node is None:
        return None
    body = child_of_type(node, "class_declarations", "class_body")
    return Definition(Kind.TRAIT, text_of(name_node), name_node, body)


def _instance(node: Node) -> Definition | None:
    """`instance Eq a => Eq (Tree a) where` is named `Eq (Tree a)`."""
    first = child_of_type(node, "instance_head") or node.child_by_field_name("name")
    last = node.child_by_field_name("patterns") or first
    if first is None or last is None or node.text is None:
        return None
    name = node.text[first.start_byte - node.start_byte : last.end_byte - node.start_byte]
    words = name.decode("utf-8", "replace").split()
    return Definition(Kind.CLASS, " ".join(words), first, child_of_type(node, "where"))


HASKELL = Language(
    name="haskell",
    extensions=(".hs",),
    interpreters=("runhaskell", "runghc", "stack", "cabal"),
    grammar="haskell",
    rules={
        "signature": _signature,
        "function": _equation,
        "bind": _equation,
        "pragma": _pragma,
        "data_type": _data,
        "adt": _data,
        "newtype": _data,
        "type_synomym": defines(Kind.TYPE),
        "type_alias": defines(Kind.TYPE),
        "type_family": _family,
        "data_family": _family,
        "class": _class,
        "instance": _instance,
    },
    comments=_COMMENTS,
    attributes=("pragma",),
    merges_clauses=True,
)
