"""What one driver hears, and on which side: two at one machine have a side each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from racer.app.sound.desk import Desk
from racer.app.sound.soundscape import Soundscape
from racer.play.view import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pygame.mixer import Sound

    from racer.app.sound.bank import Sounds
    from racer.app.sound.desk import Shooter
    from racer.app.sound.engine_voice import Channel
    from racer.app.sound.volumes import Volumes
    from racer.core.circuits.track import Track
    from racer.play.view import RaceView

HEARD: Final = frozenset({Phase.COUNTDOWN, Phase.RACING, Phase.FINISHED})


@dataclass(slots=True)
class Balance:
    """How much of each side is heard; it may change while sounds go on."""

    left: float = 1.0
    right: float = 1.0

    @property
    def one_sided(self) -> bool:
        """Whether all that is heard is on one side, wherever it comes from."""
        return self.left != self.right


@final
class BalancedChannel:
    """A channel of the device behind a balance."""

    def __init__(self, channel: Channel, balance: Balance) -> None:
        self._channel = channel
        self._balance = balance

    def play(self, sound: Sound, /, loops: int = 0) -> None:
        self._channel.play(sound, loops=loops)

    def stop(self) -> None:
        self._channel.stop()

    def set_volume(self, left: float, right: float, /) -> None:
        if self._balance.one_sided:
            left = right = (left + right) / 2.0
        self._channel.set_volume(left * self._balance.left, right * self._balance.right)


@final
class Ear:
    """Plays a race as one driver hears it.

    Args:
        sounds: all that can be played.
        channels: `STEADY_CHANNELS` of them.
        shoot: plays what is over by itself.
    """

    def __init__(self, sounds: Sounds, channels: Sequence[Channel], shoot: Shooter) -> None:
        self.balance = Balance()
        own = [BalancedChannel(channel, self.balance) for channel in channels]
        self._desk = Desk(sounds, own, shoot)
        self._scape = Soundscape()
        self.is_playing = False

    def hear(
        self, view: RaceView, track: Track | None, volumes: Volumes, seen: int | None = None
    ) -> None:
        """Take in one tick, from the car of this number, or one's own."""
        if view.phase in HEARD:
            self.is_playing = True
            self._desk.perform(self._scape.hear(view, track, seen), volumes)
        else:
            self.hush()

    def hush(self) -> None:
        """Stop all that goes on by itself."""
        if self.is_playing:
            self.is_playing = False
            self._scape = Soundscape()
            self._desk.hush()
