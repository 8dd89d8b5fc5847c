"""Races over IPv6, and from one stack to the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.lan.lab import Lan, ip, needs_lan, official
from tests.lan.test_networks import meet, start

pytestmark = needs_lan


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
