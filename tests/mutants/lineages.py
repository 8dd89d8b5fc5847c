"""Mutants of forks, merges, joining, snapshots and what a life keeps of its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.blocks import BlockFetch
from net.cluster.fork import Forking
from net.cluster.log import DecreeLog
from net.cluster.snapshot import Learner, SnapshotServer, _decode_whole, decode_snapshot
from net.node.lineage.consensus import Consensus
from net.node.lineage.history_age import is_aged
from net.node.lineage.joining import Joining
from net.node.lineage.lifecycle import Lifecycle
from net.node.lineage.lineage_readout import LineageReadout
from net.node.lineage.reconfiguration import Reconfiguration
from net.node.lineage.revival import Revival
from net.node.lineage.vetting import Vetting
from net.sim.mutants import Edit, Mutant

LINEAGES: Final[Mapping[str, Mutant]] = {
    "fork-with-a-coordinator": Mutant(
        "who has a coordinator goes along with a fork",
        edits=(Edit(Forking.on_fork_call, "or not deserted", ""),),
    ),
    "fork-of-any-lineage": Mutant(
        "who sits in another lineage goes along with a fork",
        edits=(Edit(Forking.on_fork_call, "fork_call.parent != voter.log.lineage", "False"),),
    ),
    "fork-for-another": Mutant(
        "a fork may be called in another's name",
        edits=(Edit(Forking.on_fork_call, "or fork_call.candidate.node != sender", ""),),
    ),
    "fork-answer-for-another": Mutant(
        "one member answers a call in the name of others",
        edits=(Edit(Forking.on_fork_answer, "or forked.follower.node != sender", ""),),
    ),
    "fork-answer-of-any-call": Mutant(
        "an answer to another call counts",
        edits=(Edit(Forking.on_fork_answer, "forked.lineage != call.lineage or", ""),),
    ),
    "anybody-forks": Mutant(
        "each member that is deserted calls for a fork of its own",
        edits=(Edit(Forking.on_tick, "or live[:1] != (self._voter.me,)", ""),),
    ),
    "fork-of-a-worse-log": Mutant(
        "a fork does not go on from the best log of those who answered",
        edits=(
            Edit(
                Forking._found_fork,
                "if call.answers[best] > (log.head_epoch, log.head):",
                "if False:",
            ),
        ),
    ),
    "fork-of-all-members": Mutant(
        "members that did not answer are members of the fork",
        edits=(
            Edit(
                Forking._found_fork,
                "tuple(m for m in log.members if m in call.answers)",
                "log.members",
            ),
        ),
    ),
    "fork-by-a-stranger": Mutant(
        "who learns from the best log that it is no member founds a fork all the same",
        edits=(Edit(Forking._found_fork, "if not voter.is_member:", "if False:"),),
    ),
    "forks-uncounted": Mutant(
        "a fork does not stand behind what it left",
        edits=(Edit(Forking._found_fork, "(log.found.forks if log.found else 0) + 1", "0"),),
    ),
    "fork-below-the-promise": Mutant(
        "a fork's epoch is below what its members have promised",
        edits=(
            Edit(
                Forking._found_fork,
                "max(voter.promised, log.head_epoch) + 1 + self._rng.randrange(EPOCH_SPREAD)",
                "1",
            ),
        ),
    ),
    "answer-kept": Mutant(
        "who answered a call, and leads then, can still be carried off by it (seed 8817)",
        edits=(Edit(Forking.forget_answer, "self._answered = None", "pass"),),
    ),
    "call-kept": Mutant(
        "who called, and follows then, goes on with its call",
        edits=(Edit(Forking.end_call, "self._end_call(ForkEvent.RELIEVED)", "pass"),),
    ),
    "fork-with-a-majority": Mutant(
        "members fork though enough of them live to elect",
        edits=(
            Edit(
                Consensus._seek_coordinator,
                "waited > (MAJORITY_LOST_NS if too_few else STUCK_NS)",
                "waited > 0",
            ),
        ),
    ),
    "never-yields": Mutant(
        "a lineage does not end in favour of a better one",
        edits=(Edit(Reconfiguration.next_decree, "if better is not None and", "if False and"),),
    ),
    "gives-way-unseen": Mutant(
        "a room ends for a lineage of which it has seen nothing",
        edits=(
            Edit(
                Reconfiguration.next_decree, " and self._vetting.is_proved(better, log, idle)", ""
            ),
        ),
    ),
    "doubts-nobody": Mutant(
        "who could not show a lineage is believed the next one",
        edits=(Edit(Vetting._refuse, "self._peers.doubt(peer.node, now_ns)", "pass"),),
    ),
    "pause-doubts": Mutant(
        "for how long we stood still is held against who was to show its lineage",
        edits=(
            Edit(
                Vetting.on_tick, "self._patience.look(now_ns)", "now_ns - self._patience.looked_ns"
            ),
        ),
    ),
    "pause-doubts-teachers": Mutant(
        "for how long we stood still is held against those from whom we learn",
        edits=(
            Edit(
                Joining.on_tick, "self._patience.look(now_ns)", "now_ns - self._patience.looked_ns"
            ),
        ),
    ),
    "vets-unread": Mutant(
        "a history is asked for again, and its owner doubted, while its answer waits to be read",
        edits=(Edit(Consensus._tick_leadership, "now_ns < self._voter.quiet_until_ns", "False"),),
    ),
    "learns-unread": Mutant(
        "so is the one that a newcomer learns",
        edits=(
            Edit(
                Joining.on_tick,
                "self._learner is not None and now_ns < self._quiet_until_ns",
                "False",
            ),
        ),
    ),
    "founds-unread": Mutant(
        "a lineage is founded while what others say of theirs waits to be read",
        edits=(Edit(Joining.should_found, "now_ns < self._quiet_until_ns", "False"),),
    ),
    "history-unread": Mutant(
        "a lineage counts as what is claimed, whatever its history says",
        edits=(Edit(Vetting._fault_in, "None if same and not better else", "None if True else"),),
    ),
    "yields-to-worse": Mutant(
        "a lineage ends in favour of any other",
        edits=(
            Edit(
                Reconfiguration.rival,
                "others[0] if others and others[0].precedence < mine else None",
                "others[0] if others else None",
            ),
        ),
    ),
    "goes-before-the-end-counts": Mutant(
        "a life leaves its lineage when its end is decreed, and does not count yet",
        edits=(
            Edit(
                LineageReadout._check_end,
                "if log.is_over:",
                "if log.yields_to is not None:",
            ),
        ),
    ),
    "coordinator-goes-first": Mutant(
        "who coordinates leaves an ended lineage before the others know",
        edits=(
            Edit(
                LineageReadout._check_released,
                "leads and now_ns - self._yield_ns < STEP_DOWN_NS",
                "False",
            ),
        ),
    ),
    "goes-when-removal-is-decreed": Mutant(
        "a member leaves when its removal is decreed, and does not count yet",
        edits=(
            Edit(
                LineageReadout._check_end,
                "log.members_settled and not self._voter.is_member",
                "not self._voter.is_member",
            ),
        ),
    ),
    "removed-stays": Mutant(
        "a member that is removed stays",
        edits=(
            Edit(
                LineageReadout._check_end,
                "log.members_settled and not self._voter.is_member",
                "False",
            ),
        ),
    ),
    "told-before-it-counts": Mutant(
        "a program is told decrees that do not count",
        edits=(
            Edit(
                LineageReadout.read,
                "while self._told < self._voter.settled:",
                "while self._told < log.head:",
            ),
        ),
    ),
    "same-life-after-a-loss": Mutant(
        "who loses its lineage leads the same life in the next",
        edits=(
            Edit(
                Lifecycle._raise_incarnation,
                "max(after, self._me.incarnation) + 1",
                "max(after, self._me.incarnation)",
            ),
        ),
    ),
    "history-forgotten": Mutant(
        "who loses its lineage forgets what counted in it",
        edits=(
            Edit(
                Lifecycle._committed_history,
                "log is None",
                "True",
            ),
        ),
    ),
    "history-with-its-tail": Mutant(
        "who loses its lineage takes along what never counted in it",
        edits=(
            Edit(Lifecycle._committed_history, "log.prefix(log.commit)", "log.prefix(log.head)"),
        ),
    ),
    "founds-at-once": Mutant(
        "a newcomer founds a lineage before it has listened",
        edits=(
            Edit(Joining.should_found, "waited > FOUND_WAIT_NS + turn_ns", "True"),
            Edit(Revival.may_found, "now_ns - self._since_ns > FOUND_WAIT_NS + turn_ns", "True"),
        ),
    ),
    "founds-out-of-turn": Mutant(
        "newcomers found by the turns of their names, whoever holds the longest history",
        edits=(
            Edit(
                Joining.should_found,
                "(-self._history.head_epoch, -self._history.head, self._me.node)",
                "(0, 0, self._me.node)",
            ),
            Edit(
                Joining.should_found,
                "peer.lives and _founding_key(peer) < mine",
                "peer.lives and (0, 0, peer.node) < mine",
            ),
        ),
    ),
    "founds-beside-another": Mutant(
        "a newcomer founds though it hears of a lineage",
        edits=(
            Edit(
                Joining.should_found,
                "if is_there:",
                "if False:",
            ),
        ),
    ),
    "either-founds-beside-another": Mutant(
        "who would join or found founds though it hears of a lineage",
        edits=(
            Edit(
                Joining.should_found,
                "is_stranger and (is_there or self._place is Place.KNOCKING)",
                "False",
            ),
        ),
    ),
    "joiner-founds": Mutant(
        "who would only join, or watch, founds",
        edits=(Edit(Joining.should_found, "not entry.may_found or", ""),),
    ),
    "newcomer-wins": Mutant(
        "a lineage that never had company wins over one that had",
        edits=(Edit(DecreeLog.precedence, "int(not self.had_company)", "0"),),
    ),
    "strange-history-taken": Mutant(
        "a room begun anew takes over whoever holds the old one's history",
        edits=(
            Edit(
                Joining._is_foreign_lineage,
                "self._history.head == 0 or self._history.origin == log.origin",
                "True",
            ),
        ),
    ),
    "last-one-parts": Mutant(
        "who comes back last goes on from its history against most of its room, who are elsewhere",
        edits=(Edit(Joining._is_foreign_lineage, "self._is_ours_there(log.lineage)", "False"),),
    ),
    "strange-for-good": Mutant(
        "a room that was strange stays so, though most of ours have gone there since",
        edits=(Edit(Joining._stays_out, "and not self._is_ours_there(lineage)", ""),),
    ),
    "aged-by-the-wall": Mutant(
        "the clock on the wall alone ages what a disk kept, by a quarter of an hour",
        edits=(
            Edit(
                is_aged, "now.wall_s - used.wall_s > RESUME_S", "now.wall_s - used.wall_s > 15 * 60"
            ),
        ),
    ),
    "boot-unread": Mutant(
        "a clock that ran all the time is not asked how old it is",
        edits=(Edit(is_aged, "if used.boot and", "if False and"),),
    ),
    "boots-of-no-name": Mutant(
        "two starts of a machine that tells of none are taken for one",
        edits=(Edit(is_aged, "if used.boot and", "if"),),
    ),
    "boot-that-ran-less": Mutant(
        "a clock since the start that went back tells how old it is",
        edits=(Edit(is_aged, "and used.ran_s <= now.ran_s", ""),),
    ),
    "clock-never-set": Mutant(
        "a clock that was never set tells how old it is",
        edits=(Edit(is_aged, "used.wall_s >= CLOCK_SET_S and ", ""),),
    ),
    "aged-stands-off": Mutant(
        "who holds what is too old enters no room that was begun anew",
        edits=(Edit(Joining._is_foreign_lineage, "and not self._revival.counts", "and False"),),
    ),
    "given-up-in-silence": Mutant(
        "who enters such a room does not tell that what it held is given up",
        edits=(Edit(Joining.given_up, "return self.revived()", "return []"),),
    ),
    "given-up-though-it-counts": Mutant(
        "who learns a room is told that its history is too old, though it counts",
        edits=(Edit(Joining.given_up, "or revival.counts", ""),),
    ),
    "given-up-though-it-is-the-rooms": Mutant(
        "or though the room goes on with it",
        edits=(Edit(Joining.given_up, "or self._history.origin == log.origin", ""),),
    ),
    "sent-where-it-will": Mutant(
        "who yields joins any lineage, not the one that it was sent to",
        edits=(
            Edit(
                Joining._best_lineage,
                "if any(claim.lineage == self._into for claim in found):",
                "if False:",
            ),
        ),
    ),
    "revival-uncounted": Mutant(
        "who goes on from a journal does not stand behind those who went on",
        edits=(Edit(Joining.found, "min(log.found.forks + 1, FORKS_MAX)", "log.found.forks"),),
    ),
    "revival-in-an-old-epoch": Mutant(
        "who goes on from a journal coordinates in an epoch of the old lineage",
        edits=(Edit(Lifecycle._found_lineage, "log.head_epoch + epoch", "max(log.head_epoch, 1)"),),
    ),
    "synced-before-it-holds-all": Mutant(
        "a newcomer says that it is in before it has the operations",
        edits=(Edit(Lifecycle._check_synced, "met_equal or waited or not", "True or not"),),
    ),
    "synced-before-it-is-a-member": Mutant(
        "a newcomer says that it is in before its membership counts",
        edits=(Edit(Lifecycle._check_synced, "not consensus.log.members_settled or ", ""),),
    ),
    "journal-with-gaps": Mutant(
        "decrees that an earlier life had are not written again, nor are those before them",
        edits=(
            Edit(
                DecreeLog.prefix,
                "log._given, log.kept = min(self._given, head)",
                "log._given, log.kept = head + 1",
            ),
        ),
    ),
    "snapshot-of-any-lineage": Mutant(
        "a snapshot of another lineage is taken",
        edits=(
            Edit(decode_snapshot, "or log.lineage != lineage", ""),
            Edit(_decode_whole, "or log.lineage != lineage", ""),
        ),
    ),
    "snapshot-of-what-does-not-count": Mutant(
        "a snapshot holds decrees that do not count",
        edits=(
            Edit(
                SnapshotServer.on_manifest_request,
                "log.agrees_up_to(request.milestones), log.commit",
                "log.agrees_up_to(request.milestones), log.head",
            ),
            Edit(
                SnapshotServer.on_block_request,
                "request.since < request.upto <= log.commit",
                "request.since < request.upto <= log.head",
            ),
        ),
    ),
    "blocks-of-what-does-not-count": Mutant(
        "blocks are made of decrees that are not there, or do not count",
        edits=(
            Edit(
                SnapshotServer.on_block_request,
                "not request.since < request.upto <= log.commit",
                "False",
            ),
        ),
    ),
    "blocks-of-another-snapshot": Mutant(
        "blocks are sent though they make another content than was asked for",
        edits=(
            Edit(
                SnapshotServer.on_block_request,
                "made is None or made.digest != request.digest",
                "made is None",
            ),
        ),
    ),
    "manifest-beyond-our-history": Mutant(
        "a snapshot may begin behind what the newcomer holds",
        edits=(
            Edit(
                Learner.on_manifest,
                "history.folded < manifest.since <= history.head",
                "history.folded < manifest.since",
            ),
        ),
    ),
    "manifest-without-bound": Mutant(
        "a snapshot of any size is fetched",
        edits=(
            Edit(
                Learner.on_manifest,
                "not 0 < manifest.size <= CONTENT_BYTES_MAX",
                "False",
            ),
        ),
    ),
    "blocks-unproved": Mutant(
        "what blocks make is taken, whatever its digest",
        edits=(
            Edit(BlockFetch.on_block, "if content_digest(content) == self._digest:", "if True:"),
        ),
    ),
    "blocks-of-strangers": Mutant(
        "blocks are taken from whoever sends some",
        edits=(Edit(BlockFetch.on_block, "source not in self._sources or", ""),),
    ),
    "in-flight-without-bound": Mutant(
        "all blocks are asked for at once",
        edits=(
            Edit(
                BlockFetch.on_tick,
                "BLOCKS_IN_FLIGHT_MAX - (len(self._asked) - len(late))",
                "len(self._blocks)",
            ),
        ),
    ),
}
