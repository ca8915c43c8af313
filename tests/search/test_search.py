"""Questions find their functions, in the whole repository or below a path, with and without reranking."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from codesearch.encode.cross_encoder import CrossEncoder
from codesearch.encode.encoder import Encoder
from codesearch.encode.late_interaction import LateInteraction
from codesearch.index.location import Location, locate
from codesearch.index.store import Store
from codesearch.parse.unit import Kind
from codesearch.search import mode as modes
from codesearch.search.mode import Rerank
from codesearch.search.models import Models
from codesearch.search.ranking import only
from codesearch.search.recall import FIELD_WEIGHTS
from codesearch.search.rerank import Reader, second_scores
from codesearch.search.result import Answer, Result
from codesearch.search.scope import Scope
from codesearch.search.search import search, target
from tests.conftest import write_files
from tests.encode.tiny import write_tiny_cross_encoder
from tests.index.indexed import built, opened

Ask = Callable[..., list[Result]]


@pytest.fixture
def store(location: Location, encoder: Encoder) -> Iterator[Store]:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        yield store


@pytest.fixture
def ask(location: Location, store: Store, encoder: Encoder, models: Models) -> Ask:
    def ask_index(
        query: str,
        limit: int = 10,
        reader: Reader | None = None,
        weight: float = 1.0,
        mode: Rerank = Rerank.AUTO,
        **scope: Any,
    ) -> list[Result]:
        built(location, encoder, store)
        wanted = replace(models, reader=reader, ranking=replace(models.ranking, reread=weight, lead=weight))
        searched = target(location, store, encoder)
        return list(
            search(searched, wanted, query, limit=limit, scope=Scope(**scope), floor=0.0, mode=mode).results
        )

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
    results = ask("try again after failures, waiting longer each time", below=(below,))
    assert results
    assert all(result.path == below or result.path.startswith(below + "/") for result in results)


def test_several_paths_are_searched_together(ask: Ask) -> None:
    results = ask("try again after failures", below=("server", "deploy.zig"), limit=50)
    assert {result.path for result in results} == {"server/pool.go", "deploy.zig"}


def test_a_folders_namesake_is_not_below_it(ask: Ask, repository: Path) -> None:
    write_files(
        repository, {"shop-old/a.py": "def pay():\n    return 1\n", "shop.py": "def pay():\n    return 1\n"}
    )
    assert all(result.path.startswith("shop/") for result in ask("pay", below=("shop",), limit=50))


def test_nearly_equal_text_in_several_files_is_one_result_that_names_them_all(
    ask: Ask, repository: Path
) -> None:
    lines = "".join(f"    widget.turn({n}, speed=fast)\n" for n in range(9))
    source = f"def frobnicate_widget(widget):\n{lines}    return widget.spin()\n"
    write_files(repository, {"one/w.py": source, "two/w.py": source.replace("fast", "slow", 1)})
    write_files(repository, {"three/w.py": source.replace("turn", "other_thing")})
    write_files(
        repository, {"four/w.py": source.replace("_widget(", "_gadget(", 1).replace("fast", "slow", 6)}
    )
    best, *others = ask("frobnicate a widget", limit=4)
    assert {best.path, *(place.path for place in best.alike)} == {"one/w.py", "two/w.py"}
    assert best.alike[0].unit.name == "frobnicate_widget"
    # Other calls are another function, and so is another name beside a small difference.
    assert {"three/w.py", "four/w.py"} <= {result.path for result in others}
    assert all(not result.alike for result in others)


def test_settings_that_differ_are_results_of_their_own(ask: Ask, repository: Path) -> None:
    lines = "".join(f"GADGET_{n} = widget({n})\n" for n in range(12))
    write_files(repository, {"one/w.py": lines, "two/w.py": lines.replace("GADGET", "GIZMO", 2)})
    found = ask("gadget widget", limit=4, below=("one", "two"))
    assert sorted(result.path for result in found) == ["one/w.py", "two/w.py"]
    assert not any(result.alike for result in found)


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
    location: Location, store: Store, models: Models, repository: Path
) -> None:
    write_files(repository, {"shop/cart.py": "\n\n# all is different now\n"})
    searched = target(location, store, models.encoder)
    found = search(searched, models, "total price with taxes", limit=20, floor=0.0)
    assert found.results
    assert all(result.path != "shop/cart.py" for result in found.results)


def test_an_empty_repository_answers_nothing(
    tmp_path: Path, index_home: Path, encoder: Encoder, models: Models
) -> None:
    (tmp_path / "empty").mkdir()
    location = locate(tmp_path / "empty", index_home)
    with opened(location, encoder) as store:
        built(location, encoder, store)
        searched = target(location, store, encoder)
        assert search(searched, models, "anything", limit=5) == Answer((), None)


def test_what_a_reader_says_is_weighed_with_the_first_stage(ask: Ask, tmp_path: Path) -> None:
    reader = CrossEncoder(write_tiny_cross_encoder(tmp_path / "weights"), threads=1)
    query = "retry with backoff while order lines are free today"

    def scores(results: list[Result]) -> list[float]:
        return second_scores(reader, query, results)

    plain = ask(query)
    heavy = ask(query, reader=reader, weight=1_000.0, mode=Rerank.ALWAYS)
    assert {result.unit for result in heavy} == {result.unit for result in plain}
    assert scores(heavy) == sorted(scores(plain), reverse=True) != scores(plain)
    assert [each.unit for each in ask(query, reader=reader, weight=0.0, mode=Rerank.ALWAYS)] == [
        each.unit for each in plain
    ]
    light = ask(query, reader=reader, weight=0.5, mode=Rerank.ALWAYS)
    for result, score in zip(light, scores(light), strict=True):
        assert dict(result.why.parts)["reread"] == pytest.approx(0.5 * score)
        assert sum(part for _, part in result.why.parts) == pytest.approx(result.why.score, abs=1e-3)
    # It reads more than are asked for: the best of them all comes up even into a list of one.
    alone = ask(query, limit=1, reader=reader, weight=1_000.0, mode=Rerank.ALWAYS)
    assert [each.unit for each in alone] == [each.unit for each in heavy[:1]]


class Counting:
    """A reader that counts what it is given and finds all of it alike."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.read = 0
        self.seconds = seconds

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """The same for all, after a while."""
        self.read += len(passages)
        time.sleep(self.seconds)
        return np.full(len(passages), 0.5, dtype=np.float32)


