"""Who may cost us the arithmetic of a handshake: rates, and cookies above them."""

from __future__ import annotations

from collections import Counter
from enum import Enum, auto
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, final

from net.ids import Address
from net.limits import (
    BUSY_NS,
    HANDSHAKE_COOKIE_RATE,
    HANDSHAKE_NEWCOMER_RATE,
    HANDSHAKE_PER_HOST_RATE,
    HANDSHAKE_PER_NETWORK_RATE,
    HANDSHAKE_RETURNER_RATE,
    HOSTS_REMEMBERED_MAX,
    HOSTS_REMEMBERED_NS,
    NEGOTIATION_RATE,
    NEVER,
    SECOND,
    TRIES_MAX,
    TRIES_MISTYPED,
    TRIES_NS,
    TRIES_OF_HOSTS_MAX,
)
from net.security.cookie import CookieJar
from net.transport.routes import Via, counted_host

if TYPE_CHECKING:
    from net.ids import NodeId
    from net.security.primitives import Primitives

_NETWORK_BITS: Final = 28  # fourteen hosts: a machine with some addresses takes neighbouring ones
_NETWORK_BITS_IPV6: Final = 64  # all of which one machine may take


class AdmissionVerdict(Enum):
    """What to do with a first message."""

    ADMIT = auto()
    ADMIT_PROVED = auto()  # its sender receives at its address
    ASK_COOKIE = auto()
    DROP = auto()


@final
class Admission:
    """Counts first messages by the second, and asks for cookies when there are many.

    Without a cookie an address may be anybody's: all such share one rate. With one, a host and its
    network have a rate of their own, and whoever was never here does not compete with who was. So
    neither spoofed addresses nor the sockets of one machine keep a newcomer out. Of its network's
    rate a host has no more than it leaves to all others (after Choudhury and Hahne's thresholds):
    of n that flood each has an (n + 1)th part, and one is left for who has had none.
    """

    def __init__(self, primitives: Primitives, now_ns: int) -> None:
        self._jar = CookieJar(primitives, now_ns)
        self._since_ns = now_ns
        self._admitted: Counter[str] = Counter()  # in this second, by what they count as
        self._known: dict[str, int] = {}  # hosts that have proved themselves, and when last
        self._excess = _Excess()

    def judge(self, address: Address, cookie: bytes, now_ns: int) -> AdmissionVerdict:
        """Say what to do with a first message from an address; admitted ones count."""
        self._begin_second(now_ns)
        if not self._jar.accepts(cookie, address, now_ns):
            return self._judge_unproved(address[0])
        host, network = f"host {address[0]}", f"network {_network_of(address[0])}"
        is_new = address[0] not in self._known
        share, rate = ("newcomers", HANDSHAKE_NEWCOMER_RATE)
        if not is_new:
            share, rate = ("returners", HANDSHAKE_RETURNER_RATE)
        self._remember(address[0], now_ns)
        if (
            self._admitted[host] >= HANDSHAKE_PER_HOST_RATE
            or self._admitted[host] >= HANDSHAKE_PER_NETWORK_RATE - self._admitted[network]
            or self._admitted[share] >= rate
        ):
            return AdmissionVerdict.DROP
        self._admitted.update((host, network, share))
        return AdmissionVerdict.ADMIT_PROVED

    def tells(self, now_ns: int) -> bool:
        """Take that one was dropped; tell whether a person should know. At most once a second."""
        return self._excess.is_to_tell(now_ns)

    def judge_passed_on(self, via: Via, now_ns: int) -> AdmissionVerdict:
        """Say what to do with one that a member passed on: it has a host's rate, apart from others.

        No cookie is asked: what is answered goes to that member.
        """
        self._begin_second(now_ns)
        relay = counted_host(via)
        if self._admitted[relay] >= HANDSHAKE_PER_HOST_RATE:
            return AdmissionVerdict.DROP
        self._admitted.update((relay,))
        return AdmissionVerdict.ADMIT_PROVED

    def may_negotiate(self, now_ns: int) -> bool:
        """Whether one more first message of another version gets an answer; if so, it counts."""
        self._begin_second(now_ns)
        self._admitted["negotiations"] += 1
        return self._admitted["negotiations"] <= NEGOTIATION_RATE

    def bake(self, address: Address, now_ns: int) -> bytes:
        """Return the cookie for an address that was asked for one."""
        return self._jar.bake(address, now_ns)

    def _judge_unproved(self, host: str) -> AdmissionVerdict:
        claimed = f"claims {host}"
        if (
            self._admitted["unproved"] >= HANDSHAKE_COOKIE_RATE
            or self._admitted[claimed] >= HANDSHAKE_PER_HOST_RATE
        ):
            return AdmissionVerdict.ASK_COOKIE
        self._admitted.update(("unproved", claimed))
        return AdmissionVerdict.ADMIT

    def _remember(self, host: str, now_ns: int) -> None:
        """Note that a host is there. It counts as new again when it has not called for long."""
        self._known.pop(host, None)
        self._known[host] = now_ns
        oldest = next(iter(self._known))
        while (
            len(self._known) > HOSTS_REMEMBERED_MAX
            or now_ns - self._known[oldest] >= HOSTS_REMEMBERED_NS
        ):
            del self._known[oldest]
            oldest = next(iter(self._known))

    def _begin_second(self, now_ns: int) -> None:
        if now_ns - self._since_ns >= SECOND:
            self._since_ns = now_ns
            self._admitted.clear()


