"""The judge of logs, on logs of a few lines: what a merge may change, what a crash may cut off."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from net import NetError
from net.node.group_commit import DiskState
from net.runtime.disk.disk_trouble import DiskHealth
from racer.app.commands.parser import FAILURE, OK
from racer.app.commands.verify import told, verify_logs
from racer.app.log_reading import WORDS, LogError, LogRecord
from racer.app.verify.judge import CHECKS, judge

ADA, BEN = "0a0a0a0a", "0b0b0b0b"


class Printed:
    """What one node prints, a line a tenth of a second."""

    def __init__(self, node: str, lineage: str = "a1") -> None:
        self.node = node
        self.records: list[LogRecord] = []
        self.later_s = 0.0  # than one tenth of a second a line would have it
        self.tell("lineage", lineage=lineage)
        self.tell("joined", race="friday", node=node, name=node)

    def tell(self, event: str, **fields: Any) -> Printed:
        at = len(self.records) + 1
        at_s = at / 10 + self.later_s
        every = {"t": at_s, "event": event, **fields}
        self.records.append(LogRecord(at_s, event, every, f"{self.node}.log", at))
        return self

    def enter(self, lineage: str, was: str) -> Printed:
        return self.tell("lineage", lineage=lineage, was=was)

    def restart(self, lineage: str) -> Printed:
        self.tell("lineage", lineage=lineage)
        return self.tell("joined", race="friday", node=self.node, name=self.node)

    def chat(self, index: int, n: int, decree: int, author: str = ADA, **fields: Any) -> Printed:
        dot = f"{author}.1.{n}"
        return self.tell(
            "chat", index=index, node=author, text=f"{n}", dot=dot, decree=decree, **fields
        )

    def wait(self, seconds: int = 6) -> Printed:
        for _ in range(10 * seconds):
            self.tell("stats")
        return self


def violations(*printed: Printed) -> list[str]:
    verdicts = judge([each.records for each in printed])
    return [found.why for verdict in verdicts.values() for found in verdict.violations]


def test_a_line_that_a_merge_puts_behind_others_is_told_again_and_good() -> None:
    ada = Printed(ADA).chat(0, 1, 3).chat(1, 2, 4)
    ben = Printed(BEN, "b2").chat(0, 1, 3).chat(1, 7, 5, BEN)
    ada.enter("b2", "a1").chat(1, 7, 5, BEN).chat(2, 2, 6, was=1)
    ben.chat(2, 2, 6)
    assert violations(ada, ben) == []


def test_a_line_that_a_merge_displaces_and_nobody_tells_again_is_missed_after_a_restart() -> None:
    ada = Printed(ADA).chat(0, 1, 3).chat(1, 2, 4).enter("b2", "a1").chat(1, 7, 5, BEN)
    assert violations(ada) == []
    ada.restart("b2").chat(0, 1, 3).chat(1, 7, 5, BEN).wait()
    assert violations(ada) == ["a line was shown, and is gone"]


def test_a_line_that_came_late_moves_those_behind_it() -> None:
    ada = Printed(ADA).chat(0, 1, 3).chat(1, 7, 5, BEN).chat(1, 2, 4).chat(2, 7, 5, BEN, was=1)
    assert violations(ada, Printed(BEN).chat(0, 1, 3).chat(1, 2, 4)) == []


def test_a_line_that_loses_its_place_for_good_within_a_lineage_is_missed() -> None:
    ada = Printed(ADA).chat(0, 1, 3).chat(1, 7, 5, BEN).chat(1, 2, 4).wait(1)
    assert violations(ada) == ["a line lost its place to another, and got no new one"]


def test_a_node_that_shows_what_comes_after_a_line_and_never_the_line_left_it_out() -> None:
    ada = Printed(ADA).chat(0, 1, 3).chat(1, 2, 4).chat(2, 3, 5)
    ben = Printed(BEN).chat(0, 1, 3).chat(1, 3, 5)
    assert violations(ada, ben) == []  # it may still be on its way
    ben.wait()
    assert violations(ada, ben) == ["a node left out a line that stands before one it shows"]


def test_a_short_life_proves_nothing_and_a_long_one_must_show_all() -> None:
    ada = Printed(ADA).chat(0, 1, 3).restart("a1")
    assert violations(ada) == []
    assert violations(ada.wait()) == ["a line was shown, and is gone"]


GONE = "a line was shown, and is gone"


def test_a_line_that_a_later_life_shows_again_is_late_and_one_that_none_shows_is_gone() -> None:
    ada = Printed(ADA).chat(0, 1, 3).chat(1, 2, 4)
    ada.restart("b2").chat(0, 1, 3).wait()
    assert violations(ada) == [GONE]
    ada.restart("c3").chat(0, 1, 3).wait()
    assert violations(ada) == [GONE], "told once, however many lives lack it"
    ada.restart("c3").chat(0, 1, 3).chat(1, 2, 9)
    assert violations(ada) == []
    lines = told(judge([ada.records]))
    at = next(at for at, line in enumerate(lines) if line.startswith("restarts"))
    assert lines[at].endswith("(6 lines; 1 late, by 13 s at most)")
    assert lines[at + 1] == "  a line that was shown was shown again late by 13 s"
    assert f"{ADA}.1.2" in lines[at + 2]
    assert '"decree": 9' in lines[at + 3]


def test_lines_that_get_new_places_do_so_one_by_one_and_are_gone_when_all_had_the_time() -> None:
    ada = Printed(ADA)
    for n in range(6):
        ada.chat(n, n + 1, n + 3)
    ada.restart("b2").chat(0, 1, 7).chat(1, 2, 8).wait(9)
    assert violations(ada) == []
    restarts = judge([ada.records])["restarts"]
    assert (restarts.on_their_way, restarts.late_count) == (4, 0)
    assert any(
        "4 still on their way where the logs end" in line for line in told(judge([ada.records]))
    )
    assert violations(ada.wait(2)) == [GONE] * 4


def test_lines_from_before_one_that_keeps_its_place_are_there_at_once() -> None:
    ada = Printed(ADA)
    for n in range(12):
        ada.chat(n, n + 1, n + 3)
    ada.restart("b2").chat(0, 12, 14).wait()
    assert violations(ada) == [GONE] * 11


def test_who_changes_its_lineage_again_and_again_had_no_time_in_any() -> None:
    ada = Printed(ADA).chat(0, 1, 3).restart("b2").wait(4)
    for was, lineage in (("b2", "c3"), ("c3", "d4")):
        ada.enter(lineage, was).wait(4)
    assert violations(ada) == []
    assert violations(ada.enter("e5", "d4").wait()) == [GONE]


def test_a_line_that_its_author_has_said_again_is_that_one_from_then_on() -> None:
    ada = Printed(ADA).chat(0, 1, 3).restart("b2")
    ada.tell("chat", index=0, node=ADA, text="1", dot=f"{ADA}.2.1", decree=7).wait()
    ada.restart("b2").wait()
    assert violations(ada) == [GONE]
    (found,) = judge([ada.records])["restarts"].violations
    assert found.lines[0].word("dot") == f"{ADA}.2.1"


def test_who_left_on_purpose_may_find_another_room_and_who_was_killed_may_not() -> None:
    left = Printed(ADA).chat(0, 1, 3).tell("left").restart("b2").wait()
    killed = Printed(ADA).chat(0, 1, 3).restart("b2").wait()
    assert violations(left) == []
    assert violations(killed) == ["a line was shown, and is gone"]


def test_what_a_split_had_folded_away_may_be_said_again_by_its_author_as_another_life() -> None:
    ada = Printed(ADA).chat(0, 1, 3).chat(1, 2, 4).restart("b2")
    ada.tell("chat", index=0, node=ADA, text="1", dot=f"{ADA}.2.1", decree=7).wait()
    assert violations(ada) == ["a line was shown, and is gone"], "one of two is said again"
    ada.tell("chat", index=1, node=ADA, text="2", dot=f"{ADA}.2.2", decree=8)
    assert violations(ada) == []


def test_words_that_another_says_bring_no_line_back() -> None:
    ada = Printed(ADA).chat(0, 1, 3).restart("b2")
    ada.tell("chat", index=0, node=BEN, text="1", dot=f"{BEN}.2.1", decree=7).wait()
    assert violations(ada) == ["a line was shown, and is gone"]


def test_what_a_machine_kept_counts_for_twelve_hours_and_longer_where_it_says_so() -> None:
    def back_after(hours: float, *, kept: bool | None = None) -> list[str]:
        ada = Printed(ADA).chat(0, 1, 3)
        ada.later_s = 3600 * hours
        if kept is not None:
            ada.tell("revived", kept=kept, sure=False, missing=[])
        return violations(ada.restart("b2").wait())

    gone = ["a line was shown, and is gone"]
    assert back_after(0.5) == back_after(11.9) == gone
    assert back_after(12.1) == []
    assert back_after(12.1, kept=False) == []
    assert back_after(12.1, kept=True) == gone
    assert back_after(0.5, kept=False) == gone, "too young to be too old"


def test_what_a_machine_said_that_its_disk_does_not_keep_it_need_not_show_again() -> None:
    def back(before: str, after: str = "") -> list[str]:
        ada = Printed(ADA).chat(0, 1, 3).tell(WORDS, text=before).tell("stats")
        if after:
            ada.tell(WORDS, text=after)
        return violations(ada.restart("b2").wait())

    health = DiskHealth(Path("ada/journal"))
    health.fail(OSError(28, "No space left on device"))
    full = health.trouble(DiskState())
    silent = DiskHealth(Path("ada/journal")).trouble(DiskState(keeps=False))
    health.stop("a hole")
    stopped = health.trouble(DiskState())
    assert full is not None
    assert silent is not None
    assert stopped is not None
    assert back(full.text) == back(silent.text) == back(stopped.text) == []
    gone = ["a line was shown, and is gone"]
    assert back("Waiting for Ben, who may know more of this race") == gone
    assert back("", "2 damaged entries of kind decree are left out") == []


def grant(printed: Printed, node: str | None, ms: int | None = 5000) -> Printed:
    return printed.tell("pickup", race="r1", id=1, node=node, generation=0, ms=ms)


def test_a_merge_may_take_a_grant_back_that_one_side_alone_had_seen() -> None:
    ada, ben = Printed(ADA), Printed(BEN, "b2")
    grant(ada, ADA)
    grant(ben, BEN)
    ada.enter("b2", "a1")
    grant(ada, None, None)
    grant(ada, BEN)
    assert violations(ada, ben) == []


def test_a_grant_that_all_had_seen_may_not_go_to_another_in_whatever_lineage() -> None:
    ada, ben = grant(Printed(ADA), ADA), grant(Printed(BEN), ADA)
    ada.restart("c3")
    grant(ada, BEN)
    assert violations(ada, ben) == ["a canister that all had seen granted went to another"]


def test_a_grant_that_one_after_the_other_had_seen_apart_may_go_to_another() -> None:
    """All have seen it, but at no moment: who had it went over to a part that had it not."""
    ada, ben = grant(Printed(ADA), ADA), Printed(BEN, "b2")
    ada.enter("b2", "a1")
    grant(ada, None, None)
    ben.wait(1).enter("a1", "b2")
    grant(ben, ADA)
    grant(ada.wait(3), BEN)
    assert violations(ada, ben) == []


def race_of(printed: Printed, *laps_ms: int, late_ms: int = 0, digest: str = "") -> Printed:
    """Tell a race of Ada's alone, with results where they are official."""
    end_ms = 0
    for lap, ms in enumerate(laps_ms, start=1):
        end_ms += ms
        printed.tell("lap", race="r1", node=ADA, lap=lap, ms=ms, race_ms=end_ms)
    counted = laps_ms[:-1] if late_ms else laps_ms
    row = {"place": 1, "node": ADA, "laps": len(counted), "best_ms": min(counted)}
    table = [{**row, "ms": None if late_ms else end_ms, "out_lap": None}]
    if digest:
        printed.tell("phase", phase="finished")
        printed.tell("results", race="r1", official=True, digest=digest, table=table)
    return printed


