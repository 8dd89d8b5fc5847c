"""The network as one sees it: composed from what the node reads out, while somebody looks."""

from __future__ import annotations

from math import fsum
from typing import final

from net import Lag, NodeId, NodeView, PeerReadout, Readout, short
from racer.play.limits import NETWORK_NS, NETWORK_RATES_NS, SECOND
from racer.play.reports import RoomTrouble
from racer.play.room.room_state import RoomState
from racer.play.show.lag_news import LagNews
from racer.play.show.network_events import NetworkEvents
from racer.play.view import NetworkKind, NetworkPeer, NetworkView

HEIRS_SHOWN = 3
_KINDS = {Lag.NETWORK: NetworkKind.FULL, Lag.MACHINE: NetworkKind.BUSY}


@final
class NetworkWatch:
    """Keeps what happens; composes the rest while `on`, and not at each tick."""

    def __init__(self) -> None:
        self.on = False
        self.events = NetworkEvents()
        self._view: NetworkView | None = None
        self._composed_ns = -NETWORK_NS
        self._rates = _Rates()
        self._lag_news = LagNews()

    def trouble(self, node: NodeView, now_ns: int) -> RoomTrouble | None:
        """Return why cars and words come late, where that is news."""
        lag = node.lag(now_ns)
        words = self._lag_news.next_words(lag, now_ns)
        if words is None or lag is None:
            return None
        self.events.add(_KINDS[lag], words, now_ns)
        return RoomTrouble(lag.value, words)

    def view(self, state: RoomState, node: NodeView, now_ns: int) -> NetworkView | None:
        """Return the network as of the last tenth of a second; None while nobody looks."""
        if not self.on:
            self._view = None
        elif self._view is None or now_ns - self._composed_ns >= NETWORK_NS:
            self._composed_ns = now_ns
            self._view = self._compose_view(state, node, now_ns)
        return self._view

    def _compose_view(self, state: RoomState, node: NodeView, now_ns: int) -> NetworkView:
        readout, name_of = node.readout(now_ns), state.roster.name_of
        self._rates.on_readout(readout, now_ns)
        chosen = state.room.chosen
        leader = readout.coordinator
        mine = self._our_row(state, readout)
        others = [self._peer_row(state, readout, peer) for peer in readout.peers]
        heirs = [n for n in readout.members if n != leader and state.roster.is_living(n)]
        return NetworkView(
            peers=tuple(sorted([mine, *others], key=lambda row: row.node)),
            leader=leader,
            leader_name="" if leader is None else name_of(leader),
            led_ns=0 if leader is None else now_ns - self.events.led_since_ns,
            epoch=readout.epoch,
            promised=readout.promised,
            election="" if readout.election == "resting" else readout.election,
            place=readout.place,
            lineage="" if readout.lineage is None else short(readout.lineage),
            begins=readout.begins,
            commit=readout.commit,
            head=readout.head,
            kept=readout.kept,
            heirs=tuple(name_of(each) for each in heirs[:HEIRS_SHOWN]),
            clock=tuple((name_of(each), n) for each, n in readout.clock),
            operations=readout.operations,
            timeout_scale=readout.timeout_scale,
            drops=int(fsum(node.counters().faults.values())),
            events=self.events.all(),
            sandbox=chosen is not None and chosen.sandbox,
            now_ns=now_ns,
        )

    def _our_row(self, state: RoomState, readout: Readout) -> NetworkPeer:
        sent, received = self._rates.total()
        leader = readout.coordinator
        return NetworkPeer(
            node=readout.me,
            name=state.roster.name_of(readout.me),
            number=state.room.seats.get(readout.me),
            mine=True,
            state="alive",
            leads=leader == readout.me,
            together=True,
            rtt_ms=None,
            loss=None,
            heard_ms=None,
            sent_bps=sent,
            received_bps=received,
            follows="" if leader is None else state.roster.name_of(leader),
            epoch=readout.epoch,
            commit=readout.commit,
            head=readout.head,
            kept=readout.kept,
            operations=readout.operations,
            equal=True,
            doubts=tuple(
                (peer.node, peer.heard_ms or 0)
                for peer in readout.peers
                if peer.health == "suspect"
            ),
        )

    def _peer_row(self, state: RoomState, readout: Readout, peer: PeerReadout) -> NetworkPeer:
        sent, received = self._rates.of(peer.node)
        name = state.roster.name_of(peer.node)
        return NetworkPeer(
            node=peer.node,
            name=name,
            number=state.room.seats.get(peer.node),
            mine=False,
            state=peer.health,
            leads=peer.node == readout.coordinator,
            together=peer.lineage == readout.lineage,
            rtt_ms=peer.rtt_ms,
            loss=peer.loss,
            heard_ms=peer.heard_ms,
            sent_bps=sent,
            received_bps=received,
            follows="" if peer.follows is None else state.roster.name_of(peer.follows),
            epoch=peer.epoch,
            commit=peer.commit,
            head=peer.head,
            kept=peer.kept,
            operations=peer.operations,
            equal=peer.is_equal,
            doubts=peer.doubts,
        )


@final
class _Rates:
    """Bytes a second for and by each peer, over the last full second."""

    def __init__(self) -> None:
        self._since_ns: int | None = None
        self._before: dict[NodeId, tuple[int, int]] = {}
        self._rates: dict[NodeId, tuple[int, int]] = {}

    def on_readout(self, readout: Readout, now_ns: int) -> None:
        past_ns = 0 if self._since_ns is None else now_ns - self._since_ns
        if self._since_ns is not None and past_ns < NETWORK_RATES_NS:
            return
        now = {peer.node: (peer.sent_bytes, peer.received_bytes) for peer in readout.peers}
        if past_ns > 0:
            self._rates = {
                node: (
                    max(0, sent - self._before[node][0]) * SECOND // past_ns,
                    max(0, received - self._before[node][1]) * SECOND // past_ns,
                )
                for node, (sent, received) in now.items()
                if node in self._before
            }
        self._since_ns, self._before = now_ns, now

    def of(self, node: NodeId) -> tuple[int, int]:
        return self._rates.get(node, (0, 0))

    def total(self) -> tuple[int, int]:
        rates = self._rates.values()
        return int(fsum(sent for sent, _ in rates)), int(fsum(received for _, received in rates))
