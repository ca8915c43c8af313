"""When output is coloured."""

from __future__ import annotations

import pytest

from codesearch.render.colour import Colour, is_coloured


@pytest.mark.parametrize(
    ("environment", "on_terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"CLICOLOR_FORCE": "0"}, False, False),
        ({"FORCE_COLOR": "3"}, False, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_the_environment_decides_and_the_option_overrules_it(
    environment: dict[str, str], on_terminal: bool, coloured: bool
) -> None:
    assert is_coloured(Colour.AUTO, on_terminal=on_terminal, environment=environment) is coloured
    assert is_coloured(Colour.ALWAYS, on_terminal=on_terminal, environment=environment)
    assert not is_coloured(Colour.NEVER, on_terminal=on_terminal, environment=environment)
