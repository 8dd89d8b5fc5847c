"""The decree log: one history, hash-chained, whose committed prefix never changes.

The newest list of members in it, committed or not, is the one that counts (Ongaro 2014, 4.1);
consecutive lists differ by one member. A lineage is the part of a history
since its last `FoundLineage`. What is before a checkpoint may be dropped: then the log
begins at its base, and tells no more of what was there (ADR 35).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, final

from net.cluster.checkpoint import KeptCheckpoint, LogBase
from net.errors import InvariantError
from net.ids import DIGEST_BYTES, NO_LINEAGE, Digest, LineageId, Member, NodeId
from net.limits import (
    APPEND_BYTES_MAX,
    APPEND_ENTRIES_MAX,
    DECREES_MAX,
    DECREES_SPARE,
    MILESTONES_MAX,
    PEERS_MAX,
    YOUTH_MAX,
    YOUTH_STEP_NS,
)
from net.wire.codec import encode_what
from net.wire.decrees import (
    AddMember,
    Checkpoint,
    Decree,
    DecreeBody,
    FoundLineage,
    RemoveMember,
    SpeakVersion,
    Yield,
)
from net.wire.messages import Milestone, Precedence
from net.wire.versions import FIRST_VERSION

_ENTRY_OVERHEAD: Final = 48  # bytes of a decree around its content, at most


def chain_hash(decree: Decree) -> Digest:
    """Return the hash that the decree after this one names as `previous`."""
    state = hashlib.blake2b(decree.previous, digest_size=DIGEST_BYTES, person=b"racer decree")
    state.update(decree.epoch.to_bytes(8, "big") + decree.index.to_bytes(8, "big"))
    state.update(encode_what(decree.what))
    return state.digest()


def majority(count: int) -> int:
    """Return how many of `count` members any two groups of which always share one."""
    return count // 2 + 1


@final
class DecreeLog:
    """Decrees base..head-1, of which those up to commit-1 are committed, as all before them are.

    `checkpoint` is the newest that this node holds of them; it lies at the base or behind it. To
    ask for a decree that is `is_compacted` breaks an invariant.

    Invariants, checked where they could break, each in constant time: no method changes an entry
    below `commit`; `commit` never falls and is never above `head`; each entry follows from the one
    before by its hash. What of it is read, told or sent is first held against its hash.
    """

    def __init__(self, checkpoint: KeptCheckpoint | None = None) -> None:
        base = LogBase() if checkpoint is None else checkpoint.content.base
        self.checkpoint = checkpoint
        self.base = base
        self._entries: list[Decree] = []
        self._hashes: list[Digest] = [base.chain]  # after those before the base, and 1, 2, … more
        self._lists: list[tuple[int, tuple[Member, ...]]] = []  # (head it holds from, members)
        self._founds: list[tuple[int, FoundLineage]] = []
        self._yields: list[tuple[int, Yield]] = []
        self._versions: list[tuple[int, int]] = []  # (head it is spoken from, version)
        self._checkpoints: list[Decree] = []
        self.commit = base.index
        self._anchor: tuple[int, Digest] = (base.index, base.chain)  # `commit` as set last, hash
        self._given = base.index  # so many were given out to be kept on disk …
        self.kept = 0  # … and so many are there, the checkpoint too
        self._begin_at_base()

    def _begin_at_base(self) -> None:
        base = self.base
        if base.found is not None:
            self._founds.insert(0, (base.found_at, base.found))
        if base.members:
            self._lists.insert(0, (base.index, base.members))
        if base.version > FIRST_VERSION:
            self._versions.insert(0, (base.index, base.version))

    @property
    def head(self) -> int:
        return self.base.index + len(self._entries)

    @property
    def folded(self) -> int:
        """How many decrees our checkpoint stands for."""
        return 0 if self.checkpoint is None else self.checkpoint.index

    @property
    def checkpoints_ahead(self) -> list[Decree]:
        """Decrees of checkpoints behind ours, whether they count or not: the newest first."""
        if not self._checkpoints:
            return []
        return [each for each in reversed(self._checkpoints) if each.index > self.folded]

    @property
    def is_full(self) -> bool:
        """So much follows the base that what is left is the room's own: nobody takes more."""
        return self.head - self.base.index >= DECREES_MAX - DECREES_SPARE

    @property
    def origin(self) -> Digest | None:
        """The hash of the very first decree: logs of one room share it. None: there is none."""
        if self.base.index > 0:
            return self.base.origin
        return self._hashes[1] if self._entries else None

    @property
    def head_hash(self) -> Digest:
        return self._hashes[-1]

    @property
    def head_epoch(self) -> int:
        return self._entries[-1].epoch if self._entries else self.base.epoch

    @property
    def members(self) -> tuple[Member, ...]:
        """The newest list, in order of seniority: the first ranks highest."""
        return self._lists[-1][1] if self._lists else ()

    @property
    def found(self) -> FoundLineage | None:
        """The entry that this lineage began with."""
        return self._founds[-1][1] if self._founds else None

    @property
    def found_at(self) -> int:
        """How many decrees there were with that."""
        return self._founds[-1][0] if self._founds else 0

    @property
    def missing(self) -> frozenset[NodeId]:
        """Who was in the room when it was founded anew behind our checkpoint, and not since.

        They may have gone on without us, from the same decrees.
        """
        missing: set[NodeId] = set()
        for found_at in (at for at, _ in self._founds if at > self.folded):
            before = [members for at, members in self._lists if at < found_at][-1:]
            since = [members for at, members in self._lists if at >= found_at]
            missing |= _nodes_of(before) - _nodes_of(since)
        return frozenset(missing)

    @property
    def lineage(self) -> LineageId:
        return self._founds[-1][1].lineage if self._founds else NO_LINEAGE

    @property
    def version(self) -> int:
        """Which version of the protocol the room speaks, as far as that is committed."""
        spoken = [version for head, version in self._versions if head <= self.commit]
        return spoken[-1] if spoken else FIRST_VERSION

    @property
    def newest_version(self) -> int:
        """The newest that is decreed, committed or not: who cannot speak it becomes no member."""
        return self._versions[-1][1] if self._versions else FIRST_VERSION

    @property
    def members_settled(self) -> bool:
        """No change of members is uncommitted."""
        return not self._lists or self._lists[-1][0] <= self.commit

    @property
    def yields_to(self) -> LineageId | None:
        """The lineage that this one ends in favour of, decreed but perhaps not committed."""
        return self._yields[-1][1].into if self._is_ending else None

    @property
    def is_over(self) -> bool:
        """That end is committed."""
        return self._is_ending and self._yields[-1][0] <= self.commit

    @property
    def _is_ending(self) -> bool:
        return bool(self._yields) and self._yields[-1][0] > self._founds[-1][0]

    @property
    def had_company(self) -> bool:
        """Two members at once were committed to, in this lineage or in what it goes on from."""
        return self.base.had_company or any(
            len(members) > 1 for head, members in self._lists if head <= self.commit
        )

    def precedence(self, idle: bool, age_ns: int | None) -> Precedence:
        """Return how this lineage compares with others at a merge.

        Args:
            age_ns: what its race clock shows; None: that is for another to tell.
        """
        found = self.found
        if found is None:
            return Precedence(1, 1, 255, PEERS_MAX, YOUTH_MAX, NO_LINEAGE)
        absent = PEERS_MAX - len(found.members)
        solitary, youth = int(not self.had_company), _youth(age_ns)
        return Precedence(solitary, int(idle), found.forks, absent, youth, found.lineage)

    def is_compacted(self, index: int) -> bool:
        """Whether the decree of that index was here and is dropped."""
        return index < self.base.index

    def entry(self, index: int) -> Decree:
        self._check_entry(index)
        return self._entries[index - self.base.index]

    def entries(self, start: int, stop: int) -> tuple[Decree, ...]:
        return tuple(self.entry(index) for index in range(start, stop))

    def hash_at(self, head: int) -> Digest | None:
        """Return the chain hash after the first `head` entries; None: unknown, or not any more."""
        return (
            self._hashes[head - self.base.index] if self.base.index <= head <= self.head else None
        )

    def base_at(self, head: int) -> LogBase:
        """Return what is to be kept of the first `head` entries, if they are dropped."""
        assert self.base.index <= head <= self.head
        if head == self.base.index:
            return self.base
        lists = [members for at, members in self._lists if at <= head]
        founds = [(at, found) for at, found in self._founds if at <= head]
        found_at, found = founds[-1] if founds else (0, None)
        origin = self.origin
        assert origin is not None, "there are entries"
        return LogBase(
            head,
            self._hashes[head - self.base.index],
            origin,
            self._entries[head - 1 - self.base.index].epoch,
            lists[-1] if lists else (),
            found,
            found_at,
            self.base.had_company or any(len(members) > 1 for members in lists),
            next((v for at, v in reversed(self._versions) if at <= head), FIRST_VERSION),
        )

    def begin_at(self, checkpoint: KeptCheckpoint, head: int) -> None:
        """Hold a checkpoint of ours, and drop the entries before `head`, which it stands for.

        Raises:
            InvariantError: it stands for others.
        """
        content = checkpoint.content
        if not self.base.index <= head <= checkpoint.index <= self.commit:
            raise InvariantError(f"the log would begin at {head}, of {self.commit} that count")
        if self.base_at(checkpoint.index) != content.base:
            raise InvariantError(f"the checkpoint at {checkpoint.index} is of another log")
        base, dropped = self.base_at(head), head - self.base.index
        self.checkpoint, self.base = checkpoint, base
        # On its way to the disk it takes the place of all before it; there, it is noted as kept.
        self._given = max(self._given, checkpoint.index)
        del self._entries[:dropped]
        del self._hashes[:dropped]
        self._lists = [each for each in self._lists if each[0] > head]
        self._founds = [each for each in self._founds if each[0] > head]
        self._yields = [each for each in self._yields if each[0] > head]
        self._versions = [each for each in self._versions if each[0] > head]
        self._checkpoints = [each for each in self._checkpoints if each.index > checkpoint.index]
        self._begin_at_base()

    def batch(self, start: int) -> tuple[Decree, ...]:
        """Return the entries from `start` on that fit into one datagram, one at least."""
        assert not self.is_compacted(start)
        taken: list[Decree] = []
        size = 0
        for index in range(start, min(start + APPEND_ENTRIES_MAX, self.head)):
            decree = self.entry(index)
            size += len(encode_what(decree.what)) + _ENTRY_OVERHEAD
            if taken and size > APPEND_BYTES_MAX:
                break
            taken.append(decree)
        return tuple(taken)

    def milestones(self) -> list[Milestone]:
        """Return heads of ours, ever further apart, by which a peer finds how far our logs agree.

        The nearest is where our lineage began: there another one of the same room left it. Those
        before our checkpoint are of no use: whoever left ours there has another one.
        """
        heads = {self._founds[-1][0] - 1} if self._founds else set()
        step = 1
        while len(heads) < MILESTONES_MAX and self.head >= step:
            heads.add(self.head + 1 - step)
            step *= 2
        useful = [head for head in sorted(heads) if head > self.folded]
        return [Milestone(head, self._hashes[head - self.base.index][:8]) for head in useful]

    def agrees_up_to(self, milestones: Sequence[Milestone]) -> int:
        """Return the furthest of a peer's milestones that our committed prefix goes through."""
        return max(
            (m.head for m in milestones if m.head < self.commit and self._matches_milestone(m)),
            default=0,
        )

    def _matches_milestone(self, milestone: Milestone) -> bool:
        known = self.hash_at(milestone.head)
        return known is not None and known[:8] == milestone.chain

    def prefix(self, head: int) -> DecreeLog:
        """Return a log of the first `head` entries, all committed; our checkpoint is of them."""
        assert self.folded <= head <= self.head
        log, kept = DecreeLog(), head - self.base.index
        log.checkpoint, log.base = self.checkpoint, self.base
        log._entries, log._hashes = self._entries[:kept], self._hashes[: kept + 1]
        log._lists = [each for each in self._lists if each[0] <= head]
        log._founds = [each for each in self._founds if each[0] <= head]
        log._yields = [each for each in self._yields if each[0] <= head]
        log._versions = [each for each in self._versions if each[0] <= head]
        log._checkpoints = [each for each in self._checkpoints if each.index < head]
        log.commit, log._anchor = head, (head, log.head_hash)
        log._given, log.kept = min(self._given, head), min(self.kept, head)
        return log

    def take_unkept(self, may_keep: Callable[[Decree], bool]) -> list[Decree]:
        """Return what is to be written to disk next, in the place of all that is there behind it.

        Args:
            may_keep: where it says no, this entry and all after it wait for another time.
        """
        taken: list[Decree] = []
        while self._given < self.head and may_keep(self._entries[self._given - self.base.index]):
            taken.append(self.entry(self._given))
            self._given += 1
        return taken

    def note_kept(self, decree: Decree) -> bool:
        """Note that an entry which `take_unkept` returned is on disk now, as all before it.

        Returns:
            False where the log has another one there by now.
        """
        at = decree.index - self.base.index
        if not 0 <= at < len(self._entries) or self._entries[at] is not decree:
            return False
        self.kept = max(self.kept, decree.index + 1)
        return True

    def note_checkpoint_kept(self, packed: bytes) -> None:
        """Note that a checkpoint is on disk now; of another history than this it says nothing."""
        if self.checkpoint is not None and self.checkpoint.packed == packed:
            self.kept = max(self.kept, self.checkpoint.index)

    def append(self, epoch: int, what: DecreeBody) -> Decree:
        """Add a decree of our own at the head, and return it."""
        decree = Decree(epoch, self.head, self.head_hash, what)
        self._push_decree(decree)
        return decree

    def store(self, index: int, previous: Digest, entries: Sequence[Decree]) -> bool:
        """Make the log continue at `index` with these entries; drop a tail that differs.

        Returns:
            False, with nothing changed, where the prefix is missing or differs, the entries are
            no chain, or would replace committed ones.
        """
        if self.hash_at(index) != previous or not _is_chain(index, previous, entries):
            return False
        if index + len(entries) - self.base.index > DECREES_MAX:
            return False
        for offset, decree in enumerate(entries):
            at = index + offset
            if at < self.head:
                if self._entries[at - self.base.index] == decree:
                    continue
                if at < self.commit:
                    self._check_entry(at)  # ours is what it was, so the sender is wrong
                    return False
                self._truncate(at)
            self._push_decree(decree)
        return True

    def commit_to(self, head: int) -> None:
        """Count the first `head` entries as committed, as far as they are here.

        Raises:
            InvariantError: what was committed before is not what it was.
        """
        self.check()
        for index in range(self.commit, min(head, self.head)):
            self._check_entry(index)
            self.commit = index + 1
        self._anchor = (self.commit, self._hashes[self.commit - self.base.index])

    def check(self) -> None:
        """Hold the committed prefix against what it was when it was committed.

        Raises:
            InvariantError: it is something else.
        """
        commit, anchor = self.commit, self._anchor
        if (
            not self.base.index <= commit <= self.head
            or len(self._hashes) != len(self._entries) + 1
        ):
            raise InvariantError(f"the log of {self.head} decrees has {commit} committed")
        if (commit, self._hashes[commit - self.base.index]) != anchor:
            raise InvariantError(f"the log's committed {anchor[0]} decrees became other {commit}")

    def _check_entry(self, index: int) -> None:
        """Hold an entry against the chain."""
        at = index - self.base.index
        if at < 0:
            raise InvariantError(f"the log's decree {index} is dropped, it begins at {index - at}")
        decree = self._entries[at]
        if (decree.index, decree.previous) != (index, self._hashes[at]):
            raise InvariantError(f"the log's decree {index} does not follow the one before it")
        if chain_hash(decree) != self._hashes[at + 1]:
            raise InvariantError(f"the log's decree {index} is not what it was")

    def _push_decree(self, decree: Decree) -> None:
        self.check()
        if (decree.index, decree.previous) != (self.head, self.head_hash):
            raise InvariantError(f"decree {decree.index} does not follow the log of {self.head}")
        if self._entries and self.head == self.commit:
            self._check_entry(self.head - 1)
        self._entries.append(decree)
        self._hashes.append(chain_hash(decree))
        match decree.what:
            case AddMember(member=member) if member not in self.members:
                self._lists.append((self.head, (*self.members, member)))
            case RemoveMember(member=member) if member in self.members:
                rest = tuple(other for other in self.members if other != member)
                self._lists.append((self.head, rest))
            case FoundLineage() as found:
                self._founds.append((self.head, found))
                self._lists.append((self.head, found.members))
            case Yield() as end:
                self._yields.append((self.head, end))
            case SpeakVersion(version=version):
                self._versions.append((self.head, version))
            case Checkpoint():
                self._checkpoints.append(decree)
            case _:
                pass

    def _truncate(self, head: int) -> None:
        if head < self.commit:
            raise InvariantError(f"the log would lose decrees from {head} on, of {self.commit}")
        del self._entries[head - self.base.index :]
        del self._hashes[head - self.base.index + 1 :]
        self._given, self.kept = min(self._given, head), min(self.kept, head)
        while self._lists and self._lists[-1][0] > head:
            self._lists.pop()
        while self._founds and self._founds[-1][0] > head:
            self._founds.pop()
        while self._yields and self._yields[-1][0] > head:
            self._yields.pop()
        while self._versions and self._versions[-1][0] > head:
            self._versions.pop()
        while self._checkpoints and self._checkpoints[-1].index >= head:
            self._checkpoints.pop()


def _youth(age_ns: int | None) -> int:
    """Return a number that is the smaller, the older a lineage is.

    It falls with each YOUTH_STEP_NS at first, then eight times while the age doubles: seldom, for
    whoever tells it tells it to all.
    """
    steps = max(age_ns or 0, 0) // YOUTH_STEP_NS
    halvings = max(steps.bit_length() - 4, 0)
    return max(YOUTH_MAX - 8 * halvings - (steps >> halvings), 0)


def _nodes_of(lists: Sequence[tuple[Member, ...]]) -> set[NodeId]:
    return {member.node for members in lists for member in members}


def _is_chain(index: int, previous: Digest, entries: Sequence[Decree]) -> bool:
    epoch = 0
    for offset, decree in enumerate(entries):
        if decree.index != index + offset or decree.previous != previous or decree.epoch < epoch:
            return False
        epoch = decree.epoch
        previous = chain_hash(decree)
    return True
