"""The judge of logs finds what cannot be true in what nodes printed, and nothing in good logs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from net.sim import Script
from net.sim.faults import Blackout, Crash, Cut
from racer.app.commands import cli
from racer.app.commands.parser import FAILURE, OK, WRONG_USE
from racer.app.simulation.printed_logs import PrintedLogs
from racer.app.simulation.simulate import RacePlan, SweepSpec, simulate
from racer.app.verify.folds import LINES_KEPT
from racer.app.verify.shown_lines import PLACED_S
from racer.play.limits import CHAT_PLACED_NS, CHAT_SHOWN
from racer.play.session import Player
from tests.sim.planting import (
    KEPT,
    OLD_PLANTS,
    PLANTS,
    STAYED_PLANTS,
    Logs,
    Plant,
    Printed,
    last_life,
    live_once_more,
    lives,
    nodes,
    told,
)

pytestmark = pytest.mark.sim

SECOND = 1_000_000_000
FAULTS = (
    (5 * SECOND, Cut((2,), 3 * SECOND)),
    (12 * SECOND, Crash(1, SECOND)),
    (18 * SECOND, Cut((0,), 2 * SECOND)),
    (24 * SECOND, Blackout((SECOND, SECOND // 2, SECOND // 5))),
)
"""A split and a merge, a process killed, another split, and at last the power of all is lost."""
LATE_FAULTS = (
    (8 * SECOND, Crash(1, SECOND)),
    (18 * SECOND, Cut((0,), 2 * SECOND)),
    (22 * SECOND, Blackout((SECOND, SECOND // 2, SECOND // 5))),
    (31 * SECOND, Crash(2, SECOND)),
)
"""Before and behind a checkpoint that keeps not all lines."""

STAYED_FAULTS = ((24 * SECOND, Blackout((SECOND, SECOND // 2, SECOND // 5))),)
"""When results are official, in a room that stays: it shows them again, and its next lobby."""
STAYED_NS = 38 * SECOND


@pytest.fixture(scope="module")
def good() -> list[str]:
    """Return what three nodes printed, a text each, in a race in which much failed."""
    printed = PrintedLogs()
    plan = RacePlan(3, 2, Script(faults=FAULTS))
    outcome = simulate(7, SweepSpec(nodes=3, laps=2), plan=plan, printed=printed)
    assert outcome.failures == ()
    return texts_of(printed)


@pytest.fixture(scope="module")
def stayed() -> list[str]:
    """Return what three nodes printed that lose power after a race, come back and stay."""
    printed = PrintedLogs()
    plan = RacePlan(3, 1, Script(faults=STAYED_FAULTS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("racer.app.simulation.simulate.Player", partial(Player, stays=True))
        patch.setattr("racer.app.simulation.simulate.RACE_TIMEOUT_NS", STAYED_NS)
        outcome = simulate(7, SweepSpec(nodes=3, laps=1), plan=plan, printed=printed)
    (staying,) = outcome.failures
    assert staying == "machines [0, 1, 2] have not finished after 38 s"
    return texts_of(printed)


@pytest.fixture(scope="module")
def old() -> Iterator[list[str]]:
    """Yield what three nodes printed in a room so old that its checkpoint folds lines away."""
    printed = PrintedLogs()
    plan = RacePlan(3, 3, Script(faults=LATE_FAULTS), spacing=32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("racer.app.simulation.simulate.TALK_EVERY_NS", SECOND * 2 // 5)
        for where in ("room.CHAT_SHOWN", "chat_lines.CHAT_SHOWN"):
            patch.setattr(f"racer.play.room.{where}", KEPT)
        patch.setattr("racer.app.verify.folds.LINES_KEPT", KEPT)
        outcome = simulate(7, SweepSpec(nodes=3, laps=3), plan=plan, printed=printed)
        assert outcome.failures == ()
        yield texts_of(printed)


def texts_of(printed: PrintedLogs) -> list[str]:
    return ["\n".join(json.dumps(line.fields) for line in log) for log in printed.records()]


def read(texts: list[str]) -> Logs:
    return [[json.loads(line) for line in text.splitlines()] for text in texts]


def write(logs: Logs, folder: Path) -> list[str]:
    paths = [folder / f"{number}.log" for number in range(len(logs))]
    for path, log in zip(paths, logs, strict=True):
        path.write_text("".join(f"{json.dumps(line)}\n" for line in log), encoding="utf-8")
    return [str(path) for path in paths]


def names_of(plants: list[tuple[Plant, str, str]]) -> list[str]:
    return [f"{plant.__name__}-{check}" for plant, check, _ in plants]


@pytest.mark.parametrize(("plant", "check", "why"), PLANTS, ids=names_of(PLANTS))
def test_a_violation_planted_into_good_logs_is_found_and_quoted(
    plant: Plant,
    check: str,
    why: str,
    good: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    find_planted(good, plant, (check, why), tmp_path, capsys)


@pytest.mark.parametrize(("plant", "check", "why"), STAYED_PLANTS, ids=names_of(STAYED_PLANTS))
def test_a_violation_planted_into_a_room_that_stays_is_found_and_quoted(
    plant: Plant,
    check: str,
    why: str,
    stayed: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    find_planted(stayed, plant, (check, why), tmp_path, capsys)


@pytest.mark.parametrize(("plant", "check", "why"), OLD_PLANTS, ids=names_of(OLD_PLANTS))
def test_a_violation_planted_behind_a_checkpoint_is_found_and_quoted(
    plant: Plant,
    check: str,
    why: str,
    old: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    find_planted(old, plant, (check, why), tmp_path, capsys)


def find_planted(
    good: list[str],
    plant: Plant,
    expected: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    check, why = expected
    logs = read(good)
    plant(logs)
    assert logs != read(good)
    assert cli.main(["verify", *write(logs, tmp_path)]) == FAILURE
    lines = capsys.readouterr().out.splitlines()
    verdict = next(at for at, line in enumerate(lines) if line.startswith(check))
    assert "VIOLATION" in lines[verdict]
    found = next(at for at, line in enumerate(lines) if at > verdict and why in line)
    path, number, quoted = lines[found + 1].strip().split(":", 2)
    written = Path(path).read_text(encoding="utf-8").splitlines()[int(number) - 1]
    assert json.loads(quoted) == json.loads(written)


def test_good_logs_of_a_race_with_splits_merges_and_kills_are_found_good(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = read(good)
    assert all(len(told(log, "joined")) > 1 for log in logs)
    assert len({line["lineage"] for log in logs for line in told(log, "lineage")}) > 1
    assert cli.main(["verify", *write(logs, tmp_path)]) == OK
    out = capsys.readouterr().out
    assert out.count(" ok: ") == 9
    assert "not judged" not in out


@pytest.mark.parametrize("found", [True, False])
def test_a_line_that_comes_back_with_a_later_life_is_late_and_one_that_does_not_is_gone(
    found: bool, good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = read(good)
    live_once_more(logs[1], found=found)
    assert cli.main(["verify", *write(logs, tmp_path)]) == (OK if found else FAILURE)
    out = capsys.readouterr().out
    assert ("1 late, by 6" in out) == ("shown again late by 6" in out) == found
    assert ("a line was shown, and is gone" in out) == (not found)


def test_who_comes_back_after_a_race_shows_it_again_and_is_found_good(
    stayed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = read(stayed)
    for log in logs:
        before, after = lives(log)
        for event in ("lap", "finish", "pickup"):
            assert len(told(before, event)) == len(told(after, event)) > 0
        assert len(told(before, "results", official=True)) == 1
        assert len(told(after, "results", official=True)) == 1
        assert [line["phase"] for line in told(after, "phase")][:2] == ["finished", "lobby"]
    assert cli.main(["verify", *write(logs, tmp_path)]) == OK
    assert "not judged" not in capsys.readouterr().out


def test_who_begins_from_a_checkpoint_shows_the_newest_lines_and_is_found_good(
    old: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = read(old)
    for log in logs:
        begun, *_ = told(last_life(log), "chat_folded")
        assert min(line["index"] for line in told(last_life(log), "chat")) == begun["index"] > 0
    assert cli.main(["verify", *write(logs, tmp_path)]) == OK
    assert "VIOLATION" not in capsys.readouterr().out


def test_who_began_from_a_checkpoint_and_splits_off_need_not_tell_of_it_again(
    old: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It goes on with the history that it has, in a lineage of another name."""
    logs = read(old)
    for log in logs:
        was = told(log, "lineage")[-1]["lineage"]
        last = log[-1]["t"]
        log.append({"t": last, "event": "lineage", "lineage": was[::-1], "was": was})
    assert cli.main(["verify", *write(logs, tmp_path)]) == OK
    show_it_all_again(logs[2])
    assert cli.main(["verify", *write(logs, tmp_path)]) == FAILURE
    out = capsys.readouterr().out
    assert "is folded away" not in out, "another history may begin at its first line"
    assert "is gone" in out, "and then it lacks what it showed before"


