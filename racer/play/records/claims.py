"""Records that are claimed, until their recordings have come."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Final, TypeAlias, final

from net import Digest, NodeId
from racer.play.room.lap_record import RECORDS_MAX, LapRecord

CLAIMS_MAX: Final = 2 * RECORDS_MAX  # two full boards

Wanted: TypeAlias = Callable[[LapRecord], bool]
_Key: TypeAlias = tuple[Digest, bytes]  # recording and driver's key


@final
class Claims:
    """CLAIMS_MAX in all, and each who told of some has its share of the places, and its turn.

    Drivers count for nothing here: a key costs nothing, so whoever makes up records makes up who
    drove them. Who told of them is a member, and known.
    """

    def __init__(self) -> None:
        self._told: dict[NodeId, dict[_Key, LapRecord]] = {}
        self._count = 0  # of them all

    def __len__(self) -> int:
        return self._count

    def has_room(self, teller: NodeId) -> bool:
        """Tell whether one more of a teller has a place: its own, or one of who told of more."""
        ours = len(self._told.get(teller, ()))
        most = max(map(len, self._told.values()), default=0)
        return self._count < CLAIMS_MAX or ours + 1 < most

    def holds(self, teller: NodeId, record: LapRecord) -> bool:
        """Tell whether a teller has told of a record."""
        return _key_of(record) in self._told.get(teller, ())

    def add(self, teller: NodeId, record: LapRecord) -> bool:
        """Take a claim; False: it has no place. It may cost who told of most its last one."""
        if self.holds(teller, record):
            return True
        if not self.has_room(teller):
            return False
        if self._count >= CLAIMS_MAX:
            fullest = max(self._told, key=lambda each: len(self._told[each]))
            self._told[fullest].popitem()
            self._count -= 1
        self._told.setdefault(teller, {})[_key_of(record)] = record
        self._count += 1
        return True

    def take(self, recording: Digest) -> list[LapRecord]:
        """Return the claims that a recording is of, each once; they are none any more."""
        taken: dict[bytes, LapRecord] = {}
        for teller, claims in list(self._told.items()):
            for key in [key for key in claims if key[0] == recording]:
                record = claims.pop(key)
                taken[record.signature] = record
                self._count -= 1
            if not claims:
                del self._told[teller]
        return list(taken.values())

    def take_all(self) -> list[tuple[NodeId, LapRecord]]:
        """Return all claims, with who told of them; there is none then."""
        told, self._told, self._count = self._told, {}, 0
        return [(teller, record) for teller, each in told.items() for record in each.values()]

    def next_of(
        self, under_way: Mapping[NodeId, int], each_max: int, asked: Container[Digest], ripe: Wanted
    ) -> tuple[NodeId, LapRecord] | None:
        """Return the claim whose recording is asked for next: of who has least under way.

        Args:
            under_way: how many are asked for, of each teller; `each_max` may be.
            asked: what is asked for already.
            ripe: tells whether a recording is of use by now.
        """
        for teller in sorted(self._told, key=lambda each: under_way.get(each, 0)):
            if under_way.get(teller, 0) >= each_max:
                return None
            for record in self._told[teller].values():
                if record.recording not in asked and ripe(record):
                    return teller, record
        return None


def _key_of(record: LapRecord) -> _Key:
    return record.recording, record.key
