"""Election of the race coordinator: the bully algorithm (Garcia-Molina 1982) made safe by epochs.

Rank is seniority: the order of membership decrees. The highest live member goes at once when the
seat is vacant, each below waits STAGGER_NS longer: its silence is what the paper's ANSWER would
have told. A candidate needs promises for its epoch from a majority (Lamport 1998, ballots), and
adopts the best log among them before it presides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, final

from net.cluster.actions import Send
from net.cluster.log import majority
from net.cluster.log_adoption import Adoption
from net.cluster.voter import NEVER, Seat
from net.ids import Member, NodeId
from net.limits import CANDIDACY_NS, HEARTBEAT_NS, LEASE_NS, STAGGER_NS
from net.wire.messages import Fetched, Prepare, Promise, Refusal

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class Won:
    """We preside from now on, in the epoch that we promised ourselves."""


Action: TypeAlias = Send | Won


@dataclass(slots=True)
class _Round:
    epoch: int
    started_ns: int
    transfer: bool
    promises: dict[Member, tuple[int, int]] = field(default_factory=dict)  # → (epoch, head) of log
    sent_ns: int = NEVER
    adoption: Adoption | None = None


@final
class Election:
    """Candidate and voter of one seat."""

    def __init__(self, seat: Seat, rng: Random) -> None:
        self._seat = seat
        self._rng = rng
        self._round: _Round | None = None
        self._vacant_since_ns: int | None = None
        self._highest_epoch = 0

    def on_tick(self, vacant: bool, rank: int, now_ns: int) -> list[Action]:
        """Stand for election when it is our turn.

        Args:
            vacant: no coordinator lives, as far as we know.
            rank: how many live members are senior to us.
        """
        seat = self._seat
        if not vacant or not seat.is_member or now_ns < seat.quiet_until_ns:
            self._vacant_since_ns = None
            if self._round is not None and not self._round.transfer:
                self._round = None
        elif self._vacant_since_ns is None:
            self._vacant_since_ns = now_ns
        if self._round is not None:
            if now_ns - self._round.started_ns < seat.patient_ns(CANDIDACY_NS):
                return self._canvass(self._round, now_ns)
            self._round = None
            # A round that failed may have met another: come again at a time of our own.
            self._vacant_since_ns = now_ns + self._rng.randrange(STAGGER_NS)
        since = self._vacant_since_ns
        if since is None or now_ns - since < rank * seat.patient_ns(STAGGER_NS):
            return []
        return self._stand(False, now_ns)

    @property
    def rests(self) -> bool:
        """Nobody is missed, and no round is under way: a tick while the seat is taken is idle."""
        return self._round is None and self._vacant_since_ns is None

    def on_hand_over(self, now_ns: int) -> list[Action]:
        """Stand at once: our coordinator asked us to."""
        return self._stand(True, now_ns) if self._seat.is_member else []

    def on_epoch(self, epoch: int) -> None:
        """Note an epoch seen anywhere in our lineage: ours must be above it."""
        self._highest_epoch = max(self._highest_epoch, epoch)

    def on_prepare(self, sender: NodeId, prepare: Prepare, now_ns: int) -> list[Action]:
        """Promise to follow nobody below the candidate's epoch, unless we may not."""
        seat = self._seat
        if prepare.lineage != seat.log.lineage or prepare.candidate.node != sender:
            return []
        if not seat.is_member or now_ns < seat.quiet_until_ns:
            return []
        self.on_epoch(prepare.epoch)
        leased = now_ns - seat.heard_ns < seat.patient_ns(LEASE_NS) and seat.coordinator not in {
            None,
            prepare.candidate,
        }
        taken = prepare.epoch < seat.promised or (
            prepare.epoch == seat.promised and seat.promised_to != prepare.candidate
        )
        if taken or (leased and not prepare.transfer):
            return [Send(sender, Refusal(prepare.lineage, seat.promised))]
        if prepare.epoch > seat.promised:
            self._round = None
            seat.promise(prepare.epoch, prepare.candidate)
        log = seat.log
        promise = Promise(log.lineage, prepare.epoch, seat.me, log.head_epoch, log.head)
        return [Send(sender, promise)]

    def on_promise(self, sender: NodeId, promise: Promise, now_ns: int) -> list[Action]:
        current = self._running()
        if current is None or promise.lineage != self._seat.log.lineage:
            return []
        if promise.epoch != current.epoch or promise.promiser.node != sender:
            return []
        current.promises[promise.promiser] = (promise.head_epoch, promise.head)
        return self._count(current, now_ns)

    def on_refusal(self, refusal: Refusal, now_ns: int) -> list[Action]:
        if refusal.lineage != self._seat.log.lineage:
            return []
        self.on_epoch(refusal.epoch)
        if self._round is not None and refusal.epoch >= self._round.epoch:
            self._round = None
            self._vacant_since_ns = now_ns + self._rng.randrange(STAGGER_NS)
        return []

    def on_fetched(self, sender: NodeId, part: Fetched, now_ns: int) -> list[Action]:
        current = self._running()
        if current is None or current.adoption is None:
            return []
        adopted, sends = current.adoption.on_fetched(sender, part, now_ns)
        if not adopted:
            return list(sends)
        current.adoption = None
        return self._count(current, now_ns)

    def _running(self) -> _Round | None:
        """Return our round, unless we have followed another since.

        To win it then would be to reign in the other's epoch; to adopt a log, to lose decrees
        that the other counts on us to hold.
        """
        current, seat = self._round, self._seat
        if current is not None and (seat.promised, seat.promised_to) != (current.epoch, seat.me):
            self._round = None
        return self._round

    def _stand(self, transfer: bool, now_ns: int) -> list[Action]:
        seat = self._seat
        epoch = max(self._highest_epoch, seat.promised) + 1
        seat.promise(epoch, seat.me)
        self._round = _Round(epoch, now_ns, transfer)
        self._round.promises[seat.me] = (seat.log.head_epoch, seat.log.head)
        return [*self._canvass(self._round, now_ns), *self._count(self._round, now_ns)]

    def _canvass(self, current: _Round, now_ns: int) -> list[Action]:
        if current.adoption is not None:
            return list(current.adoption.on_tick(now_ns))
        if now_ns - current.sent_ns < HEARTBEAT_NS:
            return []
        current.sent_ns = now_ns
        seat = self._seat
        prepare = Prepare(seat.log.lineage, current.epoch, seat.me, current.transfer)
        missing = [m for m in seat.log.members if m not in current.promises]
        return [Send(member.node, prepare) for member in missing]

    def _count(self, current: _Round, now_ns: int) -> list[Action]:
        """Win, adopt a better log first, or wait for more promises."""
        seat, log = self._seat, self._seat.log
        if current.adoption is not None:
            return []
        if sum(m in current.promises for m in log.members) < majority(len(log.members)):
            return []
        best = max(current.promises, key=lambda m: (*current.promises[m], m))
        if current.promises[best] > (log.head_epoch, log.head):
            current.adoption = Adoption(log, best.node, log.lineage, current.epoch)
            return list(current.adoption.on_tick(now_ns))
        if not seat.is_member:  # the adopted log tells that we were removed
            self._round = None
            return []
        self._round = None
        self._vacant_since_ns = None
        return [Won()]
