"""Whether the rows of results are what was driven, and stand in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from racer.core.rules.modes import FinishRule, Mode, best_lap_key
from racer.core.rules.results import CarFinish, finish_key
from racer.play.limits import REVIEW_CLOCK_NS
from racer.play.review.evidence import Evidence
from racer.play.room.facts import Facts
from racer.play.room.messages import LapTime, ResultRow, Results
from racer.play.room.referee import close_ns, idle_ns
from racer.play.room.room import Race
from racer.play.room.votes import END


def is_borne_out(row: ResultRow, run: Sequence[LapTime], race: Race, flag_ms: int | None) -> bool:
    """Whether laps that were told make a row. Its best may be one that counts no more."""
    counted = run[: row.laps]
    if len(counted) < row.laps:
        return False
    if row.ms is not None and not _is_finish(row.ms, counted, race, flag_ms):
        return False
    return row.best_ms is None or any(lap.lap_ms == row.best_ms for lap in run)


def hides_finish(row: ResultRow, race: Race, run: Sequence[LapTime], flag_ms: int | None) -> bool:
    """Whether a car has finished with the laps of its row, and is told not to have."""
    if race.setup.mode.rules.finish is FinishRule.LAST_CAR:
        return False
    counted = run[: row.laps]
    finished = bool(counted) and _is_finish(counted[-1].race_ms, counted, race, flag_ms)
    is_told = row.ms is not None
    return row.out_lap is not None or (not is_told and (finished or row.laps >= race.setup.laps))


def _is_finish(ms: int, counted: Sequence[LapTime], race: Race, flag_ms: int | None) -> bool:
    """Whether a car that told these laps has finished at this time.

    With the last of them, and by the rule of the race; but for an elimination, which may have
    been won some laps before.
    """
    ends = [lap.race_ms for lap in counted]
    match race.setup.mode.rules.finish:
        case FinishRule.LAST_CAR:
            return ms in ends
        case FinishRule.LAST_LAP if flag_ms is None or not ends or ends[-1] != ms:
            return False
        case FinishRule.LAST_LAP:
            laps, beside_winner = race.setup.laps, {0: [flag_ms] * race.setup.laps, 1: ends}
            found = race.setup.mode.rules.finishes(beside_winner, laps).get(1)
            return found == CarFinish(len(ends), ms)
        case finish:
            assert_never(finish)


def is_out_of_order(results: Results, race: Race, length_m: float, facts: Facts) -> bool:
    """Whether the same rows, which are what we hold too, stand in an order that is not theirs."""
    if not _stand_in_order(results.rows, race.setup.mode):
        return True
    ways = {row.number: float(-place) for place, row in enumerate(results.rows)}
    table = facts.cars.table(race, length_m, ways)
    ours = [(row.car, row.laps, row.ms, row.best_ms, row.out_lap) for row in table]
    theirs = [(row.number, row.laps, row.ms, row.best_ms, row.out_lap) for row in results.rows]
    return sorted(map(str, ours)) == sorted(map(str, theirs)) and ours != theirs


def _stand_in_order(rows: Sequence[ResultRow], mode: Mode) -> bool:
    """Whether rows stand as their own laps and times have it, whatever we hold.

    Of an elimination they do not tell when each car went out.
    """
    match mode:
        case Mode.RACE:
            keys = [finish_key(row.laps, row.ms) for row in rows]
        case Mode.TRIAL:
            keys = [best_lap_key(row.best_ms) for row in rows]
        case Mode.ELIMINATION:
            return True
        case _:
            assert_never(mode)
    return keys == sorted(keys)


def is_too_soon(race: Race, length_m: float, evidence: Evidence) -> bool:
    """Whether some car still races that is here, nobody voted for the end, and time is left."""
    facts, now_ns = evidence.facts, evidence.race_ns
    if _is_end_asked(race, facts) or not any(map(evidence.drives_on, race.cars)):
        return False
    closes = close_ns(race, facts, length_m)
    due_ns = idle_ns(race, facts, length_m) if closes is None else closes
    return now_ns + REVIEW_CLOCK_NS < due_ns


def _is_end_asked(race: Race, facts: Facts) -> bool:
    """Whether somebody who races, and is no bot, has had enough of a race."""
    asked = facts.votes.on(END, race.id)
    entries = [facts.entry_of(node) for node in race.cars.values() if node in asked]
    return any(entry is None or not entry.bot for entry in entries)
