"""Mutants of what is seen of cars, and of what that says of what their drivers tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.sim.mutants import Edit, Mutant
from racer.core.judging.sighting import was_put_back
from racer.play.cars.driven_cars import DrivenCars
from racer.play.cars.local_race import LocalRace
from racer.play.cars.remote_cars import RemoteCar, RemoteCars
from racer.play.cars.steward import Steward
from racer.play.cars.witness import Witness
from racer.play.records.gossip import Gossip
from racer.play.records.verification import RecordVerifier
from racer.play.review.evidence import Misruling
from racer.play.review.reviewer import Reviewer
from racer.play.room import fold
from racer.play.room.car_facts import CarFacts

_BOARDS: Final = "Recent[Digest, NodeId]"

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
                "if told.why in _UNPROVED",
                "if told.why is Contradiction.FLOODED",
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
        edits=(Edit(Misruling.may_be_honest, "Misruling.PASSED_OVER,", ""),),
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
    "claim-is-no-lie": Mutant(
        "a claim of a car that was elsewhere is no lie",
        edits=(Edit(Steward._lie_of, "return Lie.CLAIM", "return None"),),
    ),
    "states-of-the-last-race": Mutant(
        "leaps of the race before prove a lie in this one",
        edits=(Edit(Steward.on_tick, "if race.id != self._race:", "if False:"),),
    ),
    "testifies-after-the-results": Mutant(
        "lies are told of when the race is closed",
        edits=(Edit(Steward.on_tick, " or race.results is not None", ""),),
    ),
    "ghost-is-put-back": Mutant(
        "a ghost may be anywhere from one state to the next",
        edits=(
            Edit(
                was_put_back,
                "(after.ghost and after.tick - before.tick > RESCUE_TICKS)",
                "after.ghost",
            ),
        ),
    ),
    "trails-without-bound": Mutant(
        "a trail is kept of each car that anybody makes up",
        edits=(Edit(Witness._make_room, "elif len(self._trails) >= TRAILS_MAX:", "elif False:"),),
    ),
    "lives-push-others-out": Mutant(
        "the lives of one driver push the cars of others out of sight",
        edits=(Edit(Witness._make_room, "len(theirs) >= TRAILS_OF_ONE_MAX", "False"),),
    ),
    "late-by-another-life": Mutant(
        "who came back knows when its lap ended as if it had seen it",
        edits=(Edit(Witness._verdict_on, "if saw and by == each.by]", "if saw]"),),
    ),
    "lap-ends-twice": Mutant(
        "who tells twice when a lap ended has a shorter one behind it",
        edits=(Edit(CarFacts._valid_laps, "timed_lap(lap, at_ms)", "lap"),),
    ),
    "lap-ends-twice-as-told": Mutant(
        "and so the rows of a decree are judged",
        edits=(Edit(CarFacts.told_laps, "timed_lap(lap, run[-1].race_ms if run else 0)", "lap"),),
    ),
    "hit-by-who-just-came": Mutant(
        "who has just come from another group hit nobody whom it saw there",
        edits=(Edit(Witness.note_false_hit, " or _is_young(theirs, hit.tick)", ""),),
    ),
    "hit-of-who-just-came": Mutant(
        "and nobody saw a car where it was driven until just now",
        edits=(Edit(Witness.see_hit, " or _is_young(other, hit.tick)", ""),),
    ),
    "hit-unknown-of": Mutant(
        "and who misses decrees knows who drives which car",
        edits=(Edit(Witness._may_be_right, "isinstance(fact, Hit)", "False"),),
    ),
    "hit-in-standstill": Mutant(
        "who stood still knows where others saw its car go",
        edits=(Edit(Witness.judge, " or self._stood_still(now_ms)", ""),),
    ),
    "life-without-a-past": Mutant(
        "a new life leaps unseen",
        edits=(
            Edit(
                Witness._begin_trail, "origins = _newest_of(same)", "origins: list[CarTrail] = []"
            ),
        ),
    ),
    "hands-without-a-past": Mutant(
        "who drives a car on need not begin where it was",
        edits=(
            Edit(Witness._begin_trail, "origins += _newest_of([t for _, _, t in of_car])", "pass"),
        ),
    ),
    "owner-without-a-past": Mutant(
        "who has its car back need not have driven on from where it was itself",
        edits=(
            Edit(
                Witness._begin_trail,
                "origins += _newest_of([t for by, _, t in of_car if by.node == member.node])",
                "pass",
            ),
        ),
    ),
    "placed-by-nobody": Mutant(
        "no decree, and no grid, says where a car begins",
        edits=(Edit(Witness._begin_trail, "if not same and start is not None:", "if False:"),),
    ),
    "off-the-grid": Mutant(
        "a race begins anywhere",
        edits=(
            Edit(
                LocalRace.on_state,
                "None if witness.sees(hands, term) else self._start_of(number)",
                "None",
            ),
        ),
    ),
    "decreed-elsewhere": Mutant(
        "who gets a car by a decree begins on the grid",
        edits=(Edit(LocalRace._start_of, "self._decreed_frame(number) or ", ""),),
    ),
    "doubted-touches": Mutant(
        "who leapt touches others with its next state",
        edits=(Edit(Witness.see, "return not trail.is_doubted(frame.tick)", "return True"),),
    ),
    "leap-untold": Mutant(
        "a leap is noted and nobody is told",
        edits=(
            Edit(
                Witness.see,
                "self._seen_through.append(Disbelief(hands[1].node, None, Contradiction.LEAPT))",
                "pass",
            ),
        ),
    ),
    "seen-hit-untold": Mutant(
        "a hit between others that was none is noted nowhere",
        edits=(Edit(Witness.see_hit, "self.note_false_hit(by, hit)", "pass"),),
    ),
    "hit-unnoted": Mutant(
        "or counted alone",
        edits=(
            Edit(
                Witness.note_false_hit,
                "self._seen_through.append(Disbelief(by[1], hit, Contradiction.ELSEWHERE))",
                "pass",
            ),
        ),
    ),
    "hit-noted-twice": Mutant(
        "a hit that was none is noted with each state that tells it",
        edits=(
            Edit(
                Witness.note_false_hit,
                "if not any(each.fact == hit for each in self._seen_through):",
                "if True:",
            ),
        ),
    ),
    "sleeper-sees": Mutant(
        "who slept counts as awake",
        edits=(
            Edit(
                Witness.judge,
                "if self._looked_ms is None or not 0 <= now_ms - self._looked_ms <= UNWATCHED_MS:",
                "if self._looked_ms is None:",
            ),
        ),
    ),
    "sleeper-judges": Mutant(
        "who slept refuses what it cannot have seen",
        edits=(Edit(Witness._look_at, "here_ms, self._awake_ms, ", "here_ms, "),),
    ),
    "just-awake-drives": Mutant(
        "who has just begun to look says who drives",
        edits=(Edit(Witness.is_awake, " and self._looked_ms - self._awake_ms >= DRIVEN_MS", ""),),
    ),
    "unjudged-without-bound": Mutant(
        "as many facts wait for states as somebody tells",
        edits=(
            Edit(Witness._judge_author, "if len(left) + len(again) < UNJUDGED_MAX:", "if True:"),
        ),
    ),
    "flood-is-a-lie": Mutant(
        "who tells too much at once lies",
        edits=(
            Edit(
                Steward._lie_of,
                "if told.why in _UNPROVED",
                "if told.why is Contradiction.LEAPT",
            ),
        ),
    ),
    "flood-counts-unjudged": Mutant(
        "what is too much to wait counts unjudged",
        edits=(Edit(Witness._judge_author, "elif not is_late:", "elif False:"),),
    ),
    "late-is-a-flood": Mutant(
        "what a merge brings is too much",
        edits=(Edit(Witness._judge_author, "elif not is_late:", "else:"),),
    ),
    "flood-costs-all": Mutant(
        "what one tells takes the place of what others tell",
        edits=(Edit(Witness.hear, "setdefault(by.node, [])", "setdefault(bytes(16), [])"),),
    ),
    "all-looked-at-always": Mutant(
        "all that waits is looked at each time, however much it is",
        edits=(
            Edit(
                Witness._judge_author,
                "len(again) >= JUDGED_AT_ONCE and not is_new",
                "False",
            ),
        ),
    ),
    "first-looked-at-always": Mutant(
        "what waits behind much is looked at no more",
        edits=(Edit(Witness._judge_author, "left + again\n", "again + left\n"),),
    ),
    "false-without-end": Mutant(
        "of a flood that does not count each fact is kept",
        edits=(Edit(CarFacts.is_refused, " or len(refused) >= FALSE_FACTS_MAX", ""),),
    ),
    "judged-in-its-last-life-alone": Mutant(
        "a new life is free of what its car did in the one before",
        edits=(
            Edit(
                Witness._verdict_on,
                "(car, by.node) == hands",
                "(car, by) == (each.number, each.by)",
            ),
        ),
    ),
    "shut-out-and-unseen": Mutant(
        "whom we shut out ourselves was to be seen all the same",
        edits=(Edit(Steward.heard_since, "shut_ns.get(node, since)", "since"),),
    ),
    "away-is-a-lie": Mutant(
        "who has not heard yet that another drives its car lies about what it did in it",
        edits=(Edit(Witness._look_at, "each.taken_ms is None:", "False:"),),
    ),
    "unseen-in-others-hands": Mutant(
        "who gets its car back was to be seen in it while another drove it",
        edits=(Edit(Witness._look_at, ", taken_ms)", ")"),),
    ),
    "unseen-and-not-driving": Mutant(
        "who lets another drive its car tells of it what it likes",
        edits=(Edit(Witness.hear, " if drives else None", ""),),
    ),
    "judged-for-ever": Mutant(
        "what nobody can say anything of waits for ever",
        edits=(Edit(Witness._judge_author, "now_ms < each.until_ms and ", ""),),
    ),
    "never-borne-out": Mutant(
        "nothing is known for certain, so nobody passes anything over",
        edits=(Edit(Witness._look_at, "seen.add(each.fact)", "pass"),),
    ),
    "clock-judged-anew": Mutant(
        "what was told by another clock is refused once its author has been here for long",
        edits=(Edit(Witness._look_at, "if each.by_our_clock is None:", "if True:"),),
    ),
    "drives-on-in-any-hands": Mutant(
        "a car counts as driven by whoever is asked about",
        edits=(
            Edit(Witness.drives_on, "if (car, by.node) == (number, driver)", "if car == number"),
        ),
    ),
    "leapt-is-solid": Mutant(
        "a car that leapt is solid", edits=(Edit(RemoteCar.is_solid, " and not self.doubted", ""),)
    ),
    "anybody-tells-a-state": Mutant(
        "whoever says so tells where a car is",
        edits=(Edit(LocalRace.on_state, " or writer != self.race.driver_of(number)", ""),),
    ),
    "own-state-from-others": Mutant(
        "a node takes states of its own life before for another's",
        edits=(Edit(LocalRace.on_state, "writer == self._me or ", ""),),
    ),
    "state-of-any-lease": Mutant(
        "states by another lease count",
        edits=(Edit(LocalRace.on_state, "state.lease != self.race.lease_of(number) or ", ""),),
    ),
    "state-of-any-race": Mutant(
        "and those of another race",
        edits=(Edit(LocalRace.on_state, " or not is_told_under(state.payload, term)", ""),),
    ),
    "own-facts-judged": Mutant(
        "a node judges what it told itself",
        edits=(Edit(DrivenCars._hear_fact, " and by.node != self._me", ""),),
    ),
    "facts-of-any-race-judged": Mutant(
        "facts of another race are judged by states of this one",
        edits=(Edit(DrivenCars.on_fact, " and fact.race == race", ""),),
    ),
    "told-before-it-began": Mutant(
        "what is told of a race before it begins is not judged",
        edits=(Edit(DrivenCars._sync_local_race, "self._hear_fact(by, fact)", "pass"),),
    ),
    "lives-forgotten": Mutant(
        "and of a lap it is not known which life of its driver tells it",
        edits=(Edit(CarFacts.told_of_cars, "Member(author, said.life)", "Member(author, 0)"),),
    ),
    "judged-by-what-came-later": Mutant(
        "what was before a node looked is judged by what it saw from then on",
        edits=(Edit(Witness._saw, "fact.race_ms >= self._began_ms", "True"),),
    ),
    "lies-count": Mutant(
        "what was seen through counts all the same",
        edits=(
            Edit(DrivenCars.refuse_lies, "self._facts.cars.refuse(each.author, each.fact)", "pass"),
        ),
    ),
    "decreed-at-no-gate": Mutant(
        "a car is taken over at a gate that is not there",
        edits=(
            Edit(
                LocalRace._decreed_frame,
                "frame if frame.progress.gate < len(self.track.gates) else None",
                "frame",
            ),
        ),
    ),
    "boards-noted-without-bound": Mutant(
        "each board that anybody makes up is remembered",
        edits=(
            Edit(
                Gossip.__init__,
                f"_told: {_BOARDS} = Recent(BOARDS_NOTED_MAX)",
                f"_told: {_BOARDS} = Recent(10**9)",
            ),
            Edit(
                Gossip.__init__,
                f"_tried: {_BOARDS} = Recent(BOARDS_NOTED_MAX)",
                f"_tried: {_BOARDS} = Recent(10**9)",
            ),
        ),
    ),
    "borne-out-without-bound": Mutant(
        "of each fact that states bear out it is remembered that they did",
        edits=(Edit(Witness._look_at, "len(seen) < NOTED_FACTS_MAX", "True"),),
    ),
    "heard-without-bound": Mutant(
        "and of each when it came",
        edits=(Edit(Reviewer.hear, "len(heard) < NOTED_FACTS_MAX", "True"),),
    ),
    "driven-for-each-key": Mutant(
        "one recording is driven for each key that claims it",
        edits=(Edit(RecordVerifier.offer, "self._waiting.get(key)", "None"),),
    ),
    "driven-for-who-comes-late": Mutant(
        "and again for who claims it later",
        edits=(Edit(RecordVerifier.offer, "self._driven.get(key)", "None"),),
    ),
    "claimants-without-bound": Mutant(
        "any number of keys claim one recording",
        edits=(Edit(RecordVerifier.offer, "len(claimed.records) < WAITING_MAX", "True"),),
    ),
    "driven-without-bound": Mutant(
        "what came of recordings is kept of all",
        edits=(Edit(RecordVerifier.__init__, "Recent(DRIVEN_KEPT)", "Recent(10**9)"),),
    ),
    "told-most-keeps-out": Mutant(
        "who tells much of records keeps others' word from a checkpoint",
        edits=(Edit(fold.keep_told, "if counts[node] == most", "if True"),),
    ),
}
