"""Mutants of how a coordinator's results are judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.sim.mutants import Edit, Mutant
from racer.play.review import rows
from racer.play.review.reviewer import Reviewer

RESULTING: Final[Mapping[str, Mutant]] = {
    "results-of-other-cars": Mutant(
        "results leave a car out, or name another driver",
        edits=(
            Edit(
                Reviewer._judge_results,
                "!= sorted(race.cars.items())",
                "is None",
            ),
        ),
    ),
    "rows-in-any-order": Mutant(
        "results stand in any order",
        edits=(
            Edit(
                Reviewer._judge_results,
                "if is_out_of_order(results, race, length_m, evidence.facts):",
                "if False:",
            ),
        ),
    ),
    "other-rows-are-out-of-order": Mutant(
        "who leads is named for the order of rows of which it holds less than we",
        edits=(
            Edit(
                rows.is_out_of_order,
                "sorted(map(str, ours)) == sorted(map(str, theirs)) and ",
                "",
            ),
        ),
    ),
    "closed-while-they-race": Mutant(
        "a race is closed while cars are driven and time is left",
        edits=(
            Edit(
                Reviewer._judge_results,
                "Misruling.TOO_SOON if is_too_soon(race, length_m, evidence) else None",
                "None",
            ),
        ),
    ),
    "closed-at-any-time-judged": Mutant(
        "and who leads is named for closing one that is over",
        edits=(Edit(rows.is_too_soon, "return now_ns + REVIEW_CLOCK_NS < due_ns", "return True"),),
    ),
    "abandoned-is-too-soon": Mutant(
        "who leads is named for closing a race that nobody drives any more",
        edits=(Edit(rows.is_too_soon, " or not any(map(evidence.drives_on, race.cars))", ""),),
    ),
    "rows-unread": Mutant(
        "rows of the results are not held against laps",
        edits=(Edit(Reviewer._judge_results, "if misruling is not None:", "if False:"),),
    ),
    "rivals-out": Mutant(
        "a rival went out in a race in which nobody does",
        edits=(Edit(rows.hides_finish, "row.out_lap is not None or ", ""),),
    ),
    "no-time-for-rivals": Mutant(
        "a rival has driven all laps, and never finished",
        edits=(
            Edit(
                rows.hides_finish,
                "not is_told and (finished or row.laps >= race.setup.laps)",
                "False",
            ),
        ),
    ),
    "any-order": Mutant(
        "rows that are not all ours stand in any order",
        edits=(
            Edit(
                rows.is_out_of_order,
                "if not _stand_in_order(results.rows, race.setup.mode):",
                "if False:",
            ),
        ),
    ),
    "closed-tomorrow": Mutant(
        "a race closes in a hundred years, and no lobby opens before",
        edits=(
            Edit(
                Reviewer._judge_results,
                "if 1000 * results.closed_us > evidence.race_ns + REVIEW_CLOCK_NS:",
                "if False:",
            ),
        ),
    ),
    "invented-row": Mutant(
        "a row counts though nobody told its laps",
        edits=(
            Edit(
                Reviewer._judge_row,
                "if not is_borne_out(row, facts.cars.told_laps(race.id, row.node), race, flag_ms):",
                "if False:",
            ),
        ),
    ),
    "long-known-laps-left-out": Mutant(
        "laps that all have long known are left out",
        edits=(
            Edit(
                Reviewer._judge_row,
                "if any(self._has_long(row.node, lap, evidence) for lap in beyond):",
                "if False:",
            ),
        ),
    ),
    "laps-after-the-flag-owed": Mutant(
        "who leads is named for leaving out a lap driven after the flag",
        edits=(
            Edit(
                Reviewer._judge_row,
                "run[row.laps : race.setup.laps] if counts_on else ()",
                "run[row.laps : race.setup.laps]",
            ),
        ),
    ),
    "finish-of-any-time": Mutant(
        "a car finishes at any time",
        edits=(
            Edit(
                rows.is_borne_out,
                "if row.ms is not None and not _is_finish(row.ms, counted, race, flag_ms):",
                "if False:",
            ),
        ),
    ),
    "finish-before-the-flag": Mutant(
        "a car has finished by a lap before the flag, or after it",
        edits=(Edit(rows._is_finish, "return found == CarFinish(len(ends), ms)", "return True"),),
    ),
}
