"""All sounds, made one by one in a thread: the game does not wait for them to begin."""

from __future__ import annotations

import time
from functools import partial
from queue import SimpleQueue
from random import Random
from threading import Thread
from typing import TYPE_CHECKING, Final, Protocol, final

import pygame

from racer.app.sound import noises, tones
from racer.app.sound.engine import ENGINES, PLACE_MAX, engine_loop
from racer.app.sound.soundscape import Loop, Shot
from racer.app.sound.synth import stereo

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

BREATH_S: Final = 0.002  # between two sounds: the picture is drawn by the same interpreter
COARSE_LOOPS: Final = 14  # from idling to `FINE_FROM` of the revs, where one rarely is …
FINE_LOOPS: Final = 38  # … and from there on: half a semitone from one to the next
FINE_FROM: Final = 0.6
PLACES: Final = (
    *(FINE_FROM * k / COARSE_LOOPS for k in range(COARSE_LOOPS)),
    *(FINE_FROM + (PLACE_MAX - FINE_FROM) * k / (FINE_LOOPS - 1) for k in range(FINE_LOOPS)),
)
"""Of an engine's loops between idling and beyond the limiter: `Engine.place`."""

BEEP: Final = "beep"
GO: Final = "go"
CHIME: Final = "chime"
CHAT: Final = "chat"
FANFARE: Final = "fanfare"
SIGNALS: Final[dict[str, Callable[[], array[int]]]] = {
    BEEP: partial(tones.tone, 520.0, 0.28),
    GO: partial(tones.tone, 1040.0, 0.7),
    CHIME: partial(tones.tone, 1320.0, 0.5, 0.35),
    CHAT: tones.chat_tick,
}
NOISES: Final[dict[str, Callable[[Random], array[int]]]] = {
    Loop.ROAD: noises.road,
    Loop.SKID: noises.skid,
    Loop.WIND: noises.wind,
    Shot.THUD: noises.thud,
    Shot.CRASH: noises.crash,
    Loop.CROWD: noises.crowd,
    Shot.WHOOSH: noises.whoosh,
    Loop.SCRUB: noises.scrub,
    Loop.GRASS: noises.grass,
    Loop.GRAVEL: noises.gravel,
    Loop.KERB_SLOW: partial(noises.kerb, hertz=11.0),
    Loop.KERB: partial(noises.kerb, hertz=23.0),
    Loop.KERB_FAST: partial(noises.kerb, hertz=42.0),
    Loop.BUFFET: noises.buffet,
    Loop.SCRAPE: noises.scrape,
    Loop.RAIN: noises.rain,
    Loop.WET_ROAD: noises.wet_road,
    Shot.CHEER: noises.cheer,
    FANFARE: lambda _: tones.fanfare(),
}
"""In the order in which a race needs them. Another's skid is our own, heard elsewhere."""


class Sounds(Protocol):
    """What can be played by now. None where it is not made yet."""

    def sound(self, name: str) -> pygame.mixer.Sound | None:
        """Return a sound by its name."""
        ...

    def engine(self, kind: int, loop: int) -> tuple[pygame.mixer.Sound, pygame.mixer.Sound] | None:
        """Return an engine's loop on the throttle and off it."""
        ...


@final
class Bank:
    """Sounds by name, and engines by kind. Needs an open device; `close` comes before its end."""

    def __init__(self) -> None:
        self._sounds: dict[str, pygame.mixer.Sound] = {}
        self._engines: dict[int, list[tuple[pygame.mixer.Sound, pygame.mixer.Sound]]] = {}
        self._wanted: SimpleQueue[int | None] = SimpleQueue()
        self._asked = {0}
        self._closing = False
        self._thread = Thread(target=self._make_all, name="sounds", daemon=True)
        self._thread.start()

    def sound(self, name: str) -> pygame.mixer.Sound | None:
        if name == Loop.RIVAL_SKID:
            name = Loop.SKID
        return self._sounds.get(name)

    def engine(self, kind: int, loop: int) -> tuple[pygame.mixer.Sound, pygame.mixer.Sound] | None:
        kind %= len(ENGINES)
        if kind not in self._asked:
            self._asked.add(kind)
            self._wanted.put(kind)
        loops = self._engines.get(kind)
        return None if loops is None else loops[loop]

    def close(self) -> None:
        """Make nothing more."""
        self._closing = True
        self._wanted.put(None)
        self._thread.join()

    def _make_all(self) -> None:
        for name, make in SIGNALS.items():
            self._sounds[name] = _stereo_sound(make())
        self._make_engine(0)
        for name, make_noise in NOISES.items():
            if self._closing:
                return
            self._sounds[name] = _stereo_sound(make_noise(Random(name)))
            time.sleep(BREATH_S)
        while (kind := self._wanted.get()) is not None:
            self._make_engine(kind)

    def _make_engine(self, kind: int) -> None:
        loops = []
        for place in PLACES:
            if self._closing:
                return
            on, off = (engine_loop(ENGINES[kind], place, load=load) for load in (True, False))
            loops.append((_stereo_sound(on), _stereo_sound(off)))
            time.sleep(BREATH_S)
        self._engines[kind] = loops


def loop_at(revs: float, pitch: float, kind: int) -> int:
    """Return which loop of an engine is nearest to these revs, heard at a shifted pitch.

    Args:
        revs: 0..1; how fast the shaft turns, of how fast it can.
        pitch: factor by which it is heard shifted.
        kind: index into `ENGINES`.
    """
    engine = ENGINES[kind % len(ENGINES)]
    place = engine.place(revs * pitch)
    if place < FINE_FROM:
        return max(0, round(place / FINE_FROM * COARSE_LOOPS))
    return COARSE_LOOPS + min(
        FINE_LOOPS - 1, round((place - FINE_FROM) / (PLACE_MAX - FINE_FROM) * (FINE_LOOPS - 1))
    )


def _stereo_sound(samples: array[int]) -> pygame.mixer.Sound:
    return pygame.mixer.Sound(buffer=stereo(samples))
