"""BM25 over a pool of passages, by SQLite's full-text search: the lexical side of what is recalled."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from codesearch.index.words import words_of


def bm25_scores(passages: Sequence[str], queries: Sequence[str]) -> NDArray[np.float32]:
    """BM25 of each passage for each query, float32 [queries, passages]; 0 where no word is shared.

    Identifiers count whole and split, words by their stems (Porter's).
    """
    scores = np.zeros((len(queries), len(passages)), dtype=np.float32)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            "CREATE VIRTUAL TABLE passage USING fts5(words, tokenize = \"porter unicode61 tokenchars '_'\")"
        )
        database.executemany(
            "INSERT INTO passage (rowid, words) VALUES (?, ?)",
            ((number, " ".join(words_of(text))) for number, text in enumerate(passages)),
        )
        for row, query in enumerate(queries):
            words = sorted(set(words_of(query)))
            if not words:
                continue
            wanted = " OR ".join(f'"{word}"' for word in words)
            # SQLite's rank is BM25 with its sign turned, the best first.
            found = database.execute("SELECT rowid, -rank FROM passage WHERE passage MATCH ?", (wanted,))
            for number, score in found:
                scores[row, number] = score
    return scores
