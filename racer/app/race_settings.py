"""What a room may choose of a race beside circuit and laps: a row for each setting.

The command line takes its options from here, the lobby its keys and words. A new setting is a field
of `RaceSetup`, a row here, and the place where it acts.
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
    key: str  # of the lobby: a small letter
    label: str  # what the key is for, and what is shown while it is on

    def turned(self, setup: RaceSetup) -> RaceSetup:
        """Return what the key makes of a setup."""
        return _changed(setup, {self.field: not getattr(setup, self.field)})

    def shown(self, setup: RaceSetup) -> str:
        """Return what people read; nothing while it is off."""
        return self.label if getattr(setup, self.field) else ""

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
    key: str  # of the lobby: a small letter
    label: str  # what the key is for
    values: type[Mode | GridOrder]

    def turned(self, setup: RaceSetup) -> RaceSetup:
        """Return what the key makes of a setup: the value after its own; it goes round."""
        values = list(self.values)
        after = values.index(getattr(setup, self.field)) + 1
        return _changed(setup, {self.field: values[after % len(values)]})

    def shown(self, setup: RaceSetup) -> str:
        """Return what people read."""
        value: Mode | GridOrder = getattr(setup, self.field)
        return value.label

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
        key="f",
        label="mode",
        values=Mode,
    ),
    Pick(
        field="grid",
        options=("--grid",),
        help="who stands in front",
        key="g",
        label="grid",
        values=GridOrder,
    ),
    Switch(
        field="rubber_band",
        option="--band",
        help="bots far ahead of all people ease off",
        key="r",
        label="rubber band",
    ),
    Switch(
        field="sandbox",
        option="--sandbox",
        help="in the network view (F3) each may kill, cut off or freeze the own node",
        key="x",
        label="sandbox",
    ),
)


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
