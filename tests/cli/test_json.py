"""What `--json` prints is what the published schema says."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.conftest import Run, any_names, write_files

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "result.schema.json").read_text("utf-8"))
WATER = "def water_plants(plants):\n    for plant in plants:\n        pump.serve(plant, litres=2)\n"


@pytest.fixture
def results(run: Run, repository: Path) -> list[dict[str, Any]]:
    """Results of many kinds: copies, a place that the question names."""
    write_files(repository, {"a/garden.py": WATER, "b/garden.py": WATER})
    found: list[dict[str, Any]] = []
    for question in ("water the plants", "email the buyer", "shop/cart.py:14: error: wrong total"):
        for options in ([], ["--explain"], ["--explain", "--rerank", "always"]):
            done = run("query", question, "--json", *options, cwd=repository)
            found.extend(json.loads(line) for line in done.stdout.splitlines())
    return found


def test_every_object_is_as_the_schema_says(results: list[dict[str, Any]]) -> None:
    for each in results:
        jsonschema.validate(each, SCHEMA)
    assert any(each["alike"] for each in results)
    reasons = [each["why"] for each in results if "why" in each]
    assert any(why["named"] for why in reasons)
    assert {why["read"] is None for why in reasons} == {True, False}


@any_names
def test_a_name_that_is_not_utf8_is_told_as_the_schema_says(run: Run, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"gr\xfcn.py")).write_text(WATER)
    found = json.loads(run("query", "water the plants", "--json", cwd=tmp_path).stdout)
    jsonschema.validate(found, SCHEMA)
    assert base64.b64decode(found["path_bytes"]) == b"gr\xfcn.py"


def test_the_schema_refuses_what_is_not_in_it(results: list[dict[str, Any]]) -> None:
    for wrong in ({"more": 1}, {"rank": 0}, {"score": 1.5}, {"type": "match"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**results[0], **wrong}, SCHEMA)
    for name in SCHEMA["required"]:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({key: value for key, value in results[0].items() if key != name}, SCHEMA)
