"""Mutants of the room of a race: what a ruling may change, and whose word counts for which car."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.streams import Streams
from net.sim.mutants import Edit, Mutant
from racer.play.cars.driven_cars import DrivenCars
from racer.play.cars.lease_guard import LeaseGuard
from racer.play.cars.steward import Steward
from racer.play.records.claims import Claims
from racer.play.records.gossip import Gossip
from racer.play.review.reviewer import Reviewer
from racer.play.room import chat_lines
from racer.play.room.car_facts import CarFacts
from racer.play.room.chat_allowance import ChatAllowance
from racer.play.room.chat_lines import ChatLines
from racer.play.room.chat_pace import ChatPace, PlaceShare, SaidApart, _Apart
from racer.play.room.facts import Facts
from racer.play.room.referee import Referee, grants_due
from racer.play.room.room import Race, Room
from racer.play.room.room_state import RoomState
from racer.play.room.setup_pace import SetupPace
from racer.play.room.votes import Votes
from racer.play.tempo import Tempo

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
        edits=(Edit(CarFacts._may_report_for, "if author == owner:", "if True:"),),
    ),
    "faster-than-any-car": Mutant(
        "a lap counts however fast it was",
        edits=(
            Edit(
                CarFacts._valid_laps,
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
    "apart-forgotten": Mutant(
        "who was apart gets the places of a side that it never left",
        edits=(Edit(SaidApart.lines, "known.lines(now_ns)", "0"),),
    ),
    "apart-spent-by-nobody": Mutant(
        "what was said apart gets its places as often as somebody takes over",
        edits=(Edit(SaidApart.on_placed, "known.saved -= 1", "known.saved -= 0"),),
    ),
    "apart-without-bound": Mutant(
        "who was gone for an evening says thousands of lines at once",
        edits=(
            Edit(
                _Apart.lines,
                "min(self.saved + gone_ns // CHAT_PLACED_NS, CHAT_APART_MAX)",
                "self.saved + gone_ns // CHAT_PLACED_NS",
            ),
        ),
    ),
    "apart-saved-for-ever": Mutant(
        "who was apart once may say all of it at once whenever it likes",
        edits=(
            Edit(
                SaidApart.on_tick, "known.saved and now_ns - known.back_ns > CHAT_APART_NS", "False"
            ),
        ),
    ),
    "strangers-were-apart": Mutant(
        "who comes for the first time has the places of who was apart",
        edits=(
            Edit(
                SaidApart.on_tick,
                "saved = 0 if known is None else",
                "saved = 100 if known is None else",
            ),
        ),
    ),
    "waits-in-vain": Mutant(
        "who waits for its turn is overdue with who has it",
        edits=(
            Edit(
                ChatLines.drop_overdue,
                "if CHAT_PLACED_BURST < of_author[dot.node] <= CHAT_WAITING_MAX:",
                "if False:",
            ),
        ),
    ),
    "flood-waits-for-ever": Mutant(
        "what may not even wait is held for ever",
        edits=(Edit(ChatLines.drop_overdue, " <= CHAT_WAITING_MAX:", ":"),),
    ),
    "shown-and-hidden": Mutant(
        "what was shown in its place is hidden while it waits for another",
        edits=(Edit(ChatLines.pending, " or dot in self._placed_before", ""),),
    ),
    "folds-of-floods": Mutant(
        "a checkpoint keeps the floods of all",
        edits=(
            Edit(
                chat_lines._most_of_each,
                "while fsum(min(count, most) for count in waiting) > CHAT_WAITING_KEPT:",
                "while False:",
            ),
        ),
    ),
    "chat-before-all": Mutant(
        "lines of chat hold up what else is to be decreed",
        edits=(Edit(Referee.due, "orders[:most]", "orders"),),
    ),
    "folded-over-in-silence": Mutant(
        "what a checkpoint leaves out of the chat is told to nobody",
        edits=(Edit(RoomState.drop_lines, "if dot not in self.facts.lines", "if False"),),
    ),
    "passed-lines-return": Mutant(
        "a line gets a place behind a later one of its author",
        edits=(Edit(ChatLines.drop_overdue, "dot.n < reached.get(dot.member, 0)", "False"),),
    ),
    "place-ahead-mutes": Mutant(
        "a place far ahead of what somebody has said leaves no other to that life",
        edits=(Edit(ChatLines._reached_in, "if dot in self.all:", "if True:"),),
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
    "disqualified-unwitnessed": Mutant(
        "a decree that puts somebody out of the race is taken though nobody saw it lie",
        edits=(
            Edit(
                Reviewer._find_misruling,
                "None if is_witnessed(ruling, evidence.facts) else Misruling.UNFOUNDED",
                "None",
            ),
        ),
    ),
    "one-state-is-a-lie": Mutant(
        "one leap is a lie",
        edits=(Edit(Steward._is_often, "len(times) == STATES_PROVE and", ""),),
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
    "lease-orders-states": Mutant(
        "who raced by a lease is not seen in the next race, in which leases begin anew",
        edits=(
            Edit(
                Streams.on_stream,
                "version = (stream.incarnation, stream.state.tick)",
                "version = (stream.lease, stream.incarnation, stream.state.tick)",
            ),
        ),
    ),
    "back-before-its-time": Mutant(
        "who is back drives its car by a clock that has not come to where it left it",
        edits=(
            Edit(
                DrivenCars._take_car,
                "mine is not None and self._is_clock_behind(local_race, mine, race_ns)",
                "False",
            ),
        ),
    ),
    "claims-in-their-order": Mutant(
        "recordings that never come are asked for before all that others told of later",
        edits=(Edit(Claims.next_of, "if under_way.get(teller, 0) >= each_max:", "if False:"),),
    ),
    "claims-crowd-out": Mutant(
        "who makes up records takes the places of all others",
        edits=(Edit(Claims.has_room, " or ours + 1 < most", ""),),
    ),
    "board-read-at-once": Mutant(
        "a board is read in one tick, which then takes a tenth of a second",
        edits=(Edit(Gossip.on_tick, "min(READ_PER_TICK, len(self._unread))", "len(self._unread)"),),
    ),
    "board-held-for-ever": Mutant(
        "no board is told of while anybody makes up what is yet to come",
        edits=(Edit(Gossip._is_due, "self._held_ticks >= HELD_TICKS + later_ticks", "False"),),
    ),
    "wheel-halved": Mutant(
        "who steers a car itself is asked each second tick",
        edits=(Edit(Tempo.on_tick, "SetIdle(idle, self._bot and far)", "SetIdle(idle, far)"),),
    ),
    "halved-near-others": Mutant(
        "a bot that may touch another car is asked each second tick",
        edits=(Edit(Tempo.on_tick, "now_ns - self._near_ns >= NEAR_OTHERS_NS", "True"),),
    ),
    "halved-too-soon": Mutant(
        "a bot changes its pace with each state that goes",
        edits=(
            Edit(
                Tempo.on_tick, "now_ns - self._near_ns >= NEAR_OTHERS_NS", "now_ns > self._near_ns"
            ),
        ),
    ),
    "claims-of-all-alike": Mutant(
        "what one tells of another's lap stands in the place of what that tells itself",
        edits=(
            Edit(
                Claims.holds,
                "_key_of(record) in self._told.get(teller, ())",
                "any(_key_of(record) in each for each in self._told.values())",
            ),
        ),
    ),
}
