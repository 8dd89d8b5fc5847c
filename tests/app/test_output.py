"""JSON Lines keep the names and meanings that the design's section 7 gives them."""

from __future__ import annotations

import io
import json
import os
import time
from pathlib import Path
from typing import get_args

import pytest

from net import Dot, UsageError
from net.runtime.lateness import Lateness
from net.runtime.service_options import TrafficFigures, Trouble
from racer.app.output import Load, Output, to_object
from racer.app.terminal import OutputClosedError
from racer.play.reports import (
    BreakageAsked,
    ChatFolded,
    ChatSeen,
    CircuitSeen,
    CommandRefused,
    ControlSeen,
    ConvictedSeen,
    CoordinatorSeen,
    CoordinatorVacant,
    Disbelieved,
    DisqualifiedRow,
    FinishSeen,
    HasLeft,
    HistoryAwaited,
    HistoryResumed,
    HistoryTooNewSeen,
    IncompatibleSeen,
    Joined,
    JumpStartSeen,
    LapSeen,
    LineageSeen,
    PassphraseSeen,
    PeerSeen,
    PeerUnreadableSeen,
    PhaseEntered,
    PickupSeen,
    PutOffSeen,
    RaceReport,
    RecordSeen,
    RemovalSeen,
    ResultsSeen,
    Resumed,
    RoomTrouble,
    SeatSeen,
    Stats,
    TableRow,
    TwinSeen,
    UnreachedSeen,
    VersionSpoken,
    WaitingSeen,
)

ADA, BEN = bytes(range(16)), b"\xab" * 16
SHORT, OTHER = "00010203", "abababab"
OUT = (DisqualifiedRow(BEN, "eve", 3, "equivocation", "eve was put out"),)
TABLE = (TableRow(1, ADA, "ada", 3, 61_234, 20_100), TableRow(2, BEN, "ben", 2, None, None, 3))
DOT = Dot(ADA, 2, 7)
RACE = b"the race"

NEWER = IncompatibleSeen(BEN, "10.0.0.7:7000", (4, 5), 3, (3, 3), 2, "it runs protocol 4 to 5")
AGED = HistoryTooNewSeen(4, "this race went on in protocol 4 here")

