from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.security.primitives import SODIUM
from racer.core.recordings.recording import pack_recording
from racer.core.tuning import PHYSICS_VERSION
from racer.play.records.leaderboard import KEYS_MAX, ROWS_MAX, Leaderboard
from racer.play.records.verification import (
    CIRCUIT_WAIT_CALLS,
    DRIVEN_KEPT,
    WAITING_MAX,
    Failed,
    Passed,
    RecordCounters,
    RecordVerifier,
    Verification,
)
from racer.play.room.lap_record import (
    LapRecord,
    decode_records,
    encode_records,
    is_authentic,
    is_comparable,
    make_record,
)
from tests.play.laps import CIRCUIT, claim, drive_lap, signer

if TYPE_CHECKING:
    from random import Random

    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.core.recordings.lap_recorder import DrivenLap

verify = SODIUM.verify
ADA, BEN = signer(1), signer(2)


def record(driver: int, ms: int, circuit: int = 0, car: int = 0, salt: int = 0) -> LapRecord:
    """Return a record that nobody signed."""
    return LapRecord(
        bytes([circuit]) * 16,
        car,
        PHYSICS_VERSION,
        ms,
        "ada",
        0,
        bytes([salt]) * 16,
        9,
        bytes([driver]) * 32,
        bytes(64),
    )


RECORDS = st.lists(
    st.builds(
        record,
        st.integers(0, 9),
        st.integers(1, 12),
        st.integers(0, 1),
        st.integers(0, 1),
        st.integers(0, 3),
    ),
    max_size=20,
)

# --- records ----------------------------------------------------------------------------------


def test_a_record_is_its_drivers() -> None:
    mine = make_record((CIRCUIT, 1), 31_240, "ada", b"recording", ADA)
    assert is_authentic(mine, verify)
    assert decode_records(encode_records((mine, mine))) == (mine, mine)


@pytest.mark.parametrize(
    "change",
    [
        {"ms": 31_239},
        {"circuit": bytes(16)},
        {"car": 2},
        {"name": "ben"},
        {"day": 1},
        {"recording": bytes(16)},
        {"size": 8},
        {"physics": PHYSICS_VERSION + 1},
        {"key": BEN.key},
        {"signature": bytes(64)},
    ],
)
def test_no_part_of_a_record_can_be_changed(change: dict[str, object]) -> None:
    mine = make_record((CIRCUIT, 1), 31_240, "ada", b"recording", ADA)
    assert not is_authentic(msgspec.structs.replace(mine, **change), verify)


def test_a_name_that_must_not_be_shown_is_no_name() -> None:
    lured = msgspec.structs.replace(record(1, 5), name="a\u202eb", key=ADA.key)
    signed = make_record((CIRCUIT, 1), 5, "a\u202eb", b"recording", ADA)
    assert is_authentic(signed, verify)  # it was cleaned before it was signed
    assert not is_authentic(lured, lambda *_: True)


def test_other_physics_cannot_be_compared() -> None:
    assert is_comparable(record(1, 5))
    assert not is_comparable(msgspec.structs.replace(record(1, 5), physics=PHYSICS_VERSION + 1))


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_records_or_none(data: bytes) -> None:
    found = decode_records(data)
    assert found is None or encode_records(found)


# --- the board --------------------------------------------------------------------------------


@given(RECORDS, RECORDS, RECORDS)
def test_boards_that_heard_the_same_are_the_same(
    a: list[LapRecord], b: list[LapRecord], c: list[LapRecord]
) -> None:
    left, right, other = Leaderboard(a), Leaderboard(b), Leaderboard(c)
    left.join(right)
    left.join(other)
    right.join(other)
    right.join(Leaderboard(a))
    assert left == right == Leaderboard([*c, *b, *a])
    assert left.digest() == right.digest()
    again = Leaderboard(left.records())
    again.join(left)
    assert again == left


@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_in_which_records_come_is_nothing(records: list[LapRecord], rng: Random) -> None:
    shuffled = rng.sample(records, len(records))
    assert Leaderboard(records) == Leaderboard(shuffled)


@given(RECORDS)
def test_the_board_takes_what_changes_it_and_nothing_else(records: list[LapRecord]) -> None:
    board = Leaderboard()
    for each in records:
        would = board.takes(each)
        assert board.add(each) == would
        assert not board.takes(each)


