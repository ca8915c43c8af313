"""Search as you type: a question, its results, the selected one's lines."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static

from codesearch.errors import CodesearchError
from codesearch.render.plain import best_column, printable
from codesearch.search.mode import Tests
from codesearch.search.result import Result
from codesearch.tui.answering import Answered, Answering, Told
from codesearch.tui.filters import Filters, Kinds
from codesearch.tui.preview import Preview
from codesearch.tui.results import ResultList
from codesearch.tui.searcher import Asked, Holdings

# Opens a file at a line and a column, and waits; raises CodesearchError where that fails.
Editor = Callable[[Path, int, int], None]

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
# From here on there is room for the list and the preview side by side.
_WIDE = 120
# Who types faster than this has not finished the word.
_SECONDS_AFTER_A_KEY = 0.1
# An answer that takes longer is said to be under way.
_SECONDS_UNNOTICED = 0.3

_TESTS = {Tests.YES: "with tests", Tests.NO: "without tests", Tests.ONLY: "only tests"}
_KINDS = {
    Kinds.ALL: "all kinds",
    Kinds.FUNCTIONS: "functions",
    Kinds.TYPES: "types",
    Kinds.PASSAGES: "passages",
}
_KEYS = {"enter": "Enter", "escape": "Esc", "up": "Up", "down": "Down", "pageup": "PgUp", "pagedown": "PgDn"}


def _key(key: str, action: str, description: str, *, show: bool = False) -> Binding:
    # With priority: the cursor stays in the question, and what the question does not need is not its own.
    return Binding(key, action, description, show=show, priority=True)


class SearchApp(App[Result]):
    """Returns the result to print, None where none was chosen.

    Its `return_code` is 130 after Ctrl-C and 143 after SIGTERM.

    `answered` is the question whose answer is shown, `opened` whether a result was opened in the editor,
    `error` what went wrong in the thread that answers, after which the application ends.
    """

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012 (so declared by textual)
    TITLE = "codesearch"
    CSS = """
    * { scrollbar-size-vertical: 1; }
    #line { height: 1; }
    #prompt { width: 3; padding: 0 1; color: $primary; text-style: bold; }
    #question { border: none; height: 1; padding: 0; width: 1fr; }
    #status { height: 1; padding: 0 1; text-style: dim; }
    #results { padding: 0 1; border: none; background: transparent; }
    #results { scrollbar-gutter: stable; text-wrap: nowrap; text-overflow: ellipsis; }
    #results > .option-list--option { padding: 0; }
    #results > .option-list--option-highlighted {
        color: ansi_bright_white; background: ansi_blue; text-style: none;
    }
    #heading { height: auto; padding: 0 1; }
    #code { padding: 0 1; height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    #keys { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    #found { height: 1fr; }
    .-narrow #found { layout: vertical; }
    .-narrow #results { height: 2fr; min-height: 3; }
    .-narrow Preview { height: 3fr; border-top: solid $foreground 50%; }
    .-wide #found { layout: horizontal; }
    .-wide #results { width: 2fr; height: 1fr; }
    .-wide Preview { width: 3fr; border-left: solid $foreground 50%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("enter", "open", "open the result in $VISUAL or $EDITOR", show=True),
        _key("ctrl+y", "print", "leave and print the result's path:line", show=True),
        _key("up,ctrl+p", "move(-1)", "the result above"),
        _key("down,ctrl+n", "move(1)", "the result below"),
        _key("pageup", "page(-1)", "scroll the preview up"),
        _key("pagedown", "page(1)", "scroll the preview down"),
        _key("ctrl+l", "language", "search the next language, or all", show=True),
        _key("ctrl+t", "tests", "search with tests, without them, only them", show=True),
        _key("ctrl+o", "kinds", "search all kinds, functions, types, passages", show=True),
        _key("ctrl+z", "suspend_process", "suspend, as other programs do"),
        _key("escape", "leave", "leave", show=True),
        _key("ctrl+c", "interrupt", "leave, with status 130"),
    ]

    class _Heard(Message):
        """What the thread that answers tells."""

        def __init__(self, told: Told) -> None:
            super().__init__()
            self.told = told

    def __init__(self, answering: Answering, editor: Editor, *, question: str = "", where: str = "") -> None:
        """Does nothing before it runs.

        Args:
            answering: answers the questions; the application starts it.
            editor: opens a file at a line and column.
            question: what is asked at the start.
            where: what is searched, for people.

        """
        super().__init__()
        self.theme = "ansi-dark"
        self.error: Exception | None = None
        self.opened = False
        self._answering = answering
        self._editor = editor
        self._where = where
        self._first_question = question
        self._narrowed = Filters()
        self._holdings: Holdings | None = None
        self._asked: Asked | None = None
        self.answered: Asked | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The question, what became of it, the results and the selected one, the keys."""
        with Horizontal(id="line"):
            yield Static("❯", id="prompt", markup=False)
            yield Input(
                self._first_question,
                placeholder="ask in words",
                id="question",
                compact=True,
                select_on_focus=False,
            )
        yield Static(id="status", markup=False)
        with Container(id="found"):
            yield ResultList(id="results")
            yield Preview()
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Starts the answering."""
        self._answering.start(lambda told: self.post_message(self._Heard(told)))
        if sys.platform != "win32":
            # Whoever ends the program from elsewhere wants the terminal back as it was.
            end = partial(self.exit, return_code=TERMINATED)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
        self._show_keys()
        self._ask_now()

    # What is typed.

    def on_input_changed(self, _: Input.Changed) -> None:
        """Asks, once no key has been struck for a moment."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_SECONDS_AFTER_A_KEY, self._ask_now)

    def _ask_now(self, *, look_first: bool = False) -> None:
        text = self.query_one("#question", Input).value
        asked = Asked(text, self._narrowed) if text.strip() else None
        if asked == self._asked and asked is not None and not look_first:
            return
        self._asked = asked
        if asked is None:
            self._show_nothing_asked()
        else:
            self._answering.ask(asked, look_first=look_first)
            self.set_timer(_SECONDS_UNNOTICED, partial(self._say_if_missing, asked))

    def _say_if_missing(self, asked: Asked) -> None:
        if asked == self._asked and asked != self.answered:
            self._say("searching …")

    # What is answered.

    def on_search_app__heard(self, message: _Heard) -> None:
        """Shows an answer, unless something else has been asked since."""
        told = message.told
        if isinstance(told, Answered):
            if told.asked == self._asked:
                self._show(told)
        elif isinstance(told, Holdings):
            self._holdings = told
            if self._asked is None:
                self._show_nothing_asked()
        else:
            self.error = told
            self.exit()

    def _show(self, told: Answered) -> None:
        answer = told.answer
        results = self.query_one(ResultList)
        nearest = () if answer.nearest is None else (answer.nearest,)
        results.show(answer.results or nearest, keep=told.asked == self.answered)
        self.answered = told.asked
        if answer.results:
            count = len(answer.results)
            self._say("1 result" if count == 1 else f"{count} results")
        elif answer.nearest is not None:
            self._say(f"nothing found; this came nearest, {answer.nearest.score:.0%} likely:")
        else:
            self._say("nothing found")
        self._show_selected()

    def _show_nothing_asked(self) -> None:
        self.answered = None
        self.query_one(ResultList).show((), keep=False)
        held = self._holdings
        self._say(f"{printable(self._where)}: " + (f"{held.functions:,} functions" if held else "opening …"))
        self.query_one(Preview).say(
            Content(
                "Ask in words what the code does: where are stale cookies rejected\n"
                "or name a symbol: parse_config\n"
                'What is in double quotes must occur: who raises "no such table"'
            )
        )

    def on_option_list_option_highlighted(self, _: OptionList.OptionHighlighted) -> None:
        """Shows the result that the cursor, or the mouse, moved to."""
        self._show_selected()

    def _show_selected(self) -> None:
        selected = self.query_one(ResultList).selected
        if selected is None:
            self.query_one(Preview).say(Content(""))
        else:
            self.query_one(Preview).show(selected)

    def _say(self, text: str) -> None:
        self.query_one("#status", Static).update(Content(text))

    # Keys.

    def action_move(self, by: int) -> None:
        """Moves the cursor in the list."""
        results = self.query_one(ResultList)
        if results.highlighted is not None:
            results.highlighted = min(max(results.highlighted + by, 0), results.option_count - 1)

    def action_page(self, pages: int) -> None:
        """Scrolls the preview."""
        self.query_one(Preview).scroll_by_page(pages)

    def action_language(self) -> None:
        """Narrows to the next language."""
        self._narrow(self._narrowed.next_language(self._holdings.languages if self._holdings else ()))

    def action_tests(self) -> None:
        """Narrows to the next choice of tests."""
        self._narrow(self._narrowed.next_tests())

    def action_kinds(self) -> None:
        """Narrows to the next choice of kinds."""
        self._narrow(self._narrowed.next_kinds())

    def _narrow(self, filters: Filters) -> None:
        self._narrowed = filters
        self._show_keys()
        self._ask_now()

    def _show_keys(self) -> None:
        now = self._narrowed
        labels = {
            "open": ("open", False),
            "print": ("print", False),
            "language": (now.language or "all languages", now.language != ""),
            "tests": (_TESTS[now.tests], now.tests is not Tests.YES),
            "kinds": (_KINDS[now.kinds], now.kinds is not Kinds.ALL),
            "leave": ("leave", False),
        }
        parts: list[Content | str | tuple[str, str]] = []
        for binding in self.BINDINGS:
            if isinstance(binding, Binding) and binding.show:
                label, narrowed = labels[binding.action]
                parts += [(shown_key(binding.key), "dim"), " ", (label, "bold" if narrowed else ""), "  "]
        self.query_one("#keys", Static).update(Content.assemble(*parts[:-1]))

    def action_open(self) -> None:
        """Opens the selected result in the editor, and comes back."""
        selected = self.query_one(ResultList).selected
        if selected is None:
            return
        failed = ""
        with self.suspend():
            # Caught in here: the screen does not come back from what is raised.
            try:
                self._editor(selected.root / selected.path, selected.best_line, best_column(selected))
            except CodesearchError as error:
                failed = str(error)
        if failed:
            self.notify(failed, severity="error", markup=False)
        else:
            self.opened = True
        self._ask_now(look_first=True)

    def action_print(self) -> None:
        """Leaves with the selected result."""
        selected = self.query_one(ResultList).selected
        if selected is not None:
            self.exit(selected)

    def action_leave(self) -> None:
        """Leaves with nothing."""
        self.exit()

    def action_interrupt(self) -> None:
        """Leaves as interrupted."""
        self.exit(return_code=INTERRUPTED)


def shown_key(key: str, form: str = "{}") -> str:
    """A binding's keys as people write them, each in a form: `Up, ^P`."""
    return ", ".join(
        form.format(f"^{each[-1].upper()}" if each.startswith("ctrl+") else _KEYS[each])
        for each in key.split(",")
    )
