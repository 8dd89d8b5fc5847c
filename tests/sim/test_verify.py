"""The judge of logs finds what cannot be true in what nodes printed, and nothing in good logs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from net.sim import Script
from net.sim.faults import Blackout, Crash, Cut
from racer.app.commands import cli
from racer.app.commands.parser import FAILURE, OK, WRONG_USE
from racer.app.simulation.printed_logs import PrintedLogs
from racer.app.simulation.simulate import RacePlan, SweepSpec, simulate
from racer.app.verify.folds import LINES_KEPT
from racer.play.limits import CHAT_SHOWN

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
KEPT = 20  # of them, in place of the hundred for which three talk a minute

Printed: TypeAlias = dict[str, Any]
Logs: TypeAlias = list[list[Printed]]
Plant: TypeAlias = Callable[[Logs], None]


@pytest.fixture(scope="module")
def good() -> list[str]:
    """Return what three nodes printed, a text each, in a race in which much failed."""
    printed = PrintedLogs()
    plan = RacePlan(3, 2, Script(faults=FAULTS))
    outcome = simulate(7, SweepSpec(nodes=3, laps=2), plan=plan, printed=printed)
    assert outcome.failures == ()
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


def told(log: list[Printed], event: str, **fields: object) -> list[Printed]:
    """Return the lines of a log that tell of such an event."""
    return [
        line
        for line in log
        if line["event"] == event and all(line[name] == value for name, value in fields.items())
    ]


def last_life(log: list[Printed]) -> list[Printed]:
    start = max(
        at for at, line in enumerate(log) if line["event"] == "lineage" and "was" not in line
    )
    return log[start:]


# --- violations -------------------------------------------------------------------------------


def swap_two_words(logs: Logs) -> None:
    """One node shows two lines of the last life in the other order."""
    *_, one, other = told(last_life(logs[0]), "chat")
    for name in ("node", "text", "dot"):
        one[name], other[name] = other[name], one[name]


def lose_a_place(logs: Logs) -> None:
    """One node leaves out a line, and the ones behind it stay where they are."""
    lost = told(last_life(logs[1]), "chat")[3]
    logs[1].remove(lost)


def say_it_twice(logs: Logs) -> None:
    line = told(last_life(logs[2]), "chat")[-1]
    again = {**line, "index": line["index"] + 1, "decree": line["decree"] + 1}
    logs[2].insert(logs[2].index(line) + 1, again)


def forge_a_word(logs: Logs) -> None:
    told(last_life(logs[2]), "chat")[2]["text"] = "something else"


def turn_an_author_round(logs: Logs) -> None:
    """An author's two lines change places, at all nodes alike."""
    chat = told(last_life(logs[0]), "chat")
    author = chat[-1]["dot"].rpartition(".")[0]
    first = next(line["dot"] for line in chat if line["dot"].startswith(f"{author}."))
    swapped = {first: chat[-1]["dot"], chat[-1]["dot"]: first}
    for log in logs:
        for line in told(log, "chat"):
            line["dot"] = swapped.get(line["dot"], line["dot"])


def lose_after_the_restart(logs: Logs) -> None:
    """A node that was started again does not show the last line that it had shown before."""
    after = last_life(logs[1])
    *_, lost = told(after, "chat", dot=told(logs[1][: -len(after)], "chat")[-1]["dot"])
    place = lost["index"]
    logs[1].remove(lost)
    for line in told(after, "chat"):
        if line["index"] > place:
            line["index"] -= 1


def grant_to_two(logs: Logs) -> None:
    """One node shows a canister at another car, in a lineage in which all others saw the grant."""
    grant = told(last_life(logs[0]), "pickup")[-1]
    grant["node"] = next(node for node in nodes(logs) if node != grant["node"])


def grant_too_early(logs: Logs) -> None:
    for log in logs:
        for grant in told(log, "pickup", generation=1):
            grant["ms"] -= 5000


def skip_an_appearance(logs: Logs) -> None:
    for log in logs:
        for grant in told(log, "pickup", generation=1):
            grant["generation"] = 2


def take_back_what_all_had(logs: Logs) -> None:
    """After the blackout all nodes agree on another owner than all had seen before it."""
    other = next(node for node in nodes(logs) if node != told(logs[0], "pickup")[0]["node"])
    for log in logs:
        for grant in told(last_life(log), "pickup", generation=0):
            grant["node"] = other


def seat_two_on_one(logs: Logs) -> None:
    one, other, *_ = told(last_life(logs[0]), "seat")
    other["number"] = one["number"]


def seat_one_on_two(logs: Logs) -> None:
    one, other, *_ = told(last_life(logs[2]), "seat")
    other["node"] = one["node"]


def skip_a_lap(logs: Logs) -> None:
    logs[1].remove(told(last_life(logs[1]), "lap", lap=1)[0])


def count_a_lap_twice(logs: Logs) -> None:
    lap = told(last_life(logs[1]), "lap", lap=2)[0]
    logs[1].insert(logs[1].index(lap), {**lap})


def run_time_back(logs: Logs) -> None:
    lap = told(last_life(logs[2]), "lap", lap=2)[0]
    lap["race_ms"] = lap["ms"] = 1000