def show_it_all_again(log: list[Printed]) -> None:
    """Enter a lineage whose chat has only one of the lines that were shown before."""
    line = dict(told(last_life(log), "chat")[-1])
    log.append({**line, "t": log[-1]["t"], "was": line["index"], "index": 0, "decree": 1})
    log.append({"t": log[-1]["t"] + 60, "event": "phase", "phase": "lobby", "lap": None})


def test_a_checkpoint_keeps_as_many_lines_as_the_judge_asks_for() -> None:
    assert LINES_KEPT == CHAT_SHOWN


def test_lines_get_their_places_no_farther_apart_than_the_judge_takes_it() -> None:
    assert PLACED_S * SECOND == CHAT_PLACED_NS


def test_a_sweep_writes_logs_that_are_judged_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--logs", str(tmp_path / "logs")]
    (tmp_path / "logs" / "seed-3").mkdir(parents=True)
    (tmp_path / "logs" / "seed-3" / "machine-7.log").write_text("of a larger race before")
    assert cli.main(["simulate", "--seeds", "3", "--jobs", "1", "--nodes", "3", *where]) == OK
    logs = sorted(str(path) for path in (tmp_path / "logs" / "seed-3").iterdir())
    assert len(logs) == 3
    assert cli.main(["verify", *logs]) == OK
    assert "VIOLATION" not in capsys.readouterr().out


def test_logs_that_lack_a_node_say_what_could_not_be_judged(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, three = read(good)
    absent = next(nodes([three]))
    assert cli.main(["verify", *write([one, two], tmp_path)]) == OK
    assert f"not judged: what all had seen: no log of {absent}" in capsys.readouterr().out


def test_what_an_older_version_printed_is_refused_by_file_and_line(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = read(good)
    line = told(logs[0], "chat")[0]
    del line["decree"]
    where = f"{tmp_path / '0.log'}:{logs[0].index(line) + 1}: 'decree' should be a whole number"
    assert cli.main(["verify", *write(logs, tmp_path)]) == WRONG_USE
    assert where in capsys.readouterr().err
