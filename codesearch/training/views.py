"""A function of the corpus -> the text that stands for it, in the form that the index gives it.

A view hides what would let a query match by copying, and varies what a repository may lack: doc
comments, telling file names and classes, telling names of local things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from random import Random

from codesearch.encode.text import last_name, passage_title, windows
from codesearch.training.corpus import Function, Query

_IDENTIFIER = re.compile(r"\b[A-Za-z_]\w{2,}\b")


@dataclass(frozen=True, slots=True)
class Variation:
    """How often a training view leaves out or renames something: probabilities."""

    without_doc: float = 0.4
    without_stem: float = 0.15
    without_qualifier: float = 0.15
    renamed: float = 0.1
    later_window: float = 0.25


def passages(function: Function, *, with_doc: bool = True) -> list[str]:
    """All texts of a function in the index's form, with or without its doc comment.

    They end where mining cut the function: the index reads all lines of a long one, and more of a long line.
    """
    hidden = frozenset() if with_doc else frozenset(function.doc)
    shown = [line for i, line in enumerate(function.lines) if i not in hidden]
    return windows(passage_title(f"{PurePosixPath(function.path).stem} {function.name}"), shown)


def training_view(function: Function, query: Query, variation: Variation, random: Random) -> str | None:
    """One text of a function to train against a query; None where hiding leaves nothing."""
    stem, name = PurePosixPath(function.path).stem, last_name(function.name)
    qualifier = function.name.removesuffix(name)
    hidden = set(query.hidden)
    if random.random() < variation.without_doc:
        hidden.update(function.doc)
    if random.random() < variation.without_stem:
        stem = ""
    if random.random() < variation.without_qualifier:
        qualifier = ""
    lines = [line for i, line in enumerate(function.lines) if i not in hidden]
    if query.hide_name:
        # The file is often named after the one function in it.
        stem = ""
        told = _name_in_code(name)
        lines = [told.sub("f", line) for line in lines]
        name = ""
    if random.random() < variation.renamed:
        lines = _renamed(lines, random)
    texts = windows(passage_title(f"{stem} {qualifier} {name}"), lines)
    if not texts:
        return None
    if len(texts) > 1 and random.random() < variation.later_window:
        return texts[random.randrange(1, len(texts))]
    return texts[0]


def _name_in_code(name: str) -> re.Pattern[str]:
    """What stands in code for a function's own name: the name, or each part of an Objective-C selector."""
    parts = [part for part in name.split(":") if part] or [name]
    # A name may begin or end with a mark, as `empty?` does, where \b would hold inside of a word only.
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, parts))})(?!\w)")


def _renamed(lines: list[str], random: Random) -> list[str]:
    """The lines with a third of the identifiers that stand in them more than once renamed, each alike."""
    counts: dict[str, int] = {}
    for line in lines:
        for name in _IDENTIFIER.findall(line):
            counts[name] = counts.get(name, 0) + 1
    repeated = [name for name, count in counts.items() if count > 1]
    chosen = {name: f"v{i}" for i, name in enumerate(repeated) if random.random() < 1 / 3}
    return [_IDENTIFIER.sub(lambda match: chosen.get(match[0], match[0]), line) for line in lines]