REPORTS: tuple[tuple[RaceReport, dict[str, object]], ...] = (
    (
        WaitingSeen("friday", "unanswered", BEN, "10.0.0.2", "friday: ben has not answered"),
        {
            "event": "waiting",
            "race": "friday",
            "why": "unanswered",
            "node": OTHER,
            "address": "10.0.0.2",
            "text": "friday: ben has not answered",
            "races": [],
        },
    ),
    (
        PeerUnreadableSeen(BEN, "ben", "fields", 9, "ben cannot be read"),
        {
            "event": "unreadable",
            "node": OTHER,
            "name": "ben",
            "why": "fields",
            "count": 9,
            "text": "ben cannot be read",
        },
    ),
    (
        RemovalSeen(BEN, "ben", ("ada", "cleo"), False, "ben was removed"),
        {
            "event": "removal",
            "node": OTHER,
            "name": "ben",
            "by": ["ada", "cleo"],
            "ours": False,
            "text": "ben was removed",
            "lie": "",
        },
    ),
    (BreakageAsked("kill"), {"event": "breakage", "kind": "kill"}),
    (
        CommandRefused("chat", "too_many", "Not said"),
        {"event": "refused", "what": "chat", "why": "too_many", "text": "Not said"},
    ),
    (
        Disbelieved(BEN, "ben", "lap", "future", 2, "ben's lap 3 does not count here"),
        {
            "event": "disbelieved",
            "node": OTHER,
            "name": "ben",
            "what": "lap",
            "why": "future",
            "count": 2,
            "text": "ben's lap 3 does not count here",
        },
    ),
    (
        Joined("friday", ADA, "ada"),
        {"event": "joined", "race": "friday", "node": SHORT, "name": "ada"},
    ),
    (
        PeerSeen(BEN, "ben", "suspect"),
        {"event": "peer", "node": OTHER, "name": "ben", "state": "suspect"},
    ),
    (
        CoordinatorSeen("friday", BEN, 417, b"lineage1"),
        {
            "event": "coordinator",
            "race": "friday",
            "node": OTHER,
            "epoch": 417,
            "lineage": b"lineage1".hex(),
        },
    ),
    (
        CoordinatorVacant("friday", BEN, 417),
        {"event": "vacant", "race": "friday", "node": OTHER, "epoch": 417},
    ),
    (
        LineageSeen(b"lineage2", b"lineage1"),
        {"event": "lineage", "lineage": b"lineage2".hex(), "was": b"lineage1".hex()},
    ),
    (ChatFolded(480, 1024), {"event": "chat_folded", "index": 480, "decree": 1024}),
    (HistoryAwaited(("ada", "ben")), {"event": "awaits", "missing": ["ada", "ben"]}),
    (
        HistoryResumed(kept=True, sure=False, missing=("ben",)),
        {"event": "revived", "kept": True, "sure": False, "missing": ["ben"]},
    ),
    (RoomTrouble("differed", "words"), {"event": "trouble", "kind": "differed", "text": "words"}),
    (LineageSeen(b"lineage1", None), {"event": "lineage", "lineage": b"lineage1".hex()}),
    (
        NEWER,
        {
            "event": "incompatible",
            "node": OTHER,
            "address": "10.0.0.7:7000",
            "protocol": [4, 5],
            "physics": 3,
            "our_protocol": [3, 3],
            "our_physics": 2,
            "text": NEWER.text,
        },
    ),
    (AGED, {"event": "history_too_new", "version": 4, "text": AGED.text}),
    (VersionSpoken(4), {"event": "protocol", "version": 4}),
    (PhaseEntered("countdown"), {"event": "phase", "phase": "countdown", "qualifying": False}),
    (
        LapSeen(RACE, ADA, 2, 30_123, 61_500),
        {
            "event": "lap",
            "race": RACE.hex(),
            "node": SHORT,
            "lap": 2,
            "ms": 30_123,
            "race_ms": 61_500,
        },
    ),
    (
        FinishSeen(RACE, ADA, 61_234),
        {"event": "finish", "race": RACE.hex(), "node": SHORT, "ms": 61_234},
    ),
    (
        ChatSeen(4, BEN, "hi", DOT, None, 9),
        {
            "event": "chat",
            "index": 4,
            "node": OTHER,
            "text": "hi",
            "dot": f"{SHORT}.2.7",
            "decree": 9,
        },
    ),
    (
        ChatSeen(0, BEN, "hi", DOT, 4, 9),
        {
            "event": "chat",
            "index": 0,
            "node": OTHER,
            "text": "hi",
            "dot": f"{SHORT}.2.7",
            "was": 4,
            "decree": 9,
        },
    ),
    (
        SeatSeen(3, ADA, 12),
        {"event": "seat", "number": 3, "node": SHORT, "decree": 12},
    ),
    (
        SeatSeen(3, None, None),
        {"event": "seat", "number": 3, "node": None, "decree": None},
    ),
    (
        PickupSeen(RACE, 3, ADA, 0, 7100),
        {
            "event": "pickup",
            "race": RACE.hex(),
            "id": 3,
            "node": SHORT,
            "generation": 0,
            "ms": 7100,
        },
    ),
    (
        RecordSeen("dockyard", "marten", ADA, "ada", 13_916),
        {
            "event": "record",
            "track": "dockyard",
            "car": "marten",
            "node": SHORT,
            "name": "ada",
            "ms": 13_916,
        },
    ),
    (
        CircuitSeen("quay", "0a0b", 0.75),
        {"event": "circuit", "track": "quay", "content": "0a0b", "progress": 0.75},
    ),
    (
        ControlSeen(RACE, ADA, BEN, 3),
        {"event": "control", "race": RACE.hex(), "car": SHORT, "driver": OTHER, "lease": 3},
    ),
    (
        UnreachedSeen("10.0.0.7:40000", "silent", "a firewall?"),
        {
            "event": "unreached",
            "address": "10.0.0.7:40000",
            "why": "silent",
            "text": "a firewall?",
            "name": "",
        },
    ),
    (
        PutOffSeen("10.0.0.7:40000", "ben", "past life", "its clock?"),
        {
            "event": "put_off",
            "address": "10.0.0.7:40000",
            "name": "ben",
            "why": "past life",
            "text": "its clock?",
        },
    ),
    (
        PassphraseSeen("10.0.0.7", True, "wrong word"),
        {"event": "passphrase", "address": "10.0.0.7", "ours": True, "text": "wrong word"},
    ),
    (
        TwinSeen(ADA, "10.0.0.7:40000", "goes", "a copy"),
        {
            "event": "twin",
            "node": SHORT,
            "address": "10.0.0.7:40000",
            "part": "goes",
            "text": "a copy",
        },
    ),
    (
        ConvictedSeen(ADA, "Ada", True, "a copy"),
        {"event": "convicted", "node": SHORT, "name": "Ada", "ours": True, "text": "a copy"},
    ),
    (HasLeft(), {"event": "left"}),
    (JumpStartSeen(ADA), {"event": "jump_start", "node": SHORT}),
    (
        Resumed(2, (BEN, ADA), 410),
        {"event": "resumed", "lap": 2, "from": [OTHER, SHORT], "ms": 410},
    ),
    (
        ResultsSeen(RACE, True, "3fa9", TABLE, False, OUT),
        {
            "event": "results",
            "race": RACE.hex(),
            "qualifying": False,
            "official": True,
            "digest": "3fa9",
            "table": [
                {
                    "place": 1,
                    "node": SHORT,
                    "name": "ada",
                    "laps": 3,
                    "ms": 61_234,
                    "best_ms": 20_100,
                    "out_lap": None,
                },
                {
                    "place": 2,
                    "node": OTHER,
                    "name": "ben",
                    "laps": 2,
                    "ms": None,
                    "best_ms": None,
                    "out_lap": 3,
                },
            ],
            "disqualified": [
                {
                    "node": OTHER,
                    "name": "eve",
                    "number": 3,
                    "why": "equivocation",
                    "text": "eve was put out",
                },
            ],
        },
    ),
)