def test_nothing_is_read_again_where_it_cannot_matter_or_is_not_wanted(ask: Ask) -> None:
    for query, mode, is_read in (
        ("email the buyer about the purchase", Rerank.NEVER, False),
        ("email the buyer about the purchase", Rerank.AUTO, True),
        ("total_price", Rerank.AUTO, False),
        ("total_price", Rerank.ALWAYS, True),
    ):
        reader = Counting()
        ask(query, reader=reader, weight=100.0, mode=mode)
        assert bool(reader.read) is is_read, (query, mode)


def test_reading_stops_when_its_time_is_over_and_takes_nobodys_place(ask: Ask, repository: Path) -> None:
    for n in range(30):
        write_files(repository, {f"orders/o{n}.py": f"def ship_order_{n}(order):\n    order.ship({n})\n"})
    slow, query = Counting(seconds=0.2), "how are orders shipped to customers"
    read = ask(query, reader=slow, weight=100.0)
    assert 0 < slow.read <= 10
    assert [each.unit for each in read] == [each.unit for each in ask(query)]


def test_late_interaction_scores_the_passage_that_says_it_higher(encoder: Encoder) -> None:
    reader = LateInteraction(encoder)
    found = reader.scores(
        "close the file", ["def close(file):\n    file.shut()", "def add(a, b):\n    return a + b"]
    )
    assert 1.0 >= found[0] > found[1] >= -1.0
    assert reader.scores("", ["x = 1"]).tolist() == [0.0]
    same = reader.scores("close the file", ["def add(a, b):\n    return a + b"])
    assert same[0] == pytest.approx(float(found[1]), abs=0.05)


