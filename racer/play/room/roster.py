"""Who is in the room: names, states, and since when, as this node sees it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import final

from net import NodeId, NodeView, PeerState, short
from racer.play.limits import SPELLS_KEPT
from racer.play.room.referee import Attendance


@dataclass(slots=True)
class Known:
    """Somebody we met."""

    name: str
    state: PeerState
    refused: bool = False  # it is DOWN, and its machine says that nobody listens there


@final
class Roster:
    """Keeps presence on the race clock. `here` means: lives, and sits in our lineage."""

    def __init__(self, me: NodeId, name: str, met: Mapping[NodeId, str] | None = None) -> None:
        """Begin.

        Args:
            met: names of whom we met in other evenings, by node id and by alias.
        """
        self._me = me
        self._met = met or {}
        self._known: dict[NodeId, Known] = {me: Known(name, PeerState.ALIVE)}
        self._entered: dict[NodeId, str] = {}  # names of all who ever wanted to race
        self._here_ns: dict[NodeId, int] = {}
        self._met_ns: dict[NodeId, int] = {}
        self._gone_ns: dict[NodeId, int] = {}
        self._removed: frozenset[NodeId] = frozenset()
        self._spells: dict[NodeId, deque[tuple[int, int]]] = {}  # of presence that are over
        self._since_ns: int | None = None  # from when on they are known

    def on_peer(self, node: NodeId, name: str, state: PeerState, *, refused: bool = False) -> None:
        self._known[node] = Known(name, state, refused)

    def on_entry(self, node: NodeId, name: str) -> None:
        self._entered[node] = name

    def on_tick(
        self, view: NodeView, race_ns: int, now_ns: int, removed: Collection[NodeId] = ()
    ) -> None:
        """Note who is here. Who was removed is gone, whether it lives or not."""
        self._removed = frozenset(removed)
        self._since_ns = race_ns if self._since_ns is None else self._since_ns
        for node in self._known:
            state = view.state_of(node)
            lives = state is PeerState.ALIVE or state is PeerState.SUSPECT
            lives = lives and node not in self._removed
            if lives and (node == self._me or view.commit_of(node) > 0):
                if node not in self._here_ns:
                    self._here_ns[node], self._met_ns[node] = race_ns, now_ns
                    self._gone_ns.pop(node, None)
            elif node in self._here_ns or node not in self._gone_ns:
                if (came_ns := self._here_ns.pop(node, None)) is not None:
                    spells = self._spells.setdefault(node, deque(maxlen=SPELLS_KEPT))
                    spells.append((came_ns, race_ns))
                self._met_ns.pop(node, None)
                self._gone_ns[node] = race_ns

    def on_lineage(self) -> None:
        """Begin to count anew: the race clock may be another."""
        self._here_ns.clear()
        self._spells.clear()
        self._since_ns = None
        self._met_ns.clear()
        self._gone_ns.clear()

    @property
    def here_ns(self) -> Mapping[NodeId, int]:
        """Race clock since when each has been here."""
        return self._here_ns

    @property
    def met_ns(self) -> Mapping[NodeId, int]:
        """The same by our own clock, which nobody sets."""
        return self._met_ns

    @property
    def presence(self) -> Attendance:
        left = {n for n, known in self._known.items() if known.state is PeerState.LEFT}
        return Attendance(self._here_ns, self._gone_ns, left | self._removed, self.was_here)

    def was_here(self, node: NodeId, race_ns: int) -> bool | None:
        """Whether somebody was in our history at a race clock; None: we were not, or forgot."""
        spells = self._spells.get(node, deque[tuple[int, int]]())
        if self._since_ns is None or race_ns < self._since_ns:
            return None
        if len(spells) == SPELLS_KEPT and race_ns < spells[0][0]:
            return None
        came_ns = self._here_ns.get(node)
        is_here = came_ns is not None and came_ns <= race_ns
        return is_here or any(came <= race_ns <= went for came, went in spells)

    def name_of(self, node: NodeId) -> str:
        """Return the name of somebody; where none is known, the beginning of its id."""
        return self.known_name(node) or short(node)

    def known_name(self, node: NodeId | None) -> str:
        """Return the name of somebody, also as known from another evening; empty: it is unknown."""
        if node is None:
            return ""
        known = self._known.get(node)
        here = "" if known is None else known.name
        return self._entered.get(node) or here or self._met.get(node, "")

    def state_of(self, node: NodeId) -> PeerState:
        known = self._known.get(node)
        return PeerState.DOWN if known is None else known.state

    def is_refused(self, node: NodeId) -> bool:
        """Whether somebody is down, and its machine lives and says that nobody listens there."""
        known = self._known.get(node)
        return known is not None and known.refused

    def is_living(self, node: NodeId) -> bool:
        return self.state_of(node) in {PeerState.ALIVE, PeerState.SUSPECT}

    def nodes(self) -> list[NodeId]:
        """Return all whom we met, but who was removed."""
        return sorted(node for node in self._known if node not in self._removed)

    def living(self) -> list[NodeId]:
        """Return all but us who live, as last told."""
        return [
            node
            for node in self.nodes()
            if node != self._me and self._known[node].state in {PeerState.ALIVE, PeerState.SUSPECT}
        ]
