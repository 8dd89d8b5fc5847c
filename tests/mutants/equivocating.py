"""Mutants of equivocation: how it is found, what proves it, and what becomes of its author."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.causal import anti_entropy
from net.cluster.causal.accusations import Accusations
from net.cluster.causal.equivocation import Convictions, contradiction, convicted_by, next_chain
from net.cluster.causal.kept_operations import KeptOperations
from net.cluster.causal.operations import OperationStore
from net.cluster.causal.signing import Signing, signed_bytes
from net.cluster.causal.vector_clock import VectorClock
from net.node.frame_reader import FrameReader
from net.node.liveness import Liveness
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
                "is_authentic(operation, self._signing.context, self._signing.verify)",
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
                " or not self.is_admitted(operation.dot.member)",
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
    "chain-of-signatures": Mutant(
        "one thing that is signed twice makes two chains",
        edits=(Edit(next_chain, "said_by(operation)", "operation.signature"),),
    ),
    "agreement-contradicts": Mutant(
        "one thing that is signed twice is taken for two",
        edits=(Edit(contradiction, "if low[0] == high[0]:", "if False:"),),
    ),
    "waiting-unheld": Mutant(
        "what waits for its causes is held against nothing",
        edits=(Edit(OperationStore.at, " or self._waiting.get(dot)", ""),),
    ),
    "place-unsigned": Mutant(
        "a word is moved to another place, and its author has said two things there",
        edits=(Edit(signed_bytes, "dot, said", "said"),),
    ),
    "later-proof-counts": Mutant(
        "a later proof against a life replaces the one before",
        edits=(Edit(convicted_by, "proof.dot.member not in proofs and ", ""),),
    ),
    "proofs-without-bound": Mutant(
        "proofs are remembered without end",
        edits=(Edit(Convictions.add, "alike[:-CONVICTED_MAX]", "()"),),
    ),
    "proof-checked-again": Mutant(
        "a proof is checked each time that it is read",
        edits=(Edit(Convictions.proves, "if proof not in self._looked_at:", "if True:"),),
    ),
    "proofs-looked-at-without-bound": Mutant(
        "what was ever said to be a proof is remembered",
        edits=(Edit(Convictions.__init__, "Recent(2 * CONVICTED_MAX)", "Recent(10**9)"),),
    ),
    "made-up-keys-crowd-out": Mutant(
        "decrees against made-up keys let in again whom one has heard to lie",
        edits=(Edit(Convictions.add, "if self._has_heard(life):", "if False:"),),
    ),
    "convicted-without-end": Mutant(
        "more is decreed of convicted lives than a log tells, each in another's place",
        edits=(Edit(Convictions.undecreed, "[-CONVICTED_MAX:]", ""),),
    ),
    "heard-last": Mutant(
        "whom one has heard to lie is decreed anew last",
        edits=(
            Edit(
                Convictions.undecreed,
                "sorted(self._proofs, key=self._heard.__contains__)",
                "list(self._proofs)",
            ),
        ),
    ),
    "out-for-good": Mutant(
        "whose proof is forgotten stays out",
        edits=(Edit(Convictions.add, "self.nodes.clear()", "pass"),),
    ),
    "nobody-told-anew": Mutant(
        "the program keeps what it was told of a convicted life",
        edits=(Edit(Convictions.add, ", True\n", ", False\n"),),
    ),
    "checkpoint-forgets": Mutant(
        "who begins at a checkpoint knows nobody whom it convicts",
        edits=(
            Edit(
                Convictions.follow,
                "() if log.checkpoint is None else log.checkpoint.content.convicted",
                "()",
            ),
        ),
    ),
    "log-convicts-nobody": Mutant(
        "what a convicted life has said counts where the log alone told of it",
        edits=(Edit(OperationStore.follow, "self._give_up(proof.dot.member)", "pass"),),
    ),
    "cut-without-chain": Mutant(
        "of a convicted life as much counts as was folded, whatever it was",
        edits=(
            Edit(
                VectorClock.cut,
                "self._counts[member], self._chains[member] = n, chain",
                "self._counts[member] = n",
            ),
        ),
    ),
    "covers-by-count": Mutant(
        "who holds as much as a checkpoint of a life holds the same",
        edits=(
            Edit(
                OperationStore.covers,
                "self._kept.chain_at(member, author.n) == author.chain",
                "self._kept.chain_at(member, author.n) is not None",
            ),
        ),
    ),
    "other-past-kept": Mutant(
        "and keeps it",
        edits=(
            Edit(KeptOperations.begin_from, "(not held or held[-1].chain == author.chain)", "True"),
        ),
    ),
    "convicted-is-here": Mutant(
        "who is convicted lives until it is missed",
        edits=(Edit(Liveness.on_tick, "sorted(self._peers.convicted)", "()"),),
    ),
    "accuses-each-tick": Mutant(
        "who coordinates is told of a proof at every tick",
        edits=(Edit(Accusations.on_tick, "now_ns - self._told_ns < ACCUSE_AGAIN_NS", "False"),),
    ),
    "coordinator-untold": Mutant(
        "who coordinates is told once, and that may get lost",
        edits=(Edit(Accusations.on_tick, "if coordinator is not None:", "if False:"),),
    ),
    "told-for-ever": Mutant(
        "who is convicted and comes again is told why without end",
        edits=(Edit(Accusations.on_tick, "if left > 1:", "if True:"),),
    ),
    "turned-away-untold": Mutant(
        "or once, before it can read it",
        edits=(Edit(Accusations.turn_away, "self._turned_away[node] = TURNED_AWAY_TOLD", "pass"),),
    ),
}
