"""What the code itself says of a function, as queries that find it.

Each kind is one function from a `Found` to `Query`s. Users do not type doc comments, so the
doc comment's sentence also comes as keywords and as a question, and names, comments and messages
serve too. (CoRNStack, arXiv 2412.01007, trains on doc comments with the comment removed from the
code, CodeRetriever, arXiv 2201.10866, on names and inline comments.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codesearch.encode.text import split_identifier
from codesearch.training.corpus import Query
from codesearch.training.mine.functions import Found

_MARKERS = re.compile(
    r'^\s*(/\*+!?|\*+/|\*+(?=\s|$)|//[/!]*|#[\'!]?|--+\s?\|?|%+|;+|\(\*+|"""|\'\'\'|[rRuU]?"""|=\w+)?\s?'
)
_ENDS = re.compile(r'(\*+/|\*\)|"""|\'\'\')\s*$')
# Where a doc comment stops to say what the function does.
_PARTS = re.compile(
    r"^\s*([@\\:](param|returns?|throws?|see|since|type|rtype|raises|arg|example|deprecated|author|internal|"
    r"inherit|link|api|static|private|public|template|tparam|var|brief\s*$)\w*|"
    r"(args?|arguments?|parameters?|params|returns?|raises|yields|examples?|notes?|usage|see also|throws|"
    r"errors|panics|safety|attributes|references|options|inputs?|outputs?|\w+ parameters?)\s*:?\s*$|"
    r"(args|arguments|parameters|returns|raises|example|note|usage):|#+ |>>>|```|---|===|\.\. |<pre|- `|\| )",
    re.IGNORECASE,
)
_TAGS = re.compile(r"\{@\w+\s+([^}]*)\}|</?\w+[^>]*>|:\w+:(?=`)|\[([^\]]+)\](\([^)]*\))?")
_SENTENCE = re.compile(r"(?<=[^.][.!?])\s+(?=[A-Z`\"'(])")
_UNWANTED = re.compile(
    r"https?://|\bTODO\b|\bFIXME\b|\bXXX\b|copyright|licen[sc]e|inheritdoc|auto-?generated|eslint|pylint|noqa|"
    r"clang-format|coverage:|pragma|type:\s*ignore|^see |^same as|^constructor\b|^deprecated|^internal",
    re.IGNORECASE,
)
_STOP_WORDS = frozenset(
    """
    a an the of to for in on at by with and or is are be was were it its this that these those as
    from if into which when will can should may must not no any all given we you i our your their
    has have do does there then than so also only used use using returns return gets get sets set
    one whether each
    """.split()
)
_NO_VERBS = frozenset(
    """
    this the a an if when for in on it that these given whether true false note here some all same
    like internal helper default is as with class us process has was always address access
    """.split()
)
_COMMENT = re.compile(r"^\s*(?://+|#+|--+|%+)\s+(?=[A-Za-z`'\"])")
_SPEAKS = re.compile(
    r"\b(raise|throw|throws|error|errorf|err|fail\w*|panic\w*|warn\w*|log\w*|fatal\w*|die|croak|confess|abort|"
    r"assert\w*|reject|exception|bail|ensure|\w*Error|\w*Exception|stop|println?|echo|eprintln?)\b"
)
_LITERAL = re.compile(r'"((?:[^"\\]|\\.){12,160})"|\'((?:[^\'\\]|\\.){12,160})\'')
_BLANKS = re.compile(r"%[-+#0-9.]*[a-zA-Z@]|[#$]?\{[^}]*\}|\\[nrt\"']|\$\w+|~[a-z]")


def mined_queries(function: Found) -> list[Query]:
    """All that a function's own lines give."""
    found = [
        *_from_doc(function),
        *_from_name(function),
        *_from_comments(function),
        *_from_messages(function),
    ]
    return [query for query in found if is_wanted(query.text)]


def is_wanted(text: str, *, fewest_words: int = 2) -> bool:
    """Whether a text is English enough, long enough and no boilerplate."""
    words = re.findall(r"[A-Za-z]{2,}", text)
    letters = sum(character.isascii() and (character.isalpha() or character.isspace()) for character in text)
    return (
        fewest_words <= len(words) <= 60
        and letters > 0.75 * len(text)
        and _UNWANTED.search(text) is None
        and len({word.lower() for word in words}) >= fewest_words
    )


