"""The real program, killed at any moment, leaves an index that the next question is answered from rightly."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from pathlib import Path

from codesearch.index.seal import DATABASE, is_sealed
from tests.conftest import FILES, Run, Start, write_files

KILLS = int(os.environ.get("CODESEARCH_TEST_KILLS", "12"))
# A question is dearer than a kill.
KILLS_A_QUESTION = 6


def functions_found(run: Run, folder: Path, *options: str) -> set[tuple[str, str, int]]:
    """The functions that a question brings up, in whatever order: in so small an index, all."""
    done = run("query", "email the buyer", "--json", "-k999", *options, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert b"damaged" not in done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    units = [unit for each in results for unit in (each, *each["alike"])]
    return {
        (each["path"], each["name"], each["start_line"]) for each in units if each["name"].startswith("f")
    }


def written(folder: Path) -> set[tuple[str, int, int]]:
    """What the database and its log are known by: size and time of each."""
    found = set()
    for name in (DATABASE, f"{DATABASE}-wal"):
        with contextlib.suppress(FileNotFoundError):
            stat = (folder / name).stat()
            found.add((name, stat.st_size, stat.st_mtime_ns))
    return found


def test_the_program_may_be_killed_at_any_moment(
    run: Run, start: Start, repository: Path, index_home: Path, tmp_path: Path
) -> None:
    chance = random.Random(7)
    began = time.monotonic()
    run("index", cwd=repository)
    takes = time.monotonic() - began
    (folder,) = index_home.iterdir()
    torn = 0
    for number in range(1, KILLS + 1):
        functions = "".join(f"def f{part}_{number}(): return {part * number}\n\n" for part in range(60))
        write_files(
            repository,
            {
                "many.py": functions,
                f"n{number % 5}.py": functions[:999],
                "shop/cart.py": FILES["shop/cart.py"] * 2,
            },
        )
        before = written(folder)
        process = start("index", cwd=repository)
        if number % 2:
            # The first third of the time goes into starting.
            time.sleep(chance.uniform(0.3, 1.3) * takes)
        else:
            # As soon as it writes, or a little later.
            while written(folder) == before and process.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.2) * takes)
        process.kill()
        _, stderr = process.communicate()
        assert b"Traceback" not in stderr
        is_torn = process.returncode == -signal.SIGKILL and not is_sealed(folder)
        torn += is_torn and written(folder) != before
        if number % KILLS_A_QUESTION == 0:
            after = functions_found(run, repository)
            assert len(after) > 60
            assert len(list(folder.iterdir())) <= 5
            assert after == functions_found(
                run, repository, "--index-dir", os.fspath(tmp_path / f"fresh-{number}")
            )
    # Else nothing was tested.
    assert torn >= KILLS // 6


def test_several_programs_index_one_place_at_once(run: Run, start: Start, repository: Path) -> None:
    programs = [
        start(*arguments, cwd=repository)
        for arguments in (["index"], ["index"], ["query", "email the buyer", "-k1"])
    ]
    said = [program.communicate(timeout=120) for program in programs]
    assert [program.returncode for program in programs[:2]] == [0, 0]
    # A question does not wait for the others, and may have come before anything was there.
    assert programs[2].returncode in (0, 1)
    assert not any(b"Traceback" in stderr for _, stderr in said)
    assert run("query", "email the buyer", "-k1", cwd=repository).stdout.startswith(b"shop/mail.js")
