"""Elixir."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, Rule, child_of_type, text_of
from codesearch.parse.unit import Kind


def _arguments(call: Node) -> list[Node]:
    arguments = child_of_type(call, "arguments")
    return [child for child in arguments.children if child.is_named] if arguments is not None else []


def _short_body(call: Node) -> Node | None:
    """Where the body of `def name(...), do: ...` starts: at the comma."""
    arguments = child_of_type(call, "arguments")
    keywords = child_of_type(arguments, "keywords") if arguments is not None else None
    if arguments is None or keywords is None or not text_of(keywords).startswith("do:"):
        return None
    return child_of_type(arguments, ",")


def _function(call: Node) -> Definition | None:
    """`def name(...)`, `def name`, `def left <> right`, each with or without `when`."""
    head = next(iter(_arguments(call)), None)
    if head is not None and text_of(head.child_by_field_name("operator")) == "when":
        head = head.child_by_field_name("left")
    if head is None:
        return None
    name_node = {
        "identifier": head,
        "call": head.child_by_field_name("target"),
        "binary_operator": head.child_by_field_name("operator"),
    }.get(head.type)
    # `def unquote(name)(...)` gets its name when it is compiled.
    if name_node is None or text_of(name_node).startswith("unquote"):
        return None
    short_body = _short_body(call)
    if short_body is None and _is_in_protocol(call):
        return None
    arity = len(_arguments(head)) if head.type == "call" else None
    return Definition(Kind.FUNCTION, text_of(name_node), name_node, short_body, arity=arity)


def _is_in_protocol(call: Node) -> bool:
    block = call.parent
    around = block.parent if block is not None else None
    return around is not None and text_of(around.child_by_field_name("target")) == "defprotocol"


def _module(kind: Kind) -> Rule:
    def rule(call: Node) -> Definition | None:
        name_node = next(iter(_arguments(call)), None)
        if name_node is None or name_node.type not in ("alias", "dot"):
            return None
        return Definition(kind, text_of(name_node), name_node, _short_body(call))

    return rule


def _implementation(call: Node) -> Definition | None:
    """`defimpl Size, for: Map` makes the module `Size.Map`."""
    arguments = _arguments(call)
    protocol = next(iter(arguments), None)
    if protocol is None or protocol.type != "alias":
        return None
    pairs = [pair for option in arguments[1:] for pair in option.children if pair.type == "pair"]
    wanted = (pair for pair in pairs if text_of(pair.child_by_field_name("key")).startswith("for:"))
    target = next((pair.child_by_field_name("value") for pair in wanted), None)
    suffix = f".{text_of(target)}" if target is not None and target.type == "alias" else ""
    return Definition(Kind.MODULE, text_of(protocol) + suffix, protocol)


def _test(call: Node) -> Definition | None:
    """ExUnit's `test "what holds" do`."""
    title = next(iter(_arguments(call)), None)
    if title is None or title.type != "string" or child_of_type(call, "do_block") is None:
        return None
    return Definition(Kind.FUNCTION, text_of(title).strip('"'), title)


_RULES: dict[str, Rule] = {
    **dict.fromkeys(("def", "defp", "defmacro", "defmacrop", "defguard", "defguardp"), _function),
    "defdelegate": _function,
    "defn": _function,
    "defnp": _function,
    "defmodule": _module(Kind.MODULE),
    "defprotocol": _module(Kind.INTERFACE),
    "defimpl": _implementation,
    "test": _test,
}


def _call(node: Node) -> Definition | None:
    """Every definition of the language is a call of a macro."""
    rule = _RULES.get(text_of(node.child_by_field_name("target")))
    return rule(node) if rule is not None else None


def _moduledoc(node: Node) -> Node | None:
    """`@moduledoc`, where a module starts with it."""
    block = child_of_type(node, "do_block")
    first = next((child for child in block.children if child.is_named), None) if block else None
    is_doc = first is not None and text_of(first).startswith("@moduledoc")
    return first if is_doc else None


ELIXIR = Language(
    name="elixir",
    extensions=(".ex", ".exs"),
    interpreters=("elixir", "iex", "mix"),
    grammar="elixir",
    rules={"call": _call},
    documentation=("unary_operator",),
    bodies=("do_block",),
    docstrings=_moduledoc,
    merges_clauses=True,
)
