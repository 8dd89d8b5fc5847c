"""Who answers a question, and with whom we come into no room all the same; and who has gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import pytest

from net.ids import Address
from net.limits import DATAGRAM_BYTES_MAX, SECOND, SIGHTINGS_MAX
from net.node.lineage.rapport import Rapport
from net.runtime.reaching import unreached
from net.runtime.reaching.reachability import (
    GREETING_BYTES,
    HELLO_BYTES,
    TRIES,
    Reachability,
    WhyUnreached,
)
from net.runtime.reaching.unreached import (
    ASK_AGAIN_NS,
    HEARD_NS,
    LARGE_AFTER_NS,
    LARGE_TRIES,
    PAID_BYTES_MAX,
    UNENDED_NS,
    UNPAID_NS,
    Inquiry,
    Unreached,
)
from net.wire.versions import OURS, Versions
from tests.waiting import until

TAG = bytes(8)
SAM = b"the alias of sam"
CABLE: Address = ("10.7.0.2", 4000)
SMALL_COSTS = TRIES * HELLO_BYTES
LARGE_COSTS = LARGE_TRIES * GREETING_BYTES
TOLD_NS = 8 * SECOND
UNENDED = {
    Rapport.MUTE: WhyUnreached.MUTE,
    Rapport.UNCONFIRMED: WhyUnreached.UNCONFIRMED,
    Rapport.UNANSWERED: WhyUnreached.UNANSWERED,
    Rapport.APART: WhyUnreached.APART,
    Rapport.FULL: WhyUnreached.FULL,
    Rapport.TRIED: WhyUnreached.TRIED,
    Rapport.BUSY: WhyUnreached.BUSY,
    Rapport.CROWDED: WhyUnreached.CROWDED,
}


@dataclass
class Way:
    """A way to one machine, by an inquiry whose time is ours: it carries so many bytes at once."""

    inquiry: Inquiry
    carries: int = DATAGRAM_BYTES_MAX
    now_ns: int = SECOND
    speaks: Versions = OURS
    sizes: list[int] = field(default_factory=list)

    def ask(
        self, wanted: Collection[Reachability], wait_s: float, tries: int = TRIES
    ) -> dict[Address, Versions | WhyUnreached]:
        self.sizes.extend(call.size for call in wanted)
        return {
            call.address: self.speaks if call.size <= self.carries else WhyUnreached.SILENT
            for call in wanted
        }

    def note(self, paid: int = SMALL_COSTS + LARGE_COSTS) -> None:
        self.inquiry.note(SAM, TAG, [CABLE], paid)

    def await_question(self, size: int, times: int = 1) -> None:
        until(lambda: self.sizes.count(size) == times, f"question {times} of {size} bytes")

    def come(self, rapport: Rapport) -> None:
        self.inquiry.review(lambda whom, at: rapport, OURS)

    def settle(self, rapport: Rapport) -> None:
        """Let it be asked by what is small, then by what is large, and all be told that can be."""
        self.note()
        self.now_ns += unreached.PATIENCE_NS
        self.await_question(HELLO_BYTES)
        self.come(rapport)
        self.now_ns += LARGE_AFTER_NS - unreached.PATIENCE_NS
        self.note(LARGE_COSTS * DATAGRAM_BYTES_MAX)
        talks = rapport in {Rapport.APART, Rapport.OUTSIDE}
        self.await_question(DATAGRAM_BYTES_MAX if talks else GREETING_BYTES)
        self.now_ns += UNENDED_NS - LARGE_AFTER_NS

    def why(self) -> WhyUnreached | None:
        found = self.inquiry.why(SAM)
        return None if found is None else found.why


@contextmanager
def inquiring() -> Iterator[Way]:
    """Yield a way by which an inquiry of ours asks."""
    here: list[Way] = []
    with (
        pytest.MonkeyPatch.context() as patch,
        closing(Inquiry(lambda: here[0].now_ns)) as inquiry,
    ):
        here.append(Way(inquiry))
        patch.setattr(unreached, "STEP_S", 0.01)
        patch.setattr(unreached, "ask_all", here[0].ask)
        yield here[0]


def test_each_way_not_to_end_a_handshake_has_a_reason_or_is_none() -> None:
    silent = {Rapport.REACHED, Rapport.EXPLAINED, Rapport.OUTSIDE, Rapport.UNCALLED}
    assert UNENDED.keys() | silent == set(Rapport)
    assert len(set(UNENDED.values())) == len(UNENDED), "one of its own"


@pytest.mark.parametrize(("rapport", "why"), UNENDED.items())
def test_who_answers_and_never_ends_a_handshake_is_told_by_how_far_it_came(
    rapport: Rapport, why: WhyUnreached
) -> None:
    with inquiring() as way:
        way.settle(rapport)
        assert way.now_ns - SECOND < TOLD_NS
        assert way.inquiry.take_news(way.now_ns) == Unreached(SAM, CABLE, why)


@pytest.mark.parametrize("rapport", [*UNENDED, Rapport.OUTSIDE, Rapport.UNCALLED])
def test_to_whom_only_what_is_small_comes_is_told_so(rapport: Rapport) -> None:
    with inquiring() as way:
        way.carries = HELLO_BYTES
        way.settle(rapport)
        until(lambda: way.why() is WhyUnreached.NARROW, "the reason that helps")


@pytest.mark.parametrize("rapport", [Rapport.OUTSIDE, Rapport.UNCALLED])
def test_whom_we_have_not_called_or_who_is_let_in_yet_is_told_of_by_no_guess(
    rapport: Rapport,
) -> None:
    with inquiring() as way:
        way.settle(rapport)
        way.now_ns += SECOND
        assert way.why() is None


def test_who_is_told_of_by_other_ways_is_not_told_of_again() -> None:
    with inquiring() as way:
        way.carries = HELLO_BYTES
        way.settle(Rapport.UNCONFIRMED)
        until(lambda: way.why() is not None, "a reason")
        way.come(Rapport.EXPLAINED)
        assert way.why() is None


@pytest.mark.parametrize("carries", [HELLO_BYTES, DATAGRAM_BYTES_MAX])
def test_who_answers_in_another_version_is_told_of_by_that_alone(carries: int) -> None:
    with inquiring() as way:
        way.speaks, way.carries = Versions(OURS.highest + 2, OURS.highest + 2), carries
        way.note(PAID_BYTES_MAX)
        way.now_ns += unreached.PATIENCE_NS
        way.await_question(HELLO_BYTES)
        until(lambda: not way.inquiry.is_open(), "its answer is taken")
        way.come(Rapport.UNANSWERED)
        way.now_ns += UNPAID_NS
        assert way.why() is None
        assert way.sizes == [HELLO_BYTES], "what is large is not asked either"


def test_what_is_large_goes_as_far_as_adverts_have_paid() -> None:
    with inquiring() as way:
        way.note(SMALL_COSTS + LARGE_COSTS - 1)
        way.now_ns += LARGE_AFTER_NS
        way.await_question(HELLO_BYTES)
        way.now_ns += ASK_AGAIN_NS
        way.note(SMALL_COSTS)
        way.await_question(HELLO_BYTES, times=2)
        assert GREETING_BYTES not in way.sizes
        way.note(1)
        way.await_question(GREETING_BYTES)


def test_where_nobody_has_paid_for_what_is_large_what_is_known_is_told_a_little_later() -> None:
    with inquiring() as way:
        way.note(SMALL_COSTS)
        way.now_ns += unreached.PATIENCE_NS
        way.await_question(HELLO_BYTES)
        way.come(Rapport.UNANSWERED)
        way.now_ns = SECOND + UNENDED_NS
        assert way.why() is None
        way.now_ns = SECOND + UNPAID_NS
        until(lambda: way.why() is WhyUnreached.UNANSWERED, "a reason")
        assert UNPAID_NS < TOLD_NS


def test_who_is_reached_by_now_is_told_of_no_more() -> None:
    with inquiring() as way:
        way.carries = 0
        way.note()
        way.now_ns += unreached.PATIENCE_NS
        until(lambda: way.why() is WhyUnreached.SILENT, "a reason")
        way.come(Rapport.REACHED)
        assert way.inquiry.found() == []


def fall_silent(way: Way, *, paid: int) -> None:
    """Let it answer no more, be heard of once more, and be asked."""
    way.carries = 0
    way.now_ns += ASK_AGAIN_NS
    way.note(paid)
    way.await_question(HELLO_BYTES, times=way.sizes.count(HELLO_BYTES) + 1)
    until(lambda: way.why() is not None, "a reason")


def answer(way: Way) -> None:
    way.note()
    way.now_ns += unreached.PATIENCE_NS
    way.await_question(HELLO_BYTES)


def reach(way: Way) -> None:
    way.inquiry.forget(SAM)


def never(way: Way) -> None:
    pass


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (answer, WhyUnreached.GONE),
        (reach, WhyUnreached.GONE),
        (never, WhyUnreached.SILENT),
    ],
)
def test_who_was_heard_until_then_has_gone_and_who_never_was_may_have_a_firewall(
    before: Callable[[Way], None], why: WhyUnreached
) -> None:
    with inquiring() as way:
        before(way)
        way.note(SMALL_COSTS)
        way.now_ns += unreached.PATIENCE_NS
        fall_silent(way, paid=SMALL_COSTS)
        assert way.why() is why


def test_who_still_tells_of_itself_has_not_gone() -> None:
    with inquiring() as way:
        answer(way)
        fall_silent(way, paid=SMALL_COSTS)
        assert way.why() is WhyUnreached.GONE
        way.now_ns += SECOND
        way.note(0)
        assert way.why() is WhyUnreached.GONE, "that was known before, and did not come just now"
        way.note(1)
        assert way.why() is WhyUnreached.SILENT


def test_who_was_heard_is_remembered_of_few() -> None:
    with inquiring() as way:
        reach(way)
        for number in range(SIGHTINGS_MAX):
            way.inquiry.forget(number.to_bytes(16, "big"))
        way.note(SMALL_COSTS)
        way.now_ns += unreached.PATIENCE_NS
        way.carries = 0
        until(lambda: way.why() is WhyUnreached.SILENT, "it may be anybody")
        assert way.now_ns < HEARD_NS
