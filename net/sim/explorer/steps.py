"""What may happen next among a few members: one step each, of which a schedule is a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from net.ids import Member
from net.limits import MILLISECOND
from net.wire.decrees import Decree
from net.wire.messages import Append, Appended, Fetched, LogMessage, Promise


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message on its way: from which life, and to which process."""

    sender: int
    life: Member
    to: int
    process: int  # of the receiver: one that starts again has other keys
    message: LogMessage


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message arrives; late, out of order, and again, as it may."""

    envelope: Envelope

    def __str__(self) -> str:
        sent = self.envelope
        return f"{sent.to} <- {sent.sender}  {tell_message(sent.message)}"


@dataclass(frozen=True, slots=True)
class Tick:
    """A machine's timers run, so much later by its own clock."""

    machine: int
    by_ns: int

    def __str__(self) -> str:
        return f"{self.machine}       ticks, {self.by_ns // MILLISECOND} ms later"


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat arrives: where its sender stands, and that it lives."""

    sender: int
    to: int

    def __str__(self) -> str:
        return f"{self.to} <- {self.sender}  heartbeat"


@dataclass(frozen=True, slots=True)
class Judge:
    """A machine takes another one for dead."""

    machine: int
    of: int

    def __str__(self) -> str:
        return f"{self.machine}       takes {self.of} for dead"


@dataclass(frozen=True, slots=True)
class Decide:
    """The program of a machine proposes a decree of some size, if it may."""

    machine: int
    size: int

    def __str__(self) -> str:
        return f"{self.machine}       proposes {self.size} bytes"


@dataclass(frozen=True, slots=True)
class AskHeir:
    """A machine hands its office over."""

    machine: int

    def __str__(self) -> str:
        return f"{self.machine}       hands over"


@dataclass(frozen=True, slots=True)
class Kill:
    """A machine's process ends."""

    machine: int

    def __str__(self) -> str:
        return f"{self.machine}       dies"


@dataclass(frozen=True, slots=True)
class Restart:
    """A machine's next process begins: another life, which has forgotten all."""

    machine: int

    def __str__(self) -> str:
        return f"{self.machine}       starts again"


@dataclass(frozen=True, slots=True)
class Learn:
    """A life without a lineage gets the committed history of another machine."""

    machine: int
    source: int

    def __str__(self) -> str:
        return f"{self.machine} <- {self.source}  snapshot"


Step: TypeAlias = Deliver | Tick | Beat | Judge | Decide | AskHeir | Kill | Restart | Learn


def tell_message(message: LogMessage) -> str:
    """Return a message in a few words."""
    kind = type(message).__name__
    match message:
        case Append(epoch=epoch, index=index, entries=entries, commit=commit):
            return f"{kind}({epoch}, {index}: {_tell_entries(entries)}, commit {commit})"
        case Appended(epoch=epoch, matched=matched, upto=upto):
            return f"{kind}({epoch}, {'' if matched else 'not '}{upto})"
        case Promise(vote=vote, head_epoch=head_epoch, head=head):
            return f"{kind}({vote.epoch}, log {head_epoch}/{head})"
        case Fetched(index=index, entries=entries):
            return f"{kind}({index}: {_tell_entries(entries)})"
        case _:
            return f"{kind}({getattr(message, 'epoch', '')})"


def _tell_entries(entries: tuple[Decree, ...]) -> str:
    return " ".join(f"{type(each.what).__name__}@{each.epoch}" for each in entries) or "nothing"
