"""Writes docs/cli.md from the program itself: `python docs/reference.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from codesearch.cli.app import app
from codesearch.render.hyperlink import ALIASES
from codesearch.render.plain import TEMPLATE_FIELDS

TARGET = Path(__file__).parent / "cli.md"
# As on a terminal of 80 columns.
_WIDTH = 78

_INTRODUCTION = """# Command reference

Written by `python docs/reference.py` from the program's own `--help`; the tests fail when it is stale.

## What every command keeps to

- Results go to stdout, everything else to stderr.
- Exit status: 0 where something was found or done, 1 where nothing was found, 2 after an error,
  130 after Ctrl-C, 143 where another program ended it (SIGTERM). An error is one line that says what to do;
  `CODESEARCH_TRACEBACK=1` shows more.
- `CODESEARCH_INDEX_DIR` is the folder for indexes; without it the user's cache folder is used. Nothing
  is written into the repository.
- What options are by default can be set in files: [configuration.md](configuration.md).
- No command uses the network.
- What is searched is the git repository that a path stands in, else the nearest folder above it that is
  indexed, else the folder itself: with more than 5,000 files only after `codesearch index FOLDER`.
- Commands that search look for changed files first. `query` reads all of them and then makes vectors for up
  to 15 seconds; what has none by then is found by its words, and the next question goes on with them.
  `query --from`, `tui`, `eval` and `index` make all of them.
- `query`, `index`, `status` and `eval` take `--color auto|always|never`. `auto`: never where `NO_COLOR` is
  set; else always where `CLICOLOR_FORCE` or `FORCE_COLOR` is set (and not `0`); else on a terminal whose
  `TERM` is neither `dumb` nor `unknown`: stdout for results, stderr for messages. Without colour no escape
  sequence is written, but for the bar that shows progress on a terminal. JSON and `--format` are never
  coloured.
- A reader that stops early (`| head -1`) is no error.

What `codesearch eval` asks, what its figures mean and its JSON are told in [eval.md](eval.md).

## What `query` prints

What is in double quotes or backticks must occur in a result, letter for letter. A question that is one
identifier (`parse_config`, `Foo::bar`) finds its definition, whatever its case. A stack trace, a compiler's
output, a log or a diff, piped into `codesearch query -`, finds the functions that it is about:
[pipelines.md](pipelines.md).

On a terminal, each result with its place, its name, how likely it is and the lines that tell the most,
highlighted: the header, how the doc comment begins, the best line (marked `❱`) and those around it. Results
of one file that follow each other have one heading. Lines are cut at the terminal's width.
`--pretty` prints the same into a pipe, uncut (`codesearch query --pretty TEXT | less -R`). Into a pipe, a
line for each result, best first:

    path:line:column:signature

`line` and `column`, both counted from 1, the column in bytes, point at the best line: the one that the
question names, else the one that shares the most with it, where that is two words at least and no line of
the doc comment, else that of the name. `path` is as seen from the current folder, byte for byte (on a
terminal, control characters in it are spelled out). Units that are nearly copies of a result stand after
it, a line each, and are not counted by `--limit`; `-l` and `-c` name and count them, too. With `--from`,
the question and a tab come first. With `--explain`, lines that start with a tab follow. Colour changes no
form: `--color always` into a pipe colours the paths and numbers of these lines.

How much is shown of each result:

- `--max-lines N`: on a terminal the N most telling lines, the others counted, instead of 14 of the first
  result and 5 of the others; with 0 headings alone.
- `-C N`, `-B N`, `-A N`: the best line and N lines of the file before and after it. In a pipe the best line
  is then `path:line:column:text`, the others are `path-line-text`, and `--` stands between results. `-A` and
  `-B` overrule `-C`.
- `--whole`: all lines, in the same way. It outweighs `-C`, and this `--max-lines`; but a
  `--max-lines` that is typed outweighs a `-C` that a settings file sets.

A gap of a single line is shown rather than folded. JSON always has all lines.

`--hyperlink-format` (or `CODESEARCH_HYPERLINK_FORMAT`) makes places clickable where there is colour and the
terminal knows such links (OSC 8). It takes the name of a format (HYPERLINKS) or a URL with `{path}` in it,
and perhaps `{line}`, `{column}`, `{host}`. Paths are percent-encoded.