def test_a_lap_that_came_after_the_results_may_be_shown_by_some_alone() -> None:
    ada = race_of(Printed(ADA), 9000, 9100, late_ms=1, digest="d1").wait()
    ben = race_of(Printed(BEN), 9000, digest="d2").wait()
    assert violations(ada) == violations(ben) == []


def test_results_may_be_ahead_of_laps_for_as_long_as_these_may_be_on_their_way() -> None:
    ada = Printed(ADA)
    table = [{"place": 1, "node": ADA, "laps": 1, "ms": 9000, "best_ms": 9000, "out_lap": None}]
    ada.tell("phase", phase="finished")
    ada.tell("results", race="r1", official=True, digest="d1", table=table)
    assert violations(ada) == []
    (found,) = violations(ada.wait())
    assert found.startswith("a table has laps that are not shown")


def test_a_car_that_others_drove_or_that_was_driven_again_may_be_seen_with_two_times() -> None:
    ada, ben = race_of(Printed(ADA), 9000), race_of(Printed(BEN), 9050)
    assert violations(ada, ben) == ["a lap of a car has two times"]
    ben.tell("control", race="r1", car=ADA, driver=BEN, lease=1)
    assert violations(ada, ben) == []
    assert violations(ada.tell("resumed", lap=1, ms=5), race_of(Printed(BEN), 9050)) == []


