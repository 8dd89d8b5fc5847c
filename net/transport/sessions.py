"""Sessions with the identities they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self, final

import msgspec

from net.ids import NodeId
from net.limits import (
    DOWN_NS,
    FORGET_DOWN_NS,
    HANDSHAKE_RETRY_MAX_NS,
    HANDSHAKE_RETRY_NS,
    LIFE_APART_NS,
    LIVES_BURST,
    NEVER,
    PEERS_MAX,
    REJECT_NS,
    REKEY_DATAGRAMS,
    REKEY_NS,
    SEARCH_BYTES_MAX,
)
from net.security.noise import HandshakeState
from net.security.seal import Seal
from net.transport.actions import PutOff, PutOffReason
from net.transport.control import Rekey, Rekeyed
from net.transport.routes import Route, Via
from net.transport.session_states import SESSION, SessionEvent, SessionState
from net.wire.versions import Versions

if TYPE_CHECKING:
    from net.transport.local_keys import Indices

_SESSIONS_PER_REMOTE_MAX: Final = 4  # both dialled, over two interfaces
_IDLE_NS: Final = 5 * HANDSHAKE_RETRY_MAX_NS  # keys on which nothing more comes are thrown away
_ONE_SIDED_NS: Final = HANDSHAKE_RETRY_MAX_NS // 2  # an initiator asks again sooner, ten times
_HANDSHAKE_BYTES: Final = 300  # that came from a peer with its half of one, and more
_EXPIRE_NS: Final = HANDSHAKE_RETRY_NS  # how often that is looked at: each bound is seconds


@final
class Heritage(msgspec.Struct, frozen=True):
    """What a finished handshake leaves for the one that follows it inside its session."""

    remote_static: bytes
    psk: bytes

    @classmethod
    def of(cls, handshake: HandshakeState) -> Self:
        assert handshake.remote_static is not None
        return cls(handshake.remote_static, handshake.successor_psk())


@final
class SealedSession(msgspec.Struct):
    """The keys of one handshake. Several may stand between two nodes; any may be received on."""

    index: int  # ours: datagrams to us carry it
    seal: Seal
    heritage: Heritage
    remote: RemoteNode
    serial: int  # order of completion here
    incarnation: int  # the life of the remote that speaks on it
    told: int  # our life that the remote knows to speak on it
    born_ns: int
    heard_ns: int
    state: SessionState  # confirmed: the remote has shown that it holds the keys
    rekeyed_ns: int  # when we last did the arithmetic of new keys for it
    rekeyed: tuple[Rekey, Rekeyed] | None = None  # what it asked for here, and our answer

    @property
    def rank(self) -> tuple[int, bool, int]:
        """The newest life's newest session is the one to send on; the remote has its keys, best."""
        return self.incarnation, self.state is SessionState.CONFIRMED, self.serial

    def is_awaited(self, now_ns: int) -> bool:
        """Tell whether the remote may be about to show that it holds the keys."""
        return self.state is SessionState.UNCONFIRMED and not self.is_one_sided(now_ns)

    def is_one_sided(self, now_ns: int) -> bool:
        """Tell whether the remote would have shown by now that it holds the keys.

        Where two call each other, and each gives its call up before it hears that the other has
        what it said, each has keys that the other threw away.
        """
        is_heard = self.state is SessionState.CONFIRMED
        return not is_heard and now_ns - self.born_ns >= _ONE_SIDED_NS

    def is_worn(self, margin_ns: int, now_ns: int) -> bool:
        """Tell whether the keys should be replaced, `margin_ns` later than at first."""
        seal = self.seal
        count = max(seal.sent, seal.window.newest)
        # The index is random: up to 17 s earlier, so that a mesh that met at once renews by turns.
        age_ns = now_ns - self.born_ns + 4 * self.index
        return age_ns >= REKEY_NS + margin_ns or count >= REKEY_DATAGRAMS

    def is_spent(self, now_ns: int) -> bool:
        """Tell whether its keys are too old, also where no tick has dropped them: we slept."""
        return now_ns - self.born_ns >= REJECT_NS


class PathProbe(msgspec.Struct):
    """A route by which a remote's newest datagrams come, until it is proved."""

    route: Route
    token: bytes


class PathSearch(msgspec.Struct, frozen=True):
    """Routes by which a remote is sought, each with a token of its own.

    With one for all, who gets it at one of them could answer as if from another, where somebody
    else is who never asked for what is sent there then (RFC 9000, 8.2.1).
    """

    tokens: dict[Route, bytes]
    sent_ns: int


