"""A run as lines that a person reads; `docs/SIMULATION.md` holds the legend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from net.cluster.causal.equivocation import Equivocated
from net.cluster.content import ContentArrived
from net.errors import WireError
from net.limits import SECOND
from net.node.program import (
    Awaited,
    CheckpointDiffered,
    Committed,
    CoordinatorChanged,
    Delivered,
    Event,
    Folded,
    HistoryTooNew,
    LineageEntered,
    PeerChanged,
    PeerUnreadable,
    Refused,
    Revived,
    Synced,
    VersionsDiffer,
    Waiting,
)
from net.security.primitives import TAG_BYTES
from net.sim.checks.watched import HEAD_BYTES
from net.transport.actions import Denied, PutOff, TwinFound
from net.transport.datagram import DatagramKind
from net.wire.codec import decode_frame
from net.wire.decrees import (
    AddAuthors,
    AddMember,
    Checkpoint,
    Convict,
    Decree,
    FoundLineage,
    Noop,
    Order,
    RemoveMember,
    Rule,
    SpeakVersion,
    Yield,
)
from net.wire.messages import (
    Append,
    Appended,
    Ballot,
    Fetched,
    Heartbeat,
    Message,
    Operations,
    Prepare,
    Promise,
    Refusal,
    Suspicion,
)

if TYPE_CHECKING:
    from net.ids import Dot, Member, NodeId

Names: TypeAlias = Mapping["NodeId", int]
"""Which machine a node runs on."""


@dataclass(frozen=True, slots=True)
class Narrator:
    """Where a run is told to.

    Args:
        write: gets line after line.
        messages: tell every datagram too.
    """

    write: Callable[[str], None]
    messages: bool = False


def line(now_ns: int, who: object, what: str) -> str:
    """Return a line of a trace: when, who, what."""
    return f"{now_ns / SECOND:9.4f}  {who!s:>2}  {what}"


def tell_event(event: Event, names: Names) -> str | None:
    """Return what a node saw, in a few words; None where it is not worth a line."""
    match event:
        case PeerChanged(node=node, incarnation=incarnation, state=state):
            return f"{state.value:<8} {_life_text(names, node, incarnation)}"
        case CoordinatorChanged(lineage=lineage, node=node, epoch=epoch):
            who = "nobody" if node is None else names.get(node, "?")
            return f"coordinates {who} in epoch {epoch} of {lineage.hex()[:6]}"
        case LineageEntered(lineage=lineage):
            return f"enters   {lineage.hex()[:6]}"
        case Committed(decree=decree):
            return f"commits  {tell_decree(decree, names)}"
        case Delivered(operation=operation):
            return f"delivers {_dot_text(names, operation.dot)}: {_body_text(operation.body)}"
        case Synced(took_ms=took_ms):
            return f"synced   after {took_ms} ms"
        case ContentArrived(digest=digest):
            return f"has      {digest.hex()[:6]}"
        case Waiting() | PeerUnreadable() | Refused():
            return _tell_obstacle(event, names)
        case VersionsDiffer() | HistoryTooNew() | Denied() | TwinFound() | Equivocated() | PutOff():
            return f"differs  {event}"
        case Awaited() | Revived():
            return _history_text(event, names)
        case Folded(index=index) | CheckpointDiffered(index=index):
            verb = "begins " if isinstance(event, Folded) else "differs"
            return f"{verb}  at the checkpoint {index}"
        case _:
            return None


def _tell_obstacle(event: Waiting | PeerUnreadable | Refused, names: Names) -> str:
    match event:
        case Waiting(reason=reason, node=node):
            whom = "" if node is None else f" of {names.get(node, '?')}"
            return f"waits    {reason.value}{whom}"
        case PeerUnreadable(node=node, fault=fault, count=count):
            return f"cannot read {count} frames of {names.get(node, '?')}, the last {fault.value}"
        case Refused(command=command, fault=fault):
            return f"refused  {type(command).__name__}, {fault.value}"


def _history_text(event: Awaited | Revived, names: Names) -> str:
    missing = _machines_text(names, event.missing) or "none"
    match event:
        case Awaited():
            return f"awaits   {missing}"
        case Revived(kept=True):
            return f"goes on  with what it kept, without {missing}"
        case Revived():
            return f"gives up what it kept, without {missing}"


def _machines_text(names: Names, nodes: Sequence[NodeId]) -> str:
    return ", ".join(str(names.get(node, "?")) for node in nodes)


def tell_decree(decree: Decree, names: Names) -> str:
    """Return epoch, index and content of a decree."""
    head = f"{decree.epoch}/{decree.index}"
    match decree.what:
        case Noop():
            return f"{head} opening"
        case AddMember(member=member):
            return f"{head} in {_member_text(names, member)}"
        case RemoveMember(member=member):
            return f"{head} out {_member_text(names, member)}"
        case AddAuthors(lives=lives):
            return f"{head} authors {', '.join(_member_text(names, life) for life in lives)}"
        case Convict(proof=proof):
            return f"{head} convict {_dot_text(names, proof.dot)}"
        case FoundLineage(lineage=lineage, forks=forks, members=members):
            listed = ", ".join(_member_text(names, member) for member in members)
            return f"{head} found {lineage.hex()[:6]} (fork {forks}) of {listed}"
        case Yield(into=into):
            return f"{head} yield to {into.hex()[:6]}"
        case Order(dot=dot):
            return f"{head} next is {_dot_text(names, dot)}"
        case Rule(body=body):
            return f"{head} rule {_body_text(body)}"
        case SpeakVersion(version=version):
            return f"{head} speak version {version}"
        case Checkpoint(digest=digest, size=size):
            return f"{head} checkpoint {digest.hex()[:6]} of {size} bytes"


def tell_datagram(data: bytes, names: Names) -> str:
    """Return what is in a datagram of a simulation, whose seals hide nothing."""
    kind = DatagramKind(data[0]) if data[0] in set(DatagramKind) else None
    if kind is not DatagramKind.FRAME:
        return "?" if kind is None else kind.name.lower()
    try:
        messages = decode_frame(data[HEAD_BYTES:-TAG_BYTES])
    except WireError:
        return "spoilt frame"
    return "; ".join(_message_text(message, names) for message in messages)


def _message_text(message: Message, names: Names) -> str:
    kind = type(message).__name__
    match message:
        case Heartbeat(suspicions=suspicions) if suspicions:
            return f"{kind}({', '.join(_suspicion_text(names, each) for each in suspicions)})"
        case Prepare(epoch=epoch) | Promise(vote=Ballot(epoch=epoch)) | Refusal(epoch=epoch):
            return f"{kind}({epoch})"
        case Append(epoch=epoch, index=index, entries=entries, commit=commit):
            return f"{kind}({epoch}/{index}+{len(entries)}, commit {commit})"
        case Appended(epoch=epoch, matched=matched, upto=upto, kept=kept):
            return f"{kind}({epoch}/{upto}{f', kept {kept}' if matched else ' no'})"
        case Fetched(index=index, entries=entries):
            return f"{kind}({index}+{len(entries)})"
        case Operations(operations=operations):
            return f"{kind}({', '.join(_dot_text(names, each.dot) for each in operations)})"
        case _:
            return kind


def _suspicion_text(names: Names, suspicion: Suspicion) -> str:
    return (
        f"{_life_text(names, suspicion.node, suspicion.incarnation)} unheard {4 * suspicion.age} ms"
    )


def _life_text(names: Names, node: NodeId, incarnation: int) -> str:
    return f"{names.get(node, '?')}.{incarnation}"


def _member_text(names: Names, member: Member) -> str:
    return _life_text(names, member.node, member.incarnation)


def _dot_text(names: Names, dot: Dot) -> str:
    return f"{_life_text(names, dot.node, dot.incarnation)}#{dot.n}"


def _body_text(body: bytes) -> str:
    return body.decode() if body.isascii() and body.decode().isprintable() else body[:12].hex()
