"""Sessions of one node with its peers: dials, answers, seals, opens, renews, follows paths.

It routes; the parts decide: `initiator` and `responder` make sessions, `sessions` keeps them,
`paths` moves them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never, final

from net.errors import InvariantError, SecurityError, WireError
from net.ids import Address, NodeId
from net.limits import (
    DATAGRAM_BYTES_MAX,
    FRAME_BYTES_MAX,
    HANDSHAKE_RETRY_NS,
    HEARTBEAT_NS,
    RELAYING_BYTES,
)
from net.security.seal import SEALING_BYTES, ReplayError, index_of
from net.transport.actions import Incompatible, Opened, Received, Sending, TransportAction, send_by
from net.transport.calls import Origin
from net.transport.control import (
    Challenge,
    Confirm,
    Confirmed,
    Control,
    Full,
    Rekey,
    Rekeyed,
    Renew,
    Renewed,
    Response,
    Twin,
    decode_control,
    send_control,
)
from net.transport.counters import TransportCounters
from net.transport.datagram import (
    SEALED,
    Cookie,
    DatagramKind,
    Denial,
    Finish,
    Hello,
    Negotiation,
    Reply,
    decode_handshake,
    is_plausible,
)
from net.transport.initiator import Connected, Initiator
from net.transport.local_keys import Indices, LocalKeys
from net.transport.paths import Paths
from net.transport.rekeying import Rekeying, RenewedKeys
from net.transport.responder import Accepted, Responder
from net.transport.routes import Route, Via
from net.transport.session_states import SESSION, SessionEvent, SessionState
from net.transport.sessions import RemoteNode, SealedSession, SealedSessions, hear, promote
from net.transport.twins import Twins
from net.wire.versions import Versions

if TYPE_CHECKING:
    from random import Random


_FRAME: Final = int(DatagramKind.FRAME)
_CONTROL: Final = int(DatagramKind.CONTROL)
assert FRAME_BYTES_MAX + RELAYING_BYTES + 2 * SEALING_BYTES <= DATAGRAM_BYTES_MAX


@final
class Transport:
    """All sessions of this node in one room.

    Invariants: a frame is delivered at most once, and only from the life of the node that sealed
    it; whoever has not proved its address gets no more bytes than it sent.
    """

    def __init__(
        self,
        keys: LocalKeys,
        incarnation: int,
        name: str,
        rng: Random,
        now_ns: int,
    ) -> None:
        """Begin with no session."""
        self.counters = TransportCounters()
        self._me = keys.identity.node_id
        self._keys = keys
        self._name = name
        self._credentials = self._keys.vouch(incarnation, self._name)
        self._indices = Indices(rng)
        self._initiator = Initiator(self._keys, self._indices, rng, self.counters)
        self._responder = Responder(self._keys, self._indices, self.counters, now_ns)
        self._sessions = SealedSessions(self._indices)
        self._twins = Twins(self._me, self.counters)
        self._paths = Paths(self._me, keys.primitives, self.counters)
        self._rekeying = Rekeying(self._me, self._keys, self._indices, rng, self.counters)

    # --- what others may ask ------------------------------------------------------------------

    @property
    def room_tag(self) -> bytes:
        """Names the room in all that its members sign."""
        return self._keys.room.tag

    @property
    def versions(self) -> Versions:
        """What we say that we speak."""
        return self._keys.versions

    def address_of(self, node: NodeId) -> Address | None:
        """Return where a node that we have met is reached, or was seen by who talks to it."""
        remote = self._sessions.remotes.get(node)
        return None if remote is None else self._paths.address_of(remote)

    def node_at(self, address: Address) -> NodeId | None:
        """Return whom we reach at an address."""
        return self._sessions.node_at(address)

    def next_hop(self, node: NodeId) -> NodeId | None:
        """Return to whom goes what is for a node: to itself, to a relay; None: we have no way."""
        return self._sessions.next_hop(node)

    # --- inputs -------------------------------------------------------------------------------

    def dial(
        self, route: Route, expected: NodeId | None, origin: Origin, now_ns: int
    ) -> list[Sending]:
        """Seek a session with whoever is at an address; idempotent.

        Nothing happens where one to `expected`, or to that address, lives. A handshake under way
        gets more time; it is given up after ten seconds, or two where only an advert names it.
        """
        if expected in {self._me, self._keys.alias}:
            return []
        if expected is not None:
            expected = self.node_of(expected)
        remotes = self._sessions.remotes
        vouched = origin is not Origin.ADVERT
        if not self._paths.may_call(route, expected, remotes, now_ns, vouched=vouched):
            return []
        known = remotes.get(expected) if expected else self._sessions.find_remote(route)
        there = self._sessions.find_remote(route) if origin is Origin.ADVERT else None
        crowded = known is None and self._sessions.full
        if crowded or any(remote is not None and remote.lives(now_ns) for remote in (known, there)):
            return []
        return self._initiator.dial(route, expected, origin, now_ns)

    def node_of(self, alias: NodeId) -> NodeId:
        """Return whom an advert means: a node that we have met, else the alias itself."""
        return self._sessions.node_of(alias)

    def note_advert(self, node: NodeId, addresses: tuple[Address, ...], size: int) -> None:
        """Take an advert of so many bytes: so much may go to its like, and there it is sought."""
        self._initiator.allowance.pay(size)
        node = self.node_of(node)
        if (remote := self._sessions.remotes.get(node)) is not None:
            remote.earn(size)
        for address in addresses:
            self._paths.note_sighting(node, address, vouched=remote is not None)

    def send(self, node: NodeId, frame: bytes, now_ns: int) -> list[TransportAction]:
        """Seal a frame for a node. Nothing, where it has not confirmed that it knows our life."""
        remote = self._sessions.remotes.get(node)
        session = None if remote is None else remote.current
        if (
            remote is None
            or session is None
            or session.told != self._credentials.incarnation
            or session.is_spent(now_ns)
            or len(frame) > DATAGRAM_BYTES_MAX - SEALING_BYTES
        ):
            self.counters.unsent += 1
            return []
        return [send_by(remote.route, session.seal.seal(_FRAME, frame))]

    def on_datagram(self, data: bytes, route: Route, now_ns: int) -> list[TransportAction]:
        """Take what arrived from an address, or by way of a member, whoever sent it."""
        if not is_plausible(data):
            self.counters.malformed += 1
            return []
        try:
            if data[0] in SEALED:
                return self._receive_sealed(data, route, now_ns)
            return self._receive_unsealed(data, route, now_ns)
        except WireError:
            self.counters.malformed += 1
        except ReplayError:
            self.counters.replayed += 1
        except SecurityError:
            self.counters.forged += 1
        return []

    def on_tick(
        self, now_ns: int, beat_ns: int = HEARTBEAT_NS, *, wary: bool = False
    ) -> list[TransportAction]:
        """Do what is due. `beat_ns`: peers speak so often; `wary`: the network may be full."""
        self._paths.set_pace(beat_ns, wary=wary)
        self._sessions.expire(now_ns)
        self._responder.on_tick(now_ns)
        actions: list[TransportAction] = list(self._initiator.on_tick(now_ns))
        life = self._credentials.incarnation
        looks = self._rekeying.looks(self._sessions.remotes, now_ns)
        for remote in list(self._sessions.remotes.values()):
            session = remote.choose_session(self._me)
            if session is None or session.is_one_sided(now_ns):  # or its keys have all ended
                actions += self._initiator.dial(remote.route, remote.node, Origin.OWN, now_ns)
            if looks:
                actions.extend(self._rekeying.seek(remote, life, now_ns))
            if session is not None and session.told != life:
                actions.extend(self._send_renewal(remote, now_ns))
            if self._paths.may_be_lost(remote, now_ns):
                actions.extend(self._paths.seek(remote, self._sessions.remotes, now_ns))
        return actions

    def set_incarnation(self, incarnation: int, now_ns: int) -> list[TransportAction]:
        """Lead another life from now on. Peers are told; frames to each wait until it knows.

        Raises:
            InvariantError: it is no later life.
        """
        if incarnation <= self._credentials.incarnation:
            raise InvariantError(f"life {incarnation} would follow {self._credentials.incarnation}")
        self._credentials = self._keys.vouch(incarnation, self._name)
        actions: list[TransportAction] = []
        for remote in list(self._sessions.remotes.values()):
            actions.extend(self._send_renewal(remote, now_ns))
        return actions

    def note_tried(self, member: NodeId, host: str, now_ns: int) -> bool:
        """Take that a member heard a wrong passphrase from a host; False: it tells of too many."""
        return self._keys.tries.note_told(member, host, now_ns)

    def speak(self, room: int) -> None:
        """Say from now on which version the room speaks that we are in; 0: we are in none.

        Sessions with whom does not speak it end. If it is there still, and not replaced by a newer
        life, it knocks again, and is told.
        """
        keys = self._keys
        keys.versions = replace(keys.versions, room=room)
        self._credentials = self._keys.vouch(self._credentials.incarnation, self._name)
        for remote in list(self._sessions.remotes.values()):
            if keys.versions.common(remote.versions) is None:
                self._sessions.forget(remote)

    # --- handshakes ---------------------------------------------------------------------------

    def _receive_unsealed(self, data: bytes, route: Route, now_ns: int) -> list[TransportAction]:
        match message := decode_handshake(data):
            case Hello():
                return list(self._responder.on_hello(message, route, now_ns))
            case Reply():
                payload, incarnation = self._credentials.encode(), self._credentials.incarnation
                return list(self._initiator.on_reply(message, payload, incarnation, now_ns))
            case Cookie():
                self._initiator.on_cookie(message, route, now_ns)
                return []
            case Negotiation():
                return list(self._initiator.on_negotiation(message, route, now_ns))
            case Denial():
                return list(self._initiator.on_denial(message, now_ns))
            case Finish(receiver=receiver):
                session = self._sessions.by_index.get(receiver)
                if session is not None:
                    return self._confirm_again(session, route)
                return self._complete_as_responder(message, route, now_ns)
            case _:
                assert_never(message)

    def _complete_as_responder(
        self, finish: Finish, route: Route, now_ns: int
    ) -> list[TransportAction]:
        """Complete a handshake as its responder: the initiator hears first from us."""
        accepted = self._responder.on_finish(finish, route, now_ns)
        if isinstance(accepted, list):
            return [*accepted]
        remote, opened = self._begin_session(accepted, self._credentials.incarnation, now_ns)
        if remote is None:
            return opened
        return [send_control(accepted.seal, Confirm(self._credentials), route), *opened]

    def _confirm_again(self, session: SealedSession, route: Route) -> list[TransportAction]:
        """Answer a repeated Finish: our Confirm was lost."""
        if session.state is SessionState.CONFIRMED or session.remote.route != route:
            self.counters.replayed += 1
            return []
        return [send_control(session.seal, Confirm(self._credentials), route)]

    def _complete_as_initiator(self, data: bytes, index: int, now_ns: int) -> list[TransportAction]:
        """Complete a handshake as its initiator."""
        connected = self._initiator.on_sealed(data, index, now_ns)
        if not isinstance(connected, Connected):
            return self._sent_away(connected, now_ns)
        remote, opened = self._begin_session(connected, connected.told, now_ns)
        if remote is None:
            return opened
        self._initiator.settle(remote, connected.route)
        return [send_control(connected.seal, Confirmed(), connected.route), *opened]

    def _begin_session(
        self, proved: Accepted | Connected, told: int, now_ns: int
    ) -> tuple[RemoteNode | None, list[TransportAction]]:
        """Install the session of a handshake that is complete, in which we `told` of a life."""
        seal, heritage, life = proved.seal, proved.heritage, proved.credentials.incarnation
        remote, said = self._admit_remote(proved, now_ns)
        if remote is None:
            return None, said
        index, state = proved.index, proved.state
        self._sessions.install(remote, index, seal, heritage, life, told, state, now_ns)
        self._keys.meet(heritage.remote_static)
        return remote, said

    def _admit_remote(
        self, proved: Accepted | Connected, now_ns: int
    ) -> tuple[RemoteNode | None, list[TransportAction]]:
        """Find or make the remote that completed a handshake; note a new life of it."""
        credentials, route, seal = proved.credentials, proved.route, proved.seal
        node, life, theirs = credentials.node, credentials.incarnation, credentials.versions
        self._keys.tell_keys(seal, proved.index, node, theirs)
        remote = self._sessions.remotes.get(node)
        ours, said = self._credentials, list[TransportAction]()
        if (node, credentials.alias) == (self._me, ours.alias):
            self.counters.itself += 1
        elif said := self._twins.judge(credentials, remote, ours, route, seal, now_ns):
            pass
        elif remote is None and self._sessions.full:
            self.counters.peers_full += 1
            told = self._sessions.put_off_surplus(node, credentials.name, route)
            said = [send_control(seal, Full(), route), *told]
        elif remote is not None and not self._may_lead(remote, life, now_ns):
            said = [*remote.put_off(credentials.name, life, route, now_ns)]
        elif not self._sessions.leads_to(node, route):
            self.counters.detoured += 1
        elif self.versions.common(theirs) is None:
            self.counters.other_version += 1
            if not isinstance(route, Via):
                said = [Incompatible(node, route, theirs, answers=True)]
        else:
            self.counters.sessions += 1
            if remote is None:
                remote = RemoteNode(node, credentials.signing_key, "", 0, route, theirs, now_ns)
            nearer = isinstance(remote.route, Via) and not isinstance(route, Via)
            if nearer or not remote.lives(now_ns) or life > remote.incarnation:
                remote.move(route, now_ns)
            remote.heard_ns = now_ns
            remote.name, remote.alias = credentials.name, credentials.alias
            remote.static = proved.heritage.remote_static
            if life > remote.incarnation:
                remote.versions = theirs
            return remote, [*self._advance_incarnation(remote, life)]
        self._indices.release(proved.index)
        return None, said

    def _sent_away(self, why: Twin | TransportAction | None, now_ns: int) -> list[TransportAction]:
        """Call whoever is said to be here as us: it alone can prove that. Tell of a full room."""
        if isinstance(why, Twin):
            return [*self.dial((why.host, why.port), None, Origin.MEMBER, now_ns)]
        return [] if why is None else [why]

    def _may_lead(self, remote: RemoteNode, life: int, now_ns: int) -> bool:
        """Tell whether a remote may lead a life by now; if not, count why."""
        may = remote.may_live_anew(life, now_ns)
        self.counters.past_life += life < remote.incarnation
        self.counters.over_rate += not may
        return may and life >= remote.incarnation

    def _advance_incarnation(self, remote: RemoteNode, life: int) -> list[Opened]:
        """Tell of a life of a remote, once."""
        if life <= remote.incarnation:
            return []
        remote.incarnation = life
        key, versions, alias = remote.signing_key, remote.versions, remote.alias
        address = None if isinstance(remote.route, Via) else remote.route
        return [
            Opened(remote.node, life, remote.name, key, address, versions, alias, remote.static)
        ]

    # --- inside sessions ----------------------------------------------------------------------

    def _receive_sealed(self, data: bytes, route: Route, now_ns: int) -> list[TransportAction]:
        index = index_of(data)
        session = self._sessions.by_index.get(index)
        if session is None and index in self._initiator:
            return self._complete_as_initiator(data, index, now_ns)
        if session is None or session.is_spent(now_ns):
            self.counters.unknown_session += 1
            return []
        window = session.seal.window
        newest = window.newest
        plaintext = session.seal.open(data)
        remote = session.remote
        if hear(session, now_ns):
            self._initiator.settle(remote, remote.route if route == remote.route else None)
        remote.earn(len(data))
        if route == remote.route and data[0] == _FRAME:
            remote.there_ns = now_ns
        actions: list[TransportAction] = []
        seeks = remote.probe is not None or remote.search is not None
        if window.newest > newest and (route != remote.route or seeks):
            actions.extend(self._paths.on_newest(session, route, len(data), now_ns))
        if data[0] == _CONTROL:
            control = decode_control(plaintext)
            actions.extend(self._receive_control(session, control, data, route, now_ns))
        elif session.incarnation != remote.incarnation:
            self.counters.past_life += 1
        else:
            actions.append(Received(remote.node, session.incarnation, plaintext))
        return actions

    def _receive_control(
        self, session: SealedSession, control: Control, data: bytes, route: Route, now_ns: int
    ) -> list[TransportAction]:
        match control:
            case Challenge(token=token):
                return [send_control(session.seal, Response(token), route)]
            case Response():
                self._paths.on_response(session.remote, control, route, self._sessions, now_ns)
            case Renew(incarnation=life):
                return self._receive_renewal(session, life, data, now_ns)
            case Renewed(incarnation=life):
                if session.told < life <= self._credentials.incarnation:
                    session.told = life
            case Rekey():
                return self._receive_rekey(session, control, now_ns)
            case Rekeyed():
                return self._receive_rekeyed(session, control, now_ns)
            case Twin():
                return self._sent_away(control, now_ns)
            case Confirm() | Confirmed() | Full():
                pass
            case _:
                assert_never(control)
        return []

    def _receive_renewal(
        self, session: SealedSession, life: int, data: bytes, now_ns: int
    ) -> list[TransportAction]:
        """Note that a session speaks for another life from this datagram on."""
        remote = session.remote
        if not self._may_lead(remote, life, now_ns):
            return []
        if life > session.incarnation:
            session.incarnation = life
            session.seal.fence(data)
            promote(session)
        opened = self._advance_incarnation(remote, life)
        return [send_control(session.seal, Renewed(life), remote.route), *opened]

    def _send_renewal(self, remote: RemoteNode, now_ns: int) -> list[TransportAction]:
        """Say again that we lead another life, to a remote that does not know it yet."""
        session = remote.current
        life = self._credentials.incarnation
        if session is None or session.told == life or now_ns < remote.renew_ns:
            return []
        remote.renew_ns = now_ns + HANDSHAKE_RETRY_NS
        return [send_control(session.seal, Renew(life), remote.route)]

    def _receive_rekey(
        self, session: SealedSession, message: Rekey, now_ns: int
    ) -> list[TransportAction]:
        if not self._may_lead(session.remote, message.incarnation, now_ns):
            return []
        life = self._credentials.incarnation
        made, answer = self._rekeying.on_rekey(session, message, life, now_ns)
        if made is None:
            return [*answer]
        return [*answer, *self._install_renewed(session.remote, made, SessionEvent.REKEY, now_ns)]

    def _receive_rekeyed(
        self, session: SealedSession, message: Rekeyed, now_ns: int
    ) -> list[TransportAction]:
        made = self._rekeying.on_rekeyed(session, message)
        remote = session.remote
        if made is None:
            return []
        if not self._may_lead(remote, made.incarnation, now_ns):
            self._indices.release(made.index)
            return []
        opened = self._install_renewed(remote, made, SessionEvent.REKEYED, now_ns)
        return [send_control(made.seal, Confirmed(), remote.route), *opened]

    def _install_renewed(
        self, remote: RemoteNode, made: RenewedKeys, event: SessionEvent, now_ns: int
    ) -> list[Opened]:
        self.counters.sessions += 1
        self._keys.tell_keys(made.seal, made.index, remote.node, remote.versions)
        state = SESSION.after(SESSION.initial, event)
        life, told = made.incarnation, made.told
        keys = made.index, made.seal, made.heritage
        self._sessions.install(remote, *keys, life, told, state, now_ns)
        return self._advance_incarnation(remote, life)
