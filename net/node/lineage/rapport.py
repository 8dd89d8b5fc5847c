"""How far we have come with those who are not reached: what each call to them has led to."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final, final

from net.ids import Address
from net.limits import DENIED_NS, LISTED_NS, SIGHTINGS_MAX
from net.recent import Recent
from net.transport.actions import UnconfirmedReason

FRESH_NS: Final = DENIED_NS + LISTED_NS  # so long it counts how a call ended: it is begun anew


class Rapport(Enum):
    """How far we have come with somebody; of several addresses the first of these counts."""

    REACHED = auto()  # we talk to it
    APART = auto()  # we talk to it, and are in no lineage with it
    OUTSIDE = auto()  # we talk to it, and it is no member of our lineage
    EXPLAINED = auto()  # not, and a person is told why by other ways: versions, passphrases
    MUTE = auto()  # it is in the room's sessions, and is not heard in them
    UNCONFIRMED = auto()  # it has answered our greeting, and not what we said to that
    FULL = auto()  # it speaks with as many as it can
    TRIED = auto()  # too many who answered of late may have had us try a passphrase
    BUSY = auto()  # a cookie was asked for, and given
    CROWDED = auto()  # its call was given up for another
    UNANSWERED = auto()  # our greeting has gone, and nothing has come
    UNCALLED = auto()  # we have not greeted it of late


_OF_REASON: Final = {
    UnconfirmedReason.UNSAID: Rapport.UNCONFIRMED,
    UnconfirmedReason.TRIED: Rapport.TRIED,
    UnconfirmedReason.BUSY: Rapport.BUSY,
    UnconfirmedReason.CROWDED: Rapport.CROWDED,
    UnconfirmedReason.UNANSWERED: Rapport.UNANSWERED,
}


@final
class Rapports:
    """What calls have led to of late, by address: the last SIGHTINGS_MAX."""

    def __init__(self) -> None:
        self._ended: Recent[Address, tuple[Rapport, int]] = Recent(SIGHTINGS_MAX)

    def on_unconfirmed(self, address: Address, why: UnconfirmedReason, now_ns: int) -> None:
        """Take that a call leads nowhere."""
        self._note(address, _OF_REASON[why], now_ns)

    def on_explained(self, address: Address, now_ns: int) -> None:
        """Take that it is told why whoever is at an address is not with us."""
        self._note(address, Rapport.EXPLAINED, now_ns)

    def on_full(self, address: Address, now_ns: int) -> None:
        """Take that whoever is at an address has no room for us."""
        self._note(address, Rapport.FULL, now_ns)

    def at(self, addresses: Iterable[Address], now_ns: int) -> Rapport:
        """Return how far we have come with who is at any of these addresses."""
        ended = (self._ended.get(address) for address in addresses)
        fresh = [how for how, when in filter(None, ended) if now_ns - when < FRESH_NS]
        return min(fresh, key=lambda how: how.value, default=Rapport.UNCALLED)

    def _note(self, address: Address, how: Rapport, now_ns: int) -> None:
        self._ended.note(address, (how, now_ns))
