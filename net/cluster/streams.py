"""Streams: each node's newest state, newest wins. Lost ones are not sent again.

Sixty unsigned states a second go straight to the peers. Twice a second one is signed, a keyframe,
which others may pass on: to whom the owner cannot reach, and to the owner when it comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import msgspec

from net.cluster.seat import NEVER
from net.ids import Member, NodeId
from net.limits import KEYFRAME_NS, PEERS_MAX, STREAM_REDUNDANCY
from net.security.identity import node_id_of
from net.wire.messages import Keyframe, Stream, StreamState

Sign: TypeAlias = Callable[[bytes], bytes]
Verify: TypeAlias = Callable[[bytes, bytes, bytes], bool]
Version: TypeAlias = tuple[int, int, int]
"""(lease, incarnation, tick): the larger is the newer."""

_ENCODER: Final = msgspec.msgpack.Encoder()
_DOMAIN: Final = "racer keyframe 1"


@dataclass(slots=True)
class _Newest:
    version: Version
    heard_ns: int
    keyframe: Keyframe | None = None


@final
class Streams:
    """Our own stream, and the newest of every other. Arguments as of `OperationStore`."""

    def __init__(self, me: Member, key: bytes, sign: Sign, verify: Verify, context: bytes) -> None:
        self._me = me
        self._key = key
        self._sign = sign
        self._verify = verify
        self._context = context
        self._lease = 0
        self._own: tuple[StreamState, ...] = ()
        self._signed_tick = -1
        self._signed_ns = NEVER
        self._newest: dict[NodeId, _Newest] = {}
        self.dropped = 0  # forged keyframes

    def become(self, me: Member) -> None:
        """Publish as another life of this node from now on."""
        self._me = me
        self._own = ()
        self._signed_tick = -1

    def publish(self, lease: int, tick: int, payload: bytes) -> Stream:
        """Return the message that carries our newest state, and the one before."""
        if lease != self._lease:
            self._lease, self._own = lease, ()
        self._own = (StreamState(tick, payload), *self._own)[:STREAM_REDUNDANCY]
        return Stream(self._me.incarnation, lease, self._own)

    def on_stream(self, node: NodeId, stream: Stream, now_ns: int) -> list[StreamState]:
        """Take what a peer says of itself. Returns what is new, oldest first."""
        news: list[StreamState] = []
        for state in sorted(stream.states, key=lambda state: state.tick):
            version = (stream.lease, stream.incarnation, state.tick)
            if self._is_news(node, version, now_ns):
                news.append(state)
        return news

    def keyframe(self, now_ns: int) -> Keyframe | None:
        """Return our newest state, signed, if that is due."""
        if not self._own or now_ns - self._signed_ns < KEYFRAME_NS:
            return None
        state = self._own[0]
        if state.tick == self._signed_tick:
            return None
        self._signed_ns, self._signed_tick = now_ns, state.tick
        unsigned = self._signed_bytes(self._me, self._lease, state)
        me = self._me
        signature = self._sign(unsigned)
        return Keyframe(me.node, me.incarnation, self._lease, state, self._key, signature)

    def on_keyframe(self, keyframe: Keyframe, now_ns: int) -> list[StreamState]:
        """Take a signed state, whoever passed it on. Returns it if it is the newest of its owner.

        Keyframes of our own former lives are welcome: they tell where our car was.
        """
        owner, state = keyframe.owner, keyframe.state
        if owner == self._me.node and keyframe.incarnation >= self._me.incarnation:
            return []
        version = (keyframe.lease, keyframe.incarnation, state.tick)
        known = self.keyframe_of(owner)
        if known is not None and version <= _version_of(known):
            return []
        if not self._is_authentic(keyframe):
            self.dropped += 1
            return []
        is_news = self._is_news(owner, version, now_ns)
        if (newest := self._newest.get(owner)) is not None:
            newest.keyframe = keyframe
        return [state] if is_news else []

    def keyframes(self) -> list[Keyframe]:
        """Return the newest keyframe of each owner that we have, by owner."""
        return [
            keyframe
            for owner in sorted(self._newest)
            if (keyframe := self._newest[owner].keyframe) is not None
        ]

    def keyframe_of(self, owner: NodeId) -> Keyframe | None:
        newest = self._newest.get(owner)
        return None if newest is None else newest.keyframe

    def _is_news(self, node: NodeId, version: Version, now_ns: int) -> bool:
        newest = self._newest.get(node)
        if newest is None:
            self._make_room()
            self._newest[node] = _Newest(version, now_ns)
            return True
        if version <= newest.version:
            return False
        newest.version, newest.heard_ns = version, now_ns
        return True

    def _make_room(self) -> None:
        if len(self._newest) >= PEERS_MAX:
            oldest = min(self._newest, key=lambda node: (self._newest[node].heard_ns, node))
            del self._newest[oldest]

    def _is_authentic(self, keyframe: Keyframe) -> bool:
        if node_id_of(keyframe.key) != keyframe.owner:
            return False
        owner = Member(keyframe.owner, keyframe.incarnation)
        data = self._signed_bytes(owner, keyframe.lease, keyframe.state)
        return self._verify(keyframe.key, data, keyframe.signature)

    def _signed_bytes(self, owner: Member, lease: int, state: StreamState) -> bytes:
        return _ENCODER.encode((_DOMAIN, self._context, owner, lease, state))


def _version_of(keyframe: Keyframe) -> Version:
    return (keyframe.lease, keyframe.incarnation, keyframe.state.tick)
