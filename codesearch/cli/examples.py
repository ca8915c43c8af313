"""The examples that help and the manual show: by command, a line to type and what it is good for."""

from __future__ import annotations

from collections.abc import Mapping

Example = tuple[str, str]

EXAMPLES: Mapping[str, tuple[Example, ...]] = {
    "codesearch": (
        ('codesearch query "where are stale cookies rejected"', ""),
        ('codesearch query "retry with backoff" src/net', "only below a folder"),
        ("codesearch query --help", "more of them"),
    ),
    "query": (
        ('codesearch query "where are stale cookies rejected"', ""),
        ('codesearch query "retry with backoff" src/net', "only below a folder"),
        ("codesearch query 'who raises \"no such table\"'", "what is quoted must occur"),
        ("codesearch query --tests no -t go -g '!cmd/*' \"parse flags\"", ""),
        ('codesearch query -k 3 --json "open a connection" ../api ../web', ""),
        ('codesearch query -l "parse dates" | xargs wc -l', "the files alone"),
        ("pytest 2>&1 | codesearch query -", "what failed"),
        ('codesearch query --changed-since main "parse flags"', ""),
        ('vim -q <(codesearch query "parse the config file")', ""),
    ),
    "tui": (
        ("codesearch tui", "search as you type"),
        ('codesearch tui src/net --query "retry with backoff"', ""),
        ("hx $(codesearch tui)", "Ctrl-Y prints the place"),
    ),
    "index": (
        ("codesearch index", "the repository one stands in"),
        ("codesearch index ~/src/api ~/src/web", "in a hook or a cron job"),
    ),
    "status": (
        ("codesearch status", "every index"),
        ("codesearch status --json .", "that of this repository"),
    ),
    "clean": (
        ("codesearch clean .", "the index of this repository"),
        ("codesearch clean --gone", "of folders that are no more"),
    ),
    "eval": (
        ("codesearch eval", "how well this repository is found"),
        ("codesearch eval --most 30 --svg plot.svg ../api", ""),
        ("codesearch eval --compare '--rerank always' --compare '--tests no'", ""),
    ),
    "config": (
        ("codesearch config", "every setting, and where it is from"),
        ("codesearch --no-config query x", "leave settings files out"),
    ),
    "doctor": (("codesearch doctor", "is all well, and what to do if not"),),
    "languages": (
        ("codesearch languages", ""),
        ("codesearch languages | grep '\\.tf'", "which language is a file of"),
    ),
    "parse": (
        ("codesearch parse src/app.py", "what a search can find in it"),
        ("codesearch parse --json src/*.go | jq -r .name", ""),
        ("git show HEAD:app.py | codesearch parse --type python -", ""),
    ),
}
