"""What a node keeps of its rooms over restarts: their operations, where peers were, which was last.

The loop only queues; a thread commits a batch every BATCH_S. Killed, a node loses at most the last
batch, and its peers hold that. A disk that fails during a race costs the journal, not the race.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, ClassVar, Final, TypeAlias, assert_never, final

import msgspec

from net.counters import Counters
from net.errors import ProfileError
from net.ids import Address, NodeId
from net.limits import DECREES_MAX, OPERATIONS_MAX, PEERS_MAX
from net.node.program import KeptRoom, SaveDecree, SaveMoment, SaveOperation, SavePeer
from net.runtime.database import open_database
from net.wire.decrees import Decree
from net.wire.messages import Operation

REVIVE_S: Final = 15 * 60  # a race whose machines lost power is gone on with so long
BATCH_S: Final = 0.2  # how long an operation waits for others to be committed with
RETRY_S: Final = 2.0  # after a commit that failed
CLOSE_S: Final = 5.0  # and how long the end of the program waits for it
WAITING_MAX: Final = 4096  # writes that a disk which does not answer may hold up
ROOMS_MAX: Final = 16  # rooms remembered
RESUME_S: Final = 12 * 3600  # a room that rested for so long begins anew: its race is over

_Write: TypeAlias = tuple[str, tuple[bytes | str | int, ...]]

_OPERATIONS: Final = msgspec.msgpack.Decoder(Operation)
_DECREES: Final = msgspec.msgpack.Decoder(Decree)
_MOMENTS: Final = msgspec.msgpack.Decoder(SaveMoment)
_SAVE_OPERATION: Final = (
    "INSERT OR IGNORE INTO operation (tag, node, incarnation, n, content) VALUES (?, ?, ?, ?, ?)"
)
_SAVE_DECREE: Final = "INSERT OR REPLACE INTO decree (tag, place, content) VALUES (?, ?, ?)"
_SAVE_MOMENT: Final = "INSERT OR REPLACE INTO moment (tag, content) VALUES (?, ?)"
_SAVE_PEER: Final = (
    "INSERT OR REPLACE INTO peer (tag, node, host, port, met_s) VALUES (?, ?, ?, ?, ?)"
)
_SAVE_ROOM: Final = "INSERT OR REPLACE INTO room (tag, name, used_s, left) VALUES (?, ?, ?, 0)"
_USE_ROOM: Final = "UPDATE room SET used_s = ? WHERE tag = ?"
_LEAVE_ROOM: Final = "UPDATE room SET left = 1 WHERE tag = ?"
_FORGET: Final = (
    "DELETE FROM operation WHERE tag NOT IN (SELECT tag FROM room WHERE used_s >= ?)",
    "DELETE FROM decree WHERE tag NOT IN (SELECT tag FROM room WHERE used_s >= ? AND left = 0)",
    "DELETE FROM moment WHERE tag NOT IN (SELECT tag FROM room WHERE used_s >= ? AND left = 0)",
    "DELETE FROM room WHERE tag NOT IN (SELECT tag FROM room ORDER BY used_s DESC LIMIT ?)",
    "DELETE FROM operation WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM decree WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM moment WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM peer WHERE tag NOT IN (SELECT tag FROM room)",
)


@final
@dataclass(frozen=True, slots=True)
class LastRoom:
    """The room that was used last."""

    name: str
    tag: bytes
    used_s: int  # Unix time of its last operation
    left: bool  # on purpose: not to be resumed


@dataclass(slots=True)
class JournalCounters(Counters):
    """What the disk did not take."""

    part: ClassVar[str] = "journal"
    failures: int = 0  # commits, each tried again
    dropped: int = 0  # writes given up


@final
class Journal:
    """The journal of one profile. Any thread may call it; saving never waits for the disk.

    `error` says why the last commit that failed did so.
    """

    def __init__(self, path: Path) -> None:
        self.counters = JournalCounters()
        self.error: str | None = None
        self._path = path
        self._database = open_database(path)
        self._using = Lock()
        self._waiting: deque[_Write] = deque()
        self._wanted = Event()
        self._closing = Event()
        self._writer = Thread(target=self._run_writer, name="journal", daemon=True)
        self._writer.start()

    def last_room(self) -> LastRoom | None:
        """Return the room that was entered or written to last."""
        rows = self.rows("SELECT name, tag, used_s, left FROM room ORDER BY used_s DESC LIMIT 1")
        return LastRoom(rows[0][0], rows[0][1], rows[0][2], bool(rows[0][3])) if rows else None

    def room(self, tag: bytes) -> RoomJournal:
        """Return the part about one room."""
        return RoomJournal(self, tag)

    def put(self, *writes: _Write) -> None:
        """Queue writes; they are committed in order, together where possible."""
        for write in writes:
            if len(self._waiting) < WAITING_MAX:
                self._waiting.append(write)
            else:
                self.counters.dropped += 1
        self._wanted.set()

    def rows(self, query: str, parameters: tuple[bytes | int, ...] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds in all that is committed.

        Raises:
            ProfileError: the file is damaged.
        """
        try:
            with self._using:
                return self._database.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise ProfileError(f"{self._path}: the journal cannot be read: {error}") from None

    def close(self) -> None:
        """Commit what waits and close the file; call nothing after. Waits for CLOSE_S at most."""
        self._closing.set()
        self._wanted.set()
        self._writer.join(CLOSE_S)
        if not self._writer.is_alive():
            self._database.close()

    # --- the writer's thread ------------------------------------------------------------------

    def _run_writer(self) -> None:
        """Commit what waits, until close: it sets `_closing` before `_wanted`, so none is left."""
        last = False
        while not last:
            self._wanted.wait()
            self._closing.wait(BATCH_S)
            self._wanted.clear()
            last = self._closing.is_set()
            if self._waiting and not self._commit_waiting() and not self._closing.wait(RETRY_S):
                self._wanted.set()

    def _commit_waiting(self) -> bool:
        """Commit all that waits now; on failure keep it for another try."""
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            with self._using:
                self._execute_batch(batch)
        except sqlite3.Error as error:
            self._waiting.extendleft(reversed(batch))
            self.counters.failures += 1
            self.error = f"{self._path}: {error}"
            return False
        return True

    def _execute_batch(self, batch: list[_Write]) -> None:
        self._database.execute("BEGIN")
        try:
            for statement, parameters in batch:
                self._database.execute(statement, parameters)
            self._database.execute("COMMIT")
        except sqlite3.Error:
            if self._database.in_transaction:  # a full disk may have rolled back already
                self._database.execute("ROLLBACK")
            raise


