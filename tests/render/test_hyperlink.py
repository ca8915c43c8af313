"""Links to a place in a file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.render.hyperlink import ALIASES, hyperlinks


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("vscode", "vscode://file/a%20b/c.py:3:7"),
        ("cursor", "cursor://file/a%20b/c.py:3:7"),
        ("textmate", "txmt://open?url=file:///a%20b/c.py&line=3&column=7"),
        ("editor:{path}#{line}", "editor:/a%20b/c.py#3"),
    ],
)
def test_a_name_or_a_format_makes_a_url(name: str, url: str) -> None:
    links = hyperlinks(name)
    assert links is not None
    assert links.url(Path("/a b/c.py"), 3, 7) == url


def test_every_name_can_be_used_and_none_makes_no_links() -> None:
    assert [name for name in ALIASES if hyperlinks(name) is None] == ["none"]
    default = hyperlinks("default")
    assert default is not None
    assert re.fullmatch(r"file://[^/]+/a\.py", default.url(Path("/a.py"), 1, 1))


@given(st.binary(min_size=1).filter(lambda name: b"\0" not in name and not name.startswith(b"/")))
def test_a_file_of_any_name_is_linked_to_harmlessly(name: bytes) -> None:
    links = hyperlinks("grep+")
    assert links is not None
    url = links.url(Path(os.fsdecode(b"/" + name)), 1, 1)
    assert re.fullmatch(r"grep\+://[!-~]+:1", url)
    assert unquote_to_bytes(url[8:-2]) == os.fsencode(Path(os.fsdecode(b"/" + name)))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("emacs", "'emacs' is none of cursor, default"),
        ("x://{file}", r"no \{file\}; there are path, line"),
        ("x://{path!r}", "no {path}"),
        ("x://{line}", "there must be a {path}"),
        ("x://{path", "expected '}'"),
        ("x://{path}\x1b]0;", "neither spaces nor"),
    ],
)
def test_what_is_no_format_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        hyperlinks(text)
