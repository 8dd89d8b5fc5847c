"""Real processes of two versions: in one race, and beside each other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from racer.app.simulation.bullring import NAME
from tests.lan.judging import assert_promises_kept
from tests.lan.lab import Box, Lan, Run, needs_lan, official
from tests.net.dialects import FROZEN, NEXT

pytestmark = [*needs_lan, pytest.mark.usefixtures("bullring")]

NAMES = ("ada", "bob", "cleo", "dan")
LAPS = 4


def bot(box: Box, profiles: Path, name: str, code: str, players: int) -> Run:
    """Start a bot of some version."""
    words = ["--race", "Demo", "--profile", str(profiles / name), "--name", name.capitalize()]
    words += ["--track", NAME, "--players", str(players), "--laps", str(LAPS)]
    return box.run(sys.executable, "-m", "tests.lan.other_code", code, "bot", *words)


def stderr_of(run: Run) -> list[str]:
    """End a process, and read all of it; return what it said to a person of versions."""
    run.kill()
    run.finish(5)
    assert run.process.stderr is not None
    return [line for line in run.process.stderr.read().decode().splitlines() if "runs" in line]


def test_a_room_of_four_changes_one_by_one_to_the_next_version_during_a_race(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    room = make_lan(4)
    runs = [bot(box, tmp_path, name, "old", 4) for box, name in zip(room.boxes, NAMES, strict=True)]
    nodes = [run.node for run in runs]
    runs[0].wait_for(60, event="phase", phase="racing")
    for number, name in enumerate(NAMES):
        assert runs[number].all("protocol") == [], "an old one is there still"
        runs[number].kill()
        runs[number] = bot(room.boxes[number], tmp_path, name, "next", 4)
        runs[number].wait_for(15, event="resumed")
    for run in runs:
        assert run.wait_for(10, event="protocol")["version"] == NEXT
    assert [run.finish(180) for run in runs] == [0] * 4
    assert len({official(run)["digest"] for run in runs}) == 1
    table = official(runs[0])["table"]
    assert {row["node"] for row in table} == {*nodes}
    assert [row["laps"] for row in table] == [LAPS] * 4
    assert all(run.all("incompatible") == run.all("unreadable") == [] for run in runs)
    assert_promises_kept(room)


@pytest.mark.parametrize("codes", [("old", "after-next"), ("after-next", "old")])
def test_n_beside_n_plus_2_are_told_both_within_five_seconds_and_found_no_second_race(
    make_lan: Callable[[int], Lan], tmp_path: Path, codes: tuple[str, str]
) -> None:
    boxes = make_lan(2).boxes
    first = bot(boxes[0], tmp_path, "ada", codes[0], 4)
    first.wait_for(15, event="joined")
    second = bot(boxes[1], tmp_path, "bob", codes[1], 4)
    spoken = {"old": [FROZEN, FROZEN], "after-next": [NEXT, NEXT + 1]}
    told = [run.wait_for(15, event="incompatible") for run in (first, second)]
    assert [line["protocol"] for line in told] == [spoken[codes[1]], spoken[codes[0]]]
    # From its first word: on a busy machine Python alone takes seconds to begin.
    began_s = min(told[0]["t"], *(line["t"] for line in second.lines))
    assert all(line["t"] - began_s < 5 for line in told)
    first.look(10)
    assert second.all("joined") == second.all("lineage") == []
    for run in (first, second):
        told_people = stderr_of(run)
        assert len(told_people) == len(run.all("incompatible"))
