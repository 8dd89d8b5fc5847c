"""Race modes: a row for each of them, of all that the rest of the game asks about it.

What ranks and who is out are pure functions of sets of facts, so every node that holds the same
facts says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final, TypeAlias, assert_never

from racer.core.rules.elimination import knocked_out, rank_elimination
from racer.core.rules.results import (
    Finishes,
    LapFact,
    Row,
    after_all_laps,
    classify,
    under_the_flag,
    with_places,
)

QUALIFYING_LAPS: Final = 2  # one to get going, one that counts for most

Rank: TypeAlias = Callable[[Iterable[LapFact], int, Mapping[int, float]], tuple[Row, ...]]
"""Returns the table of a race. Arguments as for `classify`."""

Out: TypeAlias = Callable[[Iterable[LapFact], Iterable[int]], dict[int, int]]
"""Returns the lap in which each car went out that is out, of those that take part."""


class Mode(StrEnum):
    """What a race is about."""

    RACE = "race"
    TRIAL = "trial"
    ELIMINATION = "elimination"

    @property
    def rules(self) -> ModeRules:
        """The row of this mode."""
        match self:
            case Mode.RACE:
                return _RACE
            case Mode.TRIAL:
                return _TRIAL
            case Mode.ELIMINATION:
                return _ELIMINATION
            case _:
                assert_never(self)

    @property
    def label(self) -> str:
        """What people read."""
        return self.rules.title


class FinishRule(Enum):
    """When a car has finished, and the race closes."""

    LAST_LAP = auto()
    """With a lap, see `ModeRules.finishes`. The race closes some time after the first car has."""

    LAST_CAR = auto()
    """Lap after lap a car goes out; who alone is left has won, and that closes the race."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeRules:
    """What sets a mode apart. No field has a default: who adds a mode decides on each."""

    title: str  # what people read
    finish: FinishRule
    finishes: Finishes  # which laps finish the race of which car
    laps: Callable[[int, int], int]  # to drive, of those chosen and so many cars
    laps_told: str  # what people read where the laps are not theirs to choose; else empty
    rank: Rank
    out: Out
    alone: bool  # all start from the first place and touch nobody; ghosts are shown
    drives_left: bool  # cars of those who left on purpose are driven on


def _chosen_laps(laps: int, cars: int) -> int:
    return laps


def _lap_for_each_loser(laps: int, cars: int) -> int:
    return max(1, cars - 1)


def _nobody(facts: Iterable[LapFact], cars: Iterable[int]) -> dict[int, int]:
    return {}


def _rank_race(
    facts: Iterable[LapFact], laps: int, distances: Mapping[int, float]
) -> tuple[Row, ...]:
    return classify(facts, laps, distances, under_the_flag)


def _rank_trial(
    facts: Iterable[LapFact], laps: int, distances: Mapping[int, float]
) -> tuple[Row, ...]:
    """Go by best lap; who has none stands last."""
    return with_places(sorted(classify(facts, laps, distances), key=_by_best_lap))


def best_lap_key(best_ms: int | None) -> tuple[int, ...]:
    """Return by what a row of a time trial stands: who has no lap is last."""
    return (best_ms is None, best_ms or 0)


def _by_best_lap(row: Row) -> tuple[int, ...]:
    return (*best_lap_key(row.best_ms), row.place)


_RACE: Final = ModeRules(
    title="Race",
    finish=FinishRule.LAST_LAP,
    finishes=under_the_flag,
    laps=_chosen_laps,
    laps_told="",
    rank=_rank_race,
    out=_nobody,
    alone=False,
    drives_left=False,
)
_TRIAL: Final = ModeRules(
    title="Time trial",
    finish=FinishRule.LAST_LAP,
    finishes=after_all_laps,  # who is slow has as many tries as who is fast
    laps=_chosen_laps,
    laps_told="",
    rank=_rank_trial,
    out=_nobody,
    alone=True,
    drives_left=False,
)
_ELIMINATION: Final = ModeRules(
    title="Elimination",
    finish=FinishRule.LAST_CAR,
    finishes=after_all_laps,
    laps=_lap_for_each_loser,
    laps_told="a lap for each to go out",
    rank=rank_elimination,
    out=knocked_out,
    alone=False,
    drives_left=True,  # it goes on while two cars are in: somebody must drive them
)
