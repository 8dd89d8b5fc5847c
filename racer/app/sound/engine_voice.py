"""One engine on its channels: two decks of loops, the next fading in over the last."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Protocol, final

from racer.app.sound.bank import loop_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pygame.mixer import Sound

    from racer.app.sound.bank import Sounds
    from racer.app.sound.soundscape import EngineNote

FADE_TICKS: Final = 4  # from one loop to the next: 67 ms, a tenth of what a semitone takes in gear


class Channel(Protocol):
    """One of the device's, as far as it is used here."""

    def play(self, sound: Sound, /, loops: int = 0) -> None: ...

    def stop(self) -> None: ...

    def set_volume(self, left: float, right: float, /) -> None: ...


@final
class EngineVoice:
    """Plays one engine's note from tick to tick.

    A channel cannot be retuned. So the loop of the newest pitch begins unheard on the deck that is
    free and fades in; only then is the other one free. No loop is ever cut while it is heard.

    Args:
        sounds: has the loops.
        channels: four, and loops on and off the throttle are blended; or two, and the throttle
            only makes it louder: that does for an engine further away.
    """

    def __init__(self, sounds: Sounds, channels: Sequence[Channel]) -> None:
        self._sounds = sounds
        per_deck = len(channels) // 2
        self._decks = (channels[:per_deck], channels[per_deck:])
        self._loops: list[tuple[int, int] | None] = [None, None]  # kind and loop of each deck
        self._front = 0  # the deck that is fading in, or is heard alone
        self._age = FADE_TICKS + 1  # ticks since it began
        self.number: int | None = None

    def play(self, note: EngineNote, volume: float) -> None:
        """Sound like this for one tick."""
        if note.number != self.number:
            self.hush()
            self.number = note.number
        wanted = (note.kind, loop_at(note.revs, note.pitch, note.kind))
        self._age += 1
        if self._age > FADE_TICKS and self._loops[self._front] != wanted:
            self._begin_loop(wanted)
        share = min(1.0, self._age / FADE_TICKS)
        for deck, strength in (
            (self._front, math.sin(share * math.pi / 2.0)),
            (1 - self._front, math.cos(share * math.pi / 2.0)),
        ):
            if self._loops[deck] is not None:
                self._set_deck(deck, note, strength * volume)

    def hush(self) -> None:
        """Stop."""
        if self.number is None:
            return
        for deck in self._decks:
            for channel in deck:
                channel.stop()
        self._loops = [None, None]
        self._age, self.number = FADE_TICKS + 1, None

    def _begin_loop(self, wanted: tuple[int, int]) -> None:
        """Start a loop, unheard, on the deck that is not heard any more."""
        sounds = self._sounds.engine(*wanted)
        if sounds is None:
            return
        back = 1 - self._front
        for channel, sound in zip(self._decks[back], sounds, strict=False):
            channel.play(sound, loops=-1)
            channel.set_volume(0.0, 0.0)
        self._loops[back] = wanted
        self._front, self._age = back, 0

    def _set_deck(self, deck: int, note: EngineNote, strength: float) -> None:
        channels = self._decks[deck]
        left, right = note.gains.left * strength, note.gains.right * strength
        if len(channels) == 1:
            channels[0].set_volume(left, right)
            return
        on, off = math.sqrt(note.load), math.sqrt(1.0 - note.load)
        channels[0].set_volume(left * on, right * on)
        channels[1].set_volume(left * off, right * off)
