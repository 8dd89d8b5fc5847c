"""Mutants of whom a follower believes: who leads it, and what of its decrees may be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.judging import jury
from net.cluster.judging.jury import Jury
from net.cluster.voter import Voter
from net.node.lineage.mandate import fault_of, lags_behind_most, may_follow
from net.node.lineage.succession import Succession
from net.sim.mutants import Edit, Mutant

JURIES: Final[Mapping[str, Mutant]] = {
    "shunned-is-heard": Mutant(
        "who is trusted no more asks for promises, and leads, as before",
        edits=(Edit(Jury.shuns, "not self.trusts(sender)", "False"),),
    ),
    "distrusted-leads": Mutant(
        "who decreed what was refused may lead us",
        edits=(Edit(Jury.trusts, "node not in self.distrusted and ", ""),),
    ),
    "excluded-leads": Mutant(
        "who is excluded from the room may lead us",
        edits=(Edit(Jury.trusts, " and node not in self.excluded", ""),),
    ),
    "excluded-presides": Mutant(
        "who is excluded while it leads leads on",
        edits=(Edit(Succession.on_tick, "led_by.node in self._peers.jury.excluded", "False"),),
    ),
    "distrusted-heir": Mutant(
        "who decreed what was refused counts among those who may lead next",
        edits=(Edit(Succession.live_members, "and self._peers.jury.trusts(m.node)", ""),),
    ),
    "never-trusted-again": Mutant(
        "who decreed what most have taken is distrusted for good",
        edits=(
            Edit(Jury.take_held, "if _is_taken_by_most(decree, log, commits, node):", "if False:"),
        ),
    ),
    "unjudged": Mutant(
        "a follower takes what it is sent", edits=(Edit(Jury.examine, "not is_judged", "True"),)
    ),
    "rules-unjudged": Mutant(
        "no ruling is judged",
        edits=(Edit(Jury.examine, "(own or isinstance(decree.what, Rule))", "own"),),
    ),
    "held-judged-again": Mutant(
        "what stands in the log is judged each time that it comes",
        edits=(Edit(Jury.examine, "if is_known or ", "if "),),
    ),
    "what-most-took-is-refused": Mutant(
        "what most have taken is refused all the same",
        edits=(Edit(Jury.examine, " or _is_taken_by_most(decree, log, commits, sender)", ""),),
    ),
    "patience-inherited": Mutant(
        "a decree has waited as long as the one before it",
        edits=(
            Edit(
                Jury.examine,
                "now_ns - self._since_ns if decree == self._waits_for else 0",
                "now_ns - self._since_ns",
            ),
        ),
    ),
    "waits-and-stands": Mutant(
        "what waits for what it rests on stands in the log meanwhile",
        edits=(Edit(Jury.examine, "entries=append.entries[:count]", "entries=append.entries"),),
    ),
    "waits-unlooked-at": Mutant(
        "what waits is not looked at again",
        edits=(Edit(Jury.examine, "self._held = (sender, append)", "pass"),),
    ),
    "halts-by-error": Mutant(
        "who errs distrusts so many that nobody is left to lead",
        edits=(
            Edit(Jury.examine, "if not _may_distrust(log, self.distrusted | {sender})", "if False"),
        ),
    ),
    "half-distrusted": Mutant(
        "and whoever does not reckon with so many goes on to distrust",
        edits=(Edit(jury._may_distrust, "trusted >= majority(len(log.members))", "True"),),
    ),
    "refused-leads": Mutant(
        "what is refused is not held against who decreed it",
        edits=(Edit(Jury.examine, "self.distrusted.add(sender)", "pass"),),
    ),
    "refused-is-taken": Mutant(
        "what is refused stands in the log",
        edits=(Edit(Jury.examine, "return None\n", "return append\n"),),
    ),
    "few-take-it": Mutant(
        "what one other has taken counts as taken by most",
        edits=(Edit(jury._is_taken_by_most, "taken >= majority(len(log.members))", "taken > 0"),),
    ),
    "decreer-uncounted": Mutant(
        "who decreed a thing does not count among those who took it",
        edits=(Edit(jury._is_taken_by_most, "m.node == sender or ", ""),),
    ),
    "elected-by-few": Mutant(
        "whoever sends a vote or none is followed",
        edits=(Edit(may_follow, "voter.is_elected(append.epoch, coordinator)", "True"),),
    ),
    "old-list-follows-anybody": Mutant(
        "whom one member names is followed where votes cannot be counted",
        edits=(Edit(may_follow, "return told[coordinator] >= majority(len(live))", "return True"),),
    ),
    "entries-of-any-epoch": Mutant(
        "a coordinator sends decrees of epochs above its own",
        edits=(Edit(fault_of, "if any(each.epoch > epoch for each in entries)", "if False"),),
    ),
    "behind-by-one-word": Mutant(
        "one member's word of a base far ahead drives others out",
        edits=(Edit(lags_behind_most, "ahead >= majority(len(others))", "True"),),
    ),
    "succeeds-anybody": Mutant(
        "a hand-over of whatever office counts",
        edits=(Edit(Voter.may_succeed, "named == presides and ", ""),),
    ),
    "succession-to-another": Mutant(
        "a hand-over to one has another stand",
        edits=(Edit(Voter.may_succeed, " and transfer.successor == candidate", ""),),
    ),
    "elected-by-half": Mutant(
        "votes of half elect",
        edits=(
            Edit(
                Voter.is_elected,
                ">= majority(len(self.log.members))",
                ">= len(self.log.members) // 2",
            ),
        ),
    ),
    "elected-by-others-votes": Mutant(
        "votes for others elect",
        edits=(
            Edit(Voter.votes_for, "if (vote.lineage, vote.epoch, vote.candidate) == wanted", ""),
        ),
    ),
    "stranger-heeded": Mutant(
        "who is no member unseats a coordinator by its word",
        edits=(
            Edit(
                Voter.heeds,
                "if not any(member.node == node for member in self.log.members):",
                "if False:",
            ),
        ),
    ),
}
