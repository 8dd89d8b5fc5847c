"""Other doctors that look at the same time, near us: whether clocks go alike, and what comes in.

On a port of their own, so that none of them takes what is meant for a race. A firewall that keeps
it out lets in what this machine has asked for: so those whom the system has met on the wire are
asked by themselves, from that port.
"""

from __future__ import annotations

import ipaddress
import select
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from secrets import randbits, token_bytes
from threading import Event, Thread
from typing import Final, final

from net import Address
from net.errors import WireError
from net.limits import NEVER, SECOND
from net.runtime.clock import now_ns
from net.runtime.host_lookup import look_up
from net.runtime.interfaces import Interface, is_diverted, list_interfaces, race_interfaces
from net.runtime.mdns import MDNS_PORT
from net.runtime.udp.beacon_sockets import BeaconSockets, one_of_each_link
from racer.app.doctor.consultation import (
    CONSULTATION_BYTES_MAX,
    ClockAnswer,
    ClockQuestion,
    Consultation,
    DoctorCounters,
    OtherClock,
    decode_said,
    spell_duration,
)
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.landings import Landings, send_to_group
from racer.app.doctor.port_trials import OthersPorts, OwnPorts, TriedPorts

DOCTOR_PORT: Final = 42473  # beside the beacon's
ASK_NS: Final = SECOND
STEP_S: Final = 0.25  # that it is to end is noticed so often
DATAGRAMS_PER_STEP_MAX: Final = 64  # of a flood
CLOSE_S: Final = 1.0
SETTLE_S: Final = 6.0  # at most, for those who look now: ours are tried, and theirs
QUIET_NS: Final = 3 * SECOND // 2  # who wants a try more asks for it sooner
LATECOMER_S: Final = 20.0  # so long another one is waited for, where a person wants it
ASKED_ALONE_MAX: Final = 16  # machines on the wire

_MET_ON_WIRE: Final = Path("/proc/net/arp")  # Linux
_COMPLETE: Final = 0x2  # linux/if_arp.h: ATF_COM
APART_NS: Final = 5 * SECOND  # no clock that is set by the network is as far off


