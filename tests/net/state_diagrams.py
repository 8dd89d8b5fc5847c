"""Draws the tables of states as the diagrams that docs/PROTOCOL.md shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from net.cluster.election import ELECTION
from net.cluster.failure_detector import HEALTH
from net.cluster.fork import FORK
from net.node.lineage.joining import PLACE
from net.node.lineage.lineage_readout import MEMBERSHIP
from net.state_table import StateTable
from net.transport.session_states import SESSION

TABLES: Final[Mapping[str, StateTable[Any, Any]]] = {
    "net/transport/session_states.py": SESSION,
    "net/cluster/failure_detector.py": HEALTH,
    "net/cluster/election.py": ELECTION,
    "net/cluster/fork.py": FORK,
    "net/node/lineage/lineage_readout.py": MEMBERSHIP,
    "net/node/lineage/joining.py": PLACE,
}


def draw(where: str, table: StateTable[Any, Any]) -> str:
    """Return a table in Mermaid's words, one arrow between two states for all that leads there."""
    lines = ["stateDiagram-v2", f"%% drawn from {where}"]
    ways: dict[tuple[Enum, Enum], list[str]] = defaultdict(list)
    for (state, event), following in table.transitions.items():
        ways[state, following].append(event.value)
    states = list(dict.fromkeys(each for way in ways for each in way))
    lines += [f'state "{each.value}" as {label(each)}' for each in states if " " in each.value]
    lines.append(f"[*] --> {label(table.initial)}")
    for (state, following), events in ways.items():
        lines.append(f"{label(state)} --> {label(following)}: {' / '.join(events)}")
    begins = {state for state, _ in ways}
    lines += [f"{label(each)} --> [*]" for each in states if each not in begins]
    return "\n".join(lines)


def label(state: Enum) -> str:
    return state.name.lower()


if __name__ == "__main__":  # to put into the document what a changed table looks like
    for place, each_table in TABLES.items():
        print(f"```mermaid\n{draw(place, each_table)}\n```\n")
