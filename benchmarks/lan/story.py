"""What the nodes of a room tell, read: who knows what since when. Pure; times in Unix seconds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Line: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A line that the node of a box printed."""

    box: int
    line: Line

    @property
    def t(self) -> float:
        return float(self.line["t"])


@dataclass(slots=True)
class Life:
    """All that one process has told so far."""

    node: str = ""
    synced: bool = False
    lineage: str = ""
    epoch: int = 0
    coordinator: str | None = None
    peers: dict[str, str] = field(default_factory=dict)  # their states
    order: list[str] = field(default_factory=list)  # lines, as decreed

    def take(self, line: Line) -> None:
        match line["event"]:
            case "joined":
                self.node = line["node"]
            case "synced":
                self.synced = True
            case "peer":
                self.peers[line["node"]] = line["state"]
            case "coordinator":
                self.coordinator, self.epoch = line["node"], line["epoch"]
                self.lineage = line["lineage"]
            case "lineage":
                self.synced = False
                self.lineage = line["lineage"]
                self.order.clear()
            case "decree":
                self.lineage = line["lineage"]
                if line["line"] is not None:
                    self.order.append(line["line"])
            case _:
                pass


@dataclass(slots=True)
class Story:
    """A room, as its nodes tell it."""

    told: list[Told] = field(default_factory=list)  # by time
    lives: dict[int, Life] = field(default_factory=dict)  # by box; the present ones

    def take(self, news: Iterable[Told]) -> None:
        """Go on with what came since; within one call in any order."""
        for each in sorted(news, key=lambda told: told.t):
            self.told.append(each)
            take(self.lives, each)

    def between(self, since: float, until: float) -> list[Told]:
        return [each for each in self.told if since <= each.t <= until]


def take(lives: dict[int, Life], told: Told) -> None:
    """Let a box's life go on by a line; another process there is another life."""
    if told.line["event"] == "joined":
        lives[told.box] = Life()
    if told.box in lives:
        lives[told.box].take(told.line)


def summary(life: Life) -> str:
    """Return a life for a person: where it stands, whom it does not hear, how many lines it has."""
    unheard = [f"{node} {state}" for node, state in life.peers.items() if state != "alive"]
    synced = "" if life.synced else ", not synced"
    lines = f"{len(life.order)} lines, {len(set(life.order))} different"
    seat = f"{life.lineage[:4]} epoch {life.epoch} under {life.coordinator}{synced}"
    return f"{life.node}: {seat}, {lines}, {' '.join(unheard)}"


def is_together(lives: Collection[Life]) -> bool:
    """Tell whether all are members of one lineage under one coordinator, and hear all others."""
    nodes = {life.node for life in lives}
    views = {(life.lineage, life.epoch, life.coordinator) for life in lives}
    return (
        len(views) == 1
        and all(life.synced and life.coordinator in nodes for life in lives)
        and all(life.peers.get(node) == "alive" for life in lives for node in nodes - {life.node})
    )


def is_equal(lives: Collection[Life], lines: Collection[str]) -> bool:
    """Tell whether all are together and have these lines, in one order and none twice."""
    if not is_together(lives):
        return False
    shortest = min((life.order for life in lives), key=len)
    size = len(shortest)
    held = set(shortest)
    return (
        held.issuperset(lines)
        and len(held) == size
        and all(life.order[:size] == shortest for life in lives)
    )


def first_time(
    before: Mapping[int, Life],
    told: Iterable[Told],
    since: float,
    holds: Callable[[Collection[Life]], bool],
) -> float | None:
    """Return the time of the first line from `since` on after which something holds.

    Args:
        before: the lives to which `told` happened; not changed.
    """
    lives = deepcopy(dict(before))
    for each in told:
        take(lives, each)
        if each.t >= since and holds(lives.values()):
            return each.t
    return None


def said(told: Iterable[Told]) -> dict[str, float]:
    """Return lines and when they were said."""
    return {each.line["dot"]: each.t for each in told if each.line["event"] == "said"}


def shown_ms(told: Sequence[Told], lines: Mapping[str, float], boxes: int) -> list[float]:
    """Return after how long each line was decreed at all boxes; without those that never were."""
    last: dict[str, float] = {}
    count: dict[str, int] = {}
    for each in told:
        if each.line["event"] != "decree":
            continue
        line = each.line["line"]
        if line in lines:
            last[line] = max(last.get(line, 0.0), each.t)
            count[line] = count.get(line, 0) + 1
    return [1000 * (last[line] - lines[line]) for line in lines if count.get(line, 0) >= boxes]


def known_ms(told: Iterable[Told], node: str, since: float) -> dict[int, float]:
    """Return by box after how long it told that a node is down."""
    first: dict[int, float] = {}
    for each in told:
        line = each.line
        if line["event"] == "peer" and line["node"] == node and line["state"] == "down":
            first.setdefault(each.box, 1000 * (each.t - since))
    return first


def decreed_ms(
    told: Iterable[Told], epoch: int, since: float, *, lines_only: bool
) -> dict[int, float]:
    """Return by box after how long it told of a decree, or a line's, of an epoch above this one."""
    first: dict[int, float] = {}
    for each in told:
        line = each.line
        if line["event"] != "decree" or line["epoch"] <= epoch or each.t < since:
            continue
        if line["line"] is not None or not lines_only:
            first.setdefault(each.box, 1000 * (each.t - since))
    return first


def downs(told: Iterable[Told], running: Collection[str]) -> list[tuple[float, int, str]]:
    """Return verdicts "down" on nodes that ran: when, by which box, on whom."""
    return [
        (each.t, each.box, each.line["node"])
        for each in told
        if each.line["event"] == "peer"
        and each.line["state"] == "down"
        and each.line["node"] in running
    ]


def unheard_ms(told: Iterable[Told], node: str, since: float) -> tuple[int, int, float]:
    """Return at how many boxes a node was suspected, at how many down, and until when, in ms."""
    states: dict[int, set[str]] = {}
    heard = since
    for each in told:
        if each.line["event"] == "peer" and each.line["node"] == node:
            states.setdefault(each.box, set()).add(each.line["state"])
            if each.line["state"] == "alive":
                heard = each.t
    suspected = sum("suspect" in seen for seen in states.values())
    return suspected, sum("down" in seen for seen in states.values()), 1000 * (heard - since)
