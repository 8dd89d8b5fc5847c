"""Streams: each node's newest state, newest wins. Lost ones are not sent again.

Up to sixty unsigned states a second go straight to the peers, to each as often as it needs them.
Twice a second one is signed, a keyframe, which others may pass on: to whom the writer cannot reach,
and to the owner when it comes back.

A node writes its own stream, and those of absent owners that it holds by a lease. Which writer
counts is for the program to say; so the newest of each writer is kept apart, and none can hide
another's states by a number it made up.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import ClassVar, Final, TypeAlias, final

import msgspec

from net.counters import Counters
from net.ids import Member, NodeId
from net.limits import (
    HEARTBEAT_NS,
    KEYFRAME_NS,
    NEVER,
    PEERS_MAX,
    STREAM_OVERDUE_NS,
    STREAM_SELDOM_NS,
    STREAM_SIGHT_NS,
    STREAMS_MAX,
)
from net.security.identity import node_id_of
from net.wire.messages import Keyframe, Stream, StreamState

Sign: TypeAlias = Callable[[bytes], bytes]
Verify: TypeAlias = Callable[[bytes, bytes, bytes], bool]
Version: TypeAlias = tuple[int, int]
"""(incarnation of the writer, tick): the larger is the newer. Leases begin anew with each race."""

_ENCODER: Final = msgspec.msgpack.Encoder()
_DOMAIN: Final = "racer keyframe 2"


class Pace(Enum):
    """How often a peer gets the states of a stream."""

    EACH = auto()  # at once
    BEAT = auto()  # the newest, with each heartbeat, and after STREAM_SIGHT_NS without one
    SELDOM = auto()  # the newest, with heartbeats, at most every STREAM_SELDOM_NS


_ALONE_NS: Final = {Pace.EACH: 0, Pace.BEAT: STREAM_SIGHT_NS, Pace.SELDOM: STREAM_OVERDUE_NS}
_PACED_NS: Final = {**_ALONE_NS, Pace.EACH: HEARTBEAT_NS}


@dataclass(slots=True)
class StreamCounters(Counters):
    """Keyframes that were dropped."""

    part: ClassVar[str] = "streams"
    forged: int = 0


@dataclass(slots=True)
class _Own:
    """A stream that we write."""

    lease: int
    state: StreamState
    keyframe: Keyframe | None = None
    signed_ns: int = NEVER
    told_ns: dict[NodeId, int] = field(default_factory=dict)  # when each peer last got a state


@dataclass(slots=True)
class _Newest:
    version: Version
    heard_ns: int
    keyframe: Keyframe | None = None


@final
class Streams:
    """What we write, and the newest of every other. Arguments as of `OperationStore`."""

    def __init__(self, me: Member, key: bytes, sign: Sign, verify: Verify, context: bytes) -> None:
        self._me = me
        self._key = key
        self._sign = sign
        self._verify = verify
        self._context = context
        self._own: dict[NodeId, _Own] = {}
        self._newest: dict[tuple[NodeId, NodeId], _Newest] = {}  # by (owner, writer)
        self.counters = StreamCounters()

    def become(self, me: Member) -> None:
        """Publish as another life of this node from now on."""
        self._me = me
        self._own = {}

    def publish(self, owner: NodeId | None, lease: int, tick: int, payload: bytes) -> Stream:
        """Return the message that carries the newest state of a stream.

        Args:
            owner: whose stream; None: ours.
        """
        node, state = self._me.node if owner is None else owner, StreamState(tick, payload)
        own = self._own.get(node)
        if own is None:
            self._own[node] = _Own(lease, state)
        else:
            own.lease, own.state = lease, state
        return Stream(self._me.incarnation, owner, lease, state)

    def due(
        self,
        owner: NodeId | None,
        paces: Mapping[NodeId, Pace],
        along: Container[NodeId],
        now_ns: int,
    ) -> list[NodeId]:
        """Return which peers are due the state just published: who waits longest first.

        Args:
            paces: of all peers.
            along: to whom something goes anyway.
        """
        told_ns = self._own[self._me.node if owner is None else owner].told_ns
        due: list[tuple[float, NodeId]] = []
        for peer, pace in paces.items():
            waited_ns = now_ns - told_ns.get(peer, NEVER)
            rides = peer in along and (waited_ns >= STREAM_SELDOM_NS or pace is not Pace.SELDOM)
            if rides or waited_ns >= _ALONE_NS[pace]:
                due.append((-waited_ns / _PACED_NS[pace], peer))
        return [peer for _, peer in sorted(due)]

    def note_told(self, owner: NodeId | None, peers: Iterable[NodeId], now_ns: int) -> None:
        """Note who gets the state just published."""
        told_ns = self._own[self._me.node if owner is None else owner].told_ns
        for peer in peers:
            if len(told_ns) >= PEERS_MAX and peer not in told_ns:
                told_ns.clear()
            told_ns[peer] = now_ns

    def on_stream(self, writer: NodeId, stream: Stream, now_ns: int) -> bool:
        """Take what a peer writes. Returns whether it is new."""
        owner = writer if stream.owner is None else stream.owner
        version = (stream.incarnation, stream.state.tick)
        return self._record_version((owner, writer), version, now_ns)

    def due_keyframes(self, now_ns: int) -> list[Keyframe]:
        """Return the newest state of each stream that we write, signed, where that is due."""
        due: list[Keyframe] = []
        for owner in sorted(self._own):
            own = self._own[owner]
            state = own.state
            signed_tick = None if own.keyframe is None else own.keyframe.state.tick
            if now_ns - own.signed_ns < KEYFRAME_NS or state.tick == signed_tick:
                continue
            incarnation = self._me.incarnation
            signature = self._sign(self._signed_bytes(owner, incarnation, own.lease, state))
            own.signed_ns = now_ns
            own.keyframe = Keyframe(owner, incarnation, own.lease, state, self._key, signature)
            due.append(own.keyframe)
        return due

    def on_keyframe(self, keyframe: Keyframe, now_ns: int) -> list[StreamState]:
        """Take a signed state, whoever passed it on. Returns it if it is its writer's newest.

        Keyframes of our own former lives are welcome: they tell where our car was.
        """
        writer, owner = node_id_of(keyframe.key), keyframe.owner
        if writer == self._me.node and keyframe.incarnation >= self._me.incarnation:
            return []
        known = self._newest.get((owner, writer))
        version = _version_of(keyframe)
        before = None if known is None else known.keyframe
        if before is not None and version <= _version_of(before):
            return []
        data = self._signed_bytes(owner, keyframe.incarnation, keyframe.lease, keyframe.state)
        if not self._verify(keyframe.key, data, keyframe.signature):
            self.counters.forged += 1
            return []
        is_news = self._record_version((owner, writer), version, now_ns)
        if (newest := self._newest.get((owner, writer))) is not None:
            newest.keyframe = keyframe
        return [keyframe.state] if is_news else []

    def keyframes(self) -> list[Keyframe]:
        """Return the newest keyframe of each owner and writer that we have, in order."""
        return [
            keyframe
            for key in sorted(self._newest)
            if (keyframe := self._newest[key].keyframe) is not None
        ]

    def own_keyframes(self) -> list[Keyframe]:
        """Return the last signed state of each stream that we write."""
        own = [self._own[owner].keyframe for owner in sorted(self._own)]
        return [keyframe for keyframe in own if keyframe is not None]

    def keyframes_by(self, writer: NodeId) -> list[Keyframe]:
        """Return the newest keyframes that a node wrote."""
        return [each for each in self.keyframes() if node_id_of(each.key) == writer]

    def _record_version(self, key: tuple[NodeId, NodeId], version: Version, now_ns: int) -> bool:
        newest = self._newest.get(key)
        if newest is None:
            self._evict_if_full()
            self._newest[key] = _Newest(version, now_ns)
            return True
        if version <= newest.version:
            return False
        newest.version, newest.heard_ns = version, now_ns
        return True

    def _evict_if_full(self) -> None:
        if len(self._newest) >= STREAMS_MAX:
            oldest = min(self._newest, key=lambda key: (self._newest[key].heard_ns, key))
            del self._newest[oldest]

    def _signed_bytes(
        self, owner: NodeId, incarnation: int, lease: int, state: StreamState
    ) -> bytes:
        return _ENCODER.encode((_DOMAIN, self._context, owner, incarnation, lease, state))


def _version_of(keyframe: Keyframe) -> Version:
    return (keyframe.incarnation, keyframe.state.tick)
