"""One story from what many told. How a life ended is judged from what the others say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from racer.app.timeline.life_story import GONE, NameOf, marks_of, tenures_of, verdicts_of
from racer.app.timeline.story import (
    Ending,
    Lane,
    Lifespan,
    Mark,
    MarkKind,
    PeerVerdict,
    PhaseSpan,
    Story,
)

if TYPE_CHECKING:
    from racer.app.log_reading import Log

SUSPECT_S: Final = 0.15  # net.limits.SUSPECT_NS: so long before a suspicion its node was heard
FAREWELL_S: Final = 1.0  # who leaves may still print a line after the others saw it leave
GREETING_S: Final = 0.25  # others may meet the next life so long before its own first line


def tell(logs: Sequence[Log], zero_s: float | None = None, to_s: float | None = None) -> Story:
    """Join what the logs say into one story; nodes stand in the order of their first lives.

    Args:
        logs: one or more.
        zero_s: what counts as 0; without it, the time of the first record.
        to_s: where the story ends; without it, with the last record.

    Raises:
        LogError: an event lacks a field that it must have; the message names file and line.
    """
    first_s = min(log.starts_s for log in logs) if zero_s is None else zero_s
    last_s = max(log.ends_s for log in logs) if to_s is None else to_s
    whole = sorted((_rebased_log(log, first_s) for log in logs), key=lambda log: log.starts_s)
    lives: dict[str, list[Log]] = {}
    for log in whole:
        lives.setdefault(log.node or log.name, []).append(log)
    names = {node: own[0].name for node, own in lives.items()}
    said = {node: [verdicts_of(log) for log in own] for node, own in lives.items()}
    lanes: list[Lane] = []
    for node, own in lives.items():
        others = [verdicts for by, all_said in said.items() if by != node for verdicts in all_said]
        about = [[verdict for verdict in each if verdict.of == node] for each in others]
        told = _lives_of_node(own, about, lambda other: names.get(other, other))
        lanes.append(Lane(node, names[node], told))
    to = round(last_s - first_s, 6)
    return Story(tuple(lanes), _room_phases(whole, to), to, first_s)


def _rebased_log(log: Log, zero_s: float) -> Log:
    """Return a log in seconds of the story, to the microsecond."""

    def since(at_s: float) -> float:
        return round(at_s - zero_s, 6)

    records = tuple(replace(record, at_s=since(record.at_s)) for record in log.records)
    return replace(log, records=records, starts_s=since(log.starts_s), ends_s=since(log.ends_s))


def _lives_of_node(
    own: list[Log], about: list[list[PeerVerdict]], name_of: NameOf
) -> tuple[Lifespan, ...]:
    found: list[Lifespan] = []
    nexts = [*(log.starts_s for log in own[1:]), float("inf")]
    for log, next_s in zip(own, nexts, strict=True):
        ending, to_s = _judge_ending(log, about, next_s)
        marks = marks_of(log, name_of)
        if found:
            marks = (Mark(log.starts_s, MarkKind.STARTED, "starts again"), *marks)
        tenures = tenures_of(log, to_s)
        found.append(Lifespan(log.starts_s, to_s, ending, tenures, verdicts_of(log), marks))
    return tuple(found)


def _judge_ending(log: Log, about: list[list[PeerVerdict]], next_s: float) -> tuple[Ending, float]:
    """Judge how a life ended, and when.

    Args:
        about: what each other life said of this node.
        next_s: when the node's next life begins; infinity if there is none.
    """
    if log.ended:
        return Ending(log.ended), log.ends_s
    last_s = log.ends_s
    left: list[float] = []
    silent: list[float] = []
    for said in about:
        later = [v for v in said if last_s - FAREWELL_S <= v.at_s < next_s]
        while later and later[-1].state == "alive" and later[-1].at_s > next_s - GREETING_S:
            later.pop()  # that was the next life
        if later and later[-1].state == "left":
            left.append(later[-1].at_s)
        elif later and later[-1].state == "down" and later[-1].at_s >= last_s:
            silent.append(_last_heard(later))
    if left:
        return Ending.LEFT, max(last_s, min(left))
    if silent:
        return Ending.CRASHED, max(last_s, min(silent))
    official = any(
        record.event == "results" and record.fields.get("official") is True
        for record in log.records
    )
    return (Ending.LEFT if official else Ending.CRASHED), last_s


def _last_heard(verdicts: list[PeerVerdict]) -> float:
    """Return when a node was last heard that was held for down at the end."""
    since_s = verdicts[-1].at_s
    for verdict in reversed(verdicts):
        if verdict.state not in {"suspect", *GONE}:
            break
        since_s = verdict.at_s
    return round(since_s - SUSPECT_S, 6)


def _room_phases(logs: list[Log], to_s: float) -> tuple[PhaseSpan, ...]:
    """Return the phases of the room, each from when the first node saw it."""
    seen = sorted(
        (record.at_s, record.text("phase"))
        for log in logs
        for record in log.records
        if record.event == "phase"
    )
    order = ("lobby", "countdown", "racing", "finished")
    firsts: list[tuple[float, str]] = []
    for at_s, name in seen:
        if name not in order or (firsts and firsts[-1][1] == name):
            continue
        forward = not firsts or (order.index(name) - order.index(firsts[-1][1])) % len(order) == 1
        if forward:
            firsts.append((at_s, name))
    ends = [*(at_s for at_s, _ in firsts[1:]), to_s][: len(firsts)]
    return tuple(PhaseSpan(name, at_s, end) for (at_s, name), end in zip(firsts, ends, strict=True))