class _Excess:
    """First messages that are dropped. Sixteen machines that start at once are soon heard."""

    def __init__(self) -> None:
        self._since_ns = self._last_ns = self._told_ns = NEVER

    def is_to_tell(self, now_ns: int) -> bool:
        """Take that one is dropped; tell whether it has gone on long, and was not told just now."""
        if now_ns - self._last_ns >= SECOND:
            self._since_ns = now_ns
        self._last_ns = now_ns
        if now_ns - self._since_ns < BUSY_NS or now_ns - self._told_ns < SECOND:
            return False
        self._told_ns = now_ns
        return True


def _network_of(host: str) -> str:
    """Return the name of the network of an address in digits."""
    address = ip_address(host)
    bits = _NETWORK_BITS if address.version == 4 else _NETWORK_BITS_IPV6
    return f"{int(address) >> (address.max_prefixlen - bits):x}/{bits}"


@final
class Tries:
    """Counts wrong passphrases, and handshakes that may be guesses until they prove themselves.

    Beyond TRIES_MAX a minute nobody may try who was wrong in it; a host that was not may, once, up
    to TRIES_OF_HOSTS_MAX: else whoever guesses keeps everybody out. Whose key was in the room
    before may always: a stranger that borrows it learns nothing from failing.

    What other members hear out counts, too: but for TRIES_MISTYPED of each, since a newcomer tries
    its word at all of them, and so that no member shuts the door alone.
    """

    def __init__(self) -> None:
        self._tried: list[tuple[int, str]] = []  # when, and which host
        self._told: list[tuple[int, str, NodeId]] = []  # the same of those that a member told of

    def may_try(self, host: str, now_ns: int) -> bool:
        self._forget_old(now_ns)
        told = self._count_told()
        heard = len(self._tried) + len(told)
        if heard < TRIES_MAX:
            return True
        known = any(other == host for _, other in self._tried) or host.partition("%")[0] in told
        return not known and heard < TRIES_OF_HOSTS_MAX

    def note(self, host: str, now_ns: int) -> None:
        self._tried.append((now_ns, host))

    def note_told(self, member: NodeId, host: str, now_ns: int) -> bool:
        """Note one that a member heard out; False: it tells of more than it can have heard."""
        self._forget_old(now_ns)
        if sum(other == member for _, _, other in self._told) >= TRIES_MISTYPED + TRIES_MAX - 1:
            return False
        self._told.append((now_ns, host, member))
        return True

    def forgive(self, host: str) -> None:
        """Take back the last try of a host: it was none."""
        for number in reversed(range(len(self._tried))):
            if self._tried[number][1] == host:
                del self._tried[number]
                return

    def _count_told(self) -> list[str]:
        """Return the hosts of those that members told of, and that count."""
        seen: Counter[NodeId] = Counter()
        counted: list[str] = []
        for _, host, member in self._told:
            seen[member] += 1
            if seen[member] > TRIES_MISTYPED:
                counted.append(host)
        return counted

    def _forget_old(self, now_ns: int) -> None:
        self._tried = [each for each in self._tried if now_ns - each[0] < TRIES_NS]
        self._told = [each for each in self._told if now_ns - each[0] < TRIES_NS]