@given(RECORDS)
def test_the_best_of_each_driver_stands_on_the_board(records: list[LapRecord]) -> None:
    board = Leaderboard(records)
    for each in records:
        rows = board.rows(each.competes_in)
        assert len(rows) <= ROWS_MAX
        assert len({row.driver for row in rows}) == len(rows)
        assert list(rows) == sorted(rows, key=lambda row: row.rank)
        rivals = [other for other in records if other.competes_in == each.competes_in]
        assert board.best(each.competes_in) == min(rivals, key=lambda other: other.rank)


def test_a_board_has_room_for_so_many_circuits() -> None:
    board = Leaderboard(record(1, 5, car=k % 250, circuit=k // 250) for k in range(KEYS_MAX))
    crowded = record(1, 5, circuit=9)
    assert not board.takes(crowded)
    assert not board.add(crowded)
    assert board.add(record(1, 4))


# --- scrutineering ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lap(kart: Track, kart_line: RacingLine) -> DrivenLap:
    return drive_lap(kart, kart_line)


@pytest.fixture
def verifier(kart: Track) -> RecordVerifier:
    return RecordVerifier(lambda circuit: kart if circuit == CIRCUIT else None, RecordCounters())


def judged(verifier: RecordVerifier, ticks: int = 50) -> Verification:
    for _ in range(1000):
        verdict = verifier.advance(ticks)
        if verdict is not None:
            return verdict
    raise AssertionError("no verdict")


Forgery = Callable[["DrivenLap"], tuple[LapRecord, bytes]]


def _too_fast(lap: DrivenLap) -> tuple[LapRecord, bytes]:
    return claim(replace(lap, lap_ms=lap.lap_ms - 1), BEN)


def _other_controls(lap: DrivenLap) -> tuple[LapRecord, bytes]:
    inputs = list(lap.recording.inputs)
    inputs[600] = inputs[600]._replace(steer=0, throttle=255)
    return claim(replace(lap, recording=replace(lap.recording, inputs=tuple(inputs))), BEN)


def _another_car(lap: DrivenLap) -> tuple[LapRecord, bytes]:
    return claim(replace(lap, recording=replace(lap.recording, car=1)), BEN)


def _of_another_circuit(lap: DrivenLap) -> tuple[LapRecord, bytes]:
    packed = pack_recording(replace(lap.recording, circuit=bytes(16)))
    return make_record((CIRCUIT, 0), lap.lap_ms, "ben", packed, BEN), packed


def _no_recording(lap: DrivenLap) -> tuple[LapRecord, bytes]:
    return make_record((CIRCUIT, 0), lap.lap_ms, "ben", b"what?", BEN), b"what?"


def test_a_true_record_passes(verifier: RecordVerifier, lap: DrivenLap) -> None:
    true, packed = claim(lap, ADA)
    verifier.offer(true, packed)
    verdict = judged(verifier)
    assert isinstance(verdict, Passed)
    assert (verdict.record, verdict.packed) == (true, packed)
    assert len(verdict.trail) == len(lap.trail)


@pytest.mark.parametrize(
    "forge", [_too_fast, _other_controls, _another_car, _of_another_circuit, _no_recording]
)
def test_who_forges_a_record_is_not_heard_again(
    verifier: RecordVerifier, lap: DrivenLap, forge: Forgery
) -> None:
    verifier.offer(*forge(lap))
    verifier.offer(*claim(lap, ADA))
    verdict = judged(verifier)
    assert isinstance(verdict, Failed)
    assert not verifier.trusts(verdict.record.driver)
    assert verifier.counters.untrue == 1
    verifier.offer(*claim(lap, BEN))  # a true one, for once
    passed = judged(verifier)
    assert isinstance(passed, Passed)
    assert passed.record.key == ADA.key
    assert all(verifier.advance(50) is None for _ in range(100))


def claim_of(packed: bytes, number: int) -> tuple[LapRecord, bytes]:
    """Return a claim to a recording, under one of many keys."""
    return make_record((CIRCUIT, 0), 9, "x", packed, signer(10 + number)), packed


def test_one_recording_is_driven_once_whoever_claims_it() -> None:
    verifier = RecordVerifier(lambda _: None, RecordCounters())
    for number in range(WAITING_MAX):
        verifier.offer(*claim_of(b"what?", number))
    assert (verifier.waiting, verifier.counters.crowded) == (1, 0)
    verifier.offer(*claim_of(b"what?", WAITING_MAX))
    assert verifier.counters.crowded == 1, "of one recording, too, no more are judged"
    assert isinstance(verifier.advance(50), Failed)
    assert verifier.waiting == 0
    assert all(isinstance(verifier.advance(50), Failed) for _ in range(WAITING_MAX - 1))
    verifier.offer(*claim_of(b"what?", WAITING_MAX))
    assert verifier.waiting == 0, "nor is it driven again for who comes late"
    assert isinstance(verifier.advance(50), Failed)
    assert verifier.advance(50) is None


def test_what_one_claims_falsely_of_a_recording_hinders_nobody_who_claims_what_it_shows(
    verifier: RecordVerifier, lap: DrivenLap
) -> None:
    verifier.offer(*_too_fast(lap))
    verifier.offer(*claim(lap, ADA))
    assert isinstance(judged(verifier), Failed)
    assert isinstance(judged(verifier), Passed)
    verifier.offer(*_too_fast(lap))
    assert verifier.advance(50) is None, "it is not heard again"


def test_of_recordings_that_were_driven_some_are_remembered() -> None:
    verifier = RecordVerifier(lambda _: None, RecordCounters())
    for number in range(DRIVEN_KEPT + 1):
        verifier.offer(*claim_of(bytes([number]), number))
        assert isinstance(verifier.advance(50), Failed)
    verifier.offer(*claim_of(bytes([0]), 99))
    assert verifier.waiting == 1


def test_bytes_that_the_record_does_not_name_prove_nothing_against_its_driver(
    verifier: RecordVerifier, lap: DrivenLap
) -> None:
    true, packed = claim(lap, ADA)
    verifier.offer(true, packed[:-1] + b"x")
    assert all(verifier.advance(50) is None for _ in range(100))
    assert verifier.trusts(true.driver)


def test_a_circuit_that_is_not_here_yet_is_waited_for(kart: Track, lap: DrivenLap) -> None:
    here: list[Track] = []
    verifier = RecordVerifier(lambda _: here[0] if here else None, RecordCounters())
    verifier.offer(*claim(lap, ADA))
    assert all(verifier.advance(50) is None for _ in range(100))
    here.append(kart)
    assert isinstance(judged(verifier), Passed)


def test_while_racing_only_claims_on_that_circuit_have_their_turn(
    kart: Track, lap: DrivenLap
) -> None:
    asked: list[bytes] = []

    def find(circuit: bytes) -> Track:
        asked.append(circuit)
        return kart

    verifier = RecordVerifier(find, RecordCounters())
    elsewhere = replace(lap, recording=replace(lap.recording, circuit=bytes(16)))
    verifier.offer(*claim(elsewhere, BEN))
    verifier.offer(*claim(lap, ADA))
    verdict = None
    while verdict is None:
        verdict = verifier.advance(50, CIRCUIT)
    assert verdict.record.key == ADA.key
    assert all(verifier.advance(50, CIRCUIT) is None for _ in range(100))
    assert set(asked) == {CIRCUIT}
    assert judged(verifier).record.key == BEN.key


def test_circuits_are_asked_for_one_after_the_other(lap: DrivenLap) -> None:
    asked: list[bytes] = []
    verifier = RecordVerifier(asked.append, RecordCounters())
    for number in range(2):
        recording = replace(lap.recording, circuit=bytes([number]) * 16)
        verifier.offer(*claim(replace(lap, recording=recording), ADA))
    for _ in range(CIRCUIT_WAIT_CALLS):
        verifier.advance(50)
    assert set(asked) == {bytes(16)}
    verifier.advance(50)
    assert len(set(asked)) == 2


def test_claims_wait_in_a_bounded_queue(verifier: RecordVerifier) -> None:
    for number in range(WAITING_MAX + 3):
        verifier.offer(*claim_of(bytes([number]), number))
    assert (verifier.waiting, verifier.counters.crowded) == (WAITING_MAX, 3)
