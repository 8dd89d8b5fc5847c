"""What happens in the network, as lines for who looks: each as it happens."""

from __future__ import annotations

from collections import deque
from typing import TypeAlias, assert_never, final

from net import (
    BoundReached,
    CheckpointDiffered,
    Committed,
    CoordinatorChanged,
    Decree,
    Denied,
    Equivocated,
    Event,
    Folded,
    HistoryGivenUp,
    LineageEntered,
    LineageId,
    NodeId,
    PeerChanged,
    PeerState,
    PeerUnreadable,
    PutOff,
    Refused,
    Rule,
    Synced,
    TwinFound,
    VersionsDiffer,
    Waiting,
    short,
)
from racer.play.limits import NETWORK_EVENTS_MAX
from racer.play.room.messages import (
    Disqualification,
    Grant,
    Grid,
    Lease,
    Offence,
    Removal,
    Results,
    Seat,
    decode_ruling,
)
from racer.play.room.room_state import RoomState
from racer.play.show.disqualified import words_of
from racer.play.view import NetworkEvent, NetworkKind

Told: TypeAlias = tuple[NetworkKind, str]


@final
class NetworkEvents:
    """Keeps the newest events. Histories that are read again when a node enters are none."""

    def __init__(self) -> None:
        self._events: deque[NetworkEvent] = deque(maxlen=NETWORK_EVENTS_MAX)
        self._vacant_ns: int | None = None  # since when nobody leads
        self._lineage: LineageId | None = None
        self.led_since_ns = 0  # by whoever leads now

    def all(self) -> tuple[NetworkEvent, ...]:
        """Return them, oldest first."""
        return tuple(self._events)

    def add(self, kind: NetworkKind, text: str, now_ns: int) -> None:
        self._events.append(NetworkEvent(now_ns, kind, text))

    def on_event(self, event: Event, state: RoomState, synced: bool, now_ns: int) -> None:
        """Take what the node tells, before the room has taken it.

        Args:
            synced: we are in the room, so what is decreed is news.
        """
        match event:
            case CoordinatorChanged(node=None) if not synced:
                return
            case CoordinatorChanged(node=node, epoch=epoch):
                told = self._on_coordinator(state, node, epoch, now_ns)
            case PeerChanged():
                told = _peer_words(event, state)
            case LineageEntered(lineage=lineage):
                told = self._on_lineage(lineage)
            case Committed() if synced:
                told = self._on_committed(event, state)
            case _:
                told = _other_words(event, state)
        if told is not None:
            self.add(*told, now_ns)

    def _on_coordinator(
        self, state: RoomState, node: NodeId | None, epoch: int, now_ns: int
    ) -> Told | None:
        if node is None:
            self._vacant_ns = now_ns
            return NetworkKind.VACANT, "Nobody leads: an election begins"
        vacant_ns, self._vacant_ns = self._vacant_ns, None
        self.led_since_ns = now_ns
        took = "" if vacant_ns is None else f", after {(now_ns - vacant_ns) / 1e9:.2f} s without"
        return NetworkKind.LEADER, f"{state.roster.name_of(node)} leads in epoch {epoch}{took}"

    def _on_lineage(self, lineage: LineageId) -> Told | None:
        was, self._lineage = self._lineage, lineage
        if was == lineage:
            return None
        if was is None:
            return NetworkKind.LINEAGE, f"We are in lineage {short(lineage)}"
        return NetworkKind.MERGE, f"We went from lineage {short(was)} to {short(lineage)}"

    def _on_committed(self, event: Committed, state: RoomState) -> Told | None:
        what = event.decree.what
        if isinstance(what, Rule):
            return _ruling_words(event.decree, what, state)
        if event.lineage != self._lineage:
            self._lineage = event.lineage
            return NetworkKind.LINEAGE, f"Without a majority: lineage {short(event.lineage)} begins"
        return None


def _peer_words(event: PeerChanged, state: RoomState) -> Told:
    name = state.roster.name_of(event.node)
    name = event.name if name == short(event.node) else name
    match event.state:
        case PeerState.ALIVE:
            return NetworkKind.HEARD, f"{name} is heard"
        case PeerState.SUSPECT:
            return NetworkKind.DOUBT, f"{name} is silent: the others are asked"
        case PeerState.DOWN if event.refused:
            return NetworkKind.DOWN, f"{name} is down: its machine refuses"
        case PeerState.DOWN:
            return NetworkKind.DOWN, f"{name} is down: nobody hears it"
        case PeerState.LEFT:
            return NetworkKind.LEFT, f"{name} says farewell"
        case _:
            assert_never(event.state)


