"""A second driver at this machine: a node of its own in the first one's race, and a profile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from net import NAME_CHARS_MAX, Entry, clean_text
from racer.app.options import Shared, open_profile
from racer.app.player.player_node import PlayerNode
from racer.app.player.preferences import Preferences
from racer.app.record_store import RecordStore

if TYPE_CHECKING:
    from racer.app.player.troubles import Troubles
    from racer.play.session import Player

SUFFIX: Final = "-2"  # of the profile of whoever sits beside one that was named


@final
class SecondSeat:
    """Sits beside the first, race after race.

    Args:
        shared: the options of the first.
        troubles: get lines about what does not work.

    Raises:
        ProfileError: it has no profile.
    """

    def __init__(self, shared: Shared, troubles: Troubles) -> None:
        home = shared.profile
        beside = None if home is None else home.with_name(home.name + SUFFIX)
        # Ports and logs are the first's; the second finds it on this machine.
        self._shared = replace(shared, profile=beside, port=0, log=None)
        self._profile = open_profile(beside, "player")
        self._store = RecordStore(self._profile.directory)
        self._troubles = troubles
        troubles.watch(lambda: self._store.error)
        self._fresh = True  # the profile's present life has not been led yet

    def sit(self, host: PlayerNode, player: Player, passphrase: str | None) -> PlayerNode:
        """Join the race that the first drives in, in a new life of this node.

        Args:
            host: the first's node.
            player: the first.
            passphrase: that lets one in.
        """
        if not self._fresh:
            self._profile.save_incarnation(self._profile.incarnation + 1)
        self._fresh = False
        name = f"{clean_text(player.name, NAME_CHARS_MAX - 2)} 2"
        preferences = Preferences(self._profile.directory, name)
        if preferences.trouble:
            words = f"Of the second driver: {preferences.trouble}"
            self._troubles.note("second driver", words)
        own = preferences.settings
        beside = replace(player, name=own.name, car=own.car, entry=Entry.JOIN)
        shared = replace(self._shared, passphrase=passphrase)
        return PlayerNode(self._profile, beside, shared, self._store, self._troubles, host=host)

    def close(self) -> None:
        """Let go of profile and records; its nodes must have ended."""
        self._store.close()
        self._profile.close()
