"""Mutants of the room of a race: what a ruling may change, and whose word counts for which car."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.sim.mutants import Edit, Mutant
from racer.play.cars.lease_guard import LeaseGuard
from racer.play.cars.steward import Steward
from racer.play.room import polls, referee
from racer.play.room.chat_allowance import ChatAllowance
from racer.play.room.chat_pace import ChatPace, PlaceShare
from racer.play.room.facts import Facts
from racer.play.room.polls import end_poll, lie_polls, people, removal_polls, removal_votes_needed
from racer.play.room.referee import grants_due
from racer.play.room.review import Reviewer
from racer.play.room.room import Race, Room
from racer.play.room.setup_pace import SetupPace
from racer.play.room.votes import Votes

RACING: Final[Mapping[str, Mutant]] = {
    "two-on-a-number": Mutant(
        "a number that is taken is given again",
        edits=(Edit(Room._apply_ruling, "or number in self.seats.values()", ""),),
    ),
    "two-numbers": Mutant(
        "a driver that has a number gets another",
        edits=(Edit(Room._apply_ruling, "node in self.seats or number", "number"),),
    ),
    "granted-twice": Mutant(
        "an appearance of a canister is granted again",
        edits=(
            Edit(
                Room._apply_grant,
                "if grant.generation != race.generation(grant.pickup):",
                "if False:",
            ),
        ),
    ),
    "granted-early": Mutant(
        "a canister is granted before it is there again",
        edits=(
            Edit(
                Room._apply_grant, "if grant.race_ms < race.returns_ms(grant.pickup):", "if False:"
            ),
        ),
    ),
    "granted-in-another-race": Mutant(
        "a grant of another race counts",
        edits=(Edit(Room._apply_grant, "grant.race != race.id or", ""),),
    ),
    "granted-after-the-results": Mutant(
        "a grant counts when the race is closed",
        edits=(Edit(Room._apply_grant, "or race.results is not None", ""),),
    ),
    "lease-of-any-number": Mutant(
        "a lease counts by whatever number",
        edits=(Edit(Room._apply_lease, "or control.lease != race.lease_of(control.car) + 1", ""),),
    ),
    "lease-of-another-race": Mutant(
        "a lease of another race counts",
        edits=(Edit(Room._apply_lease, "or control.race != race.id", ""),),
    ),
    "lease-of-no-car": Mutant(
        "a car that does not race is leased",
        edits=(Edit(Room._apply_lease, "control.car not in race.cars or", ""),),
    ),
    "lease-after-the-results": Mutant(
        "a lease counts when the race is closed",
        edits=(Edit(Room._apply_lease, "or race.results is not None", ""),),
    ),
    "leases-unproved": Mutant(
        "leases that are not those that were decreed are gone on from",
        edits=(
            Edit(
                Room._apply_lease,
                "if len(race.leases.get(control.car, ())) != len(race.terms.get(control.car, ())):",
                "if False:",
            ),
        ),
    ),
    "closed-twice": Mutant(
        "a race is closed again, with other results",
        edits=(Edit(Room._apply_race_ruling, "if self.race.results is not None:", "if False:"),),
    ),
    "closed-by-another": Mutant(
        "results of another race close this one",
        edits=(Edit(Room._apply_race_ruling, "or self.race.id != race", ""),),
    ),
    "two-races": Mutant(
        "a race begins during another",
        edits=(Edit(Room._begin_race, "self.in_race or self.setup is None", "self.setup is None"),),
    ),
    "strangers-on-the-grid": Mutant(
        "numbers that nobody has stand on the grid",
        edits=(
            Edit(Room._begin_race, "or not set(grid.cars) <= set(node_of)", ""),
            Edit(
                Room._begin_race,
                "node_of[number] for number",
                "node_of.get(number, b'') for number",
            ),
        ),
    ),
    "lobby-before-the-results": Mutant(
        "the lobby opens while a race runs",
        edits=(Edit(Room._open_lobby, "or self.race.results is None", ""),),
    ),
    "ordered-twice": Mutant(
        "a line of chat gets a second place",
        edits=(Edit(Room.apply, "if dot not in self._ordered:", "if True:"),),
    ),
    "anybody-drives": Mutant(
        "who ever drove a car may speak for it by any lease",
        edits=(
            Edit(
                Race.may_drive,
                "lease <= len(drivers) and drivers[lease - 1] == node",
                "node in drivers",
            ),
        ),
    ),
    "anybody-speaks": Mutant(
        "whoever says so completes laps and claims canisters for any car",
        edits=(Edit(Facts._may_report_for, "if author == owner:", "if True:"),),
    ),
    "faster-than-any-car": Mutant(
        "a lap counts however fast it was",
        edits=(
            Edit(
                Facts._valid_laps,
                "if lap.race_ms - at_ms < least_ms or lap.lap_ms < least_ms:",
                "if False:",
            ),
        ),
    ),
    "flood": Mutant(
        "one may say as much as it will",
        edits=(Edit(ChatAllowance.spend, "if self._left_us < CHAT_PERIOD_US:", "if False:"),),
    ),
    "allowance-saved": Mutant(
        "who was silent may say all at once what it has saved",
        edits=(
            Edit(
                ChatAllowance.spend,
                "min(self._left_us + gained_us, _MOST_US)",
                "self._left_us + gained_us",
            ),
        ),
    ),
    "allowance-by-clocks": Mutant(
        "a clock that goes back and forth saves up an allowance",
        edits=(Edit(ChatAllowance.spend, "max(self._at_us, race_us)", "race_us"),),
    ),
    "settings-toggled": Mutant(
        "what is raced next is decreed anew as often as somebody wants something else",
        edits=(Edit(SetupPace.may_become, "if self._left == 0:", "if False:"),),
    ),
    "places-unbounded": Mutant(
        "all lines of an author get their places at once",
        edits=(Edit(PlaceShare.take, "if self.left == 0:", "if False:"),),
    ),
    "waiting-unbounded": Mutant(
        "as many lines of an author wait as it likes",
        edits=(
            Edit(
                ChatPace._may_wait,
                "if queue.waiting >= CHAT_WAITING_MAX + queue.share.left:",
                "if False:",
            ),
        ),
    ),
    "passed-lines-return": Mutant(
        "a line gets a place behind a later one of its author",
        edits=(Edit(Room.has_passed, "dot.n < self._newest.get(dot.member, 0)", "False"),),
    ),
    "former-entry": Mutant(
        "an entry of a former life replaces a later one",
        edits=(Edit(Facts.add, "if before is None or before.dot < dot:", "if True:"),),
    ),
    "wish-of-another-lobby": Mutant(
        "a wish counts in whatever lobby",
        edits=(
            Edit(
                Votes.on,
                "self._on.get((what, of), {})",
                "{n: v for (k, _), on in self._on.items() if k == what for n, v in on.items()}",
            ),
        ),
    ),
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
        edits=(Edit(Room._disqualify, "if each in race.judges and each != node", ""),),
    ),
    "disqualified-unwitnessed": Mutant(
        "a decree that puts somebody out of the race is taken though nobody saw it lie",
        edits=(
            Edit(
                Reviewer._find_misruling,
                "None if _is_witnessed(ruling, evidence.facts) else Misruling.UNFOUNDED",
                "None",
            ),
        ),
    ),
    "one-state-is-a-lie": Mutant(
        "one leap is a lie",
        edits=(Edit(Steward._is_often, "len(times) == STATES_PROVE and", ""),),
    ),
    "host-of-later": Mutant(
        "a room gets a host after it was founded",
        edits=(Edit(Room._name_host, "decree.index != self._founded + 1", "False"),),
    ),
    "lease-forgotten": Mutant(
        "a lease that fell is not noticed",
        edits=(Edit(LeaseGuard._check_numbers, "if lease < before:", "if False:"),),
    ),
    "own-car-of-another": Mutant(
        "a node drives its own car while it is another's to drive",
        edits=(
            Edit(
                LeaseGuard._check_own,
                "local_race.own_car is not None and not local_race.drives_own",
                "False",
            ),
        ),
    ),
    "own-car-twice": Mutant(
        "a node drives its own car twice",
        edits=(Edit(LeaseGuard._check_own, "if own in local_race.leased_cars:", "if False:"),),
    ),
    "lease-that-is-over": Mutant(
        "a node drives a car by a lease that is over",
        edits=(
            Edit(
                LeaseGuard._check_leased,
                "race.driver_of(car) != self._me or leased_car.lease != race.lease_of(car)",
                "False",
            ),
        ),
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
    "its-own-judge": Mutant(
        "who is accused counts among the witnesses",
        edits=(Edit(Room._disqualify, " and each != node", ""),),
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
    "grant-to-who-does-not-race": Mutant(
        "who leads grants a canister to who does not race",
        edits=(Edit(grants_due, " and race.number_of(claimed.node) is not None", ""),),
    ),
    "grant-before-it-is-back": Mutant(
        "who leads grants a canister that is not there",
        edits=(Edit(grants_due, "is_open and is_back and", "is_open and"),),
    ),
    "grant-at-once": Mutant(
        "who leads grants a canister to whose claim came first",
        edits=(Edit(grants_due, "if race_ns - touched_ns >= CLAIM_WINDOW_NS:", "if True:"),),
    ),
    "removed-is-seated": Mutant(
        "who leads gives who was removed a number",
        edits=(Edit(referee._seat_rulings, " or node in room.removed", ""),),
    ),
}
