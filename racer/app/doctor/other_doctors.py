"""Other doctors that look at the same time, on machines near us: whether their clocks go as ours.

On a port of their own, so that none of them takes what is meant for a race. Who has a firewall that
keeps it out compares no clock, and misses nothing else.
"""

from __future__ import annotations

import ipaddress
import select
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from secrets import randbits
from threading import Event, Thread
from typing import Final, final

from net import Address
from net.limits import SECOND
from net.runtime.clock import now_ns
from net.runtime.host_lookup import look_up
from net.runtime.interfaces import Interface, list_interfaces, race_interfaces
from net.runtime.udp.beacon_sockets import BeaconSockets, one_of_each_link
from racer.app.doctor.consultation import (
    CONSULTATION_BYTES_MAX,
    Consultation,
    OtherClock,
    spell_duration,
)
from racer.app.doctor.finding import Finding, Grade

DOCTOR_PORT: Final = 42473  # beside the beacon's
ASK_NS: Final = SECOND
STEP_S: Final = 0.25  # that it is to end is noticed so often
DATAGRAMS_PER_STEP_MAX: Final = 64  # of a flood
CLOSE_S: Final = 1.0
APART_NS: Final = 5 * SECOND  # no clock that is set by the network is as far off


@final
class OtherDoctors:
    """Asks them until it is closed, in a thread of its own."""

    def __init__(self, chosen: str | None, peers: Sequence[Address] = ()) -> None:
        """Begin.

        Args:
            chosen: the address of the only interface to use; None: all.
            peers: machines that a person names: they are asked by themselves too.
        """
        self._chosen = chosen
        self.clocks: tuple[OtherClock, ...] = ()  # that were told so far
        self._consultation = Consultation()
        self._named: frozenset[str] = frozenset()
        self._interfaces: tuple[Interface, ...] = ()
        self._closing = Event()
        look_up(peers, self._on_found, lambda _: None)  # that there is no such one is told anyway
        self._thread = Thread(target=self._run_thread, name="other doctors", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; waits for CLOSE_S at most."""
        self._closing.set()
        self._thread.join(CLOSE_S)

    def _on_found(self, address: Address) -> None:
        self._named |= {address[0]}

    # --- this object's thread -----------------------------------------------------------------

    def _run_thread(self) -> None:
        due_ns = now_ns()
        with closing(BeaconSockets(self._chosen)) as sockets:
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
                select.select(sockets.all, [], [], STEP_S)
                self._answer_all(sockets)
                self.clocks = self._consultation.clocks()

    def _ask_all(self, sockets: BeaconSockets) -> None:
        question = self._consultation.ask(randbits(64), time.time_ns(), now_ns())
        for interface in one_of_each_link(race_interfaces(self._chosen)):
            with suppress(OSError):
                sockets.send_to_all(question, interface, DOCTOR_PORT)
        for host in self._named:
            with suppress(OSError):
                sockets.send(question, (host, DOCTOR_PORT))

    def _answer_all(self, sockets: BeaconSockets) -> None:
        for data, source in sockets.receive(DATAGRAMS_PER_STEP_MAX, CONSULTATION_BYTES_MAX):
            if self._is_near(source[0]):
                answer = self._consultation.on_datagram(data, source[0], time.time_ns(), now_ns())
                if answer is not None:
                    with suppress(OSError):
                        sockets.send(answer, source)

    def _is_near(self, host: str) -> bool:
        """Tell whether a host is another machine, near us or named."""
        if any(each.address == host for each in self._interfaces):
            return False
        reached = host in self._named or any(each.reaches(host) for each in self._interfaces)
        return reached or not ipaddress.ip_address(host).is_global


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