def _from_doc(function: Found) -> Iterator[Query]:
    paragraph = _first_paragraph([function.lines[i] for i in function.doc])
    if len(paragraph.split()) < 3:
        return
    sentence = _SENTENCE.split(paragraph)[0].rstrip(". ")
    yield Query("doc", sentence, function.doc)
    if len(paragraph) > len(sentence) + 20:
        yield Query("doc_paragraph", " ".join(paragraph.split()[:48]), function.doc)
    keywords = [w for w in re.findall(r"[A-Za-z][\w-]+", sentence.lower()) if w not in _STOP_WORDS][:5]
    if len(keywords) >= 2:
        yield Query("doc_keywords", " ".join(keywords), function.doc)
    if asked := _as_question(sentence):
        yield Query("doc_question", asked, function.doc)


def _first_paragraph(lines: Sequence[str]) -> str:
    """The text up to the first empty line or tag, markers and mark-up removed."""
    words: list[str] = []
    for line in lines:
        text = _ENDS.sub("", _MARKERS.sub("", line, count=1)).strip()
        text = re.sub(r"^[@\\](brief|doc|summary|desc\w*)\s*(~S)?\"*", "", text).strip()
        if _PARTS.match(text) or (words and not text):
            break
        words.extend(text.split())
    text = _TAGS.sub(lambda match: match[1] or match[2] or "", " ".join(words))
    return " ".join(text.replace("`", "").replace("*", "").split())


def _as_question(sentence: str) -> str | None:
    """`Returns the open socket` -> `how to get the open socket`; None where no verb comes first."""
    first, _, rest = sentence.partition(" ")
    verb = first.lower()
    if not verb.isalpha() or verb in _NO_VERBS or not rest or len(rest.split()) > 12:
        return None
    if verb in ("returns", "return"):
        verb = "get"
    elif re.search(r"(ss|sh|ch|x|zz)es$", verb):
        verb = verb[:-2]
    elif verb.endswith("ies"):
        verb = verb[:-3] + "y"
    elif verb.endswith("s") and not verb.endswith("ss"):
        verb = verb[:-1]
    elif verb.endswith(("ed", "ing", "er", "ly", "ion")):
        return None
    rest = rest.rstrip(".")
    asked = (f"how to {verb} {rest}", f"where do we {verb} {rest}", f"how does it {verb} {rest}?")
    return asked[len(rest) % len(asked)]


def _from_name(function: Found) -> Iterator[Query]:
    words = [word.lower() for word in split_identifier(function.simple_name)]
    if len(words) >= 3:
        yield Query("name", " ".join(words), hide_name=True)


def _from_comments(function: Found) -> Iterator[Query]:
    """Whole-line comments inside the function, joined where they run over lines; two at most."""
    runs: list[list[int]] = []
    for i, line in enumerate(function.lines):
        if i in function.doc or i == 0 or not _COMMENT.match(line):
            continue
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    texts = [(" ".join(_COMMENT.sub("", function.lines[i]).strip() for i in run), run) for run in runs]
    # What looks like code that somebody commented out says nothing in words.
    said = [
        (text, run) for text, run in texts if len(text.split()) >= 5 and not re.search(r"[;={}<>]|\(\)", text)
    ]
    for text, run in sorted(said, key=lambda each: -len(each[0]))[:2]:
        yield Query("comment", " ".join(text.split()[:40]), tuple(run))


def _from_messages(function: Found) -> Iterator[Query]:
    """String literals on lines that raise, log or print; shown and hidden by turns."""
    said: list[Query] = []
    for i, line in enumerate(function.lines):
        if i in function.doc or not _SPEAKS.search(line):
            continue
        for match in _LITERAL.finditer(line):
            text = " ".join(_BLANKS.sub(" ", match[1] or match[2]).split()).strip(" .:,-()[]'\"")
            if is_wanted(text, fewest_words=4):
                said.append(Query("message", text, (i,) if len(text) % 2 else ()))
    yield from said[:2]