@pytest.mark.parametrize(
    ("laps_ms", "then", "found"),
    [
        ((), "countdown", []),
        ((), "lobby", ["a race is over, and has no results"]),
        ((9000,), "countdown", ["a race is over, and has no results"]),
    ],
)
def test_a_green_light_that_a_clock_showed_too_early_is_no_race(
    laps_ms: tuple[int, ...], then: str, found: list[str]
) -> None:
    ada = Printed(ADA).tell("phase", phase="racing")
    for lap, ms in enumerate(laps_ms, start=1):
        ada.tell("lap", race="r1", node=ADA, lap=lap, ms=ms, race_ms=lap * ms)
    assert violations(ada.tell("phase", phase=then).wait()) == found


def after_a_race() -> Printed:
    """Return what Ada prints that lost power when the results of its race had been official."""
    return race_of(Printed(ADA), 9000, digest="d1").restart("b2")


def test_who_comes_back_between_two_races_shows_the_one_that_is_over() -> None:
    gone = ["a race that all had seen is gone"]
    assert violations(after_a_race().tell("phase", phase="lobby").wait()) == gone
    assert violations(after_a_race().tell("phase", phase="lobby").wait(1)) == [], "too short"
    shown = race_of(after_a_race(), 9000, digest="d1").tell("phase", phase="lobby").wait()
    assert violations(shown) == []