def test_a_filter_leaves_only_what_it_says_and_something(ask: Ask) -> None:
    query = "try again after failures, waiting longer each time"
    assert {result.path for result in ask(query, globs=("*.go",))} == {"server/pool.go"}
    assert "shop/mail.js" not in {result.path for result in ask(query, globs=("!*.js",), limit=50)}
    assert {result.language for result in ask(query, languages=frozenset({"python"}))} == {"python"}
    assert {result.unit.kind for result in ask(query, kinds=frozenset({Kind.METHOD}))} == {Kind.METHOD}


def test_tests_are_left_out_or_searched_alone(ask: Ask, repository: Path) -> None:
    write_files(
        repository, {"tests/test_cart.py": "def test_total_price():\n    assert Cart().total_price() == 0\n"}
    )
    both = ask("total price of the cart", limit=50)
    alone = ask("total price of the cart", limit=50, tests=modes.Tests.ONLY)
    without = ask("total price of the cart", limit=50, tests=modes.Tests.NO)
    assert {result.path for result in alone} == {"tests/test_cart.py"}
    assert {result.path for result in without} == {result.path for result in both} - {"tests/test_cart.py"}
    # The program comes before what tests it.
    assert both[0].path == "shop/cart.py"


def test_what_is_quoted_or_grepped_occurs_in_every_result(ask: Ask) -> None:
    quoted = ask('send mail "order.email"', limit=20)
    assert [result.unit.name for result in quoted if result.unit.name] == ["sendConfirmation"]
    grepped = ask("anything at all", limit=20, pattern=re.compile(r"valid_\w+ >="))
    assert grepped
    assert all("valid_until >=" in "\n".join(result.lines) for result in grepped)
    assert ask('"no such words anywhere"') == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("totalPrice", "Cart.total_price"),
        ("total_price", "Cart.total_price"),
        ("Cart.total_price", "Cart.total_price"),
        ("price total", "Cart.total_price"),
        ("RETRYWITHBACKOFF", "retryWithBackoff"),
    ],
)
def test_a_symbol_finds_its_definition_first(ask: Ask, repository: Path, query: str, name: str) -> None:
    uses = "".join(
        f"def use_{n}(cart):\n    return cart.total_price() + retryWithBackoff({n})\n\n" for n in range(9)
    )
    write_files(repository, {"uses.py": uses})
    assert ask(query)[0].unit.name == name


def test_words_that_only_the_code_has_are_found(ask: Ask, repository: Path) -> None:
    write_files(repository, {"odd.py": "def f(x):\n    return x.zqxjkv_frob + 1\n"})
    assert ask("zqxjkv_frob")[0].path == "odd.py"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=60))
def test_any_query_is_answered_without_an_error(ask: Ask, query: str) -> None:
    results = ask(query)
    scores = [result.score for result in results]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)


def test_words_with_accents_are_whole_words(ask: Ask, repository: Path) -> None:
    source = "def {0}(liste):\n    return liste.{0}()\n"
    words = ("réduitTout", "rétablirRéseau", "rédigéeAilleurs")
    write_files(repository, {f"f{n}.py": source.format(word) for n, word in enumerate(words)})
    best = ask("rétablir le réseau")[0]
    assert best.unit.name == "rétablirRéseau"
    assert best.why.evidence.asked == pytest.approx(2 / 3)
    assert best.why.lines[0][1] == ("réseau", "rétablir")


