"""Places in a text lead to units, whatever machine it comes from, and come before what is only alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location, locate
from codesearch.index.store import Store
from codesearch.parse.unit import LineRange
from codesearch.search.frames import Frame
from codesearch.search.mentions import mentioned
from codesearch.search.models import Models
from codesearch.search.result import Result
from codesearch.search.scope import Scope
from codesearch.search.search import search, target
from tests.conftest import FILES, write_files
from tests.index.indexed import built, opened

Named = Callable[..., list[str]]
Ask = Callable[..., list[Result]]

MORE = {
    "src/net/pool.py": "def acquire():\n    return 1\n\n\ndef drop():\n    return 2\n",
    "tools/pool.py": "def run():\n    return 1\n\n\ndef stop():\n    return 2\n",
    "setup.py": "def setup():\n    return 1\n",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder called `shopfront` with a few files."""
    root = tmp_path_factory.mktemp("work") / "shopfront"
    write_files(root, {**FILES, **MORE})
    return root


@pytest.fixture(scope="module")
def location(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Location:
    return locate(root, tmp_path_factory.mktemp("indexes"))


@pytest.fixture(scope="module")
def store(location: Location, encoder: Encoder) -> Iterator[Store]:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        yield store


@pytest.fixture(scope="module")
def ask(location: Location, store: Store, models: Models) -> Ask:
    def ask_index(query: str, *below: str) -> list[Result]:
        searched, within = target(location, store, models.encoder), Scope(below=below)
        return list(search(searched, models, query, limit=10, scope=within, floor=0.0).results)

    return ask_index


@pytest.fixture(scope="module")
def named(root: Path, store: Store) -> Named:
    """`path:name` of the units that a place leads to."""

    def find(path: str, line: int, name: str = "") -> list[str]:
        found = mentioned([Frame(path, LineRange(line, line), name)], store, root)
        return [f"{each.path}:{each.unit.name}" for each in store.units(list(found))]

    return find


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/net/pool.py", ["src/net/pool.py:drop"]),
        ("net/pool.py", ["src/net/pool.py:drop"]),
        ("/home/ci/build/7/src/net/pool.py", ["src/net/pool.py:drop"]),
        ("/app/net/pool.py", ["src/net/pool.py:drop"]),
        ("C:/build/src/net/pool.py", ["src/net/pool.py:drop"]),
        ("../src/net/pool.py", ["src/net/pool.py:drop"]),
        ("/usr/lib/python3/dist-packages/net/pool.py", ["src/net/pool.py:drop"]),
        ("pool.py", ["src/net/pool.py:drop", "tools/pool.py:stop"]),
        ("/app/other/pool.py", []),
        ("/x/site-packages/sqlalchemy/pool.py", []),
        ("/x/site-packages/sqlalchemy/net/pool.py", []),
        ("/x/node_modules/net/lib/src/net/pool.py", []),
        ("/x/node_modules/shopfront/src/net/pool.py", ["src/net/pool.py:drop"]),
        ("/go/pkg/mod/example.org/shopfront@v1.2.3/src/net/pool.py", ["src/net/pool.py:drop"]),
        ("/usr/lib/python3.11/net/pool.py", []),
        ("no/such/file.py", []),
        ("/", []),
    ],
)
def test_a_path_from_elsewhere_is_known_by_its_end(named: Named, path: str, expected: list[str]) -> None:
    assert sorted(named(path, 5)) == expected


def test_a_file_of_this_machine_is_known_by_its_whole_path(named: Named, root: Path) -> None:
    assert named(f"{root}/tools/pool.py", 5) == ["tools/pool.py:stop"]
    assert named(f"{root}/.venv/lib/python3.11/site-packages/six/pool.py", 5) == []


def test_the_name_decides_where_the_line_has_moved_and_which_file_is_meant(named: Named) -> None:
    assert named("src/net/pool.py", 1, "drop") == ["src/net/pool.py:drop"]
    assert named("src/net/pool.py", 999, "acquire") == ["src/net/pool.py:acquire"]
    assert named("src/net/pool.py", 5, "no_such_name") == ["src/net/pool.py:drop"]
    assert named("pool.py", 5, "stop") == ["tools/pool.py:stop"]
    assert named("src/net/pool.py", 999) == []


TRACE = """Traceback (most recent call last):
  File "/srv/run.py", line 3, in <module>
    checkout()
  File "/srv/releases/7/shop/cart.py", line 14, in total_price
    return sum(line.price for line in self.lines) * (1 + TAX)
  File "/srv/releases/7/src/net/pool.py", line 6, in drop
    return 2
ConnectionError: the "mailbox" of the customer is full
"""


def test_what_a_trace_names_comes_first_in_its_order_and_then_what_its_message_finds(ask: Ask) -> None:
    first, second, *others = ask(TRACE)
    assert [each.unit.name for each in (first, second)] == ["drop", "Cart.total_price"]
    assert [each.best_line for each in (first, second)] == [6, 14]
    assert "sendConfirmation" in [each.unit.name for each in others]
    assert all(each.why.evidence.mention is None for each in others)
    assert sum(part for _, part in first.why.parts) == pytest.approx(first.why.score, abs=1e-3)
    assert first.score > second.score > 0.5


def test_a_filter_holds_for_what_is_named_too(ask: Ask) -> None:
    found = ask(TRACE, "shop")
    assert found[0].unit.name == "Cart.total_price"
    assert all(each.path.startswith("shop/") for each in found)


def test_a_place_in_a_question_of_one_line_counts(ask: Ask) -> None:
    assert [each.unit.name for each in ask("what goes wrong at pool.go:5?")][:1] == ["Pool.Acquire"]