def test_who_comes_back_into_the_lobby_need_not_show_laps_which_are_dropped_there() -> None:
    table = [{"place": 1, "node": ADA, "laps": 1, "ms": 9000, "best_ms": 9000, "out_lap": None}]
    ada = after_a_race().tell("phase", phase="lobby")
    ada.tell("results", race="r1", official=True, digest="d1", table=table).wait()
    assert violations(ada) == []


def test_a_room_that_has_gone_on_to_another_race_shows_no_older_one() -> None:
    begun = after_a_race().tell("phase", phase="lobby").wait(1).tell("phase", phase="countdown")
    assert violations(begun.wait()) == []
    running = after_a_race().tell("phase", phase="racing").wait()
    assert violations(running) == []
    over = after_a_race().tell("phase", phase="lobby")
    over.tell("results", race="r2", official=True, digest="d2", table=[])
    assert violations(over.wait()) == []


def test_a_race_may_be_gone_after_twelve_hours_or_where_its_machine_left_it() -> None:
    left = race_of(Printed(ADA), 9000, digest="d1").tell("left").restart("b2")
    assert violations(left.tell("phase", phase="lobby").wait()) == []
    aged = race_of(Printed(ADA), 9000, digest="d1")
    aged.later_s = 13 * 3600
    assert violations(aged.restart("b2").tell("phase", phase="lobby").wait()) == []


def test_what_all_had_seen_of_a_race_is_asked_of_each_life() -> None:
    ada, ben = (race_of(Printed(node), 9000, digest="d1") for node in (ADA, BEN))
    race_of(ada.restart("b2"), 9000, digest="d1").wait()
    race_of(ben.restart("b2"), 9300, digest="d2").wait()
    found = violations(ada, ben)
    assert "a lap that all had seen has another time" in found
    assert "results that all had seen official are others" in found


def test_two_results_of_lineages_that_never_met_are_not_compared() -> None:
    table: list[object] = []
    both = [Printed(ADA, "a1"), Printed(BEN, "b2")]
    for each, digest in zip(both, ("d1", "d2"), strict=True):
        each.tell("results", race="r1", official=True, digest=digest, table=table).wait()
    assert violations(*both) == []
    both[0].enter("b2", "a1").wait()
    assert violations(*both) == ["one race ended with two results"]