def test_a_rare_word_counts_for_more_than_a_common_one(ask: Ask, store: Store, repository: Path) -> None:
    common = "".join(f"def f{n}(jar):\n    return jar.count({n})\n\n\n" for n in range(30))
    write_files(repository, {"many.py": common, "one.py": "def g(jar):\n    return jar.zqxjkv(1)\n"})
    ask("bring the index up to date")
    found = list(store.lexical(["jar", "zqxjkv"], FIELD_WEIGHTS))
    paths = {each.id: each.path for each in store.units([unit for unit, _ in found])}
    assert paths[found[0][0]] == "one.py"
    assert found[0][1] > 2 * found[1][1] > 0
    among = [unit for unit, _ in found[1:4]]
    assert sorted(store.lexical(["jar"], FIELD_WEIGHTS, among=among))[0][0] in among
    assert len(list(store.lexical(["jar"], FIELD_WEIGHTS, limit=5))) == 5


def test_the_best_line_is_the_one_that_shares_the_most_with_the_question(ask: Ask, repository: Path) -> None:
    lines = [f"    step_{n}(jar)" for n in range(40)]
    lines[30] = "    drop_expired_cookie(jar)"
    write_files(repository, {"jar.py": "def tidy(jar):\n" + "\n".join(lines) + "\n"})
    best = ask("tidy away expired cookies")[0]
    assert (best.path, best.best_line) == ("jar.py", 32)
    assert best.why.lines[0] == (32, ("cookies", "expired"))
    # Nothing is shared: the name is where to look.
    assert ask("zzzz", below=("jar.py",))[0].best_line == 1


def test_an_explanation_adds_up(ask: Ask) -> None:
    for result in ask("delete coupons that ran out"):
        assert sum(part for _, part in result.why.parts) == pytest.approx(result.why.score, abs=1e-3)
        assert -1.0 <= result.why.evidence.dense <= 1.0
        assert 0.0 <= result.why.evidence.covered <= 1.0 + 1e-6


def test_below_the_floor_there_is_no_result_but_the_nearest_miss_is_known(
    location: Location, store: Store, models: Models
) -> None:
    searched = target(location, store, models.encoder)
    everything = search(searched, models, "delete coupons that ran out", limit=10, floor=0.0)
    assert everything.nearest is None
    scores = [result.score for result in everything.results]
    some = search(searched, models, "delete coupons that ran out", limit=10, floor=scores[1])
    assert [result.score for result in some.results] == [each for each in scores if each >= scores[1]]
    none = search(searched, models, "delete coupons that ran out", limit=10, floor=1.0)
    assert none == Answer((), everything.results[0])


def test_scores_do_not_depend_on_how_many_are_wanted(
    location: Location, store: Store, models: Models
) -> None:
    # The likelier, the later: every result leads to a better one.
    backwards = tuple(-weight for weight in only("dense").weights)
    ranking = replace(only("dense"), weights=backwards, confidence=(9.0, 0.0, 0.0, 0.0, -3.0))
    models = replace(models, ranking=ranking)
    searched = target(location, store, models.encoder)
    query = "email the buyer about the purchase"
    ten = search(searched, models, query, limit=10, floor=0.0).results
    assert ten[0].score > models.ranking.probability(ten[0].why.evidence)
    for limit in (1, 2, 3):
        answer = search(searched, models, query, limit=limit, floor=ten[0].score)
        shown = [each for each in ten[:limit] if each.score >= ten[0].score]
        assert [(each.unit, each.score) for each in answer.results] == [
            (each.unit, each.score) for each in shown
        ]


def test_what_only_one_unit_holds_is_found_however_unlikely_it_is(ask: Ask, repository: Path) -> None:
    files = {
        f"many/f{n}.py": f"def charge_order_{n}(order):\n    return order.charge({n})\n" for n in range(300)
    }
    write_files(repository, {**files, "odd.py": "def f(x):\n    return x @ 0xDEAD_17\n"})
    assert [result.path for result in ask('charge an order "0xDEAD_17"', limit=1)] == ["odd.py"]
    found = ask("charge an order", limit=1, pattern=re.compile(r"0x\w+_17$"))
    assert [result.path for result in found] == ["odd.py"]
