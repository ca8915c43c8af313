"""Files, folders, queries and places as bad as they come: nothing crashes, nothing is lost."""

from __future__ import annotations

import codecs
import json
import os
import signal
from pathlib import Path

import pytest

from tests.cli.test_while_indexing import wait_until_read
from tests.conftest import HEARS_CTRL_C, Run, Start, any_names, git, write_files

GOOD = "def water_plants():\n    pump.on()\n"


def found(run: Run, folder: Path, query: str = "water the plants", *options: str) -> list[str]:
    """The paths that a query finds, best first; the query must end well."""
    done = run("query", query, "--json", *options, cwd=folder)
    assert done.returncode in (0, 1), done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return [json.loads(line)["path"] for line in done.stdout.splitlines()]


def test_files_that_are_no_source_are_skipped_and_counted(run: Run, tmp_path: Path) -> None:
    write_files(tmp_path, {"good.py": GOOD, "empty.py": "", "blank.py": "\n \n"})
    (tmp_path / "binary.py").write_bytes(b"\x7fELF\x00\x00\x01" * 50)
    (tmp_path / "nul.py").write_bytes(GOOD.encode() + b"\0")
    (tmp_path / "minified.js").write_text("function a(){return 1};" * 4_000)
    with (tmp_path / "line.py").open("wb") as file:
        file.truncate(100_000_000)
    (tmp_path / "long.py").write_text("x = '" + "a" * 30_000 + "'\n")
    done = run("index", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.decode().endswith(
        "skipped 2 binary, 2 empty, 2 minified or very long lines, 1 too large\n"
    )
    assert found(run, tmp_path) == ["good.py"]


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + GOOD.encode(),
        codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"),
        ("# größe\n" + GOOD).encode("latin-1"),
        GOOD.replace("\n", "\r\n").encode(),
        b"(\n" * 10_000 + GOOD.encode(),
    ],
    ids=["utf-8 mark", "utf-16-le", "utf-16-be", "latin-1", "crlf", "nesting"],
)
def test_source_in_any_form_is_found(run: Run, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "odd.py").write_bytes(data)
    done = run("query", "water the plants", "--json", "-k1", cwd=tmp_path)
    result = json.loads(done.stdout)
    assert result["name"] in ("water_plants", "")
    assert "pump.on()" in result["text"]


def test_a_long_line_in_a_result_is_no_burden(run: Run, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": f"def water_plants():\n    return '{'x' * 15_000}'\n"})
    assert found(run, tmp_path) == ["a.py"]


def test_links_in_circles_and_out_are_not_followed(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "root"
    write_files(root, {"good.py": GOOD})
    write_files(tmp_path, {"outside/secret.py": "def water_plants_secretly(): pass\n"})
    (root / "self").symlink_to(root)
    (root / "loop").symlink_to(root / "loop")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "secret.py").symlink_to(tmp_path / "outside/secret.py")
    assert found(run, root) == ["good.py"]


def test_an_empty_repository_finds_nothing(run: Run, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert found(run, tmp_path) == []


@pytest.mark.parametrize(
    "query", ["植物に水をやる", "a" * 100_000, "-k", "\x1b[31mred", "'; DROP TABLE unit; --", "%"]
)
def test_any_query_is_answered(run: Run, tmp_path: Path, query: str) -> None:
    write_files(tmp_path, {"good.py": GOOD})
    done = run("query", "--json", "--", query, cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["path"] == "good.py"


def test_a_query_that_is_not_utf8_is_answered(run: Run, tmp_path: Path) -> None:
    write_files(tmp_path, {"good.py": GOOD})
    assert run("query", b"caf\xe9 water", cwd=tmp_path).returncode == 0


@any_names
def test_names_of_any_bytes_come_out_as_they_are(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "ro ot\n"
    names = [b"with space.py", b"new\nline.py", b"caf\xe9.py", "日本.py".encode(), b"\x1b[31mred.py"]
    root.mkdir()
    for number, name in enumerate(names):
        (root / os.fsdecode(name)).write_text(GOOD.replace("plants", f"plants_{number}"))
    done = run("query", "water plants", cwd=root)
    assert b"Traceback" not in done.stderr
    assert all(name + b":1:5:def water_plants_" in done.stdout for name in names)
    done = run("query", "water plants", "--json", cwd=root)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    odd = [result["path_bytes"] for result in results if "path_bytes" in result]
    assert odd == ["Y2Fm6S5weQ=="]


def test_control_characters_in_talk_are_spelled_out(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "ro\x1b[31mot"
    write_files(root, {"good.py": GOOD})
    done = run("index", cwd=root)
    assert b"\x1b" not in done.stderr
    assert b"\\x1b[31m" in done.stderr


def test_a_root_is_named_as_it_is_and_in_commands_as_a_shell_takes_it(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "a:bug:b c"
    write_files(root, {"good.py": GOOD})
    none = run("query", "anything", "--no-update", cwd=root)
    assert none.stderr.decode().endswith(f"no index of {root}; run: codesearch index '{root}'\n")
    assert f"codesearch: {root}: 1 file, " in run("index", cwd=root).stderr.decode()


def test_no_place_for_the_index_is_one_clear_line(run: Run, repository: Path) -> None:
    for command in (["index"], ["query", "anything"]):
        done = run(*command, "--index-dir", "/proc/nowhere", cwd=repository)
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.count(b"\n") == 1
        assert b"choose another one with --index-dir" in done.stderr


def test_a_full_disk_keeps_what_was_there(run: Run, repository: Path, tmp_path: Path) -> None:
    """A limit on file sizes stands for the disk: writing beyond it fails in the same way."""
    run("index", cwd=repository)
    write_files(repository, {"more.py": "".join(f"def f{n}(): return {n}\n\n" for n in range(800))})
    limited = ("bash", "-c", 'ulimit -f 300; trap "" XFSZ; exec "$@"', "bash")
    done = run("index", cwd=repository, prefix=limited)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"what was indexed before is kept" in done.stderr
    (repository / "more.py").unlink()
    assert run("query", "email the buyer", "-k1", cwd=repository).stdout.startswith(b"shop/mail.js")


def test_an_interrupted_index_says_that_it_can_go_on_and_does(
    run: Run, start: Start, tmp_path: Path, index_home: Path
) -> None:
    for number in range(40):
        source = "".join(f"def f{n}(): return {n * number}\n\n" for n in range(60))
        write_files(tmp_path / "root", {f"m{number}.py": source})
    process = start("index", "--threads", "1", cwd=tmp_path / "root", prefix=HEARS_CTRL_C)
    wait_until_read(index_home, files=40)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    said = [
        line for line in stderr.decode().splitlines() if "unfinished" not in line and "making it" not in line
    ]
    folder = tmp_path / "root"
    assert said == [
        f"codesearch: stopped; what is done is kept, and this goes on with it: codesearch index {folder}"
    ]
    assert run("index", cwd=tmp_path / "root").returncode == 0
    assert "40 files" in run("index", cwd=tmp_path / "root").stderr.decode()
