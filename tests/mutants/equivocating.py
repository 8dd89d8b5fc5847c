"""Mutants of equivocation: how it is found, what proves it, and what becomes of its author."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.causal import anti_entropy
from net.cluster.causal.equivocation import Convictions, convicted_by, next_chain
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
    "chain-without-history": Mutant(
        "a life that said the same last has said the same",
        edits=(Edit(next_chain, "before + said_by(operation)", "said_by(operation)"),),
    ),
    "convicted-again": Mutant(
        "a proof that is known is news, and told to all, each time that it comes",
        edits=(Edit(Convictions.add, "life in self._proofs or ", ""),),
    ),
    "decreed-in-another-log": Mutant(
        "what another history had decreed counts as decreed in ours",
        edits=(Edit(Convictions.follow, "if news.anew:", "if False:"),),
    ),
    "false-conviction-told": Mutant(
        "the program is told of a conviction that nothing proves",
        edits=(Edit(Convictions.as_counts, " if not self.proves(proof)", " if False"),),
    ),
    "half-signed": Mutant(
        "one signed half and one made up are a proof",
        edits=(Edit(Signing.proves, "and all(", "and any("),),
    ),
    "stranger-held-against": Mutant(
        "whoever makes up an author makes us look for its lies",
        edits=(
            Edit(
                OperationStore._hold_against_ours,
                " or not self._may_write(operation.dot.member)",
                "",
            ),
        ),
    ),
    "never-held-against": Mutant(
        "what is here already is not held against what comes",
        edits=(Edit(OperationStore.on_operations, "self._hold_against_ours(operation)", "pass"),),
    ),
    "own-life-unknown": Mutant(
        "a node does not believe what is proved of a life of its own that it has forgotten",
        edits=(Edit(OperationStore.convict, "life.node == self._me.node or ", ""),),
    ),
}
