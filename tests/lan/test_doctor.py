"""`racer doctor` on broken networks: it names each cause, and its remedy works."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.lan.broken.damage import WRONG_CLOCK
from tests.lan.broken.network import BEGUN_S
from tests.lan.drops import Drop
from tests.lan.lab import Box, Lan, Line, Run, ip, needs_lan
from tests.lan.test_networks import HOLD_MDNS, MULTICAST, meet

pytestmark = needs_lan

PORT = "40000"

FIREWALL = """
table inet filter {
    chain input {
        type filter hook input priority 0; policy drop;
        iifname lo accept
        ct state established,related accept
    }
}
"""


def nft(box: Box, script: str) -> None:
    within = ["ip", "netns", "exec", box.name, "nft", "-f", "-"]
    subprocess.run(within, check=True, input=script, text=True)


def examine(box: Box, profiles: Path, *words: str, code: tuple[str, ...] = ("-m", "racer")) -> Run:
    profile = profiles / f"doctor-{box.name}"
    shared = ("doctor", "--json", "--profile", str(profile), "--port", PORT)
    return box.run(sys.executable, *code, *shared, *words)


def findings(run: Run) -> tuple[int, dict[str, Line]]:
    """Return the exit status, and the findings by what they are about."""
    status = run.finish(120)
    return status, {line["what"].split(" (")[0]: line for line in run.lines}


def test_the_doctor_names_what_is_wrong_with_each_machine(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(6)
    walled, held, unplugged, narrow, bare, sound = lan.boxes
    nft(walled, FIREWALL)
    held.run(sys.executable, "-c", HOLD_MDNS).look(5)
    unplugged.unplug()
    ip("-n", narrow.name, "link", "set", "eth0", "mtu", "1000")
    ip("-n", bare.name, "address", "flush", "dev", "eth0")
    runs = [examine(box, tmp_path) for box in lan.boxes]
    told = {box.name: findings(run) for box, run in zip(lan.boxes, runs, strict=True)}

    status, found = told[walled.name]
    assert (status, found["firewall on eth0"]["mark"]) == (0, "doubt"), "answers come in"
    assert "whom this machine calls first" in found["firewall on eth0"]["found"]
    assert f"udp dport {{ 5353, 42472, {PORT} }} accept" in found["firewall on eth0"]["remedy"]
    status, found = told[held.name]
    assert (status, found["port 5353"]["mark"]) == (0, "doubt")
    assert "python" in found["port 5353"]["found"]
    status, found = told[unplugged.name]
    assert (status, found["network"]["mark"]) == (1, "fault")
    status, found = told[narrow.name]
    assert (status, found["eth0"]["mark"]) == (0, "doubt"), "what is larger goes in pieces"
    assert "1000 bytes" in found["eth0"]["found"]
    status, found = told[bare.name]
    assert (status, "without any address" in found["eth0"]["found"]) == (1, True)
    status, found = told[sound.name]
    assert (status, found["eth0"]["mark"], found["firewall on eth0"]["mark"]) == (0, "fine", "fine")
    assert "nobody was heard" in found["racers nearby"]["found"]


def test_the_doctor_tells_who_is_heard_from_who_answers_and_its_remedy_lets_them_in(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(3)
    racing, walled, patient = lan.boxes
    lan.drop(Drop((1,), to=MULTICAST))  # of the walled one only its beacon is heard
    waiting = ("--players", "4", "--port", PORT)
    runs = [racing.bot(tmp_path / "ada", *waiting)]
    runs[0].wait_for(BEGUN_S, event="joined")
    status, found = findings(examine(patient, tmp_path))
    assert status == 0
    assert "answers at 10.77.0.1:40000" in found["a racer in 'Demo'"]["found"]
    assert "by broadcast and multicast" in found["a racer in 'Demo'"]["found"]

    nft(racing, FIREWALL.replace("ct state established,related accept", ""))  # deaf altogether
    status, found = findings(examine(patient, tmp_path))
    assert "does not answer" in found["a racer in 'Demo'"]["found"]
    assert "firewall" in found["a racer in 'Demo'"]["remedy"]
    status, found = findings(examine(racing, tmp_path))
    assert (status, found["firewall on eth0"]["mark"]) == (1, "fault"), "nobody can be met"
    remedy = found["firewall on eth0"]["remedy"]
    nft(racing, remedy.partition("nft ")[2].partition(";")[0])
    runs.append(walled.bot(tmp_path / "bob", *waiting))
    meet(runs)


def test_two_doctors_tell_of_a_clock_that_goes_otherwise_and_of_a_way_that_loses_what_is_large(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(2)
    racing, patient = lan.boxes
    ip("-n", racing.name, "link", "set", "eth0", "mtu", "576")  # drops unseen what is larger
    bot = racing.bot(tmp_path / "ada", "--players", "4", "--port", PORT)
    bot.wait_for(BEGUN_S, event="joined")
    there = ("--peer", f"{racing.address}:{PORT}")
    runs = [  # each waits for the other: on a busy machine one may have ended as the other begins
        examine(racing, tmp_path, "--probe", code=WRONG_CLOCK),
        examine(patient, tmp_path, "--probe", *there),
    ]
    wrong, right = (findings(run)[1] for run in runs)
    assert "8 years behind that of 10.77.0.2" in wrong["clock"]["found"]
    assert "8 years ahead of that of 10.77.0.1" in right["clock"]["found"]
    assert "set the one that is wrong" in right["clock"]["remedy"]
    for what in ("a racer in 'Demo'", f"{racing.address}:{PORT}"):
        assert right[what]["mark"] == "doubt"
        assert "lost on its way to 10.77.0.1:40000" in right[what]["found"]
    mended = right[there[1]]["remedy"].partition("on that machine ")[2].partition(",")[0]
    assert mended == "ip link set CARD mtu 1500"

    ip("-n", racing.name, *mended.replace("CARD", "eth0").split()[1:])
    runs = [examine(racing, tmp_path, "--probe"), examine(patient, tmp_path, "--probe", *there)]
    _, right = (findings(run)[1] for run in runs)
    assert "goes as that of 10.77.0.1" in right["clock"]["found"]
    for what in ("a racer in 'Demo'", there[1]):
        assert right[what]["mark"] == "fine", right[what]


UNPRIVILEGED = ("setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin")


def test_two_doctors_who_may_read_no_rules_find_which_ports_a_firewall_keeps_closed(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(2)
    walled, open_one = lan.boxes
    nft(walled, FIREWALL)  # answers come in, so the port of the doctors does as well

    def examine_both() -> list[dict[str, Line]]:
        runs = [
            box.run(
                *(*UNPRIVILEGED, sys.executable, "-m", "racer", "doctor", "--json", "--probe"),
                *("--port", PORT, "--profile", str(tmp_path / box.name)),
            )
            for box in lan.boxes
        ]
        return [findings(run)[1] for run in runs]

    closed, free = examine_both()
    assert "there may be one" in closed["firewall"]["found"]
    told = closed[f"ports tried from {open_one.address}"]
    assert told["mark"] == "doubt"
    assert "10.77.0.2 cannot reach UDP 5353, 40000, 42472 here: a firewall" in told["found"]
    assert "names the rule" in told["remedy"]
    assert free[f"ports tried from {walled.address}"]["mark"] == "fine"

    # As root it is named; so opened, each datagram comes in. The doctors' own port stays shut.
    named = findings(examine(walled, tmp_path))[1]["firewall on eth0"]["remedy"]
    nft(walled, named.partition("nft ")[2].partition(";")[0])
    for found, other in zip(examine_both(), (open_one, walled), strict=True):
        told = found[f"ports tried from {other.address}"]
        assert (told["mark"], "5353, 40000, 42472" in told["found"]) == ("fine", True)
        assert sum(what.startswith("ports tried") for what in found) == 1, "of one machine once"


def test_each_finding_is_one_line_for_people(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    (box,) = make_lan(1).boxes
    within = ["ip", "netns", "exec", box.name, sys.executable, "-m", "racer", "doctor"]
    done = subprocess.run(
        [*within, "--profile", str(tmp_path / "driver"), "--peer", "10.77.0.99:1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert all(line[0] in "✓!✗" for line in done.stdout.splitlines())
    assert json.dumps("10.77.0.99:1")[1:-1] in done.stdout


def test_why_a_typed_address_does_not_answer_is_told_as_it_is(
    make_lan: Callable[[int], Lan],
) -> None:
    typing, bare, walled = make_lan(3).boxes
    nft(walled, FIREWALL)
    reasons = {
        "10.99.0.1": "this machine knows no way there",
        "10.77.0.99": "cannot be reached: gone, or the access point keeps stations apart",
        f"{bare.address}:{PORT}": "is there, and says that no racer listens",
        f"{walled.address}:{PORT}": "does not answer: is a race open there, and UDP 42472 let in?",
    }
    asking = [(typing.racer("races", "--peer", place), place) for place in reasons]
    for run, place in asking:
        assert run.finish(30) == 0
        assert run.process.stderr is not None
        said = run.process.stderr.read().decode()
        assert f"racer: {place.partition(':')[0]} {reasons[place]}" in said
