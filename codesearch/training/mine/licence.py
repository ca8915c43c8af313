"""Which licence a repository is under, read from its own files.

By the sentence that grants the rights: comparing whole texts (as the package `identify` does) misses
a quarter of permissive repositories, whose files carry headings, years and notes of their own.
"""

from __future__ import annotations

import re

from codesearch.training.mine.repository import Repository, licence_files

# The SPDX name of each permissive licence, and words that only it has.
_GRANTS = {
    "Apache-2.0": r"apache license,? version 2\.0",
    "BSD-3-Clause": r"redistribution and use in source and binary forms.*"
    r"(names? of .*|nor the names of its contributors.*)be used to endorse or promote",
    "BSD-2-Clause": r"redistribution and use in source and binary forms",
    "MIT": r"permission is hereby granted, free of charge, to any person obtaining a copy|"
    r"(released|licensed|available) under the (\W*\w+\W+)?mit\b",
    "ISC": r"permission to use, copy, modify, (and/or|and) distribute this software for any purpose with or "
    r"without fee is hereby granted",
    "Zlib": r"permission is granted to anyone to use this software for any purpose, including commercial "
    r"applications",
    "BSL-1.0": r"boost software license - version 1\.0",
    "Unlicense": r"this is free and unencumbered software released into the public domain",
    "PostgreSQL": r"permission to use, copy, modify, and distribute this software and its documentation for "
    r"any purpose, without fee",
    "Artistic-2.0": r"artistic license 2\.0|artistic license \(2\.0\)",
}
_COPYLEFT = re.compile(
    r"gnu (lesser |affero |library )?general public license|mozilla public license|"
    r"\b[al]?gpl\b(?!-compatible)"
)


def permissive_licence(repository: Repository) -> str | None:
    """The SPDX name of the first permissive licence among the repository's licence files.

    None where there is none, or where any of the files speaks of a copyleft licence, also as one
    choice of several.
    """
    found: str | None = None
    for _, data in sorted(licence_files(repository)):
        text = re.sub(r"[\s*>#]+", " ", data.decode("utf-8", "replace").lower())
        if _COPYLEFT.search(text):
            return None
        if found is None:
            found = next((name for name, words in _GRANTS.items() if re.search(words, text)), None)
    return found