@final
class RemoteNode(msgspec.Struct):
    """A node with which we have, or lately had, a session."""

    node: NodeId
    signing_key: bytes
    name: str
    incarnation: int
    route: Route
    versions: Versions
    heard_ns: int
    sessions: list[SealedSession] = msgspec.field(default_factory=list)
    current: SealedSession | None = None  # what we send on
    probe: PathProbe | None = None
    probed_ns: int = NEVER  # when it was last asked for one, whatever came of it
    search: PathSearch | None = None  # it is not heard any more
    straight: PathSearch | None = None  # it is heard, by way of a member
    there_ns: int = NEVER  # when a frame last came by the route that we send by
    earned: int = 0  # bytes that came from it and of it, not yet spent on seeking it
    alias: NodeId = b""  # by which it is advertised
    static: bytes = b""  # its key in handshakes
    renew_ns: int = 0  # when to say again that we lead another life
    lives_due_ns: int = NEVER  # new lives that it tells of are told on at a pace

    def lives(self, now_ns: int) -> bool:
        """Tell whether we heard it so lately that a new handshake has no use."""
        return self.current is not None and now_ns - self.heard_ns < DOWN_NS

    def choose_session(self, me: NodeId) -> SealedSession | None:
        """Return what to send on: the newest keys, unless it speaks on others alone.

        Then it has thrown the newest away: of several handshakes that end at once each side may
        keep others. It hears nothing on them, and is heard, so that nobody would call anew. Where
        each waits for the other so, the lower node id gives way first.
        """
        current = self.current
        patience_ns = _ONE_SIDED_NS if me < self.node else _ONE_SIDED_NS * 3 // 2
        if current is None or self.heard_ns - current.heard_ns < patience_ns:
            return current
        heard = max(filter(self._is_proved, self.sessions), key=_heard_ns, default=current)
        if heard.heard_ns - current.heard_ns >= patience_ns:
            self.current = heard
        return self.current

    def _is_proved(self, session: SealedSession) -> bool:
        return session.state is SessionState.CONFIRMED and session.incarnation == self.incarnation

    def may_live_anew(self, incarnation: int, now_ns: int) -> bool:
        """Tell whether a life that it leads may count by now; it counts then.

        LIVES_BURST at once, and then one each LIFE_APART_NS: what is put off is said again.
        """
        if incarnation <= self.incarnation:
            return True
        due_ns = max(self.lives_due_ns, now_ns - LIVES_BURST * LIFE_APART_NS) + LIFE_APART_NS
        if due_ns > now_ns:
            return False
        self.lives_due_ns = due_ns
        return True

    def put_off(self, name: str, life: int, route: Route, now_ns: int) -> list[PutOff]:
        """Tell that a life in which it comes does not count; not while a newer one is heard.

        A handshake of a life before may be late: that is nothing to tell of.
        """
        if self.lives(now_ns):
            return []
        is_past = life < self.incarnation
        why = PutOffReason.PAST_LIFE if is_past else PutOffReason.TOO_OFTEN
        return PutOff.at(self.node, name, route, why)

    def move(self, route: Route, now_ns: int) -> None:
        """Send by another route from now on: it has just been heard by it."""
        self.route, self.there_ns = route, now_ns
        self.probe = self.search = self.straight = None

    def earn(self, size: int) -> None:
        """Take that so many bytes came from it, or told where it may be."""
        self.earned = min(self.earned + size, SEARCH_BYTES_MAX)

    def tokens_of(self, route: Route) -> list[bytes]:
        """Return which tokens are an answer of its by a route."""
        asked = [] if self.probe is None else [{self.probe.route: self.probe.token}]
        searches = (self.search, self.straight)
        asked.extend(search.tokens for search in searches if search is not None)
        return [tokens[route] for tokens in asked if route in tokens]


