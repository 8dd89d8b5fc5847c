"""One life in one lineage: routes its messages to election, reign, rally, and reads the log out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never, final

from net.cluster.actions import Send
from net.cluster.election import Election, Won
from net.cluster.failure_detector import Health
from net.cluster.fork import Founded, Rallying
from net.cluster.log import DecreeLog, majority
from net.cluster.log_adoption import answer_fetch
from net.cluster.membership import next_change
from net.cluster.replication import Reign, follow_append
from net.cluster.voter import Seat
from net.ids import LineageId, Member, NodeId
from net.limits import (
    DOWN_ISOLATED_NS,
    ELSEWHERE_NS,
    LEARNER_LAG_MAX,
    LEASE_NS,
    MAJORITY_LOST_NS,
    STEP_DOWN_NS,
    STUCK_NS,
)
from net.node.hand_over import Relief
from net.node.peers import YIELDING, Peer, Peers
from net.node.program import Committed, CoordinatorChanged
from net.wire.messages import (
    Append,
    Appended,
    Fetch,
    Fetched,
    HandOver,
    Order,
    Precedence,
    Prepare,
    Promise,
    Rallied,
    Rally,
    Refusal,
    Rule,
    Standing,
    What,
    Yield,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

LogMessage: TypeAlias = (
    Prepare | Promise | Refusal | Append | Appended | Fetch | Fetched | Rally | Rallied | HandOver
)


@dataclass(frozen=True, slots=True)
class Ended:
    """We are out of this lineage: look for another, `into` before any."""

    into: LineageId | None


Outcome: TypeAlias = Send | Committed | CoordinatorChanged | Ended


@final
class Consensus:
    """A member, or a learner that follows the log until it is made one."""

    def __init__(self, me: Member, log: DecreeLog, peers: Peers, rng: Random, now_ns: int) -> None:
        self._seat = Seat(me, log, promised=log.head_epoch, epoch=log.head_epoch)
        self._election = Election(self._seat, rng)
        self._rallying = Rallying(self._seat, rng)
        self._reign: Reign | None = None
        self._peers = peers
        self._began_ns = now_ns
        self._told = 0
        self._went_on = 0  # what had been told when we last looked for what to decree
        self._told_coordinator: tuple[LineageId, Member | None, int] | None = None
        self._followed: LineageId | None = None  # of the last coordinator that we accepted
        self._was_member = False
        self._vacant_since_ns: int | None = None
        self._yield_ns: int | None = None  # when our Yield was committed
        self._ended = False
        self.idle = True
        self.leaving = False  # we go: others should preside
        self.fit = True  # to preside: synced, and our loop keeps time
        self.strained = False  # our loop does not: others should preside, if one is fit
        self.patience = 1.0
        self._relief = Relief()

    @classmethod
    def founding(
        cls, me: Member, log: DecreeLog, epoch: int, peers: Peers, rng: Random, now_ns: int
    ) -> Consensus:
        """Preside over a log that ends in its `Found`, naming us alone; all before it counts."""
        consensus = cls(me, log, peers, rng, now_ns)
        consensus._seat.promise(epoch, me)
        consensus._reign = Reign(consensus._seat, now_ns)
        return consensus

    # --- what others read -------------------------------------------------------------------

    @property
    def log(self) -> DecreeLog:
        return self._seat.log

    @property
    def is_member(self) -> bool:
        return self._seat.is_member

    @property
    def coordinator(self) -> Member | None:
        return self._seat.coordinator

    @property
    def presides(self) -> bool:
        return self._reign is not None

    @property
    def decides(self) -> bool:
        """Our program may propose now."""
        return self._reign is not None and self._reign.is_settled and self.log.yields_to is None

    def standing(self) -> Standing:
        """Return what our heartbeats say of us."""
        seat, log = self._seat, self._seat.log
        precedence = log.precedence(self.idle)
        if log.yields_to is not None:
            precedence = Precedence(1, YIELDING, precedence.absent, precedence.lineage)
        return Standing(
            precedence,
            seat.epoch,
            seat.coordinator,
            seat.is_member,
            self.fit,
            log.commit,
            log.head,
            log.head_hash[:8],
        )

    # --- inputs -------------------------------------------------------------------------------

    def on_message(self, sender: NodeId, message: LogMessage, now_ns: int) -> list[Outcome]:
        return self._after(self._route(sender, message, now_ns), now_ns)

    def on_heartbeat(self, peer: Peer, now_ns: int) -> list[Outcome]:
        """Read a peer's new standing: it answers for its log, and shows who presides."""
        standing, seat = peer.standing, self._seat
        if standing is None or standing.precedence.lineage != seat.log.lineage:
            return []
        self._election.on_epoch(standing.epoch)
        presides = standing.coordinator == peer.member
        if presides and seat.coordinator == peer.member and standing.epoch == seat.epoch:
            seat.heard_ns = now_ns
        if self._reign is None:
            return []
        known = seat.log.hash_at(standing.head)
        same = known is not None and known[:8] == standing.head_hash
        follows = standing.coordinator == seat.me and standing.epoch == self._reign.epoch
        if follows:
            head = standing.head if same else 0
            self._reign.on_standing(peer.member, head, standing.commit, peer.echo_ns)
        return self._after([], now_ns)

    def begin(self, now_ns: int) -> list[Outcome]:
        """Tell what the log holds. Only when the program has read it do we know whether we idle."""
        return self._after([], now_ns)

    def on_tick(self, now_ns: int) -> list[Outcome]:
        sends: list[Outcome] = []
        self._seat.patience = self.patience
        if self._reign is not None and self._reign.deposed(now_ns):
            self._depose()
        self._watch_seat(now_ns)
        if self._reign is not None:
            sends.extend(self._govern(self._reign, now_ns))
        else:
            sends.extend(self._succeed(now_ns))
        return self._after(sends, now_ns)

    def go_on(self, now_ns: int) -> list[Outcome]:
        """Decree what the news allows, once the program has read it.

        Members are added one by one, and at a merge many wait: a tick between each two would be
        most of the time it takes.
        """
        if self._reign is None or self._went_on == self._told:
            return []
        self._went_on = self._told
        return self._after([*self._decree_due(self._reign, now_ns)], now_ns)

    def propose(self, whats: Sequence[Rule | Order], now_ns: int) -> list[Outcome]:
        if not self.decides or self._reign is None:
            return []
        return self._after(list(self._reign.propose(whats, now_ns)), now_ns)

    def hand_over(self) -> list[Send]:
        """Ask the next member to preside; nothing where there is none, or we do not."""
        heirs = [m for m in self._ranked() if m != self._seat.me]
        if self._reign is None or not heirs:
            return []
        hand_over = HandOver(self._seat.log.lineage, self._reign.epoch)
        return [Send(heirs[0].node, hand_over)]

    def on_pause(self, quiet_until_ns: int) -> None:
        """Neither promise nor stand until then: what we believe is old."""
        self._seat.quiet_until_ns = quiet_until_ns

    # --- routing ------------------------------------------------------------------------------

    def _route(self, sender: NodeId, message: LogMessage, now_ns: int) -> list[Outcome]:
        match message:
            case Append():
                return self._follow(sender, message, now_ns)
            case Appended():
                if self._reign is None:
                    return []
                return list(self._reign.on_appended(sender, message, now_ns))
            case Fetch():
                return list(answer_fetch(self._seat.log, sender, message))
            case Fetched():
                sends = self._elect(self._election.on_fetched(sender, message, now_ns), now_ns)
                rallied = self._rallying.on_fetched(sender, message, now_ns)
                return [*sends, *self._rallied(rallied, now_ns)]
            case Rally():
                vacant = self._vacant_since_ns is not None
                return self._rallied(self._rallying.on_rally(sender, message, vacant), now_ns)
            case Rallied():
                return self._rallied(self._rallying.on_rallied(sender, message, now_ns), now_ns)
            case _:
                return self._ballot(sender, message, now_ns)

    def _ballot(
        self, sender: NodeId, message: Prepare | Promise | Refusal | HandOver, now_ns: int
    ) -> list[Outcome]:
        election, seat = self._election, self._seat
        match message:
            case Prepare():
                return self._elect(election.on_prepare(sender, message, now_ns), now_ns)
            case Promise():
                return self._elect(election.on_promise(sender, message, now_ns), now_ns)
            case Refusal():
                return self._elect(election.on_refusal(message, now_ns), now_ns)
            case HandOver(lineage=lineage, epoch=epoch):
                asked = seat.coordinator is not None and seat.coordinator.node == sender
                if self.leaving or not asked or (lineage, epoch) != (seat.log.lineage, seat.epoch):
                    return []
                return self._elect(election.on_hand_over(now_ns), now_ns)
            case _:
                assert_never(message)

    def _follow(self, sender: NodeId, append: Append, now_ns: int) -> list[Outcome]:
        seat = self._seat
        if append.lineage != seat.log.lineage:
            if append.lineage != self._rallying.answered:
                return []
            # Promises belong to a lineage; this one is new, and nobody has promised in it yet.
            seat.promise(append.epoch, append.coordinator)
        else:
            self._rallying.answered = None
        if self._reign is not None and append.epoch >= self._reign.epoch:
            if append.coordinator == seat.me:
                return []
            self._depose()
        sends = list(follow_append(seat, sender, append, now_ns))
        if (seat.coordinator, seat.epoch) == (append.coordinator, append.epoch):
            self._followed = append.lineage
        return [*sends]

    def _elect(self, actions: Sequence[Send | Won], now_ns: int) -> list[Outcome]:
        sends: list[Outcome] = []
        for action in actions:
            match action:
                case Send():
                    sends.append(action)
                case Won():
                    sends.extend(self._preside(self._followers(), now_ns))
                case _:
                    assert_never(action)
        return sends

    def _rallied(self, actions: Sequence[Send | Founded], now_ns: int) -> list[Outcome]:
        sends: list[Outcome] = []
        for action in actions:
            match action:
                case Send():
                    sends.append(action)
                case Founded(epoch=epoch, found=found):
                    self._seat.log.append(epoch, found)
                    self._seat.promise(epoch, self._seat.me)
                    others = [m for m in found.members if m != self._seat.me]
                    sends.extend(self._preside(others, now_ns))
                case _:
                    assert_never(action)
        return sends

    # --- presiding ----------------------------------------------------------------------------

    def _preside(self, followers: Sequence[Member], now_ns: int) -> list[Send]:
        """Begin to reign. A call that we answered once is not ours to go along with any more."""
        self._rallying.answered = None
        self._reign = Reign(self._seat, now_ns)
        return self._reign.on_tick(followers, now_ns)

    def _govern(self, reign: Reign, now_ns: int) -> list[Outcome]:
        sends: list[Outcome] = [*self._relieve(reign, now_ns)]
        sends.extend(self._decree_due(reign, now_ns))
        sends.extend(reign.on_tick(self._followers(), now_ns))
        return sends

    def _decree_due(self, reign: Reign, now_ns: int) -> list[Send]:
        what = self._due(reign, now_ns)
        return [] if what is None else reign.propose([what], now_ns)

    def _relieve(self, reign: Reign, now_ns: int) -> list[Send]:
        """Hand over when our loop runs late, to a member whose loop does not."""
        first = self._ranked()[0] if self.strained and reign.is_open else self._seat.me
        better = first != self._seat.me and self._is_fit(first)
        return self.hand_over() if self._relief.is_due(self.strained, better, now_ns) else []

    def _due(self, reign: Reign, now_ns: int) -> What | None:
        """Return what the lineage itself needs decreed: an end, or a change of members."""
        log = self._seat.log
        if not reign.is_open or log.yields_to is not None:
            return None
        better = self._better_lineage()
        if better is not None:
            return Yield(better)
        if not log.members_settled:
            return None
        gone = {m for m in log.members if m != self._seat.me and self._is_gone(m, now_ns)}
        return next_change(log.members, gone, self._ready_learners(reign))

    def _better_lineage(self) -> LineageId | None:
        mine = self._seat.log.precedence(self.idle)
        for peer in self._peers.coordinated():
            if peer.standing is not None and peer.lineage != mine.lineage:
                return peer.lineage if peer.standing.precedence < mine else None
        return None

    def _is_gone(self, member: Member, now_ns: int) -> bool:
        peer = self._peers.get(member.node)
        if peer is None:
            return now_ns - self._began_ns > DOWN_ISOLATED_NS
        if peer.incarnation > member.incarnation or peer.health in {Health.DOWN, Health.LEFT}:
            return True
        return peer.strayed_ns is not None and now_ns - peer.strayed_ns > ELSEWHERE_NS

    def _ready_learners(self, reign: Reign) -> dict[NodeId, Member]:
        log = self._seat.log
        return {
            peer.node: peer.member
            for peer in self._peers.in_lineage(log.lineage)
            if peer.member not in log.members
            and reign.matched(peer.member) + LEARNER_LAG_MAX >= log.head
        }

    def _followers(self) -> list[Member]:
        """Return members and learners that live; and members that rallied and not yet moved."""
        log = self._seat.log
        lives = {peer.member for peer in self._peers.in_lineage(log.lineage)}
        if log.found is not None:
            lives |= {m for m in log.members if self._peers.life(m) is not None}
        return sorted(lives - {self._seat.me})

    def _depose(self) -> None:
        self._reign = None
        if self._seat.coordinator == self._seat.me:
            self._seat.coordinator = None

    # --- succession ---------------------------------------------------------------------------

    def _live_members(self) -> tuple[Member, ...]:
        """Return members that live and sit in our lineage, seniors first."""
        seat = self._seat
        lineage = seat.log.lineage
        return tuple(
            m
            for m in seat.log.members
            if m == seat.me
            or ((peer := self._peers.life(m)) is not None and peer.lineage == lineage)
        )

    def _ranked(self) -> list[Member]:
        """Return members that live, who should preside first: those fit to, and of them seniors."""
        return sorted(self._live_members(), key=lambda m: not self._is_fit(m))

    def _is_fit(self, member: Member) -> bool:
        if member == self._seat.me:
            return self.fit
        peer = self._peers.life(member)
        return peer is not None and peer.standing is not None and peer.standing.fit

    def _watch_seat(self, now_ns: int) -> None:
        """Note since when nobody presides, as far as we know."""
        if not self._is_vacant(now_ns):
            self._vacant_since_ns = None
        elif self._vacant_since_ns is None:
            self._vacant_since_ns = now_ns

    def _is_vacant(self, now_ns: int) -> bool:
        seat = self._seat
        if self._reign is not None:
            return False
        if seat.coordinator is None:
            return True
        peer = self._peers.life(seat.coordinator)
        if peer is None:
            return True
        silent_ns = now_ns - seat.heard_ns
        return peer.standing_ns > seat.heard_ns and silent_ns > seat.patient_ns(LEASE_NS)

    def _succeed(self, now_ns: int) -> list[Outcome]:
        """Without a coordinator: elect one; without a majority: rally; without hope: go."""
        since = self._vacant_since_ns
        seat = self._seat
        vacant = since is not None
        if not seat.is_member:
            lost = now_ns - max(self._began_ns, seat.heard_ns) > STUCK_NS
            return [Ended(None)] if lost or (self._was_member and vacant) else []
        if self.leaving:
            return []
        if since is None and self._election.rests and self._rallying.rests:
            return []
        live = self._live_members()
        rank = self._ranked().index(seat.me)
        actions = self._elect(self._election.on_tick(vacant, rank, now_ns), now_ns)
        too_few = len(live) < majority(len(seat.log.members))
        waited = 0 if since is None else now_ns - since
        deserted = waited > (MAJORITY_LOST_NS if too_few else STUCK_NS)
        if deserted and any(p.lineage != seat.log.lineage for p in self._peers.coordinated()):
            return [Ended(None)]
        if self._reign is None:
            rallied = self._rallying.on_tick(deserted, live, now_ns)
            actions.extend(self._rallied(rallied, now_ns))
        return actions

    # --- reading out --------------------------------------------------------------------------

    def _after(self, outcomes: list[Outcome], now_ns: int) -> list[Outcome]:
        """Tell what is newly committed, who presides, and whether this was the end."""
        log = self._seat.log
        while self._told < log.commit:
            decree = log.entry(self._told)
            self._told += 1
            outcomes.append(Committed(decree, log.lineage))
        self._was_member = self._was_member or self._seat.me in log.members
        # Who follows a degraded lineage may have to wait for the entry that founds it.
        lineage = log.lineage if self._reign is not None else self._followed or log.lineage
        presiding = (lineage, self._seat.coordinator, self._seat.epoch)
        if presiding != self._told_coordinator:
            self._told_coordinator = presiding
            coordinator = self._seat.coordinator
            node = None if coordinator is None else coordinator.node
            outcomes.append(CoordinatorChanged(lineage, node, self._seat.epoch))
        if not self._ended:
            outcomes.extend(self._end(now_ns))
        return outcomes

    def _end(self, now_ns: int) -> list[Outcome]:
        log = self._seat.log
        if log.is_over:
            # Who presides stays until the others know, or the wait is over.
            if self._yield_ns is None:
                self._yield_ns = now_ns
            waits = self._reign is not None and now_ns - self._yield_ns < STEP_DOWN_NS
            if not (waits and len(self._live_members()) > 1):
                self._ended = True
                return [Ended(log.yields_to)]
        elif self._was_member and log.members_settled and not self._seat.is_member:
            self._ended = True
            return [Ended(None)]
        return []
