"""Mutants of elections: who may be promised what, and who has won."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.election import Election
from net.cluster.log_adoption import LogAdoption, answer_fetch
from net.cluster.voter import Voter
from net.node.lineage.consensus import Consensus
from net.node.lineage.mandate import fault_of
from net.sim.mutants import Edit, Mutant

VOTING: Final[Mapping[str, Mutant]] = {
    "one-promise": Mutant(
        "an epoch is promised to whoever asks, also to two",
        edits=(
            Edit(
                Election.on_prepare,
                "prepare.epoch == voter.promised and voter.promised_to != prepare.candidate",
                "False",
            ),
        ),
    ),
    "promise-falls": Mutant(
        "an epoch below the promise is promised, and the promise forgotten",
        edits=(
            Edit(Election.on_prepare, "prepare.epoch < voter.promised or", "False or"),
            Edit(Election.on_prepare, "if prepare.epoch > voter.promised:", "if True:"),
            Edit(Voter.promise, "if epoch <= self.promised:", "if False:"),
        ),
    ),
    "promise-not-kept": Mutant(
        "a promise is given, and not noted",
        edits=(
            Edit(Election.on_prepare, "voter.promise(prepare.epoch, prepare.candidate)", "pass"),
        ),
    ),
    "duel": Mutant(
        "who has just promised outbids that candidate at once",
        edits=(Edit(Election.on_tick, "max(since, self._yields_until_ns)", "since"),),
    ),
    "own-promise-not-kept": Mutant(
        "a candidate may promise its own epoch to another",
        edits=(Edit(Election._start_round, "voter.promise(epoch, voter.me)", "pass"),),
    ),
    "lease-ignored": Mutant(
        "who hears its coordinator promises another all the same",
        edits=(Edit(Election.on_prepare, "(leased and not handed)", "False"),),
    ),
    "transfer-ignored": Mutant(
        "a hand-over waits for the leases of all",
        edits=(Edit(Election.on_prepare, "(leased and not handed)", "leased"),),
    ),
    "stranger-votes": Mutant(
        "who is no member promises",
        edits=(
            Edit(
                Election.on_prepare,
                "not voter.votes or now_ns < voter.quiet_until_ns",
                "now_ns < voter.quiet_until_ns",
            ),
        ),
    ),
    "votes-on-the-way-out": Mutant(
        "who follows a fork, whose log it does not hold yet, still promises in its old lineage",
        edits=(Edit(Voter.votes, " and not self.is_moving", ""),),
    ),
    "follows-on-the-way-out": Mutant(
        "and takes its old coordinator's decrees",
        edits=(Edit(Consensus._accept_append, "elif voter.is_moving:", "elif False:"),),
    ),
    "quiet-ignored": Mutant(
        "who has just paused promises",
        edits=(
            Edit(
                Election.on_prepare,
                "not voter.votes or now_ns < voter.quiet_until_ns",
                "not voter.votes",
            ),
        ),
    ),
    "quiet-stands": Mutant(
        "who has just paused stands for election",
        edits=(Edit(Election.on_tick, " and now_ns >= voter.quiet_until_ns", ""),),
    ),
    "stranger-stands": Mutant(
        "who is no member stands for election",
        edits=(Edit(Election.on_tick, "vacant and voter.votes and", "vacant and"),),
    ),
    "prepare-of-any-lineage": Mutant(
        "a candidate of another lineage is promised",
        edits=(
            Edit(
                Election.on_prepare,
                "prepare.lineage != voter.log.lineage or prepare.candidate.node != sender",
                "prepare.candidate.node != sender",
            ),
        ),
    ),
    "prepare-for-another": Mutant(
        "a candidate may be named by another",
        edits=(
            Edit(
                Election.on_prepare,
                "prepare.lineage != voter.log.lineage or prepare.candidate.node != sender",
                "prepare.lineage != voter.log.lineage",
            ),
        ),
    ),
    "promise-of-any-epoch": Mutant(
        "a promise counts for whatever epoch it was",
        edits=(
            Edit(
                Election.on_promise,
                "(vote.epoch, vote.candidate) != (current.epoch, self._voter.me)",
                "False",
            ),
        ),
    ),
    "promise-for-another": Mutant(
        "one member promises in the name of others",
        edits=(
            Edit(
                Election.on_promise,
                "current is None or vote.voter.node != sender",
                "current is None",
            ),
        ),
    ),
    "promise-of-any-lineage": Mutant(
        "a promise of another lineage counts",
        edits=(
            Edit(
                Voter.take_vote,
                "vote.lineage != self.log.lineage or ",
                "",
            ),
        ),
    ),
    "stale-round": Mutant(
        "a candidate that followed another wins its older round (seed 1354)",
        edits=(
            Edit(
                Election._current_round,
                "current is not None and (voter.promised, voter.promised_to)"
                " != (current.epoch, voter.me)",
                "False",
            ),
        ),
    ),
    "half-elects": Mutant(
        "half of the members are enough to win",
        edits=(
            Edit(
                Election._count_promises, "< majority(len(log.members))", "< len(log.members) / 2"
            ),
        ),
    ),
    "anybody-elects": Mutant(
        "promises of lives that are no members count",
        edits=(
            Edit(Voter.take_vote, " or vote.voter not in self.log.members", ""),
            Edit(Election._count_promises, "for m in log.members", "for m in current.promises"),
        ),
    ),
    "adoption": Mutant(
        "a winner does not adopt the best log of its quorum",
        edits=(
            Edit(
                Election._count_promises,
                "if current.promises[best] > (log.head_epoch, log.head):",
                "if False:",
            ),
        ),
    ),
    "longest-log": Mutant(
        "the best log is the longest one, of whatever epoch",
        edits=(
            Edit(
                Election._count_promises,
                "key=lambda m: (*current.promises[m], m)",
                "key=lambda m: (current.promises[m][1], m)",
            ),
            Edit(
                Election._count_promises,
                "if current.promises[best] > (log.head_epoch, log.head):",
                "if current.promises[best][1] > log.head:",
            ),
        ),
    ),
    "removed-wins": Mutant(
        "who learns from the best log that it is no member leads all the same",
        edits=(Edit(Election._count_promises, "if not voter.is_member:", "if False:"),),
    ),
    "epoch-reused": Mutant(
        "a candidate stands in an epoch that it knows to be used",
        edits=(
            Edit(
                Election._start_round,
                "max(self._highest_epoch, voter.promised) + 1",
                "voter.promised + 1",
            ),
        ),
    ),
    "adopts-from-anybody": Mutant(
        "parts of the best log are taken from whoever sends some",
        edits=(Edit(LogAdoption.on_fetched, "sender != self._source\n", "False\n"),),
    ),
    "adopts-of-any-epoch": Mutant(
        "parts that were asked for in another round are taken",
        edits=(
            Edit(
                LogAdoption.on_fetched,
                "(part.lineage, part.epoch) != (self._lineage, self._epoch)",
                "False",
            ),
        ),
    ),
    "adopts-a-part": Mutant(
        "the first part of the best log is taken for all of it",
        edits=(
            Edit(
                LogAdoption.on_fetched,
                "if self._start + len(self._entries) < part.head:",
                "if False:",
            ),
        ),
    ),
    "adopts-in-any-order": Mutant(
        "a part counts wherever it belongs",
        edits=(Edit(LogAdoption.on_fetched, "or part.index != expected", ""),),
    ),
    "adopts-nothing": Mutant(
        "a log counts as adopted though its tail could not be taken",
        edits=(
            Edit(
                LogAdoption.on_fetched,
                "if self._log.store(self._start, previous, self._entries):",
                "if (self._log.store(self._start, previous, self._entries), True)[1]:",
            ),
        ),
    ),
    "fetch-of-any-lineage": Mutant(
        "the log of one lineage is read out for another",
        edits=(
            Edit(
                answer_fetch,
                "fetch.lineage != log.lineage or fetch.index > log.head",
                "fetch.index > log.head",
            ),
        ),
    ),
    "hand-over-by-anybody": Mutant(
        "whoever asks makes a member stand for election, leases or not",
        edits=(
            Edit(
                Consensus._accept_hand_over,
                "voter.coordinator is not None and voter.coordinator.node == sender",
                "True",
            ),
            Edit(Consensus._accept_hand_over, "not voter.may_succeed(asked, voter.me)", "False"),
        ),
    ),
    "hand-over-of-any-epoch": Mutant(
        "an old hand-over counts again",
        edits=(Edit(Voter.may_succeed, "named == presides and ", ""),),
    ),
    "any-epoch-is-honest": Mutant(
        "one message can use all epochs up",
        edits=(
            Edit(fault_of, "not voter.may_be_honest(highest_epoch(message))", "False"),
            Edit(Consensus.on_heartbeat, "not voter.may_be_honest(status.epoch)", "False"),
        ),
    ),
    "coordinates-unelected": Mutant(
        "whoever says that it coordinates is followed",
        edits=(Edit(Consensus._accept_append, " or not shown", ""),),
    ),
    "votes-unsigned": Mutant(
        "a candidate makes up the votes of others",
        edits=(
            Edit(Voter.take_vote, " or not self.signet.holds(vote)", ""),
            Edit(fault_of, "return None if held else Implausible.VOTE", "return None"),
        ),
    ),
    "hand-over-unsigned": Mutant(
        "a hand-over counts whoever made it up",
        edits=(
            Edit(Voter.may_succeed, " and self.signet.holds(transfer)", ""),
            Edit(fault_of, " or not voter.signet.holds(transfer)", ""),
        ),
    ),
    "decreed-out-stands": Mutant(
        "who is no member any more is promised",
        edits=(Edit(Election.on_prepare, "prepare.candidate not in voter.log.members", "False"),),
    ),
    "one-word-unseats": Mutant(
        "one member's word that we come too late counts whenever it says so",
        edits=(
            Edit(Voter.heeds, "now_ns - self._told.heeded_ns.get(node, NEVER) < HEED_NS", "False"),
        ),
    ),
    "empty-claims": Mutant(
        "who claimed a log that it did not give is asked for it again and again",
        edits=(
            Edit(
                Election._count_promises,
                "self._empty_ns.get(m, NEVER) <= current.started_ns",
                "True",
            ),
        ),
    ),
    "promise-check": Mutant(
        "a promise that fell is not noticed by the member itself",
        edits=(Edit(Voter.check, "if self.promised != self._given:", "if False:"),),
    ),
    "follows-below-its-promise": Mutant(
        "a member follows a coordinator below its promise",
        edits=(Edit(Voter.follow, "if epoch < self.promised:", "if False:"),),
    ),
    "follows-another-than-promised": Mutant(
        "a member follows another in an epoch than it has promised it to",
        edits=(
            Edit(
                Voter.follow,
                "if epoch == self.promised and self.promised_to not in {None, coordinator}:",
                "if False:",
            ),
        ),
    ),
    "deposed-by-hearsay-is-deaf": Mutant(
        "who learns of a higher epoch takes it for promised to itself",
        edits=(Edit(Voter.learn_promise, "epoch, None", "epoch, self.me"),),
    ),
}