def test_each_check_has_a_line_in_words() -> None:
    verdicts = judge([Printed(ADA).chat(0, 1, 3).chat(2, 2, 4).records])
    lines = told(verdicts)
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == list(CHECKS)
    assert lines[0].startswith("order        1 VIOLATION: ")
    assert lines[1] == "  place 2 is taken, and the one before it is empty"
    assert lines[2].startswith(f"    {ADA}.log:4: {{")


def test_logs_that_prove_nothing_are_not_called_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ada, ben = tmp_path / "ada.log", tmp_path / "ben.log"
    ada.write_text(text_of(Printed(ADA).chat(0, 1, 3)), encoding="utf-8")
    ben.write_text('{"t": 1.0, "event": "waiting", "race": "friday"}\n', encoding="utf-8")
    assert verify_logs([ada]) == OK
    assert "nothing judged" not in capsys.readouterr().out
    assert verify_logs([ada, ben]) == FAILURE
    out = capsys.readouterr().out
    assert f'nothing judged: {ben} has no line "joined": its node was in no room' in out
    assert "no log tells" not in out
    ada.write_text(text_of(Printed(ADA).tell("stats")), encoding="utf-8")
    assert verify_logs([ada]) == FAILURE
    assert "nothing judged: no log tells what a room promises" in capsys.readouterr().out


def test_words_for_people_in_a_log_are_read_where_they_say_what_is_not_kept(
    tmp_path: Path,
) -> None:
    ada, log = Printed(ADA).chat(0, 1, 3).tell("stats"), tmp_path / "ada.log"
    before = text_of(ada)
    after = text_of(ada.restart("b2").wait()).removeprefix(before)
    words = "racer: this machine will not remember: No space left on device: ada/journal\n"
    log.write_text(before + after, encoding="utf-8")
    assert verify_logs([log]) == FAILURE
    log.write_text(words + before + after, encoding="utf-8")
    assert verify_logs([log]) == OK


def text_of(printed: Printed) -> str:
    return "".join(f"{json.dumps(dict(record.fields))}\n" for record in printed.records)


EVENTS = ("joined", "lineage", "peer", "chat", "seat", "pickup", "control", "lap", "results")


@pytest.mark.parametrize("number", ["9" * 5000, "²", "١", ""])
def test_a_number_that_is_none_is_told_with_its_line(number: str) -> None:
    told_by = Printed(ADA).tell(
        "chat", index=0, node=ADA, text="hi", dot=f"{ADA}.1.{number}", decree=1
    )
    with pytest.raises(LogError, match=f"{ADA}.log:3: 'dot' should be"):
        judge([told_by.records])


fields = st.fixed_dictionaries(
    {"event": st.sampled_from(EVENTS), "t": st.floats(0, 50)},
    optional={
        **{name: st.sampled_from([ADA, BEN, "", None]) for name in ("node", "car", "driver")},
        **{
            name: st.integers(-1, 3) for name in ("index", "decree", "number", "id", "lap", "lease")
        },
        **{name: st.integers(-1, 3) | st.none() for name in ("ms", "race_ms", "generation")},
        "race": st.sampled_from(["r1", "r2", 7]),
        "dot": st.sampled_from([f"{ADA}.1.1", f"{ADA}.1.2", "1", f"{ADA}.1.²"]),
        "lineage": st.sampled_from(["a1", "b2"]),
        "was": st.sampled_from(["a1", 3, None]),
        "official": st.booleans(),
        "digest": st.sampled_from(["d1", "d2"]),
        "table": st.sampled_from([[], [{"place": 1}], [7], None]),
    },
)


def one_node(found: dict[str, object]) -> str:
    return json.dumps({**found, "node": ADA} if found["event"] == "joined" else found)


@settings(max_examples=80)
@given(files=st.lists(st.lists(fields.map(one_node), max_size=12), min_size=1, max_size=3))
def test_any_files_are_judged_or_refused_in_one_line(files: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.log" for number in range(len(files))]
        for path, lines in zip(paths, files, strict=True):
            path.write_text("\n".join(lines), encoding="utf-8")
        told = outcome(paths)
    assert told in {0, 1} or "\n" not in str(told)


def outcome(paths: list[Path]) -> int | str:
    """Return the exit status, or why there is none."""
    try:
        return verify_logs(paths)
    except NetError as error:
        return str(error)
