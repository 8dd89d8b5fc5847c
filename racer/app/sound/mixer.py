"""Plays what a view sounds like. Without a sound device all of it does nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.sound.bank import Bank
from racer.app.sound.desk import STEADY_CHANNELS
from racer.app.sound.ear import Ear
from racer.app.sound.hearing import middle
from racer.app.sound.signals import Signals
from racer.app.sound.synth import RATE
from racer.app.sound.volumes import Volumes

if TYPE_CHECKING:
    from racer.app.sound.hearing import Gains
    from racer.core.circuits.track import Track
    from racer.play.view import RaceView

SHOTS: Final = 8  # sounds at once that are over by themselves; one more is not heard
EARS: Final = 2  # drivers at this machine
CHANNELS: Final = EARS * STEADY_CHANNELS + SHOTS
BUFFER: Final = 512  # samples: 23 ms until a change is heard
LEAP_TICKS: Final = 12  # of a tape from one picture to the next; more is a leap to another time
ASIDE: Final = 0.15  # of what is another driver's, on one's own side


@final
class Mixer:
    """The field, the road and the signals of a race, as the car that is seen hears them."""

    def __init__(self) -> None:
        self.on = True
        self._away = False
        self.volumes = Volumes()
        self._signals = Signals()
        self._tick = -1
        self._bank: Bank | None = None
        self._ears: list[Ear] = []  # of who sits here; the second hears no signals of its own
        self._free: list[pygame.mixer.Channel] = []  # for what is over by itself
        if _open_device():
            self._bank = Bank()
            pygame.mixer.set_num_channels(CHANNELS)
            steady = EARS * STEADY_CHANNELS
            self._free = [pygame.mixer.Channel(k) for k in range(steady, CHANNELS)]
            for first in range(0, EARS * STEADY_CHANNELS, STEADY_CHANNELS):
                channels = [pygame.mixer.Channel(first + k) for k in range(STEADY_CHANNELS)]
                self._ears.append(Ear(self._bank, channels, self._play_shot))

    @property
    def is_ready(self) -> bool:
        """Whether our own engine would be heard by now: the last of what a start needs."""
        return self._bank is not None and self._bank.engine(0, 0) is not None

    @property
    def away(self) -> bool:
        """Whether nobody listens now; what is heard stops at once, and goes on by itself."""
        return self._away

    @away.setter
    def away(self, away: bool) -> None:
        self._away = away
        if away:
            self.hush()

    @property
    def _may_sound(self) -> bool:
        return self.on and not self._away

    def on_view(self, view: RaceView, track: Track | None = None, seen: int | None = None) -> None:
        """Take in one tick; the same one again changes nothing.

        Args:
            view: of the race.
            track: its circuit, once it is here: it tells what lies below the wheels.
            seen: number of the car in the picture; None: one's own, or the leader's.
        """
        if self._bank is None or view.tick == self._tick:
            return
        self._tick = view.tick
        signals = self._signals.on_view(view)
        if not self._may_sound:
            self.hush()
            return
        for name in signals:
            self._play_shot(name, middle(self.volumes.interface))
        self._ears[0].hear(view, track, self.volumes, seen)

    def on_replay(self, view: RaceView, track: Track, seen: int | None) -> None:
        """Take in one tick of a tape: it has no signals, and may go to and fro."""
        if self._bank is None or view.tick == self._tick:
            return
        if not 0 < view.tick - self._tick <= LEAP_TICKS:
            self.hush()  # what was heard is of another time
        self._tick = view.tick
        if self._may_sound:
            self._ears[0].hear(view, track, self.volumes, seen)
        else:
            self.hush()

    def hear_beside(self, view: RaceView, track: Track | None, seen: int | None = None) -> None:
        """Take in one tick of a second driver at this machine: now each has a side."""
        if self._bank is None or not self._may_sound:
            return
        self._share_sides(shared=True)
        self._ears[1].hear(view, track, self.volumes, seen)

    def hush_beside(self) -> None:
        """Stop what the second driver hears: the first has both sides again."""
        if self._ears:
            self._share_sides(shared=False)
            self._ears[1].hush()

    def _share_sides(self, *, shared: bool) -> None:
        left, right = self._ears[0].balance, self._ears[1].balance
        left.right = right.left = ASIDE if shared else 1.0

    def hush(self) -> None:
        """Stop all that goes on by itself."""
        for ear in self._ears:
            ear.hush()

    def close(self) -> None:
        """Let go of the device; before pygame ends, since sounds are still being made."""
        self._ears.clear()
        self._free.clear()
        if self._bank is not None:
            self._bank.close()
            self._bank = None
            pygame.mixer.quit()

    def _play_shot(self, name: str, gains: Gains) -> None:
        sound = None if self._bank is None else self._bank.sound(name)
        # `find_channel` would take those of engines and loops too, reserved or not.
        channel = next((each for each in self._free if not each.get_busy()), None)
        if sound is not None and channel is not None:
            channel.play(sound)
            channel.set_volume(gains.left, gains.right)


def _open_device() -> bool:
    """Open the sound device; False where there is none."""
    if not may_have_device():
        return False
    try:
        # No change is allowed: sounds are made for this rate, and SDL converts for the device.
        pygame.mixer.init(RATE, -16, 2, BUFFER, allowedchanges=0)
    except pygame.error:
        return False
    return True


def may_have_device() -> bool:
    """Tell whether it is worth trying: in vain, ALSA writes eight lines to the terminal."""
    if sys.platform != "linux" or "SDL_AUDIODRIVER" in os.environ:
        return True
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"))
    servers = (runtime / "pulse" / "native", runtime / "pipewire-0")
    return Path("/dev/snd").exists() or any(path.exists() for path in servers)


@final
class SecondHearing:
    """The mixer as the scene of a second driver has it."""

    def __init__(self, mixer: Mixer) -> None:
        self._mixer = mixer
        self._tick = -1

    @property
    def on(self) -> bool:
        return self._mixer.on

    @on.setter
    def on(self, on: bool) -> None:
        self._mixer.on = on

    def on_view(self, view: RaceView, track: Track | None = None, seen: int | None = None) -> None:
        """Take in one tick; the same one again changes nothing."""
        if view.tick != self._tick:
            self._tick = view.tick
            self._mixer.hear_beside(view, track, seen)

    def hush(self) -> None:
        """Stop what this driver hears."""
        self._mixer.hush_beside()
