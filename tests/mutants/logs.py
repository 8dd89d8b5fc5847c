"""Mutants of the log: what follows from what, what counts, who is a member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.log import DecreeLog, chain_hash, majority
from net.cluster.log_adoption import kept_log
from net.cluster.membership import next_change
from net.node.lineage.reconfiguration import Reconfiguration
from net.sim.mutants import Edit, Mutant

LOGS: Final[Mapping[str, Mutant]] = {
    "chain": Mutant(
        "decrees are taken though what is before them differs",
        edits=(
            Edit(
                DecreeLog.store,
                "if self.hash_at(index) != previous or not _is_chain(index, previous, entries):",
                "if index > self.head:",
            ),
            Edit(
                DecreeLog._push_decree,
                "if (decree.index, decree.previous) != (self.head, self.head_hash):",
                "if False:",
            ),
            Edit(
                DecreeLog._check_entry,
                "if (decree.index, decree.previous) != (index, self._hashes[at]):",
                "if False:",
            ),
        ),
    ),
    "no-chain-within": Mutant(
        "decrees are taken that do not follow from each other",
        edits=(
            Edit(
                DecreeLog.store,
                " or not _is_chain(index, previous, entries)",
                "",
            ),
            Edit(
                DecreeLog._push_decree,
                "if (decree.index, decree.previous) != (self.head, self.head_hash):",
                "if False:",
            ),
        ),
    ),
    "tail-stays": Mutant(
        "a tail that differs is not dropped, and what follows is put behind it",
        edits=(
            Edit(DecreeLog.store, "if self._entries[at - self.base.index] == decree:", "if True:"),
        ),
    ),
    "stale-append-truncates": Mutant(
        "decrees that are held already are taken anew, and what is behind them is dropped",
        edits=(
            Edit(
                DecreeLog.store,
                "if self._entries[at - self.base.index] == decree:",
                "if self._entries[at - self.base.index] == decree and at < self.commit:",
            ),
        ),
    ),
    "committed-is-replaced": Mutant(
        "decrees that count are replaced by others",
        edits=(
            Edit(DecreeLog.store, "if at < self.commit:", "if False:"),
            Edit(DecreeLog._truncate, "if head < self.commit:", "if head < self.commit and False:"),
        ),
    ),
    "truncates-below-commit": Mutant(
        "what counts may be cut off",
        edits=(Edit(DecreeLog._truncate, "if head < self.commit:", "if False:"),),
    ),
    "members-stay-after-truncation": Mutant(
        "a change of members that was dropped from the log still holds",
        edits=(
            Edit(
                DecreeLog._truncate,
                "while self._lists and self._lists[-1][0] > head:",
                "while False:",
            ),
        ),
    ),
    "fork-stays-after-truncation": Mutant(
        "a lineage whose founding was dropped from the log still holds",
        edits=(
            Edit(
                DecreeLog._truncate,
                "while self._founds and self._founds[-1][0] > head:",
                "while False:",
            ),
        ),
    ),
    "yield-stays-after-truncation": Mutant(
        "an end that was dropped from the log still holds",
        edits=(
            Edit(
                DecreeLog._truncate,
                "while self._yields and self._yields[-1][0] > head:",
                "while False:",
            ),
        ),
    ),
    "one-change": Mutant(
        "a change of members does not wait for the one before",
        edits=(
            Edit(
                DecreeLog.members_settled,
                "not self._lists or self._lists[-1][0] <= self.commit",
                "True",
            ),
        ),
    ),
    "committed-members-count": Mutant(
        "a change of members counts only once it is committed",
        edits=(
            Edit(
                DecreeLog.members,
                "self._lists[-1][1] if self._lists else ()",
                "([m for at, m in self._lists if at <= self.commit] or [()])[-1]",
            ),
        ),
    ),
    "half-is-a-majority": Mutant(
        "half is a majority everywhere",
        edits=(Edit(majority, "count // 2 + 1", "max(count // 2, 1)"),),
    ),
    "hash-without-epoch": Mutant(
        "decrees of different epochs have one hash",
        edits=(Edit(chain_hash, 'decree.epoch.to_bytes(8, "big") + ', ""),),
    ),
    "hash-without-history": Mutant(
        "a decree's hash does not tell what was before it",
        edits=(Edit(chain_hash, "decree.previous, digest_size", "b'', digest_size"),),
    ),
    "hash-without-content": Mutant(
        "a decree's hash does not tell what it says",
        edits=(Edit(chain_hash, "state.update(encode_what(decree.what))", "pass"),),
    ),
    "log-without-bound": Mutant(
        "a log grows without end",
        edits=(
            Edit(
                DecreeLog.store,
                "if index + len(entries) - self.base.index > DECREES_MAX:",
                "if False:",
            ),
        ),
    ),
    "append-without-bound": Mutant(
        "an append may be longer than a datagram",
        edits=(Edit(DecreeLog.batch, "if taken and size > APPEND_BYTES_MAX:", "if False:"),),
    ),
    "milestones-unproved": Mutant(
        "a newcomer's history is taken for ours by its length",
        edits=(
            Edit(
                DecreeLog._matches_milestone,
                "known[:8] == milestone.chain",
                "True",
            ),
        ),
    ),
    "milestones-beyond-commit": Mutant(
        "a snapshot begins behind what counts",
        edits=(
            Edit(DecreeLog.agrees_up_to, "m.head < self.commit and ", "m.head <= self.head and "),
        ),
    ),
    "prefix-with-later-members": Mutant(
        "a prefix of a log keeps the members of the whole",
        edits=(
            Edit(
                DecreeLog.prefix,
                "[each for each in self._lists if each[0] <= head]",
                "list(self._lists)",
            ),
        ),
    ),
    "journal-unproved": Mutant(
        "what a journal holds behind a gap counts",
        edits=(
            Edit(
                kept_log,
                "if not log.store(log.head, log.head_hash, [decree])"
                " or decree.index != log.head - 1:\n            break",
                "log.store(log.head, log.head_hash, [decree])",
            ),
        ),
    ),
    "commit-unchecked": Mutant(
        "a log that lost what counts goes on",
        edits=(
            Edit(DecreeLog.check, "not self.base.index <= commit <= self.head", "False"),
            Edit(
                DecreeLog.check,
                "if (commit, self._hashes[commit - self.base.index]) != anchor:",
                "if False:",
            ),
        ),
    ),
    "entry-unchecked": Mutant(
        "a decree that is not what it was is told and sent",
        edits=(
            Edit(
                DecreeLog._check_entry,
                "if chain_hash(decree) != self._hashes[at + 1]:",
                "if False:",
            ),
        ),
    ),
    "two-lives-of-a-node": Mutant(
        "a node's next life becomes a member beside the last one",
        edits=(Edit(next_change, "if node not in seated:", "if learners[node] not in members:"),),
    ),
    "in-before-out": Mutant(
        "members come in while others are gone",
        edits=(Edit(next_change, "if member in gone:", "if member in gone and not learners:"),),
    ),
    "members-stay-for-ever": Mutant(
        "who is gone stays a member",
        edits=(Edit(next_change, "if member in gone:", "if False:"),),
    ),
    "change-before-the-opening": Mutant(
        "members change before the coordinator's opening counts",
        edits=(
            Edit(
                Reconfiguration.next_decree,
                "not leadership.is_open or log.yields_to is not None",
                "log.yields_to is not None",
            ),
        ),
    ),
    "decrees-after-the-end": Mutant(
        "members change in a lineage that has been given up",
        edits=(
            Edit(
                Reconfiguration.next_decree,
                "not leadership.is_open or log.yields_to is not None",
                "not leadership.is_open",
            ),
        ),
    ),
    "learner-behind": Mutant(
        "who lacks the log becomes a member",
        edits=(
            Edit(
                Reconfiguration._ready_learners,
                "and leadership.matched(peer.member) + LEARNER_LAG_MAX >= log.head",
                "",
            ),
        ),
    ),
    "old-life-stays": Mutant(
        "a member whose node leads another life is not gone",
        edits=(
            Edit(
                Reconfiguration._is_gone,
                "peer.incarnation > member.incarnation or not peer.lives",
                "not peer.lives",
            ),
        ),
    ),
    "strayed-stays": Mutant(
        "a member that follows another lineage is not gone",
        edits=(
            Edit(
                Reconfiguration._is_gone,
                "return peer.strayed_ns is not None and now_ns - peer.strayed_ns > ELSEWHERE_NS",
                "return False",
            ),
        ),
    ),
    "unmet-is-gone": Mutant(
        "a member that was not met yet is gone at once",
        edits=(
            Edit(
                Reconfiguration._is_gone,
                "return now_ns - self._began_ns > DOWN_ISOLATED_NS",
                "return True",
            ),
        ),
    ),
}
