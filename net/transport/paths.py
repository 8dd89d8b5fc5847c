"""Following a peer to another route: only after it answered there (after QUIC, RFC 9000, 9).

One that falls silent is sought where else discovery saw it, for of two networks one may have been
cut; and by way of members, for there may be none that both are on. A route by way of a member is
left for a straight one as soon as one works, both ways.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final, final

import msgspec

from net.ids import Address, NodeId
from net.limits import (
    ADDRESSES_PER_PEER_MAX,
    DOWN_ISOLATED_NS,
    HEARTBEAT_NS,
    PATH_CHALLENGE_NS,
    PATH_SEEK_NS,
    RELAY_AFTER_NS,
    RELAY_SILENT_NS,
    RELAY_SILENT_WARY_NS,
    RELAYS_ASKED,
    SIGHTINGS_MAX,
    STRAIGHT_SEEK_NS,
    SUSPECT_NS,
)
from net.recent import Recent
from net.security.seal import SEALING_BYTES
from net.transport.actions import Sending, SendQueue
from net.transport.control import TOKEN_BYTES, Challenge, Response, send_control
from net.transport.counters import TransportCounters
from net.transport.routes import Route, Via
from net.transport.sessions import PathProbe, PathSearch, RemoteNode, SealedSession, SealedSessions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from net.security.primitives import Primitives

_CHALLENGE_BYTES: Final = SEALING_BYTES + 1 + TOKEN_BYTES
_SEARCHED_MAX: Final = ADDRESSES_PER_PEER_MAX + 8 * RELAYS_ASKED  # then a search begins anew


class _Sighted(msgspec.Struct):
    addresses: Recent[Address, None] = msgspec.field(
        default_factory=lambda: Recent(ADDRESSES_PER_PEER_MAX)
    )
    called_ns: int | None = None  # since when it is called there
    vouched: bool = False  # it is a peer, or one has named it: no invention of a stranger


@final
class Paths:
    """Proves routes by which peers speak, and moves them there."""

    def __init__(self, me: NodeId, primitives: Primitives, counters: TransportCounters) -> None:
        self._me = me
        self._primitives = primitives
        self._counters = counters
        self._sighted: dict[NodeId, _Sighted] = {}  # the stalest first
        self._rarer_ns = 0  # so much later than at most do peers speak: silence means as much less
        self._relay_silent_ns = RELAY_SILENT_NS  # who passes on is lost once silent for longer
        self._turn = 0  # which members are asked next

    def set_pace(self, beat_ns: int, *, wary: bool) -> None:
        """Take how often peers speak now, and whether the network may be full: all are late then.

        A relay is left sooner than a straight route all the same: as long as others are heard it is
        the relay that is silent, and to ask another costs a datagram.
        """
        rarer_ns = beat_ns - HEARTBEAT_NS
        self._rarer_ns = rarer_ns + (DOWN_ISOLATED_NS if wary else 0)
        silent_ns = RELAY_SILENT_WARY_NS + rarer_ns if wary else RELAY_SILENT_NS
        self._relay_silent_ns = silent_ns + rarer_ns

    def may_call(
        self,
        route: Route,
        node: NodeId | None,
        remotes: Mapping[NodeId, RemoteNode],
        now_ns: int,
        *,
        vouched: bool,
    ) -> bool:
        """Note where a node is said to be; by way of a member it is called when that has failed."""
        if not isinstance(route, Via):
            if node is not None:
                sighted = self.note_sighting(node, route, vouched=vouched)
                sighted.called_ns = now_ns if sighted.called_ns is None else sighted.called_ns
            return True
        seen = self._sighted.get(route.target)
        called_ns = None if seen is None else seen.called_ns
        waited = called_ns is not None and now_ns - called_ns >= RELAY_AFTER_NS + self._rarer_ns
        return waited and self._can_relay(remotes.get(route.relay), now_ns)

    def note_sighting(self, node: NodeId, address: Address, *, vouched: bool) -> _Sighted:
        """Remember where discovery, or a peer, saw a node. A hint: it must answer there.

        Where there are too many, those go first for whom nobody vouches.
        """
        sighted = self._sighted.pop(node, None) or _Sighted()
        sighted.addresses.note(address, None)
        sighted.vouched = sighted.vouched or vouched
        self._sighted[node] = sighted
        if len(self._sighted) > SIGHTINGS_MAX:
            made_up = (node for node, each in self._sighted.items() if not each.vouched)
            del self._sighted[next(made_up, next(iter(self._sighted)))]
        return sighted

    def address_of(self, remote: RemoteNode) -> Address | None:
        """Return where a remote is reached, or was seen by somebody."""
        if isinstance(remote.route, Via):
            return next(reversed(self.sighted(remote)), None)
        return remote.route

    def sighted(self, remote: RemoteNode) -> list[Address]:
        """Return where a node was seen, also before we knew whom its advert means."""
        seen = [self._sighted.get(name, _Sighted()) for name in (remote.alias, remote.node)]
        addresses = seen[0].addresses | seen[1].addresses
        return list(addresses)[-ADDRESSES_PER_PEER_MAX:]

    def may_be_lost(self, remote: RemoteNode, now_ns: int) -> bool:
        """Tell whether a remote may have to be sought: it is silent, or others pass to it.

        Asked of each at each tick, and mostly not so.
        """
        return isinstance(remote.route, Via) or self._is_silent(remote, now_ns)

    def _is_silent(self, remote: RemoteNode, now_ns: int) -> bool:
        return now_ns - remote.heard_ns >= SUSPECT_NS + self._rarer_ns

    def seek(
        self, remote: RemoteNode, remotes: Mapping[NodeId, RemoteNode], now_ns: int
    ) -> list[Sending]:
        """Challenge other routes of a remote that has been silent; straight ones also of others.

        Every PATH_SEEK_NS while it may still be saved from a verdict, then a tenth as often. Where
        it is only said to be goes no more than came from it and was said of it: it may have fallen
        silent on purpose.
        """
        session, silent_ns = remote.current, now_ns - remote.heard_ns
        if session is None:
            return []
        route = remote.route
        if isinstance(route, Via):
            lost = silent_ns >= self._relay_silent_ns or not self._can_relay(
                remotes.get(route.relay), now_ns
            )
        else:
            lost = self._is_silent(remote, now_ns)
        if not lost:
            return self._seek_straight(session, now_ns) if isinstance(route, Via) else []
        apart_ns = PATH_SEEK_NS if silent_ns < DOWN_ISOLATED_NS else 10 * PATH_SEEK_NS
        search = remote.search
        if search is not None and now_ns - search.sent_ns < apart_ns:
            return []
        others: list[Route] = [*self.sighted(remote)]
        others.extend(self._draw_relays(remote.node, remotes, now_ns))
        others = _afford_routes(remote, [each for each in others if each != route])
        if not others:
            return []
        known = {} if search is None or len(search.tokens) > _SEARCHED_MAX else search.tokens
        tokens = {each: known.get(each) or self._draw_token() for each in others}
        remote.search = PathSearch(known | tokens, now_ns)
        return [self._challenge(session, each, token) for each, token in tokens.items()]

    def _draw_relays(
        self, target: NodeId, remotes: Mapping[NodeId, RemoteNode], now_ns: int
    ) -> list[Via]:
        """Return some routes by way of members, other ones each time."""
        able = [
            node
            for node, other in remotes.items()
            if node != target and self._can_relay(other, now_ns)
        ]
        first, self._turn = self._turn, self._turn + RELAYS_ASKED
        chosen = (able[(first + n) % len(able)] for n in range(min(RELAYS_ASKED, len(able))))
        return [Via(node, target) for node in chosen]

    def _seek_straight(self, session: SealedSession, now_ns: int) -> list[Sending]:
        """Challenge the addresses of a remote that is heard by way of a member."""
        remote = session.remote
        if remote.straight is not None and now_ns - remote.straight.sent_ns < STRAIGHT_SEEK_NS:
            return []
        addresses = _afford_routes(remote, self.sighted(remote))
        tokens: dict[Route, bytes] = {each: self._draw_token() for each in addresses}
        remote.straight = PathSearch(tokens, now_ns)
        return [self._challenge(session, each, token) for each, token in tokens.items()]

    def on_newest(
        self, session: SealedSession, route: Route, size: int, now_ns: int
    ) -> list[Sending]:
        """Note where the newest authentic datagram of a remote came from; challenge a new route.

        Whatever comes by the known route ends a probe. So two machines of two interfaces, each
        of which sees the other at an address it does not send to, do not swap for ever: the
        challenge of one ends the probe of the other. Then nobody asks again at once, or each answer
        would be a reason to, for ever; and the lower node id asks first, and so is not disturbed.
        While the known route works, none by way of a member is looked at.

        A challenge goes out only as the answer to a datagram at least as large: whoever replays
        datagrams from a victim's address gains nothing.
        """
        remote = session.remote
        if route == remote.route:
            remote.probe = remote.search = None
            return []
        if isinstance(route, Via) and now_ns - remote.there_ns < self._relay_silent_ns:
            return []
        apart_ns = PATH_CHALLENGE_NS if self._me < remote.node else PATH_CHALLENGE_NS * 3 // 2
        if now_ns - remote.probed_ns < apart_ns or size < _CHALLENGE_BYTES:
            return []
        token = self._draw_token()
        remote.probe, remote.probed_ns = PathProbe(route, token), now_ns
        return [self._challenge(session, route, token)]

    def on_response(
        self,
        remote: RemoteNode,
        response: Response,
        route: Route,
        sessions: SealedSessions,
        now_ns: int,
    ) -> None:
        """Move a remote to the route that it has proved."""
        if not sessions.leads_to(remote.node, route) or not any(
            hmac.compare_digest(expected, response.token) for expected in remote.tokens_of(route)
        ):
            return
        remote.move(route, now_ns)
        self._counters.paths += 1

    def _challenge(self, session: SealedSession, route: Route, token: bytes) -> Sending:
        return send_control(session.seal, Challenge(token), route, SendQueue.CALL)

    def _draw_token(self) -> bytes:
        return self._primitives.random(TOKEN_BYTES)

    def _can_relay(self, remote: RemoteNode | None, now_ns: int) -> bool:
        """Tell whether a remote can pass something on: we talk to it straight, and it is heard."""
        return (
            remote is not None
            and remote.current is not None
            and not isinstance(remote.route, Via)
            and now_ns - remote.heard_ns < self._relay_silent_ns
        )


def _afford_routes(remote: RemoteNode, routes: Sequence[Route]) -> list[Route]:
    """Return those routes that a remote may have us challenge, and have it pay for addresses."""
    affordable: list[Route] = []
    for route in routes:
        if not isinstance(route, Via):
            if remote.earned < _CHALLENGE_BYTES:
                continue
            remote.earned -= _CHALLENGE_BYTES
        affordable.append(route)
    return affordable
