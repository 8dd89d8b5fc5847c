"""Mutants of what the room waits for, and of how long it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.sim.mutants import Edit, Mutant
from racer.play.cars.steward import Steward
from racer.play.review import dues, overseer
from racer.play.review.debts import Debts
from racer.play.review.dues import debt_of, dues_of
from racer.play.review.evidence import Misruling
from racer.play.review.overseer import Overseer
from racer.play.room.chat_lines import LinesHeard
from racer.play.room.room_state import RoomState

OWING: Final[Mapping[str, Mutant]] = {
    "liar-leads-until-decreed": Mutant(
        "who is seen to lie by most leads until that is decreed, which it need not do",
        edits=(Edit(Steward.shut_out, "set() if due is None else {due.node}", "set()"),),
    ),
    "excludes-itself": Mutant(
        "who is said to lie excludes itself",
        edits=(Edit(Steward.shut_out, "((liars | debtors) - {self._me})", "(liars | debtors)"),),
    ),
    "who-decrees-it-not-leads-on": Mutant(
        "who leads and leaves out what is due leads on",
        edits=(Edit(Steward.shut_out, "liars | debtors", "liars"),),
    ),
    "removed-is-heard": Mutant(
        "the node is not told whom the room has put out",
        edits=(
            Edit(Steward.shut_out, "frozenset(room.removed) | ((liars", "frozenset() | ((liars"),
        ),
    ),
    "excluded-at-once": Mutant(
        "who leads is excluded before it can have decreed it",
        edits=(Edit(Debts._charge_debts, "ns >= debt.what.patience_ns", "True"),),
    ),
    "next-inherits-the-delay": Mutant(
        "who takes the office over is excluded for what its predecessor did not decree",
        edits=(
            Edit(
                Debts._charge_debts,
                "owed = self._owed_ns.pop(by, {})",
                "owed = {d: n for each in self._owed_ns.values() for d, n in each.items()}",
            ),
        ),
    ),
    "steps-down-in-time": Mutant(
        "who steps down before its time is over has all of it again",
        edits=(
            Edit(
                Debts.debtors,
                "if coordinator is not None and coordinator not in self._shunned_ns:",
                "if coordinator is None:\n"
                "        self._owed_ns.clear()\n"
                "    elif coordinator not in self._shunned_ns:",
            ),
        ),
    ),
    "shunned-for-ever": Mutant(
        "who owes the room something by us alone never leads us again",
        edits=(Edit(Debts.debtors, "now_ns - since_ns < SHUNNED_NS and ", ""),),
    ),
    "shunned-while-another-leads": Mutant(
        "whose office another has is not heard for as long as if nobody had it",
        edits=(Edit(Debts.debtors, " and coordinator in {None, by}", ""),),
    ),
    "shunned-again-at-once": Mutant(
        "who was shunned has no time to decree what it owes",
        edits=(
            Edit(
                Debts._charge_debts,
                "self._shunned_ns[by] = now_ns",
                "self._shunned_ns[by] = now_ns\n        self._owed_ns[by] = owed",
            ),
        ),
    ),
    "debt-outlives-its-decree": Mutant(
        "who has decreed what it owed is shunned for that",
        edits=(
            Edit(
                Debts._charge_debts,
                "owed[debt] + passed_ns if debt in owed else 0",
                "max(owed.values(), default=0) + passed_ns",
            ),
        ),
    ),
    "decreed-by-another-is-owed": Mutant(
        "what another decreed meanwhile is owed by who led before",
        edits=(
            Edit(
                Debts.debtors,
                "for debt, ns in owed.items() if debt in due}",
                "for debt, ns in owed.items()}",
            ),
        ),
    ),
    "pauses-count": Mutant(
        "who pauses itself thinks that all waited so long",
        edits=(Edit(Debts.debtors, "min(passed_ns, DUES_GAP_NS)", "passed_ns"),),
    ),
    "blind-forgives": Mutant(
        "who cannot say for a moment what is due has all begin anew",
        edits=(
            Edit(
                Debts.debtors, "if due is None:", "if due is None:\n        self._owed_ns.clear()"
            ),
        ),
    ),
    "debtors-without-bound": Mutant(
        "what they owe is kept of all who ever led",
        edits=(Edit(Debts.__init__, "Recent(DEBTORS_MAX)", "Recent(10**9)"),),
    ),
    "withholding-is-a-lie": Mutant(
        "who decrees nothing is put out for it, though it may be held up",
        edits=(Edit(Misruling.may_be_honest, "Misruling.WITHHELD,", ""),),
    ),
    "leaving-out-is-a-lie": Mutant(
        "who leaves a line out of the chat is put out for it, though it may lack it",
        edits=(Edit(Misruling.may_be_honest, "Misruling.NOT_PLACED,", ""),),
    ),
    "results-never-owed": Mutant(
        "who leads and decrees no results leads on",
        edits=(Edit(debt_of, "if race_ns >= closes_ns else None", "if False else None"),),
    ),
    "results-owed-before-the-end": Mutant(
        "who leads is shunned while the race is on",
        edits=(Edit(debt_of, " if race_ns >= closes_ns else None", ""),),
    ),
    "idle-race-without-end": Mutant(
        "a race that nobody finishes never ends where who leads does not end it",
        edits=(Edit(debt_of, " or idle_ns(race, facts, length_m)", " or race_ns + 1"),),
    ),
    "lobby-never-owed": Mutant(
        "who leads and opens no lobby behind the results leads on",
        edits=(Edit(debt_of, "if is_due else None", "if False else None"),),
    ),
    "start-never-owed": Mutant(
        "who never begins the race leads on",
        edits=(Edit(dues_of, "and _waits_for_start(seen, coordinator)", "and False"),),
    ),
    "start-without-a-circuit": Mutant(
        "a start is due of who does not know the circuit",
        edits=(
            Edit(
                dues._waits_for_start,
                " or seen.length_of(setup.race.circuit) is None",
                "",
            ),
        ),
    ),
    "start-with-one-away": Mutant(
        "a start is due though one is away for us, whom who leads may hear",
        edits=(Edit(dues._waits_for_start, "not all(map(presence.is_here, room.seats))", "False"),),
    ),
    "start-before-the-circuit-is-here": Mutant(
        "a start is due while who leads fetches the circuit",
        edits=(
            Edit(
                dues._waits_for_start,
                "*(() if coordinator is None else (coordinator,))",
                "",
            ),
        ),
    ),
    "start-without-the-host": Mutant(
        "a start is due by votes, though the host may have said otherwise",
        edits=(
            Edit(
                dues._waits_for_start,
                "room.host is not None and not presence.is_here(room.host)",
                "False",
            ),
        ),
    ),
    "drivers-never-owed": Mutant(
        "who leaves cars without drivers leads on",
        edits=(Edit(dues_of, "_drivers_due(seen, race) | ", ""),),
    ),
    "driven-cars-are-owed": Mutant(
        "a driver is due for a car that is seen to be driven",
        edits=(Edit(dues._drivers_due, " or not seen.drives_on(lease.car)", " or True"),),
    ),
    "asked-back-is-not-owed": Mutant(
        "who drives a car on keeps it from who is back",
        edits=(Edit(dues._drivers_due, "lease.driver == race.cars[lease.car] or ", ""),),
    ),
    "canisters-never-owed": Mutant(
        "who grants nothing leads on",
        edits=(Edit(dues_of, " | _canisters_due(seen, race)", ""),),
    ),
    "unseen-claims-are-owed": Mutant(
        "a canister is due to who says so, whatever who leads has seen",
        edits=(Edit(dues._canisters_due, "if seen.knows(each.author, each.claim)", "if True"),),
    ),
    "owed-behind-the-end": Mutant(
        "canisters are due of a race that has closed",
        edits=(
            Edit(
                dues_of,
                "elif room.phase(seen.race_ns) is Phase.RACING and race is not None:",
                "if room.phase(seen.race_ns) is Phase.RACING and race is not None:",
            ),
        ),
    ),
    "places-never-owed": Mutant(
        "who leaves lines out of the chat leads on",
        edits=(Edit(LinesHeard.owed, "if dot in self._heard and ", "if False and "),),
    ),
    "folded-lines-are-owed": Mutant(
        "a line is due that a checkpoint holds, though it may be one of those that get no place",
        edits=(Edit(LinesHeard.owed, "if dot in self._heard and ", "if "),),
    ),
    "heard-before-the-history": Mutant(
        "a line is due that was heard in another history",
        edits=(Edit(LinesHeard.forget, "self._heard.clear()", "pass"),),
    ),
    "crowds-are-owed": Mutant(
        "a line is due of who said too many",
        edits=(Edit(LinesHeard.owed, " or count > CHAT_PLACED_BURST", ""),),
    ),
    "crowds-are-forgotten": Mutant(
        "a line is due of who said too many, once few of them wait",
        edits=(Edit(LinesHeard.owed, "node in self._crowded or ", ""),),
    ),
    "lines-of-the-removed-are-owed": Mutant(
        "a line is due of who was put out",
        edits=(Edit(RoomState.owed_lines, "{*self.room.removed, *self.convicted}", "set()"),),
    ),
    "we-owe-ourselves": Mutant(
        "who leads shuns itself",
        edits=(Edit(Overseer.debtors, " and coordinator != node.me", ""),),
    ),
    "the-gone-owe": Mutant(
        "who led and is gone is charged for what it could not decree",
        edits=(Edit(Overseer.debtors, "coordinator in state.roster.here_ns and ", ""),),
    ),
    "strangers-judge": Mutant(
        "who is none of the room yet says what it owes",
        edits=(Edit(Overseer.debtors, "node.synced and ", ""),),
    ),
    "who-lags-judges": Mutant(
        "who lacks decrees that most have misses them of who leads",
        edits=(Edit(Overseer.debtors, " and not lags_behind(state, node)", ""),),
    ),
    "ahead-by-its-own-word": Mutant(
        "who leads says that it knows more than all, and nobody misses anything",
        edits=(Edit(overseer.lags_behind, "2 * len(ahead) > len(others)", "len(ahead) > 0"),),
    ),
}
