"""Plays what a view sounds like. Without a sound device all of it does nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.sound.bank import Bank
from racer.app.sound.desk import STEADY_CHANNELS, Desk
from racer.app.sound.hearing import middle
from racer.app.sound.signals import Signals
from racer.app.sound.soundscape import Soundscape
from racer.app.sound.synth import RATE
from racer.app.sound.volumes import Volumes
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.app.sound.hearing import Gains
    from racer.core.circuits.track import Track
    from racer.play.view import RaceView

SHOTS: Final = 8  # sounds at once that are over by themselves; one more is not heard
CHANNELS: Final = STEADY_CHANNELS + SHOTS
BUFFER: Final = 512  # samples: 23 ms until a change is heard
HEARD: Final = frozenset({Phase.COUNTDOWN, Phase.RACING, Phase.FINISHED})


@final
class Mixer:
    """The field, the road and the signals of a race, as our car hears them."""

    def __init__(self) -> None:
        self.on = True
        self.volumes = Volumes()
        self._scape = Soundscape()
        self._signals = Signals()
        self._tick = -1
        self._is_playing = False
        self._bank: Bank | None = None
        if _open_device():
            self._bank = Bank()
            pygame.mixer.set_num_channels(CHANNELS)
            pygame.mixer.set_reserved(STEADY_CHANNELS)
            channels = [pygame.mixer.Channel(k) for k in range(STEADY_CHANNELS)]
            self._desk = Desk(self._bank, channels, self._play_shot)

    @property
    def is_ready(self) -> bool:
        """Whether our own engine would be heard by now: the last of what a start needs."""
        return self._bank is not None and self._bank.engine(0, 0) is not None

    def on_view(self, view: RaceView, track: Track | None = None) -> None:
        """Take in one tick; the same one again changes nothing.

        Args:
            view: of the race.
            track: its circuit, once it is here: it tells what lies below the wheels.
        """
        if self._bank is None or view.tick == self._tick:
            return
        self._tick = view.tick
        signals = self._signals.on_view(view)
        if not self.on:
            self.hush()
            return
        for name in signals:
            self._play_shot(name, middle(self.volumes.interface))
        if view.phase in HEARD:
            self._is_playing = True
            self._desk.perform(self._scape.hear(view, track), self.volumes)
        else:
            self.hush()

    def hush(self) -> None:
        """Stop all that goes on by itself."""
        if self._is_playing:
            self._is_playing = False
            self._scape = Soundscape()
            self._desk.hush()

    def close(self) -> None:
        """Let go of the device; before pygame ends, since sounds are still being made."""
        if self._bank is not None:
            self._bank.close()
            self._bank = None
            pygame.mixer.quit()

    def _play_shot(self, name: str, gains: Gains) -> None:
        sound = None if self._bank is None else self._bank.sound(name)
        channel = None if sound is None else pygame.mixer.find_channel()
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
