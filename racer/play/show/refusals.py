"""What could not be done, or is not believed: told to programs and people, each in its way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import assert_never, final

from net import (
    PEERS_MAX,
    Command,
    CommandFault,
    Denied,
    NodeId,
    PeerUnreadable,
    PutOff,
    PutOffReason,
    Refused,
    Report,
    Submit,
    TwinFound,
    TwinPart,
    UnreadReason,
    address_text,
)
from racer.core.physics.contact import Hit
from racer.play.cars.witness import Disbelief
from racer.play.limits import CHAT_CHARS_MAX, REFUSAL_TOLD_NS
from racer.play.reports import (
    CommandRefused,
    ConvictedSeen,
    Disbelieved,
    PassphraseSeen,
    PeerUnreadableSeen,
    PutOffSeen,
    RoomTrouble,
    TwinSeen,
)
from racer.play.review.evidence import Misruling
from racer.play.room.messages import Claim, LapTime, Said, decode_fact


@final
class Refusals:
    """Tells of each kind of refusal at once, and of its repetition after a while."""

    def __init__(self) -> None:
        self._told_ns: dict[tuple[str, str], int] = {}  # when, by what and why
        self._untold: Counter[tuple[NodeId, str]] = Counter()  # not believed: of whom, and what

    def on_refused(self, event: Refused, now_ns: int) -> tuple[list[Command], list[str]]:
        """Tell what the node did not perform.

        A lost office is no fault: whoever decides now does what we would have done.
        """
        command, fault = event.command, event.fault
        if fault is CommandFault.NOT_DECIDING:
            return [], []
        if isinstance(command, Submit) and isinstance(decode_fact(command.body), Said):
            return self.on_unsaid(fault, now_ns)
        kind = type(command).__name__
        words = f"internal fault: a {kind} is {fault.value}; please report"
        if fault is CommandFault.TOO_MANY:
            words = f"a {kind} was not sent: it is more than a room takes"
        return self._tell(kind, fault.value, words, now_ns)

    def on_unsaid(self, fault: CommandFault, now_ns: int) -> tuple[list[Command], list[str]]:
        """Tell that a line of chat was not said, and why."""
        match fault:
            case CommandFault.OVERSIZED:
                why = f"a line has {CHAT_CHARS_MAX} characters at most"
            case CommandFault.TOO_MANY:
                why = "too much at once, say it again in a moment"
            case _:
                why = f"the line is {fault.value}"
        return self._tell("chat", fault.value, f"Not said: {why}", now_ns)

    def on_unplaced(self, now_ns: int) -> tuple[list[Command], list[str]]:
        """Tell that lines of ours were said, and got no place in the chat."""
        words = "Not shown to all: more at once than the room takes of anybody"
        return self._tell("chat", "unplaced", words, now_ns)

    def on_unheeded(self, now_ns: int) -> tuple[list[Command], list[str]]:
        """Tell that wishes of this driver were dropped, for too many waited."""
        words = "Not done: too much was asked at once, ask again"
        return self._tell("wish", CommandFault.TOO_MANY.value, words, now_ns)

    def on_unread(
        self, node: NodeId, name: str, what: str, now_ns: int
    ) -> tuple[list[Command], list[str]]:
        """Tell of somebody of whom a fact or a car came that means nothing here."""
        self._untold[node, what] += 1
        if not self._is_due(f"{what} by {node.hex()}", "unread", now_ns):
            return [], []
        count = self._untold.pop((node, what))
        words = f"{name} says what this racer cannot read ({what}): one of both is out of date"
        return [Report(PeerUnreadableSeen(node, name, what, count, words))], [words]

    def on_unread_room(self, now_ns: int) -> tuple[list[Command], list[str]]:
        """Tell that something that the room decided, or holds, means nothing here."""
        if not self._is_due("room", "unread", now_ns):
            return [], []
        words = "The room decided what this racer cannot read: it may show another race than others"
        return [Report(RoomTrouble("unread", words))], [words]

    def on_disbelieved(
        self, refused: Iterable[Disbelief], name_of: Callable[[NodeId], str], now_ns: int
    ) -> tuple[list[Command], list[str]]:
        """Tell what others tell of themselves and does not count here."""
        commands: list[Command] = []
        lines: list[str] = []
        for each in refused:
            what, words = _disbelieved_words(each, name_of(each.author))
            self._untold[each.author, what] += 1
            if not self._is_due(f"{what} by {each.author.hex()}", "disbelieved", now_ns):
                continue
            count = self._untold.pop((each.author, what))
            name = name_of(each.author)
            text = f"{words}: {each.why.value}"
            commands.append(
                Report(Disbelieved(each.author, name, what, each.why.name.lower(), count, text))
            )
            lines.append(text)
        return commands, lines

    def on_misrulings(
        self,
        found: Iterable[tuple[NodeId, Misruling]],
        name_of: Callable[[NodeId], str],
        now_ns: int,
    ) -> tuple[list[Command], list[str]]:
        """Tell who decreed what cannot be right."""
        commands: list[Command] = []
        lines: list[str] = []
        for node, why in found:
            if self._is_due(f"ruling by {node.hex()}", "disbelieved", now_ns):
                text = f"{name_of(node)} decides no more for this machine: {why.value}"
                told = Disbelieved(node, name_of(node), "ruling", why.name.lower(), 1, text)
                commands.append(Report(told))
                lines.append(text)
        return commands, lines

    def _tell(
        self, what: str, why: str, words: str, now_ns: int
    ) -> tuple[list[Command], list[str]]:
        if not self._is_due(what, why, now_ns):
            return [], []
        return [Report(CommandRefused(what, why, words))], [words]

    def _is_due(self, what: str, why: str, now_ns: int) -> bool:
        """Whether this was not told for a while; note that it is told now."""
        told_ns = self._told_ns.get((what, why))
        if told_ns is not None and now_ns - told_ns < REFUSAL_TOLD_NS:
            return False
        self._told_ns[what, why] = now_ns
        return True


def _disbelieved_words(refused: Disbelief, name: str) -> tuple[str, str]:
    """Return what it is that is not believed, and that in words."""
    match refused.fact:
        case LapTime(lap=lap):
            return "lap", f"{name}'s lap {lap} does not count here"
        case Claim():
            return "claim", f"{name}'s claim of a canister does not count here"
        case Hit():
            return "hit", f"{name} says that it hit another car, which does not count here"
        case None:
            return "state", f"{name}'s car touches nobody for a moment"
        case _:
            assert_never(refused.fact)


def unreadable_seen(event: PeerUnreadable, name: str) -> PeerUnreadableSeen:
    """Return the report that somebody says what is not read here."""
    match event.fault:
        case UnreadReason.TOO_MUCH:
            words = f"{name} says more than anybody reads: some comes late here, or never"
        case UnreadReason.FORGED:
            words = f"{name} brings words of others that they did not sign: those are not read"
        case fault:
            words = f"{name} says what this racer cannot read ({fault.value})"
    return PeerUnreadableSeen(event.node, name, event.fault.value, event.count, words)


def passphrase_seen(event: Denied) -> PassphraseSeen:
    """Return the report that two want one race and have not the same passphrase."""
    host = event.address[0]
    text = f"somebody at {host} tries this race with another passphrase"
    if event.ours:
        text = f"this passphrase is not that of the race at {host} (--passphrase-file)"
    return PassphraseSeen(address_text(event.address), event.ours, text)


def put_off_seen(event: PutOff, name: str) -> PutOffSeen:
    """Return the report that somebody is not heard now, and what is to be done there.

    Args:
        name: "": it is not known.
    """
    host = event.address[0]
    who = f"{name} at {host}" if name else f"somebody at {host}"
    match event.why:
        case PutOffReason.PAST_LIFE:
            text = (
                f"{who} comes as it was before its last start: its clock was set back, or its"
                " profile restored. Set the clock there; it is let in after a minute"
            )
        case PutOffReason.TOO_OFTEN:
            text = f"{who} begins anew again and again, and is heard once a second"
        case PutOffReason.GUESSES:
            text = (
                f"{who} has to wait: too many have tried this race with other passphrases."
                " Its own is heard within a minute"
            )
        case PutOffReason.BUSY:
            text = (
                f"{who} has to wait, and who else is new: more calls come than are heard, from"
                " there or in all. Some machine floods this network"
            )
        case PutOffReason.FULL:
            text = (
                f"{who} cannot come in: {PEERS_MAX} machines are in this race, or were a minute"
                " ago. Somebody has to leave first"
            )
        case _:
            assert_never(event.why)
    return PutOffSeen(address_text(event.address), name, event.why.value, text)


def convicted_seen(node: NodeId, name: str, *, ours: bool) -> ConvictedSeen:
    """Return the report that a key signed two things in one place."""
    text = f"{name} told us different things, or runs twice: it is out of this race for good"
    if ours:
        text = (
            "You are out of this race: we told some one thing and others another, as a machine"
            " does that was copied while it ran. A new identity may come in (--new-identity)"
        )
    return ConvictedSeen(node, name, ours, text)


def twin_seen(event: TwinFound, name: str) -> TwinSeen:
    """Return the report that two machines have one identity, as after a profile was copied.

    Args:
        name: of the driver, if it is not us.
    """
    where = "" if event.address is None else f" at {event.address[0]}"
    match event.part:
        case TwinPart.STAYS:
            text = f"another machine{where} drives as you, by a copied profile: it is turned away"
        case TwinPart.GOES:
            text = (
                f"another machine{where} is here as you, by a copied profile:"
                " this one needs an identity of its own (--new-identity)"
            )
        case TwinPart.WITNESS:
            text = f"another machine{where} comes as {name}, by a copied profile: it is turned away"
        case _:
            assert_never(event.part)
    address = "" if event.address is None else address_text(event.address)
    return TwinSeen(event.node, address, event.part.value, text)
