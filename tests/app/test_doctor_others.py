"""What the doctor learns of others beyond whether they answer: how wide the way is, the clock."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.discovery.beacon import decode_beacon, encode_asked
from net.errors import WireError
from net.ids import Address
from net.limits import DATAGRAM_BYTES_MAX, MILLISECOND, SECOND
from net.runtime.interfaces import LOOPBACK
from net.runtime.reaching.reachability import HELLO_BYTES, Reachability, WhyUnreached, ask_all
from net.transport.datagram import Hello, Negotiation, decode_handshake
from racer.app.doctor import narrow_paths
from racer.app.doctor.consultation import (
    CONSULTATION_BYTES_MAX,
    DOCTORS_MAX,
    QUESTIONS_MAX,
    ClockAnswer,
    ClockQuestion,
    Consultation,
    OtherClock,
    decode_said,
    encode_said,
)
from racer.app.doctor.finding import Grade
from racer.app.doctor.narrow_paths import LOST_MIN, PROBES, examine_ways, find_narrow, name_narrow
from racer.app.doctor.other_doctors import compare_clocks
from racer.play.show.incompatibility import OURS

TAG = b"roomtag1"


@contextmanager
def answerer(bytes_max: int, lost: int = 0) -> Iterator[tuple[Address, list[int]]]:
    """Answer as a node does, behind a way that carries so much; yields the sizes that came.

    The first `lost` do not come.
    """
    sizes: list[int] = []
    ended = Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.bind((LOOPBACK, 0))

        def answer() -> None:
            while not ended.is_set():
                if not select.select([there], [], [], 0.05)[0]:
                    continue
                data, whence = there.recvfrom(2000)
                sizes.append(len(data))
                hello = decode_handshake(data)
                assert isinstance(hello, Hello)
                if len(data) <= bytes_max and len(sizes) > lost:
                    there.sendto(Negotiation(hello.sender, OURS).encode(), whence)

        thread = Thread(target=answer)
        thread.start()
        try:
            yield (LOOPBACK, int(there.getsockname()[1])), sizes
        finally:
            ended.set()
            thread.join(5)


@pytest.mark.parametrize("bytes_max", [DATAGRAM_BYTES_MAX, DATAGRAM_BYTES_MAX - 1])
def test_a_way_that_loses_what_is_as_large_as_a_race_sends_is_found(
    bytes_max: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrow_paths, "ROUND_S", 0.3)
    with answerer(bytes_max) as (there, sizes):
        calls = [Reachability(there, TAG)]
        narrow = find_narrow(calls, ask_all(calls, 2.0))
    assert narrow == (frozenset() if bytes_max == DATAGRAM_BYTES_MAX else {there})
    assert set(sizes) == {HELLO_BYTES, DATAGRAM_BYTES_MAX}
    found, remedy = name_narrow([there])
    assert f"{DATAGRAM_BYTES_MAX} bytes" in found
    assert f"{there[0]}:{there[1]}" in found
    assert "mtu" in remedy


@pytest.mark.parametrize("lost", [LOST_MIN - 1, LOST_MIN])
def test_a_way_that_loses_half_is_told_with_how_much(
    lost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrow_paths, "PROBE_APART_S", 0.01)
    monkeypatch.setattr(narrow_paths, "PROBE_S", 0.3)
    with answerer(DATAGRAM_BYTES_MAX, lost) as (there, sizes):
        ways = examine_ways([Reachability(there, TAG)], {there: OURS})
    assert len(sizes) == PROBES + (lost < LOST_MIN), "what loses half is not asked how much it has"
    assert (there in ways) is (lost == LOST_MIN)
    if lost == LOST_MIN:
        told = ways.name_fault([there])
        assert told is not None
        assert f"of {PROBES} datagrams there and back {lost} are lost" in told[0]
        assert "access point" in told[1]
    else:
        assert ways.name_fault([there]) is None


def test_who_does_not_answer_at_all_is_not_asked_by_large_datagrams() -> None:
    there = ("192.168.1.7", 4000)
    assert find_narrow([Reachability(there, TAG)], {there: WhyUnreached.SILENT}) == frozenset()


# --- clocks -----------------------------------------------------------------------------------

HERE_NS: Final = 1_790_000_000 * SECOND


def answered(ahead_ns: int, trip_ns: int, host: str = "192.168.1.7") -> tuple[OtherClock, ...]:
    """Return what one doctor learns of another's clock, over a network of so long a round trip."""
    ours, theirs = Consultation(), Consultation()
    question = ours.ask(7, HERE_NS, 0)
    there_ns = HERE_NS + ahead_ns + trip_ns // 2
    answer = theirs.on_datagram(question, "192.168.1.4", there_ns, 99)
    assert answer is not None
    assert len(answer) <= len(question), "a made-up sender gains nothing"
    assert ours.on_datagram(answer, host, HERE_NS + trip_ns, trip_ns) is None
    assert theirs.clocks() == ()
    return ours.clocks()


