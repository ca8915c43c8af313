"""Questions find their functions, in the whole repository or below a path, with and without reranking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from codesearch.encode.cross_encoder import CrossEncoder
from codesearch.encode.encoder import Encoder
from codesearch.encode.text import passage_texts
from codesearch.index.location import Location, locate
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.index.store import Store
from codesearch.search.result import Result
from codesearch.search.search import search
from tests.conftest import write_files
from tests.encode.tiny import write_tiny_cross_encoder

Ask = Callable[..., list[Result]]


@pytest.fixture
def location(repository: Path, index_home: Path) -> Location:
    return locate(repository, index_home)


@pytest.fixture
def store(location: Location, encoder: Encoder) -> Iterator[Store]:
    with open_index(location, encoder.manifest).store as store:
        refresh(location, store, encoder, lambda _: None, before_waiting=None)
        yield store


@pytest.fixture
def ask(location: Location, store: Store, encoder: Encoder) -> Ask:
    def ask_index(
        query: str, limit: int = 10, below: str = "", cross_encoder: CrossEncoder | None = None
    ) -> list[Result]:
        refresh(location, store, encoder, lambda _: None, before_waiting=None)
        return search(location, store, encoder, cross_encoder, query, limit=limit, below=below)

    return ask_index


@pytest.mark.parametrize(
    ("query", "path", "name"),
    [
        ("compute how much the customer pays with taxes", "shop/cart.py", "Cart.total_price"),
        ("delete coupons that ran out", "shop/cart.py", "Cart.remove_expired_vouchers"),
        ("email the buyer about the purchase", "shop/mail.js", "sendConfirmation"),
        ("try again after failures, waiting longer each time", "shop/mail.js", "retryWithBackoff"),
        ("get a free database connection from the pool", "server/pool.go", "Pool.Acquire"),
        ("upload build results by ftp", "deploy.zig", ""),
    ],
)
def test_a_question_finds_its_function(ask: Ask, query: str, path: str, name: str) -> None:
    best = ask(query)[0]
    assert (best.path, best.unit.name) == (path, name)


def test_results_come_best_first_each_once_with_their_lines(ask: Ask, repository: Path) -> None:
    results = ask("customer order", limit=20)
    scores = [result.score for result in results]
    assert scores == sorted(scores, reverse=True)
    assert len({(result.path, result.unit.start_line, result.unit.end_line) for result in results}) == len(
        results
    )
    for result in results:
        lines = (repository / result.path).read_text().split("\n")
        assert list(result.lines) == lines[result.unit.start_line - 1 : result.unit.end_line]


def test_the_limit_holds(ask: Ask) -> None:
    assert len(ask("customer order", limit=2)) == 2


@pytest.mark.parametrize("below", ["server", "shop", "shop/cart.py"])
def test_a_search_below_a_path_finds_only_and_always_what_is_there(ask: Ask, below: str) -> None:
    results = ask("try again after failures, waiting longer each time", below=below)
    assert results
    assert all(result.path == below or result.path.startswith(below + "/") for result in results)


def test_a_folders_namesake_is_not_below_it(ask: Ask, repository: Path) -> None:
    write_files(
        repository, {"shop-old/a.py": "def pay():\n    return 1\n", "shop.py": "def pay():\n    return 1\n"}
    )
    assert all(result.path.startswith("shop/") for result in ask("pay", below="shop", limit=50))


def test_equal_text_in_two_files_is_found_in_both(ask: Ask, repository: Path) -> None:
    source = "def frobnicate_widget(widget):\n    return widget.spin()\n"
    write_files(repository, {"one/w.py": source, "two/w.py": source})
    assert {result.path for result in ask("frobnicate a widget", limit=2)} == {"one/w.py", "two/w.py"}


def test_a_long_function_is_one_result(ask: Ask, repository: Path) -> None:
    body = "".join(f"    grind_coffee_beans(step={number})\n" for number in range(200))
    write_files(repository, {"coffee.py": f"def grind():\n{body}"})
    results = [result for result in ask("grind coffee beans", limit=20) if result.path == "coffee.py"]
    assert len(results) == 1
    assert len(results[0].lines) == 201


def test_a_function_and_the_one_that_fills_it_are_one_result(ask: Ask, repository: Path) -> None:
    source = (
        "def cached(f):\n    def memoised(*a):\n        if a not in store:\n"
        "            store[a] = f(*a)\n        return store[a]\n    return memoised\n"
    )
    write_files(repository, {"memo.py": source})
    assert sum(result.path == "memo.py" for result in ask("remember results of calls", limit=20)) == 1


def test_a_file_changed_since_the_update_is_not_shown_with_wrong_lines(
    location: Location, store: Store, encoder: Encoder, repository: Path
) -> None:
    write_files(repository, {"shop/cart.py": "\n\n# all is different now\n"})
    results = search(location, store, encoder, None, "total price with taxes", limit=20)
    assert results
    assert all(result.path != "shop/cart.py" for result in results)


def test_an_empty_repository_answers_nothing(tmp_path: Path, index_home: Path, encoder: Encoder) -> None:
    (tmp_path / "empty").mkdir()
    location = locate(tmp_path / "empty", index_home)
    with open_index(location, encoder.manifest).store as store:
        refresh(location, store, encoder, lambda _: None, before_waiting=None)
        assert search(location, store, encoder, None, "anything", limit=5) == []


def test_a_cross_encoder_decides_the_order_of_what_was_recalled(ask: Ask, tmp_path: Path) -> None:
    cross_encoder = CrossEncoder(write_tiny_cross_encoder(tmp_path / "weights"), threads=1)
    query = "today transport free attempts"
    plain, reranked = ask(query), ask(query, cross_encoder=cross_encoder)

    def scores(results: list[Result]) -> list[float]:
        texts = [passage_texts(PurePosixPath(each.path), each.unit, each.file_lines)[0] for each in results]
        return [float(score) for score in cross_encoder.scores(query, texts)]

    assert {result.unit for result in reranked} == {result.unit for result in plain}
    assert scores(reranked) == sorted(scores(plain), reverse=True)
    assert scores(plain) != sorted(scores(plain), reverse=True)
    # It reads more than are asked for: the best of them all comes up even into a list of one.
    assert ask(query, limit=1, cross_encoder=cross_encoder) == reranked[:1]
