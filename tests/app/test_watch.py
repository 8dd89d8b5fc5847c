"""Who watches sees all and takes part in nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from racer.app.circuits.catalog import circuit, circuit_line
from racer.app.commands import cli
from racer.app.commands.watch import WatchOptions, spectator
from racer.app.options import Shared
from racer.core.rules.race_setup import RaceSetup
from racer.play.reports import Joined, LapSeen, LineageSeen, ResultsSeen
from racer.play.room.messages import Setup
from tests.play.company import Company, facts, player, run
from tests.play.rooms import ADA, BEN

if TYPE_CHECKING:
    from pathlib import Path

    from racer.play.session import Player

PATIENCE_S = 30
TRACK = "dockyard"


def watcher(race: str = "friday") -> Player:
    return spectator(WatchOptions(shared=Shared(name="eve"), race=race))


def meet(players: dict[bytes, Player]) -> Company:
    return Company({TRACK: circuit(TRACK)}, {TRACK: circuit_line(TRACK)}, players)


def test_a_watcher_joins_without_an_entry_and_is_never_seated() -> None:
    company = meet({ADA: player(), BEN: watcher()})
    company.tick(30)
    assert facts(company.seats[BEN]) == []
    assert company.seats[BEN].told(Joined) == [Joined("friday", BEN, "eve")]
    view = company.seats[ADA].session.view
    assert view is not None
    assert {row.name: row.number for row in view.drivers} == {"ada": 1, "eve": None}


@pytest.mark.sim
def test_a_watcher_tells_of_the_race_and_stays_when_it_is_over() -> None:
    company = meet({ADA: player(), BEN: watcher()})
    run(company, lambda: company.seats[ADA].left, 90)
    company.tick(20 * 60)
    told = company.seats[BEN]
    assert [lap.lap for lap in told.told(LapSeen) if isinstance(lap, LapSeen)] == [1]
    results = [each for each in told.told(ResultsSeen) if isinstance(each, ResultsSeen)]
    assert results[-1].official
    assert [row.node for row in results[-1].table] == [ADA]
    assert not told.left
    assert facts(told) == []


def test_a_change_of_lineage_is_told_once() -> None:
    company = meet({ADA: player(setup=Setup(RaceSetup("dockyard", 1), 0))})
    company.tick(10)
    told = company.seats[ADA].told(LineageSeen)
    assert told == [LineageSeen(b"lineage1", None)]


def test_without_headless_the_window_opens_and_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def play(shared: Shared, *, named: bool, watch: str | None) -> int:
        asked.extend((shared.name, named, watch))
        return 0

    monkeypatch.setattr("racer.app.player.launch.play", play)
    assert cli.main(["watch", "--race", "friday", "--name", "eve"]) == 0
    assert asked == ["eve", True, "friday"]


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_watcher_of_a_race_that_is_not_there_waits_says_so_and_leaves_when_told_to(
    tmp_path: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "racer", "watch", "--headless", "--race", "nobody here"]
    command += ["--interface", "127.0.0.1", "--profile", str(tmp_path / "eve"), "--name", "eve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 0
        assert (told["event"], told["why"], told["race"]) == ("waiting", "nobody", "nobody here")
        assert process.stdout.read() == b"", "it opened nothing, and so joined nothing"
        assert process.stderr is not None
        assert process.stderr.read().decode() == f"racer: {told['text']}\n"
        assert told["text"].startswith("no race named nobody here here; races here: ")