def close_a_race_twice(logs: Logs) -> None:
    told(logs[2], "results", official=True)[-1]["digest"] = "0123456789abcdef"


def judge_otherwise(logs: Logs) -> None:
    """Two tables of one digest."""
    table = told(logs[0], "results", official=True)[-1]["table"]
    table[0]["node"], table[1]["node"] = table[1]["node"], table[0]["node"]


def wave_the_flag_too_soon(logs: Logs) -> None:
    """A driver finishes laps behind, before anybody has won."""
    table = told(logs[1], "results", official=True)[-1]["table"]
    table[-1]["laps"], table[-1]["ms"] = 1, 1


def lead_twice(logs: Logs) -> None:
    seen = told(logs[2], "coordinator")[-1]
    seen["node"] = next(node for node in nodes(logs) if node != seen["node"])


def lease_to_two(logs: Logs) -> None:
    lease = told(last_life(logs[0]), "control")[-1]
    lease["driver"] = next(node for node in nodes(logs) if node != lease["driver"])


def begin_later(logs: Logs) -> None:
    """All who began from a checkpoint leave out its first line, and say that it has one less."""
    for log in logs:
        for told_again in told(log, "chat_folded"):
            first = told_again["index"]
            told_again["index"] += 1
            for line in told(last_life(log), "chat", index=first):
                log.remove(line)


def begin_later_alone(logs: Logs) -> None:
    told(last_life(logs[1]), "chat_folded")[0]["index"] += 1


def show_what_is_folded(logs: Logs) -> None:
    told(last_life(logs[1]), "chat")[0]["index"] -= 1


def begin_without_a_word(logs: Logs) -> None:
    for line in told(last_life(logs[2]), "chat_folded"):
        logs[2].remove(line)


def lose_behind_the_checkpoint(logs: Logs) -> None:
    """A line is gone that a checkpoint keeps, at a node that was started again."""
    lost = told(last_life(logs[2]), "chat")[KEPT // 2]
    logs[2].remove(lost)
    for line in told(last_life(logs[2]), "chat"):
        if line["index"] > lost["index"]:
            line["index"] -= 1


def nodes(logs: Logs) -> Iterator[str]:
    return (str(told(log, "joined")[0]["node"]) for log in logs)


PLANTS: list[tuple[Plant, str, str]] = [
    (swap_two_words, "decrees", "says two things"),
    (lose_a_place, "order", "the one before it is empty"),
    (say_it_twice, "decrees", "one line has two places in one lineage"),
    (forge_a_word, "order", "one line has two texts"),
    (turn_an_author_round, "order", "an author's later line stands first"),
    (lose_after_the_restart, "restarts", "a line was shown, and is gone"),
    (grant_to_two, "grants", "a canister went to two cars"),
    (grant_too_early, "grants", "before it is there again"),
    (skip_an_appearance, "grants", "that was not granted before"),
    (take_back_what_all_had, "restarts", "all had seen granted"),
    (seat_two_on_one, "seats", "is two drivers'"),
    (seat_one_on_two, "seats", "has two numbers"),
    (skip_a_lap, "laps", "lap 2 is told where lap 1 must come"),
    (count_a_lap_twice, "laps", "lap 2 is told where lap 3 must come"),
    (run_time_back, "laps", "a lap ends before the one before it"),
    (close_a_race_twice, "results", "one race has two results"),
    (judge_otherwise, "results", "results of one digest differ"),
    (wave_the_flag_too_soon, "results", "finished before the winner"),
    (lead_twice, "coordinators", "two coordinators"),
    (lease_to_two, "leases", "of a car is two drivers'"),
]


OLD_PLANTS: list[tuple[Plant, str, str]] = [
    (begin_later, "order", "fewer lines are shown than a checkpoint keeps"),
    (begin_later_alone, "decrees", "one checkpoint begins the chat at two places"),
    (show_what_is_folded, "order", "is folded away, and taken"),
    (begin_without_a_word, "order", "the one before it is empty"),
    (begin_without_a_word, "restarts", "a line was shown, and is gone"),
    (lose_behind_the_checkpoint, "restarts", "a line was shown, and is gone"),
    (lose_behind_the_checkpoint, "order", "a node left out a line"),
]


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


def test_who_begins_from_a_checkpoint_shows_the_newest_lines_and_is_found_good(
    old: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = read(old)
    for log in logs:
        (begun,) = told(last_life(log), "chat_folded")
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


def test_a_checkpoint_keeps_as_many_lines_as_the_judge_asks_for() -> None:
    assert LINES_KEPT == CHAT_SHOWN


def test_a_sweep_writes_logs_that_are_judged_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--logs", str(tmp_path / "logs")]
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
    assert f"not judged: grants that all had seen: no log of {absent}" in capsys.readouterr().out


def test_what_an_older_version_printed_is_refused_by_file_and_line(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = read(good)
    line = told(logs[0], "chat")[0]
    del line["decree"]
    where = f"{tmp_path / '0.log'}:{logs[0].index(line) + 1}: 'decree' should be a whole number"
    assert cli.main(["verify", *write(logs, tmp_path)]) == WRONG_USE
    assert where in capsys.readouterr().err
