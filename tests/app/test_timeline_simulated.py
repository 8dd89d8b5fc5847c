"""Of a simulated run it is known when each life began and ended, and every datagram."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from net.sim import Script, World
from net.sim.faults import Pause
from racer.app.circuits.catalog import circuit, circuit_line
from racer.app.commands import cli
from racer.app.commands.parser import WRONG_USE
from racer.app.timeline.diagram import Window, draw
from racer.app.timeline.simulated import MESSAGES_MAX, Recorder
from racer.app.timeline.story import Ending, MarkKind, Story
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import Setup
from racer.play.session import Player, Session

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from net import NodeId

SECOND = 1_000_000_000
KILLED_NS, STARTED_NS, END_NS = 2 * SECOND, 3 * SECOND, 4 * SECOND
TRACK = "dockyard"
ELECTION = Window(2.0, 2.6)


def session(number: int, me: NodeId, rng: Random) -> Session:
    setup = Setup(RaceSetup(TRACK, 1), 0)
    player = Player(race="simulation", name=f"driver {number}", bot=False, setup=setup)
    return Session(player, me, {TRACK: circuit(TRACK)}, {TRACK: circuit_line(TRACK)}, rng)


def watched(messages: Window | None = None) -> Story:
    """Return the story of a lobby of three; the coordinator is killed and started again."""
    recorder = Recorder(messages)
    world = World(7, recorder.sink)
    for number in range(3):
        world.add(partial(session, number), number * SECOND // 10)
    script = Script(faults=((SECOND, Pause(1, SECOND // 2)),))
    recorder.attach(world, script)
    world.at(KILLED_NS, lambda: world.crash(world.machines[0]))
    world.at(STARTED_NS, lambda: world.start(world.machines[0]))
    world.run(END_NS)
    return recorder.story()


def test_lives_begin_and_end_when_they_did() -> None:
    story = watched()
    assert [lane.name for lane in story.lanes] == ["machine 0", "machine 1", "machine 2"]
    first, second = story.lanes[0].lives
    assert (first.from_s, first.to_s, first.ending) == (0.0, 2.0, Ending.CRASHED)
    assert (second.from_s, second.to_s, second.ending) == (3.0, 4.0, Ending.OPEN)
    assert MarkKind.STARTED in {mark.kind for mark in second.marks}


def test_a_pause_stands_on_the_line_of_the_paused() -> None:
    story = watched()
    (pause,) = story.faults
    assert (pause.at_s, pause.to_s, pause.nodes) == (1.0, 1.5, (story.lanes[1].node,))


def test_datagrams_of_the_wanted_seconds_are_there_and_told_apart() -> None:
    story = watched(ELECTION)
    assert 20 < len(story.messages) <= MESSAGES_MAX
    assert all(2.0 <= message.sent_s <= 2.6 for message in story.messages)
    assert {message.kind for message in story.messages} == {"election", "log", "other"}
    prepares = [message for message in story.messages if "Prepare" in message.text]
    assert prepares
    assert all(message.kind == "election" for message in prepares)
    assert watched().messages == ()


def test_the_same_seed_gives_the_same_drawing() -> None:
    window = Window(0.0, 4.0)
    assert draw(watched(), window, "t") == draw(watched(), window, "t")


def test_watching_a_run_changes_nothing() -> None:
    def trace(messages: Window | None) -> str:
        recorder = Recorder(messages)
        world = World(7, recorder.sink)
        for number in range(2):
            world.add(partial(session, number), 0)
        recorder.attach(world, Script())
        world.run(2 * SECOND)
        return world.trace

    assert trace(None) == trace(Window(0.0, 1.0))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--seeds 0:2 --timeline out.svg", "one seed"),
        ("--seeds 1 --timeline out.svg --messages", "give --from and --to"),
        ("--seeds 1 --timeline out.svg --messages --from 1 --to 9", "for 2 s at most"),
    ],
)
def test_what_cannot_be_drawn_is_said_before_the_race_is_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: str,
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["simulate", *words.split()]) == WRONG_USE
    assert why in capsys.readouterr().err
    assert not (tmp_path / "out.svg").exists()
