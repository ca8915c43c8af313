"""What was typed after `codesearch query`, made into what a search takes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from codesearch.cli.given import STDIN, content_of, text_of_stdin
from codesearch.errors import CodesearchError, said_by

if TYPE_CHECKING:
    import typer

    from codesearch.index.location import Location
    from codesearch.render.answer import Form
    from codesearch.render.excerpt import Excerpt
    from codesearch.render.hyperlink import Hyperlinks

# Nobody means to index their home folder by asking a question in it.
_MOST_FILES_UNASKED = 5_000


def what_and_where(
    text: str | None, paths: list[Path], source: str | None, tell: Callable[[str], None]
) -> tuple[list[str], list[Path]]:
    """What to ask, and where: with a file of queries all arguments are paths. `-` asks what stdin says;
    `tell` hears how much of it is read.

    Raises:
        CodesearchError: there is nothing to ask.

    """
    if source is None and text == STDIN:
        return [text_of_stdin(tell)], paths
    if source is None:
        if not (text or "").strip():
            raise CodesearchError(
                'an empty query finds nothing; ask for something: codesearch query "retry with backoff"'
            )
        _refuse_words_for_paths(text or "", paths)
        return [text or ""], paths
    if text == STDIN:
        raise CodesearchError("- asks what comes in on stdin, --from asks each line of a file: give one")
    try:
        data = content_of(source)
    except OSError as error:
        raise CodesearchError(f"cannot read the questions in {source}: {said_by(error)}") from error
    queries = [line.strip() for line in data.decode("utf-8", "replace").splitlines() if line.strip()]
    if not queries:
        raise CodesearchError(f"no question in {source}: it takes one a line")
    return queries, paths if text is None else [Path(text), *paths]


def _refuse_words_for_paths(text: str, paths: list[Path]) -> None:
    """Raises CodesearchError where a question of several words seems to lack its quotes."""
    from codesearch.cli.program import as_question

    first = os.fspath(paths[0]) if paths else ""
    if " " not in text and re.fullmatch(r"[\w'-]+\??", first) and not os.path.exists(first):
        asked = as_question([text, *map(os.fspath, paths)])
        raise CodesearchError(f"no such file or folder: {first}; if it belongs to the question: {asked}")


def known_languages(names: Iterable[str]) -> frozenset[str]:
    """The languages of these names.

    Raises:
        CodesearchError: there is no such language.

    """
    from difflib import get_close_matches

    from codesearch.parse.languages import LANGUAGES

    known = {row.name for row in LANGUAGES}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise CodesearchError(f"no language is called {name!r}{hint}")
    return frozenset(names)


def regular_expression(text: str | None) -> re.Pattern[str] | None:
    """The regular expression.

    Raises:
        CodesearchError: it is none.

    """
    try:
        return None if text is None else re.compile(text, re.MULTILINE)
    except re.error as error:
        raise CodesearchError(f"--grep: not a regular expression: {error}") from error


def form_asked_for(wanted: Mapping[str, tuple[bool, Form]]) -> Form:
    """The form of output that an option asks for, by the options' names; where none does, what suits stdout.

    Raises:
        CodesearchError: several ask, for different things.

    """
    from codesearch.render.answer import Form

    asked = {option: form for option, (given, form) in wanted.items() if given}
    if len(asked) > 1:
        raise CodesearchError(f"{' and '.join(asked)} are different forms of output: give one")
    suits = Form.VIEW if sys.stdout.isatty() else Form.LINES
    return next(iter(asked.values()), suits)


def checked_template(template: str) -> str:
    r"""The template, with `\t` and `\n` made what they mean.

    Raises:
        CodesearchError: it cannot be filled in.

    """
    from codesearch.render.plain import check_template

    try:
        check_template(template)
    except ValueError as error:
        raise CodesearchError(f"--format: {error} (a brace itself is written twice)") from error
    return template.replace("\\t", "\t").replace("\\n", "\n")


def typed(ctx: typer.Context) -> set[str]:
    """The names of the parameters that the command line has, and not a settings file or nobody."""
    from typer._click.core import ParameterSource

    return {name for name in ctx.params if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}


def excerpt_asked_for(
    context: int | None,
    before: int | None,
    after: int | None,
    most: int | None,
    *,
    whole: bool,
    typed: set[str],
) -> Excerpt:
    """How much of each result is shown: all of it outweighs a context, and this a number of lines, unless
    that alone is among the parameters `typed` and the context is a settings file's.
    """
    from codesearch.render.excerpt import TELLING_LINES, Excerpt

    if whole:
        return Excerpt(whole=True)
    around = {"context": context, "before": before, "after": after}
    given = {name for name, lines in around.items() if lines is not None}
    if not given or ("max_lines" in typed and given.isdisjoint(typed)):
        return TELLING_LINES if most is None else Excerpt(most=most)
    return Excerpt(
        around=((context or 0) if before is None else before, (context or 0) if after is None else after)
    )


def links_asked_for(text: str) -> Hyperlinks | None:
    """How places in files are linked to; None where they are not.

    Raises:
        CodesearchError: that is no way to link to them.

    """
    from codesearch.render.hyperlink import hyperlinks

    try:
        return hyperlinks(text)
    except ValueError as error:
        raise CodesearchError(f"--hyperlink-format: {error}") from error


def paths_below(location: Location, paths: Iterable[Path]) -> tuple[str, ...]:
    """The paths under the root that a search is narrowed to; none where one of them is the root."""
    relative = [path.resolve().relative_to(location.root).as_posix() for path in paths]
    return () if "." in relative else tuple(relative)


def refuse_to_index_a_home(location: Location) -> None:
    """Raises CodesearchError where a question would index a large folder that is no repository."""
    from shlex import quote

    from codesearch.walk import count_up_to

    if (
        not location.is_repository
        and count_up_to(location.root, _MOST_FILES_UNASKED + 1) > _MOST_FILES_UNASKED
    ):
        raise CodesearchError(
            f"{location.root} is no repository and holds more than {_MOST_FILES_UNASKED:,} files;"
            f" if you mean to search it, run: codesearch index {quote(str(location.root))}"
        )
