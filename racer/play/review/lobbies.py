"""Whether what is decreed in a lobby was asked for."""

from __future__ import annotations

from racer.play.limits import COUNTDOWN_NS, REVIEW_CLOCK_NS, STALE_NS
from racer.play.review.evidence import Evidence, Misruling
from racer.play.room.facts import Facts
from racer.play.room.messages import Grid, Setup
from racer.play.room.room import Room
from racer.play.room.votes import READY, SETTINGS, START


def judge_setup(setup: Setup, room: Room, facts: Facts) -> Misruling | None:
    """Hold a change of what is raced next against what was voted on at all.

    For what most are is not asked: who is here, each sees in its own way, and a voter's newest word
    may have come here first. A circuit that somebody lacks may be replaced without a vote.
    """
    if room.setup is None:
        return None
    was, race = room.setup.race, setup.race
    lacking = any(facts.share_of(was.content, node) < 1.0 for node in room.seats)
    changed = {name for name in SETTINGS if getattr(was, name) != getattr(race, name)}
    changed |= {"track"} if was.content != race.content else set()
    unasked = {name for name in changed if not facts.votes.on(name, room.lobby)}
    founded = not unasked or (lacking and unasked <= {"track", "laps"})
    return None if founded and setup.players == room.setup.players else Misruling.UNFOUNDED


def judge_grid(grid: Grid, room: Room, evidence: Evidence) -> Misruling | None:
    """Hold a start against the clock, and against what people asked for."""
    green_ns = 1000 * grid.green_us
    if green_ns > evidence.race_ns + COUNTDOWN_NS + REVIEW_CLOCK_NS:
        return Misruling.FUTURE
    if green_ns < evidence.race_ns - STALE_NS:
        return Misruling.STALE
    return Misruling.UNFOUNDED if _is_unasked(room, evidence.facts) else None


def _is_unasked(room: Room, facts: Facts) -> bool:
    """Whether a race among people begins that none of them asked for.

    The first one of a room, that of bots, and that behind its qualifying begin by themselves.
    """
    entries = [facts.entry_of(node) for node in room.seats]
    alone = room.round == 0 or any(entry is None or entry.bot for entry in entries)
    if alone or (room.race is not None and room.race.qualifying):
        return False
    return not any(facts.votes.on(what, room.lobby) for what in (START, READY))
