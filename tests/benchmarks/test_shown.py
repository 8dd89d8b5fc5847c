"""What a power cut takes of what was shown is found; what it may take is not asked for."""

from __future__ import annotations

from typing import Any

from benchmarks.lan.shown import Settled


def chat(index: int, dot: str) -> dict[str, Any]:
    return {"event": "chat", "index": index, "dot": dot}


def lap(number: int, ms: int, race: str = "r") -> dict[str, Any]:
    return {"event": "lap", "race": race, "node": "ada", "lap": number, "ms": ms}


def phase(name: str) -> dict[str, Any]:
    return {"event": "phase", "phase": name}


def pickup() -> dict[str, Any]:
    return {"event": "pickup", "race": "r", "id": 1, "node": "ada", "generation": 0}


def results(digest: str = "d", race: str = "r") -> dict[str, Any]:
    return {"event": "results", "race": race, "official": True, "digest": digest}


def test_a_line_that_one_had_shown_is_lost_where_another_does_not_show_it() -> None:
    settled = Settled()
    settled.take([[chat(0, "a.1.1"), chat(1, "b.1.1")], [chat(0, "a.1.1")]])
    assert settled.lost_in([chat(0, "a.1.1"), chat(1, "b.1.1")]) == []
    assert settled.lost_in([chat(0, "a.1.1")]) == ["line b.1.1"]


def test_a_line_before_a_checkpoint_s_first_need_not_be_shown() -> None:
    settled = Settled()
    settled.take([[chat(0, "a.1.1"), chat(1, "b.1.1"), chat(2, "a.1.2")]])
    later = [chat(1, "b.1.1"), chat(2, "a.1.2")]
    assert settled.lost_in([{"event": "chat_folded", "index": 1, "decree": 9}, *later]) == []
    assert settled.lost_in(later) == ["line a.1.1"]
    assert settled.lost_in([]) == ["line a.1.1", "line b.1.1", "line a.1.2"]


def test_a_lap_that_all_had_shown_stays_as_it_was() -> None:
    settled = Settled()
    settled.take([[lap(1, 900), lap(2, 800)], [lap(1, 900), lap(2, 810)]])
    assert settled.lost_in([lap(1, 900)]) == []
    assert settled.lost_in([lap(1, 901)]) == ["lap 1 of ada in r"]
    assert settled.lost_in([lap(1, 901)], split=True) == []


def test_laps_of_a_race_that_is_over_need_not_be_shown() -> None:
    settled = Settled()
    settled.take([[lap(1, 900), results()]])
    assert settled.lost_in([phase("racing"), lap(1, 900, race="next")]) == []
    assert settled.lost_in([phase("lobby"), phase("countdown")]) == []
    assert settled.lost_in([phase("lobby"), results("e", "next")]) == []


def test_results_that_all_had_shown_are_shown_again_until_the_next_race_begins() -> None:
    settled = Settled()
    settled.take([[lap(1, 900), results()], [lap(1, 900), results()]])
    assert settled.lost_in([phase("lobby"), results()]) == [], "laps are dropped there"
    assert settled.lost_in([phase("lobby")]) == ["results d of r"]
    assert settled.lost_in([phase("finished"), lap(1, 900), results("e")]) == ["results d of r"]
    assert settled.lost_in([phase("finished"), results("e")], split=True) == []


def test_laps_of_a_race_that_is_shown_again_are_all_shown_again() -> None:
    settled = Settled()
    settled.take([[lap(1, 900)], [lap(1, 900), results()]])
    assert settled.lost_in([phase("finished"), results("e")]) == ["lap 1 of ada in r"]
    assert settled.lost_in([phase("racing"), pickup()]) == ["lap 1 of ada in r"]
    assert settled.lost_in([lap(1, 900), phase("racing")]) == []


def test_what_of_results_one_had_not_shown_is_not_asked_for() -> None:
    settled = Settled()
    settled.take([[results()], [lap(1, 900)]])
    assert settled.lost_in([phase("lobby")]) == []
