"""Mutants of whom a follower believes: who leads it, and what of its decrees may be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.judging import jury
from net.cluster.judging.jury import Jury
from net.cluster.voter import Voter, is_plausible
from net.node.lineage import mandate
from net.node.lineage.mandate import (
    fault_of,
    highest_epoch,
    lags_behind_most,
    may_follow,
    named_by_most,
)
from net.node.lineage.reconfiguration import Reconfiguration
from net.node.lineage.succession import Succession
from net.node.peers import Peers
from net.security.signet import Signet
from net.sim.mutants import Edit, Mutant

JURIES: Final[Mapping[str, Mutant]] = {
    "speaks-what-it-cannot": Mutant(
        "who cannot speak a version takes the decree that all shall",
        edits=(Edit(Jury._oversteps, "version > self._highest", "False"),),
    ),
    "convicts-nobody": Mutant(
        "a decree that convicts by what proves nothing is taken, and costs all its checks",
        edits=(
            Edit(
                Jury._oversteps,
                "self.proves is not None and not self.proves(proof)",
                "False",
            ),
        ),
    ),
    "convicts-of-others": Mutant(
        "who leads answers for what others had decreed before",
        edits=(
            Edit(
                Jury.examine,
                "isinstance(decree.what, Order | Convict) and decree.epoch == append.epoch",
                "isinstance(decree.what, Convict)",
            ),
        ),
    ),
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
        edits=(Edit(Jury.examine, "isinstance(decree.what, Rule | ", "isinstance(decree.what, "),),
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
    "places-unjudged": Mutant(
        "no place in the chat is judged",
        edits=(
            Edit(
                Jury.examine,
                "own or isinstance(decree.what, Rule | SpeakVersion)",
                "isinstance(decree.what, Rule | SpeakVersion)",
            ),
        ),
    ),
    "former-places-judged": Mutant(
        "who leads is held for the places that its predecessor gave",
        edits=(Edit(Jury.examine, " and decree.epoch == append.epoch", ""),),
    ),
    "other-log-judged": Mutant(
        "who leads is held for decrees that do not follow our log",
        edits=(Edit(Jury.examine, "not continues or ", ""),),
    ),
    "promised-away-judged": Mutant(
        "who led is held for what we would not take of it any more",
        edits=(Edit(Jury.examine, " or append.epoch < voter.promised", ""),),
    ),
    "ahead-unread": Mutant(
        "a decree is judged without those before it that the program does not know yet",
        edits=(
            Edit(
                Jury.examine,
                "list(log.entries(told, append.index)) if told < append.index else []",
                "[]",
            ),
        ),
    ),
    "named-by-another": Mutant(
        "a member has another distrusted for decrees that it makes up in its name",
        edits=(Edit(Peers.admit, " or message.coordinator.node != sender", ""),),
    ),
    "refused-is-followed": Mutant(
        "who decrees what is refused is followed until it is missed",
        edits=(Edit(Jury.examine, "if voter.coordinator == append.coordinator:", "if False:"),),
    ),
    "trusted-at-once": Mutant(
        "who decreed what was refused is trusted again at the next tick",
        edits=(
            Edit(Jury.take_held, "if _is_taken_by_most(decree, log, commits, node):", "if True:"),
        ),
    ),
    "shunned-tells-nothing": Mutant(
        "who is distrusted takes the decrees with it that it alone holds",
        edits=(Edit(Jury.shuns, " and not isinstance(message, _HARMLESS)", ""),),
    ),
    "patience-begins-anew": Mutant(
        "what waits has waited since it was last looked at, and so for ever",
        edits=(Edit(Jury.examine, "if decree != self._waits_for:", "if True:"),),
    ),
    "convicted-is-member": Mutant(
        "who is convicted stays a member",
        edits=(Edit(Peers.shuts_out, " or node in self.convicted", ""),),
    ),
    "excluded-is-member": Mutant(
        "who is excluded stays a member",
        edits=(Edit(Peers.shuts_out, "node in self.jury.excluded or ", ""),),
    ),
    "shut-out-stays": Mutant(
        "who is shut out goes when it is missed",
        edits=(
            Edit(Reconfiguration._is_gone, "if self._peers.shuts_out(member.node):", "if False:"),
        ),
    ),
    "shut-out-comes-in": Mutant(
        "who is shut out becomes a member again",
        edits=(
            Edit(Reconfiguration._ready_learners, "and not self._peers.shuts_out(peer.node)", ""),
        ),
    ),
    "follows-any-caller": Mutant(
        "whoever says so leads the fork that another called for",
        edits=(Edit(may_follow, "return coordinator == called.candidate", "return True"),),
    ),
    "learner-follows-anybody": Mutant(
        "who has no vote follows whoever says that it leads",
        edits=(
            Edit(
                may_follow,
                "return told[coordinator] >= max(told.values(), default=0)",
                "return True",
            ),
        ),
    ),
    "names-of-any-lineage": Mutant(
        "members of another lineage say who leads ours",
        edits=(Edit(mandate._named, "and peer.lineage == lineage", ""),),
    ),
    "named-by-few": Mutant(
        "whom some name has all others go",
        edits=(Edit(named_by_most, " or told[0][1] < majority(len(others))", ""),),
    ),
    "named-against-its-word": Mutant(
        "who does not say so itself counts as leading",
        edits=(
            Edit(
                named_by_most,
                "return itself if itself == told[0][0] else None",
                "return told[0][0]",
            ),
        ),
    ),
    "vote-replaced": Mutant(
        "a member votes for two in one epoch",
        edits=(
            Edit(
                Voter.take_vote,
                "if known is not None and known.lineage == vote.lineage and",
                "if False and",
            ),
        ),
    ),
    "vote-of-any-epoch": Mutant(
        "a vote in an absurd epoch counts",
        edits=(Edit(Voter.take_vote, "not self.may_be_honest(vote.epoch) or ", ""),),
    ),
    "epochs-to-the-end": Mutant(
        "epochs are believed up to the last that can be written",
        edits=(Edit(is_plausible, "min(held, EPOCH_KEPT_MAX)", "held"),),
    ),
    "epochs-of-entries-unread": Mutant(
        "decrees of absurd epochs are taken as part of the best log",
        edits=(
            Edit(highest_epoch, "max(epoch, *(decree.epoch for decree in entries), 0)", "epoch"),
        ),
    ),
    "hand-over-to-another": Mutant(
        "a hand-over is shown by another than it names, who is not told of",
        edits=(Edit(fault_of, "transfer.successor != candidate or ", ""),),
    ),
    "succession-unsigned": Mutant(
        "a hand-over has a member stand whoever signed it",
        edits=(Edit(Voter.may_succeed, " and self.signet.holds(transfer)", ""),),
    ),
    "signet-of-another": Mutant(
        "whoever signs a vote signs it for whom it names",
        edits=(Edit(Signet.holds, "return is_named and", "return"),),
    ),
    "signet-unsigned": Mutant(
        "votes and hand-overs count unsigned",
        edits=(
            Edit(
                Signet.holds,
                "is_named and self._verify(signed.key, data, signed.signature)",
                "is_named",
            ),
        ),
    ),
    "signet-of-any-room": Mutant(
        "a vote of one room counts in another",
        edits=(Edit(Signet._bytes_of, "self._context, ", ""),),
    ),
    "vote-is-hand-over": Mutant(
        "a hand-over counts as a vote",
        edits=(Edit(Signet._bytes_of, "(word, self._context", "(self._context"),),
    ),
}
