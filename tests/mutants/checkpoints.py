"""Protections of checkpoints: of the log and the operations that are cut, and of those who lag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.causal.anti_entropy import missing_for
from net.cluster.causal.equivocation import Convictions
from net.cluster.causal.operations import OperationStore
from net.cluster.causal.vector_clock import VectorClock
from net.cluster.checkpoint import Authors, in_one_order, read_checkpoint
from net.cluster.log import DecreeLog
from net.cluster.log_adoption import answer_fetch
from net.cluster.replication import is_behind
from net.node.checkpoints import Checkpoints, Forgetting
from net.node.lineage.log_keeping import LogKeeping
from net.node.lineage.patience import Patience
from net.node.peers import Peers
from net.sim.mutants import Edit, Mutant
from racer.play.room.fold import _is_race, _is_room

CHECKPOINTS: Final[Mapping[str, Mutant]] = {
    "lives-fill-the-clock": Mutant(
        "lives that are over wait for a checkpoint as long as any decree",
        edits=(
            Edit(
                Checkpoints._is_due,
                "self._operations.clock.superseded >= CHECKPOINT_LIVES",
                "False",
            ),
        ),
    ),
    "forked-folds-on": Mutant(
        "a fork is folded as any room, though somebody who was in it may go on elsewhere",
        edits=(Edit(Checkpoints._is_due, "log.missing or ", ""),),
    ),
    "merging-folds-on": Mutant(
        "a side that hears of another one is folded as any room, before one gives way",
        edits=(Edit(Checkpoints._is_due, "or self._peers.tell_of_another(log.lineage)", ""),),
    ),
    "merging-never-folds": Mutant(
        "who says for ever that it is in another lineage stops all checkpoints",
        edits=(
            Edit(
                Checkpoints._is_due,
                "folding = self._folding",
                "folding = None if self._peers.tell_of_another(log.lineage) else self._folding",
            ),
        ),
    ),
    "doubted-is-another-side": Mutant(
        "and so does who could not show the one that it said it was in",
        edits=(Edit(Peers.tell_of_another, "and not self.doubts(p.node)", ""),),
    ),
    "revived-is-forked": Mutant(
        "a room that lost power and misses nobody keeps eight times as much as any",
        edits=(
            Edit(
                Checkpoints._is_due,
                "log.missing or",
                "log.found_at > max(log.folded, 1) or",
            ),
        ),
    ),
    "missing-once": Mutant(
        "who is missing since a fork is forgotten when all others have lost power",
        edits=(
            Edit(
                DecreeLog.missing,
                "for at, _ in self._founds if",
                "for at, _ in self._founds[-1:] if",
            ),
        ),
    ),
    "missing-again": Mutant(
        "who was back and has gone since is missing",
        edits=(
            Edit(
                DecreeLog.missing,
                "for at, members in self._lists if at >= found_at",
                "for at, members in self._lists[-1:] if at >= found_at",
            ),
        ),
    ),
    "missing-for-ever": Mutant(
        "who is missing is so behind a checkpoint too",
        edits=(Edit(DecreeLog.missing, " if at > self.folded", ""),),
    ),
    "forgotten-author-unsaid": Mutant(
        "whom a checkpoint forgets for others is not told",
        edits=(
            Edit(
                Checkpoints._note_forgotten,
                "if before is not None and checkpoint.content.parent == before.digest:",
                "if False:",
            ),
        ),
    ),
    "forgotten-elsewhere": Mutant(
        "and who is not in another history is told as forgotten",
        edits=(
            Edit(
                Checkpoints._note_forgotten,
                "if before is not None and checkpoint.content.parent == before.digest:",
                "if before is not None:",
            ),
        ),
    ),
    "forgotten-each-tick": Mutant(
        "whoever makes up keys to be forgotten has a line told for each",
        edits=(Edit(Forgetting.take_news, "if now_ns - self._told_ns < SECOND:", "if False:"),),
    ),
    "forgotten-convict-unsaid": Mutant(
        "that a convicted life may come in again is not told",
        edits=(Edit(Convictions.add, "self._forgotten.append(first.node)", "pass"),),
    ),
    "content-unkept": Mutant(
        "a checkpoint is on a disk that lacks its content",
        edits=(Edit(LogKeeping._is_backed, "storage.holds_content(digest)", "True"),),
    ),
    "content-waits-for-ever": Mutant(
        "the content of who coordinates no more is waited for as long as any",
        edits=(Edit(LogKeeping._patience_ns, "decree.epoch < self._voter.epoch", "False"),),
    ),
    "sleep-is-a-wait": Mutant(
        "who slept has waited as long for what a decree names",
        edits=(
            Edit(
                Patience.look, "min(now_ns - self.looked_ns, PAUSE_NS)", "now_ns - self.looked_ns"
            ),
        ),
    ),
    "lost-wait-in-turn": Mutant(
        "each operation that nobody brings is waited for in its turn",
        edits=(
            Edit(
                LogKeeping.save_news,
                "0 < lack.lacked == self._count_lacked(decree, lack.last)",
                "False",
            ),
        ),
    ),
    "brought-is-lost": Mutant(
        "what others are bringing just now is given up with what is lost",
        edits=(
            Edit(
                LogKeeping.save_news,
                "0 < lack.lacked == self._count_lacked(decree, lack.last)",
                "lack.lacked",
            ),
        ),
    ),
    "newer-is-lost": Mutant(
        "what was decreed while one waited has been waited for as long",
        edits=(Edit(LogKeeping.save_news, "lack.last.index + 1", "self._voter.log.head"),),
    ),
    "replaced-is-lost": Mutant(
        "and so has what has taken its place since",
        edits=(
            Edit(
                LogKeeping._count_lacked,
                "last.index >= log.head or log.entry(last.index) is not last",
                "last.index >= log.head",
            ),
        ),
    ),
    "leapt-is-kept": Mutant(
        "what a checkpoint stands for is on disk as soon as it is begun",
        edits=(
            Edit(
                DecreeLog.begin_at,
                "self._given = max(self._given, checkpoint.index)",
                "self._given = self.kept = max(self._given, checkpoint.index)",
            ),
        ),
    ),
    "checkpoint-of-another-log": Mutant(
        "a log begins from a checkpoint of another history",
        edits=(
            Edit(
                DecreeLog.begin_at,
                "if self.base_at(checkpoint.index) != content.base:",
                "if False:",
            ),
        ),
    ),
    "dropped-is-read": Mutant(
        "a log is asked for what it has dropped, and tells something else",
        edits=(Edit(DecreeLog._check_entry, "if at < 0:", "if False:"),),
    ),
    "waits-for-what-is-dropped": Mutant(
        "a follower waits for decrees that its coordinator has dropped",
        edits=(
            Edit(
                is_behind,
                "return log.hash_at(append.index) != append.previous",
                "return False",
            ),
        ),
    ),
    "behind-who-is-ahead": Mutant(
        "a follower that began further on than its coordinator takes itself for left behind",
        edits=(Edit(is_behind, "or log.is_compacted(append.index)", ""),),
    ),
    "dropped-is-asked-for": Mutant(
        "a candidate is not told that what it asks for is dropped",
        edits=(Edit(answer_fetch, "max(fetch.index, log.base.index)", "log.head"),),
    ),
    "closed-life": Mutant(
        "a life that a checkpoint has closed writes on",
        edits=(
            Edit(
                VectorClock.is_closed,
                "member.incarnation < self._closed.get(member.node, 0)",
                "False",
            ),
            Edit(Authors.closes, "member.incarnation < self.newest.get(member.node, 0)", "False"),
        ),
    ),
    "sent-again-and-again": Mutant(
        "who lacks what is dropped is sent what follows, which it cannot deliver",
        edits=(
            Edit(
                missing_for,
                "if _lacks_dropped(digest, held, closed, floor):",
                "if False:",
            ),
        ),
    ),
    "not-written-again": Mutant(
        "what an author wrote and a merge has lost is lost",
        edits=(
            Edit(
                OperationStore.begin_from,
                "o.dot.node == self._me.node and o.dot in self._waiting",
                "False",
            ),
        ),
    ),
    "numbers-used-twice": Mutant(
        "who lost what it wrote writes on under the same numbers",
        edits=(
            Edit(
                OperationStore.begin_from,
                "if self._is_spent() and self._me != self._newest:",
                "if self._is_spent():",
            ),
        ),
    ),
    "waits-for-ever": Mutant(
        "operations whose causes are folded away wait without end",
        edits=(Edit(OperationStore.begin_from, "self._waiting.note_stale()", "pass"),),
    ),
    "folded-in-any-order": Mutant(
        "operations are folded as they came, at each node in another order",
        edits=(
            Edit(
                in_one_order,
                "ordered: list[Operation] = []",
                "return list(operations)  # as they came",
            ),
        ),
    ),
    "checkpoint-unfounded": Mutant(
        "a checkpoint of a lineage that was not founded before it is read",
        edits=(
            Edit(
                read_checkpoint,
                "if base.found is None or not 0 < base.found_at <= base.index:",
                "if False:",
            ),
        ),
    ),
    "checkpoint-without-members": Mutant(
        "a checkpoint of a room without members is read",
        edits=(Edit(read_checkpoint, "not base.members or ", ""),),
    ),
    "checkpoint-member-twice": Mutant(
        "and one with a member twice",
        edits=(Edit(read_checkpoint, " or len(set(base.members)) != len(base.members)", ""),),
    ),
    "authors-in-any-order": Mutant(
        "a checkpoint names authors in any order, or twice",
        edits=(Edit(read_checkpoint, "members != sorted(set(members)) or ", ""),),
    ),
    "checkpoint-of-nothing": Mutant(
        "a checkpoint of no decree is read",
        edits=(Edit(read_checkpoint, " or base.index == 0", ""),),
    ),
    "fold-car-twice": Mutant(
        "a fold is read in which a car has two drivers",
        edits=(Edit(_is_race, "len(cars) == len(race.cars)", "True"),),
    ),
    "fold-driver-twice": Mutant(
        "and one in which a driver has two cars",
        edits=(Edit(_is_race, "_are_different(cars.values())", "True"),),
    ),
    "fold-out-twice": Mutant(
        "a fold is read in which a driver was put out twice: it ends every node",
        edits=(Edit(_is_race, "_are_different(node for node, _ in race.disqualified)", "True"),),
    ),
    "fold-out-unknown": Mutant(
        "and one in which somebody was put out who never raced",
        edits=(Edit(_is_race, "set(cars.values()) > out", "True"),),
    ),
    "fold-kinds-twice": Mutant(
        "a fold is read in which a car is of two kinds",
        edits=(Edit(_is_race, "_are_different(number for number, _ in race.kinds)", "True"),),
    ),
    "fold-leased-twice": Mutant(
        "and one in which it has two rows of leases",
        edits=(Edit(_is_race, "_are_different(each.car for each in race.leases)", "True"),),
    ),
    "fold-leased-out": Mutant(
        "a fold is read in which a car is leased that was put out",
        edits=(Edit(_is_race, "cars[each.car] not in out", "True"),),
    ),
    "fold-seat-twice": Mutant(
        "a fold is read in which somebody has two numbers",
        edits=(Edit(_is_room, "_are_different(node for node, *_ in room.seats)", "True"),),
    ),
    "fold-number-twice": Mutant(
        "and one in which two have one number",
        edits=(Edit(_is_room, "_are_different(number for _, number, _ in room.seats)", "True"),),
    ),
    "fold-removed-twice": Mutant(
        "a fold is read in which somebody was removed twice",
        edits=(Edit(_is_room, "_are_different(node for node, _ in room.removed)", "True"),),
    ),
    "false-checkpoint-counts": Mutant(
        "a checkpoint counts though we have folded something else of all of it",
        edits=(
            Edit(Checkpoints._hold_against_ours, "if differed and self._vouched:", "if False:"),
        ),
    ),
}
