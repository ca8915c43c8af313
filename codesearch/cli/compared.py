"""Options of `codesearch query`, typed as one text, for `codesearch eval` to compare with."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from codesearch.cli.scope import scope_asked_for
from codesearch.errors import CodesearchError
from codesearch.parse.unit import Kind
from codesearch.search.mode import Rerank, Tests

if TYPE_CHECKING:
    from typer._click import Command, Context, Parameter

    from codesearch.search.scope import Scope

# The parameters of `query` that decide which results come, or in which order; the others show them.
_NARROWING = ("glob", "language", "other_languages", "kind", "tests", "grep")
_ALLOWED = (*_NARROWING, "rerank")


@dataclass(frozen=True, slots=True)
class Compared:
    """A way to search: the options as they were typed, and what they mean."""

    name: str
    scope: Scope
    rerank: Rerank


def compared(texts: Sequence[str], context: typer.Context) -> list[Compared]:
    """What each text of options means to `codesearch query`, whose others are as they are without settings.

    `context` is that of another command of the program.

    Raises:
        CodesearchError: a text is not what `query` takes, or holds anything but options that change which
            results come in which order.

    """
    program = context.find_root().command
    assert isinstance(program, TyperGroup)
    query = program.commands["query"]
    return [_compared(text, query, context) for text in dict.fromkeys(texts)]


def _compared(text: str, query: Command, context: Context) -> Compared:
    from typer._click.exceptions import UsageError

    try:
        words = shlex.split(text)
        # First without conversions and callbacks: an option that is not allowed is not to do anything either.
        bare = query.context_class(query, info_name=query.name, parent=context)
        values, _, order = query.make_parser(bare).parse_args(list(words))
        _check(text, query, [each for each in order if _is_given(each, values)])
        made = query.make_context(query.name, list(words), parent=context)
    except (UsageError, ValueError) as error:
        said = error.format_message() if isinstance(error, UsageError) else str(error)
        raise CodesearchError(f"--compare {text!r}: {said}") from error
    given = {each.name: made.params[each.name] for each in order if each.name in _ALLOWED}
    # Typer makes members of enumerations when it calls the command; these are their values yet.
    rerank = Rerank(given.pop("rerank", Rerank.NEVER))
    tests = Tests(given.pop("tests", Tests.YES))
    kinds = list(map(Kind, given.pop("kind", ())))
    return Compared(" ".join(text.split()), scope_asked_for(**given, tests=tests, kind=kinds), rerank)


def _is_given(parameter: Parameter, values: Mapping[str, object]) -> bool:
    """Whether something was typed for it: a parser names every argument."""
    return parameter.param_type_name == "option" or bool(values.get(parameter.name or ""))


def _check(text: str, query: Command, given: Sequence[Parameter]) -> None:
    """Raises CodesearchError where a parameter is none of those allowed, or there is none."""
    others = [each for each in given if each.name not in _ALLOWED]
    if given and not others:
        return
    allowed = ", ".join(each.opts[0] for each in query.params if each.name in _ALLOWED)
    wrong = "is no option"
    if others:
        is_option = others[0].param_type_name == "option"
        wrong = (
            # The names of --help come in no order.
            f"{max(others[0].opts, key=len)} changes no ranking"
            if is_option
            else "a question or path has no place here"
        )
    raise CodesearchError(f"--compare {text!r}: {wrong}; it takes {allowed}, as codesearch query does")
