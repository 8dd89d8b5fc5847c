"""Mutants of what the states of a car say of what its driver tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.sim.mutants import Edit, Mutant
from racer.core.judging import sighting, step_budget, verdict
from racer.core.judging.sighting import sighting_of
from racer.core.judging.step_budget import StepBudget
from racer.core.judging.trail import CarTrail
from racer.core.judging.verdict import Watch, judge_hit, judge_lap, judge_seen_hit, judge_touch

SIGHTING: Final[Mapping[str, Mutant]] = {
    "leaps-count": Mutant(
        "a car may be anywhere from one state to the next",
        edits=(Edit(CarTrail._drives_on, "self._budget.covers(before, seen) and ", ""),),
    ),
    "any-speed": Mutant(
        "a car goes as fast as its states say",
        edits=(
            Edit(sighting._way_m, "min(SPEED_MAX, speed + KNOCK_MS + GAIN_MS2 * past_s)", "1e9"),
        ),
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
        edits=(Edit(CarTrail.note, "self.leapt_in.update(", "set(self.leapt_in).update("),),
    ),
    "lap-of-a-leap": Mutant(
        "and though that is remembered",
        edits=(Edit(verdict._lap_contradiction, "if lap in trail.leapt_in:", "if False:"),),
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
        edits=(Edit(judge_lap, "told.race_ms < told.lap * least_ms", "False"),),
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
    "lap-told-late": Mutant(
        "a lap ends when its driver likes, so that the next is shorter",
        edits=(
            Edit(
                judge_lap,
                "if own is not None and own.tick_beyond(told.lap) < at - ROUNDING_TICKS:",
                "if False:",
            ),
        ),
    ),
    "lap-end-by-the-tick": Mutant(
        "and a state that rounds it speaks against it",
        edits=(
            Edit(
                judge_lap,
                "own.tick_beyond(told.lap) < at - ROUNDING_TICKS",
                "own.tick_beyond(told.lap) < at",
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
    "gates-by-standing": Mutant(
        "who is put back passes gates by it",
        edits=(Edit(CarTrail._gains_no_way, " > far_m + wide_m:", " < 0.0:"),),
    ),
    "put-back-is-a-leap": Mutant(
        "who is put back has leapt",
        edits=(Edit(CarTrail._is_put_anew, "return True", "return False"),),
    ),
    "put-back-anywhere": Mutant(
        "who is put back may be anywhere",
        edits=(Edit(CarTrail._is_put_anew, " and self._is_put(before, seen, far_m)", ""),),
    ),
    "put-back-beside-it-alone": Mutant(
        "who left out a gate and is put back to it has leapt",
        edits=(Edit(CarTrail._is_put, "return any(", "return False and any("),),
    ),
    "creeps-without-bound": Mutant(
        "a car goes farther than its speed has it, a little in each state",
        edits=(Edit(StepBudget.covers, "self.way_m <= WAY_M and ", ""),),
    ),
    "turns-without-bound": Mutant(
        "a car turns, and gains speed, as none can",
        edits=(Edit(StepBudget.covers, " and self.knocks_ms <= KNOCKS_MS", ""),),
    ),
    "never-forgiven": Mutant(
        "what touches do to a car adds up over a whole race",
        edits=(Edit(StepBudget.covers, " - WAY_MS * past_s", ""),),
    ),
    "barriers-turn-nobody": Mutant(
        "who goes along a barrier has turned as no car can",
        edits=(Edit(step_budget._unexplained_ms, " - lost / BARRIER_LOSS", ""),),
    ),
    "speed-from-nowhere": Mutant(
        "a car gains more speed than its drive gives",
        edits=(Edit(step_budget._unexplained_ms, ", along - ROUNDING_MS)", ")"),),
    ),
    "budget-of-each-life": Mutant(
        "what a car was out by is forgotten as its next life begins",
        edits=(Edit(CarTrail._goes_on_from, "replace(origin._budget)", "StepBudget()"),),
    ),
    "put-back-drives-on": Mutant(
        "who was put back drives on at once",
        edits=(
            Edit(
                CarTrail._comes_from,
                "if seen.tick < self._stands_until and not seen.respawning:",
                "if False:",
            ),
        ),
    ),
    "put-back-creeps": Mutant(
        "and goes on while it says that it stands",
        edits=(Edit(sighting_of, "0.0 if frame.respawning else ", ""),),
    ),
    "put-back-forwards": Mutant(
        "who is put back gains way",
        edits=(
            Edit(
                CarTrail._is_put_anew,
                "if not self._gains_no_way(before, seen, gains_m):",
                "if False:",
            ),
        ),
    ),
    "put-back-again": Mutant(
        "who was put back is put back again with its next state",
        edits=(Edit(CarTrail._has_stood, "seen.tick - self._put_tick >= RESCUE_TICKS", "True"),),
    ),
    "put-back-in-the-next-life": Mutant(
        "and in its next life",
        edits=(
            Edit(
                CarTrail.__init__,
                "max((each._put_tick for each in origins), default=-RESCUE_TICKS)",
                "-RESCUE_TICKS",
            ),
        ),
    ),
    "put-there-at-once": Mutant(
        "who is put elsewhere as it begins is put elsewhere once more",
        edits=(
            Edit(
                CarTrail._begins,
                "max((tick_of(each.newest) for each in left), default=self._put_tick)",
                "self._put_tick",
            ),
        ),
    ),
    "begins-anywhere": Mutant(
        "a new life, or new hands, begin anywhere",
        edits=(Edit(CarTrail._begins, "bool(left) or not self._origins", "True"),),
    ),
    "begins-solid": Mutant(
        "who comes back where others saw it touches cars there",
        edits=(
            Edit(CarTrail._begins, "if seen.ghost and not left:", "if not left:"),
            Edit(CarTrail._begins, "if left and not seen.ghost:", "if False:"),
        ),
    ),
    "begins-at-any-gate": Mutant(
        "a new life has passed gates that are out of its reach",
        edits=(
            Edit(
                CarTrail.may_be_put,
                "if not self.may_pass(seen.gates - before.gates, far_m):",
                "if False:",
            ),
        ),
    ),
    "begins-at-no-gate": Mutant(
        "and drives there by gates that it cannot have passed",
        edits=(Edit(CarTrail.leads_to, " and self._may_have_passed(before, seen, far_m)", ""),),
    ),
    "comes-back-where-we-saw-it": Mutant(
        "who comes back where others saw it last has leapt, as we saw it later",
        edits=(Edit(CarTrail.may_be_put, "self._was_near(seen, far_m)", "False"),),
    ),
    "comes-back-to-no-start": Mutant(
        "who comes back and is known to nobody has leapt to where it started",
        edits=(Edit(CarTrail.may_be_put, "start is not None and ", "False and start and "),),
    ),
    "doubt-ends-with-a-life": Mutant(
        "who leapt touches others in its next life",
        edits=(
            Edit(
                CarTrail._begins,
                "max((each.doubted_until for each in left), default=-1)",
                "-1",
            ),
        ),
    ),
    "leapt-over-laps": Mutant(
        "laps count over which a car leapt",
        edits=(Edit(CarTrail.note, "self._lap_before(seen)", "lap"),),
    ),
    "older-state-counts": Mutant(
        "a state that comes late counts as the newest",
        edits=(
            Edit(CarTrail.note, "if before is not None and seen.tick <= before.tick:", "if False:"),
        ),
    ),
    "thin-without-bound": Mutant(
        "who sends many states is seen for the last second alone",
        edits=(
            Edit(
                CarTrail.note,
                "not self._recent or seen.tick >= self._recent[-1].tick + THIN_TICKS",
                "True",
            ),
        ),
    ),
    "seen-with-gaps": Mutant(
        "a car counts as driven though it was not seen in between",
        edits=(Edit(CarTrail.is_steady, "max(gaps) <= STEADY_TICKS and ", ""),),
    ),
    "leapt-claim-unseen": Mutant(
        "what a leapt clock dates ahead was not seen",
        edits=(Edit(judge_touch, "min(race_ms, watch.now_ms)", "race_ms"),),
    ),
    "seen-of-late": Mutant(
        "and though it has just been seen for the first time",
        edits=(Edit(CarTrail.is_steady, " and self.first_tick <= now - ticks", ""),),
    ),
    "future-touch": Mutant(
        "a canister is touched tomorrow",
        edits=(Edit(judge_touch, "if watch.is_future(race_ms):", "if False:"),),
    ),
    "later-life-speaks": Mutant(
        "a life that began later speaks against laps of the one before",
        edits=(Edit(verdict._lap_contradiction, "trail.first_tick <= at and ", ""),),
    ),
    "unheld-lap-is-seen": Mutant(
        "a lap counts as seen by who saw the car after it alone",
        edits=(
            Edit(
                judge_lap,
                "Plausibility.SEEN if in_lap else Plausibility.UNKNOWN",
                "Plausibility.SEEN",
            ),
        ),
    ),
    "touch-of-a-leap": Mutant(
        "a car touches a canister by leaping to it",
        edits=(
            Edit(
                verdict._touch_verdict,
                "if trail.is_doubted(int(at)) and before is not None:",
                "if False:",
            ),
        ),
    ),
    "came-back-from-nowhere": Mutant(
        "who was cut off and comes back touched no canister but where others had its car",
        edits=(Edit(verdict._touch_verdict, " or (before is None and one.ghost)", ""),),
    ),
    "put-back-touches-all": Mutant(
        "who touched a canister and was put back then was elsewhere",
        edits=(Edit(verdict._touch_verdict, "and not parted", ""),),
    ),
    "hit-from-afar": Mutant(
        "our car is hit from afar",
        edits=(
            Edit(
                judge_hit,
                "Plausibility.SEEN if is_near else Contradiction.ELSEWHERE",
                "Plausibility.SEEN",
            ),
        ),
    ),
    "seen-hit-from-afar": Mutant(
        "and so are those of others",
        edits=(
            Edit(
                judge_seen_hit,
                "Plausibility.SEEN if is_near else Contradiction.ELSEWHERE",
                "Plausibility.SEEN",
            ),
        ),
    ),
    "hit-straight-on": Mutant(
        "a car is taken to go straight on until it is hit",
        edits=(
            Edit(
                judge_seen_hit,
                "TOUCHED_M + strays_m(one, hit.tick) + strays_m(other, hit.tick)",
                "TOUCHED_M",
            ),
        ),
    ),
    "hit-seen-long-ago": Mutant(
        "a hit is judged by where cars were long before",
        edits=(
            Edit(
                verdict._seen_near,
                "nearest if abs(nearest.tick - tick) <= SEEN_NEAR_TICKS else None",
                "nearest",
            ),
        ),
    ),
    "hit-of-a-ghost": Mutant(
        "a hit is judged by a car that was put back",
        edits=(Edit(verdict._seen_near, " or any(s.ghost or s.respawning for s in seen)", ""),),
    ),
    "hit-of-who-leapt": Mutant(
        "and by one that leapt", edits=(Edit(verdict._seen_near, "or trail.is_doubted(tick) ", ""),)
    ),
}
