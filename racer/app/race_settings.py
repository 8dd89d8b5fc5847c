"""What a room may choose of a race beside circuit and laps: a row for each setting.

The command line takes its options from here, the lobby its choices. A new setting is a field of
`RaceSetup`, a row here, and the place where it acts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from racer.core.rules.grid_order import GridOrder
from racer.core.rules.modes import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racer.core.rules.race_setup import RaceSetup


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A setting that is on or off, and off where nobody chooses."""

    field: str  # of `RaceSetup`
    option: str  # of the command line
    help: str
    label: str  # what it is called, and what is shown while it is on

    @property
    def choices(self) -> tuple[str, ...]:
        """What one chooses from."""
        return ("off", "on")

    def at(self, setup: RaceSetup) -> int:
        """Return which of the choices a setup has."""
        return int(getattr(setup, self.field))

    def chosen(self, setup: RaceSetup, at: int) -> RaceSetup:
        """Return a setup with one of the choices."""
        return _changed(setup, {self.field: bool(at)})

    def shown(self, setup: RaceSetup) -> str:
        """Return what people read; nothing while it is off."""
        return self.label if getattr(setup, self.field) else ""

    def meaning(self, setup: RaceSetup) -> str:
        """Return what it does, as a sentence."""
        return self.help

    def words(self, setup: RaceSetup) -> list[str]:
        """Return what of a command line makes a setup like this."""
        return [self.option] if getattr(setup, self.field) else []

    def value_of(self, parsed: bool) -> bool:
        """Return the value that a command line says."""
        return parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A setting that is one of several, the first of them where nobody chooses."""

    field: str  # of `RaceSetup`
    options: tuple[str, ...]  # of the command line; behind the first its former names
    help: str
    label: str  # what it is called
    values: type[Mode | GridOrder]
    meanings: tuple[str, ...]  # of the values, in their order

    @property
    def choices(self) -> tuple[str, ...]:
        """What one chooses from."""
        return tuple(value.label for value in self.values)

    def at(self, setup: RaceSetup) -> int:
        """Return which of the choices a setup has."""
        return list(self.values).index(getattr(setup, self.field))

    def chosen(self, setup: RaceSetup, at: int) -> RaceSetup:
        """Return a setup with one of the choices."""
        return _changed(setup, {self.field: list(self.values)[at]})

    def shown(self, setup: RaceSetup) -> str:
        """Return what people read."""
        value: Mode | GridOrder = getattr(setup, self.field)
        return value.label

    def meaning(self, setup: RaceSetup) -> str:
        """Return what the choice that a setup has does."""
        return self.meanings[self.at(setup)]

    def words(self, setup: RaceSetup) -> list[str]:
        """Return what of a command line makes a setup like this."""
        value: Mode | GridOrder = getattr(setup, self.field)
        return [] if value is next(iter(self.values)) else [self.options[0], value.value]

    def value_of(self, parsed: str) -> Mode | GridOrder:
        """Return the value that a command line says."""
        return self.values(parsed)


RaceSetting: TypeAlias = Switch | Pick

RACE_SETTINGS: Final[tuple[RaceSetting, ...]] = (
    Pick(
        field="mode",
        options=("--mode", "--form"),
        help="what wins the race",
        label="mode",
        values=Mode,
        meanings=(
            "first home wins; then the flag is out for all",
            "the best single lap wins; cars pass through each other",
            "lap after lap the last one goes out, until one is left",
        ),
    ),
    Pick(
        field="grid",
        options=("--grid",),
        help="who stands in front",
        label="grid",
        values=GridOrder,
        meanings=(
            "each race another car stands in front",
            "the places are drawn by lot",
            "who came last in the race before stands in front",
            "two laps against the clock decide who stands in front",
        ),
    ),
    Switch(
        field="rubber_band",
        option="--band",
        help="bots far ahead of all people ease off",
        label="rubber band",
    ),
    Switch(
        field="sandbox",
        option="--sandbox",
        help="lets you break your own part of the network (F3)",
        label="sandbox",
    ),
)


def meaning_of(field: str, setup: RaceSetup) -> str:
    """Return what a setting does, by its field; nothing for what is no setting."""
    return next((each.meaning(setup) for each in RACE_SETTINGS if each.field == field), "")


def option_words(setup: RaceSetup) -> list[str]:
    """Return what of a command line makes a race like this, but for what is so by itself."""
    return [word for setting in RACE_SETTINGS for word in setting.words(setup)]


def with_options(setup: RaceSetup, parsed: Mapping[str, Any]) -> RaceSetup:
    """Return the setup with all settings as a command line says, by field."""
    return _changed(
        setup, {setting.field: setting.value_of(parsed[setting.field]) for setting in RACE_SETTINGS}
    )


def _changed(setup: RaceSetup, values: dict[str, Any]) -> RaceSetup:
    return replace(setup, **values)
