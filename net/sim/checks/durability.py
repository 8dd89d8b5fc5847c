"""What disks must have: invariants 42 and 43 of docs/SIMULATION.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, final

from net.cluster.blocks import content_digest
from net.cluster.log import majority
from net.limits import PAUSE_NS, RESUME_S
from net.node.lineage.log_keeping import BACKING_WAIT_NS, DESERTED_WAIT_NS
from net.node.program import Committed, Event, Revived, SaveContent, SaveOperation, Write
from net.sim.checks.inspection import disks_waited_for, log_of
from net.wire.decrees import Checkpoint, Decree, Order

if TYPE_CHECKING:
    from net.ids import Digest, Dot, LineageId, NodeId
    from net.sim.disk import Disk
    from net.sim.machine import Machine

SLEEPS_MAX: Final = 3  # of a machine, or leaps of its clock, while it waits: scripts have few


@final
class Durability:
    """Holds what counts against what is on the disks of a room, before and after a blackout.

    `disks`, by node, are looked at in the moment in which something first counts.
    """

    def __init__(self, violated: Callable[[int, str], None]) -> None:
        self.disks: dict[NodeId, Disk] = {}
        self._violated = violated
        self._given_ns: dict[Digest | Dot, int] = {}  # contents, operations: to any disk, first
        self._told: dict[LineageId, dict[int, Decree]] = {}  # to anybody
        self._promised: Mapping[int, Decree] = {}  # what must be there after the last blackout
        self.promises = 0  # blackouts after which anything had to be there

    def on_event(self, machine: Machine, event: Event, now_ns: int) -> None:
        """Take what the node of a machine tells its program."""
        match event:
            case Committed(decree=decree, lineage=lineage):
                told = self._told.setdefault(lineage, {})
                if decree.index not in told:
                    told[decree.index] = decree
                    self._check_disks(machine, decree, now_ns)
                self._check_promise(machine, decree)
            case Revived(kept=kept, sure=False):
                self.waive()
                if not kept and machine.clock.wall.leapt_s <= RESUME_S:
                    self._violated(49, f"{machine.life} takes what it kept seconds ago for too old")
            case _:
                pass

    def on_given(self, write: Write, now_ns: int) -> None:
        """Take what a disk is given."""
        match write:
            case SaveContent(packed=packed):
                self._given_ns.setdefault(content_digest(packed), now_ns)
            case SaveOperation(operation=operation):
                self._given_ns.setdefault(operation.dot, now_ns)
            case _:
                pass

    def on_blackout(self, machines: Sequence[Machine], now_ns: int) -> None:
        """Take that all lose power now: what one room showed, all in it, must not be lost.

        Where it was in parts, each part's decrees were provisional, and nothing new is promised.
        """
        logs = {log.lineage: log for m in machines if m.host and (log := log_of(m.host.node))}
        whole = all(m.host is not None and m.host.node.synced for m in machines)
        well = all(m.disk.takes(now_ns) and m.disk.told[0].keeps for m in machines)
        if len(logs) == 1 and whole and well:
            self._promised = dict(self._told.get(next(iter(logs)), {}))
            self.promises += 1

    def waive(self) -> None:
        """Take that a disk was damaged, or full, or too few came back: nothing is promised."""
        self._promised = {}

    def _check_disks(self, machine: Machine, decree: Decree, now_ns: int) -> None:
        """Check what holds at the moment at which a decree first counts anywhere."""
        assert machine.host is not None, "it was told"
        log = log_of(machine.host.node)
        if log is None:
            return
        waited = disks_waited_for(machine.host.node)
        patience_ns = BACKING_WAIT_NS if decree.epoch == log.head_epoch else DESERTED_WAIT_NS
        # Of each sleep of its machine a member counts so much as waited (`LogKeeping`).
        since_ns = now_ns - patience_ns + SLEEPS_MAX * PAUSE_NS
        held = [
            each
            for each in log.members
            if self._is_on_disk(each.node, log.lineage, decree, since_ns)
        ]
        if len(held) < min(majority(len(log.members)), len(waited)):
            self._violated(
                42,
                f"{machine.life} shows decree {decree.index}, on {len(held)} disks"
                f" of {len(log.members)} members",
            )

    def _is_on_disk(self, node: NodeId, lineage: LineageId, decree: Decree, since_ns: int) -> bool:
        """Whether a disk has a decree and what it names, but what is lost or did not come since."""
        disk, what = self.disks[node], decree.what
        if decree.index < disk.folded:
            return True  # it began from a checkpoint that stands for it
        if disk.lost.damaged.get(decree.index) == decree:
            return True  # it was, when its process said so
        has = disk.decrees.get(decree.index) == decree
        # What was true when it was said may be heard after its node went over to another lineage.
        left = decree in disk.lost.replaced and disk.find_lineage() != lineage
        if not has and not left:
            return False
        match what:
            case Order(dot=dot):
                backs = [each for each in self.disks.values() if each.holds(dot)]
                named: Digest | Dot = dot
            case Checkpoint(digest=digest) if has:  # it keeps the newest content alone
                backs = [each for each in self.disks.values() if each.holds_content(digest)]
                named = digest
            case _:
                return True
        if self._given_ns.get(named, 0) <= since_ns:
            return True
        # What is lost altogether holds up no log for ever.
        return not backs or any(each is disk for each in backs)

    def _check_promise(self, machine: Machine, decree: Decree) -> None:
        if self._promised.get(decree.index, decree) != decree:
            self._violated(
                43, f"{machine.life}: decree {decree.index} is another than before the blackout"
            )
