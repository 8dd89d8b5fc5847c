"""Plays what a view sounds like. Without a sound device all of it does nothing."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.sound.gearbox import Gearbox
from racer.app.sound.synth import RATE, engine, skid, tone, whoosh
from racer.play.view import Phase

if TYPE_CHECKING:
    from array import array

    from racer.play.view import CarView, RaceView

LOOPS: Final = 15  # engine loops from idle to the limiter: half a semitone from one to the next
EASE: Final = 0.2  # share of the way to a new loudness in one tick: no clicks
SECOND_NS: Final = 1_000_000_000
ENGINE_LOUD: Final = 0.34
SKID_LOUD: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Sounds:
    """All that is heard, made once."""

    engine: tuple[pygame.mixer.Sound, ...]  # loops, from idle to the limiter
    skid: pygame.mixer.Sound
    whoosh: pygame.mixer.Sound
    beep: pygame.mixer.Sound
    go: pygame.mixer.Sound
    chime: pygame.mixer.Sound


def _make_sounds() -> _Sounds:
    rng = Random(11)
    return _Sounds(
        engine=tuple(_make_sound(engine(k / (LOOPS - 1))) for k in range(LOOPS)),
        skid=_make_sound(skid(rng)),
        whoosh=_make_sound(whoosh(rng)),
        beep=_make_sound(tone(520.0, 0.28)),
        go=_make_sound(tone(1040.0, 0.7)),
        chime=_make_sound(tone(1320.0, 0.5, 0.35)),
    )


@final
class Mixer:
    """Engine, tyres, boost and the lights' beeps of our own car."""

    def __init__(self) -> None:
        self.on = True
        self._live = _open_device()
        self._gearbox = Gearbox()
        self._tick = -1
        self._count = 0
        self._boosting = False
        self._best_ms: int | None = None
        self._skid_loud = 0.0
        if not self._live:
            return
        self._sounds = _make_sounds()
        pygame.mixer.set_reserved(3)
        self._channels = [pygame.mixer.Channel(k) for k in range(3)]
        self._playing: list[int | None] = [None, None]

    def on_view(self, view: RaceView) -> None:
        """Take in one tick; the same one again changes nothing."""
        if not self._live or view.tick == self._tick:
            return
        self._tick = view.tick
        car = view.my_car
        if not self.on or car is None or view.phase in {Phase.LOBBY, Phase.FINISHED}:
            self.hush()
            return
        self._play_light_beeps(view)
        self._play_engine(car)
        self._play_skid(car)
        if car.boosting and not self._boosting:
            self._sounds.whoosh.play()
        self._boosting = car.boosting
        if car.best_ms is not None and car.best_ms != self._best_ms:
            self._sounds.chime.play()
        self._best_ms = car.best_ms

    def hush(self) -> None:
        """Stop all that goes on by itself."""
        if self._live and self._playing != [None, None]:
            for channel in self._channels:
                channel.stop()
            self._playing = [None, None]
            self._skid_loud = 0.0

    def _play_light_beeps(self, view: RaceView) -> None:
        if view.green_ns is None:
            return
        left = max(0, -((view.now_ns - view.green_ns) // SECOND_NS))
        if left != self._count and left <= 3:
            if left > 0:
                self._sounds.beep.play()
            elif self._count > 0:
                self._sounds.go.play()
        self._count = left

    def _play_engine(self, car: CarView) -> None:
        """Cross-fade the two loops around the revs: even ones on one channel, odd on the other."""
        revs = self._gearbox.revs(car.speed_ms) * (LOOPS - 1)
        low = min(LOOPS - 2, int(revs))
        part = revs - low
        for loop, share in ((low, 1.0 - part), (low + 1, part)):
            side = loop % 2
            if self._playing[side] != loop:
                self._playing[side] = loop
                self._channels[side].play(self._sounds.engine[loop], loops=-1)
            self._channels[side].set_volume(ENGINE_LOUD * share**0.5)

    def _play_skid(self, car: CarView) -> None:
        wish = SKID_LOUD * min(1.0, car.speed_ms / 20.0) if car.sliding else 0.0
        self._skid_loud += EASE * (wish - self._skid_loud)
        channel = self._channels[2]
        if self._skid_loud < 0.01:
            channel.stop()
            return
        if not channel.get_busy():
            channel.play(self._sounds.skid, loops=-1)
        channel.set_volume(self._skid_loud)


def _open_device() -> bool:
    """Open the sound device; False where there is none."""
    if not _may_have_device():
        return False
    try:
        pygame.mixer.init(RATE, -16, 1, 512)
    except pygame.error:
        return False
    return True


def _may_have_device() -> bool:
    """Tell whether it is worth trying: in vain, ALSA writes eight lines to the terminal."""
    if sys.platform != "linux" or "SDL_AUDIODRIVER" in os.environ:
        return True
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"))
    servers = (runtime / "pulse" / "native", runtime / "pipewire-0")
    return Path("/dev/snd").exists() or any(path.exists() for path in servers)


def _make_sound(samples: array[int]) -> pygame.mixer.Sound:
    return pygame.mixer.Sound(buffer=samples)