def _ruling_words(decree: Decree, rule: Rule, state: RoomState) -> Told | None:
    ruling, name_of, at = decode_ruling(rule.body), state.roster.name_of, decree.index
    race = state.room.race
    match ruling:
        case Lease(car=car, driver=driver, lease=lease) if race is not None:
            owner = race.cars.get(car, driver)
            whose = "its own car" if owner == driver else f"{name_of(owner)}'s car"
            return NetworkKind.LEASE, f"{name_of(driver)} gets {whose}: lease {lease}, decree {at}"
        case Grant(pickup=pickup, node=node):
            return NetworkKind.GRANT, f"Canister {pickup} goes to {name_of(node)}: decree {at}"
        case Seat(node=node, number=number):
            return NetworkKind.DECREE, f"{name_of(node)} gets number {number}: decree {at}"
        case Grid():
            return NetworkKind.DECREE, f"A race begins: decree {at}"
        case Removal(node=node, votes=votes):
            why = "one vote" if len(votes) == 1 else f"{len(votes)} votes"
            return NetworkKind.DECREE, f"{name_of(node)} is out of the room by {why}: decree {at}"
        case Disqualification(node=node, lie=lie):
            why = words_of(Offence(lie.value))
            return NetworkKind.DECREE, f"{name_of(node)} is out of the race, for {why}: decree {at}"
        case Results():
            return NetworkKind.DECREE, f"The results are official: decree {at}"
        case _:
            return None


def _other_words(event: Event, state: RoomState) -> Told | None:
    match event:
        case Folded(index=index) if index > 0:
            return NetworkKind.CHECKPOINT, f"All before decree {index} is folded into one value"
        case Synced(sources=sources, took_ms=took_ms):
            names = " and ".join(state.roster.name_of(node) for node in sources)
            whence = f"its history came from {names}" if names else "we founded it"
            return NetworkKind.MEMBER, f"We are in the room: {whence}, {took_ms} ms"
        case CheckpointDiffered(index=index):
            return NetworkKind.REFUSAL, f"Who decides folds decree {index} otherwise than we"
        case HistoryGivenUp(operations=count):
            return (
                NetworkKind.MERGE,
                f"{count} operations of ours are in no room any more",
            )
        case BoundReached(bound=bound, forgotten=nodes) if nodes:
            names = ", ".join(map(state.roster.name_of, nodes[:3]))
            return NetworkKind.REFUSAL, f"The room forgets {names}, for more {bound.value}"
        case BoundReached(bound=bound):
            return NetworkKind.REFUSAL, f"The room takes no more {bound.value}"
        case Refused(command=command, fault=fault):
            return NetworkKind.REFUSAL, f"A {type(command).__name__} is refused: {fault.value}"
        case PeerUnreadable(node=node, name=name, fault=fault):
            who = name or state.roster.name_of(node)
            return NetworkKind.REFUSAL, f"{who} is not read: {fault.value}"
        case Equivocated(node=node):
            who = state.roster.name_of(node)
            return NetworkKind.DECREE, f"{who} is out of the room: its key said two things"
        case VersionsDiffer() | Denied() | PutOff() | TwinFound():
            return NetworkKind.REFUSAL, _stranger_words(event, state)
        case Waiting(reason=reason):
            return NetworkKind.MEMBER, f"We wait: {reason.value}"
        case _:
            return None


def _stranger_words(event: VersionsDiffer | Denied | PutOff | TwinFound, state: RoomState) -> str:
    match event:
        case VersionsDiffer(node=node, name=name, address=address):
            who = name or state.roster.known_name(node) or address[0]
            return f"{who} speaks another version"
        case Denied(address=address, ours=ours):
            who = "we were turned away" if ours else "somebody was turned away from here"
            return f"Another passphrase at {address[0]}: {who}"
        case PutOff(node=node, name=name, address=address, why=why):
            who = name or state.roster.known_name(node) or address[0]
            return f"{who} is not heard now: {why.value}"
        case TwinFound(address=at):
            where = "" if at is None else f" at {at[0]}"
            return f"Two machines have one identity: the other is{where}"
        case _:
            assert_never(event)
