"""Settings as a TOML file that a person may edit: a bad value is told and falls back, alone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from net import NAME_CHARS_MAX, RACE_NAME_CHARS_MAX, clean_text
from racer.app.window.input.actions import ACTIONS
from racer.app.window.input.bindings import KEYS_MAX
from racer.app.window.input.places import BUTTONS, PLACES
from racer.app.window.ports import CAMERAS, FRAME_LIMITS, HUD_SIDES, TEXT_SIZES, Settings
from racer.core.tuning import CARS

INTERFACE_CHARS_MAX: Final = 64
KEY_CHARS_MAX: Final = 64  # of a muted player: twice a node id
MUTED_MAX: Final = 64
PASSPHRASES_MAX: Final = 64
PASSPHRASE_CHARS_MAX: Final = 256

HEAD: Final = """\
# What you set in racer's window. You may edit it while the window is closed: a value that cannot be
# is told there and falls back, all others stay. Keys have the names that a US keyboard has in their
# places; pads have those of an Xbox. Of keys and buttons only what you changed is here.
"""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting in the file."""

    table: str
    key: str
    field: str  # of `Settings`
    read: Callable[[Any], Any]  # raises ValueError for what cannot be
    about: str  # a comment


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1")
    return float(value)


def _driver_name(value: Any) -> str:
    name = clean_text(value, NAME_CHARS_MAX) if isinstance(value, str) else ""
    if not name:
        raise ValueError(f"{NAME_CHARS_MAX} letters at most")
    return name


def _car_index(value: Any) -> int:
    keys = [car.key for car in CARS]
    if value not in keys:
        raise ValueError(", ".join(keys))
    return keys.index(value)


def _interface_name(value: Any) -> str:
    if not isinstance(value, str) or len(value) > INTERFACE_CHARS_MAX:
        raise ValueError("a name or an address of an interface")
    return value


def _one_of(*values: Any) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if value not in values or isinstance(value, bool):
            raise ValueError(", ".join(map(str, values)))
        return value

    return read


def _muted_keys(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        raise ValueError("a list of keys")
    return tuple(key for key in value if len(key) <= KEY_CHARS_MAX)[-MUTED_MAX:]


ROWS: Final = (
    SettingRow("driver", "name", "name", _driver_name, "that you drive under"),
    SettingRow("driver", "car", "car", _car_index, ", ".join(car.key for car in CARS)),
    SettingRow("picture", "full_screen", "full", _flag, ""),
    SettingRow("picture", "hud", "hud", _one_of(*HUD_SIDES), " or ".join(HUD_SIDES)),
    SettingRow(
        "picture", "frame_limit", "frame_limit", _one_of(*FRAME_LIMITS), "pictures a second"
    ),
    SettingRow("picture", "racing_line", "aid", _flag, "is drawn on the road"),
    SettingRow("picture", "text", "text", _one_of(*TEXT_SIZES), " or ".join(TEXT_SIZES)),
    SettingRow("picture", "camera", "camera", _one_of(*CAMERAS), " or ".join(CAMERAS)),
    SettingRow("picture", "decimal_comma", "comma", _flag, "1,5 and not 1.5"),
    SettingRow("picture", "miles", "miles", _flag, "speeds in mph and not in km/h"),
    SettingRow("help", "brakes", "brakes", _flag, "the car brakes before corners by itself"),
    SettingRow("help", "steers", "steers", _flag, "the car is steered in part"),
    SettingRow("sound", "on", "sound", _flag, ""),
    SettingRow("sound", "engine", "engine", _share, "0 to 1"),
    SettingRow("sound", "effects", "effects", _share, "0 to 1: tyres, ground, blows"),
    SettingRow("sound", "interface", "interface_volume", _share, "0 to 1: lights, chat"),
    SettingRow("chat", "autopilot", "autopilot", _flag, "the car drives while you write"),
    SettingRow("chat", "muted", "muted", _muted_keys, "players whom you do not hear"),
    SettingRow("network", "interface", "network", _interface_name, "that races use; empty: all"),
)


def read_settings(text: str, usual: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Return what a file says, and what of it could not be, a sentence each.

    Args:
        text: of the file.
        usual: what is so where the file says nothing that can be.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return usual, (f"settings.toml cannot be read ({error}): all is as at first.",)
    settings, troubles = usual, []
    for row in ROWS:
        table = told.get(row.table, {})
        if not isinstance(table, dict) or row.key not in table:
            continue
        try:
            settings = replace(settings, **{row.field: row.read(table[row.key])})
        except (ValueError, TypeError) as error:
            wrong = json.dumps(table[row.key], default=str, ensure_ascii=False)[:40]
            troubles.append(f"settings.toml: {row.table}.{row.key} is {wrong}; it can be: {error}.")
    keys, bad_keys = _read_bound("keys", told.get("keys", {}), PLACES)
    buttons, bad_buttons = _read_bound("buttons", told.get("buttons", {}), BUTTONS)
    words = _read_passphrases(told.get("passphrases", {}))
    settings = replace(settings, keys=keys, buttons=buttons, passphrases=words)
    return settings, (*troubles, *bad_keys, *bad_buttons)


def write_settings(settings: Settings) -> str:
    """Return the file that says this."""
    lines, table = [HEAD], ""
    for row in ROWS:
        if row.table != table:
            table = row.table
            lines.append(f"\n[{table}]\n")
        value = getattr(settings, row.field)
        value = CARS[value].key if row.field == "car" else value
        lines.append(f"{row.key} = {_toml(value)}{f'  # {row.about}' if row.about else ''}\n")
    for name, bound in (("keys", settings.keys), ("buttons", settings.buttons)):
        lines.append(f"\n[{name}]\n")
        lines += [f"{action} = {_toml(places)}\n" for action, places in bound]
    lines.append("\n[passphrases]  # of locked races, that you let this machine remember\n")
    lines += [f"{_toml(race)} = {_toml(word)}\n" for race, word in settings.passphrases]
    return "".join(lines)


def _toml(value: object) -> str:
    """Return a value as TOML has it: as JSON does, for all that stands here."""
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def _read_bound(
    table: str, told: Any, known: dict[str, int]
) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], list[str]]:
    """Return the keys of actions by name, and what could not be."""
    bound, troubles = [], []
    known_actions = {action.value for action in ACTIONS}
    for action, names in told.items() if isinstance(told, dict) else ():
        fits = isinstance(names, list) and len(names) <= KEYS_MAX
        if action not in known_actions:
            troubles.append(f"settings.toml: {table}.{str(action)[:40]} is no action.")
        elif not fits or not all(isinstance(name, str) and name in known for name in names):
            wrong = json.dumps(names, default=str, ensure_ascii=False)[:40]
            troubles.append(f"settings.toml: {table}.{action} is {wrong}; it is as at first.")
        else:
            bound.append((str(action), tuple(names)))
    return tuple(bound), troubles


def _read_passphrases(told: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(told, dict):
        return ()
    words = [
        (race, word)
        for race, word in told.items()
        if isinstance(word, str)
        and 0 < len(word) <= PASSPHRASE_CHARS_MAX
        and clean_text(race, RACE_NAME_CHARS_MAX) == race
    ]
    return tuple(words[-PASSPHRASES_MAX:])
