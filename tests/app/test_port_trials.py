"""Two doctors try each other's ports: what comes in is told, and nobody can aim them at others."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Thread
from typing import Final

import pytest

from net.discovery.beacon import BEACON_PORT
from net.limits import SECOND
from net.runtime.disk.acquaintances import Acquaintance, Acquaintances
from net.runtime.interfaces import LOOPBACK, Interface
from net.runtime.mdns import MDNS_PORT
from racer.app.doctor import landings, other_doctors
from racer.app.doctor.consultation import (
    CONSULTATION_BYTES,
    CONSULTATION_BYTES_MAX,
    DOCTORS_MAX,
    ClockAnswer,
    ClockQuestion,
    Consultation,
    PortTrial,
    PortTrialWanted,
    Said,
    decode_said,
    encode_said,
)
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.landings import Landings
from racer.app.doctor.other_doctors import OtherDoctors, met_on_wire
from racer.app.doctor.port_trials import (
    JUDGED_NS,
    STAYED_NS,
    TRIALS_MAX,
    TRIED_BY_MAX,
    TRIES,
    OthersPorts,
    OwnPorts,
    TriedPorts,
    tell_trials,
)
from tests.loopback import refusing_port
from tests.waiting import until

SAM: Final = "192.168.1.7"
PORTS: Final = (MDNS_PORT, BEACON_PORT, 40_000)
NOBODY: Final = Acquaintances()


def tried_by_sam(*lost: int, stays_ns: int = JUDGED_NS) -> tuple[TriedPorts, ...]:
    """Have Sam's doctor try our ports through a firewall; return what is known in the end."""
    ours, theirs = OwnPorts(), OthersPorts(b"secret")
    ours.on_heard(SAM, 0)
    assert not ours.is_settled(0)
    assert ours.on_cookie(SAM, theirs.cookie("10.0.0.1"))
    ours.open(SAM, PORTS)
    for now_ns in range(0, JUDGED_NS + 1, SECOND):
        if now_ns <= stays_ns:
            ours.on_heard(SAM, now_ns)
        for host, data in ours.wanted(now_ns):
            assert host == SAM
            answer = theirs.on_datagram(data, "10.0.0.1")
            assert answer is not None
            port, trial = answer
            assert len(trial) <= len(data), "who asks gains nothing"
            if port not in lost:
                ours.on_datagram(trial, SAM, port)
    assert ours.is_settled(JUDGED_NS)
    assert ours.wanted(JUDGED_NS) == []
    return ours.tried(JUDGED_NS)


@pytest.mark.parametrize("lost", [(), (BEACON_PORT,), (MDNS_PORT,), PORTS])
def test_what_comes_in_is_told_from_what_does_not(lost: tuple[int, ...]) -> None:
    came = tuple(port for port in PORTS if port not in lost)
    assert tried_by_sam(*lost) == (TriedPorts(SAM, came, lost),)


def test_a_machine_that_was_busy_in_the_meantime_slanders_no_firewall() -> None:
    ours = OwnPorts()
    ours.on_heard(SAM, 0)
    assert ours.on_cookie(SAM, 5)
    ours.open(SAM, PORTS)
    stalled_ns = 3 * JUDGED_NS
    for now_ns in (0, *range(stalled_ns, stalled_ns + (TRIES - 1) * SECOND, SECOND)):
        ours.on_heard(SAM, now_ns)
        assert ours.wanted(now_ns)
        assert ours.tried(now_ns) == ()
    assert ours.tried(now_ns + SECOND) == (TriedPorts(SAM, (), PORTS),), "it was tried as often"


def test_who_goes_before_it_could_try_slanders_no_firewall() -> None:
    assert tried_by_sam(*PORTS, stays_ns=STAYED_NS - SECOND) == ()


def test_who_is_heard_and_never_answers_does_not_hear_us() -> None:
    ours = OwnPorts()
    for now_ns in range(0, JUDGED_NS + 1, SECOND):
        ours.on_heard(SAM, now_ns)
    assert ours.tried(JUDGED_NS) == (TriedPorts(SAM, (), (), hears=False),)
    assert not ours.on_cookie(SAM, 0), "one of the first version tries nothing"
    assert ours.tried(JUDGED_NS) == ()


def test_over_ipv6_it_is_told_only_where_nobody_is_heard_over_ipv4() -> None:
    ours, there = OwnPorts(), "fe80::7%3"
    for now_ns in range(0, JUDGED_NS + 1, SECOND):
        ours.on_heard(there, now_ns)
    assert [each.host for each in ours.tried(JUDGED_NS)] == [there]
    ours.on_heard(SAM, JUDGED_NS)
    assert ours.tried(JUDGED_NS) == ()


