"""What could not be done: told to programs as a report, to people in a line."""

from __future__ import annotations

from typing import final

from net import Command, CommandFault, Denied, Refused, Report, Submit
from racer.play.limits import CHAT_CHARS_MAX, REFUSAL_TOLD_NS
from racer.play.reports import CommandRefused, PassphraseSeen
from racer.play.room.messages import Said, decode_fact


@final
class Refusals:
    """Tells of each kind of refusal at once, and of its repetition after a while."""

    def __init__(self) -> None:
        self._told_ns: dict[tuple[str, str], int] = {}  # when, by what and why

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
        return self._tell(kind, fault, words, now_ns)

    def on_unsaid(self, fault: CommandFault, now_ns: int) -> tuple[list[Command], list[str]]:
        """Tell that a line of chat was not said, and why."""
        match fault:
            case CommandFault.OVERSIZED:
                why = f"a line has {CHAT_CHARS_MAX} characters at most"
            case CommandFault.TOO_MANY:
                why = "too much at once, say it again in a moment"
            case _:
                why = f"the line is {fault.value}"
        return self._tell("chat", fault, f"Not said: {why}", now_ns)

    def _tell(
        self, what: str, fault: CommandFault, words: str, now_ns: int
    ) -> tuple[list[Command], list[str]]:
        told_ns = self._told_ns.get((what, fault.value))
        if told_ns is not None and now_ns - told_ns < REFUSAL_TOLD_NS:
            return [], []
        self._told_ns[what, fault.value] = now_ns
        return [Report(CommandRefused(what, fault.value, words))], [words]


def passphrase_seen(event: Denied) -> PassphraseSeen:
    """Return the report that two want one race and have not the same passphrase."""
    host = event.address[0]
    text = f"somebody at {host} tries this race with another passphrase"
    if event.ours:
        text = f"this passphrase is not that of the race at {host} (--passphrase-file)"
    return PassphraseSeen(f"{host}:{event.address[1]}", event.ours, text)
