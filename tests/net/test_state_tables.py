"""The tables by which machines move: the document shows them, and every row of them happens."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from net.cluster.election import ELECTION, ElectionEvent, ElectionState
from net.errors import InvariantError
from net.state_table import StateTable
from tests.net.state_diagrams import TABLES, draw

DOCUMENT = (Path(__file__).parents[2] / "docs" / "PROTOCOL.md").read_text(encoding="utf-8")
each_table = pytest.mark.parametrize(("where", "table"), TABLES.items(), ids=TABLES)


@each_table
def test_the_document_shows_a_table_as_the_code_has_it(
    where: str, table: StateTable[Any, Any]
) -> None:
    drawn = draw(where, table)
    assert f"```mermaid\n{drawn}\n```" in DOCUMENT, f"draw it anew:\n{drawn}"


def test_the_document_shows_no_other_diagrams_of_states() -> None:
    assert len(re.findall(r"^stateDiagram-v2$", DOCUMENT, re.MULTILINE)) == len(TABLES)


@each_table
def test_every_state_is_reached_and_every_event_happens_somewhere(
    where: str, table: StateTable[Any, Any]
) -> None:
    reached = {table.initial}
    while (
        more := {to for (state, _), to in table.transitions.items() if state in reached} - reached
    ):
        reached |= more
    events = {event for _, event in table.transitions}
    states: type[Enum] = type(table.initial)
    named: type[Enum] = type(next(iter(events)))
    assert reached == set(states)
    assert events == set(named)


@each_table
def test_a_diagram_says_of_no_event_that_it_leads_two_ways(
    where: str, table: StateTable[Any, Any]
) -> None:
    told = [(state, event.value) for state, event in table.transitions]
    assert len(told) == len(set(told))


def test_an_event_that_cannot_happen_in_a_state_stops_the_machine() -> None:
    with pytest.raises(InvariantError, match="happened to one that is 'resting'"):
        ELECTION.after(ElectionState.RESTING, ElectionEvent.WON)
