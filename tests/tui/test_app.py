"""Search as you type, driven by keys as a user drives it, on the real index and weights."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console
from textual.pilot import Pilot

from codesearch.cli.searched import located, searched
from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError
from codesearch.search.models import Models
from codesearch.search.result import Result
from codesearch.search.scope import Scope
from codesearch.tui.answering import Answering
from codesearch.tui.app import Editor, SearchApp
from codesearch.tui.results import ResultList
from tests.conftest import write_files

_MOST_SECONDS = 15
_STEP = 0.02


class HeadlessApp(SearchApp):
    """Without a terminal that could be given away."""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Does nothing."""
        yield


Driver = Pilot[Result]


class Starter:
    """Runs the application over a repository; its index is made first."""

    def __init__(self, repository: Path, index_home: Path, encoder: Encoder, models: Models) -> None:
        self.repository = repository
        self.models = models
        scopes = dict.fromkeys(located([repository], index_home), Scope())
        self.open_targets = partial(searched, scopes, encoder, Console(quiet=True))

    def __call__(
        self,
        scenario: Callable[[Driver], Awaitable[None]],
        *,
        editor: Editor = lambda *_: None,
        floor: float = 0.0,
        size: tuple[int, int] = (100, 30),
    ) -> SearchApp:
        """The application after a scenario."""
        with self.open_targets(update=True):
            pass

        async def run() -> SearchApp:
            async with self._running(editor, floor, size) as pilot:
                await scenario(pilot)
            app = pilot.app
            assert isinstance(app, SearchApp)
            return app

        return asyncio.run(run())

    @asynccontextmanager
    async def _running(self, editor: Editor, floor: float, size: tuple[int, int]) -> AsyncIterator[Driver]:
        open_targets = partial(self.open_targets, update=False)
        with Answering(open_targets, self.models, limit=50, floor=floor) as answering:
            app = HeadlessApp(answering, editor, where="here")
            async with app.run_test(size=size, notifications=True) as pilot:
                yield pilot


@pytest.fixture
def start(
    repository: Path, index_home: Path, encoder: Encoder, models: Models, monkeypatch: pytest.MonkeyPatch
) -> Starter:
    monkeypatch.chdir(repository)
    return Starter(repository, index_home, encoder, models)


def screen(pilot: Driver) -> str:
    """What is on the screen, a line a row, without blanks, of which the picture leaves some out."""
    rows: dict[str, str] = {}
    for row, text in re.findall(r'<text [^>]* y="([^"]*)"[^>]*>(.*?)</text>', pilot.app.export_screenshot()):
        rows[row] = rows.get(row, "") + without_blanks(html.unescape(text))
    return "\n".join(rows.values())


def without_blanks(text: str) -> str:
    return re.sub(r"\s", "", text)


async def until(pilot: Driver, holds: Callable[[], bool]) -> None:
    """Waits for something to hold."""
    for _ in range(int(_MOST_SECONDS / _STEP)):
        if holds():
            return
        await pilot.pause(_STEP)
    raise AssertionError(f"did not come to hold; the screen:\n{screen(pilot)}")


async def shows(pilot: Driver, *texts: str) -> None:
    """Waits until all of the texts are on the screen."""
    await until(pilot, lambda: all(without_blanks(each) in screen(pilot) for each in texts))


async def ask(pilot: Driver, text: str, after: str = "") -> None:
    """Types a question, or what comes after its beginning, and waits for its answer."""
    for character in text:
        await pilot.press("space" if character == " " else character)
    await until(pilot, lambda: answered(pilot) == after + text)


async def take_back(pilot: Driver, text: str) -> None:
    """Deletes as many characters."""
    for _ in text:
        await pilot.press("backspace")


def answered(pilot: Driver) -> str:
    """The question whose answer is on the screen."""
    app = pilot.app
    assert isinstance(app, SearchApp)
    return app.answered.text if app.answered else ""


