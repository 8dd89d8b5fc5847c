"""Mutants of how a follower holds decrees against what people asked for and said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.sim.mutants import Edit, Mutant
from racer.play.review import lobbies, reviewer, voters
from racer.play.review.evidence import Evidence, Misruling
from racer.play.review.reviewer import Reviewer
from racer.play.room import referee
from racer.play.room.roster import Roster

WISHING: Final[Mapping[str, Mutant]] = {
    "place-for-who-is-out": Mutant(
        "who was put out of the room has its lines in the chat",
        edits=(Edit(Reviewer._judge_place, "if dot.node in removed:", "if False:"),),
    ),
    "place-behind-the-removal": Mutant(
        "or has them right behind the decree that puts it out",
        edits=(Edit(Reviewer.review, "_room_after(before, room, evidence)", "room"),),
    ),
    "sum-of-errors": Mutant(
        "testimonies of minutes put somebody out",
        edits=(
            Edit(
                voters.is_witnessed,
                "said and _saw_it_together([told[dot.node] for dot in ruling.witnesses])",
                "said",
            ),
        ),
    ),
    "late-testimonies-are-none": Mutant(
        "who leads is named for testimonies whose clocks lay on both sides of its own",
        edits=(
            Edit(
                voters._saw_it_together,
                "2 * WITNESSED_NS + PASSED_OVER_NS",
                "WITNESSED_NS + PASSED_OVER_NS",
            ),
        ),
    ),
    "newer-testimony-is-none": Mutant(
        "or whose author has borne witness again since",
        edits=(Edit(voters._saw_it_together, " + PASSED_OVER_NS", ""),),
    ),
    "value-unvoted": Mutant(
        "a setting on which somebody voted becomes what nobody voted for",
        edits=(
            Edit(
                lobbies._may_be_voted,
                "value_of_vote(name, vote) == value_of(race, name)",
                "True",
            ),
        ),
    ),
    "voted-long-ago-or-never": Mutant(
        "who leads is named for a vote that its voter has just replaced",
        edits=(
            Edit(
                lobbies._may_be_voted,
                "or not evidence.is_long_said(node, vote.race_us)",
                "",
            ),
        ),
    ),
    "watcher-chooses": Mutant(
        "who has no number chooses what is raced",
        edits=(Edit(lobbies._may_be_voted, "if node in voters", "if True"),),
    ),
    "host-chooses-nothing": Mutant(
        "who leads is named for the word of a host that only watches",
        edits=(Edit(lobbies._may_be_voted, " | {room.host}", ""),),
    ),
    "who-is-out-chose-nothing": Mutant(
        "or for that of somebody who was put out with the same words",
        edits=(Edit(lobbies._may_be_voted, " | room.removed.keys()", ""),),
    ),
    "convicted-chose-nothing": Mutant(
        "or for what has not come to all, of who said two things in one place",
        edits=(
            Edit(
                lobbies._may_be_voted,
                "if not voters.isdisjoint(evidence.convicted):",
                "if False:",
            ),
        ),
    ),
    "known-at-once": Mutant(
        "or for what it may not have heard yet",
        edits=(Edit(Evidence.is_long_said, ">= LONG_SAID_NS", ">= 0"),),
    ),
    "strangers-share-all": Mutant(
        "or may not have heard from who is not here",
        edits=(
            Edit(
                Evidence.is_long_said,
                "if author not in self.here or self.by not in self.here:",
                "if self.by not in self.here:",
            ),
            Edit(
                Evidence.is_long_said,
                "max(self.here[author], self.here[self.by])",
                "self.here[self.by]",
            ),
        ),
    ),
    "just-met-shares-all": Mutant(
        "or said in another part of the room, before they met again",
        edits=(
            Edit(
                Evidence.is_long_said,
                "min(together_ns, self.race_ns - 1000 * said_us)",
                "self.race_ns - 1000 * said_us",
            ),
        ),
    ),
    "met-by-the-room-clock": Mutant(
        "or for what was said before they met, by a clock that they took over then",
        edits=(Edit(Evidence.is_long_said, "self.now_ns - max", "self.race_ns - max"),),
    ),
    "shared-by-the-room-clock": Mutant(
        "or for what is early by the clock that we had before",
        edits=(
            Edit(
                Evidence.shares_clock,
                "return self.now_ns - since_ns",
                "return self.race_ns - since_ns",
            ),
        ),
    ),
    "the-gone-are-met": Mutant(
        "who is gone counts as here",
        edits=(Edit(Roster.on_tick, "self._met_ns.pop(node, None)", "pass"),),
    ),
    "met-in-another-history": Mutant(
        "who was met in another part of the room counts as met in this one",
        edits=(Edit(Roster.on_lineage, "self._met_ns.clear()", "pass"),),
    ),
    "grid-in-any-order": Mutant(
        "who leads stands in front whatever was chosen",
        edits=(
            Edit(
                lobbies.judge_grid,
                "if next_grid(room, grid.cars) != (grid.cars, grid.qualifying):",
                "if False:",
            ),
        ),
    ),
    "on-the-grid-twice": Mutant(
        "or turns it by a car that it names twice",
        edits=(Edit(referee.next_grid, "sorted(set(numbers))", "sorted(numbers)"),),
    ),
    "qualifying-left-out": Mutant(
        "the race begins without its qualifying, or with one that nobody chose",
        edits=(
            Edit(
                lobbies.judge_grid,
                "(grid.cars, grid.qualifying)",
                "(grid.cars, next_grid(room, grid.cars)[1])",
            ),
        ),
    ),
    "void-grid-judged": Mutant(
        "who leads is named for a grid that begins no race",
        edits=(
            Edit(
                Reviewer._find_misruling,
                "case Grid() if _counts_grid(ruling, room):",
                "case Grid() if room.setup:",
            ),
        ),
    ),
    "grid-of-who-is-out-judged": Mutant(
        "or for one with a car that was taken by the decree before it",
        edits=(Edit(reviewer._counts_grid, " and set(grid.cars) <= set(room.seats.values())", ""),),
    ),
    "other-kinds": Mutant(
        "others drive slower cars than they chose",
        edits=(
            Edit(
                lobbies.judge_grid,
                "None if _are_kinds_theirs(grid, room, evidence) else Misruling.UNFOUNDED",
                "None",
            ),
        ),
    ),
    "kind-of-just-now": Mutant(
        "who leads is named for the car that somebody had until just now",
        edits=(Edit(lobbies._are_kinds_theirs, " and evidence.is_long_said(node, said_us)", ""),),
    ),
    "kind-of-who-says-two-things": Mutant(
        "or for that of who told others of another",
        edits=(Edit(lobbies._are_kinds_theirs, " or node in evidence.convicted", ""),),
    ),
    "kind-of-who-does-not-race": Mutant(
        "or for none, of who does not race",
        edits=(Edit(lobbies._are_kinds_theirs, "number not in grid.cars or ", ""),),
    ),
    "leased-in-the-first-seconds": Mutant(
        "who leads gives cars away before anybody can have seen them driven",
        edits=(
            Edit(referee.leases_due, "if race_ns - race.green_ns < LEASED_FROM_NS:", "if False:"),
        ),
    ),
    "taken-in-the-first-seconds": Mutant(
        "and nobody refuses that",
        edits=(
            Edit(
                reviewer._judge_lease,
                "Misruling.EARLY if early and evidence.shares_clock else None",
                "None",
            ),
        ),
    ),
    "early-at-any-time": Mutant(
        "who leads is named for giving away the car of who is gone",
        edits=(
            Edit(
                reviewer._judge_lease,
                "if early and evidence.shares_clock",
                "if evidence.shares_clock",
            ),
        ),
    ),
    "early-by-another-clock": Mutant(
        "or for what is early by ours alone",
        edits=(Edit(reviewer._judge_lease, " and evidence.shares_clock", ""),),
    ),
    "strangers-clock-is-ours": Mutant(
        "the clock of who is not here counts as ours",
        edits=(
            Edit(
                Evidence.shares_clock,
                "self.here.get(self.by, self.now_ns)",
                "self.here.get(self.by, 0)",
            ),
        ),
    ),
    "newcomers-clock-is-ours": Mutant(
        "or that of who has just come",
        edits=(Edit(Evidence.shares_clock, ">= CLOCK_SHARED_MS * MILLISECOND", ">= 0"),),
    ),
    "repeated-is-own": Mutant(
        "what one before it decreed is the lie of who repeats it",
        edits=(Edit(Reviewer.review, "elif ahead[-1].epoch < evidence.epoch:", "elif False:"),),
    ),
    "repeated-is-a-lie": Mutant(
        "who repeats what one before it decreed is put out for it",
        edits=(Edit(Misruling.may_be_honest, "Misruling.REPEATED,", ""),),
    ),
}
