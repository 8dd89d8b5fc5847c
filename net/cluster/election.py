"""Election of the race coordinator: the bully algorithm (Garcia-Molina 1982) made safe by epochs.

Rank is seniority: the order of membership decrees. The highest live member goes at once when the
seat is vacant, each below waits STAGGER_NS longer: its silence is what the paper's ANSWER would
have told. A candidate needs promises for its epoch from a majority (Lamport 1998, ballots), and
adopts the best log among them before it coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never, final

from net.cluster.actions import Send
from net.cluster.log import majority
from net.cluster.log_adoption import LogAdoption
from net.cluster.voter import Voter
from net.ids import Member, NodeId
from net.limits import CANDIDACY_NS, HEARTBEAT_NS, HEED_NS, LEASE_NS, NEVER, STAGGER_NS
from net.state_table import StateTable
from net.wire.messages import Elected, Fetched, HandOver, Prepare, Promise, Refusal

if TYPE_CHECKING:
    from random import Random


class ElectionState(Enum):
    """How far a member is with becoming coordinator."""

    RESTING = "resting"
    WAITING = "waiting for its turn"
    COLLECTING = "collecting promises"
    ADOPTING = "adopting the best log"


class ElectionEvent(Enum):
    """What moves it."""

    VACANT = "nobody coordinates"
    TAKEN = "somebody does, or we may not stand"
    TURN = "our turn"
    ASKED = "HandOver comes"
    OUTBID = "we promise another"
    REFUSED = "Refusal comes"
    EXPIRED = "CANDIDACY_NS are over"
    BEHIND = "a majority promised, one holds a better log"
    ADOPTED = "its log is ours"
    REMOVED = "it says that we are no member"
    WON = "a majority promised, none holds a better log"


_S, _E = ElectionState, ElectionEvent
ELECTION: Final = StateTable(
    _S.RESTING,
    {
        (_S.RESTING, _E.VACANT): _S.WAITING,
        (_S.RESTING, _E.ASKED): _S.COLLECTING,
        (_S.WAITING, _E.TAKEN): _S.RESTING,
        (_S.WAITING, _E.TURN): _S.COLLECTING,
        (_S.WAITING, _E.ASKED): _S.COLLECTING,
        (_S.COLLECTING, _E.TAKEN): _S.RESTING,  # but not where we were asked
        (_S.COLLECTING, _E.ASKED): _S.COLLECTING,
        (_S.COLLECTING, _E.OUTBID): _S.WAITING,
        (_S.COLLECTING, _E.REFUSED): _S.WAITING,
        (_S.COLLECTING, _E.EXPIRED): _S.WAITING,
        (_S.COLLECTING, _E.BEHIND): _S.ADOPTING,
        (_S.COLLECTING, _E.REMOVED): _S.WAITING,
        (_S.COLLECTING, _E.WON): _S.RESTING,
        (_S.ADOPTING, _E.TAKEN): _S.RESTING,
        (_S.ADOPTING, _E.ASKED): _S.COLLECTING,
        (_S.ADOPTING, _E.OUTBID): _S.WAITING,
        (_S.ADOPTING, _E.REFUSED): _S.WAITING,
        (_S.ADOPTING, _E.EXPIRED): _S.WAITING,
        (_S.ADOPTING, _E.ADOPTED): _S.COLLECTING,
    },
)


@dataclass(frozen=True, slots=True)
class Won:
    """We coordinate from now on, in the epoch that we promised ourselves."""


ElectionAction: TypeAlias = Send | Won


@dataclass(slots=True)
class _Round:
    epoch: int
    started_ns: int
    transfer: HandOver | None
    best: Member  # who holds the best log that we heard of
    promises: dict[Member, tuple[int, int]] = field(default_factory=dict)  # → (epoch, head) of log
    sent_ns: int = NEVER
    adoption: LogAdoption | None = None


@final
class Election:
    """Candidate and voter of one seat."""

    def __init__(self, voter: Voter, rng: Random) -> None:
        self._voter = voter
        self._rng = rng
        self._state = ELECTION.initial
        self._round: _Round | None = None  # while we collect promises or adopt a log
        self._vacant_since_ns: int | None = None
        self._yields_until_ns = NEVER  # whom we have just promised to lead may come to do so
        self._highest_epoch = 0
        self._empty_ns: dict[
            Member, int
        ] = {}  # who had not the log that it claimed, and until when

    def on_tick(self, vacant: bool, rank: int, now_ns: int) -> list[ElectionAction]:
        """Stand for election when it is our turn.

        Args:
            vacant: no coordinator lives, as far as we know.
            rank: how many live members are senior to us.
        """
        voter = self._voter
        may_stand = vacant and voter.votes and now_ns >= voter.quiet_until_ns
        self._note_vacancy(may_stand, now_ns)
        if self._round is not None:
            if now_ns - self._round.started_ns < voter.patient_ns(CANDIDACY_NS):
                return self._request_promises(self._round, now_ns)
            if self._round.adoption is not None:
                self._empty_ns[self._round.best] = now_ns + HEED_NS
            self._back_off(ElectionEvent.EXPIRED, now_ns)
        since = self._vacant_since_ns
        if since is None:
            return []
        if now_ns - max(since, self._yields_until_ns) < rank * voter.patient_ns(STAGGER_NS):
            return []
        return self._start_round(None, now_ns)

    @property
    def state(self) -> ElectionState:
        """How far we are, to look at."""
        return self._state

    @property
    def rests(self) -> bool:
        """Nobody is missed, and no round is under way: a tick while the seat is taken is idle."""
        return self._state is ElectionState.RESTING

    def asks(self, node: NodeId) -> bool:
        """Whether we adopt this node's log just now."""
        current = self._round
        return current is not None and current.adoption is not None and current.best.node == node

    def on_hand_over(self, transfer: HandOver, now_ns: int) -> list[ElectionAction]:
        """Stand at once: our coordinator asked us to."""
        if not self._voter.votes:
            return []
        return self._start_round(transfer, now_ns)

    def on_epoch(self, epoch: int) -> None:
        """Note an epoch seen anywhere in our lineage: ours must be above it."""
        self._highest_epoch = max(self._highest_epoch, epoch)

    def on_message(
        self, sender: NodeId, message: Prepare | Promise | Refusal | Elected, now_ns: int
    ) -> list[ElectionAction]:
        match message:
            case Prepare():
                return self.on_prepare(sender, message, now_ns)
            case Promise():
                return self.on_promise(sender, message, now_ns)
            case Refusal():
                return self.on_refusal(sender, message, now_ns)
            case Elected(votes=votes):
                for vote in votes:
                    if vote.candidate.node == sender:
                        self._voter.take_vote(vote)
                return []
            case _:
                assert_never(message)

    def on_prepare(self, sender: NodeId, prepare: Prepare, now_ns: int) -> list[ElectionAction]:
        """Promise to follow nobody below the candidate's epoch, unless we may not."""
        voter = self._voter
        if prepare.lineage != voter.log.lineage or prepare.candidate.node != sender:
            return []
        if not voter.votes or now_ns < voter.quiet_until_ns:
            return []
        if prepare.candidate not in voter.log.members:
            return []  # decreed out, or not yet in as far as we know: others stand
        self.on_epoch(prepare.epoch)
        leased = now_ns - voter.heard_ns < voter.patient_ns(LEASE_NS) and voter.coordinator not in {
            None,
            prepare.candidate,
        }
        taken = prepare.epoch < voter.promised or (
            prepare.epoch == voter.promised and voter.promised_to != prepare.candidate
        )
        transfer = prepare.transfer
        handed = transfer is not None and voter.may_succeed(transfer, prepare.candidate)
        if taken or (leased and not handed):
            return [Send(sender, Refusal(prepare.lineage, voter.promised))]
        if prepare.epoch > voter.promised:
            if self._round is not None:
                self._end_round(ElectionEvent.OUTBID)
            voter.promise(prepare.epoch, prepare.candidate)
            self._yields_until_ns = now_ns + self._rng.randrange(STAGGER_NS, 2 * STAGGER_NS)
        log = voter.log
        vote = voter.cast(prepare.epoch, prepare.candidate)
        return [Send(sender, Promise(vote, log.head_epoch, log.head))]

    def on_promise(self, sender: NodeId, promise: Promise, now_ns: int) -> list[ElectionAction]:
        current = self._current_round()
        vote = promise.vote
        if current is None or vote.voter.node != sender:
            return []
        if (vote.epoch, vote.candidate) != (current.epoch, self._voter.me):
            return []
        # Who has promised this epoch holds nothing of it, nor of a later one.
        if promise.head_epoch >= vote.epoch or not self._voter.take_vote(vote):
            return []
        current.promises[vote.voter] = (promise.head_epoch, promise.head)
        return self._count_promises(current, now_ns)

    def on_refusal(self, sender: NodeId, refusal: Refusal, now_ns: int) -> list[ElectionAction]:
        if refusal.lineage != self._voter.log.lineage:
            return []
        self.on_epoch(refusal.epoch)
        too_late = self._round is not None and refusal.epoch >= self._round.epoch
        if too_late and self._voter.heeds(sender, now_ns):
            self._back_off(ElectionEvent.REFUSED, now_ns)
        return []

    def on_fetched(self, sender: NodeId, part: Fetched, now_ns: int) -> list[ElectionAction]:
        current = self._current_round()
        if current is None or current.adoption is None:
            return []
        adopted, sends = current.adoption.on_fetched(sender, part, now_ns)
        if not adopted:
            return list(sends)
        current.adoption = None
        self._move(ElectionEvent.ADOPTED)
        return self._count_promises(current, now_ns)

    def _current_round(self) -> _Round | None:
        """Return our round, unless we have followed another since.

        To win it then would be to lead in the other's epoch; to adopt a log, to lose decrees
        that the other counts on us to hold.
        """
        current, voter = self._round, self._voter
        if current is not None and (voter.promised, voter.promised_to) != (current.epoch, voter.me):
            self._end_round(ElectionEvent.OUTBID)
        return self._round

    def _note_vacancy(self, may_stand: bool, now_ns: int) -> None:
        """Note since when we might stand; a round that our coordinator asked for goes on."""
        if may_stand:
            if self._vacant_since_ns is None:
                self._vacant_since_ns = now_ns
                if self._state is ElectionState.RESTING:
                    self._move(ElectionEvent.VACANT)
            return
        self._vacant_since_ns = None
        match self._state:
            case ElectionState.WAITING:
                self._move(ElectionEvent.TAKEN)
            case ElectionState.COLLECTING | ElectionState.ADOPTING:
                if self._round is not None and self._round.transfer is None:
                    self._end_round(ElectionEvent.TAKEN)
            case ElectionState.RESTING:
                pass

    def _move(self, event: ElectionEvent) -> None:
        self._state = ELECTION.after(self._state, event)

    def _end_round(self, event: ElectionEvent) -> None:
        self._move(event)
        self._round = None

    def _back_off(self, event: ElectionEvent, now_ns: int) -> None:
        """Come again at a time of our own: a round that failed may have met another."""
        self._end_round(event)
        self._vacant_since_ns = now_ns + self._rng.randrange(STAGGER_NS)

    def _start_round(self, transfer: HandOver | None, now_ns: int) -> list[ElectionAction]:
        voter = self._voter
        event = ElectionEvent.TURN if transfer is None else ElectionEvent.ASKED
        epoch = max(self._highest_epoch, voter.promised) + 1
        voter.promise(epoch, voter.me)
        self._move(event)
        voter.cast(epoch, voter.me)
        self._round = _Round(epoch, now_ns, transfer, voter.me)
        self._round.promises[voter.me] = (voter.log.head_epoch, voter.log.head)
        return [
            *self._request_promises(self._round, now_ns),
            *self._count_promises(self._round, now_ns),
        ]

    def _request_promises(self, current: _Round, now_ns: int) -> list[ElectionAction]:
        if current.adoption is not None:
            return list(current.adoption.on_tick(now_ns))
        if now_ns - current.sent_ns < HEARTBEAT_NS:
            return []
        current.sent_ns = now_ns
        voter = self._voter
        prepare = Prepare(voter.log.lineage, current.epoch, voter.me, current.transfer)
        missing = [m for m in voter.log.members if m not in current.promises]
        return [Send(member.node, prepare) for member in missing]

    def _count_promises(self, current: _Round, now_ns: int) -> list[ElectionAction]:
        """Win, adopt a better log first, or wait for more promises."""
        voter, log = self._voter, self._voter.log
        if current.adoption is not None:
            return []
        counted = [
            m
            for m in log.members
            if m in current.promises and self._empty_ns.get(m, NEVER) <= current.started_ns
        ]
        if len(counted) < majority(len(log.members)):
            return []
        best = max(counted, key=lambda m: (*current.promises[m], m))
        if current.promises[best] > (log.head_epoch, log.head):
            self._move(ElectionEvent.BEHIND)
            current.best = best
            current.adoption = LogAdoption(log, best.node, log.lineage, current.epoch)
            return list(current.adoption.on_tick(now_ns))
        if not voter.is_member:
            self._end_round(ElectionEvent.REMOVED)
            return []
        self._end_round(ElectionEvent.WON)
        self._vacant_since_ns = None
        return [Won()]
