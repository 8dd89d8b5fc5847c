from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from net import Command, Report, Share
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup, circuit_key
from racer.core.tuning import PHYSICS_VERSION
from racer.play.records.record_book import BookStep, DropRecord, RecordBook, SaveRecord
from racer.play.reports import Disbelieved, RecordSeen
from racer.play.room.messages import Setup
from racer.play.view import Phase
from tests.play.company import Company, phase_is, player, run, view_of
from tests.play.laps import CIRCUIT, Atlas, claim, drive_lap, signer
from tests.play.rooms import ADA, BEN

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.core.recordings.lap_recorder import DrivenLap
    from racer.play.room.lap_record import LapRecord

MINE, BENS = signer(1), signer(2)


@pytest.fixture(scope="module")
def quick(kart: Track, kart_line: RacingLine) -> DrivenLap:
    return drive_lap(kart, kart_line, 1.0)


@pytest.fixture(scope="module")
def slow(kart: Track, kart_line: RacingLine) -> DrivenLap:
    return drive_lap(kart, kart_line, 0.3)


def record_book(kart: Track, *kept: tuple[LapRecord, bytes], enters: bool = True) -> RecordBook:
    circuit_index = Atlas({"dockyard": kart}, {"dockyard": CIRCUIT})
    return RecordBook("ada", MINE, circuit_index, lambda: kept, enters=enters)


def told(commands: list[Command], kind: type) -> list[object]:
    reports = [command.what for command in commands if isinstance(command, Report)]
    return [what for what in reports if type(what) is kind]


def ticked(book: RecordBook, ticks: int = 400) -> list[Command]:
    return [command for _ in range(ticks) for command in book.on_tick(None, racing=False).commands]


def alone(kart: Track, kart_line: RacingLine, book: RecordBook, laps: int = 3) -> Company:
    setup = Setup(RaceSetup("dockyard", laps), 1)
    players = {ADA: player(setup=setup, skill=0.9, stays=True)}
    return Company({"dockyard": kart}, {"dockyard": kart_line}, players, {ADA: book})


# --- laps of our own --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def raced(kart: Track, kart_line: RacingLine) -> tuple[Company, RecordBook]:
    """A bot that raced over three laps, and its record book."""
    book = record_book(kart)
    company = alone(kart, kart_line, book)
    run(company, phase_is(company, Phase.FINISHED))
    return company, book


@pytest.mark.sim
def test_a_lap_of_our_own_becomes_a_record(raced: tuple[Company, RecordBook]) -> None:
    company, book = raced
    seat = company.seats[ADA]
    (best,) = book.board.records()
    assert best.key == MINE.key
    last = seat.told(RecordSeen)[-1]
    assert last == RecordSeen("dockyard", "marten", best.driver, "ada", best.ms)
    saved = [what for what in seat.told(SaveRecord) if isinstance(what, SaveRecord)]
    assert saved[-1].record == best
    assert len(seat.told(DropRecord)) == len(saved) - 1
    (row,) = view_of(company).records
    assert (row.place, row.car, row.name, row.ms, row.mine) == (1, 0, "ada", best.ms, True)


@pytest.mark.sim
def test_the_record_is_true_for_whoever_drives_it_again(
    kart: Track, raced: tuple[Company, RecordBook]
) -> None:
    _, book = raced
    other = record_book(kart, enters=False)
    (best,) = book.board.records()
    packed = book.recording(best.recording)
    assert packed is not None
    assert other.is_wanted(best)
    other.on_claim(best, packed)
    assert told(ticked(other), RecordSeen)
    assert other.board == book.board


@pytest.mark.sim
def test_our_best_lap_drives_beside_us_as_a_ghost(kart: Track, kart_line: RacingLine) -> None:
    book = record_book(kart)
    company = alone(kart, kart_line, book, laps=4)
    run(company, lambda: bool(book.board.records()))
    company.tick(60)
    view = view_of(company)
    (ghost,) = view.ghosts
    assert (ghost.kind, ghost.name, ghost.car) == ("own", "ada", 0)
    assert view.my_car is not None
    mine = view.my_car.pose
    assert abs(ghost.pose.x - mine.x) + abs(ghost.pose.y - mine.y) < 30.0
    assert ghost.pose != ghost.before


def test_the_ghost_crosses_the_line_when_we_do(
    kart: Track, kart_line: RacingLine, quick: DrivenLap
) -> None:
    book = record_book(kart, claim(quick, BENS, "ben"))
    company = alone(kart, kart_line, book)
    company.tick()
    run(company, lambda: bool(view_of(company).ghosts))
    (ghost,) = view_of(company).ghosts
    line = kart.centre[0]
    along = (ghost.pose.x - line.x_m) * line.tx + (ghost.pose.y - line.y_m) * line.ty
    assert 0.0 <= along < 2.0
    assert (ghost.kind, ghost.name, ghost.ms) == ("best", "ben", quick.lap_ms)


@pytest.mark.sim
def test_in_a_trial_each_has_a_ghost(kart: Track, kart_line: RacingLine) -> None:
    setup = Setup(RaceSetup("dockyard", 3, mode=Mode.TRIAL), 2)
    players = {
        ADA: player(setup=setup, stays=True),
        BEN: player(name="ben", setup=setup, stays=True),
    }
    company = Company(
        {"dockyard": kart}, {"dockyard": kart_line}, players, {ADA: record_book(kart)}
    )
    company.tick()
    run(company, lambda: bool(view_of(company).ghosts))
    assert [ghost.kind for ghost in view_of(company).ghosts] == ["own"]


