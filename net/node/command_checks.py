"""Commands of the program, held against the bounds of whoever will receive what comes of them.

A command is put into the message that would carry it, at its longest, and that is decoded as a
receiver does: so what is accepted here and what is accepted there can never drift apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, assert_never, final

from net.cluster.content import Contents
from net.counters import Counters, loss
from net.errors import WireError, WireFault
from net.ids import DIGEST_BYTES, LINEAGE_BYTES, NODE_ID_BYTES, Dot, Member
from net.limits import (
    BLOCK_BYTES,
    CONTENT_BYTES_MAX,
    DEPENDENCIES_MAX,
    EPOCH_MAX,
    FRAME_BYTES_MAX,
    PROPOSALS_PENDING_MAX,
    SUBMIT_BURST_MAX,
    SUBMIT_NS,
)
from net.node.program import (
    Command,
    CommandFault,
    Exclude,
    Leave,
    NodeView,
    Propose,
    Publish,
    Refused,
    Report,
    SetIdle,
    Share,
    Submit,
    Want,
)
from net.wire.codec import decode_frame, encode_message, join_frame
from net.wire.decrees import Decree, Order, Rule
from net.wire.messages import (
    Append,
    Cause,
    ContentOffer,
    Message,
    Operation,
    Operations,
    Piece,
    Stream,
    StreamState,
)

_MOST: Final = 2**53  # the longest number on the wire
_NODE: Final = bytes(NODE_ID_BYTES)
_MEMBER: Final = Member(_NODE, _MOST)
_DIGEST: Final = bytes(DIGEST_BYTES)
_NTH: Final = 2**32 - 1  # nobody writes so many operations in one life
_DOT: Final = Dot(_NODE, _MOST, _NTH)
_CAUSES: Final = (Cause(_NODE, _MOST, _NTH),) * DEPENDENCIES_MAX
_KEY: Final = bytes(32)
_SIGNATURE: Final = bytes(64)


@dataclass(slots=True)
class CommandCounters(Counters):
    """Commands that were refused, by their kind."""

    part: ClassVar[str] = "commands"
    malformed: Counter[str] = field(default_factory=Counter)
    empty: Counter[str] = field(default_factory=Counter)
    oversized: Counter[str] = field(default_factory=Counter)
    too_many: Counter[str] = field(default_factory=Counter)
    not_deciding: int = loss()  # an office was lost between a look at it and the proposal


@final
class CommandChecks:
    """Refuses what would be taken here and nowhere else, and operations that come too fast."""

    def __init__(self, now_ns: int) -> None:
        self.counters = CommandCounters()
        self._allowance_ns = SUBMIT_BURST_MAX * SUBMIT_NS
        self._at_ns = now_ns

    def refuse(self, command: Command, fault: CommandFault) -> Refused:
        """Count a refusal, and return what tells the program of it."""
        counters, kind = self.counters, type(command).__name__
        match fault:
            case CommandFault.MALFORMED:
                counters.malformed[kind] += 1
            case CommandFault.EMPTY:
                counters.empty[kind] += 1
            case CommandFault.OVERSIZED:
                counters.oversized[kind] += 1
            case CommandFault.TOO_MANY:
                counters.too_many[kind] += 1
            case CommandFault.NOT_DECIDING:
                counters.not_deciding += 1
            case _:
                assert_never(fault)
        return Refused(command, fault)

    def lack_of_room(
        self,
        command: Command,
        has_room: Callable[[], bool],
        view: NodeView,
        contents: Contents,
        now_ns: int,
    ) -> CommandFault | None:
        """Return why a command that is well formed cannot be performed now.

        States are published at each tick, so nothing is looked up that the command does not need.

        Args:
            has_room: whether all will take another operation of ours.
            view: the node, which says whether our program may propose.
        """
        match command:
            case Submit():
                free = has_room() and self.spend_allowance(now_ns)
                return None if free else CommandFault.TOO_MANY
            case Propose() if not view.decides:
                return CommandFault.NOT_DECIDING
            case Want(digest=digest) if not contents.has_room(digest):
                return CommandFault.TOO_MANY
            case _:
                return None

    def spend_allowance(self, now_ns: int) -> bool:
        """Tell whether one operation more may be submitted now, and count it."""
        most_ns = SUBMIT_BURST_MAX * SUBMIT_NS
        self._allowance_ns = min(self._allowance_ns + max(now_ns - self._at_ns, 0), most_ns)
        self._at_ns = now_ns
        if self._allowance_ns < SUBMIT_NS:
            return False
        self._allowance_ns -= SUBMIT_NS
        return True


def fault_of(command: Command) -> CommandFault | None:
    """Return why nobody would take what comes of a command, by its form and size; None: all do."""
    match command:
        case Submit(body=body):
            return _fault_in_body(body)
        case Publish(owner=owner, lease=lease, tick=tick, payload=payload):
            return _fault_in(Stream(_MOST, owner, lease, StreamState(tick, payload)))
        case Propose(whats=whats):
            return _fault_in_proposal(whats)
        case Share(content=content):
            return _fault_in_content(content)
        case Want(digest=digest, size_max=size_max):
            return (
                CommandFault.EMPTY if size_max == 0 else _fault_in(ContentOffer(digest, size_max))
            )
        case SetIdle() | Exclude() | Leave() | Report():
            return None
        case _:
            assert_never(command)


def _fault_in_body(body: bytes) -> CommandFault | None:
    """An operation without a body only carries a causal past, and is told to no program."""
    if body == b"":
        return CommandFault.EMPTY
    written = Operation(_DOT, _MOST, _CAUSES, body, _KEY, _SIGNATURE)
    return _fault_in(Operations((written,)))


def _fault_in_proposal(whats: Sequence[Rule | Order]) -> CommandFault | None:
    if len(whats) > PROPOSALS_PENDING_MAX:
        return CommandFault.TOO_MANY
    for what in whats:
        decree = Decree(EPOCH_MAX, _MOST, _DIGEST, what)
        lineage = bytes(LINEAGE_BYTES)
        append = Append(lineage, EPOCH_MAX, _MEMBER, _MOST, _DIGEST, (decree,), _MOST, _MOST)
        if (fault := _fault_in(append)) is not None:
            return fault
    return None


def _fault_in_content(content: bytes) -> CommandFault | None:
    """Content goes in blocks; all of it together is bounded."""
    if len(content) > CONTENT_BYTES_MAX:
        return CommandFault.OVERSIZED
    return (
        _fault_in(Piece(_DIGEST, _MOST, content[:BLOCK_BYTES])) if content else CommandFault.EMPTY
    )


def _fault_in(message: Message) -> CommandFault | None:
    """Return why a receiver would drop a message; None: it takes it, as it is."""
    try:
        data = join_frame([encode_message(message)])
    except (TypeError, ValueError, ArithmeticError):  # what msgspec raises, of values of any type
        return CommandFault.MALFORMED
    if len(data) > FRAME_BYTES_MAX:
        return CommandFault.OVERSIZED
    try:
        decode_frame(data)
    except WireError as error:
        oversized = error.fault is WireFault.OVERSIZED
        return CommandFault.OVERSIZED if oversized else CommandFault.MALFORMED
    return None