@pytest.mark.parametrize(("report", "printed"), REPORTS, ids=lambda case: type(case).__name__)
def test_a_report_is_printed_with_the_names_of_the_design(
    report: RaceReport, printed: dict[str, object]
) -> None:
    found = to_object(report)
    assert found == printed
    assert json.loads(json.dumps(found)) == printed


def test_every_kind_of_report_is_printed() -> None:
    kinds = {type(report) for report, _ in REPORTS} | {Stats}
    assert kinds == set(get_args(RaceReport))


def test_a_line_holds_one_object_with_its_time_and_is_flushed_at_once() -> None:
    flushed: list[str] = []

    class Stream(io.StringIO):
        def flush(self) -> None:
            flushed.append(self.getvalue())

    output = Output(Stream(), None)
    before = time.time()
    output.report(Joined("größte", ADA, "a\u2028b"))
    output.report(PhaseEntered("lobby"))
    first, second = flushed[-1].split("\n")[:2]
    assert len(flushed) == 2
    assert flushed[0].count("\n") == 1
    told = json.loads(first)
    assert before - 0.01 <= told["t"] <= time.time() + 0.01
    assert (told["event"], told["race"]) == ("joined", "größte")
    assert json.loads(second)["phase"] == "lobby"


def test_a_log_gets_every_line_too_and_keeps_what_it_had(tmp_path: Path) -> None:
    path = tmp_path / "race.log"
    before = '{"t": 1.0, "event": "phase", "phase": "lobby"}\n'
    path.write_text(before, encoding="utf-8")
    stream = io.StringIO()
    output = Output(stream, path)
    output.report(PhaseEntered("lobby"))
    assert path.read_text(encoding="utf-8") == before + stream.getvalue()
    output.close()


