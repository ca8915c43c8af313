"""Written questions (`codesearch/training/questions`) -> queries of the functions they were written for."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from codesearch.parse.unit import LineRange
from codesearch.training.corpus import Query
from codesearch.training.mine.functions import Found, functions_of
from codesearch.training.mine.repository import Repository, read_blobs


def read_questions(files: Iterable[Path]) -> dict[str, list[dict[str, Any]]]:
    """The rows of question files by lower-case repository name."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for file in files:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                rows[row["repo"].lower()].append(row)
    return dict(rows)


def question_queries(repository: Repository, rows: Sequence[dict[str, Any]]) -> Iterator[tuple[Found, Query]]:
    """The questions about one repository, each with its function at the revision it was written for.

    Rows whose file the repository lacks, or whose lines are no function in it, give nothing.
    """
    places = sorted({(row["revision"], row["path"]) for row in rows})
    contents = read_blobs(repository, [f"{revision}:{path}" for revision, path in places])
    functions = {
        (revision, path): functions_of(path, data) if data else []
        for (revision, path), data in zip(places, contents, strict=True)
    }
    for row in rows:
        candidates = functions[row["revision"], row["path"]]
        asked = LineRange(row["start_line"], row["end_line"])
        best = max(candidates, key=lambda each: each.span.overlap(asked), default=None)
        if best is not None and best.span.overlap(asked) > 0.5:
            for query in row["queries"]:
                yield best, Query(f"asked_{query['kind']}", query["text"])
