"""Ruby."""

from __future__ import annotations

from tree_sitter import Node

from codesearch.parse.language import Definition, Language, Rule, child_of_type, text_of
from codesearch.parse.unit import Kind

_BLOCKS = ("do_block", "block")
_VARIABLES = ("constant", "identifier", "instance_variable", "class_variable", "global_variable")
# What `Name = ...` is bound to, where calling that makes a type.
_TYPE_MAKERS = {
    "Struct.new": Kind.CLASS,
    "Class.new": Kind.CLASS,
    "Data.define": Kind.CLASS,
    "Module.new": Kind.MODULE,
}
_FUNCTION_MAKERS = ("lambda", "proc", "Proc.new")
_METHOD_MAKERS = ("define_method", "define_singleton_method")


def _body(node: Node) -> Node | None:
    """Where the header ends: `class Gap < Error; end` has no body, and `def a; 1; end` a `;` before it."""
    inside = node.child_by_field_name("body")
    ends = [child for child in node.children if child == inside or child.type in (";", "end")]
    return ends[0] if ends else inside


def _named(kind: Kind) -> Rule:
    """`class ::Billing::Invoice` is `Billing::Invoice`."""

    def rule(node: Node) -> Definition | None:
        name_node = node.child_by_field_name("name")
        name = text_of(name_node).removeprefix("::")
        return Definition(kind, name, name_node, _body(node)) if name else None

    return rule


def _singleton_method(node: Node) -> Definition | None:
    """`def self.load` is a method of the type around it, `def Clock.now` may stand anywhere."""
    name_node = node.child_by_field_name("name")
    holder = text_of(node.child_by_field_name("object")).lstrip("@$")
    owner = "" if holder in ("self", _enclosing_type(node)) else f"{holder}::"
    return Definition(Kind.FUNCTION, owner + text_of(name_node), name_node, _body(node))


def _enclosing_type(node: Node) -> str:
    above = node.parent
    while above is not None and above.type not in ("class", "module"):
        above = above.parent
    return text_of(above.child_by_field_name("name")) if above is not None else ""


def _called(call: Node) -> str:
    """`Struct.new` for `Struct.new(:x) do ... end`."""
    receiver = text_of(call.child_by_field_name("receiver")).removeprefix("::")
    method = text_of(call.child_by_field_name("method"))
    return f"{receiver}.{method}" if receiver else method


def _assignment(node: Node) -> Definition | None:
    """A type or a function made by an expression and bound to a name."""
    name_node, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    if name_node is None or value is None or name_node.type not in (*_VARIABLES, "scope_resolution"):
        return None
    name = text_of(name_node).lstrip("@$:")
    if value.type == "lambda":
        return Definition(Kind.FUNCTION, name, name_node, value.child_by_field_name("body"))
    if value.type != "call":
        return None
    called, block = _called(value), child_of_type(value, *_BLOCKS)
    if called in _FUNCTION_MAKERS and block is not None:
        return Definition(Kind.FUNCTION, name, name_node, block)
    kind = _TYPE_MAKERS.get(called)
    is_constant = name_node.type in ("constant", "scope_resolution")
    return Definition(kind, name, name_node, block) if kind is not None and is_constant else None


def _defined_method(node: Node) -> Definition | None:
    """`define_method(:open?) { ... }`, where the name is written out."""
    block, arguments = child_of_type(node, *_BLOCKS), node.child_by_field_name("arguments")
    if _called(node).rsplit(".", 1)[-1] not in _METHOD_MAKERS or arguments is None:
        return None
    name_node = next((child for child in arguments.children if child.is_named), None)
    if name_node is None or name_node.type not in ("simple_symbol", "string"):
        return None
    if child_of_type(name_node, "interpolation") is not None:
        return None
    return Definition(Kind.FUNCTION, text_of(name_node).strip(":'\""), name_node, block)


RUBY = Language(
    name="ruby",
    extensions=(".rb", ".rake", ".gemspec", ".ru", ".rbw", ".thor", ".podspec", ".jbuilder"),
    filenames=(
        *("Rakefile", "Gemfile", "Guardfile", "Capfile", "Vagrantfile", "Podfile", "Fastfile"),
        *("Appfile", "Brewfile", "Berksfile", "Dangerfile", "Thorfile", "Steepfile", ".irbrc", ".pryrc"),
    ),
    interpreters=("ruby", "jruby", "rake", "rspec", "irb", "truffleruby"),
    grammar="ruby",
    rules={
        "class": _named(Kind.CLASS),
        "module": _named(Kind.MODULE),
        "method": _named(Kind.FUNCTION),
        "singleton_method": _singleton_method,
        "assignment": _assignment,
        "operator_assignment": _assignment,
        "call": _defined_method,
    },
    # `private def sum` and `memoize def sum`: the call belongs to the definition that it is given.
    wrappers=("argument_list", "call"),
    separator="::",
)
