"""Mutants of who is put out of a room or its race, by whose word, and what others vote on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.sim.mutants import Edit, Mutant
from racer.play.review.voters import is_upheld
from racer.play.room import polls, referee
from racer.play.room.car_facts import CarFacts
from racer.play.room.facts import Facts
from racer.play.room.polls import (
    disqualification_due,
    end_poll,
    lie_polls,
    ousted_votes,
    people,
    removal_polls,
    removal_votes_needed,
    upheld_due,
)
from racer.play.room.referee import Referee
from racer.play.room.room import Race, Room
from racer.play.room.room_state import RoomState
from racer.play.room.votes import Votes
from racer.play.show.removals import Removals

REMOVING: Final[Mapping[str, Mutant]] = {
    "removed-by-one": Mutant(
        "one alone removes somebody by decree",
        edits=(Edit(Room._remove_node, "if alone or node in voters", "if node in voters"),),
    ),
    "removed-and-seated": Mutant(
        "who was removed gets a seat again",
        edits=(Edit(Room._apply_ruling, "or node in self.removed", ""),),
    ),
    "disqualified-by-few": Mutant(
        "whoever bears witness against somebody puts it out of the race",
        edits=(Edit(Room._disqualify, "or len(witnesses) < race.witnesses_needed", ""),),
    ),
    "anybody-is-a-judge": Mutant(
        "who does not race puts somebody out of the race",
        edits=(Edit(Room._disqualify, "if each in judges", ""),),
    ),
    "host-of-later": Mutant(
        "a room gets a host after it was founded",
        edits=(Edit(Room._name_host, "decree.index != self._founded + 1", "False"),),
    ),
    "one-vote-twice": Mutant(
        "one who votes twice removes somebody",
        edits=(
            Edit(
                Room._remove_node,
                "tuple(dict.fromkeys(dot.node for dot in removal.votes))",
                "tuple(dot.node for dot in removal.votes)",
            ),
        ),
    ),
    "removed-without-bound": Mutant(
        "a room remembers all who were ever removed",
        edits=(Edit(Room._shut_out, "len(self.removed) > REMOVED_MAX", "False"),),
    ),
    "removed-keeps-its-seat": Mutant(
        "who is removed keeps its number",
        edits=(Edit(Room._shut_out, "self.seats.pop(node, None)", "pass"),),
    ),
    "disqualified-in-another-race": Mutant(
        "witnesses of another race put somebody out of this one",
        edits=(Edit(Room._disqualify, " or race.id != ruling.race", ""),),
    ),
    "disqualified-after-the-results": Mutant(
        "somebody is put out of a race that is over",
        edits=(Edit(Room._disqualify, " or race.results is not None", ""),),
    ),
    "disqualified-twice": Mutant(
        "who was put out is put out again",
        edits=(Edit(Room._disqualify, "race.number_of(node) is None or ", ""),),
    ),
    "removed-is-a-judge": Mutant(
        "who was removed bears witness",
        edits=(Edit(Room._disqualify, " - self.removed.keys()", ""),),
    ),
    "lent-is-a-judge": Mutant(
        "who was lent a car bears witness",
        edits=(Edit(Race.judges, " & frozenset(self.cars.values())", ""),),
    ),
    "its-own-judge": Mutant(
        "who is accused counts among the witnesses",
        edits=(Edit(Room._disqualify, "race.judges - {node} - ", "race.judges - "),),
    ),
    "one-witness-twice": Mutant(
        "one witness counts as often as it is named",
        edits=(
            Edit(
                Room._disqualify,
                "dict.fromkeys(dot.node for dot in ruling.witnesses)",
                "[dot.node for dot in ruling.witnesses]",
            ),
        ),
    ),
    "half-judge": Mutant(
        "half of those who race put somebody out",
        edits=(Edit(Race.witnesses_needed, "len(self.judges) // 2 + 1", "len(self.judges) // 2"),),
    ),
    "away-judges": Mutant(
        "who is away counts among those who must have seen it",
        edits=(
            Edit(
                Race.judges,
                "frozenset(map(self.driver_of, self.cars))",
                "frozenset(self.cars.values())",
            ),
        ),
    ),
    "disqualified-and-seated": Mutant(
        "who was put out of a race keeps its number in the room",
        edits=(Edit(Room._disqualify, "self._shut_out(node, witnesses)", "pass"),),
    ),
    "disqualified-and-driven": Mutant(
        "the car of who was put out is still leased",
        edits=(Edit(Race.disqualify, "known.pop(number, None)", "pass"),),
    ),
    "disqualified-laps-count": Mutant(
        "the car of who was put out is still one of the race",
        edits=(
            Edit(
                Race.disqualify,
                "self.cars = {car: owner for car, owner in self.cars.items() if car != number}",
                "pass",
            ),
        ),
    ),
    "convicted-races-on": Mutant(
        "who said two things in one place races on",
        edits=(Edit(Room.apply, "self.race.convict(proof.dot.node)", "pass"),),
    ),
    "convicted-after-the-results": Mutant(
        "results change when somebody is convicted later",
        edits=(Edit(Race.convict, "self.results is None and ", ""),),
    ),
    "last-car-convicted": Mutant(
        "a race loses its last car, and has no results",
        edits=(Edit(Race.convict, " and len(self.cars) > 1", ""),),
    ),
    "fold-forgets-the-disqualified": Mutant(
        "a checkpoint forgets who was put out of the race",
        edits=(Edit(Race.fold, "tuple(self.disqualified.items())", "()"),),
    ),
    "fold-forgets-the-removed": Mutant(
        "a checkpoint forgets who was removed",
        edits=(Edit(Room.fold, "tuple(self.removed.items())", "()"),),
    ),
    "fold-forgets-the-host": Mutant(
        "a checkpoint forgets who is host", edits=(Edit(Room.fold, "self.host,\n", "None,\n"),)
    ),
    "bots-vote": Mutant("bots vote beside people", edits=(Edit(people, " and not entry.bot", ""),)),
    "the-gone-vote": Mutant(
        "who is not here votes", edits=(Edit(people, "if node in here and ", "if "),)
    ),
    "removal-votes-without-bound": Mutant(
        "one votes on so many that nobody else's votes are kept",
        edits=(Edit(Votes._removals, "[-REMOVAL_VOTES_KEPT:]", ""),),
    ),
    "half-end-a-race": Mutant(
        "half of its people, or none, end a race",
        edits=(Edit(end_poll, "len(voters) // 2 + 1", "len(voters) // 2"),),
    ),
    "votes-for-its-own-removal": Mutant(
        "who is to go votes on it",
        edits=(Edit(removal_polls, "if each in cast and each != node", "if each in cast"),),
    ),
    "put-out-by-the-put-out": Mutant(
        "two go at once by each other's votes, and who decrees that is named a liar",
        edits=(
            Edit(
                polls.removals_due,
                "return [Removal(node, tuple(vote.dot for vote in poll.votes))]\n    return []",
                "due.append(Removal(node, tuple(vote.dot for vote in poll.votes)))\n    return due",
            ),
            Edit(polls.removals_due, "    for node, poll", "    due = []\n    for node, poll"),
        ),
    ),
    "removed-by-old-votes": Mutant(
        "votes of long ago remove somebody",
        edits=(
            Edit(
                removal_polls, "votes = [vote for vote in votes if _is_open(vote, race_ns)]", "pass"
            ),
        ),
    ),
    "removed-by-withdrawn-votes": Mutant(
        "votes that were taken back remove somebody",
        edits=(Edit(polls._is_open, "return on and", "return"),),
    ),
    "made-up-are-asked-about": Mutant(
        "whom somebody made up is voted on",
        edits=(Edit(removal_polls, "if n in here or facts.entry_of(n) is not None", ""),),
    ),
    "removed-by-one-of-one": Mutant(
        "a person alone among bots removes whom it likes",
        edits=(
            Edit(
                removal_votes_needed,
                "max(-(-len(voters) * REMOVAL_PER_CENT // 100), REMOVAL_VOTES_MIN)",
                "-(-len(voters) * REMOVAL_PER_CENT // 100)",
            ),
        ),
    ),
    "witnessed-long-ago": Mutant(
        "what was seen long ago puts somebody out",
        edits=(Edit(lie_polls, "if abs(race_ns - 1000 * vote.race_us) < WITNESSED_NS", ""),),
    ),
    "removed-is-seated": Mutant(
        "who leads gives who was removed a number",
        edits=(Edit(referee._seat_rulings, " or node in room.removed", ""),),
    ),
    "votes-against-itself": Mutant(
        "who is to go counts among those whose votes a decree names",
        edits=(Edit(Room._remove_node, " or node in voters", ""),),
    ),
    "removed-anew": Mutant(
        "who is out is put out again, by others",
        edits=(Edit(Room._remove_node, " or node in self.removed", ""),),
    ),
    "one-of-two-judges": Mutant(
        "who drives the cars of all the others puts out whom it likes",
        edits=(
            Edit(
                Race.witnesses_needed,
                "max(len(self.judges) // 2 + 1, WITNESSES_MIN)",
                "len(self.judges) // 2 + 1",
            ),
        ),
    ),
    "same-by-name-alone": Mutant(
        "two races of one name, with other cars, are one",
        edits=(
            Edit(
                Race._start,
                "(self.id, self.setup, cars, self.green_ns, self.kinds, self.qualifying)",
                "(self.id,)",
            ),
        ),
    ),
    "refused-lap-counts": Mutant(
        "a lap counts here that our own eyes speak against",
        edits=(Edit(CarFacts._earliest_lap, "and not self.is_refused(author, said.lap)", ""),),
    ),
    "refused-claim-counts": Mutant(
        "and a claim",
        edits=(Edit(CarFacts.claims, "if not self.is_refused(claimed.author, claimed.claim)", ""),),
    ),
    "refusals-for-ever": Mutant(
        "what was refused in races that are over is remembered",
        edits=(
            Edit(
                CarFacts.follow,
                "if race is not None and (self._race is None or race.id != self._race.id):",
                "if False:",
            ),
        ),
    ),
    "refused-for-all": Mutant(
        "what one node refuses is missing in its checkpoint, and in nobody else's",
        edits=(
            Edit(
                Facts.fold,
                "self.cars.kept_laps(race)",
                "tuple(x for x in self.cars.kept_laps(race) if not self.cars.is_refused(*x[1:]))",
            ),
        ),
    ),
    "laps-of-nobody-folded": Mutant(
        "laps of cars that nobody has swell a checkpoint",
        edits=(Edit(CarFacts.kept_laps, "race.number_of(owner) is not None", "True"),),
    ),
    "laps-by-nobody-folded": Mutant(
        "and of who never drove that car",
        edits=(
            Edit(
                CarFacts.kept_laps,
                "self._may_report_for(race.id, owner, author, said.lap.lease)",
                "True",
            ),
        ),
    ),
    "claims-for-nobody-folded": Mutant(
        "claims for cars that nobody has swell a checkpoint",
        edits=(Edit(CarFacts.open_claims, " or race.number_of(each.node) is None", ""),),
    ),
    "claims-by-nobody-folded": Mutant(
        "and by who never drove that car",
        edits=(
            Edit(
                CarFacts.open_claims, "self.told_claims(race.id)", "self._claims.get(race.id, ())"
            ),
        ),
    ),
    "canisters-of-no-circuit-folded": Mutant(
        "and of canisters that no circuit has",
        edits=(Edit(CarFacts.open_claims, "pickup >= PLACES_MAX or ", ""),),
    ),
    "appearances-ahead-folded": Mutant(
        "and of appearances that are far ahead",
        edits=(Edit(CarFacts.open_claims, "not 0 <= ahead <= 1", "ahead < 0"),),
    ),
    "claims-too-soon-folded": Mutant(
        "and of canisters that were not back",
        edits=(
            Edit(
                CarFacts.open_claims,
                "ahead == 0 and each.claim.race_ms < race.returns_ms(pickup)",
                "False",
            ),
        ),
    ),
    "later-claims-folded": Mutant(
        "of an author's claims of one appearance another counts than the first",
        edits=(Edit(CarFacts.open_claims, "each.claim.race_ms < first.claim.race_ms", "False"),),
    ),
    "leases-ahead-folded": Mutant(
        "who asks for its car by leases that are none swells a checkpoint",
        edits=(Edit(CarFacts.asked_back, "0 <= lease - race.lease_of(number) <= 1", "True"),),
    ),
    "older-vote-replaces": Mutant(
        "of two votes the one counts that came last",
        edits=(Edit(Votes.add, "known is None or known.dot < vote.dot", "True"),),
    ),
    "votes-without-bound": Mutant(
        "a checkpoint keeps all votes", edits=(Edit(Votes.kept, "[-VOTES_KEPT:]", ""),)
    ),
    "removed-are-asked-about": Mutant(
        "who is out already is voted on",
        edits=(Edit(removal_polls, " or node in room.removed", ""),),
    ),
    "anybody-witnesses": Mutant(
        "testimonies count of who does not race",
        edits=(
            Edit(
                lie_polls, "for each in judges if each in cast and each != node", "for each in cast"
            ),
        ),
    ),
    "accused-witnesses": Mutant(
        "and of who is accused",
        edits=(Edit(lie_polls, "if each in cast and each != node", "if each in cast"),),
    ),
    "disqualified-too-late": Mutant(
        "somebody is to be put out of a race that is over",
        edits=(Edit(disqualification_due, " or race.results is not None", ""),),
    ),
    "any-lie-named": Mutant(
        "a driver is put out for a lie that few have named",
        edits=(
            Edit(
                disqualification_due,
                "max(sorted(named), key=lambda each: named[each])",
                "max(sorted(named))",
            ),
        ),
    ),
    "removed-speaks": Mutant(
        "who leads gives lines of who was removed a place",
        edits=(Edit(Referee.due, " if dot.node not in room.removed", ""),),
    ),
    "put-out-waits": Mutant(
        "who leads does not put out whom most have seen to lie",
        edits=(Edit(Referee._due_rulings, "if put_out is not None:", "if False:"),),
    ),
    "convicted-without-bound-here": Mutant(
        "a room remembers all who were ever convicted",
        edits=(Edit(RoomState.__init__, "Recent(REMOVED_MAX)", "Recent(10**9)"),),
    ),
    "ousted-by-few": Mutant(
        "two of many who were apart have somebody out behind the merge",
        edits=(Edit(polls._upheld_by, "len(apart) >= needed", "True"),),
    ),
    "ousted-who-was-here": Mutant(
        "somebody goes who was with us at that time",
        edits=(Edit(polls._upheld_by, " if was_apart(node, since_of(vote))", ""),),
    ),
    "ousted-by-who-was-here": Mutant(
        "whoever was with us then says what was decided elsewhere",
        edits=(Edit(polls._upheld_by, " if was_apart(vote.dot.node, since_of(vote))", ""),),
    ),
    "ousted-of-old": Mutant(
        "somebody goes who came to the room later",
        edits=(Edit(polls._upheld_by, "entered and was_here", "was_here"),),
    ),
    "ousted-before-all-say": Mutant(
        "the first who come back have it decreed for all",
        edits=(
            Edit(
                upheld_due,
                "race_ns - 1000 * min(vote.race_us for vote in told) < OUSTED_NS",
                "False",
            ),
        ),
    ),
    "ousted-for-ever": Mutant(
        "what was told once counts on another day",
        edits=(
            Edit(ousted_votes, " and abs(race_ns - 1000 * vote.race_us) < VOTE_NS + grace_ns", ""),
        ),
    ),
    "ousted-unreviewed": Mutant(
        "a follower takes it of whom it had with it",
        edits=(Edit(is_upheld, "was_here(each, 1000 * since_of(vote))", "False"),),
    ),
    "ousted-unsaid": Mutant(
        "a follower takes it of whom nobody told",
        edits=(Edit(is_upheld, "len(said) < len(named)", "False"),),
    ),
    "ousted-untold": Mutant(
        "nobody tells behind a merge who was put out before",
        edits=(Edit(RoomState._lose_room, "set(self._lost), {}", "set(), {}"),),
    ),
    "forgotten-removal-unsaid": Mutant(
        "that who was removed may come in again is not told",
        edits=(Edit(Removals._forgotten_reports, "if len(removed) >= REMOVED_MAX", "if False"),),
    ),
    "forgotten-by-another-room": Mutant(
        "whom another room did not remove is told as forgotten",
        edits=(Edit(Removals._forgotten_reports, "if len(removed) >= REMOVED_MAX", "if True"),),
    ),
}
