"""The choice of assistants and of the student is the paper's rule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codesearch.training.ladder import Selection, climb_down, write_selection
from codesearch.training.students import kept_layers


def climb(
    performances: dict[str, float], sizes: tuple[int, ...], limit: float = 0.1, *, straight: bool = False
) -> Selection[str]:
    """The ladder over models named by their lineage: `6`, `6>4`, `6>4>2`."""
    return climb_down(
        "6",
        6,
        sizes,
        distil=lambda source, layers, size: f"{source}>{size}",
        performance=performances.__getitem__,
        limit=limit,
        straight=straight,
    )


def test_a_student_of_the_teacher_is_kept_where_it_is_better_and_the_teacher_stays() -> None:
    found = climb({"6": 1.0, "6>4": 0.99, "6>2": 0.97, "6>4>2": 0.95, "6>1": 0.93, "6>2>1": 0.92}, (4, 2, 1))
    assert found.model == "6>1"
    assert [(t.layers, t.taught_by, t.role, t.kept) for t in found.trials] == [
        (4, 6, "teacher", True),
        (2, 4, "assistant", False),
        (2, 6, "teacher", True),
        (1, 2, "assistant", False),
        (1, 6, "teacher", True),
    ]


def test_where_the_assistant_teaches_better_it_becomes_the_teacher() -> None:
    found = climb(
        {"6": 1.0, "6>4": 0.99, "6>2": 0.95, "6>4>2": 0.97, "6>4>1": 0.96, "6>4>2>1": 0.94}, (4, 2, 1)
    )
    assert found.model == "6>4>1"
    assert [t.role for t in found.trials if t.kept] == ["teacher", "assistant", "teacher"]


def test_students_straight_from_the_first_teacher_are_measured_and_never_kept() -> None:
    performances = {"6": 1.0, "6>4": 0.99, "6>2": 0.95, "6>4>2": 0.97, "6>4>1": 0.94, "6>4>2>1": 0.93}
    found = climb({**performances, "6>1": 0.96}, (4, 2, 1), straight=True)
    assert found.model == climb(performances, (4, 2, 1)).model == "6>4>1"
    assert [(t.student, t.taught_by, t.kept) for t in found.trials if t.role == "straight"] == [
        ("6>1", 6, False)
    ]


def test_it_ends_at_the_smallest_student_within_the_limit() -> None:
    performances = {"6": 1.0, "6>4": 0.99, "6>2": 0.85, "6>4>2": 0.80}
    found = climb(performances, (4, 2, 1))
    assert (found.model, found.layers) == ("6>4", 4)
    assert found.trials[-1].drop == pytest.approx(0.15)


def test_nothing_is_chosen_where_even_the_largest_student_loses_too_much() -> None:
    found = climb({"6": 1.0, "6>4": 0.5}, (4, 2))
    assert (found.model, found.layers, len(found.trials)) == (None, 6, 1)


def test_every_trial_is_kept_as_data(tmp_path: Path) -> None:
    found = climb({"6": 0.8, "6>4": 0.8, "6>2": 0.79, "6>4>2": 0.78}, (4, 2))
    write_selection(found, tmp_path / "selection.json")
    written = json.loads((tmp_path / "selection.json").read_text("utf-8"))
    assert written["chosen_layers"] == 2
    assert [trial["performance"] for trial in written["trials"]] == [0.8, 0.78, 0.79]


@pytest.mark.parametrize(
    ("count", "total", "expected"),
    [
        (2, 6, [0, 5]),
        (3, 6, [0, 2, 5]),
        (1, 6, [5]),
        (0, 6, []),
        (4, 4, [0, 1, 2, 3]),
    ],
)
def test_a_student_starts_from_layers_spread_over_its_teacher(
    count: int, total: int, expected: list[int]
) -> None:
    assert kept_layers(count, total) == expected
