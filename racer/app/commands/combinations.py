"""Options that have no effect together: asked for, they are refused, and not passed over."""

from __future__ import annotations

from typing import Final

from racer.app.commands.parser import Ineffective
from racer.app.race_settings import RACE_SETTINGS, Switch
from racer.core.rules.modes import Mode

_SETTINGS: Final = tuple(
    setting.option if isinstance(setting, Switch) else setting.options[0]
    for setting in RACE_SETTINGS
)
_DRAWING: Final = ("--timeline", "--messages", "--from", "--to", "--force")
_LOGS: Final = "--logs"
_OF_RACES: Final = ("--laps", "--loss", "--faults", "--track", *_SETTINGS)

BOT: Final = (
    Ineffective(
        ("--track", "--laps", "--players", "--host", *_SETTINGS),
        lambda asked: asked.join,
        "with --join",
        "the room that is joined says what is raced",
    ),
    Ineffective(("--open",), lambda asked: asked.join, "with --join", "that opens no race"),
)

SIMULATE: Final = (
    Ineffective(
        ("--nodes", *_OF_RACES, _LOGS, *_DRAWING),
        lambda asked: asked.contest,
        "with --contest",
        "that has no cars, and each seed draws nodes and faults",
    ),
    Ineffective(
        (*_OF_RACES, "--air", "--contest", "--trace", "--json", "--jobs", _LOGS, *_DRAWING[1:4]),
        lambda asked: asked.explore,
        "with --explore",
        "that has members alone, without cars and faults",
    ),
    Ineffective(
        _DRAWING,
        lambda asked: asked.trace is not None,
        "with --trace",
        "a seed is told or drawn; '--trace messages' tells datagrams",
    ),
    Ineffective(
        ("--json", "--jobs", _LOGS),
        lambda asked: asked.trace is not None,
        "with --trace",
        "that tells one seed in lines for people",
    ),
    Ineffective(
        _DRAWING[1:],
        lambda asked: asked.timeline is None,
        "without --timeline",
        "it says what is drawn; give --timeline SVG",
    ),
    Ineffective(
        ("--json", "--jobs", _LOGS),
        lambda asked: asked.timeline is not None,
        "with --timeline",
        "that draws one seed",
    ),
    # Only here: whoever enters the room of a bot may choose another mode, and then they count.
    Ineffective(
        ("--laps",),
        lambda asked: bool(Mode(asked.mode).rules.laps_told),
        "in a race of that --mode",
        "its laps are not chosen",
    ),
    Ineffective(
        ("--grid",),
        lambda asked: Mode(asked.mode).rules.alone,
        "in a race of that --mode",
        "all start from the first place",
    ),
)
