"""Finds out why nodes are heard of and not reached, by asking them now and then.

Who answers, and with whom we come into no room all the same, is asked once more by what is as large
as a handshake needs; where that passes too, it counts how far our calls have come with it.

In a thread of its own, from a port of its own. Strangers' adverts may not have us send more than
came with them (ADR 44): a node that only adverts name is asked as far as those have paid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_network
from threading import Event, Lock, Thread
from typing import Final, final

from net.ids import Address
from net.limits import (
    ADDRESSES_PER_PEER_MAX,
    DATAGRAM_BYTES_MAX,
    NEVER,
    SECOND,
    SIGHTINGS_MAX,
)
from net.node.lineage.rapport import Rapport
from net.recent import Recent
from net.runtime.interfaces import is_diverted, is_this_machine, list_interfaces
from net.runtime.reaching.reachability import (
    GREETING_BYTES,
    HELLO_BYTES,
    TRIES,
    Reachability,
    WhyUnreached,
    ask_all,
)
from net.wire.versions import Versions

PATIENCE_NS: Final = SECOND  # who was heard of just now may yet be reached
HEARD_NS: Final = 12 * SECOND  # who was not heard of for so long has gone
ASK_AGAIN_NS: Final = 10 * SECOND
ASKED_AT_ONCE_MAX: Final = 16  # nodes
ANSWER_S: Final = 3.3  # the system knows after three that a machine is not there
STEP_S: Final = 0.5
LARGE_AFTER_NS: Final = 3 * SECOND  # who answers has been called by then, and mostly reached
LARGE_TRIES: Final = 2  # where a tenth is lost each way, one in thirty looks narrow
LARGE_S: Final = 1.0  # who has answered once answers at once
UNENDED_NS: Final = 5 * SECOND  # who answers and is not reached by then is told of …
UNPAID_NS: Final = 7 * SECOND  # … and by then, where nobody has paid for what is large
TOLD_APART_NS: Final = 10 * SECOND  # a line for a person so often, of whomever
TOLD_AGAIN_NS: Final = 60 * SECOND  # and of one, for one reason, so often
ILLEGIBLE_MAX: Final = 8  # hosts whose adverts cannot be read
PAID_BYTES_MAX: Final = 4096  # by adverts of one node, and not yet spent

_HOME_PREFIX: Final = 24
_SILENT: Final = frozenset({WhyUnreached.SILENT, WhyUnreached.MASKED, WhyUnreached.ISOLATED})
_UNENDED: Final = {
    Rapport.APART: WhyUnreached.APART,
    Rapport.MUTE: WhyUnreached.MUTE,
    Rapport.UNCONFIRMED: WhyUnreached.UNCONFIRMED,
    Rapport.FULL: WhyUnreached.FULL,
    Rapport.TRIED: WhyUnreached.TRIED,
    Rapport.BUSY: WhyUnreached.BUSY,
    Rapport.CROWDED: WhyUnreached.CROWDED,
    Rapport.UNANSWERED: WhyUnreached.UNANSWERED,
}


@final
@dataclass(frozen=True, slots=True)
class Unreached:
    """A node that is heard of and not reached, and one of its addresses, if it tells any."""

    name: bytes | Address
    """Of a node, as in its advert, or "": anybody; what a person has typed; or a host, with port 0.
    """
    address: Address | None  # where nobody at all is heard: ours
    why: WhyUnreached
    is_guest: bool = False  # it is in no room, and wants to enter ours


@final
@dataclass(slots=True)
class Suspect:
    """Who is heard of, or named, and not reached: what was heard of it, and what asking told."""

    tag: bytes
    since_ns: int
    heard_ns: int
    told_ns: int = NEVER  # when something came off the network by which it tells of itself
    paid: int = 0
    elsewhere: Address | None = None
    addresses: Recent[Address, None] = field(default_factory=lambda: Recent(ADDRESSES_PER_PEER_MAX))
    asked_ns: int = NEVER
    is_judged: bool = False  # it has answered, or it is known why it has not
    found: Unreached | None = None
    is_guest: bool = False
    answered: dict[Address, Versions] = field(default_factory=dict)  # when it was asked last
    large_ns: int = NEVER  # when it was last asked so there
    is_narrow: bool = False  # nothing came to that
    rapport: Rapport | None = None  # None: nobody calls it

    @property
    def large_bytes(self) -> int:
        """How much has to pass: for who talks to us as much as a race sends, else a handshake."""
        talks = self.rapport in {Rapport.APART, Rapport.OUTSIDE}
        return DATAGRAM_BYTES_MAX if talks else GREETING_BYTES

    @property
    def answering(self) -> list[Address]:
        """Where it did when it was asked last."""
        return list(self.answered)

    def speaks_otherwise(self, ours: Versions) -> bool:
        """Whether it has answered, and can be in no room with us."""
        spoken = self.answered.values()
        return bool(spoken) and all(each.common(ours) is None for each in spoken)

    def is_large_due(self, now_ns: int) -> bool:
        """Whether it is time to ask by what is large, and paid for."""
        return (
            bool(self.answering)
            and self.large_ns < self.asked_ns
            and now_ns - self.since_ns >= LARGE_AFTER_NS
            and self.rapport is not Rapport.EXPLAINED
            and self.paid >= LARGE_TRIES * self.large_bytes
        )

    def why_unended(self, name: bytes | Address, now_ns: int) -> Unreached | None:
        """Return why no handshake ends with who answers; None: one may yet, or it is told."""
        if not self.answering or self.rapport is Rapport.EXPLAINED:
            return None
        why = WhyUnreached.NARROW if self.is_narrow else None
        patience_ns = UNENDED_NS if self.large_ns >= self.asked_ns else UNPAID_NS
        if why is None and self.rapport and now_ns - self.since_ns >= patience_ns:
            why = _UNENDED.get(self.rapport)
        return None if why is None else Unreached(name, self.answering[0], why)


@final
class Inquiry:
    """Asks those who are noted until it is closed. Any thread may call it."""

    def __init__(self, now_ns: Callable[[], int]) -> None:
        self._now_ns = now_ns
        self._lock = Lock()
        self._suspects: dict[bytes | Address, Suspect] = {}
        self._illegible: dict[str, tuple[int, Unreached]] = {}  # by host, and when heard last
        self._told_ns: dict[tuple[bytes | Address, WhyUnreached], int] = {}
        # Who was reached, or has answered.
        self._known: Recent[bytes | Address, None] = Recent(SIGHTINGS_MAX)
        self._closing = Event()
        self._thread: Thread | None = None

    def note(
        self,
        name: bytes | Address,
        tag: bytes,
        addresses: Iterable[Address],
        paid: int,
        elsewhere: Address | None = None,
        *,
        is_guest: bool = False,
    ) -> None:
        """Take that a node is heard of, or named, and not reached.

        Args:
            tag: of the room that it is in.
            paid: how many bytes may be spent on it: those of the advert.
            elsewhere: where it says it is, on none of our networks; it is not asked there.
            is_guest: it wants to enter our room.
        """
        now_ns = self._now_ns()
        with self._lock:
            if self._closing.is_set():
                return
            suspect = self._suspects.get(name)
            if suspect is None:
                if len(self._suspects) >= SIGHTINGS_MAX:
                    return
                suspect = self._suspects[name] = Suspect(tag, now_ns, now_ns)
            suspect.heard_ns, suspect.is_guest = now_ns, is_guest
            if paid > 0 and isinstance(name, bytes):
                suspect.told_ns = now_ns
            suspect.elsewhere = elsewhere or suspect.elsewhere
            suspect.paid = min(suspect.paid + paid, PAID_BYTES_MAX)
            for address in addresses:
                suspect.addresses.note(address, None)
            if self._thread is None:
                self._thread = Thread(target=self._run_thread, name="inquiry", daemon=True)
                self._thread.start()

    def note_illegible(self, address: Address) -> None:
        """Take that somebody advertises what cannot be read. Nobody is asked.

        What a program says within this machine alone is left out: no friend is behind it.
        """
        host = address[0]
        if ip_address(host).is_loopback:
            return
        with self._lock:
            self._drop_stale()
            if host in self._illegible or len(self._illegible) < ILLEGIBLE_MAX:
                found = Unreached((host, 0), address, WhyUnreached.ILLEGIBLE)
                self._illegible[host] = self._now_ns(), found

    def forget(self, name: bytes | Address) -> None:
        """Take that a node is reached."""
        with self._lock:
            self._suspects.pop(name, None)
            self._known.note(name, None)

    def review(
        self,
        rapport_of: Callable[[bytes | Address, Sequence[Address]], Rapport],
        ours: Versions,
    ) -> None:
        """Ask of each how far we have come with it: who is reached by now is told of no more.

        Nor is who answers in versions that we do not speak: of those a person is told.
        """
        with self._lock:
            for name, suspect in list(self._suspects.items()):
                suspect.rapport = rapport_of(name, tuple(suspect.addresses))
                if suspect.rapport is Rapport.REACHED:
                    del self._suspects[name]
                    self._known.note(name, None)
                elif suspect.speaks_otherwise(ours):
                    suspect.rapport = Rapport.EXPLAINED

    def found(self) -> list[Unreached]:
        """Return who is not reached, as far as it is known why."""
        with self._lock:
            self._drop_stale()
            judged = (self._judge_now(name, each) for name, each in self._suspects.items())
            known = [found for found in judged if found is not None]
            return known + [found for _, found in self._illegible.values()]

    def why(self, name: bytes | Address) -> Unreached | None:
        """Return why a node is not reached; None: it answers, or that is not known yet."""
        with self._lock:
            suspect = self._suspects.get(name)
            return None if suspect is None else self._judge_now(name, suspect)

    def is_open(self) -> bool:
        """Whether it is not known yet of somebody who was noted if it is reached, or why not."""
        with self._lock:
            self._drop_stale()
            return any(not each.is_judged for each in self._suspects.values())

    def take_news(self, now_ns: int) -> Unreached | None:
        """Return somebody who is not reached, where it is time to tell a person of one."""
        told = self._told_ns
        if told and now_ns - max(told.values()) < TOLD_APART_NS:
            return None
        for found in self.found():
            if now_ns - told.get((found.name, found.why), NEVER) >= TOLD_AGAIN_NS:
                if len(told) >= SIGHTINGS_MAX:
                    told.clear()
                told[found.name, found.why] = now_ns
                return found
        return None

    def close(self) -> None:
        """Stop; the thread ends by itself, when its last answers are due."""
        self._closing.set()

    # --- this object's thread -----------------------------------------------------------------

    def _run_thread(self) -> None:
        while not self._closing.wait(STEP_S):
            due = self._take_due()
            calls = [Reachability(at, tag) for tag, asked in due.values() for at in asked]
            try:
                answers = ask_all(calls, ANSWER_S) if calls else {}
                self._ask_by_large()
            except OSError:  # no handle left: it is tried again
                continue
            with self._lock:
                for name, (_, asked) in due.items():
                    suspect = self._suspects.get(name)
                    if suspect is not None:
                        suspect.is_judged = True
                        told = {at: answers[at] for at in asked}
                        suspect.answered = {
                            at: it for at, it in told.items() if isinstance(it, Versions)
                        }
                        suspect.found = judge(name, told, suspect.elsewhere)
                        if suspect.answering:
                            self._known.note(name, None)

    def _ask_by_large(self) -> None:
        """Ask those who answer what is small whether what is large comes through as well."""
        calls: dict[bytes | Address, list[Reachability]] = {}
        now_ns = self._now_ns()
        with self._lock:
            for name, suspect in self._suspects.items():
                if suspect.is_large_due(now_ns) and len(calls) < ASKED_AT_ONCE_MAX:
                    size = suspect.large_bytes
                    asked = suspect.answering[: suspect.paid // (LARGE_TRIES * size)]
                    suspect.large_ns = now_ns
                    suspect.paid -= len(asked) * LARGE_TRIES * size
                    calls[name] = [Reachability(at, suspect.tag, size) for at in asked]
        every = [call for each in calls.values() for call in each]
        answers = ask_all(every, LARGE_S, LARGE_TRIES) if every else {}
        with self._lock:
            for name in calls.keys() & self._suspects.keys():
                told = [answers[call.address] for call in calls[name]]
                is_narrow = not any(isinstance(each, Versions) for each in told)
                self._suspects[name].is_narrow = is_narrow

    def _take_due(self) -> dict[bytes | Address, tuple[bytes, list[Address]]]:
        """Return whom to ask now, and where; who may be asked nowhere else was off our networks."""
        now_ns = self._now_ns()
        with self._lock:
            self._drop_stale()
            due: dict[bytes | Address, tuple[bytes, list[Address]]] = {}
            for name, suspect in self._suspects.items():
                rests = now_ns - suspect.asked_ns < ASK_AGAIN_NS
                affords = suspect.paid // (TRIES * HELLO_BYTES)
                if (
                    rests
                    or now_ns - suspect.since_ns < PATIENCE_NS
                    or (suspect.addresses and not affords)
                ):
                    continue
                asked = list(reversed(suspect.addresses))[:affords]
                suspect.asked_ns = now_ns
                suspect.paid -= len(asked) * TRIES * HELLO_BYTES
                due[name] = suspect.tag, asked
                if len(due) == ASKED_AT_ONCE_MAX:
                    break
            return due

    def _judge_now(self, name: bytes | Address, suspect: Suspect) -> Unreached | None:
        """Return why a suspect is not reached, as far as that is known by now.

        A machine that was heard until then, and tells of itself no more, has no new firewall.
        """
        found = suspect.found or suspect.why_unended(name, self._now_ns())
        if found is None:
            return None
        has_gone = (
            found.why in _SILENT and name in self._known and not self._tells_of_itself(suspect)
        )
        why = WhyUnreached.GONE if has_gone else found.why
        return replace(found, why=why, is_guest=suspect.is_guest)

    def _tells_of_itself(self, suspect: Suspect) -> bool:
        """Whether something has come by which it tells of itself since it was asked in vain."""
        return any(
            each.told_ns > suspect.asked_ns
            for each in self._suspects.values()
            if each is suspect or each.addresses.keys() & suspect.addresses.keys()
        )

    def _drop_stale(self) -> None:
        now_ns = self._now_ns()
        for name in [
            name for name, each in self._suspects.items() if now_ns - each.heard_ns > HEARD_NS
        ]:
            del self._suspects[name]
        for host in [
            host for host, (heard, _) in self._illegible.items() if now_ns - heard > HEARD_NS
        ]:
            del self._illegible[host]


def judge(
    name: bytes | Address,
    told: Mapping[Address, Versions | WhyUnreached],
    elsewhere: Address | None,
) -> Unreached | None:
    """Return why a node is not reached; None: it answers at one of its addresses."""
    if not told:
        here = elsewhere and any(each.reaches(elsewhere[0]) for each in list_interfaces())
        return Unreached(name, elsewhere, WhyUnreached.LEFT_OUT if here else WhyUnreached.OFF_LINK)
    faults = {why: at for at, why in told.items() if isinstance(why, WhyUnreached)}
    if any(isinstance(each, Versions) for each in told.values()):
        return None
    why = next(each for each in WhyUnreached if each in faults)
    at = faults[why]
    if is_diverted(at[0]):  # what is there to refuse, or to be silent, is what takes it
        why = WhyUnreached.DIVERTED
    elif why is WhyUnreached.SILENT and is_this_machine(at[0].partition("%")[0]):
        why = WhyUnreached.HANGING
    elif why is WhyUnreached.SILENT and _is_near_by_width(at[0]):
        why = WhyUnreached.MASKED
    return Unreached(name, at, why)


def _is_near_by_width(host: str) -> bool:
    """Whether a host is on our network, and would not be with the netmask that most homes have.

    A machine with that one sends its answers to a router, which may not know us.
    """
    theirs = ip_address(host.partition("%")[0])
    near = [
        each.address
        for each in list_interfaces()
        if not each.is_ipv6 and theirs in ip_network(f"{each.address}/{each.prefix}", strict=False)
    ]
    homes = [ip_network(f"{address}/{_HOME_PREFIX}", strict=False) for address in near]
    return bool(near) and not any(theirs in home for home in homes)
