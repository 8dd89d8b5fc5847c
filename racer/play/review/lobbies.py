"""Whether what is decreed in a lobby was asked for."""

from __future__ import annotations

from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import COUNTDOWN_NS, REVIEW_CLOCK_NS, STALE_NS
from racer.play.review.evidence import Evidence, Misruling
from racer.play.room.facts import Facts
from racer.play.room.messages import Grid, Setup
from racer.play.room.polls import value_of, value_of_vote
from racer.play.room.referee import next_grid
from racer.play.room.room import Room
from racer.play.room.votes import READY, SETTINGS, START


def judge_setup(setup: Setup, room: Room, evidence: Evidence) -> Misruling | None:
    """Hold a change of what is raced next against what was voted for.

    For what most are is not asked: who is here, each sees in its own way, and a voter's newest word
    may have come here first. A circuit that somebody lacks may be replaced without a vote.
    """
    if room.setup is None:
        return None
    was, race = room.setup.race, setup.race
    lacking = any(evidence.facts.share_of(was.content, node) < 1.0 for node in room.seats)
    changed = {name for name in SETTINGS if value_of(was, name) != value_of(race, name)}
    unasked = {name for name in changed if not _may_be_voted(name, race, room, evidence)}
    founded = not unasked or (lacking and unasked <= {"track", "laps"})
    return None if founded and setup.players == room.setup.players else Misruling.UNFOUNDED


def _may_be_voted(name: str, race: RaceSetup, room: Room, evidence: Evidence) -> bool:
    """Whether somebody with a number, or the host, voted for what a setting is to be.

    Of each we have the newest vote. Where that is of late, who decrees may have taken one before
    it; who was just put out may still have had its number; and what they said who signed two things
    in one place need not have come to all.
    """
    votes = evidence.facts.votes.on(name, room.lobby)
    voters = room.seats.keys() | room.removed.keys() | {room.host}
    if not voters.isdisjoint(evidence.convicted):
        return True
    return any(
        value_of_vote(name, vote) == value_of(race, name)
        or not evidence.is_long_said(node, vote.race_us)
        for node, vote in votes.items()
        if node in voters
    )


def judge_grid(grid: Grid, room: Room, evidence: Evidence) -> Misruling | None:
    """Hold a start against the clock, against what people asked for, and against the decrees."""
    green_ns = 1000 * grid.green_us
    if green_ns > evidence.race_ns + COUNTDOWN_NS + REVIEW_CLOCK_NS:
        return Misruling.FUTURE
    if green_ns < evidence.race_ns - STALE_NS:
        return Misruling.STALE
    if _is_unasked(room, evidence.facts):
        return Misruling.UNFOUNDED
    if next_grid(room, grid.cars) != (grid.cars, grid.qualifying):
        return Misruling.OUT_OF_ORDER
    return None if _are_kinds_theirs(grid, room, evidence) else Misruling.UNFOUNDED


def _are_kinds_theirs(grid: Grid, room: Room, evidence: Evidence) -> bool:
    """Whether each drives the kind of car that it asked for long ago, where that is its last word.

    What they said who signed two things in one place need not have come to all.
    """
    facts, kinds = evidence.facts, dict(zip(grid.cars, grid.kinds, strict=False))
    for node, number in room.seats.items():
        said_us = facts.entered_us(node)
        if number not in grid.cars or said_us is None or node in evidence.convicted:
            continue
        is_told = kinds.get(number, 0) == facts.kind_of(node)
        if not is_told and evidence.is_long_said(node, said_us):
            return False
    return True


def _is_unasked(room: Room, facts: Facts) -> bool:
    """Whether a race among people begins that none of them asked for.

    The first one of a room, that of bots, and that behind its qualifying begin by themselves.
    """
    entries = [facts.entry_of(node) for node in room.seats]
    alone = room.round == 0 or any(entry is None or entry.bot for entry in entries)
    if alone or (room.race is not None and room.race.qualifying):
        return False
    return not any(facts.votes.on(what, room.lobby) for what in (START, READY))
