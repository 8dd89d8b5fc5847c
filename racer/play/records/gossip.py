"""How records spread: a best lap is told to all, and boards are compared.

Who drives a best lap says so in an operation, and shares the recording. Boards are content named by
their digest: who holds one that nobody has told of, tells its digest in the lobby, one after the
other, so that those whose board is the same stay silent. Whoever lacks a board fetches it, and of
what it claims the recordings that would change its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias, assert_never, final

from net import Command, Digest, NodeId, Share, Submit, Want, content_digest
from racer.core.tuning import TICK_HZ
from racer.play.records.leaderboard import Leaderboard
from racer.play.room.lap_record import (
    RECORD_BYTES_MAX,
    RECORDS_MAX,
    LapRecord,
    decode_records,
    encode_records,
)
from racer.play.room.messages import BestLap, BoardKept, encode

BOARD_BYTES_MAX: Final = RECORDS_MAX * RECORD_BYTES_MAX
CLAIMS_MAX: Final = 2 * RECORDS_MAX  # whose recordings are to be fetched: two full boards
BOARDS_NOTED_MAX: Final = 512  # boards that were told of last: some for each of a full room
FETCHES_MAX: Final = 8  # recordings asked for at a time: each is some blocks
FETCH_WITHIN_TICKS: Final = 10 * TICK_HZ  # what has not come by then is not asked for again
SETTLE_TICKS: Final = 2 * TICK_HZ  # a board at rest for so long is told of …
TURN_TICKS: Final = TICK_HZ  # … each member so much later than the one before it

Wanted: TypeAlias = Callable[[LapRecord], bool]


@final
class Gossip:
    """Decides what to tell, to share and to fetch.

    Args:
        board: ours; read only.
        is_wanted: tells whether a claimed record is worth fetching.
    """

    def __init__(self, board: Leaderboard, is_wanted: Wanted) -> None:
        self._leaderboard = board
        self._is_wanted = is_wanted
        self._content = b""  # the board as bytes …
        self._digest = content_digest(b"")  # … and its name
        self._rest_ticks = 0  # since it changed
        self._told: dict[Digest, None] = {}  # boards that some member told of, the newest last
        self._leaderboards: dict[NodeId, Digest] = {}  # to be fetched: the newest of each member
        self._tried: dict[Digest, None] = {}  # boards fetched, or asked for in vain, likewise
        self._claims: dict[tuple[Digest, bytes], LapRecord] = {}  # by recording and driver's key
        self._passed_over: dict[tuple[Digest, bytes], LapRecord] = {}  # claims not wanted so far
        self._asked: dict[Digest, int] = {}  # what was asked for, and how many ticks ago

    @property
    def busy(self) -> bool:
        """Whether something is yet to come that may change the board."""
        return bool(self._claims or self._leaderboards or self._asked)

    def on_change(self) -> None:
        """Note that the board has changed."""
        records = self._leaderboard.records()
        self._content = encode_records(records) if records else b""
        self._digest = content_digest(self._content)
        self._rest_ticks = 0

    def on_circuit(self) -> None:
        """Look again at claims that were passed over: a circuit has come."""
        again, self._passed_over = self._passed_over, {}
        for record in again.values():
            self._add_claim(record)

    def tell(self, record: LapRecord) -> list[Command]:
        """Tell all of a lap of our own."""
        return [Submit(encode(BestLap(record)))]

    def on_fact(self, node: NodeId, fact: BestLap | BoardKept) -> list[Command]:
        """Take what a member tells of itself, or what somebody else's relays."""
        match fact:
            case BestLap(record=record):
                self._add_claim(record)
                return []
            case BoardKept(content=digest):
                _note_last(self._told, digest)
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
            for record in decode_records(content) or ():
                self._add_claim(record)
            return []
        keys = [key for key in self._claims if key[0] == digest]
        return [self._claims.pop(key) for key in keys]

    def on_tick(self, turn: int | None, hungry: Wanted) -> list[Command]:
        """Ask for what is missing, and tell of our board when it is time.

        Args:
            hungry: tells whether the recording of a record is of use already.
            turn: how many members come before us; None: nobody tells of boards just now.
        """
        commands = self._fetch_missing(hungry)
        self._rest_ticks = 0 if self.busy or turn is None else self._rest_ticks + 1
        if turn is not None and self._rest_ticks >= SETTLE_TICKS + turn * TURN_TICKS:
            commands.extend(self._tell_board())
        return commands

    def _add_claim(self, record: LapRecord) -> None:
        key = (record.recording, record.key)
        if key in self._claims or len(self._claims) >= CLAIMS_MAX:
            return
        if self._is_wanted(record):
            self._claims[key] = record
        elif len(self._passed_over) < CLAIMS_MAX:
            self._passed_over[key] = record

    def _fetch_missing(self, hungry: Wanted) -> list[Command]:
        commands: list[Command] = []
        for digest, ticks in list(self._asked.items()):
            self._asked[digest] = ticks + 1
            if ticks >= FETCH_WITHIN_TICKS:
                self._give_up_fetch(digest)
        for node, digest in sorted(self._leaderboards.items()):
            if len(self._asked) < FETCHES_MAX:
                del self._leaderboards[node]
                if digest not in self._tried:
                    _note_last(self._tried, digest)
                    self._asked[digest] = 0
                    commands.append(Want(digest, BOARD_BYTES_MAX))
        for (digest, _), record in self._claims.items():
            if len(self._asked) >= FETCHES_MAX:
                break
            if digest not in self._asked and hungry(record):
                self._asked[digest] = 0
                commands.append(Want(digest, record.size))
        return commands

    def _give_up_fetch(self, digest: Digest) -> None:
        del self._asked[digest]
        for key in [key for key in self._claims if key[0] == digest]:
            del self._claims[key]

    def _tell_board(self) -> list[Command]:
        if not self._content or self._digest in self._told:
            return []
        _note_last(self._told, self._digest)
        _note_last(self._tried, self._digest)
        return [Share(self._content), Submit(encode(BoardKept(self._digest)))]


def _note_last(boards: dict[Digest, None], digest: Digest) -> None:
    """Note a board as the newest of as many as are noted: anybody can tell of any number."""
    boards.pop(digest, None)
    boards[digest] = None
    if len(boards) > BOARDS_NOTED_MAX:
        del boards[next(iter(boards))]
