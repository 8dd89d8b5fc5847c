"""Mutants of operations: who wrote them, in which order they come, how many there may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.causal import admitted_authors
from net.cluster.causal.anti_entropy import missing_for
from net.cluster.causal.kept_operations import KeptOperations
from net.cluster.causal.log_reader import LogReader
from net.cluster.causal.operations import OperationStore
from net.cluster.causal.signing import digest_of, is_authentic, signed_bytes
from net.cluster.causal.vector_clock import VectorClock
from net.cluster.causal.waiting_operations import WaitingOperations
from net.node.lineage.admitting import Admitting
from net.node.lineage.mandate import fault_of
from net.node.outgoing.quota import Checks, Intake, Quota, is_signed
from net.sim.mutants import Edit, Mutant

FACTS: Final[Mapping[str, Mutant]] = {
    "forged": Mutant(
        "an operation counts whoever signed it",
        edits=(
            Edit(
                is_authentic,
                "return verify(operation.key, data, operation.signature)",
                "return True",
            ),
        ),
    ),
    "key-of-another": Mutant(
        "an operation counts under whatever key it names",
        edits=(
            Edit(
                is_authentic,
                "if node_id_of(operation.key) != operation.dot.node:",
                "if False:",
            ),
        ),
    ),
    "gap": Mutant(
        "an operation is delivered before the one before it of its author",
        edits=(
            Edit(
                OperationStore._is_ready,
                "dot.n == self._clock.of(dot.member) + 1",
                "dot.n > self._clock.of(dot.member)",
            ),
        ),
    ),
    "clock-skips": Mutant(
        "and the clock does not notice",
        edits=(Edit(VectorClock.advance, "if dot.n != before + 1:", "if False:"),),
    ),
    "clock-unproved": Mutant(
        "a clock is told that says more than is here",
        edits=(Edit(OperationStore._held, "if cause.n != held:", "if False:"),),
    ),
    "again": Mutant(
        "an operation that is here is taken again",
        edits=(
            Edit(
                OperationStore.on_operations,
                "if dot in self._clock or dot in self._waiting:",
                "if dot in self._waiting:",
            ),
            Edit(
                OperationStore._enqueue_operation,
                "if dot in self._clock:",
                "if False:",
            ),
        ),
    ),
    "own-from-others": Mutant(
        "a process takes its own operations from others",
        edits=(Edit(OperationStore._has_room, "dot.member == self._me", "False"),),
    ),
    "waiting-without-bound": Mutant(
        "operations whose causes never come are kept without end",
        edits=(Edit(WaitingOperations.make_room, "len(self._all) - OPERATIONS_WAITING_MAX", "0"),),
    ),
    "author-without-pace": Mutant(
        "as many operations of one author are checked as come",
        edits=(Edit(Intake._may_look, "self._taken.may_take(payer, 1, now_ns)", "True"),),
    ),
    "forger-heard-out": Mutant(
        "who brings forgeries is heard on others' words all the same",
        edits=(Edit(Checks.note_forged, "self._forgeries.charge(bringer, count, now_ns)", "pass"),),
    ),
    "forger-untold": Mutant(
        "who brings forged words is counted, and nobody is told",
        edits=(
            Edit(
                Checks.note_forged,
                "return self._news.note(bringer, UnreadReason.FORGED, count, now_ns)",
                "return []",
            ),
        ),
    ),
    "flood-untold": Mutant(
        "whose words are too many to be looked at is counted, and nobody is told",
        edits=(Edit(Intake.settle, "sorted(self._unread.items())", "()"),),
    ),
    "flood-crowds-out-others": Mutant(
        "whoever came first gives way to a flood, whoever floods",
        edits=(
            Edit(
                WaitingOperations.make_room,
                "largest = max(self._crowds.values(), key=len)",
                "largest = self._all",
            ),
        ),
    ),
    "strangers-crowd-by-crowd": Mutant(
        "each made-up name is a crowd of its own, and small",
        edits=(
            Edit(
                OperationStore._enqueue_operation,
                "dot.node if admitted or not bringer else bringer",
                "dot.node",
            ),
        ),
    ),
    "anybody-writes": Mutant(
        "who is not admitted is heard",
        edits=(
            Edit(OperationStore.is_admitted, "life in self._heard or self._admits(life)", "True"),
        ),
    ),
    "admitted-by-what-was-replaced": Mutant(
        "a decree that is replaced in the log admits its author all the same",
        edits=(
            Edit(
                LogReader.news,
                "began != checkpoint or log.hash_at(head) != chain",
                "began != checkpoint",
            ),
        ),
    ),
    "brought-without-bound": Mutant(
        "one member brings as many authors as it makes up",
        edits=(Edit(Admitting.due, "self._brought.may_take(b, 1, now_ns)", "True"),),
    ),
    "brought-by-anybody": Mutant(
        "who is no member brings authors",
        edits=(Edit(Admitting.due, "b in nodes and", ""),),
    ),
    "member-without-bound": Mutant(
        "one life may fill the room",
        edits=(
            Edit(
                OperationStore._is_within_bounds,
                "n - self._kept.dropped_of(writer) <= OPERATIONS_PER_MEMBER_MAX",
                "True",
            ),
        ),
    ),
    "room-without-bound": Mutant(
        "operations are kept without end",
        edits=(
            Edit(
                OperationStore._is_within_bounds,
                "and len(self._kept) + count <= OPERATIONS_MAX",
                "",
            ),
        ),
    ),
    "lives-without-bound": Mutant(
        "clocks name lives without end",
        edits=(
            Edit(
                OperationStore._is_within_bounds,
                "and (known or len(self._clock) < VECTOR_ENTRIES_MAX)",
                "",
            ),
        ),
    ),
    "reply-without-bound": Mutant(
        "all that a peer lacks is sent at once",
        edits=(
            Edit(
                missing_for,
                "(*against, *missing)[:OPERATIONS_PER_REPLY_MAX]",
                "(*against, *missing)",
            ),
            Edit(
                KeptOperations.since,
                "written[start : start + OPERATIONS_PER_REPLY_MAX]",
                "written[start:]",
            ),
        ),
    ),
    "reply-in-any-order": Mutant(
        "what a peer lacks is sent by author, and not as it was delivered",
        edits=(
            Edit(
                missing_for,
                "missing.sort(key=lambda delivered: delivered.order)",
                "pass",
            ),
        ),
    ),
    "past-untold": Mutant(
        "an author does not tell what it had seen",
        edits=(
            Edit(
                OperationStore._new_causes, "and cause.n > self._told.get(member, 0)", "and False"
            ),
        ),
    ),
    "past-cut": Mutant(
        "of a long past only as much is told as fits",
        edits=(
            Edit(OperationStore.author, "while len(causes) > DEPENDENCIES_MAX:", "while False:"),
        ),
    ),
    "one-life-two-clocks": Mutant(
        "a life goes on where a merge set its race clock back",
        edits=(
            Edit(
                OperationStore._begins_life,
                "race_us < self._race_us and self._me != self._newest",
                "False",
            ),
        ),
    ),
    "room-unsigned": Mutant(
        "what was signed in one room counts in another",
        edits=(Edit(signed_bytes, "context, dot", "dot"),),
    ),
    "time-unsigned": Mutant(
        "who passes an operation on may say when it was written",
        edits=(Edit(digest_of, "race_us, causes", "causes"),),
    ),
    "body-unsigned": Mutant("and what it says", edits=(Edit(digest_of, "causes, body", "causes"),)),
    "made-up-authors-pay": Mutant(
        "made-up authors each have a pace of their own",
        edits=(
            Edit(
                Intake._may_look,
                "life.node if self._operations.is_admitted(life) else bringer",
                "life.node",
            ),
        ),
    ),
    "known-costs": Mutant(
        "what is known already, and comes again, costs its author its pace",
        edits=(Edit(Intake._may_look, "if self._operations.knows(operation.dot):", "if False:"),),
    ),
    "forger-brings-on": Mutant(
        "who brought forgeries is heard on others' words as before",
        edits=(
            Edit(
                Intake._may_look,
                "forger and life.node != bringer:",
                "False:",
            ),
        ),
    ),
    "forger-is-mute": Mutant(
        "who brought forgeries is not heard on its own words either",
        edits=(Edit(Intake._may_look, "forger and life.node != bringer:", "forger:"),),
    ),
    "forger-for-good": Mutant(
        "who brought forgeries once is heard on others' words no more",
        edits=(
            Edit(
                Checks.is_forger,
                "not self._forgeries.may_take(bringer, 0, now_ns)",
                "not self._forgeries.may_take(bringer, 0, 0)",
            ),
        ),
    ),
    "unread-uncounted": Mutant(
        "what is dropped unread is not counted",
        edits=(
            Edit(
                Intake.within_quotas,
                "self._operations.counters.unread += len(operations) - len(within)",
                "pass",
            ),
        ),
    ),
    "domain-unsigned": Mutant(
        "what was signed for something else counts as an operation",
        edits=(Edit(signed_bytes, "_DOMAIN, context", "context"),),
    ),
    "causes-unsigned": Mutant(
        "who passes an operation on may say what its author had seen",
        edits=(Edit(digest_of, "causes, body", "body"),),
    ),
    "too-late-is-taken": Mutant(
        "who was forgotten at a checkpoint says what is older than that",
        edits=(
            Edit(
                OperationStore.on_operations,
                "if self._base.authors.settles(dot, operation.race_us):",
                "if False:",
            ),
        ),
    ),
    "checkpoint-names-nobody": Mutant(
        "who wrote what a checkpoint holds, and is no member any more, is heard no more",
        edits=(
            Edit(
                admitted_authors._carried_over, "*(author.member for author in content.authors)", ""
            ),
        ),
    ),
    "quota-saved-up": Mutant(
        "who was silent costs all at once what it has saved",
        edits=(
            Edit(
                Quota._bucket_of, "min(self._burst, bucket.left + earned)", "bucket.left + earned"
            ),
        ),
    ),
    "quota-goes-into-debt": Mutant(
        "who has a little left may take much",
        edits=(Edit(Quota.may_take, "if bucket.left < size:", "if bucket.left <= 0:"),),
    ),
    "quota-without-bound": Mutant(
        "quotas are kept of all who ever asked",
        edits=(Edit(Quota.__init__, "Recent(PEERS_MAX)", "Recent(10**9)"),),
    ),
    "forger-contradicts": Mutant(
        "a forger has us check what it says in the place of what is known",
        edits=(
            Edit(
                Intake._may_look,
                "if not (forger and self._may_contradict(operation)):",
                "if True:",
            ),
        ),
    ),
    "contradiction-waits": Mutant(
        "what contradicts an author counts among what it may write",
        edits=(
            Edit(
                Intake._may_look,
                "if not (forger and self._may_contradict(operation)):",
                "if not self._may_contradict(operation) or self._taken.may_take(life.node, 1, 0):",
            ),
        ),
    ),
    "checks-unpaid": Mutant(
        "a peer has us check as many signatures of votes, states and accusations as it likes",
        edits=(Edit(Checks.charge, "self._taken.charge(bringer, made, now_ns)", "pass"),),
    ),
    "forgeries-unpaid": Mutant(
        "and as many forged ones",
        edits=(Edit(Checks.may_bring, " and not self.is_forger(bringer, now_ns)", ""),),
    ),
    "accusations-unpaid": Mutant(
        "accusations cost their bringer nothing",
        edits=(Edit(is_signed, "Accusation() | ", ""),),
    ),
    "votes-unpaid": Mutant(
        "shown votes cost their bringer nothing",
        edits=(Edit(is_signed, "Elected() | ", ""),),
    ),
    "states-unpaid": Mutant(
        "signed states cost their bringer nothing",
        edits=(Edit(is_signed, "Keyframe() | ", ""),),
    ),
    "hand-overs-unpaid": Mutant(
        "what a candidate shows costs it nothing",
        edits=(Edit(is_signed, "return transfer is not None", "return False"),),
    ),
    "checks-of-operations-paid-twice": Mutant(
        "who passes on what others wrote pays for it too",
        edits=(Edit(Intake.settle, "self.checks.settle()", "pass"),),
    ),
    "idle-votes-checked": Mutant(
        "votes that cannot count are checked as often as they come",
        edits=(Edit(fault_of, " if voter.awaits(vote)", ""),),
    ),
    "unread-checks-untold": Mutant(
        "whose accusations are not looked at is told of to nobody",
        edits=(Edit(Checks.charge, "*self.note_unread(bringer, unread, now_ns)", "*()"),),
    ),
}
