"""The room as this node has it: its decrees, its facts, and who is here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never, final

from net import (
    Committed,
    Decree,
    Delivered,
    Dot,
    Folded,
    LineageEntered,
    NodeId,
    NodeView,
    Order,
    PeerChanged,
    Recent,
)
from racer.play.limits import REMOVED_MAX
from racer.play.room.chat_lines import LinesHeard
from racer.play.room.chat_pace import ChatPace
from racer.play.room.facts import Facts
from racer.play.room.fold import RoomAndFacts, read_fold
from racer.play.room.messages import Fact, LobbyEntry, Ousted, Said
from racer.play.room.room import Room
from racer.play.room.roster import Roster
from racer.play.view import Phase


@final
class RoomState:
    """Follows what the node tells of the room. A new lineage begins the fold over decrees anew."""

    def __init__(self, me: NodeId, name: str, met: Mapping[NodeId, str] | None = None) -> None:
        self.room = Room()
        self.facts = Facts()
        self.roster = Roster(me, name, met)
        self.phase = Phase.LOBBY  # at the last tick
        self.chat_pace = ChatPace()
        self.convicted: Recent[NodeId, None] = Recent(REMOVED_MAX)  # whose words count no more
        self._me = me
        self._out: dict[NodeId, Ousted] = {}  # whom this room has put out, as we saw it …
        self._lost: dict[NodeId, Ousted] = {}  # … and one before it, and this one has not
        self._untold: set[NodeId] = set()  # of these: of whom we have not told
        self._passed_over: list[Dot] = []  # since we told of it
        self._heard = LinesHeard()
        self._folded_over: list[Dot] = []  # they waited as a checkpoint began

    def on_event(
        self, event: LineageEntered | Folded | Committed | Delivered | PeerChanged
    ) -> Fact | None:
        """Take what the node tells; return the fact that an operation holds, if it holds one."""
        match event:
            case LineageEntered():
                self._heard.forget()
                self._lose_room()
                self.facts.chat.leave(self.room)
                self.room = Room(self.room.counters)
                self.roster.on_lineage()
            case Folded(fold=data):
                self._heard.forget()
                self._untold = set(self._lost)
                self._begin_from(read_fold(data))
            case Committed(decree=decree):
                self._apply(decree)
            case Delivered(operation=operation):
                fact = self.facts.add(operation)
                if isinstance(fact, LobbyEntry):
                    self.roster.on_entry(operation.dot.node, fact.name)
                elif isinstance(fact, Said):
                    self._heard.hear(operation.dot)
                return fact
            case PeerChanged():
                self.roster.on_peer(event.node, event.name, event.state, refused=event.refused)
            case _:
                assert_never(event)
        return None

    def _apply(self, decree: Decree) -> None:
        if isinstance(decree.what, Order) and not self.room.is_ordered(decree.what.dot):
            self.chat_pace.apart.on_placed(decree.what.dot.node)
        self.room.apply(decree)
        self.facts.cars.follow(self.room.race)

    def convict(self, node: NodeId) -> None:
        """Note that what a node said counts no more, whether that is decreed yet or not."""
        self.convicted.note(node, None)

    def _lose_room(self) -> None:
        """Remember whom the history that we leave has put out: the next one may lack that."""
        self._lost = dict([*self._lost.items(), *self._out.items()][-REMOVED_MAX:])
        self._untold, self._out = set(self._lost), {}

    def take_ousted(self, node: NodeView) -> list[Ousted]:
        """Return of whom to tell now that they were put out where we were: once in a history."""
        if not node.synced or not self._untold:
            return []
        due = [self._lost[each] for each in sorted(self._untold)]
        self._untold = set()
        return [each for each in due if each.node not in {self._me, *self.room.removed}]

    def _note_removed(self, race_us: int) -> None:
        """Note whom the room has put out, and when we saw it."""
        race = self.room.race
        for each in (each for each in self.room.removed if each not in self._out):
            lied = race is not None and each in race.disqualified
            known = self._lost.pop(each, None)
            self._out[each] = known or Ousted(each, race_us, lied)
        self._untold &= self._lost.keys()
        for each in [each for each in self._out if each not in self.room.removed]:
            del self._out[each]

    def _begin_from(self, fold: RoomAndFacts | None) -> None:
        """Take a fold; what is none says nothing, like a decree that is none."""
        if fold is None:
            self.room.counters.malformed += 1
            fold = RoomAndFacts()
        if self.room.setup is not None:  # else it is the first that we hear of a history
            self._folded_over += self.facts.chat.unplaced(self.room)
        self.room = Room.begin_from(fold.room, self.room.counters)
        self.facts.begin_from(fold.facts, self.room)
        for each in fold.facts.entries:
            self.roster.on_entry(each.dot.node, each.entry.name)

    def place_lines(self, now_ns: int) -> list[Dot]:
        """Return the lines of chat that we should give a place now, as we coordinate."""
        placing = self.chat_pace.place(self.facts.chat.unplaced(self.room), now_ns)
        self.facts.chat.pass_over(placing.passed_over)
        self._passed_over += placing.passed_over
        self.facts.counters.flooded += len(placing.passed_over)
        return placing.due

    def drop_lines(self, now_ns: int) -> bool:
        """Let lines wait no more that get no place; tell whether some are our own."""
        lost = [dot for dot in self._folded_over if dot not in self.facts.lines]
        self.facts.counters.flooded += len(lost)
        dropped = lost + self._passed_over + self.facts.chat.drop_overdue(self.room, now_ns)
        self._passed_over, self._folded_over = [], []
        return any(dot.node == self._me for dot in dropped)

    def owed_lines(self) -> list[Dot]:
        """Return the lines of chat that should get their places, whoever coordinates."""
        excepted = {*self.room.removed, *self.convicted}
        return self._heard.owed(self.facts.chat.unplaced(self.room), excepted)

    def on_tick(self, node: NodeView, race_ns: int, now_ns: int) -> None:
        self.phase = self.room.phase(race_ns)
        self._note_removed(max(race_ns, 0) // 1000)
        self.roster.on_tick(node, race_ns, now_ns, self.room.removed)
        self.chat_pace.apart.on_tick(self.roster.here_ns, now_ns)
