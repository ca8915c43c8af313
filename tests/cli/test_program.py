"""The program as users run it: what it prints where, and how it ends."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from codesearch import __version__
from codesearch.cli.commands import COMMANDS
from tests.cli.test_terminal import on_terminal
from tests.conftest import PROGRAM, Run, Start, git, program_environment, write_files

QUESTION = "try again after failures, waiting longer each time"


def test_index_sums_up_on_stderr_and_prints_nothing_on_stdout(run: Run, repository: Path) -> None:
    done = run("index", cwd=repository)
    assert (done.returncode, done.stdout) == (0, b"")
    assert re.fullmatch(
        rf"codesearch: {repository}: 4 files, \d+ units: 5 files read, 0 removed, \d+ vectors made,"
        r" 0 kept, in \d+\.\d s; skipped 1 not code\n",
        done.stderr.decode(),
    )
    again = run("index", cwd=repository)
    assert again.stderr.decode().endswith("nothing changed; skipped 1 not code\n")


def test_index_takes_several_folders_and_each_repository_once(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    write_files(tmp_path / "other", {"a.py": "def f(): pass\n"})
    done = run("index", str(repository / "shop"), str(repository), str(tmp_path / "other"), cwd=tmp_path)
    lines = done.stderr.decode().splitlines()
    assert [line.split(": ")[1] for line in lines] == [str(repository), str(tmp_path / "other")]


def test_query_indexes_first_and_says_so_once(run: Run, repository: Path) -> None:
    first = run("query", QUESTION, cwd=repository / "server")
    assert first.returncode == 0
    said = first.stderr.decode().splitlines()
    assert said[0] == f"codesearch: no index of {repository} yet: making it; later questions need not wait"
    assert said[1].startswith(f"codesearch: {repository}: 4 files")
    assert run("query", QUESTION, cwd=repository).stderr == b""


def test_piped_results_are_path_line_column_signature(run: Run, repository: Path) -> None:
    done = run("query", QUESTION, "-k", "1", cwd=repository)
    assert done.stdout == b"shop/mail.js:8:5:const retryWithBackoff = async (action, attempts = 5)\n"


def test_paths_are_seen_from_where_one_stands(run: Run, repository: Path) -> None:
    done = run("query", QUESTION, "-k", "1", cwd=repository / "server")
    assert done.stdout.startswith(b"../shop/mail.js:8:")


def test_a_path_narrows_the_search(run: Run, repository: Path) -> None:
    for path in ("server", str(repository / "server"), "server/pool.go"):
        done = run("query", QUESTION, path, cwd=repository)
        assert done.returncode == 0
        assert all(line.startswith(b"server/pool.go:") for line in done.stdout.splitlines())


def test_several_repositories_are_searched_at_once(run: Run, repository: Path, tmp_path: Path) -> None:
    write_files(tmp_path / "garden", {"a.py": "def water_plants(garden):\n    garden.pump.on()\n"})
    places = (str(repository / "server"), str(tmp_path / "garden"))
    done = run("query", "water the plants in the garden", *places, "--min-score", "0", cwd=tmp_path)
    paths = [line.split(b":")[0] for line in done.stdout.splitlines()]
    assert paths[0] == b"garden/a.py"
    assert set(paths[1:]) == {b"repository/server/pool.go"}
    few = run("query", "water the plants", *places, "-k1", "--min-score", "0", cwd=tmp_path)
    assert few.stdout.startswith(b"garden/a.py:1:")
    assert len(few.stdout.splitlines()) == 1


def test_json_is_one_object_a_line(run: Run, repository: Path) -> None:
    done = run("query", QUESTION, "--json", "--limit", "3", cwd=repository)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["rank"] for result in results] == [1, 2, 3]
    text = (repository / "shop/mail.js").read_text().split("\n")
    assert results[0] == {
        "type": "result",
        "version": 2,
        "query": QUESTION,
        "rank": 1,
        "path": "shop/mail.js",
        "start_line": 6,
        "end_line": 10,
        "line": 6,
        "column": 7,
        "best_line": 8,
        "kind": "function",
        "name": "retryWithBackoff",
        "signature": "const retryWithBackoff = async (action, attempts = 5)",
        "language": "javascript",
        "score": results[0]["score"],
        "alike": [],
        "text": "\n".join(text[5:10]),
    }
    assert 0 < results[0]["score"] <= 1


def test_edits_deletions_and_renames_show_at_once(run: Run, repository: Path) -> None:
    run("index", cwd=repository)
    write_files(
        repository, {"new.rb": "# Waters the plants in the greenhouse.\ndef irrigate\n  pump.on\nend\n"}
    )
    assert run("query", "water plants", "-k1", cwd=repository).stdout.startswith(b"new.rb:2:5:")
    (repository / "new.rb").rename(repository / "newer.rb")
    assert run("query", "water plants", "-k1", cwd=repository).stdout.startswith(b"newer.rb:2:5:")
    (repository / "newer.rb").unlink()
    assert b"newer.rb" not in run("query", "water plants", cwd=repository).stdout


def test_a_folder_without_git_works_too(run: Run, tmp_path: Path) -> None:
    write_files(tmp_path / "plain/sub", {"a.py": "def water_plants():\n    pump.on()\n"})
    run("index", cwd=tmp_path / "plain")
    done = run("query", "water plants", cwd=tmp_path / "plain/sub")
    assert (done.stdout, done.stderr) == (b"a.py:1:5:def water_plants()\n", b"")


def test_nothing_found_is_exit_1_and_silence(run: Run, tmp_path: Path) -> None:
    done = run("query", "anything", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert "0 files, 0 units: no code there" in done.stderr.decode()
    assert done.stderr.endswith(b"nothing found for 'anything'\n")


def test_where_options_leave_nothing_to_search_that_is_said(run: Run, repository: Path) -> None:
    done = run("query", "anything", "--type", "haskell", "--min-score", "0", cwd=repository)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.endswith(b"nothing found for 'anything': the options leave nothing to search\n")


def test_a_miss_is_exit_1_and_says_what_came_nearest(run: Run, repository: Path) -> None:
    run("index", cwd=repository)
    done = run("query", "email the buyer", "--min-score", "1", cwd=repository)
    assert (done.returncode, done.stdout) == (1, b"")
    said = done.stderr.decode()
    assert said.startswith("codesearch: nothing found for 'email the buyer'; nearest: shop/mail.js:2 send")
    assert "--min-score 0" in said
    done = run("query", "email the buyer", "--min-score", "nan", cwd=repository)
    assert (done.returncode, b"nan is no number" in done.stderr) == (2, True)
    assert run("query", "email the buyer", "--min-score", "0", cwd=repository).returncode == 0


def test_gibberish_finds_nothing_unless_everything_is_wanted(run: Run, repository: Path) -> None:
    run("index", cwd=repository)
    as_users = {"CODESEARCH_MIN_SCORE": ""}
    done = run("query", "zzzz qqqq", cwd=repository, env=as_users)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().startswith("codesearch: nothing found for 'zzzz qqqq'; nearest: ")
    assert run("query", "retryWithBackoff", cwd=repository, env=as_users).returncode == 0
    assert run("query", "zzzz qqqq", "--min-score", "0", cwd=repository, env=as_users).returncode == 0


def test_questions_come_from_a_file_or_stdin_and_stand_before_their_results(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    run("index", cwd=repository)
    questions = tmp_path / "questions.txt"
    questions.write_text("email the buyer\n\n  charge a free connection \n", "utf-8")
    options = ("-k", "1", "--min-score", "0")
    done = run("query", "--from", str(questions), "--json", *options, cwd=repository)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["query"] for row in rows] == ["email the buyer", "charge a free connection"]
    assert [row["path"] for row in rows] == ["shop/mail.js", "server/pool.go"]
    piped = run("query", "--from", "-", "server", *options, cwd=repository, stdin=questions.read_bytes())
    assert [line.split(b"\t")[0] for line in piped.stdout.splitlines()] == [
        b"email the buyer",
        b"charge a free connection",
    ]
    assert all(b"\tserver/pool.go:" in line for line in piped.stdout.splitlines())
    # Some of them found is a match; each one that was not is named.
    asked = b'email the buyer\n"no such words"\n'
    some = run("query", "--from", "-", *options, cwd=repository, stdin=asked)
    assert some.returncode == 0
    assert some.stdout.startswith(b"email the buyer\tshop/mail.js:")
    why = "what is quoted occurs nowhere in what is searched"
    assert some.stderr.decode() == f"codesearch: nothing found for '\"no such words\"': {why}\n"


def test_every_copy_of_a_function_is_in_the_output(run: Run, repository: Path) -> None:
    lines = "".join(f"    widget.turn({n}, speed=fast)\n" for n in range(9))
    source = f"def frobnicate_widget(widget):\n{lines}"
    write_files(repository, {"one.py": source, "two.py": source})
    done = run("query", "frobnicate_widget", "-k1", cwd=repository)
    assert sorted(line.split(b":")[0] for line in done.stdout.splitlines()) == [b"one.py", b"two.py"]
    found = json.loads(run("query", "frobnicate_widget", "-k1", "--json", cwd=repository).stdout)
    (other,) = found["alike"]
    assert {found["path"], other["path"]} == {"one.py", "two.py"}
    assert other == {"path": other["path"], "start_line": 1, "end_line": 10, "name": "frobnicate_widget"}


def test_files_counts_and_nothing_at_all_can_be_asked_for(run: Run, repository: Path) -> None:
    write_files(repository, {"shop/retry.py": "def retry_with_backoff(action):\n    return action()\n"})
    run("index", cwd=repository)
    options = (QUESTION, "-k", "5", "--min-score", "0")
    lines = run("query", *options, cwd=repository).stdout.splitlines()
    paths = [line.split(b":")[0] for line in lines]
    files = run("query", "-l", *options, cwd=repository).stdout
    assert files.splitlines() == list(dict.fromkeys(paths))
    assert run("query", "-l", "-0", *options, cwd=repository).stdout == files.replace(b"\n", b"\0")
    counts = run("query", "-c", *options, cwd=repository).stdout.splitlines()
    assert [line.split(b":") for line in counts] == [
        [path, str(paths.count(path)).encode()] for path in dict.fromkeys(paths)
    ]
    quiet = run("query", "-q", *options, cwd=repository)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, b"", b"")
    miss = run("query", "-q", '"no such words"', cwd=repository)
    assert (miss.returncode, miss.stdout, miss.stderr) == (1, b"", b"")


def test_quietly_a_first_question_makes_its_index_and_says_nothing(
    run: Run, repository: Path, index_home: Path
) -> None:
    asked = ["query", "-q", QUESTION]
    status, text = on_terminal(asked, repository, index_home)
    assert (status, text) == (0, "")
    assert list(index_home.glob("*/index.db"))


def test_a_template_is_filled_in(run: Run, repository: Path) -> None:
    template = r"{rank}\t{path}:{start_line}-{end_line:03} {{{name}}}"
    done = run("query", QUESTION, "-k", "1", "--format", template, cwd=repository)
    assert done.stdout == b"1\tshop/mail.js:6-010 {retryWithBackoff}\n"


def test_an_explanation_says_what_speaks_for_a_result(run: Run, repository: Path) -> None:
    done = run("query", QUESTION, "-k1", "--explain", cwd=repository)
    first, *why = done.stdout.decode().splitlines()
    assert first.startswith("shop/mail.js:8:")
    assert all(line.startswith("\t") for line in why)
    assert re.match(
        r"\tmeaning 0\.\d\d \(cosine\), words \d+\.\d \(BM25\), \d+% of words(, word by word 0\.\d\d)?$",
        why[0],
    )
    assert "\tline 8: " in "\n".join(why)
    found = json.loads(run("query", QUESTION, "-k1", "--explain", "--json", cwd=repository).stdout)
    assert sum(found["why"]["parts"].values()) == pytest.approx(found["why"]["score"], abs=1e-2)
    assert found["why"]["lines"][0]["line"] == 8


def test_a_large_folder_that_is_no_repository_is_not_indexed_unasked(run: Run, tmp_path: Path) -> None:
    for number in range(5_001):
        (tmp_path / f"{number}.txt").touch()
    refused = run("query", "anything", cwd=tmp_path)
    assert refused.returncode == 2
    assert f"run: codesearch index {tmp_path}" in refused.stderr.decode()
    assert run("index", cwd=tmp_path).returncode == 0
    assert run("query", "anything", cwd=tmp_path).returncode == 1
    git(tmp_path, "init", "--quiet")
    assert run("query", "anything", cwd=tmp_path).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["query"], "an empty query finds nothing"),
        (["query", "--from", "no/such/file"], "cannot read the questions"),
        (["query", "--from", "-"], "no question in -"),
        (["query", "x", "--json", "-l"], "--json and --files-with-matches are different forms"),
        (["query", "x", "--format", "{file}"], "no {file}; there are path, line"),
        (["query", "x", "--format", "{path.__class__}"], "no {path.__class__}"),
        (["query", "x", "--format", "{"], "a brace itself is written twice"),
        (["query", "x", "--format", "{line:%d}"], "--format: Invalid format specifier"),
        (["query", "x", "--format", "{line:{nothing}}"], "--format: not to be filled in"),
        (["query", "x", "--format", "{score:{path}}"], "--format: not to be filled in"),
        (["query", "", "."], "an empty query finds nothing"),
        (["query", " \t\n"], "an empty query finds nothing"),
        (["query", "x", "no/such/place"], "no such file or folder: no/such/place"),
        (
            ["query", "parse", "flags", "server"],
            'if it belongs to the question: codesearch query "parse flags" server',
        ),
        (["query", "x", "-k", "0"], "invalid value for '--limit' / '-k': 0 is not"),
        (
            ["query", "x", "--no-such-option"],
            "no such option: --no-such-option; for help: codesearch query --help",
        ),
        (["index", "no/such/place"], "no such file or folder: no/such/place"),
        (["query", "x", "--kind", "func"], "'func' is not one of 'function'"),
        (["query", "-k"], "option '-k' requires an argument"),
        (["parse"], "missing argument 'FILE...'"),
        (["qury", "x"], "Did you mean 'query'?"),
        (["ask", "how is a cookie kept " * 20], "to ask a question: codesearch query"),
        (["query", "how", "long" * 70], "no such file or folder"),
        (["query", "x", "--no-update", "--index-dir", "long" * 70], "there is no index of"),
        (["index", "--index-dir", "long" * 70], "choose another one with --index-dir"),
    ],
)
def test_what_cannot_be_done_is_exit_2_and_says_why(
    run: Run, repository: Path, arguments: list[str], message: str
) -> None:
    done = run(*arguments, cwd=repository)
    assert (done.returncode, done.stdout) == (2, b"")
    said = done.stderr.decode()
    assert message in said
    assert said.startswith("codesearch: ")
    assert said.count("\n") == 1


def test_an_error_of_ours_is_one_line_and_its_traceback_can_be_had(run: Run, repository: Path) -> None:
    (repository / "patch/sitecustomize.py").parent.mkdir()
    (repository / "patch/sitecustomize.py").write_text(
        "import codesearch.index.location as l\n"
        "def locate(*a): raise RuntimeError('a\\nbug')\nl.locate = locate\n"
    )
    env = {"PYTHONPATH": str(repository / "patch")}
    done = run("query", "x", cwd=repository, env=env)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"internal error: RuntimeError" in done.stderr
    with_traceback = run("query", "x", cwd=repository, env={**env, "CODESEARCH_TRACEBACK": "1"})
    assert b"Traceback" in with_traceback.stderr


def test_a_reader_that_stops_early_is_no_error(run: Run, repository: Path, index_home: Path) -> None:
    source = "".join(f"def water_plant_{number}(): pass\n\n" for number in range(3_000))
    write_files(repository, {"many.py": source})
    run("index", cwd=repository)
    query = shlex.join([*PROGRAM, "query", "water plants", "-k", "3000", "--json"])
    pipeline = f"set -o pipefail; {query} | head -n 1 >/dev/null"
    environment = program_environment(index_home)
    done = subprocess.run(["bash", "-c", pipeline], cwd=repository, env=environment, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_environment_and_the_option_say_where_indexes_lie(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    run("index", cwd=repository, env={"CODESEARCH_INDEX_DIR": str(tmp_path / "one")})
    assert len(list((tmp_path / "one").iterdir())) == 1
    run("index", "--index-dir", str(tmp_path / "two"), cwd=repository)
    assert len(list((tmp_path / "two").iterdir())) == 1


def test_the_users_cache_folder_is_used_and_the_repository_left_alone(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    before = sorted(repository.rglob("*"))
    env = {"CODESEARCH_INDEX_DIR": "", "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    assert run("query", QUESTION, cwd=repository, env=env).returncode == 0
    assert list((tmp_path / "cache/codesearch").rglob("index.db")) == list(tmp_path.rglob("index.db")) != []
    assert sorted(repository.rglob("*")) == before


def test_the_version_is_told(run: Run, tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout.decode() == f"codesearch {__version__}\n"


def test_what_training_lacks_is_to_be_installed_from_a_clone(run: Run, tmp_path: Path) -> None:
    """The package index has another program of this name."""
    write_files(tmp_path, {"transformers.py": "raise ModuleNotFoundError('gone', name='transformers')\n"})
    done = run("train", "start", "--corpus", ".", "--out", "start", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        b"codesearch: transformers is missing; in a clone of codesearch: pip install '.[train]'\n"
    )


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_every_command_has_help(run: Run, tmp_path: Path, command: list[str]) -> None:
    for flag in ("-h", "--help"):
        done = run(*command, flag, cwd=tmp_path)
        assert done.returncode == 0
        assert done.stdout.startswith(b" ".join([b"Usage: codesearch", *map(str.encode, command), b"["]))


def test_a_second_index_command_says_that_it_waits_and_does_so(
    run: Run, start: Start, repository: Path, index_home: Path
) -> None:
    run("index", cwd=repository)
    write_files(repository, {"more.py": "def f(): pass\n"})
    (folder,) = index_home.iterdir()
    with FileLock(folder / "lock"):
        found = run("query", "f", cwd=repository)
        assert found.returncode == 0
        assert b"another process is updating this index" in found.stderr
        process = start("index", cwd=repository)
        assert process.stderr is not None
        assert b"waiting for another process" in process.stderr.readline()
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"1 file read" in rest