def test_few_machines_try_our_ports() -> None:
    ours = OwnPorts()
    for number in range(3 * TRIED_BY_MAX):
        ours.on_heard(f"10.0.0.{number}", 0)
    opened = [number for number in range(3 * TRIED_BY_MAX) if ours.on_cookie(f"10.0.0.{number}", 5)]
    assert opened == list(range(TRIED_BY_MAX))
    assert ours.counters.crowded == 2 * TRIED_BY_MAX


def test_what_repeats_no_cookie_of_its_own_proves_nothing() -> None:
    ours = OwnPorts()
    ours.on_heard(SAM, 0)
    assert ours.on_cookie(SAM, 5)
    ours.open(SAM, PORTS)
    for data, host in ((PortTrial(6), SAM), (PortTrial(5), "10.0.0.9"), (ClockQuestion(5), SAM)):
        ours.on_datagram(encode_said(data), host, BEACON_PORT)
    ours.on_datagram(b"a query of multicast DNS", SAM, MDNS_PORT)
    assert len(ours.wanted(0)) == len(PORTS)


def test_nobody_has_another_machine_tried() -> None:
    theirs = OthersPorts(b"secret")
    assert theirs.cookie(SAM) != theirs.cookie("192.168.1.8")
    wanted = encode_said(PortTrialWanted(theirs.cookie(SAM), BEACON_PORT))
    assert theirs.on_datagram(wanted, "192.168.1.8") is None, "a victim, in whose name Sam asks"
    assert theirs.counters.untried == 1
    assert theirs.on_datagram(wanted, SAM) is not None


def test_services_of_the_system_are_not_tried() -> None:
    theirs = OthersPorts(b"secret")
    for port, is_tried in ((53, False), (1023, False), (1024, True), (65_535, True)):
        wanted = encode_said(PortTrialWanted(theirs.cookie(SAM), port))
        assert (theirs.on_datagram(wanted, SAM) is not None) is is_tried


def test_a_machine_is_tried_so_often_and_no_more() -> None:
    theirs = OthersPorts(b"secret")
    wanted = encode_said(PortTrialWanted(theirs.cookie(SAM), BEACON_PORT))
    sent = [theirs.on_datagram(wanted, SAM) for _ in range(2 * TRIALS_MAX)]
    assert sum(each is not None for each in sent) == TRIALS_MAX
    hosts = [f"10.0.0.{number}" for number in range(2 * DOCTORS_MAX)]
    answered = [
        theirs.on_datagram(encode_said(PortTrialWanted(theirs.cookie(host), BEACON_PORT)), host)
        for host in hosts
    ]
    assert sum(each is not None for each in answered) == DOCTORS_MAX - 1


def test_one_of_the_first_version_is_answered_with_as_much_as_it_asked_with() -> None:
    ours, theirs = Consultation(), Consultation(lambda host: 9)
    question = ours.ask(7, 0, 0)
    short = theirs.on_datagram(question[:CONSULTATION_BYTES], SAM, 0, 0)
    whole = theirs.on_datagram(question, SAM, 0, 0)
    assert short is not None
    assert whole is not None
    assert (len(short), len(whole)) == (CONSULTATION_BYTES, len(question))
    ours.on_datagram(whole, SAM, 0, 0)
    ours.on_datagram(short, "10.0.0.9", 0, 0)
    assert ours.cookies == {SAM: 9, "10.0.0.9": 0}
    assert decode_said(encode_said(PortTrialWanted(9, 40_000))) == PortTrialWanted(9, 40_000)


@pytest.mark.parametrize(
    ("tried", "mark", "found", "remedy"),
    [
        (TriedPorts(SAM, PORTS, ()), Grade.FINE, "comes in at UDP 5353, 40000, 42472", ""),
        (
            TriedPorts(SAM, (40_000,), (MDNS_PORT, BEACON_PORT)),
            Grade.DOUBT,
            "Sam was, cannot reach UDP 5353, 42472 here: a firewall of this machine; UDP 40000 it",
            "open it; then start with --port 40000",
        ),
        (
            TriedPorts(SAM, PORTS[1:], PORTS[:1]),
            Grade.DOUBT,
            "no multicast of",
            "type each other's",
        ),
        (TriedPorts(SAM, (), (), hears=False), Grade.DOUBT, "does not hear this machine", "42472"),
    ],
)
def test_what_came_of_the_tries_is_told_with_who_tried_and_the_remedy(
    tried: TriedPorts, mark: Grade, found: str, remedy: str
) -> None:
    met = Acquaintances()
    met.note(Acquaintance(bytes(16), b"", "Sam", (SAM, 4000)))
    (finding,) = tell_trials([tried], 40_000, met, "open it")
    assert isinstance(finding, Finding)
    assert finding.mark is mark
    assert found in finding.found
    assert remedy in finding.remedy


