from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from net import Command, ContentArrived, Share, Submit, Want, content_digest
from racer.core.rules.race_setup import RaceSetup
from racer.core.rules.results import time_text
from racer.core.tuning import PHYSICS_VERSION
from racer.play.records.claims import CLAIMS_MAX, Claims
from racer.play.records.gossip import (
    BOARDS_NOTED_MAX,
    FETCH_WITHIN_TICKS,
    FETCHES_EACH_MAX,
    FETCHES_MAX,
    HELD_TICKS,
    READ_PER_TICK,
    SETTLE_TICKS,
    TURN_TICKS,
    Gossip,
)
from racer.play.records.leaderboard import Leaderboard
from racer.play.records.record_book import RecordBook
from racer.play.records.verification import RecordCounters
from racer.play.reports import RecordSeen
from racer.play.room.lap_record import RECORDS_MAX, LapRecord, encode_records
from racer.play.room.messages import BestLap, BoardKept, Setup, decode_fact
from racer.play.view import Phase
from tests.play.company import Company, phase_is, player, run, view_of
from tests.play.laps import CIRCUIT, Atlas, claim, drive_lap, signer
from tests.play.rooms import ADA, BEN, CLEO

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.core.recordings.lap_recorder import DrivenLap


def record(number: int) -> LapRecord:
    return LapRecord(
        bytes(16),
        0,
        PHYSICS_VERSION,
        1000 + number,
        "ada",
        0,
        number.to_bytes(16, "big"),
        99,
        number.to_bytes(32, "big"),
        bytes(64),
    )


def board_of(*records: LapRecord) -> tuple[bytes, bytes]:
    content = encode_records(Leaderboard(records).records())
    return content_digest(content), content


class Talk:
    """A gossip and its board, as told by a test."""

    def __init__(self, *records: LapRecord) -> None:
        self.board = Leaderboard(records)
        self.counters = RecordCounters()
        self.gossip = Gossip(self.board, self.board.takes, self.counters)
        self.gossip.on_change()

    def ticks(self, count: int, turn: int | None = 0, *, hungry: bool = True) -> list[Command]:
        return [c for _ in range(count) for c in self.gossip.on_tick(turn, lambda _: hungry)]

    def learn(self, *records: LapRecord) -> None:
        for each in records:
            self.board.add(each)
        self.gossip.on_change()


def facts(commands: list[Command]) -> list[object]:
    return [decode_fact(command.body) for command in commands if isinstance(command, Submit)]


# --- reporter ----------------------------------------------------------------------------------


def test_a_board_at_rest_is_told_of_once_and_shared() -> None:
    talk = Talk(record(1))
    digest, content = board_of(record(1))
    assert talk.ticks(SETTLE_TICKS - 1) == []
    commands = talk.ticks(2)
    assert Share(content) in commands
    assert facts(commands) == [BoardKept(digest)]
    assert talk.ticks(1000) == []


def test_members_tell_one_after_the_other_and_who_has_the_same_is_silent() -> None:
    talk = Talk(record(1))
    digest, content = board_of(record(1))
    assert talk.ticks(SETTLE_TICKS + TURN_TICKS - 1, turn=1) == []
    assert talk.gossip.on_fact(ADA, BoardKept(digest)) == [Share(content)]
    assert talk.ticks(1000, turn=1) == []


def test_an_empty_board_is_nothing_to_tell() -> None:
    assert facts(Talk().ticks(1000)) == []


def test_nobody_tells_while_a_race_is_on_or_more_is_to_come() -> None:
    talk = Talk(record(1))
    assert talk.ticks(1000, turn=None) == []
    talk.gossip.on_fact(BEN, BestLap(record(2)))
    assert facts(talk.ticks(SETTLE_TICKS)) == []


