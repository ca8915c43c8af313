"""What a program wrote (a stack trace, a compiler's or a test runner's output, a log, a diff) -> what it says
and which places it names, the most telling first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from codesearch.search.diff import is_diff, read_diff
from codesearch.search.frames import Frame, Style, frames_in, said_of_place

# More than this of a line says nothing new; more places than these nobody reads.
_LINE_CHARACTERS = 1_000
_MOST_FRAMES = 50
# About what an encoder reads of a question.
_MESSAGE_CHARACTERS = 300
# The innermost frame of a stack tells as much as the third of the one that matters more.
_STACK_STEP = 2

# What stands before every line of a log: a container's name, a time, a host and a process.
_PREFIX = re.compile(
    r"^(?:[\w.-]{1,60} +\| ?)?(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?\]? ?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \S+\[\d+\]: ?)?"
)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_OUTER_FIRST = re.compile(r"most recent call last")
# A new stack begins; what it is about follows.
_STACK = re.compile(r"^\s*(?:Traceback \(|Caused by: |goroutine \d+|thread '|stack backtrace|_{4,} |={4,} )")
_KIND = r"(?:[\w$-]+(?:\.|::|/))*[\w$]*(?:Error|Exception|Fault|Failure|Panic|Abort|Interrupt|Exit|Timeout)"
_EXCEPTION = re.compile(
    rf"^\s*(?:E\s+)?(?:Exception in thread \"[^\"]*\" |Caused by: |Uncaught |Unhandled exception\. "
    rf"|PHP Fatal error:  Uncaught |FAILED \S+ - )?(?P<said>{_KIND}(?: \[[\w-]+\])?(?::\s.*|\s*))$"
)
# Elixir and Ruby say the message and its kind in another order.
_RAISED = re.compile(r"^\*\* \((?P<kind>[\w.]+)\) (?P<rest>.*)|:in ['`][^'`]+['`]: (?P<said>.*\(\w+\))$")
_SAID = re.compile(
    r"(?:^|[\s:\]])(?:panic|fatal error|fatal|error|exception)(?:\[\w+\]| [A-Z]{1,4}\d+)?:\s+(?P<rest>\S.*)",
    re.I,
)
_PANICKED = re.compile(r"^thread '[^']*'.* panicked at (?:'(?P<old>.*)', )?")
_LOGGED = re.compile(r"\b(?:ERROR|FATAL|CRITICAL|SEVERE)\b[\]:]?\s+(?P<rest>\S.*)")
_SIGNAL = re.compile(r"(?P<rest>.*(?:\bSIG[A-Z]{3,5}\b|[Ss]egmentation fault).*)")
_PYTEST = re.compile(r"^E\s{2,}(?P<rest>\S.*)")
_SEVERITY = re.compile(r"\b(error|fatal|warning|note|help|info|hint)\b", re.I)
# How much a place tells that is complained of.
_GRAVITY = {"error": 1.0, "fatal": 1.0, "warning": 0.7, "note": 0.4, "help": 0.4, "info": 0.4, "hint": 0.4}
_PLAIN_GRAVITY = 0.9
_INCLUDED = 0.3
# A place outside of the stacks, where there are some, tells no more than this.
_BESIDE_STACKS = 0.4
# What of a message says nothing of the code: places, addresses, identifiers of one run.
_NOISE = re.compile(
    r"(?:[A-Za-z]:)?(?:[\w.+~@-]*[\\/]){2,}[\w.+~@-]*(?::\d+)*"
    r"|\b0x[0-9a-f]+\b|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{12,}\b|\b\d{5,}\b|[\"`]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Trace:
    """What a text says and which places it names.

    `message` is the telling part of it, on one line; empty where nothing in it is. `frames` are the places,
    the most telling first.
    """

    message: str
    frames: tuple[Frame, ...]


@dataclass(slots=True)
class _Stack:
    """Frames of one stack, in the order of the text."""

    frames: list[Frame] = field(default_factory=list)
    outer_first: bool = False
    goroutine: bool = False


def read_trace(text: str) -> Trace:
    """The trace in a text; one with no frames and no message where there is none."""
    lines = [line[:_LINE_CHARACTERS] for line in _ESCAPES.sub("", text).splitlines()]
    if is_diff(lines):
        about, changed = read_diff(lines)
        return Trace(_shortened(about), tuple(changed[:_MOST_FRAMES]))
    lines = [_PREFIX.sub("", line, count=1) for line in lines]
    stacks, spots = _places(lines)
    return Trace(_shortened(_messages(lines, last_first=bool(stacks))), _telling_first(stacks, spots))


def _places(lines: Sequence[str]) -> tuple[list[_Stack], list[Frame]]:
    """The stacks in the text, and the places outside of them."""
    stacks = [_Stack()]
    spots: list[Frame] = []
    gravity = _PLAIN_GRAVITY
    before = ""
    for line in lines:
        starts, ends = _STACK.match(line) is not None, _ends_stack(line)
        if (starts or ends) and stacks[-1].frames:
            stacks.append(_Stack())
        if starts or _OUTER_FIRST.search(line):
            stacks[-1].outer_first = _OUTER_FIRST.search(line) is not None
            stacks[-1].goroutine = line.startswith("goroutine ")
        said = _SEVERITY.search(line)
        if said:
            gravity = _GRAVITY[said[1].lower()]
        elif not line.lstrip().startswith(("-->", "at ", "╭", "┌")):
            gravity = _PLAIN_GRAVITY
        for frame, style in frames_in(line, before):
            # Where an exception's own line names a place, it is that which raised it.
            if style is Style.SPOT and not (frame.lines and (starts or ends)):
                weight = _INCLUDED if line.startswith("In file included") else gravity
                spots.append(replace(frame, weight=weight))
                continue
            stacks[-1].frames.append(replace(frame, in_stack=True))
            stacks[-1].outer_first |= style is Style.OUTER_FIRST
        before = line
    return [each for each in stacks if each.frames], spots


def _ends_stack(line: str) -> bool:
    return not line.startswith(("E ", " ", "\t")) and _EXCEPTION.match(line) is not None


def _telling_first(stacks: Sequence[_Stack], spots: Iterable[Frame]) -> tuple[Frame, ...]:
    """The frames from the innermost outwards, and from the last stack, which is the cause or the newest, to
    the first; then places outside of stacks, the gravest first.
    """
    # A Go program prints the stack that failed, and then all others.
    concurrent = any(each.goroutine for each in stacks)
    weighed: list[tuple[int, Frame]] = []
    for number, stack in enumerate(stacks if concurrent else reversed(stacks)):
        inward = reversed(stack.frames) if stack.outer_first else stack.frames
        step = _MOST_FRAMES if concurrent else _STACK_STEP
        weighed.extend((depth + step * number, frame) for depth, frame in enumerate(inward))
    weighed.sort(key=lambda each: each[0])
    most = _BESIDE_STACKS if stacks else 1.0
    grave = [replace(each, weight=min(each.weight, most)) for each in spots]
    grave.sort(key=lambda each: -each.weight)
    found: dict[tuple[str, object], Frame] = {}
    for frame in (*(frame for _, frame in weighed), *grave):
        found.setdefault((frame.path, frame.lines or frame.name), frame)
    return tuple(found.values())[:_MOST_FRAMES]


def _messages(lines: Sequence[str], *, last_first: bool) -> list[str]:
    """What the text complains of, the most telling first: errors, then what else is said of places."""
    found: list[tuple[int, int, str]] = []
    follows = raised = False
    for number, line in enumerate(lines):
        rank, said = _message(line, raised=raised)
        if follows and line.strip():
            rank, said, follows = 0, line.strip(), False
        if match := _PANICKED.match(line):
            # What it panicked of stands in this line, or is the next.
            rank, said, follows = 0, match["old"] or "", not match["old"]
        if said:
            found.append((rank, -number if last_first else number, said))
        if _OUTER_FIRST.search(line):
            raised = True
        elif line and not line.startswith((" ", "\t")):
            raised = False
    return [said for _, _, said in sorted(found)]


def _message(line: str, *, raised: bool) -> tuple[int, str]:
    """What a line complains of, empty for nothing, and how little that tells; with `raised`, it may be the
    one that ends a traceback.
    """
    if match := _EXCEPTION.match(line) or _RAISED.search(line):
        return 0, " ".join(each for each in match.groups() if each)
    if raised and line and not line.startswith((" ", "\t")) and not _OUTER_FIRST.search(line):
        return 0, line
    if match := _SAID.search(line):
        return 0, match["rest"]
    if match := _PYTEST.match(line) or _LOGGED.search(line) or _SIGNAL.match(line):
        return 1, match["rest"]
    return 2, said_of_place(line)


def _shortened(messages: Iterable[str]) -> str:
    """As many of the messages, each once, as an encoder reads, on one line."""
    said: dict[str, None] = {}
    left = _MESSAGE_CHARACTERS
    for message in _cleaned(messages):
        if left <= 0:
            break
        if message not in said:
            said[message[:left]] = None
            left -= len(message)
    return "; ".join(said)


def _cleaned(messages: Iterable[str]) -> Iterator[str]:
    for message in messages:
        clean = " ".join(_NOISE.sub(" ", message).split())
        if any(character.isalpha() for character in clean):
            yield clean
