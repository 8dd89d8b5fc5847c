"""Whether what another machine sends comes in at our ports, as two doctors find out. Pure.

A doctor that hears of another asks it for datagrams to ports of its own, and is sent one for each
that it sends. It has to repeat a cookie that went to its address, so nobody can have them sent to
somebody else; they go to its own address alone (of multicast DNS, to the group of its network).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, final

from net.errors import WireError
from net.limits import SECOND
from net.runtime.disk.acquaintances import Acquaintances
from net.runtime.mdns import MDNS_PORT
from racer.app.doctor.consultation import (
    DOCTORS_MAX,
    DoctorCounters,
    PortTrial,
    PortTrialWanted,
    decode_said,
    encode_said,
)
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.firewall_remedies import join_ports, name_start
from racer.app.unreached import guess_at

TRIES: Final = 4  # of one port, a second apart
JUDGED_NS: Final = TRIES * SECOND  # who has not answered by then does not hear us
STAYED_NS: Final = 3 * SECOND  # who was heard for less has gone before it could try
TRIED_BY_MAX: Final = 8  # addresses from which we have our ports tried: a few sockets each
TRIALS_MAX: Final = 24  # datagrams to one machine, however often it asks
LEAST_PORT: Final = 1024  # below are services of the system; none of a race


@final
@dataclass(frozen=True, slots=True)
class TriedPorts:
    """What came of the tries of one machine.

    Args:
        came: ports at which its datagrams came in.
        missing: ports at which none has.
        hears: whether it answers us; if not, nothing could be tried.
    """

    host: str
    came: tuple[int, ...]
    missing: tuple[int, ...]
    hears: bool = True


@dataclass(slots=True)
class _Trier:
    since_ns: int
    heard_ns: int
    cookie: int | None = None  # None: it has not answered yet; 0: it is of an older version
    ports: dict[int, bool] = field(default_factory=dict)  # those tried: whether it came in
    asked: int = 0  # how often it was asked to try them
    asked_ns: int = 0


@final
class OwnPorts:
    """Has others try our ports, and notes what comes."""

    def __init__(self, counters: DoctorCounters | None = None) -> None:
        self.counters = counters or DoctorCounters()
        self._triers: dict[str, _Trier] = {}

    @property
    def heard(self) -> set[str]:
        """Who looks at the same time, and is to try them: what we say to all may not get there."""
        return set(self._triers)

    def on_heard(self, host: str, now_ns: int) -> None:
        """Take that a doctor looks there at this time."""
        if host in self._triers:
            self._triers[host].heard_ns = now_ns
        elif len(self._triers) < TRIED_BY_MAX:
            self._triers[host] = _Trier(now_ns, now_ns)
        else:
            self.counters.crowded += 1

    def on_cookie(self, host: str, cookie: int) -> bool:
        """Take the cookie of one that was heard; return whether ports are to be opened for it."""
        trier = self._triers.get(host)
        if trier is None:
            return False
        is_first = not trier.cookie and bool(cookie)
        if is_first:
            trier.since_ns = trier.heard_ns
        trier.cookie = cookie
        return is_first

    def open(self, host: str, ports: Iterable[int]) -> None:
        """Take at which ports its tries would be noticed."""
        if (trier := self._triers.get(host)) is not None:
            trier.ports.update(dict.fromkeys(ports, False))

    def wanted(self, now_ns: int) -> list[tuple[str, bytes]]:
        """Return what to ask whom for: a datagram for each port at which none has come."""
        wanted: list[tuple[str, bytes]] = []
        for host, trier in self._triers.items():
            if not trier.cookie or self._is_known(trier, now_ns):
                continue
            trier.asked, trier.asked_ns = trier.asked + 1, now_ns
            left = (port for port, came in trier.ports.items() if not came)
            wanted += [(host, encode_said(PortTrialWanted(trier.cookie, port))) for port in left]
        return wanted

    def on_datagram(self, data: bytes, host: str, port: int) -> None:
        """Take what came in at a port that is tried."""
        trier = self._triers.get(host)
        try:
            said = decode_said(data)
        except WireError:  # of whomever: the port is not ours alone
            return
        if isinstance(said, PortTrial) and trier is not None and said.token == trier.cookie:
            trier.ports[port] = True

    def is_settled(self, now_ns: int) -> bool:
        """Whether nothing more is to be learned of those that were heard."""
        return all(self._is_known(each, now_ns) for each in self._triers.values())

    def tried(self, now_ns: int) -> tuple[TriedPorts, ...]:
        """Return what came of it so far as it is known, sorted by host.

        Over IPv6 only where nobody is heard over IPv4: of one machine once is enough, and whom the
        system has met on the wire it tells of IPv4 alone, so a firewall there looks deaf.
        """
        known = {host: each for host, each in self._triers.items() if self._is_known(each, now_ns)}
        return tuple(
            TriedPorts(
                host,
                tuple(port for port, came in trier.ports.items() if came),
                tuple(port for port, came in trier.ports.items() if not came),
                hears=trier.cookie is not None,
            )
            for host, trier in sorted(known.items())
            if ":" not in host or all(":" in each for each in self._triers)
            if (all(trier.ports.values()) and trier.ports)
            or (trier.cookie != 0 and trier.heard_ns - trier.since_ns >= STAYED_NS)
        )

    def _is_known(self, trier: _Trier, now_ns: int) -> bool:
        """Tell whether nothing more is to come; tries that a busy machine did not take, are."""
        if trier.cookie == 0 or (trier.ports and all(trier.ports.values())):
            return True
        if now_ns - trier.since_ns < JUDGED_NS:
            return False
        is_tried = trier.asked >= TRIES and now_ns - trier.asked_ns >= SECOND
        return not trier.ports or is_tried


@final
class OthersPorts:
    """Tries the ports of others who ask for it, as often as the budget allows."""

    def __init__(self, secret: bytes, counters: DoctorCounters | None = None) -> None:
        self._secret = secret
        self.counters = counters or DoctorCounters()
        self._sent: dict[str, int] = {}  # by host

    def cookie(self, host: str) -> int:
        """Return what proves that somebody gets what is sent to a host; never 0."""
        digest = blake2b(host.encode(), key=self._secret, digest_size=8).digest()
        return int.from_bytes(digest) or 1

    def on_datagram(self, data: bytes, host: str) -> tuple[int, bytes] | None:
        """Take what came from a host; return what to send to which port there, if it asks."""
        try:
            said = decode_said(data)
        except WireError:
            return None
        if not isinstance(said, PortTrialWanted):
            return None
        sent = self._sent.get(host, 0)
        is_crowded = host not in self._sent and len(self._sent) >= DOCTORS_MAX
        is_its_own = said.token == self.cookie(host) and said.port >= LEAST_PORT
        if not is_its_own or sent >= TRIALS_MAX or is_crowded:
            self.counters.untried += 1
            return None
        self._sent[host] = sent + 1
        return said.port, encode_said(PortTrial(said.token))


def tell_trials(
    tried: Iterable[TriedPorts], port: int, met: Acquaintances, opens: str
) -> list[Finding]:
    """Return what is found of our ports.

    Args:
        port: the game's, as it would be opened.
        met: who was met so far, who are told by name.
        opens: the command that lets a race in here.
    """
    return [_tell_trial(each, port, met, opens) for each in tried]


def _tell_trial(tried: TriedPorts, port: int, met: Acquaintances, opens: str) -> Finding:
    guess = guess_at(tried.host, met)
    who, title = f"{tried.host}{f', {guess},' if guess else ''}", f"ports tried from {tried.host}"
    if not tried.hears:
        found = (
            f"a doctor looks at {who} too, and does not hear this machine: a firewall or VPN there"
        )
        return Finding(title, Grade.DOUBT, found, f"let UDP {join_ports(port, ', ')} in there")
    if not tried.missing:
        return Finding(
            title, Grade.FINE, f"what {who} sends comes in at UDP {_spell_ports(tried.came)}"
        )
    if tried.missing == (MDNS_PORT,):
        found = (
            f"no multicast of {who} comes in at UDP {MDNS_PORT}: a firewall here, or a network that"
            " eats it; what is sent to this machine alone does"
        )
        return Finding(title, Grade.DOUBT, found, f"{opens}; or type each other's code")
    found = f"{who} cannot reach UDP {_spell_ports(tried.missing)} here: a firewall of this machine"
    if tried.came:
        found += f"; UDP {_spell_ports(tried.came)} it can"
    return Finding(title, Grade.DOUBT, found, f"{opens}; then {name_start(port)}")


def _spell_ports(ports: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(ports, key=lambda port: (port != MDNS_PORT, port))))
