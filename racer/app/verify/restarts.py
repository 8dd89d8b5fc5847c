"""Whether what was shown as settled is there for ever: over restarts, splits and merges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from racer.app.verify.lives import Life, decreed_lines, decrees_told
from racer.app.verify.settled import check_settled
from racer.app.verify.shown_lines import check_lines
from racer.app.verify.verdict import Verdict

AGED_S: Final = 12 * 60 * 60.0
"""After so long by the clock what a machine kept of a room may count no more (ADR 72)."""


def check_restarts(lives: Sequence[Life]) -> Verdict:
    """Judge whether what a node showed once is shown by it again, after whatever befell it.

    A life that was in the room for less than SETTLE_S proves nothing, and one that began from a
    checkpoint shows the newest lines alone.

    Raises:
        LogError: a line lacks what it should say.
    """
    verdict = Verdict("what was shown is there after whatever happened")
    decrees = {
        lineage: decrees_told(decreed_lines(lives, lineage)) for lineage in _folded_in(lives)
    }
    logs = _by_log(lives)
    rooms = [_rooms_of(node_lives) for node_lives in logs]
    for node_lives, since in zip(logs, rooms, strict=True):
        check_lines(node_lives, since, decrees, verdict)
    silent = _nodes_without_log(lives)
    if silent:
        verdict.apart = f"what all had seen: no log of {', '.join(silent)}"
    else:
        check_settled(logs, rooms, verdict)
    return verdict


def _by_log(lives: Sequence[Life]) -> list[list[Life]]:
    logs: dict[int, list[Life]] = {}
    for life in lives:
        logs.setdefault(life.log, []).append(life)
    return list(logs.values())


def _folded_in(lives: Sequence[Life]) -> list[str]:
    return sorted({line.lineage for life in lives for line in life.told("chat_folded")})


def _rooms_of(lives: Sequence[Life]) -> list[int]:
    """Return for each life of a node from which one on it has been in the same room."""
    since: list[int] = []
    for number, life in enumerate(lives):
        is_other = not number or _is_in_another_room(life, lives[number - 1])
        since.append(number if is_other else since[-1])
    return since


def _is_in_another_room(life: Life, before: Life) -> bool:
    """Whether a node need not find what it left: on purpose, long ago, or as another race.

    Or its disk did not keep that, or could not be read, and it said so. However long ago, it must
    find it where it says itself that what it kept counts.
    """
    rooms = {line.word("race") for each in (before, life) for line in each.told("joined")}
    is_lost = before.forgets or life.has_lost
    if is_lost or any(before.told("left")) or len(rooms) > 1:
        return True
    counts = any(line.record.fields.get("kept") is True for line in life.told("revived"))
    return life.lines[0].at_s - before.ends_s > AGED_S and not counts


def _nodes_without_log(lives: Sequence[Life]) -> list[str]:
    """Return who was there and gave no log."""
    there = {line.word("node") for life in lives for line in life.told("peer")}
    return sorted(there - {life.node for life in lives})
