"""Races of real processes on a LAN of namespaces: they meet by mDNS, lose machines, and finish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from racer.app.simulation.bullring import NAME
from tests.lan.judging import assert_promises_kept
from tests.lan.lab import Lan, Run, chat, leaderships, needs_lan, official

pytestmark = [*needs_lan, pytest.mark.usefixtures("bullring")]

NAMES = ("ada", "bob", "cleo", "dan", "eve", "fay")
CIRCUIT = ("--track", NAME)


def start(lan: Lan, profiles: Path, players: int, laps: int) -> list[Run]:
    """Start a bot on each box within the same second, all with fresh profiles."""
    words = [*CIRCUIT, "--players", str(players), "--laps", str(laps), "--stats"]
    return [
        box.bot(profiles / name, *words, "--say", f"greetings from {name}")
        for box, name in zip(lan.boxes, NAMES, strict=False)
    ]


def finish(lan: Lan, runs: list[Run], timeout_s: float = 120) -> None:
    """Have all end well, with one table and one chat, and with every promise kept to each life."""
    assert [run.finish(timeout_s) for run in runs] == [0] * len(runs)
    assert len({official(run)["digest"] for run in runs}) == 1
    assert all(chat(run) == chat(runs[0]) for run in runs)
    # Until they met, each may have coordinated over itself, in a lineage of its own.
    assert all(len(nodes) == 1 for nodes in leaderships(runs).values())
    assert_promises_kept(lan)


def test_three_bots_meet_by_mdns_alone_race_and_agree(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    room = make_lan(3)
    runs = start(room, tmp_path, players=3, laps=1)
    finish(room, runs)
    assert len(chat(runs[0])) == 3
    table = official(runs[0])["table"]
    assert [row["laps"] for row in table] == [1, 1, 1]
    assert [row["place"] for row in table] == [1, 2, 3]


def test_a_killed_node_comes_back_into_its_car_on_its_lap(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    room = make_lan(3)
    runs = start(room, tmp_path, players=3, laps=2)
    victim = runs[1]
    node = victim.node
    victim.wait_for(60, event="lap", node=node, lap=1)
    victim.kill()
    again = room.boxes[1].bot(tmp_path / NAMES[1], *CIRCUIT, "--players", "3", "--laps", "2")
    resumed = again.wait_for(10, event="resumed")
    assert resumed["lap"] == 2
    assert resumed["from"]
    finish(room, [runs[0], again, runs[2]])
    row = next(row for row in official(runs[0])["table"] if row["node"] == node)
    assert row["laps"] == 2
    assert row["ms"] is not None


@pytest.mark.long
def test_a_car_goes_on_by_lease_until_its_driver_is_back(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    room = make_lan(3)
    runs = start(room, tmp_path, players=3, laps=2)
    victim = runs[1]
    node = victim.node
    victim.wait_for(60, event="phase", phase="racing")
    victim.kill()
    held = runs[0].wait_for(10, event="control", car=node)  # not in the first seconds of a race
    assert held["driver"] != node
    runs[0].wait_for(40, event="lap", node=node, lap=1)
    again = room.boxes[1].bot(tmp_path / NAMES[1], *CIRCUIT, "--players", "3", "--laps", "2")
    assert again.wait_for(10, event="resumed")["lap"] == 2
    runs[0].wait_for(5, event="control", car=node, driver=node)
    finish(room, [runs[0], again, runs[2]])
    assert [row["laps"] for row in official(runs[0])["table"]] == [2, 2, 2]


@pytest.mark.long
def test_six_bots_lose_two_coordinators_one_right_after_the_other(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    room = make_lan(6)
    runs = start(room, tmp_path, players=6, laps=2)
    runs[0].wait_for(60, event="lap", lap=1)
    for _ in range(2):
        left = [run for run in runs if run.process.poll() is None]
        coordinates = left[0].all("coordinator")[-1]
        epoch, lineage = coordinates["epoch"], coordinates["lineage"]
        victim = next(run for run in left if run.node == coordinates["node"])
        victim.kill()
        for run in left:
            if run is not victim:
                run.wait_for(
                    5,
                    lambda line, e=epoch: line["epoch"] > e,  # type: ignore[misc]
                    event="coordinator",
                    lineage=lineage,  # alone at first, it may have coordinated by a later epoch
                )
    left = [run for run in runs if run.process.poll() is None]
    assert len(left) == 4
    finish(room, left)
    table = official(left[0])["table"]
    assert [row["laps"] for row in table] == [2] * 6  # theirs by lease


def test_a_room_that_loses_power_goes_on_where_it_was(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    room = make_lan(3)
    runs = start(room, tmp_path, players=3, laps=2)
    nodes = [run.node for run in runs]
    laps = [runs[0].wait_for(60, event="lap", node=node, lap=1) for node in nodes]
    written = max(lap["t"] for lap in laps) + 1
    runs[0].wait_for(5, lambda line: line["t"] > written, event="stats")
    for run in runs:
        run.kill()
    again = [
        box.bot(tmp_path / name, *CIRCUIT, "--players", "3", "--laps", "2")
        for box, name in zip(room.boxes, NAMES, strict=False)
    ]
    assert [run.wait_for(30, event="resumed")["lap"] for run in again] == [2, 2, 2]
    finish(room, again)
    table = official(again[0])["table"]
    assert {row["node"] for row in table} == set(nodes)
    assert [row["laps"] for row in table] == [2, 2, 2]
    told = {line["node"]: line["ms"] for line in again[0].all("lap") if line["lap"] == 1}
    assert told == {lap["node"]: lap["ms"] for lap in laps}, "the first laps are those of before"


@pytest.mark.long  # as that of two of whom one comes back
def test_of_two_players_one_is_killed_and_the_other_finishes(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    room = make_lan(2)
    runs = start(room, tmp_path, players=2, laps=1)
    runs[0].wait_for(60, event="phase", phase="racing")
    runs[1].wait_for(60, event="phase", phase="racing")
    runs[1].kill()
    finish(room, [runs[0]])
    # The other one's car was driven on for it.
    table = official(runs[0])["table"]
    assert [row["laps"] for row in table] == [1, 1]
    assert runs[0].wait_for(1, event="control")["driver"] == runs[0].node


def test_of_two_players_one_is_killed_and_comes_back_and_both_finish(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    room = make_lan(2)
    runs = start(room, tmp_path, players=2, laps=2)
    runs[0].wait_for(60, event="phase", phase="racing")
    coordinates = runs[0].all("coordinator")[-1]
    victim = next(run for run in runs if run.node == coordinates["node"])
    other = next(run for run in runs if run is not victim)
    number = runs.index(victim)
    victim.wait_for(60, event="lap", node=victim.node, lap=1)
    victim.kill()
    again = room.boxes[number].bot(
        tmp_path / NAMES[number], *CIRCUIT, "--players", "2", "--laps", "2"
    )
    assert again.wait_for(10, event="resumed")["lap"] == 2
    finish(room, [other, again])
    assert [row["laps"] for row in official(other)["table"]] == [2, 2]


@pytest.mark.long  # as the race of which all sorts of things fail
def test_a_link_cut_for_five_seconds_leaves_one_race(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    room = make_lan(4)
    runs = start(room, tmp_path, players=4, laps=2)
    runs[0].wait_for(60, event="pickup")
    room.cut()
    for run in runs:
        run.wait_for(5, event="peer", state="down")
    cut = min(line["t"] for run in runs for line in run.all("peer") if line["state"] == "down")
    runs[0].wait_for(10, lambda line: line["t"] - cut > 5, event="stats")
    room.heal()
    finish(room, runs)
    assert len(chat(runs[0])) == 4
    assert [row["laps"] for row in official(runs[0])["table"]] == [2, 2, 2, 2]


def test_a_race_is_listed_on_another_machine(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    here, there = make_lan(2).boxes
    bot = here.bot(tmp_path / "ada", "--players", "2")
    bot.wait_for(10, event="phase", phase="lobby")
    listed = there.racer("races", "--wait", "3", "--json")
    assert listed.finish(15) == 0
    (line,) = listed.lines
    shown = {"race": "Demo", "players": 1, "phase": "lobby", "track": "dockyard", "locked": False}
    assert shown.items() <= line.items()
    assert line["apart"] is None
