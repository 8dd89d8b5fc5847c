"""Mutants of what is seen of cars, and of what that says of what their drivers tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.sim.mutants import Edit, Mutant
from racer.core.judging import trail, verdict
from racer.core.judging.trail import CarTrail
from racer.core.judging.verdict import Watch, judge_lap, judge_touch
from racer.play.cars import steward
from racer.play.cars.remote_cars import RemoteCar, RemoteCars
from racer.play.cars.steward import Steward

WITNESSING: Final[Mapping[str, Mutant]] = {
    "watcher-witnesses": Mutant(
        "who only watches bears witness",
        edits=(Edit(Steward._may_say, "self._me not in race.judges or ", ""),),
    ),
    "watched-is-accused": Mutant(
        "who does not race is accused",
        edits=(Edit(Steward._may_say, " or race.number_of(node) is None", ""),),
    ),
    "said-each-time": Mutant(
        "each lie is told of, however many there are",
        edits=(
            Edit(
                Steward._may_say,
                "if race_ns - self._said_ns.get(node, -WITNESS_AGAIN_NS) < WITNESS_AGAIN_NS:",
                "if False:",
            ),
        ),
    ),
    "said-once": Mutant(
        "who lies on is told of once, so that what others saw later never adds up",
        edits=(
            Edit(
                Steward._may_say,
                "race_ns - self._said_ns.get(node, -WITNESS_AGAIN_NS) < WITNESS_AGAIN_NS",
                "node in self._said_ns",
            ),
        ),
    ),
    "lap-of-a-leap-is-a-lie": Mutant(
        "a lap is a lie for one leap",
        edits=(
            Edit(
                Steward._lie_of,
                "return None  # one leap may have been an error of ours",
                "return Lie.LAP",
            ),
        ),
    ),
    "lap-is-no-lie": Mutant(
        "a lap that was none is no lie",
        edits=(Edit(Steward._lie_of, "return Lie.LAP", "return None"),),
    ),
    "one-hit-is-many": Mutant(
        "a hit that is told in many states is many",
        edits=(
            Edit(
                Steward._lie_of,
                "if known is not None and abs(tick - known) <= HIT_SAME_TICKS:",
                "if False:",
            ),
        ),
    ),
    "one-hit-is-a-lie": Mutant(
        "one hit that was none is a lie",
        edits=(
            Edit(
                Steward._lie_of,
                "Lie.HIT if self._is_often(told.author, race_ns) else None",
                "Lie.HIT",
            ),
        ),
    ),
    "states-of-a-year": Mutant(
        "leaps add up over a whole race",
        edits=(Edit(Steward._is_often, " and race_ns - times[0] < STATES_PROVE_NS", ""),),
    ),
    "passing-over-is-a-lie": Mutant(
        "a decree that passes over what its author may lack is a lie",
        edits=(
            Edit(
                steward._lie_of_ruling,
                "None if why is Misruling.PASSED_OVER else Lie.RULING",
                "Lie.RULING",
            ),
        ),
    ),
    "liar-leads-until-decreed": Mutant(
        "who is seen to lie by most leads until that is decreed, which it need not do",
        edits=(Edit(Steward.shut_out, "set() if due is None else {due.node}", "set()"),),
    ),
    "excludes-itself": Mutant(
        "who is said to lie excludes itself",
        edits=(Edit(Steward.shut_out, "(liars - {self._me})", "liars"),),
    ),
    "who-decrees-it-not-leads-on": Mutant(
        "who leads and does not put a liar out leads on",
        edits=(Edit(Steward.shut_out, "liars.add(self._overdue[0])", "pass"),),
    ),
    "excluded-at-once": Mutant(
        "who leads is excluded before it can have decreed it",
        edits=(Edit(Steward.shut_out, " and race_ns - self._overdue[1] >= PASSED_OVER_NS", ""),),
    ),
    "removed-is-heard": Mutant(
        "the node is not told whom the room has put out",
        edits=(Edit(Steward.shut_out, "frozenset(room.removed) | (liars", "frozenset() | (liars"),),
    ),
    "leaps-count": Mutant(
        "a car may be anywhere from one state to the next",
        edits=(Edit(CarTrail._comes_from, "if _apart(before, seen) > far_m:", "if False:"),),
    ),
    "any-speed": Mutant(
        "a car goes as fast as its states say",
        edits=(Edit(trail._way_m, "min(SPEED_MAX, speed + KNOCK_MS + GAIN_MS2 * past_s)", "1e9"),),
    ),
    "gates-anywhere": Mutant(
        "a car passes gates wherever it is",
        edits=(Edit(CarTrail._came_by, "way_m <= far_m + 2.0 * wide_m", "True"),),
    ),
    "doubted-for-a-moment": Mutant(
        "a car that leapt touches others at once",
        edits=(Edit(CarTrail.note, "seen.tick + DOUBTED_TICKS", "seen.tick"),),
    ),
    "leap-forgotten": Mutant(
        "a lap counts though its car leapt in it",
        edits=(Edit(CarTrail.note, "told.leaps += 1", "pass"),),
    ),
    "lap-of-a-leap": Mutant(
        "and though that is remembered",
        edits=(
            Edit(verdict._lap_contradiction, "if seen is not None and seen.leaps:", "if False:"),
        ),
    ),
    "future-lap": Mutant(
        "a lap counts that ends tomorrow",
        edits=(Edit(judge_lap, "if watch.is_future(told.race_ms):", "if False:"),),
    ),
    "other-clock-judged": Mutant(
        "who has gone by another clock until now is refused by ours",
        edits=(Edit(Watch.is_future, "self.by_our_clock and ", ""),),
    ),
    "perfect-lap-beaten": Mutant(
        "a lap counts that no car can drive",
        edits=(Edit(judge_lap, "told.race_ms < told.lap * least_ms or ", ""),),
    ),
    "lap-cut-short": Mutant(
        "a lap is told as shorter than since the one before",
        edits=(Edit(judge_lap, " or (from_ms is not None and _is_cut(told, from_ms))", ""),),
    ),
    "lap-before-its-car": Mutant(
        "a lap counts before its car has come to its end",
        edits=(
            Edit(
                verdict._lap_contradiction,
                "if trail.first_tick <= at and trail.tick_of_lap(lap) > at + ROUNDING_TICKS:",
                "if False:",
            ),
        ),
    ),
    "lap-from-elsewhere": Mutant(
        "a lap counts of a car that was too far from the line",
        edits=(
            Edit(
                verdict._lap_contradiction,
                "if not trail.may_pass(to_pass, reach_from_m(before, at)):",
                "if False:",
            ),
        ),
    ),
    "lap-unseen": Mutant(
        "a lap counts of a car that nobody has seen",
        edits=(
            Edit(
                judge_lap,
                "Contradiction.UNSEEN if is_late and unseen_ms >= UNSEEN_MS else",
                "",
            ),
        ),
    ),
    "lap-unseen-yet": Mutant(
        "a lap is refused before states of its car can be here",
        edits=(Edit(judge_lap, "is_late and ", ""),),
    ),
    "unseen-by-who-came-late": Mutant(
        "who has just come refuses what it cannot have seen",
        edits=(
            Edit(
                judge_lap,
                "max(watch.since_ms, _last_seen_ms(trails, at))",
                "_last_seen_ms(trails, at)",
            ),
        ),
    ),
    "canister-nowhere": Mutant(
        "a canister is claimed that is not on the circuit",
        edits=(Edit(judge_touch, "if pickup >= len(track.pickups):", "if False:"),),
    ),
    "touch-unseen": Mutant(
        "a canister goes to a car that nobody has seen",
        edits=(
            Edit(
                judge_touch,
                "Contradiction.UNSEEN if unseen_ms >= UNSEEN_MS else Plausibility.UNKNOWN",
                "Plausibility.UNKNOWN",
            ),
        ),
    ),
    "touch-from-elsewhere": Mutant(
        "a canister goes to a car that was elsewhere",
        edits=(
            Edit(
                verdict._touch_verdict,
                "Plausibility.SEEN if is_near else Contradiction.ELSEWHERE",
                "Plausibility.SEEN",
            ),
        ),
    ),
    "touch-out-of-reach": Mutant(
        "and to one that could not have come there since it was seen",
        edits=(
            Edit(
                verdict._touch_verdict,
                "if far_m > reach_from_m(one, at) + PICKUP_RADIUS_M:",
                "if False:",
            ),
        ),
    ),
    "state-of-tomorrow": Mutant(
        "a car is shown where it says that it will be",
        edits=(Edit(RemoteCars.believes, "frame.tick <= tick + AHEAD_TICKS_MAX and ", ""),),
    ),
    "gate-that-is-none": Mutant(
        "a car is believed to stand before a gate that is not there",
        edits=(Edit(RemoteCars.believes, " and frame.progress.gate < len(self._track.gates)", ""),),
    ),
    "stale-is-solid": Mutant(
        "a car of which nothing is heard is hit where it was",
        edits=(Edit(RemoteCar.is_solid, " and not self.is_stale(tick)", ""),),
    ),
}
