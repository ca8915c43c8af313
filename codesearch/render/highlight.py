"""Lines of a result's file, highlighted in colours that are readable on dark and on light terminals."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.syntax import ANSISyntaxTheme, Syntax
from rich.text import Text

from codesearch.parse.languages import language_named
from codesearch.parse.unit import LineRange
from codesearch.render.plain import printable
from codesearch.search.result import Result

_TAB = 4
# A lexer that starts in the middle of a string or comment is wrong until its end: it reads the unit from its
# start, or, where that is far, from so many lines above.
_MOST_READ = 500
_LEAD = 50

# Of the sixteen colours only these are readable on black and on white: red, green, magenta, cyan. Comments
# step back. The names are those of Pygments' tokens.
_THEME = ANSISyntaxTheme(
    {
        ("Comment",): Style(dim=True),
        ("Comment", "Preproc"): Style(color="magenta"),
        ("Keyword",): Style(color="magenta"),
        ("Keyword", "Type"): Style(color="cyan"),
        ("Name", "Builtin"): Style(color="cyan"),
        ("Name", "Class"): Style(color="cyan"),
        ("Name", "Decorator"): Style(color="magenta"),
        ("Name", "Function"): Style(color="cyan"),
        ("Name", "Tag"): Style(color="cyan"),
        ("Literal", "Number"): Style(color="green"),
        ("Literal", "String"): Style(color="green"),
        ("Literal", "String", "Doc"): Style(dim=True),
    }
)


def highlighted(result: Result, parts: Sequence[LineRange], characters: int) -> dict[int, Text]:
    """The lines of these parts of the file by their numbers, each as deep as it stands among them; no more
    than so many characters of a line.
    """
    if not parts:
        return {}
    first, last = min(result.unit.start_line, parts[0].start), parts[-1].end
    if last - first < _MOST_READ:
        read = [LineRange(first, last)]
    else:
        read = [LineRange(max(first, part.start - _LEAD), part.end) for part in parts]
    indent = min(
        (_indent(text) for part in parts for text in _lines(result, part) if text.strip()), default=0
    )
    language = language_named(result.language)
    syntax = Syntax("", language.lexer or language.name, theme=_THEME)
    found: dict[int, Text] = {}
    for part in read:
        code = "\n".join(text[min(indent, _indent(text)) :][:characters] for text in _lines(result, part))
        shown = syntax.highlight(code).split("\n", allow_blank=True)
        found.update(zip(range(part.start, part.end + 1), shown, strict=False))
    return {number: found[number] for part in parts for number in range(part.start, part.end + 1)}


def _lines(result: Result, part: LineRange) -> list[str]:
    lines = result.file_lines[part.start - 1 : part.end]
    return [printable(line.rstrip("\r")).expandtabs(_TAB) for line in lines]


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