@final
class OtherDoctors:
    """Asks them until it is closed, in a thread of its own."""

    def __init__(
        self, chosen: str | None, peers: Sequence[Address] = (), game_port: int = 0
    ) -> None:
        """Begin.

        Args:
            chosen: the address of the only interface to use; None: all.
            game_port: the game's; 0: any.
            peers: machines that a person names: they are asked by themselves too.
        """
        self._chosen = chosen
        self.clocks: tuple[OtherClock, ...] = ()  # that were told so far
        self.tried: tuple[TriedPorts, ...] = ()  # our ports, so far
        self.is_settled = True  # nobody who was heard is to try our ports, or have its own tried
        self.counters = DoctorCounters()
        self._others_ports = OthersPorts(token_bytes(16), self.counters)
        self._own_ports = OwnPorts(self.counters)
        self._landings = Landings(game_port, DOCTOR_PORT)
        self._wanted_ns = NEVER  # when somebody asked us to try its ports
        self._consultation = Consultation(self._offer_tries, self.counters)
        self._named: frozenset[str] = frozenset()
        self._interfaces: tuple[Interface, ...] = ()
        self._closing = Event()
        look_up(peers, self._on_found, lambda _: None)  # that there is no such one is told anyway
        self._thread = Thread(target=self._run_thread, name="other doctors", daemon=True)
        self._thread.start()

    def settle(self, *, patient: bool = False) -> None:
        """Wait until our ports are tried by those who look now, and theirs by us: SETTLE_S at most.

        Args:
            patient: wait for somebody who looks, too: LATECOMER_S at most.
        """
        late_s = time.monotonic() + LATECOMER_S
        while patient and not self.tried and time.monotonic() < late_s:
            self._closing.wait(STEP_S)
        until_s = time.monotonic() + SETTLE_S
        while not self.is_settled and time.monotonic() < until_s:
            self._closing.wait(STEP_S)

    def close(self) -> None:
        """Stop; waits for CLOSE_S at most."""
        self._closing.set()
        self._thread.join(CLOSE_S)

    def _on_found(self, address: Address) -> None:
        self._named |= {address[0]}

    # --- this object's thread -----------------------------------------------------------------

    def _run_thread(self) -> None:
        due_ns = now_ns()
        with closing(self._landings), closing(BeaconSockets(self._chosen)) as sockets:
            while not self._closing.is_set():
                with suppress(OSError):  # held by another program: we can ask, and answer nobody
                    sockets.hear(DOCTOR_PORT)
                if now_ns() >= due_ns:
                    due_ns = now_ns() + ASK_NS
                    self._interfaces = list_interfaces()
                    self._ask_all(sockets)
                if not sockets.all:
                    self._closing.wait(STEP_S)
                    continue
                select.select([*sockets.all, *self._landings.all], [], [], STEP_S)
                self._answer_all(sockets)
                self._take_trials()
                self._publish_findings(now_ns())

    def _ask_all(self, sockets: BeaconSockets) -> None:
        question = self._consultation.ask(randbits(64), time.time_ns(), now_ns())
        for interface in one_of_each_link(race_interfaces(self._chosen)):
            with suppress(OSError):
                sockets.send_to_all(question, interface, DOCTOR_PORT)
        for host in self._named | set(self._find_others()) | self._own_ports.heard:
            with suppress(OSError):
                sockets.answer(question, (host, DOCTOR_PORT))
        for host, data in self._own_ports.wanted(now_ns()):
            with suppress(OSError):
                sockets.answer(data, (host, DOCTOR_PORT))

    def _find_others(self) -> list[str]:
        """Return who may look on our networks: whom the system has met on the wire."""
        with suppress(OSError):
            found = met_on_wire(_MET_ON_WIRE.read_text())
            return [host for host in found if self._is_on_link(host)][:ASKED_ALONE_MAX]
        return []

    def _answer_all(self, sockets: BeaconSockets) -> None:
        for data, source in sockets.receive(DATAGRAMS_PER_STEP_MAX, CONSULTATION_BYTES_MAX):
            if any(each.address == source[0] for each in self._interfaces):
                continue  # our own question, which comes back
            if not self._is_near(source[0]):
                self.counters.far += 1
            else:
                self._note_doctor(data, source[0])
                answer = self._consultation.on_datagram(data, source[0], time.time_ns(), now_ns())
                say = sockets.answer if source[1] == DOCTOR_PORT else sockets.send
                with suppress(OSError):
                    if answer is not None:
                        say(answer, source)
                    self._try_ports(data, source[0], sockets)
        self.counters.over_rate = sockets.shed

    def _note_doctor(self, data: bytes, host: str) -> None:
        """Note who looks now, and have it try our ports once it has answered."""
        if not self._may_try(host) or is_diverted(host):  # there nobody hears what we ask
            return
        with suppress(WireError):
            said = decode_said(data)
            if isinstance(said, ClockQuestion | ClockAnswer):
                self._own_ports.on_heard(host, now_ns())

    def _try_ports(self, data: bytes, host: str, sockets: BeaconSockets) -> None:
        """Send to a port of who asks for it, on our networks or named by a person."""
        wanted = self._others_ports.on_datagram(data, host)
        if wanted is None or not self._may_try(host):
            return
        self._wanted_ns = now_ns()
        port, trial = wanted
        if port == MDNS_PORT:
            send_to_group(trial, host)
        else:
            sockets.answer(trial, (host, port))

    def _offer_tries(self, host: str) -> int:
        """Return the cookie with which a host may have its ports tried; 0: it may not."""
        return self._others_ports.cookie(host) if self._may_try(host) else 0

    def _may_try(self, host: str) -> bool:
        return self._is_on_link(host) or host in self._named

    def _take_trials(self) -> None:
        for data, host, port in self._landings.receive():
            self._own_ports.on_datagram(data, host, port)
        for host, cookie in self._consultation.cookies.items():
            if self._own_ports.on_cookie(host, cookie):
                self._own_ports.open(host, self._landings.open(host))

    def _publish_findings(self, time_ns: int) -> None:
        self.clocks = self._consultation.clocks()
        self.tried = self._own_ports.tried(time_ns)
        is_quiet = time_ns - self._wanted_ns > QUIET_NS
        self.is_settled = is_quiet and self._own_ports.is_settled(time_ns)

    def _is_on_link(self, host: str) -> bool:
        return any(each.reaches(host) for each in self._interfaces)

    def _is_near(self, host: str) -> bool:
        """Tell whether a host, another machine, is near us or named."""
        reached = host in self._named or any(each.reaches(host) for each in self._interfaces)
        return reached or not ipaddress.ip_address(host).is_global


def met_on_wire(table: str) -> list[str]:
    """Return the machines of the system's table of hardware addresses (proc(5), /proc/net/arp)."""
    rows = [row.split() for row in table.splitlines()[1:]]
    return [row[0] for row in rows if len(row) > 2 and int(row[2], 16) & _COMPLETE]


def compare_clocks(clocks: Iterable[OtherClock]) -> list[Finding]:
    """Return what is found of our clock, beside those of others."""
    clocks = tuple(clocks)
    apart = [each for each in clocks if abs(each.ahead_ns) - each.unsure_ns > APART_NS]
    if apart:
        return [_tell_apart(each) for each in apart]
    if not clocks:
        found = "compared with nobody's: run racer doctor on two machines at once for that"
        return [Finding("clock", Grade.FINE, found)]
    furthest_ns = max(abs(each.ahead_ns) + each.unsure_ns for each in clocks)
    hosts = ", ".join(each.host for each in clocks)
    found = f"goes as that of {hosts}, within {spell_duration(furthest_ns)}"
    return [Finding("clock", Grade.FINE, found)]


def _tell_apart(clock: OtherClock) -> Finding:
    """Tell of one that goes otherwise. Races have a clock of their own: what is kept has this."""
    way = "behind" if clock.ahead_ns > 0 else "ahead of"
    found = (
        f"{spell_duration(clock.ahead_ns)} {way} that of {clock.host}: races run all the same, but"
        " records are dated by it, and a race that lost power is gone on with, or not, by its age"
    )
    remedy = "set the one that is wrong (timedatectl set-ntp true)"
    return Finding("clock", Grade.DOUBT, found, remedy)
