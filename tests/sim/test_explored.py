"""The explorer as a command: it walks, and prints and draws what breaks."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from net.sim.explorer.search import Found
from net.sim.explorer.steps import Kill, Restart
from net.sim.mutants import broken
from racer.app.commands import cli
from racer.app.commands.parser import FAILURE, OK
from racer.app.timeline.explored import story_of
from racer.app.timeline.story import Ending
from tests.mutants.catalog import ALL

pytestmark = pytest.mark.sim


def test_walks_that_break_nothing_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["simulate", "--explore", "--seeds", "0:5"]) == OK
    assert capsys.readouterr().out == "15 walks broke nothing\n"


def test_what_breaks_is_printed_step_by_step_and_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    svg = tmp_path / "broken.svg"
    asked = ["simulate", "--explore", "--seeds", "0:20", "--timeline", str(svg)]
    with broken(ALL["one-promise"]):
        assert cli.main(asked) == FAILURE
    *steps, violation = capsys.readouterr().out.splitlines()
    assert violation.startswith("! invariant 20: ")
    drawing = ElementTree.fromstring(svg.read_text(encoding="utf-8"))
    told = [title.text or "" for title in drawing.iter("{http://www.w3.org/2000/svg}title")]
    prepares = [line for line in steps if "Prepare(" in line]
    assert prepares
    assert sum("Prepare(" in text for text in told) >= len(prepares)


def test_a_life_that_dies_ends_there_and_the_next_one_begins_where_it_does() -> None:
    story = story_of(Found("", 3, (Kill(1), Restart(1))))
    first, second = story.lanes[1].lives
    assert (first.from_s, first.to_s, first.ending) == (0.0, 0.1, Ending.CRASHED)
    assert (second.from_s, second.ending) == (0.2, Ending.OPEN)
    assert [tenure.node for tenure in first.tenures] == ["0"]