`--format TEMPLATE` prints the template for each result, on a line of its own, with these fields filled in:
FIELDS. They are
as in the objects of `--json`, below; `{root}` is the repository's folder. `\\t` is a tab, `\\n` the end of a
line, `{{` and `}}` are braces, and a field may have a form as in Python: `{score:.2f}`.

`-0` ends what `--format` prints, and the names that `-l` and `-c` print, with a zero byte. It changes no
other form. `--explain` concerns what a terminal shows, the lines in a pipe and JSON; `-l`, `-c` and
`--format` print the same with it.

`--open` prints nothing and opens the best result in `VISUAL` or else `EDITOR`, at its line where the editor
is known (vi and its kin, Emacs, nano, Helix, Kakoune, micro, VS Code and its kin, Sublime Text, Zed,
JetBrains', Kate, TextMate).

A result whose score is below `--min-score` is not shown. Where none is left, stderr says what came nearest.
Results of several repositories are merged by their scores.

With `--json`, an object a line ([schema](result.schema.json)):

| field | meaning |
| --- | --- |
| `type` | `"result"` |
| `version` | 2; it changes when a field is taken away or means something else |
| `query` | the question; of a program's output what that complains of |
| `rank` | 1 for the best |
| `path`, `path_bytes` | the file; where its name is not UTF-8, `path_bytes` has it in base64 |
| `start_line`, `end_line` | the unit's lines, doc comment and decorators included, from 1 |
| `line`, `column` | where its name stands |
| `best_line` | where to look first: the best line, as above |
| `kind` | function, method, class, struct, trait, interface, enum, type, module, passage |
| `name` | the qualified name; empty for a passage |
| `signature` | the header on one line; a passage's first line |
| `language` | as in [languages.md](languages.md) |
| `score` | the probability, from 0 to 1, that this result or one after it is what was asked for |
| `alike` | units that are nearly copies: `path`, `start_line`, `end_line`, `name` of each |
| `text` | the unit's lines |
| `why` | with `--explain`, an object: see below |

`why` has `dense` (the cosine), `lexical` (BM25), `covered` (the part of the question's words that the unit
has, each counting for its worth), `read` (the second stage's score; null where it did not read), `named`
(the `line` that the question names, and as which `place`, 1 for the most telling; null where it names none),
`score` (what results of one repository are ordered by) with the `parts` that it is the sum of, and `lines`
(those that share the most with the question) with the `words` that they share. How a score is made is told in
[design.md](design.md#search). Its parts, each times its weight, those that are 0 left out:

| part | what it counts |
| --- | --- |
| `dense` | meaning: the cosine |
| `lexical` | words: BM25, as a part of what the unit with the most has |
| `named` | the part of the name's words that the question has |
| `asked` | the part of the question's words that the name, its qualifiers or the file's name have |
| `exact` | the question is the name |
| `spelled` | a short question is spelled nearly as the name |
| `test`, `example` | the file is one of tests, of examples |
| `foreign` | the file is generated, vendored or legacy |
| `passage` | lines outside any definition |
| `type` | a type's outline |
| `short` | three lines at most |
| `place` | the question names the place |
| `together` | other hits in the file |
| `again` | better results of the file, that stand before it |
| `reread` | the second stage's score |
"""


def reference() -> str:
    """The whole document."""
    program = get_command(app)
    settings = {**program.context_settings, "terminal_width": _WIDTH}
    context = program.context_class(program, info_name="codesearch", **settings)
    formats = ", ".join(f"`{name}`" for name in ALIASES)
    fields = ", ".join(f"`{{{name}}}`" for name in TEMPLATE_FIELDS)
    introduction = _INTRODUCTION.replace("HYPERLINKS", formats).replace("FIELDS", fields)
    return introduction + "".join(map(_section, _contexts(context)))


def _contexts(context: Any) -> Iterator[Any]:  # noqa: ANN401 - Typer's own types are private
    """A context for each command, a group before what is in it."""
    yield context
    group = context.command
    for name in group.list_commands(context) if hasattr(group, "list_commands") else ():
        command = group.get_command(context, name)
        yield from _contexts(command.context_class(command, info_name=name, parent=context))


def _section(context: Any) -> str:  # noqa: ANN401
    text = context.command.get_help(context)
    return f"\n## `{context.command_path}`\n\n```\n{text.strip()}\n```\n"


if __name__ == "__main__":
    TARGET.write_text(reference(), "utf-8")
