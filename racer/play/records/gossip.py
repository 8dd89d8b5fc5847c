"""How records spread: a best lap is told to all, and boards are compared.

Who drives a best lap says so in an operation, and shares the recording. Boards are content named by
their digest: who holds one that nobody has told of, tells its digest in the lobby, one after the
other, so that those whose board is the same stay silent. Whoever lacks a board fetches it, reads it
a few records at a time, and fetches of what it claims the recordings that would change its own.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import Final, assert_never, final

from net import Command, Digest, NodeId, Recent, Share, Submit, Want, content_digest
from racer.core.tuning import TICK_HZ
from racer.play.records.claims import Claims, Wanted
from racer.play.records.leaderboard import Leaderboard
from racer.play.records.verification import RecordCounters
from racer.play.room.lap_record import (
    RECORD_BYTES_MAX,
    RECORDS_MAX,
    LapRecord,
    decode_records,
    encode_records,
)
from racer.play.room.messages import BestLap, BoardKept, encode

BOARD_BYTES_MAX: Final = RECORDS_MAX * RECORD_BYTES_MAX
BOARDS_NOTED_MAX: Final = 512  # boards that were told of last: some for each of a full room
FETCHES_MAX: Final = 8  # recordings asked for at a time: each is some blocks
FETCHES_EACH_MAX: Final = 6  # of one who told of them: others wait for none that never comes
READ_PER_TICK: Final = 8  # records of a board: of 1280 the signatures take a tenth of a second
FETCH_WITHIN_TICKS: Final = 10 * TICK_HZ  # what has not come by then is not asked for again
SETTLE_TICKS: Final = 2 * TICK_HZ  # a board at rest for so long is told of …
TURN_TICKS: Final = TICK_HZ  # … each member so much later than the one before it …
HELD_TICKS: Final = FETCH_WITHIN_TICKS  # … or after so long, whatever is yet to come: it may never


@dataclass(slots=True)
class _Fetch:
    """What was asked for: of whose telling, and how many ticks ago."""

    teller: NodeId
    ticks: int = 0


@final
class Gossip:
    """Decides what to tell, to share and to fetch.

    Args:
        board: ours; read only.
        is_wanted: tells whether a claimed record is worth fetching.
    """

    def __init__(self, board: Leaderboard, is_wanted: Wanted, counters: RecordCounters) -> None:
        self._leaderboard = board
        self._is_wanted = is_wanted
        self._counters = counters
        self._content = b""  # the board as bytes …
        self._digest = content_digest(b"")  # … and its name
        self._rest_ticks = 0  # since it changed or anything was yet to come …
        self._held_ticks = 0  # … and whatever was, in lobbies
        # Boards, by who told of them.
        self._told: Recent[Digest, NodeId] = Recent(BOARDS_NOTED_MAX)
        self._leaderboards: dict[NodeId, Digest] = {}  # to be fetched: the newest of each member
        # Boards fetched, or asked for in vain.
        self._tried: Recent[Digest, NodeId] = Recent(BOARDS_NOTED_MAX)
        self._unread: deque[tuple[NodeId, LapRecord]] = deque()  # of boards that came
        self._claims = Claims()
        self._passed_over = Claims()  # not wanted so far
        self._asked: dict[Digest, _Fetch] = {}

    @property
    def busy(self) -> bool:
        """Whether something is yet to come that may change the board."""
        return bool(self._claims or self._leaderboards or self._asked or self._unread)

    def on_change(self) -> None:
        """Note that the board has changed."""
        records = self._leaderboard.records()
        self._content = encode_records(records) if records else b""
        self._digest = content_digest(self._content)
        self._rest_ticks = self._held_ticks = 0

    def on_circuit(self) -> None:
        """Look again at claims that were passed over: a circuit has come."""
        self._unread.extend(self._passed_over.take_all())

    def tell(self, record: LapRecord) -> list[Command]:
        """Tell all of a lap of our own."""
        return [Submit(encode(BestLap(record)))]

    def on_fact(self, node: NodeId, fact: BestLap | BoardKept) -> list[Command]:
        """Take what a member tells of itself, or what somebody else's relays."""
        match fact:
            case BestLap(record=record):
                self._add_claim(node, record)
                return []
            case BoardKept(content=digest):
                self._told.note(digest, node)
                if digest == self._digest:
                    return [Share(self._content)]
                if digest not in self._tried:
                    self._leaderboards[node] = digest
                return []
            case _:
                assert_never(fact)

    def on_content(self, digest: Digest, content: bytes) -> list[LapRecord]:
        """Take content that arrived; return the claims that it is the recording of."""
        self._asked.pop(digest, None)
        if digest in self._tried:
            teller = self._tried[digest]
            self._unread.extend((teller, record) for record in decode_records(content) or ())
            return []
        return self._claims.take(digest)

    def on_tick(self, turn: int | None, hungry: Wanted) -> list[Command]:
        """Ask for what is missing, and tell of our board when it is time.

        Args:
            hungry: tells whether the recording of a record is of use already.
            turn: how many members come before us; None: nobody tells of boards just now.
        """
        for _ in range(min(READ_PER_TICK, len(self._unread))):
            self._add_claim(*self._unread.popleft())
        commands = self._fetch_missing(hungry)
        self._rest_ticks = 0 if self.busy or turn is None else self._rest_ticks + 1
        self._held_ticks += turn is not None
        if turn is not None and self._is_due(turn * TURN_TICKS):
            commands.extend(self._tell_board())
        return commands

    def _is_due(self, later_ticks: int) -> bool:
        """Whether our board is to be told of now: what others tell must not hold it for ever."""
        return (
            self._rest_ticks >= SETTLE_TICKS + later_ticks
            or self._held_ticks >= HELD_TICKS + later_ticks
        )

    def _add_claim(self, teller: NodeId, record: LapRecord) -> None:
        if self._claims.holds(teller, record):
            return
        if not self._claims.has_room(teller):  # before its signature is checked
            self._counters.crowded += 1
            return
        claims = self._claims if self._is_wanted(record) else self._passed_over
        self._counters.crowded += not claims.add(teller, record)

    def _fetch_missing(self, hungry: Wanted) -> list[Command]:
        commands: list[Command] = []
        for digest, fetch in list(self._asked.items()):
            fetch.ticks += 1
            if fetch.ticks > FETCH_WITHIN_TICKS:
                del self._asked[digest]
                self._claims.take(digest)
        for node, digest in sorted(self._leaderboards.items()):
            if len(self._asked) < FETCHES_MAX and not self._unread:
                del self._leaderboards[node]
                if digest not in self._tried:
                    self._tried.note(digest, node)
                    self._asked[digest] = _Fetch(node)
                    commands.append(Want(digest, BOARD_BYTES_MAX))
        under_way = Counter(fetch.teller for fetch in self._asked.values())
        while len(self._asked) < FETCHES_MAX:
            found = self._claims.next_of(under_way, FETCHES_EACH_MAX, self._asked, hungry)
            if found is None:
                break
            teller, record = found
            under_way[teller] += 1
            self._asked[record.recording] = _Fetch(teller)
            commands.append(Want(record.recording, record.size))
        return commands

    def _tell_board(self) -> list[Command]:
        if not self._content or self._digest in self._told:
            return []
        self._told.note(self._digest, b"")
        self._tried.note(self._digest, b"")
        return [Share(self._content), Submit(encode(BoardKept(self._digest)))]