@pytest.mark.parametrize("ahead_s", [-250_000_000, -600, -1, 0, 3, 3600])
def test_two_doctors_learn_how_far_their_clocks_are_apart(ahead_s: int) -> None:
    (clock,) = answered(ahead_s * SECOND, trip_ns=40 * MILLISECOND)
    assert clock == OtherClock("192.168.1.7", ahead_s * SECOND, 20 * MILLISECOND)


def test_the_surest_reading_counts() -> None:
    ours = Consultation()
    for token, trip_ns in enumerate((800, 20, 500)):
        ours.ask(token, HERE_NS, 0)
        answer = encode_said(ClockAnswer(token, HERE_NS + trip_ns // 2))
        ours.on_datagram(answer, "192.168.1.7", HERE_NS, trip_ns * MILLISECOND)
    assert [each.unsure_ns for each in ours.clocks()] == [10 * MILLISECOND]


def test_nobodys_unasked_word_counts_and_ours_is_not_answered_by_ourselves() -> None:
    ours = Consultation()
    question = ours.ask(7, HERE_NS, 0)
    assert ours.on_datagram(question, "192.168.1.4", HERE_NS, 1) is None, "a broadcast comes back"
    ours.on_datagram(encode_said(ClockAnswer(8, 0)), "192.168.1.7", HERE_NS, 1)
    assert ours.clocks() == ()
    for token in range(QUESTIONS_MAX):
        ours.ask(100 + token, HERE_NS, 0)
    ours.on_datagram(encode_said(ClockAnswer(7, 0)), "192.168.1.7", HERE_NS, 1)
    assert ours.clocks() == (), "what is answered so late says nothing"
    assert ours.counters.late == 2
    ours.on_datagram(b"a query of another kind", "192.168.1.7", HERE_NS, 1)
    assert ours.counters.malformed == 1


def test_of_many_made_up_doctors_few_are_kept() -> None:
    ours = Consultation()
    ours.ask(7, HERE_NS, 0)
    for number in range(3 * DOCTORS_MAX):
        ours.on_datagram(encode_said(ClockAnswer(7, number)), f"10.0.0.{number}", HERE_NS, 1)
    assert len(ours.clocks()) == DOCTORS_MAX
    assert ours.counters.crowded == 2 * DOCTORS_MAX


@given(data=st.binary(max_size=600))
def test_any_bytes_are_a_doctors_word_or_passed_over(data: bytes) -> None:
    ours = Consultation()
    ours.ask(7, HERE_NS, 0)
    answer = ours.on_datagram(data, "192.168.1.7", HERE_NS, 1)
    assert answer is None or len(answer) <= len(data)


@given(token=st.integers(0, 2**64 - 1), wall_ns=st.integers(0, 2**64 - 1), rest=st.binary())
def test_a_later_doctor_may_say_more_and_is_read_as_far_as_it_is_known(
    token: int, wall_ns: int, rest: bytes
) -> None:
    for said in (ClockQuestion(token), ClockAnswer(token, wall_ns)):
        later = (encode_said(said) + rest)[:CONSULTATION_BYTES_MAX]
        assert decode_said(later) == said
    with pytest.raises(WireError):
        decode_said(encode_said(ClockQuestion(token))[:4] + b"\x63" + bytes(16))


def test_a_doctor_and_a_beacon_do_not_take_each_others_words_for_theirs() -> None:
    with pytest.raises(WireError):
        decode_beacon(encode_said(ClockQuestion(7)))
    with pytest.raises(WireError):
        decode_said(encode_asked())


@pytest.mark.parametrize(
    ("ahead_s", "mark", "said"),
    [
        (0.0, Grade.FINE, "goes as that of 192.168.1.7"),
        (4.9, Grade.FINE, "within 4.9 s"),
        (6.0, Grade.DOUBT, "6.0 s behind that of 192.168.1.7"),
        (-900.0, Grade.DOUBT, "15 minutes ahead of that of 192.168.1.7"),
        (-8 * 365.25 * 86_400, Grade.DOUBT, "8 years ahead of"),
    ],
)
def test_a_clock_that_goes_otherwise_is_told_with_what_it_costs_and_the_remedy(
    ahead_s: float, mark: Grade, said: str
) -> None:
    (finding,) = compare_clocks(answered(int(ahead_s * SECOND), trip_ns=2 * MILLISECOND))
    assert finding.mark is mark
    assert said in finding.found
    assert ("set the one that is wrong" in finding.remedy) == (mark is Grade.DOUBT)


def test_who_has_nobody_to_compare_clocks_with_is_told_how() -> None:
    (finding,) = compare_clocks(())
    assert (finding.mark, "two machines at once" in finding.found) == (Grade.FINE, True)


def test_a_slow_answer_slanders_nobody() -> None:
    (finding,) = compare_clocks((OtherClock("192.168.1.7", 7 * SECOND, 3 * SECOND),))
    assert finding.mark is Grade.FINE