def names(pilot: Driver) -> list[str]:
    """The names of the results, from the first."""
    lines = [str(option.prompt) for option in pilot.app.query_one(ResultList).options]
    return [line.split()[1] for line in lines]


def selected(pilot: Driver) -> str:
    result = pilot.app.query_one(ResultList).selected
    return "" if result is None else result.unit.name


def test_typing_shows_results_and_the_lines_of_the_best(start: Starter) -> None:
    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "email the buyer")
        assert names(pilot)[0] == "sendConfirmation"
        await shows(
            pilot, "❯ email the buyer", "shop/mail.js:2", "❱ 2 export async function sendConfirmation"
        )

    start(scenario)


def test_each_word_that_is_added_is_answered(start: Starter) -> None:
    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "email")
        assert selected(pilot) == "sendConfirmation"
        await take_back(pilot, "email")
        for before, word in (("", "retry"), ("retry", " with"), ("retry with", " backoff")):
            await ask(pilot, word, after=before)
        assert selected(pilot) == "retryWithBackoff"

    start(scenario)


def test_up_and_down_change_the_preview_and_leave_the_question(start: Starter) -> None:
    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "email the buyer")
        first, second = names(pilot)[:2]
        await pilot.press("down")
        assert selected(pilot) == second
        result = pilot.app.query_one(ResultList).selected
        assert result is not None
        await shows(pilot, result.lines[0].strip()[:30], "❯ email the buyer")
        await pilot.press("up", "up")
        assert selected(pilot) == first

    start(scenario)


def test_filters_narrow_and_say_so(start: Starter) -> None:
    write_files(
        start.repository,
        {"tests/test_mail.py": "def test_email_is_sent_to_the_buyer():\n    assert outbox\n"},
    )

    test = "test_email_is_sent_to_the_buyer"

    async def scenario(pilot: Driver) -> None:
        async def press(key: str, shown: str, holds: Callable[[set[str]], bool]) -> None:
            await pilot.press(*key.split())
            await shows(pilot, shown)
            await until(pilot, lambda: holds(set(names(pilot))))

        await ask(pilot, "email the buyer")
        assert {test, "sendConfirmation"} <= set(names(pilot))
        await press("ctrl+t", "^T without tests", lambda found: test not in found and len(found) > 1)
        await press("ctrl+t", "^T only tests", lambda found: found == {test})
        await press("ctrl+t", "^T with tests", lambda found: {test, "sendConfirmation"} <= found)
        await press("ctrl+l", "^L python", lambda found: test in found and "sendConfirmation" not in found)
        await press("ctrl+o ctrl+o", "^O types", lambda found: found == {"Cart"})

    start(scenario)


def test_enter_opens_the_result_at_its_best_line(start: Starter, tmp_path: Path) -> None:
    told = tmp_path / "told"

    def editor(path: Path, line: int, column: int) -> None:
        told.write_text(f"{path} {line} {column}")

    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "email the buyer")
        await pilot.press("enter")
        await until(pilot, told.is_file)
        await pilot.press("escape")

    app = start(scenario, editor=editor)
    assert told.read_text() == f"{start.repository / 'shop/mail.js'} 2 23"
    assert app.opened


def test_what_was_edited_is_found_as_it_is_now(start: Starter) -> None:
    def editor(path: Path, *_: object) -> None:
        path.write_text(f"// Edited.\n\n{path.read_text()}")

    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "email the buyer")
        await pilot.press("enter")
        await shows(pilot, "❱ 4 export async function sendConfirmation")

    start(scenario, editor=editor)


def test_what_keeps_the_editor_from_opening_is_told(start: Starter) -> None:
    def none_set(*_: object) -> None:
        raise CodesearchError("no editor is set")

    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "email the buyer")
        await pilot.press("enter")
        await shows(pilot, "no editor is set", "sendConfirmation")

    assert not start(scenario, editor=none_set).opened