@final
class SealedSessions:
    """All sessions, by index and by node. Bounded by PEERS_MAX nodes with a few sessions each."""

    def __init__(self, indices: Indices) -> None:
        """Begin with none; of those that end the indices are given back."""
        self._indices = indices
        self.by_index: dict[int, SealedSession] = {}
        self.remotes: dict[NodeId, RemoteNode] = {}  # in order of node ids
        self._serial = 0
        self._expired_ns: int | None = None

    def install(
        self,
        remote: RemoteNode,
        index: int,
        seal: Seal,
        heritage: Heritage,
        incarnation: int,
        told: int,
        state: SessionState,
        now_ns: int,
    ) -> None:
        """Add a session whose handshake completed; it may crowd others out."""
        self._serial += 1
        session = SealedSession(
            index,
            seal,
            heritage,
            remote,
            self._serial,
            incarnation,
            told,
            born_ns=now_ns,
            heard_ns=now_ns,
            state=state,
            rekeyed_ns=now_ns,
        )
        self.by_index[index] = session
        if remote.node not in self.remotes:  # seldom, and they are gone through at each tick
            self.remotes = dict(sorted([*self.remotes.items(), (remote.node, remote)]))
        self.remotes[remote.node] = remote
        remote.sessions.append(session)
        remote.earn(_HANDSHAKE_BYTES)
        current = remote.current
        confirmed = state is SessionState.CONFIRMED
        if confirmed or current is None or incarnation > current.incarnation:
            promote(session)
        spare = [other for other in remote.sessions if other is not remote.current]
        surplus = max(len(remote.sessions) - _SESSIONS_PER_REMOTE_MAX, 0)
        spare.sort(key=lambda other: (other is session, *_worth(other, now_ns)))
        for other in spare[:surplus]:
            self._remove_session(other)

    def find_remote(self, route: Route) -> RemoteNode | None:
        """Return whom we reach by a route; of several the one heard last."""
        there = [remote for remote in self.remotes.values() if remote.route == route]
        return max(there, key=lambda remote: (remote.heard_ns, remote.node), default=None)

    def node_at(self, route: Route) -> NodeId | None:
        """Return the node that we reach by a route."""
        remote = self.find_remote(route)
        return None if remote is None else remote.node

    def node_of(self, alias: NodeId) -> NodeId:
        """Return which remote is advertised by an alias, else the alias itself."""
        remotes = self.remotes.values()
        return next((remote.node for remote in remotes if remote.alias == alias), alias)

    def next_hop(self, node: NodeId) -> NodeId | None:
        """Return to whom goes what is for a node: to itself, to a relay; None: there is no way."""
        remote = self.remotes.get(node)
        if remote is None or remote.current is None:
            return None
        return remote.route.relay if isinstance(remote.route, Via) else node

    def leads_to(self, node: NodeId, route: Route) -> bool:
        """Tell whether a route may be a node's: whoever passes on is reached straight.

        So nobody is reached by way of itself, and no two by way of each other.
        """
        if not isinstance(route, Via):
            return True
        relay = self.remotes.get(route.relay)
        straight = relay is not None and not isinstance(relay.route, Via)
        return straight and route.relay != node == route.target

    @property
    def full(self) -> bool:
        return len(self.remotes) >= PEERS_MAX

    def put_off_surplus(self, node: NodeId, name: str, route: Route) -> list[PutOff]:
        """Tell of somebody for whom there is no room."""
        return PutOff.at(node, name, route, PutOffReason.FULL)

    def expire(self, now_ns: int) -> None:
        """Drop worn-out and idle sessions and silent remotes."""
        if self._expired_ns is not None and now_ns - self._expired_ns < _EXPIRE_NS:
            return
        self._expired_ns = now_ns
        for remote in list(self.remotes.values()):
            gone = now_ns - remote.heard_ns >= FORGET_DOWN_NS
            for session in list(remote.sessions):
                idle = now_ns - session.heard_ns >= _IDLE_NS and session is not remote.current
                if gone or idle or session.is_spent(now_ns):
                    self._remove_session(session)
            if gone:
                del self.remotes[remote.node]

    def forget(self, remote: RemoteNode) -> None:
        """Drop a remote with its sessions."""
        del self.remotes[remote.node]
        for session in list(remote.sessions):
            self._remove_session(session)

    def _remove_session(self, session: SealedSession) -> None:
        remote = session.remote
        session.state = SESSION.after(session.state, SessionEvent.ENDED)
        remote.sessions.remove(session)
        if remote.current is session:
            remote.current = max(remote.sessions, key=lambda other: other.rank, default=None)
        del self.by_index[session.index]
        self._indices.release(session.index)


def _worth(session: SealedSession, now_ns: int) -> tuple[bool, int, int]:
    """Return what is less for whom sooner gives way to another.

    Who calls by several routes at once speaks on the keys of the handshake that ended first: of
    those on which it may be about to, the first stay longest.
    """
    if session.is_awaited(now_ns):
        return True, -session.born_ns, -session.serial
    return False, session.heard_ns, session.serial


def _heard_ns(session: SealedSession) -> int:
    return session.heard_ns


def hear(session: SealedSession, now_ns: int) -> bool:
    """Note that the remote speaks on a session: it has the keys, and has kept them.

    Returns:
        Whether that is news, so that no call to it has a use: it was called on a network that was
        cut, or these are the keys of one.
    """
    remote = session.remote
    is_new = session.state is SessionState.UNCONFIRMED
    is_back = not remote.lives(now_ns)
    if is_new:
        session.state = SESSION.after(session.state, SessionEvent.HEARD)
    remote.heard_ns = session.heard_ns = now_ns
    current = remote.current
    if is_new or (current is not None and current.state is SessionState.UNCONFIRMED):
        promote(session)  # else one datagram that was held back would undo `choose_session`
    return is_new or is_back


def promote(session: SealedSession) -> None:
    """Send on this session from now on, unless the present one is newer."""
    remote = session.remote
    if remote.current is None or session.rank > remote.current.rank:
        remote.current = session