def test_what_is_opened_takes_from_one_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        refusing_port() as beacon,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sam,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as eve,
    ):
        sam.bind((LOOPBACK, 0))
        monkeypatch.setattr(landings, "BEACON_PORT", beacon)
        monkeypatch.setattr(landings, "_join_group", lambda *_: sam.setsockopt(-1, -1, -1))
        opened = Landings(0, int(sam.getsockname()[1]))
        (port,) = opened.open(LOOPBACK)  # the beacon's is held
        eve.sendto(b"eve's", (LOOPBACK, port))
        sam.sendto(b"sam's", (LOOPBACK, port))
        assert list(opened.receive()) == [(b"sam's", LOOPBACK, port)]
        opened.close()


def test_whom_the_system_has_met_on_the_wire_is_read() -> None:
    table = (
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        "10.0.0.7         0x1         0x2         02:00:00:00:00:07     *        eth0\n"
        "10.0.0.8         0x1         0x0         00:00:00:00:00:00     *        eth0\n"
    )
    assert met_on_wire(table) == ["10.0.0.7"]
    assert met_on_wire("") == []


def test_who_wants_its_ports_tried_waits_for_somebody_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[TriedPorts] = []
    monkeypatch.setattr(OwnPorts, "tried", lambda self, now_ns: tuple(found))
    with refusing_port() as port:
        monkeypatch.setattr(other_doctors, "DOCTOR_PORT", port)  # held: nobody else is heard
    with closing(OtherDoctors(LOOPBACK)) as others:
        monkeypatch.setattr(other_doctors, "LATECOMER_S", 0.0)
        others.settle(patient=True)
        assert others.tried == ()
        monkeypatch.setattr(other_doctors, "LATECOMER_S", 60.0)
        waiting = Thread(target=others.settle, kwargs={"patient": True})
        waiting.start()
        found.append(TriedPorts(SAM, PORTS, ()))
        waiting.join(10)
        assert not waiting.is_alive()


FRIEND: Final = "127.0.0.7"  # another machine on the network of the loopback


@contextmanager
def looking_beside(prefix: int) -> Iterator[socket.socket]:
    """Yield a friend's port of doctors, while a doctor of ours looks in a network of such a size.

    What is for all does not get to the friend.
    """
    ours = Interface("lo", LOOPBACK, loopback=True, multicast=True, prefix=prefix)
    with refusing_port() as port:
        pass
    with (
        pytest.MonkeyPatch.context() as patch,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as friend,
    ):
        patch.setattr(other_doctors, "DOCTOR_PORT", port)
        patch.setattr(other_doctors, "ASK_NS", SECOND // 20)
        patch.setattr(other_doctors, "list_interfaces", lambda: (ours,))
        friend.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        friend.bind((FRIEND, port))
        friend.settimeout(0.05)
        with closing(OtherDoctors(LOOPBACK)):
            yield friend


def hear(friend: socket.socket, asks: ClockQuestion, wanted: type[Said]) -> Said:
    """Ask until a word of the wanted kind comes."""
    heard: list[Said] = []

    def is_there() -> bool:
        friend.sendto(encode_said(asks), (LOOPBACK, int(friend.getsockname()[1])))
        with suppress(TimeoutError):
            heard.append(decode_said(friend.recv(CONSULTATION_BYTES_MAX)))
        return any(isinstance(said, wanted) for said in heard)

    until(is_there, wanted.__name__)
    return next(said for said in heard if isinstance(said, wanted))


def test_who_asks_and_gets_nothing_that_is_for_all_is_asked_alone() -> None:
    with looking_beside(8) as friend:
        assert isinstance(hear(friend, ClockQuestion(7), ClockQuestion), ClockQuestion)


@pytest.mark.parametrize("prefix", [8, 32])
def test_whose_ports_will_not_be_tried_is_given_no_cookie(prefix: int) -> None:
    with looking_beside(prefix) as friend:
        told = hear(friend, ClockQuestion(7), ClockAnswer)
        assert isinstance(told, ClockAnswer)
        assert bool(told.cookie) is (prefix == 8), "beyond our networks it has to be named"
