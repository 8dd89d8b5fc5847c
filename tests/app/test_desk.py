"""Scores on channels: volumes, who keeps which channel, and that no loop is cut while heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast, final

import pytest

from racer.app.sound.desk import ENGINE_CHANNELS, OWN_CHANNELS, STEADY_CHANNELS, Desk
from racer.app.sound.engine_voice import FADE_TICKS
from racer.app.sound.hearing import SILENT, Gains
from racer.app.sound.soundscape import EngineNote, Loop, Score, Shot
from racer.app.sound.volumes import Volumes

if TYPE_CHECKING:
    from pygame.mixer import Sound

FULL: Final = Gains(0.5, 0.5)


@final
class FakeChannel:
    """Remembers what it plays, how loud, and how loud what it played was when it was cut."""

    def __init__(self) -> None:
        self.playing: object = None
        self.gains = SILENT
        self.cut = 0.0

    def play(self, sound: Sound, /, loops: int = 0) -> None:
        assert loops == -1
        if self.playing is not None:
            self.cut = max(self.cut, self.gains.sum)
        self.playing, self.gains = sound, Gains(1.0, 1.0)

    def stop(self) -> None:
        self.playing, self.gains = None, SILENT

    def set_volume(self, left: float, right: float, /) -> None:
        self.gains = Gains(left, right)


@final
class NamedSounds:
    """Sounds that are their own names."""

    def __init__(self) -> None:
        self.engines = True

    def sound(self, name: str) -> Sound | None:
        return cast("Sound", name)

    def engine(self, kind: int, loop: int) -> tuple[Sound, Sound] | None:
        names = (f"{kind} {loop} on", f"{kind} {loop} off")
        return (cast("Sound", names[0]), cast("Sound", names[1])) if self.engines else None


@final
class Room:
    """A desk with channels that can be looked at."""

    def __init__(self) -> None:
        self.sounds = NamedSounds()
        self.channels = [FakeChannel() for _ in range(STEADY_CHANNELS)]
        self.shots: list[tuple[str, Gains]] = []
        self.desk = Desk(self.sounds, self.channels, lambda name, g: self.shots.append((name, g)))

    def perform(self, score: Score, volumes: Volumes | None = None, ticks: int = 1) -> None:
        for _ in range(ticks):
            self.desk.perform(score, volumes or Volumes())

    def heard(self) -> dict[int, int]:
        """Return the channel on which the engine of each car is heard, of its own kind."""
        return {
            int(str(channel.playing).split()[0]): k
            for k, channel in enumerate(self.channels)
            if channel.gains.sum > 1e-6
        }

    def loud(self, first: int, last: int) -> float:
        return sum(channel.gains.sum for channel in self.channels[first:last])


@pytest.fixture
def room() -> Room:
    return Room()


def note(number: int, *, revs: float = 0.8, load: float = 1.0, near: bool = False) -> EngineNote:
    return EngineNote(number, number, revs, 1.0, load, FULL, near)


def test_each_volume_acts_on_its_own_part(room: Room) -> None:
    score = Score((note(1, near=True),), {Loop.WIND: FULL}, ((Shot.THUD, FULL),))
    room.perform(score, Volumes(engine=0.0), ticks=FADE_TICKS + 1)
    assert room.loud(0, ENGINE_CHANNELS) == 0.0
    assert room.loud(ENGINE_CHANNELS, STEADY_CHANNELS) == 1.0
    room.shots.clear()
    room.perform(score, Volumes(effects=0.0))
    assert room.loud(0, ENGINE_CHANNELS) > 0.9
    assert room.loud(ENGINE_CHANNELS, STEADY_CHANNELS) == 0.0
    assert room.shots == [(Shot.THUD, SILENT)]


def test_no_loop_of_an_engine_is_cut_while_it_is_heard(room: Room) -> None:
    for tick in range(400):  # through the gears and back, faster than any car
        revs = 0.5 + 0.5 * abs((tick % 80) / 40.0 - 1.0)
        room.perform(Score((note(1, revs=revs, near=True), note(2, revs=revs))))
    assert max(channel.cut for channel in room.channels) < 0.05
    assert any(channel.playing for channel in room.channels[:OWN_CHANNELS])


def test_an_engine_that_holds_its_revs_plays_one_loop_alone(room: Room) -> None:
    room.perform(Score((note(1, near=True),)), ticks=30)
    heard = [channel for channel in room.channels[:OWN_CHANNELS] if channel.gains.sum > 1e-6]
    assert len(heard) == 1
    assert str(heard[0].playing).endswith("on")


def test_the_throttle_blends_the_two_sides_of_an_engine_at_the_same_power(room: Room) -> None:
    room.perform(Score((note(1, load=0.5, near=True),)), ticks=30)
    gains = [channel.gains.left for channel in room.channels[:OWN_CHANNELS]]
    assert sum(gain * gain for gain in gains) == pytest.approx(FULL.left**2)
    assert sum(gain > 0.1 for gain in gains) == 2


def test_a_rival_keeps_its_channels_while_others_come_and_go(room: Room) -> None:
    room.perform(Score((note(1, near=True), note(2), note(3), note(4))), ticks=10)
    before = room.heard()
    room.perform(Score((note(1, near=True), note(4), note(7))))
    after = room.heard()
    assert set(after) == {1, 4}, "2 and 3 are still, 7 only begins"
    assert after == {number: before[number] for number in (1, 4)}
    room.perform(Score((note(1, near=True), note(4), note(7))), ticks=10)
    assert set(room.heard()) == {1, 4, 7}


def test_a_loop_that_falls_silent_stops_and_may_begin_anew(room: Room) -> None:
    room.perform(Score(loops={Loop.RAIN: FULL}), ticks=3)
    assert [c.playing for c in room.channels if c.playing] == [Loop.RAIN]
    room.perform(Score())
    assert not any(c.playing for c in room.channels)
    room.perform(Score(loops={Loop.RAIN: FULL}))
    room.desk.hush()
    assert not any(c.playing for c in room.channels)


def test_what_is_not_made_yet_is_silent(room: Room) -> None:
    room.sounds.engines = False
    room.perform(Score((note(1, near=True),)), ticks=10)
    assert not any(c.playing for c in room.channels)
    room.sounds.engines = True
    room.perform(Score((note(1, near=True),)), ticks=10)
    assert room.loud(0, OWN_CHANNELS) > 0.5
