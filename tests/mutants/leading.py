"""Mutants of replication: what a coordinator may count, and what a follower may take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.replication import Leadership, follow_append
from net.node.lineage.consensus import Consensus
from net.sim.mutants import Edit, Mutant

LEADING: Final[Mapping[str, Mutant]] = {
    "own-epoch": Mutant(
        "decrees of earlier epochs commit by counting (Raft, figure 8)",
        edits=(
            Edit(Leadership._advance_commit, "log.entry(head - 1).epoch == self.epoch", "True"),
        ),
    ),
    "promised-away": Mutant(
        "a coordinator counts itself though it promised a higher epoch",
        edits=(
            Edit(Leadership._advance_commit, "if self._voter.promised > self.epoch:", "if False:"),
        ),
    ),
    "decrees-after-its-promise": Mutant(
        "a coordinator that has promised another decrees once more",
        edits=(Edit(Leadership.propose, "if self._voter.promised > self.epoch:", "if False:"),),
    ),
    "half-commits": Mutant(
        "half of the members are enough to commit",
        edits=(
            Edit(
                Leadership._advance_commit,
                "majority(len(log.members))",
                "max(len(log.members) // 2, 1)",
            ),
        ),
    ),
    "learners-count": Mutant(
        "who follows the log and is no member counts",
        edits=(
            Edit(
                Leadership._advance_commit,
                "for m in log.members]",
                "for m in sorted({*log.members, *self._followers})]",
            ),
        ),
    ),
    "never-deposed": Mutant(
        "a higher epoch deposes nobody",
        edits=(
            Edit(
                Leadership.deposed,
                "voter.promised > self.epoch or not voter.is_member",
                "not voter.is_member",
            ),
        ),
    ),
    "removed-leads-on": Mutant(
        "who is no member any more leads on",
        edits=(
            Edit(
                Leadership.deposed,
                "voter.promised > self.epoch or not voter.is_member",
                "voter.promised > self.epoch",
            ),
        ),
    ),
    "leads-unheard": Mutant(
        "a coordinator that a majority does not answer leads on",
        edits=(
            Edit(
                Leadership.deposed,
                "return heard < majority(len(voter.log.members))",
                "return False",
            ),
        ),
    ),
    "answers-of-any-epoch": Mutant(
        "an answer to an earlier coordinator counts",
        edits=(
            Edit(
                Leadership.on_appended,
                "reply.epoch < self.epoch or reply.upto > self._voter.log.head",
                "reply.upto > self._voter.log.head",
            ),
        ),
    ),
    "answers-beyond-the-head": Mutant(
        "a follower may hold more than there is",
        edits=(
            Edit(
                Leadership.on_appended,
                "reply.epoch < self.epoch or reply.upto > self._voter.log.head",
                "reply.epoch < self.epoch",
            ),
        ),
    ),
    "answers-for-another": Mutant(
        "one follower answers in the name of others",
        edits=(
            Edit(
                Leadership.on_appended,
                "reply.lineage != self._voter.log.lineage or reply.follower.node != sender",
                "reply.lineage != self._voter.log.lineage",
            ),
        ),
    ),
    "answers-of-any-lineage": Mutant(
        "an answer in another lineage counts",
        edits=(
            Edit(
                Leadership.on_appended,
                "reply.lineage != self._voter.log.lineage or reply.follower.node != sender",
                "reply.follower.node != sender",
            ),
        ),
    ),
    "deaf-to-higher-epochs": Mutant(
        "who answers with a higher epoch deposes nobody",
        edits=(Edit(Leadership.on_appended, "self._voter.learn_promise(reply.epoch)", "pass"),),
    ),
    "mismatch-counts": Mutant(
        "a follower that could not take the decrees counts as holding them",
        edits=(Edit(Leadership.on_appended, "if reply.matched:", "if True:"),),
    ),
    "beat-counts-unproved": Mutant(
        "a heartbeat counts by how long the sender's log is, whatever it holds",
        edits=(
            Edit(
                Consensus.on_heartbeat,
                "same = known is not None and known[:8] == status.head_hash",
                "same = known is not None",
            ),
        ),
    ),
    "beat-of-any-epoch": Mutant(
        "a heartbeat of who followed an earlier coordinator, or another, counts",
        edits=(
            Edit(
                Consensus.on_heartbeat,
                "status.coordinator == voter.me and status.epoch == self._leadership.epoch",
                "True",
            ),
        ),
    ),
    "opening": Mutant(
        "a coordinator decrees who is a member before its opening counts",
        edits=(
            Edit(
                Leadership.is_open,
                "self._voter.log.commit > self._opening",
                "True",
            ),
        ),
    ),
    "unsettled-decides": Mutant(
        "the program decides on a log of which not all counts",
        edits=(
            Edit(
                Leadership.is_settled,
                "self.is_open and self._voter.log.commit == self._voter.log.head",
                "True",
            ),
        ),
    ),
    "no-opening": Mutant(
        "a follower is taken to hold all before the opening",
        edits=(
            Edit(
                Leadership._follower,
                "_Follower(base=self._opening, following=self._opening)",
                "_Follower(base=self._opening, following=self._opening, matched=self._opening)",
            ),
        ),
    ),
    "pending-without-bound": Mutant(
        "a coordinator decrees on and on while nothing counts",
        edits=(
            Edit(Leadership.propose, "log.head - log.commit >= PROPOSALS_PENDING_MAX", "False"),
        ),
    ),
    "append-below-the-promise": Mutant(
        "a follower takes the decrees of a coordinator below its promise",
        edits=(
            Edit(follow_append, "if append.epoch < voter.promised:", "if False:"),
            Edit(
                follow_append,
                "voter.follow(append.epoch, append.coordinator, now_ns)",
                "append.epoch >= voter.promised"
                " and voter.follow(append.epoch, append.coordinator, now_ns)",
            ),
        ),
    ),
    "append-of-another-than-promised": Mutant(
        "a follower takes the decrees of another than it has promised the epoch to",
        edits=(
            Edit(
                follow_append,
                "append.epoch == voter.promised and voter.promised_to not in"
                " {None, append.coordinator}",
                "False",
            ),
        ),
    ),
    "append-for-another": Mutant(
        "a coordinator may be named by another",
        edits=(Edit(follow_append, "if append.coordinator.node != sender:", "if False:"),),
    ),
    "commit-beyond-the-match": Mutant(
        "a follower commits what it holds beyond what the coordinator has matched",
        edits=(
            Edit(
                follow_append,
                "log.commit_to(min(append.commit, upto))",
                "log.commit_to(append.commit)",
            ),
        ),
    ),
    "commit-without-a-match": Mutant(
        "a follower commits though its log differs",
        edits=(
            Edit(
                follow_append,
                "if not log.store(append.index, append.previous, append.entries):\n",
                "if not log.store(append.index, append.previous, append.entries):\n"
                "        log.commit_to(append.commit)\n",
            ),
        ),
    ),
    "match-unproved": Mutant(
        "a follower says that it holds what it was sent, whether it could take it or not",
        edits=(
            Edit(
                follow_append,
                "append.epoch, voter.me, False, log.commit, 0)",
                "append.epoch, voter.me, True, append.index + len(append.entries), 0)",
            ),
        ),
    ),
    "two-leaderships": Mutant(
        "a coordinator goes on when it follows another of its lineage",
        edits=(
            Edit(
                Consensus._accept_append,
                "self._leadership is not None and append.epoch >= self._leadership.epoch",
                "False",
            ),
        ),
    ),
    "any-lineage-is-followed": Mutant(
        "a member follows a coordinator of whatever lineage",
        edits=(
            Edit(
                Consensus._accept_append,
                "if append.lineage != voter.log.lineage and not goes_along:",
                "if False:",
            ),
        ),
    ),
    "decides-in-a-lineage-that-ends": Mutant(
        "the program decides on in a lineage that has been given up",
        edits=(Edit(Consensus.decides, "and self.log.yields_to is None", ""),),
    ),
}
