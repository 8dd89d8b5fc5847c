"""What all nodes had been shown of a race: it never changes, and is shown again with the race."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import inf
from typing import Final, TypeAlias, final

from racer.app.verify.lives import SETTLE_S, Life, PrintedLine
from racer.app.verify.verdict import Verdict

Thing: TypeAlias = tuple[str, str, str, int]
"""What is told of a race: in which event, of which race, of whose car, of which lap or the like."""

CHANGED: Final = {
    "lap": "a lap that all had seen has another time",
    "finish": "a finish that all had seen has another time",
    "pickup": "a canister that all had seen granted went to another",
    "results": "results that all had seen official are others",
}
GONE: Final = {
    "lap": "a lap that all had seen is gone",
    "finish": "a finish that all had seen is gone",
    "pickup": "a canister that all had seen granted is nobody's",
    "results": "results that all had seen official are gone",
}
RACE_GONE: Final = "a race that all had seen is gone"
OF_RACES: Final = (*CHANGED, "control")
"""What names the race that it is of."""
ON_TRACK: Final = {"racing", "finished"}
"""Phases in which a room still has all laps of its race; a checkpoint in the lobby drops them."""
IDLE: Final = {"lobby", "finished"}
"""Phases of a room that begins no other race: it shows the one before, or its results."""


@final
@dataclass(frozen=True, slots=True)
class Telling:
    """That a node told of a thing in a lineage, and what it said of it.

    Args:
        life: which of the node's.
        says: what must be the same whoever tells it.
        until_s: when it entered another lineage, or its next life; a node that is off keeps it.
    """

    life: int
    says: tuple[object, ...]
    line: PrintedLine
    until_s: float

    def holds_at(self, at_s: float, lineage: str) -> bool:
        return self.line.lineage == lineage and self.line.at_s <= at_s <= self.until_s


def check_settled(
    logs: Sequence[Sequence[Life]], rooms: Sequence[Sequence[int]], verdict: Verdict
) -> None:
    """Judge what all nodes showed alike at one moment, in one lineage: it is settled.

    All that goes on from there begins with it. What was shown in parts of a split, or in one after
    the other, may be taken back where one of them yields; but no lap of a car that its owner alone
    drove in one go.

    Args:
        logs: the lives of each node; all nodes that were there.
        rooms: for each life, from which one on the node has been in the same room.

    Raises:
        LogError: a line lacks what it should say.
    """
    told, unsteady = [_tellings_of(lives) for lives in logs], unsteady_cars([*chain(*logs)])
    settled: list[dict[Thing, Telling]] = [{} for _ in logs]
    for thing in sorted(set.intersection(*map(set, told))):
        tellings = [each[thing] for each in told]
        if thing[0] in {"lap", "finish"} and thing[1:3] not in unsteady:
            firsts = [each[0] for each in tellings]  # all say the same, or laps have two times
        else:
            firsts = _held_at_once(tellings)
        for each, mine, since, first in zip(told, settled, rooms, firsts, strict=False):
            mine[thing] = first
            for later in each[thing][each[thing].index(first) + 1 :]:
                if later.says != first.says and since[later.life] <= first.life:
                    verdict.broken(CHANGED[thing[0]], first.line, later.line)
    for lives, since, mine in zip(logs, rooms, settled, strict=True):
        verdict.judged += len(mine)
        for number, life in enumerate(lives):
            here = {
                thing: first
                for thing, first in mine.items()
                if since[number] <= first.life < number
            }
            if life.is_long and here:
                _check_shown_again(life, lives[since[number] : number], here, verdict)


def unsteady_cars(lives: Sequence[Life]) -> set[tuple[str, str]]:
    """Return which cars, by race and owner, may have driven a lap twice.

    Others drove it too, as a side of a split may decree, or its owner was killed and came back into
    it. Of two times of such a lap the lesser counts; who had shown the other shows it no more.
    """
    found = {
        (line.word("race"), line.word("car")) for life in lives for line in life.told("control")
    }
    resumed = (life for life in lives if any(life.told("resumed")))
    return found | {
        (line.word("race"), life.node)
        for life in resumed
        for line in life.told("lap", "finish", "pickup", "results")
    }


def _held_at_once(told: Sequence[Sequence[Telling]]) -> list[Telling]:
    """Return by which telling of each node a thing was settled first; empty: it never was."""
    for newest in sorted(chain.from_iterable(told), key=lambda telling: telling.line.at_s):
        at_s, lineage = newest.line.at_s, newest.line.lineage
        held = [
            next((each for each in reversed(mine) if each.holds_at(at_s, lineage)), None)
            for mine in told
        ]
        found = [each for each in held if each is not None and each.says == newest.says]
        if len(found) == len(told):
            return found
    return []


def _tellings_of(lives: Sequence[Life]) -> dict[Thing, list[Telling]]:
    """Return what one node told of each thing, in its order."""
    found: dict[Thing, list[Telling]] = {}
    for number, life in enumerate(lives):
        ends = [ends_s for _, _, ends_s in life.stays()]
        ends[-1] = lives[number + 1].lines[0].at_s if number + 1 < len(lives) else inf
        for line in life.told(*CHANGED):
            if line.event == "pickup" and line.is_null("node"):
                continue  # taken back: nobody's again
            if line.event == "results" and line.record.fields.get("official") is not True:
                continue
            thing, says = thing_told(line)
            found.setdefault(thing, []).append(Telling(number, says, line, ends[line.stay]))
    return found


def thing_told(line: PrintedLine) -> tuple[Thing, tuple[object, ...]]:
    """Return of what a line tells, and what it says of it.

    Raises:
        LogError: it lacks that.
    """
    race = line.word("race")
    match line.event:
        case "lap":
            thing = ("lap", race, line.word("node"), line.number("lap"))
            return thing, (line.number("ms"), line.number("race_ms"))
        case "finish":
            return ("finish", race, line.word("node"), 0), (line.number("ms"),)
        case "pickup":
            thing = ("pickup", race, str(line.number("id")), line.number("generation"))
            return thing, (line.word("node"),)
        case _:
            return ("results", race, "", 0), (line.word("digest"),)


def _check_shown_again(
    life: Life, before: Sequence[Life], settled: Mapping[Thing, Telling], verdict: Verdict
) -> None:
    """A life shows again what was settled of the race that it finds its room in."""
    known = [line.word("race") for each in before for line in each.told(*OF_RACES)]
    found = {line.word("race") for line in life.told(*OF_RACES)}
    phases = [line.word("phase") for line in life.told("phase")]
    if known[-1] not in found and _found_idle(life, known):
        lost = next((telling for thing, telling in settled.items() if thing[1] == known[-1]), None)
        if lost is not None:
            verdict.broken(RACE_GONE, lost.line, life.lines[-1])
    shown = set(_tellings_of([life]))
    begun = {thing[:3] for thing in shown}
    on_track = bool(phases) and phases[0] in ON_TRACK
    for thing, first in settled.items():
        event, race, *_ = thing
        must = race in found and (event == "results" or on_track or thing[:3] in begun)
        if must and thing not in shown:
            verdict.broken(GONE[event], first.line, life.lines[-1])


def _found_idle(life: Life, known: Sequence[str]) -> bool:
    """Tell whether a life found its room between two races, of which the next was not begun yet.

    It then shows the race that is over, unless another one was begun and ended without the node.

    Args:
        known: races that it was in before.
    """
    began_s = inf
    for line in life.told("phase", *OF_RACES):
        if line.event != "phase":
            if line.word("race") not in known:
                return False
        elif line.word("phase") not in IDLE:
            began_s = line.at_s
            break
    began_s = min(began_s, life.ends_s)
    return life.joined_s is not None and began_s - life.joined_s > SETTLE_S
