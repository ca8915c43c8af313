"""Macros of the C family that stand where no grammar expects a word, blanked before parsing."""

from __future__ import annotations

import re

_MACRO = rb"\b_*[A-Z][A-Z0-9_]{2,}\b(?:\([^()\n]*\))?"
# `class EXPORT Name {`, `struct API(x) Name : Base {`: the macro between keyword and name.
_BEFORE_TYPE_NAME = re.compile(
    rb"\b(?:class|struct|union|enum(?:[ \t]+class)?)[ \t]+((?:" + _MACRO + rb"\s+)+)"
    rb"(?=[A-Za-z_][\w:]*(?:<[^<>{};]*>)?\s*(?:final\b\s*)?[:{])"
)
# `void close() NOEXCEPT {`, `... const LOCKS_EXCLUDED(mutex);`: the macro behind the parameters.
_BEHIND_PARAMETERS = re.compile(
    rb"(?:\)|\bconst|\boverride|\bfinal|\bnoexcept)\s+((?:" + _MACRO + rb"\s*)+)(?=[{;])"
)
# `LIB_API struct node *first(void)`: the macro before a type.
_BEFORE_TYPE = re.compile(
    rb"^[ \t]*(?:(?:static|extern)[ \t]+)?([A-Z0-9_]*(?:API|EXPORT|PUBLIC|EXTERN|INLINE)(?=[ \t]+\w))",
    re.MULTILINE,
)
# `BEGIN_DECLS`, `NS_ASSUME_NONNULL_BEGIN`, `Q_OBJECT`: a line of its own.
_ALONE = re.compile(
    rb"^[ \t]*((?:[A-Z0-9_]*(?:BEGIN|END)[A-Z0-9_]*|Q_OBJECT|Q_GADGET)(?:\([^()\n]*\))?)[ \t]*$",
    re.MULTILINE,
)
_ENUM = re.compile(rb"\bNS_(?:CLOSED_)?(?:ENUM|OPTIONS|ERROR_ENUM)\s*\(\s*[\w \t]+,\s*(\w+)\s*\)(?=\s*\{)")


def without_macros(source: bytes) -> bytes:
    """The source with macros that hide its structure blanked; every other byte stays in its place."""
    for pattern in (_BEFORE_TYPE_NAME, _BEHIND_PARAMETERS, _BEFORE_TYPE, _ALONE):
        source = pattern.sub(_blanked, source)
    return source


def with_plain_enums(source: bytes) -> bytes:
    """Like `without_macros`, and `NS_ENUM(NSInteger, State) {` becomes `enum   State {`."""
    return _ENUM.sub(_plain_enum, without_macros(source))


def _blanked(match: re.Match[bytes]) -> bytes:
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    text = match[0]
    return text[:start] + re.sub(rb"\S", b" ", text[start:end]) + text[end:]


def _plain_enum(match: re.Match[bytes]) -> bytes:
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    return b"enum".ljust(start) + match[0][start:end].ljust(len(match[0]) - start)
