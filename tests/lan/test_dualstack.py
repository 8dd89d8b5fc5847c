"""Races over IPv6, and from one stack to the other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.lan.lab import Lan, Line, ip, needs_lan, official
from tests.lan.test_networks import meet, start

pytestmark = needs_lan

CALM_AFTER_S = 2.0
CALM_PPS = 100  # of two in a lobby, who say 20 to 30 a second each


def take_ipv4(lan: Lan) -> None:
    for box in lan.boxes:
        ip("-n", box.name, "-4", "address", "flush", "dev", "eth0")


def test_they_meet_with_link_local_addresses_alone(
    make_lan: Callable[..., Lan], tmp_path: Path
) -> None:
    lan = make_lan(3, ipv6=True)
    take_ipv4(lan)
    meet(start(lan, tmp_path))


def test_who_loses_ipv4_in_a_race_goes_on_over_ipv6_to_the_results(
    make_lan: Callable[..., Lan], tmp_path: Path
) -> None:
    lan = make_lan(2, ipv6=True)
    runs = [
        box.bot(tmp_path / f"driver{number}", "--players", "2", "--laps", "1")
        for number, box in enumerate(lan.boxes)
    ]
    meet(runs)
    for run in runs:
        run.wait_for(20, event="phase", phase="racing")
    take_ipv4(lan)
    assert [run.finish(120) for run in runs] == [0, 0]
    assert official(runs[0])["digest"] == official(runs[1])["digest"]
    assert not any(line["state"] == "down" for run in runs for line in run.all("peer"))


def test_who_was_silent_for_a_moment_is_asked_for_the_way_a_few_times(
    make_lan: Callable[..., Lan], tmp_path: Path
) -> None:
    """Each moved to another stack meanwhile, and asked the other with each answer, for ever."""
    lan = make_lan(2, ipv6=True)
    runs = [
        box.bot(tmp_path / f"driver{number}", "--players", "3", "--stats")
        for number, box in enumerate(lan.boxes)
    ]
    meet(runs)
    since_s = 0.0
    for run, other in (runs, runs[::-1], runs):
        other.pause()
        down = run.wait_for(5, _later(since_s), event="peer", state="down")
        other.go_on()
        back = run.wait_for(5, _later(down["t"]), event="peer", state="alive")
        since_s = back["t"] + CALM_AFTER_S
        run.wait_for(9, partial(_is_calm, since_s), event="stats")


def _is_calm(since_s: float, line: Line) -> bool:
    return bool(line["t"] > since_s and line["tx_pps"] <= CALM_PPS)


def _later(than_s: float) -> Callable[[Line], bool]:
    return lambda line: line["t"] > than_s


WHOM_IT_REACHES = """
import json
from net.runtime.interfaces import list_interfaces
hosts = "100.64.3.4", "fd7a:115c:a1e0::77", "10.9.0.1", "10.10.0.1", "8.8.8.8"
cards = [each for each in list_interfaces() if not each.loopback]
print(json.dumps({"reached": [host for host in hosts if any(c.reaches(host) for c in cards)]}))
"""


def test_who_is_behind_a_route_of_any_table_is_reached_but_by_no_router(
    make_lan: Callable[..., Lan],
) -> None:
    """Tailscale has its routes in table 52."""
    box = make_lan(2, ipv6=True).boxes[0]
    ip("-n", box.name, "address", "add", "fd7a:115c:a1e0::3/128", "dev", "eth0", "nodad")
    for route in ("100.64.0.0/16 dev eth0", "fd7a:115c:a1e0::/48 dev eth0", "default dev eth0"):
        ip("-n", box.name, "route", "add", *route.split(), "table", "52")
    ip("-n", box.name, "route", "add", "throw", "10.10.0.0/16", "table", "52")
    by = ("via", "100.64.0.9", "dev", "eth0", "onlink")
    ip("-n", box.name, "route", "add", "10.9.0.0/16", *by, "table", "52")
    told = box.run(sys.executable, "-c", WHOM_IT_REACHES).wait_for(30)
    assert told["reached"] == ["100.64.3.4", "fd7a:115c:a1e0::77"]