def test_a_log_alone_is_enough(tmp_path: Path) -> None:
    output = Output(None, tmp_path / "race.log")
    output.report(PhaseEntered("lobby"))
    output.close()
    assert "lobby" in (tmp_path / "race.log").read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        Output(None, tmp_path / "missing" / "race.log")


def test_a_file_that_is_no_log_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    path.write_text("Dear Ada,\n", encoding="utf-8")
    with pytest.raises(UsageError, match="is no log"):
        Output(None, path)
    assert path.read_text(encoding="utf-8") == "Dear Ada,\n"


def test_a_pipe_that_nobody_reads_is_no_log(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(UsageError, match="cannot be written"):
        Output(None, tmp_path / "fifo")


def test_a_log_that_takes_no_more_is_told_once_and_the_race_goes_on() -> None:
    stream = io.StringIO()
    told: list[str] = []
    output = Output(stream, Path("/dev/full"), on_trouble=told.append)
    for _ in range(3):
        output.report(PhaseEntered("lobby"))
    output.close()
    assert told == ["/dev/full: cannot be written any more: No space left on device"]
    assert not output.is_log_whole
    assert stream.getvalue().count("\n") == 3


def test_who_is_heard_no_more_is_told_to_leave_once(tmp_path: Path) -> None:
    left: list[str] = []
    output = Output(Deaf(), tmp_path / "race.log", lambda: left.append("left"))
    output.report(PhaseEntered("lobby"))
    output.report(PhaseEntered("racing"))
    output.close()
    assert left == ["left"]
    assert isinstance(output.lost, OutputClosedError)
    assert (tmp_path / "race.log").read_text(encoding="utf-8").count("\n") == 2


class Deaf(io.StringIO):
    """A standard output that nobody reads."""

    def write(self, text: str) -> int:
        raise OutputClosedError


def test_trouble_is_for_people_and_not_among_the_objects(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = io.StringIO()
    Output(stream, None).trouble(Trouble("discovery", "no multicast here"))
    assert stream.getvalue() == ""
    assert capsys.readouterr().err == "racer: no multicast here\n"


def test_words_for_people_are_one_line_of_a_log_whatever_they_quote(tmp_path: Path) -> None:
    output = Output(None, tmp_path / "race.log")
    output.trouble(Trouble("disk", 'odd\n{"t": 1, "event": "left"}\u2028'))
    output.close()
    told = (tmp_path / "race.log").read_text(encoding="utf-8")
    assert told == r'racer: odd\u000a{"t": 1, "event": "left"}\u2028' + "\n"


def test_load_counts_from_look_to_look() -> None:
    load = Load()
    names = {"tx_bps", "rx_bps", "tx_pps", "rx_pps", "cpu_pct"}
    names |= {"late_p99_ms", "late_max_ms"}
    first = load.look(TrafficFigures(1000, 10, 2000, 20), Lateness(0.25, 3.0))
    assert names <= set(first)
    again = load.look(TrafficFigures(1000, 10, 2000, 20), Lateness(0.25, 3.0))
    assert (again["tx_bps"], again["rx_bps"], again["tx_pps"], again["rx_pps"]) == (0, 0, 0, 0)
    output = io.StringIO()
    Output(output, None).report(Stats(1.5, 0.01, 5, None, None), again)
    told = json.loads(output.getvalue())
    assert (told["event"], told["rtt_ms"], told["loss"]) == ("stats", 1.5, 0.01)
    assert names <= set(told)


def test_whoever_we_cannot_race_with_is_told_to_a_person_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = io.StringIO()
    output = Output(stream, None)
    output.report(NEWER)
    output.report(AGED)
    output.report(VersionSpoken(4))
    output.report(WaitingSeen("friday", "incompatible", BEN, "10.0.0.7", "friday: it waits"))
    assert capsys.readouterr().err.splitlines() == [f"racer: {NEWER.text}", f"racer: {AGED.text}"]
    assert len(stream.getvalue().splitlines()) == 4
