"""A circuit that one machine has and the others lack, raced on by all."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lan.judging import assert_promises_kept
from tests.lan.lab import Box, Lan, Run, needs_lan, official

pytestmark = needs_lan

PLAYERS = 4
NAMES = ("ada", "bob", "cleo", "dan")


@pytest.fixture
def lan() -> Iterator[Lan]:
    made = Lan(PLAYERS)
    yield made
    made.close()


def survey(file: Path) -> Path:
    """Write a bent oval of half a kilometre, as x, y, and the road to the right and left."""
    rows = []
    for k in range(100):
        angle = math.tau * k / 100
        radius = 75.0 + 12.0 * math.cos(2 * angle)
        rows.append(f"{radius * math.cos(angle):.3f},{radius * math.sin(angle):.3f},5.5,5.5")
    file.write_text("# x_m,y_m,w_tr_right_m,w_tr_left_m\n" + "\n".join(rows) + "\n")
    return file


def own(folder: Path, name: str) -> dict[str, str]:
    """Return the environment of somebody with folders of their own."""
    return {
        "XDG_DATA_HOME": str(folder / name / "data"),
        "XDG_CACHE_HOME": str(folder / name / "cache"),
    }


def words_of(folder: Path, name: str, track: str) -> tuple[str, ...]:
    who = ("--profile", str(folder / name / "profile"), "--name", name)
    what = ("--track", track, "--players", str(PLAYERS), "--laps", "1")
    return ("bot", "--race", "Demo", *who, *what)


def bot(box: Box, folder: Path, name: str, track: str) -> Run:
    (folder / name).mkdir(exist_ok=True)
    return box.racer(*words_of(folder, name, track), **own(folder, name))


def test_all_drive_an_imported_circuit_that_one_has_within_three_seconds_of_joining(
    lan: Lan, tmp_path: Path
) -> None:
    file = survey(tmp_path / "harbour-loop.csv")
    imports = lan.boxes[0].racer("tracks", "import", str(file), **own(tmp_path, NAMES[0]))
    assert imports.finish(20) == 0
    runs = [bot(lan.boxes[0], tmp_path, NAMES[0], "harbour-loop")]
    runs[0].wait_for(10, event="circuit", progress=1.0)
    for box, name in zip(lan.boxes[1:], NAMES[1:], strict=True):
        runs.append(bot(box, tmp_path, name, "dockyard"))
    for run in runs[1:]:
        joined = run.wait_for(10, event="joined")
        here = run.wait_for(10, event="circuit", track="harbour-loop", progress=1.0)
        assert here["t"] - joined["t"] < 3.0
        assert run.all("circuit")[0]["progress"] < 1.0, "it had the circuit before"
    drives_after_it_lost_all(lan.boxes[-1], tmp_path, runs)
    assert [run.finish(60) for run in runs] == [0] * PLAYERS
    assert len({official(run)["digest"] for run in runs}) == 1
    assert [row["laps"] for row in official(runs[0])["table"]] == [1] * PLAYERS
    assert_promises_kept(lan)


def test_what_a_liar_spoils_is_fetched_again_from_who_tells_the_truth(
    lan: Lan, tmp_path: Path
) -> None:
    """The honest one stands still until the liar, which alone has it then, was believed in vain."""
    file = survey(tmp_path / "harbour-loop.csv")
    for box, name in zip(lan.boxes[:2], NAMES[:2], strict=True):
        imports = box.racer("tracks", "import", str(file), **own(tmp_path, name))
        assert imports.finish(20) == 0
    runs = [bot(lan.boxes[0], tmp_path, NAMES[0], "harbour-loop")]
    runs[0].wait_for(10, event="circuit", progress=1.0)
    words = ("-m", "tests.lan.lying_bot", *words_of(tmp_path, NAMES[1], "harbour-loop"))
    runs.append(lan.boxes[1].run(sys.executable, *words, **own(tmp_path, NAMES[1])))
    runs[1].wait_for(10, event="circuit", track="harbour-loop", progress=1.0)
    runs[0].pause()
    for box, name in zip(lan.boxes[2:], NAMES[2:], strict=True):
        runs.append(bot(box, tmp_path, name, "dockyard"))
    runs[1].wait_for(10, event="lied")
    runs[0].go_on()
    for run in runs[2:]:
        run.wait_for(10, event="circuit", track="harbour-loop", progress=1.0)
        run.wait_for(20, event="phase", phase="racing")


def drives_after_it_lost_all(box: Box, folder: Path, runs: list[Run]) -> None:
    """Let the last one fall in the race and lose the circuit: it drives again as soon."""
    runs[0].wait_for(20, event="phase", phase="racing")
    runs[-1].kill()
    runs[0].wait_for(10, event="control", car=runs[-1].node)
    shutil.rmtree(folder / NAMES[-1] / "cache")
    runs[-1] = bot(box, folder, NAMES[-1], "dockyard")
    joined = runs[-1].wait_for(10, event="joined")
    resumed = runs[-1].wait_for(10, event="resumed")
    assert resumed["t"] - joined["t"] < 3.0
    assert runs[-1].all("circuit")[0]["progress"] < 1.0, "it had kept the circuit"