@pytest.mark.parametrize(
    ("key", "status", "chosen"),
    [("escape", 0, None), ("ctrl+c", 130, None), ("ctrl+y", 0, "sendConfirmation")],
)
def test_keys_that_leave(start: Starter, key: str, status: int, chosen: str | None) -> None:
    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "email the buyer")
        await pilot.press(key)

    app = start(scenario)
    assert app.return_code == status
    assert (app.return_value and app.return_value.unit.name) == chosen


def test_nothing_is_asked_before_anything_is_typed(start: Starter) -> None:
    async def scenario(pilot: Driver) -> None:
        await shows(pilot, "here: 6 functions", "Ask in words what the code does")
        await pilot.press("enter", "ctrl+y", "down")
        await ask(pilot, "email")
        await take_back(pilot, "email")
        await shows(pilot, "Ask in words what the code does")
        assert not names(pilot)

    start(scenario)


def test_where_nothing_is_likely_enough_the_nearest_is_shown_as_such(start: Starter) -> None:
    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "email the buyer")
        await shows(pilot, "nothing found; this came nearest")
        assert len(names(pilot)) == 1

    start(scenario, floor=1.0)


def test_where_nothing_can_be_found_that_is_said(start: Starter) -> None:
    async def scenario(pilot: Driver) -> None:
        await ask(pilot, '"zzz"')
        await shows(pilot, "nothing found")
        assert not names(pilot)

    start(scenario)


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 50)])
def test_the_best_line_is_in_sight_in_long_functions(start: Starter, size: tuple[int, int]) -> None:
    # Lines that are too wide are cut: folded ones would push the best line out of sight.
    body = "".join(f"    pour({number})  # {'and so on ' * 30}\n" for number in range(300))
    source = f"def breakfast():\n{body}    toast_the_bread_golden_brown()\n{body}"
    write_files(start.repository, {"kitchen.py": source})

    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "toast bread golden brown")
        await shows(pilot, "❱ 302     toast_the_bread")
        await pilot.press("pageup")
        await until(pilot, lambda: "❱302" not in screen(pilot))

    start(scenario, size=size)


def test_nothing_in_a_repository_steers_the_terminal_or_is_taken_for_markup(start: Starter) -> None:
    write_files(
        start.repository,
        {
            "a\x1b[2J[bold]b.py": "def water_plants(style='[red]x[/red]'):\n"
            "    return '\x1b]0;owned\x07\x9b2J'\n"
        },
    )

    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "water plants")
        await shows(pilot, "\\x1b[2J[bold]b.py", "style='[red]x[/red]'", "\\x1b]0;owned\\x07\\x9b2J")
        await pilot.press("ctrl+l")

    start(scenario)


def test_what_goes_wrong_in_the_thread_ends_the_application(models: Models) -> None:
    @contextmanager
    def broken() -> Iterator[list[object]]:
        raise CodesearchError("no index here")
        yield []

    async def run() -> SearchApp:
        with Answering(broken, models, limit=1, floor=0.0) as answering:  # type: ignore[arg-type]
            app = HeadlessApp(answering, lambda *_: None)
            async with app.run_test() as pilot:
                await until(pilot, lambda: app.error is not None)
        return app

    assert str(asyncio.run(run()).error) == "no index here"


def test_each_result_has_one_line_however_wide_the_terminal_becomes(start: Starter) -> None:
    write_files(
        start.repository, {f"a_folder_with_a_long_name/{'deeper/' * 9}gate.py": "def open_gate(): pass\n"}
    )

    async def scenario(pilot: Driver) -> None:
        await ask(pilot, "open gate")
        for width in (60, 140, 90, 200):
            await pilot.resize_terminal(width, 20)
            await pilot.pause()
            results = pilot.app.query_one(ResultList)
            await until(pilot, lambda: "/gate.py:1" in screen(pilot))
            assert results.virtual_size.height == results.option_count

    start(scenario, size=(80, 24))
