"""Whether canisters went to one car each time, and to nobody before they were there again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from racer.app.verify.lives import Life, PrintedLine
from racer.app.verify.verdict import Verdict
from racer.core.tuning import PICKUP_RESPAWN_TICKS, TICK_HZ

AWAY_MS: Final = 1000 * PICKUP_RESPAWN_TICKS // TICK_HZ

Appearance: TypeAlias = tuple[str, int, int]
"""A canister at one of the times that it was there: race, canister, generation."""

Held: TypeAlias = dict[Appearance, PrintedLine]


def check_grants(lives: Sequence[Life]) -> Verdict:
    """Judge each canister by itself: its grants are those of one that is taken again and again.

    Raises:
        LogError: a line lacks what it should say.
    """
    verdict = Verdict("a canister goes to one car each time that it is there")
    owners: dict[tuple[str, Appearance], PrintedLine] = {}
    ends: dict[tuple[str, str], tuple[PrintedLine, Held]] = {}
    for life in lives:
        held: Held = {}
        for line in life.told("pickup", "results"):
            if line.event == "results":
                if line.record.fields.get("official") is True:
                    _compare_ends(line, held, ends, verdict)
                continue
            verdict.judged += 1
            _take_grant(line, held, verdict)
            if line.is_null("node"):
                continue
            first = owners.setdefault((line.lineage, appearance_of(line)), line)
            if first.word("node") != line.word("node"):
                verdict.broken("a canister went to two cars at once", first, line)
    return verdict


def appearance_of(line: PrintedLine) -> Appearance:
    """Return which canister a grant is about, and at which of its times.

    Raises:
        LogError: it does not say.
    """
    return line.word("race"), line.number("id"), line.number("generation")


def _take_grant(line: PrintedLine, held: Held, verdict: Verdict) -> None:
    """Follow what one life tells of the canisters."""
    appearance = appearance_of(line)
    if line.is_null("node"):
        held.pop(appearance, None)
        return
    held[appearance] = line
    race, pickup, generation = appearance
    before = held.get((race, pickup, generation - 1))
    if generation > 0 and before is None:
        verdict.broken("a canister is granted again that was not granted before", line)
    elif before is not None and line.number("ms") < before.number("ms") + AWAY_MS:
        verdict.broken("a canister is granted before it is there again", before, line)


def _compare_ends(
    line: PrintedLine,
    held: Held,
    ends: dict[tuple[str, str], tuple[PrintedLine, Held]],
    verdict: Verdict,
) -> None:
    """With the results of a race all its grants are told: they are the same to all."""
    race = line.word("race")
    mine = {appearance: grant for appearance, grant in held.items() if appearance[0] == race}
    first, theirs = ends.setdefault((line.lineage, race), (line, mine))
    for appearance in sorted(mine.keys() | theirs.keys()):
        ours, other = mine.get(appearance), theirs.get(appearance)
        if ours is None and other is not None:
            verdict.broken("a canister's grant is missing where the race is over", other, line)
        elif other is None and ours is not None:
            verdict.broken("a canister's grant is missing where the race is over", ours, first)
        elif ours is not None and other is not None and ours.word("node") != other.word("node"):
            verdict.broken("a canister went to two cars in the end", other, ours)
