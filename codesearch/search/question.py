"""What a user typed -> what recall and ranking need to know of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath

from codesearch.encode.text import QUERY_CHARACTERS, split_identifier
from codesearch.index.words import words_of
from codesearch.search.frames import Frame
from codesearch.search.trace import read_trace

_QUOTED = re.compile(r'"([^"]+)"|`([^`]+)`')
# One identifier, qualified or not: letters, then anything that languages join names with.
_SYMBOL = re.compile(r"[\w$@!?]+((::|->|[.#:/\\-])[\w$@!?]+)*(\(\))?")
_ABOUT_TESTS = frozenset(
    """
    test tests tested testing spec specs fixture fixtures mock mocks benchmark benchmarks example examples
    demo demos sample samples
    """.split()
)
# Words of questions that say nothing of what is looked for.
_IDLE = frozenset(
    """
    a an and any are as at be by can could do does for from get gets has have how i if in into is it its of
    on or our should so some that the their them there these this those to use used uses using was we were
    what when where which who why will with would you your function functions method methods code find show
    me work works working happen happens handled handle handles
    """.split()
)
_MOST_WORDS = 48
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A query, read.

    `words` are those of its words that say something, as the lexical index spells them, each once, and
    `content` the same with identifiers in parts only; `parts` are all words, in parts, as often as they stand
    there. `literals` must occur in a result as they are. `is_symbol` says that the whole query is one
    identifier, `about_tests` that tests or examples are asked for. `frames` are the places in files that the
    query names, the most telling first. `asked` is the query to be repeated to whoever asked; of a program's
    output it is what that complains of.
    """

    text: str
    words: tuple[str, ...]
    parts: tuple[str, ...]
    content: tuple[str, ...]
    literals: tuple[str, ...]
    is_symbol: bool
    about_tests: bool
    frames: tuple[Frame, ...] = ()
    asked: str = ""


def read_question(text: str) -> Question:
    """The question in a query's text.

    Several lines that name places in files, or complain of something, are taken for what a program wrote:
    the places count, and the telling part of the lines is what is looked for. What is quoted in them need
    not occur.
    """
    trace = read_trace(text)
    if "\n" not in text.strip("\n") and not (text.endswith("\n") and trace.frames):
        return replace(_asked_in_words(text.strip("\n")), frames=trace.frames)
    message = trace.message or _names(trace.frames)
    if not message:
        return _asked_in_words(" ".join(text.split())[:QUERY_CHARACTERS])
    return replace(_asked_in_words(message), frames=trace.frames)


def _names(frames: Sequence[Frame]) -> str:
    """What is looked for where nothing but places is given."""
    named = [frame.name or PurePosixPath(frame.path).stem for frame in frames]
    return " ".join(dict.fromkeys(named[:_MOST_NAMES]))


def _asked_in_words(text: str) -> Question:
    literals = tuple(match[1] or match[2] for match in _QUOTED.finditer(text))
    plain = _QUOTED.sub(lambda match: match[1] or match[2], text).strip()
    parts = tuple(part.lower() for word in re.findall(r"\w+", plain) for part in split_identifier(word))
    # What is cut off of a long text must not be what tells the most: identifiers as a whole come first.
    spoken = sorted(_telling(words_of(plain)), key=frozenset(parts).__contains__)
    return Question(
        text=plain,
        words=tuple(spoken[:_MOST_WORDS]),
        parts=parts,
        content=tuple(_telling(parts)[:_MOST_WORDS]),
        literals=tuple(each for each in literals if each.strip()),
        is_symbol=_SYMBOL.fullmatch(plain) is not None,
        about_tests=not _ABOUT_TESTS.isdisjoint(parts),
        asked=text,
    )


def _telling(words: Iterable[str]) -> list[str]:
    """Those of the words that say something, each once; all where none does."""
    found = list(dict.fromkeys(words))
    return [word for word in found if word not in _IDLE] or found


def finder(words: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    """A function that gives those of the words that are alike to one word; it remembers what it found."""
    among = tuple(words)

    @lru_cache(maxsize=None)
    def found(word: str) -> tuple[str, ...]:
        return tuple(each for each in among if alike(each, word))

    return found


def alike(one: str, other: str) -> bool:
    """Whether two words are the same but for an ending: `retries` and `retrying`, not `read` and `real`."""
    if one == other:
        return True
    shared = max(4, min(len(one), len(other)) - 1)
    return len(one) >= shared and one[:shared] == other[:shared]
