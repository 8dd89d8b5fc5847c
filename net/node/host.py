"""A node and the program on it, coupled: what runtime and simulator drive alike."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, final

from net.cluster.judging.jury import Leader, Ruled
from net.ids import Address, NodeId
from net.limits import HEARTBEAT_NS, TICK_NS
from net.node.group_commit import DiskState
from net.node.node import Node, NodeOutput
from net.node.program import (
    Action,
    Command,
    JudgesDecrees,
    KeptRoom,
    Program,
    Publish,
    Report,
    SaveIncarnation,
    SetIdle,
    Stopped,
    ToDisk,
    Write,
)
from net.transport.actions import Transmit

if TYPE_CHECKING:
    from net.wire.decrees import Decree


@final
class Host:
    """Carries the node's events to the program and its commands back, in order.

    `idle` is what the program said last. `events` counts what was told to it and what it published:
    while it stands still, nothing but heartbeats goes on.
    """

    def __init__(self, node: Node, program: Program) -> None:
        self.node = node
        self.program = program
        self.idle = True
        self.tick_ns = TICK_NS  # how far apart ticks are to come
        self.events = 0
        if isinstance(program, JudgesDecrees):
            node.judge_by(partial(_judge_by, program, node))
        self._unkept: deque[Write] = deque()  # on their way to the disk, in order
        self._kept = 0  # how many are there

    def start(self, addresses: Iterable[Address], kept: KeptRoom, now_ns: int) -> list[Action]:
        """Begin, with what a journal kept: addresses of peers, and all of the room."""
        outputs = self.node.restore(kept, now_ns)
        outputs.extend(self.node.start(addresses, now_ns))
        return self._deliver_and_flush(outputs, now_ns)

    def on_datagram(self, data: bytes, address: Address, now_ns: int) -> list[Action]:
        actions = self.node.read_datagram(data, address, now_ns)
        answers = [action for action in actions if isinstance(action, Transmit)]
        if len(answers) == len(actions):  # most of a flood: it costs no more than its reading
            return [*answers]
        return self._deliver_and_flush(self.node.on_read(actions, now_ns), now_ns)

    def on_named(self, address: Address, now_ns: int) -> list[Action]:
        return self._deliver_and_flush(self.node.on_named(address, now_ns), now_ns)

    def on_advert(
        self, node: NodeId, at: Sequence[Address], size: int, now_ns: int, *, guest: bool = False
    ) -> list[Action]:
        told = self.node.on_advert(node, at, size, now_ns, guest=guest)
        return self._deliver_and_flush(told, now_ns)

    def on_refused(self, address: Address, now_ns: int) -> list[Action]:
        return self._deliver_and_flush(self.node.on_refused(address, now_ns), now_ns)

    def on_tick(self, now_ns: int, delay_ns: int = 0, *, unread: bool = False) -> list[Action]:
        """Run what is due; since the last tick our loop waited `delay_ns` for the processor.

        Args:
            unread: more has arrived than could be read by now: who seems silent may be in it.
        """
        outputs = self.node.on_tick(now_ns, delay_ns, unread=unread)
        actions = self._deliver_events(outputs, now_ns)
        actions.extend(self.run(self.program.on_tick(self.node, now_ns), now_ns))
        return actions

    def on_kept(self, count: int, now_ns: int) -> list[Action]:
        """Take that so many of the writes that we gave are on disk, since the start, in order.

        Where a disk keeps nothing any more, its shell says so (`on_storage`), and counts on.
        """
        writes = [self._unkept.popleft() for _ in range(count - self._kept)]
        self._kept = max(self._kept, count)
        return self._deliver_and_flush(self.node.on_kept(writes, now_ns), now_ns)

    def on_storage(self, disk: DiskState, now_ns: int) -> list[Action]:
        """Take how the disk is."""
        return self._deliver_and_flush(self.node.on_storage(disk, now_ns), now_ns)

    def run(self, commands: Sequence[Command], now_ns: int) -> list[Action]:
        """Perform commands of the program, and of whoever steers it."""
        outputs: list[NodeOutput] = []
        for command in commands:
            outputs.extend(self._apply_command(command, now_ns))
        return self._deliver_and_flush(outputs, now_ns)

    def _deliver_and_flush(self, outputs: list[NodeOutput], now_ns: int) -> list[Action]:
        """Tell the program every event; then send what all of it has left to say."""
        actions = self._deliver_events(outputs, now_ns)
        while sent := self.node.flush(now_ns):
            actions.extend(self._deliver_events(sent, now_ns))
            if all(isinstance(each, Transmit) for each in sent):
                break  # nobody was told anything, so there is nothing more to say
        return actions

    def _deliver_events(self, outputs: list[NodeOutput], now_ns: int) -> list[Action]:
        actions: list[Action] = []
        waiting = deque(outputs)
        while waiting:
            output = waiting.popleft()
            match output:
                case Transmit() | Report() | Stopped():
                    actions.append(output)
                case SaveIncarnation():
                    actions.append(output)
                case ToDisk():
                    self._unkept.append(output)
                    self.node.on_given()
                    actions.append(output)
                case _:
                    self.events += 1
                    for command in self.program.on_event(output, self.node, now_ns):
                        waiting.extend(self._apply_command(command, now_ns))
        return actions

    def _apply_command(self, command: Command, now_ns: int) -> list[NodeOutput]:
        match command:
            case SetIdle(idle=idle, halved=halved):
                self.idle, self.tick_ns = idle, HEARTBEAT_NS if halved else TICK_NS
            case Publish():
                self.events += 1
            case _:
                pass
        return self.node.on_command(command, now_ns)


def _judge_by(
    program: JudgesDecrees,
    node: Node,
    ahead: Sequence[Decree],
    by: Leader,
    waited_ns: int,
    now_ns: int,
) -> Ruled:
    counting = list(map(node.operations.convictions.as_counts, ahead))
    return program.judge(counting, by, waited_ns, node, now_ns)
