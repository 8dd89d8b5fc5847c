"""Performs scores on a bounded number of channels, each with its own job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, final

from racer.app.sound.engine_voice import EngineVoice
from racer.app.sound.hearing import SILENT
from racer.app.sound.soundscape import RIVALS, Loop
from racer.app.sound.volumes import Volumes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.sound.bank import Sounds
    from racer.app.sound.engine_voice import Channel
    from racer.app.sound.hearing import Gains
    from racer.app.sound.soundscape import Score

OWN_CHANNELS: Final = 4
RIVAL_CHANNELS: Final = 2
ENGINE_CHANNELS: Final = OWN_CHANNELS + RIVALS * RIVAL_CHANNELS
STEADY_CHANNELS: Final = ENGINE_CHANNELS + len(Loop)


class Shooter(Protocol):
    """Plays a sound that is over by itself, on any channel that is free."""

    def __call__(self, name: str, gains: Gains) -> None: ...


@final
class Desk:
    """Has a channel for each loop, and some for each engine.

    Args:
        sounds: all that can be played.
        channels: `STEADY_CHANNELS` of them.
        shoot: plays what is over by itself.
    """

    def __init__(self, sounds: Sounds, channels: Sequence[Channel], shoot: Shooter) -> None:
        self._sounds = sounds
        self._shoot = shoot
        self._own = EngineVoice(sounds, channels[:OWN_CHANNELS])
        self._rivals = [
            EngineVoice(sounds, channels[k : k + RIVAL_CHANNELS])
            for k in range(OWN_CHANNELS, ENGINE_CHANNELS, RIVAL_CHANNELS)
        ]
        self._loops = dict(zip(Loop, channels[ENGINE_CHANNELS:], strict=True))
        self._sounding: set[Loop] = set()

    def perform(self, score: Score, volumes: Volumes) -> None:
        """Sound like this for one tick."""
        self._perform_engines(score, volumes.engine)
        for loop, channel in self._loops.items():
            gains = score.loops.get(loop, SILENT).times(volumes.effects)
            self._perform_loop(loop, channel, gains)
        for shot, gains in score.shots:
            self._shoot(shot, gains.times(volumes.effects))

    def hush(self) -> None:
        """Stop all that goes on by itself."""
        for voice in (self._own, *self._rivals):
            voice.hush()
        for loop in sorted(self._sounding):
            self._loops[loop].stop()
        self._sounding.clear()

    def _perform_loop(self, loop: Loop, channel: Channel, gains: Gains) -> None:
        sound = self._sounds.sound(loop) if gains.sum > 0.0 else None
        if sound is None:
            if loop in self._sounding:
                self._sounding.discard(loop)
                channel.stop()
            return
        if loop not in self._sounding:
            self._sounding.add(loop)
            channel.play(sound, loops=-1)
        channel.set_volume(gains.left, gains.right)

    def _perform_engines(self, score: Score, volume: float) -> None:
        """Let each engine keep its channels: only who is new takes those that are free."""
        rivals = {note.number: note for note in score.engines if not note.near}
        free = []
        for voice in self._rivals:
            note = None if voice.number is None else rivals.pop(voice.number, None)
            if note is None:
                free.append(voice)
            else:
                voice.play(note, volume)
        for note in rivals.values():
            free.pop().play(note, volume)
        for idle in free:
            idle.hush()
        near = [note for note in score.engines if note.near]
        if near:
            self._own.play(near[0], volume)
        else:
            self._own.hush()
