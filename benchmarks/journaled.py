"""The history of a room as the program keeps it: its own fold, and journals in real files.

What a virtual machine's disk takes goes through the real journal too, with its thread and its
`fsync`, into a file of its own; and what a process finds when it starts is what that gives back.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from threading import Event as Flag
from typing import Final, final

from msgspec.structs import replace

from benchmarks.speaker import Speaker
from net import (
    Committed,
    Delivered,
    Event,
    Folded,
    LineageEntered,
    NodeId,
    NodeView,
    Order,
    PeerChanged,
    Rule,
)
from net.node.program import KeptRoom, Write
from net.runtime.disk.journal import Journal, RoomJournal
from net.sim.disk import Disk
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import LobbyEntry, Said, Setup, encode
from racer.play.room.referee import Referee
from racer.play.room.room_state import RoomState

UNWRITTEN_MAX: Final = 1024  # on their way to a file: a journal takes no more beyond 4,096
COMMIT_S: Final = 60.0  # in which a file has all that it was given
LINE: Final = encode(Said("a line of some forty letters, like those said"))
NAME: Final = "history"


@final
class Driver(Speaker):
    """Enters the lobby and says lines; where it decides, the program's referee does.

    But for the pace at which an author's lines get their places: here a few say as much as many.
    """

    def __init__(self, me: NodeId, rng: Random) -> None:
        super().__init__(me, rng)
        self._me = me
        self._state = RoomState(me, me.hex()[:8])
        self._referee = Referee(Setup(RaceSetup("dockyard", 2), 0), lambda _: None)
        self._entered = False

    def follow(self, event: Event) -> None:
        match event:
            case LineageEntered() | Folded() | Committed() | Delivered() | PeerChanged():
                self._state.on_event(event)
            case _:
                pass

    def word(self) -> bytes:
        if self._entered:
            return LINE
        self._entered = True
        return encode(LobbyEntry(self._me.hex()[:8], bot=True))

    def due(self, node: NodeView, now_ns: int) -> Sequence[Order | Rule]:
        state, race_ns = self._state, node.race_ns(now_ns)
        state.on_tick(node, race_ns, now_ns)
        if not node.decides:
            return []
        lines, presence = state.facts.chat.unplaced(state.room), state.roster.presence
        return self._referee.due(state.room, state.facts, presence, {}, race_ns, lines)


@final
class JournaledDisk(Disk):
    """A virtual machine's disk whose process finds what the real journal has in its file.

    Files are written beside the simulation, which goes on; all that was given is there before
    anything is read. So they must hold just what the virtual disk does.
    """

    def __init__(self, rng: Random, path: Path, tag: bytes) -> None:
        super().__init__(rng)
        self._path = path
        self._tag = tag
        self._given = 0
        self._news = Flag()
        self._journal = self._open()

    def _open(self) -> tuple[Journal, RoomJournal]:
        journal = Journal(self._path)
        room = journal.room(self._tag)
        room.listen(self._news.set)
        self._given = 0
        return journal, room

    def write(self, batch: Sequence[Write]) -> None:
        super().write(batch)
        _, room = self._journal
        for each in batch:
            room.save(each)
        self._given += len(batch)
        self._wait(UNWRITTEN_MAX)

    def kept(self, *, aged: bool = False) -> KeptRoom:
        """Return what the file has, when it was closed and opened again.

        Raises:
            ValueError: that is not what was written.
        """
        self.close()
        self._journal = self._open()
        _, room = self._journal
        found, given = replace(room.kept(), aged=aged), super().kept(aged=aged)
        room.enter(NAME)
        if _in_any_order(found) != _in_any_order(given):
            raise ValueError(
                f"{self._path}: the journal gives back something else than it was given"
            )
        return found

    def damage(self) -> None:
        super().damage()
        self.close()
        for each in self._files():
            each.unlink()

    def close(self) -> None:
        """Commit what waits, and close the file."""
        self._wait(0)
        self._journal[0].close()

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(each.stat().st_size for each in self._files())

    def _files(self) -> list[Path]:
        return sorted(self._path.parent.glob(f"{self._path.name}*"))

    def _wait(self, unwritten: int) -> None:
        """Wait until no more than so many are on their way.

        Raises:
            TimeoutError: the real disk takes them not.
        """
        journal, room = self._journal
        while self._given - room.written > unwritten:
            self._news.clear()
            if self._given - room.written > unwritten and not self._news.wait(COMMIT_S):
                raise TimeoutError(f"{self._path}: {self._given - room.written} writes wait")
        if journal.takes_nothing:
            raise TimeoutError(f"{self._path}: {journal.trouble}")


def _in_any_order(kept: KeptRoom) -> KeptRoom:
    """Return what is kept with its operations in one order: the file has them as they came."""
    return replace(kept, operations=tuple(sorted(kept.operations, key=lambda each: each.dot)))
