"""Mutants of equivocation: how it is found, what proves it, and what becomes of its author."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.causal import anti_entropy
from net.cluster.causal.equivocation import Convictions, convicted_by
from net.cluster.causal.kept_operations import KeptOperations
from net.cluster.causal.operations import OperationStore
from net.cluster.causal.signing import Signing
from net.cluster.causal.vector_clock import VectorClock
from net.node.frame_reader import FrameReader
from net.node.node import Node
from net.sim.mutants import Edit, Mutant

EQUIVOCATING: Final[Mapping[str, Mutant]] = {
    "clock-only-counts": Mutant(
        "clocks are equal where as much was said, whatever it was",
        edits=(Edit(VectorClock.hash, "state.update(self._chains[member])", "pass"),),
    ),
    "never-compared": Mutant(
        "who names another chain is sent nothing to compare",
        edits=(
            Edit(
                anti_entropy._held_against,
                "kept.some_of(life, entry.n)",
                "[]",
            ),
        ),
    ),
    "compared-at-the-end-alone": Mutant(
        "the newest of a life are compared each time, and what is older never",
        edits=(Edit(KeptOperations.some_of, "self._turn += 1", "pass"),),
    ),
    "forged-half": Mutant(
        "a second half counts whoever signed it",
        edits=(
            Edit(
                OperationStore._hold_against_ours,
                "self._signing.is_authentic(operation)",
                "True",
            ),
        ),
    ),
    "unsigned-proof": Mutant(
        "whoever accuses is believed",
        edits=(
            Edit(
                Signing.proves,
                "self.verify(proof.key, signed_bytes(proof.dot, said, self.context), signature)",
                "True",
            ),
        ),
    ),
    "one-thing-is-two": Mutant(
        "one thing proves that an author said two",
        edits=(Edit(Signing.proves, "low < high", "True"),),
    ),
    "proof-of-another": Mutant(
        "what one key has signed convicts another",
        edits=(Edit(Signing.proves, "node_id_of(proof.key) == proof.dot.node", "True"),),
    ),
    "stranger-convicted": Mutant(
        "made-up authors are convicted, so many that the proofs of members are forgotten",
        edits=(Edit(OperationStore.convict, "if not known or not", "if not"),),
    ),
    "convicted-goes-on": Mutant(
        "what a convicted life says is taken after all",
        edits=(Edit(VectorClock._is_over, "member in self._convicted or ", ""),),
    ),
    "convicted-keeps-its-word": Mutant(
        "what a convicted life has said stays where it was heard",
        edits=(
            Edit(
                OperationStore._give_up,
                "self._count -= self._kept.cut(life, n)",
                "pass",
            ),
        ),
    ),
    "checkpoint-cut": Mutant(
        "what a checkpoint holds of a convicted life counts no more",
        edits=(
            Edit(
                OperationStore._give_up,
                "(0, GENESIS) if folded is None else (folded.n, folded.chain)",
                "(0, GENESIS)",
            ),
        ),
    ),
    "answers-wait": Mutant(
        "what answers a convicted life waits for it",
        edits=(Edit(OperationStore._give_up, "self._waiting.drop(life)", "pass"),),
    ),
    "convicted-by-word": Mutant(
        "a coordinator convicts by a decree whomever it wants",
        edits=(Edit(convicted_by, " and proves(proof)", ""),),
    ),
    "convicted-without-bound": Mutant(
        "a checkpoint names all who were ever convicted",
        edits=(Edit(convicted_by, "[-CONVICTED_MAX:]", ""),),
    ),
    "other-history-forgets": Mutant(
        "what only another history had decreed is not decreed anew",
        edits=(Edit(Convictions.undecreed, "if life not in decreed", "if False"),),
    ),
    "convicted-is-heard": Mutant(
        "frames of a convicted node are read",
        edits=(Edit(FrameReader.sender_of, "node in self._peers.convicted", "False"),),
    ),
    "convicted-is-met": Mutant(
        "a convicted node that comes again is met as anybody",
        edits=(
            Edit(
                Node._admit_peer,
                "opened.node in self._peers.convicted",
                "False",
            ),
        ),
    ),
}