@final
class RoomJournal:
    """What the journal keeps of one room."""

    def __init__(self, journal: Journal, tag: bytes) -> None:
        self._journal = journal
        self._tag = tag

    @property
    def error(self) -> str | None:
        """Why the last commit that failed did so; None while all goes well."""
        return self._journal.error

    @property
    def counters(self) -> JournalCounters:
        return self._journal.counters

    def enter(self, name: str) -> None:
        """Note that this room is used now; forget rooms of long ago, and operations that rested."""
        now_s = int(time.time())
        rested, dead, stopped, crowded, *orphaned = _FORGET
        self._journal.put(
            (rested, (now_s - RESUME_S,)),
            (dead, (now_s - REVIVE_S,)),
            (stopped, (now_s - REVIVE_S,)),
            (_SAVE_ROOM, (self._tag, name, now_s)),
            (crowded, (ROOMS_MAX,)),
            *((statement, ()) for statement in orphaned),
        )

    def leave(self) -> None:
        """Note that the room was left on purpose."""
        self._journal.put((_LEAVE_ROOM, (self._tag,)))

    def kept(self) -> KeptRoom:
        """Return what of the room may still be of use.

        Operations for RESUME_S; its history for REVIVE_S, unless we left it on purpose: later it
        is another race of the same name.

        Raises:
            ProfileError: the journal is damaged.
        """
        now_s = int(time.time())
        try:
            operations = self._read_contents("operation", now_s - RESUME_S, 1, OPERATIONS_MAX)
            decrees = self._read_contents("decree", now_s - REVIVE_S, 0, DECREES_MAX)
            moments = self._read_contents("moment", now_s - REVIVE_S, 0, 1)
            return KeptRoom(
                tuple(map(_OPERATIONS.decode, operations)),
                tuple(map(_DECREES.decode, decrees)),
                _MOMENTS.decode(moments[0]) if moments else SaveMoment(0, ()),
            )
        except ValueError as error:
            raise ProfileError(f"the journal holds a damaged entry: {error}") from None

    def _read_contents(self, table: str, since_s: int, left_max: int, count: int) -> list[bytes]:
        """Return what a table holds of the room, in order, if the room was used since then."""
        rows = self._journal.rows(
            f"SELECT content FROM {table} WHERE tag = ?1 AND EXISTS"
            " (SELECT 1 FROM room WHERE tag = ?1 AND used_s >= ?2 AND left <= ?3)"
            " ORDER BY place LIMIT ?4",
            (self._tag, since_s, left_max, count),
        )
        return [content for (content,) in rows]

    def peers(self) -> list[tuple[NodeId, Address]]:
        """Return where peers of the room were met, the latest first.

        Raises:
            ProfileError: the journal is damaged.
        """
        rows = self._journal.rows(
            "SELECT node, host, port FROM peer WHERE tag = ? ORDER BY met_s DESC, node LIMIT ?",
            (self._tag, PEERS_MAX),
        )
        return [(node, (host, port)) for node, host, port in rows]

    def save(self, what: SaveOperation | SaveDecree | SaveMoment | SavePeer) -> None:
        """Queue what is to be kept."""
        now_s = int(time.time())
        match what:
            case SaveOperation(operation=operation):
                dot = operation.dot
                content = msgspec.msgpack.encode(operation)
                row = (self._tag, dot.node, dot.incarnation, dot.n, content)
                self._journal.put((_SAVE_OPERATION, row), (_USE_ROOM, (now_s, self._tag)))
            case SaveDecree(decree=decree):
                entry = (self._tag, decree.index, msgspec.msgpack.encode(decree))
                self._journal.put((_SAVE_DECREE, entry), (_USE_ROOM, (now_s, self._tag)))
            case SaveMoment():
                content = msgspec.msgpack.encode(what)
                self._journal.put(
                    (_SAVE_MOMENT, (self._tag, content)), (_USE_ROOM, (now_s, self._tag))
                )
            case SavePeer(node=node, address=(host, port)):
                self._journal.put((_SAVE_PEER, (self._tag, node, host, port, now_s)))
            case _:
                assert_never(what)
