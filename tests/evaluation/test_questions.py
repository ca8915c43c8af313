"""The bench asks the program itself and counts what the questions' authors meant."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import FILES, write_files


def test_questions_are_asked_of_the_program_and_compared(tmp_path: Path) -> None:
    write_files(tmp_path / "someone+shop", FILES)
    source = FILES["shop/cart.py"].split("\n")
    start = next(n for n, line in enumerate(source, 1) if "def remove_expired" in line)
    gold = {"path": "shop/cart.py", "start_line": start, "end_line": start + 2}
    rows = [
        {"query": "delete coupons that ran out", "kind": "behaviour", "gold": [gold]},
        {"query": "remove_expired_vouchers", "kind": "symbol", "gold": [gold]},
        {"query": "delete coupons that ran out", "kind": "behaviour", "gold": [{**gold, "path": "gone.py"}]},
    ]
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        "".join(json.dumps({"repo": "someone/shop", "root": "", "also": [], **row}) + "\n" for row in rows),
        "utf-8",
    )
    out = tmp_path / "found.json"
    command = [sys.executable, "-m", "codesearch.evaluation.questions", str(questions), str(tmp_path)]
    done = subprocess.run(
        [*command, "--compare", "--parts", "--budgets", "--json", str(out)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(out.read_text("utf-8"))["systems"]
    always = ["codesearch", "with --rerank auto", "words alone (BM25)", "meaning alone (dense)"]
    assert list(measured)[:4] == always
    assert {"without dense", "without again", "reading 5", "reading 40"} <= set(measured)
    assert [row["success@1"] for row in measured["codesearch"]["questions"]] == [1.0, 1.0, 0.0]
    assert measured["words alone (BM25)"]["questions"][1]["success@1"] == 1.0
    assert measured["codesearch"]["summary"]["symbol"]["questions"] == 1
    assert "lead of codesearch over" in done.stdout
