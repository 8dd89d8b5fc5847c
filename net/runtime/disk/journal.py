"""What a node keeps of its rooms over restarts: their operations, where peers were, which was last.

The loop only queues. A thread commits what waits, as soon as the commit before is done, and says
how much is on disk: what counts in the room waits for that (ADR 34). A disk that fails during a
race costs the memory of this machine, not the race.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Lock, Thread
from typing import Any, ClassVar, Final, NamedTuple, TypeVar, assert_never, final

import msgspec
from msgspec.msgpack import Decoder

from net.cluster.checkpoint import read_checkpoint
from net.counters import Counters
from net.errors import ProfileError, WireError
from net.ids import Address, NodeId
from net.limits import (
    ACQUAINTANCES_MAX,
    DECREES_MAX,
    DECREES_SPARE,
    HOSTS_MET_MAX,
    KEYS_MET_MAX,
    OPERATIONS_MAX,
    OPERATIONS_SPARE,
    PEERS_MAX,
    SECOND,
)
from net.node.group_commit import DiskState, GroupCommit
from net.node.program import (
    KeptRoom,
    SaveCheckpoint,
    SaveContent,
    SaveDecree,
    SaveMoment,
    SaveOperation,
    SavePeer,
    Write,
)
from net.runtime.clock import now_ns
from net.runtime.disk import statements
from net.runtime.disk.acquaintances import FORGET_OLDEST, READ_ALL, Acquaintance, Acquaintances
from net.runtime.disk.database import disk_error, open_database, open_unwritable
from net.runtime.disk.disk_trouble import DiskHealth, DiskTrouble
from net.runtime.disk.last_room import LastRoom, use_columns
from net.runtime.disk.statements import Statement
from net.security.primitives import KEY_BYTES
from net.wire.decrees import Decree
from net.wire.messages import Operation

CLOSE_S: Final = 5.0  # how long the end of the program waits for the disk
ROOMS_MAX: Final = 16  # rooms remembered

T = TypeVar("T")

OPERATIONS_READ_MAX: Final = OPERATIONS_MAX + OPERATIONS_SPARE  # all that a node may have kept
DECREES_READ_MAX: Final = DECREES_MAX + DECREES_SPARE  # likewise

_OPERATIONS: Final = Decoder(Operation)
_DECREES: Final = Decoder(Decree)
_MOMENTS: Final = Decoder(SaveMoment)


@dataclass(slots=True)
class JournalCounters(Counters):
    """What the disk did not take, or gave back wrong."""

    part: ClassVar[str] = "journal"
    failures: int = 0  # commits, each tried again
    dropped: int = 0  # writes given up
    damaged: int = 0  # entries that could not be read
    unread: int = 0  # entries beyond what a node keeps, the newest


class _Group(NamedTuple):
    """Statements that are committed together or not at all."""

    statements: Sequence[Statement]
    room: RoomJournal | None  # whose write it is, if it is to be told


@final
class Journal:
    """The journal of one profile. Any thread may call it; saving never waits for the disk."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, or begin one. None, or a disk that takes nothing: it will not remember.

        Raises:
            ProfileError: the file is damaged, foreign, or of a newer racer.
        """
        self.counters = JournalCounters()
        self.path = path or Path("journal")
        self._health = DiskHealth(self.path)
        self._queue: GroupCommit[_Group] = GroupCommit()
        try:
            self._database = open_unwritable(None) if path is None else open_database(path)
            self._queue.overflowed = path is None
        except OSError as error:
            self._database = open_unwritable(path)
            self._queue.overflowed = True
            self._health.close(error, self.path)
        self._remembers = not self._queue.overflowed  # at the start it did
        self.acquaintances = Acquaintances()  # of this process too, whatever becomes of the disk
        self._using = Lock()
        for row in self.rows(READ_ALL):
            self.acquaintances.note(Acquaintance.of_row(row))
        self._news = Condition()  # guards the queue
        self._closing = False
        self._writer = Thread(target=self._run_writer, name="journal", daemon=True)
        self._writer.start()

    def unfinished_rooms(self) -> list[LastRoom]:
        """Return those that were not left on purpose and whose history is here, the last first."""
        return [LastRoom.of_row(row) for row in self.rows(statements.UNFINISHED_ROOMS)]

    def hosts_met(self) -> tuple[str, ...]:
        """Return the addresses of machines that were met in any room, the latest first."""
        rows = self.rows(
            "SELECT host, MAX(met_s) AS met_s FROM peer GROUP BY host ORDER BY met_s DESC, host"
            " LIMIT ?",
            (HOSTS_MET_MAX,),
        )
        return tuple(host for host, _ in rows)

    def room(self, tag: bytes) -> RoomJournal:
        """Return the part about one room."""
        return RoomJournal(self, tag)

    def put(
        self, *statements: Statement, room: RoomJournal | None = None, urgent: bool = False
    ) -> None:
        """Queue statements; they are committed in order. None is taken after one that was not."""
        with self._news:
            did_overflow = self._queue.overflowed
            if self._queue.put(_Group(statements, room), now_ns(), urgent=urgent):
                self._news.notify()
                return
        self.counters.dropped += len(statements) if self._remembers else 0
        if not did_overflow:
            self.stop(f"{len(self._queue)} writes wait for the disk")

    def stop(self, reason: str) -> None:
        """Take nothing from here on: what is left out would be a hole."""
        with self._news:
            self._queue.overflowed = True
            self._health.stop(reason)

    def close_to_all(self, error: OSError, where: Path) -> None:
        """Note, for a person, that the disk takes nothing, and never will again."""
        with self._news:
            self._health.close(error, where)

    @property
    def trouble(self) -> DiskTrouble | None:
        """What of the disk does not work now; None: it works."""
        with self._news:
            return self._health.trouble(self._queue.state(now_ns()))

    def state(self) -> DiskState:
        """Return how the disk is."""
        with self._news:
            return self._queue.state(now_ns())

    @property
    def takes_nothing(self) -> bool:
        """It takes nothing, and never will again."""
        return self._queue.overflowed

    def rows(self, query: str, parameters: tuple[bytes | int, ...] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds in all that is committed.

        Raises:
            ProfileError: the file is damaged.
        """
        try:
            with self._using:
                return self._database.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise ProfileError(f"{self.path}: the journal cannot be read: {error}") from None

    def close(self) -> None:
        """Commit what waits and close the file; call nothing after. Waits for CLOSE_S at most."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._writer.join(CLOSE_S)
        if not self._writer.is_alive():
            self._database.close()

    # --- the writer's thread ------------------------------------------------------------------

    def _run_writer(self) -> None:
        """Commit what waits, until close: then once more."""
        last = False
        while not last and (batch := self._next_batch()):
            last = self._closing
            is_kept = self._commit_batch(batch)
            with self._news:
                if is_kept:
                    self._queue.succeed(now_ns())
                    self._health.succeed(self._queue.state(now_ns()))
                else:
                    self._queue.fail(now_ns())
            for room in [group.room for group in batch if group.room is not None]:
                room.on_commit(is_kept=is_kept)

    def _next_batch(self) -> list[_Group]:
        """Wait for something to commit; nothing comes where the journal is being closed."""
        with self._news:
            while not (batch := self._queue.begin(now_ns(), at_once=self._closing)):
                if self._closing:
                    break
                due_ns = self._queue.due_ns
                self._news.wait(None if due_ns is None else max(0, due_ns - now_ns()) / SECOND)
            return batch

    def _commit_batch(self, batch: Sequence[_Group]) -> bool:
        """Commit a batch, whole or not at all. Returns whether it is on disk."""
        try:
            with self._using:
                self._execute_batch([each for group in batch for each in group.statements])
        except sqlite3.Error as error:
            self.counters.failures += 1
            reason = disk_error(error, self.path) or OSError(0, str(error))
            with self._news:
                self._health.fail(reason)
            return False
        return True

    def _execute_batch(self, batch: Sequence[Statement]) -> None:
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
        self._given = self._committed = 0  # of what `save` was given
        self._on_change: Callable[[], None] = lambda: None
        self._told = (DiskState(), 0)  # to the node, as a new one takes it to be
        self._left_out: dict[str, str] = {}

    def listen(self, on_change: Callable[[], None]) -> None:
        """Have this called, by another thread, when there may be news to take."""
        self._on_change = on_change

    @property
    def written(self) -> int:
        """How many of those that `save` was given are on disk; all, where none ever will be."""
        return self._given if self._journal.takes_nothing else self._committed

    @property
    def state(self) -> DiskState:
        """How the disk is."""
        return self._journal.state()

    def take_news(self) -> tuple[DiskState | None, int | None]:
        """Return `state` and `written`, each where it is another than when last asked."""
        (state_told, written_told) = self._told
        state, written = self._told = self.state, self.written
        return (
            None if state == state_told else state,
            None if written == written_told else written,
        )

    @property
    def left_out(self) -> Mapping[str, str]:
        """What was kept of this room and does not count, by kind, in a line each for a person."""
        return self._left_out

    def on_commit(self, *, is_kept: bool) -> None:
        """Take that one write is on disk, or could not be written yet. For `Journal` only."""
        self._committed += is_kept
        self._on_change()

    @property
    def counters(self) -> JournalCounters:
        return self._journal.counters

    def enter(self, name: str) -> None:
        """Note that this room is used now; forget the history of those that were left on purpose.

        Of such a room operations stay for RESUME_S. What nobody left no clock makes forgotten, for
        it may be wrong: only ROOMS_MAX does.
        """
        left = map(LastRoom.of_row, self._journal.rows(statements.ROOMS_LEFT))
        crowded, *orphaned = statements.FORGET_ROOMS
        self._journal.put(
            *((statements.DROP_OPERATIONS, (room.tag,)) for room in left if room.aged),
            *((statement, ()) for statement in statements.FORGET_LEFT),
            (statements.SAVE_ROOM, (self._tag, name, *use_columns())),
            (crowded, (ROOMS_MAX,)),
            *((statement, ()) for statement in orphaned),
        )

    def leave(self) -> None:
        """Note that the room was left on purpose."""
        self._journal.put((statements.LEAVE_ROOM, (self._tag,)))

    def kept(self) -> KeptRoom:
        """Return what of the room may still be of use; what is damaged is left out.

        Its history only where we did not leave it on purpose: else it is another race of the same
        name. It is aged after RESUME_S, by the best of our clocks.

        Raises:
            ProfileError: the file is damaged.
        """
        found = self._journal.rows(statements.ROOM, (self._tag,))
        room = LastRoom.of_row(found[0]) if found else None
        if room is None or (room.left and room.aged):
            return KeptRoom()
        contents = self._read_contents("operation", OPERATIONS_READ_MAX)
        operations = self._decode_rows("operation", _OPERATIONS, contents)
        if room.left:
            return KeptRoom(operations)
        moments = self._read_contents("moment", 1)
        return KeptRoom(
            operations,
            self._decode_rows("decree", _DECREES, self._read_contents("decree", DECREES_READ_MAX)),
            next(iter(self._decode_rows("moment", _MOMENTS, moments)), SaveMoment(0, ())),
            room.aged,
            self._read_checkpoint("checkpoint"),
            self._read_checkpoint("content"),
        )

    def put_aside(self, reason: str) -> None:
        """Forget the history of the room, and tell why: nobody could go on with it."""
        self.counters.damaged += 1
        self._leave_out("history", f"what was kept of this race is left out: {reason}")
        self._journal.put(*((statement, (self._tag,)) for statement in statements.PUT_ASIDE))

    def _read_checkpoint(self, table: str) -> bytes:
        """Return the one that a table has; nothing where there is none."""
        contents = self._read_contents(table, 1)
        if not contents:
            return b""
        try:
            return read_checkpoint(contents[0]).packed
        except WireError:
            self.counters.damaged += 1
            self._leave_out(table, f"a damaged {table} is left out, and what followed it")
            return b""

    def _decode_rows(
        self, table: str, decoder: Decoder[T], contents: Sequence[bytes]
    ) -> tuple[T, ...]:
        found: list[T] = []
        for content in contents:
            try:
                found.append(decoder.decode(content))
            except ValueError:
                self.counters.damaged += 1
        if damaged := len(contents) - len(found):
            self._leave_out(table, f"{damaged} damaged entries of kind {table} are left out")
        return tuple(found)

    def _leave_out(self, kind: str, text: str) -> None:
        self._left_out[kind] = f"{self._journal.path}: {text}"

    def _read_contents(self, table: str, count: int) -> list[bytes]:
        """Return what a table holds of the room, in order.

        What is beyond the count rests on what is before it, and is left out.
        """
        query = (
            f"SELECT content, COUNT(*) OVER () FROM {table} WHERE tag = ? ORDER BY place LIMIT ?"
        )
        rows = self._journal.rows(query, (self._tag, count))
        if rows and (beyond := rows[0][1] - len(rows)):
            self.counters.unread += beyond
            text = f"the newest {beyond} of too many entries of kind {table} are left out"
            self._leave_out(f"newest {table}", text)
        return [content for content, _ in rows]

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

    def keys_met(self) -> list[bytes]:
        """Return the static keys of peers of the room, the latest last.

        Raises:
            ProfileError: the journal is damaged.
        """
        rows = self._journal.rows(
            "SELECT static FROM peer WHERE tag = ? AND LENGTH(static) = ? ORDER BY met_s, rowid",
            (self._tag, KEY_BYTES),
        )
        return [static for (static,) in rows]

    def save(self, what: Write) -> None:
        """Queue what is to be kept; see `written` for when it is."""
        self._given += 1
        written = self._statements_for(what)
        if written is None:
            self._journal.stop(f"a {type(what).__name__} that nobody could read again")
        else:
            use_room: Statement = (statements.USE_ROOM, (*use_columns(), self._tag))
            urgent = isinstance(what, SaveDecree)
            self._journal.put(*written, use_room, room=self, urgent=urgent)

    def _statements_for(self, what: Write) -> Sequence[Statement] | None:
        """Return what keeps something; None where its reader would refuse it."""
        match what:
            case SaveOperation(operation=operation):
                dot, content = operation.dot, _readable_bytes(_OPERATIONS, operation)
                row = (self._tag, dot.node, dot.incarnation, dot.n)
                return None if content is None else [(statements.SAVE_OPERATION, (*row, content))]
            case SaveContent(packed=packed):
                return [(statements.SAVE_CONTENT, (self._tag, packed))]
            case SaveCheckpoint():
                return self._checkpoint_statements(what)
            case SaveDecree(decree=decree):
                content, here = _readable_bytes(_DECREES, decree), (self._tag, decree.index)
                if content is None:
                    return None
                return [(statements.CUT_DECREES, here), (statements.SAVE_DECREE, (*here, content))]
            case SaveMoment():
                content = _readable_bytes(_MOMENTS, what)
                return [] if content is None else [(statements.SAVE_MOMENT, (self._tag, content))]
            case SavePeer():
                return self._peer_statements(what)
            case _:
                assert_never(what)

    def _peer_statements(self, what: SavePeer) -> Sequence[Statement]:
        node, (host, port), met_s = what.node, what.address, int(time.time())
        found = Acquaintance(node, what.alias, what.name, what.address)
        self._journal.acquaintances.note(found)
        return [
            (statements.SAVE_PEER, (self._tag, node, host, port, met_s, what.static)),
            (statements.FORGET_PEERS, (self._tag, KEYS_MET_MAX)),
            found.to_save(met_s),
            (FORGET_OLDEST, (ACQUAINTANCES_MAX,)),
        ]

    def _checkpoint_statements(self, what: SaveCheckpoint) -> Sequence[Statement] | None:
        """Return what puts a checkpoint in the place of all that it stands for."""
        tag = self._tag
        told: list[Statement] = [
            (statements.DROP_CHECKPOINT, (tag,)),
            (statements.DROP_OPERATIONS, (tag,)),
        ]
        if what.packed:
            told.append((statements.DROP_DECREES, (tag, what.index)))
            told.append((statements.SAVE_CHECKPOINT, (tag, what.index, what.packed)))
        for operation in what.operations:
            kept = self._statements_for(SaveOperation(operation))
            if kept is None:
                return None
            told.extend(kept)
        return told


def _readable_bytes(decoder: Decoder[T], what: T) -> bytes | None:
    """Return something as bytes, or None where they would not be read as the same again."""
    content = msgspec.msgpack.encode(what)
    try:
        return content if decoder.decode(content) == what else None
    except ValueError:
        return None