def test_of_boards_that_anybody_makes_up_the_newest_are_noted() -> None:
    talk = Talk(record(1))
    for number in range(BOARDS_NOTED_MAX + 9):
        talk.gossip.on_fact(BEN, BoardKept(number.to_bytes(16, "big")))
        talk.ticks(FETCH_WITHIN_TICKS // FETCHES_MAX, turn=None)
    noted = [number.to_bytes(16, "big") for number in range(9, BOARDS_NOTED_MAX + 9)]
    assert list(talk.gossip._told) == noted
    assert list(talk.gossip._tried)[-1] in noted
    assert len(talk.gossip._tried) <= BOARDS_NOTED_MAX


def test_a_board_that_changed_is_told_of_again() -> None:
    talk = Talk(record(1))
    talk.ticks(1000)
    talk.learn(record(2))
    assert facts(talk.ticks(1000)) == [BoardKept(board_of(record(1), record(2))[0])]


# --- fetching ---------------------------------------------------------------------------------


def test_of_a_board_only_what_changes_ours_is_fetched() -> None:
    talk = Talk(record(1))
    digest, content = board_of(record(1), record(2))
    talk.gossip.on_fact(BEN, BoardKept(digest))
    (wish,) = talk.ticks(1)
    assert isinstance(wish, Want)
    assert wish.digest == digest
    assert talk.gossip.on_content(digest, content) == []
    assert talk.ticks(1) == [Want(record(2).recording, 99)]
    assert talk.gossip.on_content(record(2).recording, b"recording") == [record(2)]
    assert not talk.gossip.busy


def test_only_the_newest_board_of_each_member_is_fetched_and_each_once() -> None:
    talk = Talk()
    old, new = board_of(record(1))[0], board_of(record(2))[0]
    for node, digest in ((ADA, old), (ADA, new), (BEN, new)):
        talk.gossip.on_fact(node, BoardKept(digest))
    wishes = talk.ticks(3)
    assert [wish.digest for wish in wishes if isinstance(wish, Want)] == [new]
    talk.gossip.on_fact(CLEO, BoardKept(new))
    assert talk.ticks(3) == []


def test_what_never_comes_is_given_up() -> None:
    talk = Talk()
    talk.gossip.on_fact(BEN, BestLap(record(2)))
    talk.gossip.on_fact(BEN, BoardKept(board_of(record(2))[0]))
    talk.ticks(FETCH_WITHIN_TICKS)
    assert talk.gossip.busy
    talk.ticks(3)
    assert not talk.gossip.busy


def test_a_board_that_is_none_claims_nothing() -> None:
    talk = Talk()
    digest = content_digest(b"what?")
    talk.gossip.on_fact(BEN, BoardKept(digest))
    talk.ticks(1)
    assert talk.gossip.on_content(digest, b"what?") == []
    assert not talk.gossip.busy


def test_few_recordings_are_fetched_at_a_time_and_none_while_others_wait() -> None:
    talk = Talk()
    for number in range(FETCHES_MAX + 3):
        talk.gossip.on_fact(BEN, BestLap(record(number)))
    assert talk.ticks(1, hungry=False) == []
    assert len(talk.ticks(5)) == FETCHES_EACH_MAX
    for number in range(FETCHES_MAX + 3):
        talk.gossip.on_fact(ADA, BestLap(record(100 + number)))
    assert len(talk.ticks(5)) == FETCHES_MAX - FETCHES_EACH_MAX


def made_up(first: int) -> tuple[bytes, bytes]:
    """Return a board of as many records as one may hold, of as many circuits and drivers."""
    content = encode_records(tuple(record(first + number) for number in range(RECORDS_MAX)))
    return content_digest(content), content


def test_who_makes_up_records_without_end_has_no_others_wait_for_theirs() -> None:
    """Recordings that never come took all places, and each eight of them ten seconds."""
    talk = Talk()
    for first in (1000, 5000, 9000):
        digest, content = made_up(first)
        talk.gossip.on_fact(BEN, BoardKept(digest))
        talk.ticks(1)
        talk.gossip.on_content(digest, content)
        talk.ticks(RECORDS_MAX // READ_PER_TICK + 1)
    assert talk.counters.crowded > 0
    talk.gossip.on_fact(CLEO, BestLap(record(1)))
    assert Want(record(1).recording, 99) in talk.ticks(1)
    assert talk.gossip.on_content(record(1).recording, b"recording") == [record(1)]
    assert len(talk.gossip._claims) < CLAIMS_MAX


def test_places_are_counted_whatever_becomes_of_claims() -> None:
    claims = Claims()
    for number in range(CLAIMS_MAX + 3):
        assert claims.add(BEN, record(number)) is (number < CLAIMS_MAX)
    assert claims.add(CLEO, record(0))
    assert claims.add(CLEO, record(0))
    assert len(claims) == CLAIMS_MAX
    assert claims.take(record(0).recording) == [record(0)]
    assert len(claims) == CLAIMS_MAX - 2
    assert len(claims.take_all()) == CLAIMS_MAX - 2
    assert len(claims) == 0
    assert claims.take_all() == []


def test_a_board_is_read_a_few_records_at_a_time() -> None:
    talk = Talk()
    looked_at: list[LapRecord] = []

    def look_at(each: LapRecord) -> bool:
        looked_at.append(each)
        return True

    talk.gossip = Gossip(talk.board, look_at, talk.counters)
    digest, content = made_up(1)
    talk.gossip.on_fact(BEN, BoardKept(digest))
    talk.ticks(1)
    talk.gossip.on_content(digest, content)
    assert not looked_at
    for tick in range(RECORDS_MAX // READ_PER_TICK):
        assert talk.gossip.busy
        talk.ticks(1)
        assert len(looked_at) == (tick + 1) * READ_PER_TICK


def test_what_one_tells_of_anothers_lap_takes_nothing_from_what_that_tells_itself() -> None:
    talk = Talk()
    forged = replace(record(1), ms=1, signature=bytes(63) + b"!")
    talk.gossip.on_fact(BEN, BestLap(forged))
    talk.gossip.on_fact(CLEO, BestLap(record(1)))
    assert record(1) in talk.gossip.on_content(record(1).recording, b"recording")


def test_claims_on_a_circuit_are_looked_at_again_once_it_is_here(
    kart: Track, laps: list[DrivenLap]
) -> None:
    circuit_index = Atlas({}, {})
    book = RecordBook("ada", signer(1), circuit_index)
    theirs, packed = claim(laps[0], signer(2), "ben")
    book.on_fact(BEN, BestLap(theirs))
    assert book.on_tick(None, racing=False).commands == ()
    circuit_index.add(kart, CIRCUIT)
    book.on_circuit()
    assert book.on_tick(None, racing=False).commands == (Want(theirs.recording, theirs.size),)
    book.on_content(ContentArrived(theirs.recording, packed))
    while not book.board.records():
        book.on_tick(None, racing=False)
    assert book.board.records() == (theirs,)


def test_content_that_nobody_asked_for_is_nothing() -> None:
    assert Talk().gossip.on_content(bytes(16), b"hello") == []


def test_a_board_is_told_of_though_there_is_always_more_to_come() -> None:
    talk = Talk(record(1))
    told: list[object] = []
    for number in range(1000, 1001 + HELD_TICKS):
        talk.gossip.on_fact(BEN, BestLap(record(number)))
        told += facts(talk.ticks(1))
    assert told == [BoardKept(board_of(record(1))[0])]


# --- sessions ---------------------------------------------------------------------------------


def record_book(
    kart: Track, seed: int, *kept: tuple[LapRecord, bytes], enters: bool = True
) -> RecordBook:
    circuit_index = Atlas({"dockyard": kart}, {"dockyard": CIRCUIT})
    return RecordBook(f"driver {seed}", signer(seed), circuit_index, lambda: kept, enters=enters)


@pytest.fixture(scope="module")
def laps(kart: Track, kart_line: RacingLine) -> list[DrivenLap]:
    return [drive_lap(kart, kart_line, skill) for skill in (0.3, 0.6, 1.0)]


@pytest.mark.sim
def test_a_record_that_one_drives_is_on_the_board_of_all(
    kart: Track, kart_line: RacingLine
) -> None:
    books = {ADA: record_book(kart, 1), BEN: record_book(kart, 2, enters=False)}
    setup = Setup(RaceSetup("dockyard", 2), 2)
    players = {
        ADA: player(setup=setup, skill=1.0, stays=True),
        BEN: player(name="ben", setup=setup, skill=0.4, stays=True),
    }
    company = Company({"dockyard": kart}, {"dockyard": kart_line}, players, books)
    heard: set[str] = set()

    def is_over() -> bool:
        view = company.seats[BEN].session.view
        heard.update(notice.text for notice in (view.notices if view is not None else ()))
        return phase_is(company, Phase.FINISHED)()

    run(company, is_over)
    assert f"Record by driver 1: {time_text(books[ADA].board.records()[0].ms)}" in heard
    company.tick(600)
    (best,) = books[ADA].board.records()
    assert best.key == signer(1).key
    assert books[BEN].board == books[ADA].board
    (seen,) = company.seats[BEN].told(RecordSeen)
    assert seen == RecordSeen("dockyard", "marten", best.driver, "driver 1", best.ms)
    assert [row.ms for row in view_of(company, BEN).records] == [best.ms]


@pytest.mark.sim
def test_boards_of_earlier_days_are_joined_in_the_lobby(
    kart: Track, kart_line: RacingLine, laps: list[DrivenLap]
) -> None:
    books = {
        node: record_book(kart, 7 + k, claim(lap, signer(k + 2), f"rival {k}"))
        for k, (node, lap) in enumerate(zip((ADA, BEN, CLEO), laps, strict=True))
    }
    players = {
        node: player(name=f"p{node[0]}", setup=Setup(RaceSetup("dockyard", 1), 9)) for node in books
    }
    company = Company({"dockyard": kart}, {"dockyard": kart_line}, players, books)
    run(company, lambda: all(len(book.board.records()) == 3 for book in books.values()))
    assert books[ADA].board == books[BEN].board == books[CLEO].board
    company.tick(2000)
    told = [
        fact for op in company.operations if isinstance(fact := decode_fact(op.body), BoardKept)
    ]
    assert len(told) <= 6