@pytest.mark.sim
def test_a_bot_that_enters_none_makes_no_record(kart: Track, kart_line: RacingLine) -> None:
    book = record_book(kart, enters=False)
    company = alone(kart, kart_line, book, laps=2)
    run(company, phase_is(company, Phase.FINISHED))
    assert book.board.records() == ()


@pytest.mark.sim
def test_only_a_better_lap_is_a_record_again(
    kart: Track, quick: DrivenLap, kart_line: RacingLine
) -> None:
    better = replace(quick, lap_ms=1000)  # nobody drives that
    book = record_book(kart, claim(better, MINE))
    company = alone(kart, kart_line, book, laps=2)
    run(company, phase_is(company, Phase.FINISHED))
    assert company.seats[ADA].told(RecordSeen) == []


def test_what_was_kept_may_come_later(kart: Track, quick: DrivenLap) -> None:
    read: list[tuple[tuple[LapRecord, bytes], ...]] = []
    circuit_index = Atlas({"dockyard": kart}, {"dockyard": CIRCUIT})
    book = RecordBook("ada", MINE, circuit_index, lambda: read[0] if read else None)
    assert ticked(book, 10) == []
    read.append((claim(quick, MINE),))
    assert ticked(book, 10) == [Share(read[0][0][1])]
    assert book.board.records() == (read[0][0][0],)


@pytest.mark.sim
def test_laps_on_a_circuit_that_came_from_others_are_records_too(
    kart: Track, kart_line: RacingLine
) -> None:
    other = bytes(reversed(CIRCUIT))
    book = RecordBook("ada", MINE, Atlas({}, {}))
    setup = Setup(RaceSetup("dockyard", 2, other), 1)
    players = {ADA: player(setup=setup, skill=0.9, stays=True)}
    key = circuit_key("dockyard", other)
    company = Company({key: kart}, {key: kart_line}, players, {ADA: book})
    run(company, phase_is(company, Phase.FINISHED))
    assert {record.circuit for record in book.board.records()} == {other}
    assert len(book.rows("dockyard", other)) == 1
    assert book.rows("dockyard") == ()


# --- records of others ------------------------------------------------------------------------


def test_a_record_that_is_beaten_by_its_own_driver_is_dropped(
    kart: Track, quick: DrivenLap, slow: DrivenLap
) -> None:
    book = record_book(kart)
    first, second = claim(slow, BENS, "ben"), claim(quick, BENS, "ben")
    book.on_claim(*first)
    book.on_claim(*second)
    steps = [book.on_tick(None, racing=False) for _ in range(400)]
    commands = [command for step in steps for command in step.commands]
    assert [what.record for what in told(commands, SaveRecord)] == [first[0], second[0]]  # type: ignore[attr-defined]
    assert told(commands, DropRecord) == [DropRecord(first[0])]
    assert book.recording(first[0].recording) is None
    assert book.recording(second[0].recording) == second[1]
    assert not any(step.lines for step in steps)  # we do not race on that circuit


def test_what_would_not_change_the_board_is_not_wanted(
    kart: Track, quick: DrivenLap, slow: DrivenLap
) -> None:
    book = record_book(kart, claim(quick, BENS))
    assert not book.is_wanted(claim(slow, BENS)[0])
    assert book.is_wanted(claim(slow, signer(3))[0])


def test_forged_foreign_and_strange_records_are_not_wanted(kart: Track, quick: DrivenLap) -> None:
    book = record_book(kart)
    true, _ = claim(quick, BENS)
    changed = msgspec.structs.replace
    assert book.is_wanted(true)
    assert not book.is_wanted(changed(true, ms=true.ms - 1))
    assert book.counters.forged == 1
    assert not book.is_wanted(changed(true, physics=PHYSICS_VERSION + 1))
    assert not book.is_wanted(changed(true, circuit=bytes(16)))
    assert book.counters.forged == 1  # those two nobody could check


def test_a_liar_is_not_wanted_again(kart: Track, quick: DrivenLap) -> None:
    book = record_book(kart)
    book.on_claim(*claim(replace(quick, lap_ms=quick.lap_ms - 1), BENS))
    commands = ticked(book)
    assert told(commands, RecordSeen) == []
    (seen,) = told(commands, Disbelieved)
    assert isinstance(seen, Disbelieved)
    assert (seen.node, seen.what, seen.why) == (claim(quick, BENS)[0].driver, "record", "untrue")
    assert f"it takes {quick.lap_ms} ms" in seen.text
    assert not book.is_wanted(claim(quick, BENS)[0])


def test_our_own_best_is_kept_when_it_falls_off_the_board(
    kart: Track, quick: DrivenLap, slow: DrivenLap
) -> None:
    mine = claim(slow, MINE)
    others = [claim(quick, signer(seed)) for seed in range(2, 7)]
    book = record_book(kart, mine)
    for other in others:
        book.on_claim(*other)
    commands = ticked(book)
    assert len(told(commands, RecordSeen)) == 5
    assert told(commands, DropRecord) == []
    assert mine[0] not in book.board.records()
    assert book.recording(mine[0].recording) == mine[1]


def test_less_is_driven_again_while_we_race(kart: Track, quick: DrivenLap) -> None:
    book = record_book(kart)
    book.on_claim(*claim(quick, BENS))
    ticks = len(quick.recording.inputs)
    assert (
        book.on_tick(None, racing=False) == BookStep()
    )  # where it begins: else only what is raced on
    for _ in range(ticks // 10 - 5):
        assert book.on_tick(None, racing=True) == BookStep()
    assert any(book.on_tick(None, racing=True).commands for _ in range(10))
