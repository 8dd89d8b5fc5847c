"""Feeds live races of four by the million: by a stranger, and by a member."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from typing import Final

from tests.fuzz.live_race import LiveRace
from tests.fuzz.member import Member
from tests.fuzz.stranger import Stranger

FED_A_TICK: Final = 1024  # datagrams of a stranger: 60,000 a second
LOOK_EACH: Final = 400  # bursts of a stranger: it costs as much as a thousand datagrams
SAID_A_TICK: Final = 256  # by a member
JUNK_A_RACE: Final = 50_000  # then its race may be another: it votes, gives way, says goodbye
WEIGHED: Final = 4096  # datagrams at one moment, whose memory is measured
GROWTH_BYTES_MAX: Final = 500_000  # half-open handshakes, and whatever else has bounds
_LEARNED_TICKS: Final = 30
_TOLD: Final = 20  # lines a run, at most


def feed_as_stranger(count: int, seed: int) -> Iterator[str]:
    """Feed so many datagrams, and tell now and then how it goes.

    Raises:
        EffectError: one did what it must not.
        AssertionError: the race has stopped, or memory grows.
        Violation: an invariant of the simulator broke.
    """
    race = LiveRace(seed)
    stranger = Stranger(race, seed, LOOK_EACH)
    told = 0
    while stranger.fed.datagrams < count:
        race.restart_last()
        race.run_slice()
        stranger.feed(FED_A_TICK)
        if stranger.fed.datagrams - told >= count // _TOLD:
            told = stranger.fed.datagrams
            grown = weigh(stranger)
            yield f"stranger: {stranger.fed}, {grown} bytes more after {WEIGHED}"
            assert grown < GROWTH_BYTES_MAX
            race.settle()
            assert race.is_on, "a stranger has stopped a race"


def weigh(stranger: Stranger) -> int:
    """Return how much memory is taken by what a stranger says at one moment."""
    stranger.feed(WEIGHED)  # what is made once is there by then
    tracemalloc.start()
    try:
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        stranger.feed(WEIGHED)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def feed_as_member(count: int, seed: int) -> Iterator[str]:
    """Have a member seal so much junk, and tell now and then how it goes. Raises as above."""
    said = 0
    while said < count:
        seed += 1
        race = LiveRace(seed)
        member = Member(race, seed)
        for tick in range(min(count - said, JUNK_A_RACE) // SAID_A_TICK + 1):
            if tick % _LEARNED_TICKS == 0:
                member.learn()
            race.run_slice()
            member.feed(SAID_A_TICK)
        said += member.said
        member.leave()
        yield f"member: {said} sealed, {member.unsealed} to whom it could not speak any more"
        assert race.is_on, f"a member has stopped the race of seed {seed}"
