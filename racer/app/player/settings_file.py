"""Settings as a TOML file that a person may edit: a bad value is told and falls back, alone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from net import NAME_CHARS_MAX, RACE_NAME_CHARS_MAX, UsageError, clean_text
from racer.app.meeting_code import read_peer
from racer.app.window.input.actions import ACTIONS, Action
from racer.app.window.input.bindings import KEYS_MAX
from racer.app.window.input.places import BUTTONS as BUTTON_NAMES
from racer.app.window.input.places import PLACES
from racer.app.window.input.two_drivers import SECOND_KEYS as OF_SECOND
from racer.app.window.ports import (
    ADDRESS_CHARS_MAX,
    ADDRESSES_MAX,
    CAMERAS,
    EYES,
    FRAME_LIMITS,
    HUD_SIDES,
    TEXT_SIZES,
    Settings,
)
from racer.core.tuning import CARS

INTERFACE_CHARS_MAX: Final = 64
KEY_CHARS_MAX: Final = 64  # of a muted player: twice a node id
MUTED_MAX: Final = 64
PASSPHRASES_MAX: Final = 64
PASSPHRASE_CHARS_MAX: Final = 256
TROUBLES_MAX: Final = 8  # sentences about what could not be; of more it is told how many
SHOWN_CHARS_MAX: Final = 40  # of what stands in the file, in such a sentence

KEYS: Final = "keys"
BUTTONS: Final = "buttons"
SECOND_KEYS: Final = "keys-2"
PASSPHRASES: Final = "passphrases"

HEAD: Final = """\
# What you set in racer's window. You may edit it while the window is closed: what cannot be is told
# there and falls back, all else stays. Keys have the names that a US keyboard has in their
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
    if len(value) > MUTED_MAX or any(len(key) > KEY_CHARS_MAX for key in value):
        raise ValueError(f"{MUTED_MAX} keys at most, of {KEY_CHARS_MAX} letters at most")
    return tuple(value)


def _typed_addresses(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > ADDRESSES_MAX:
        raise ValueError(f"a list of {ADDRESSES_MAX} at most")
    for each in value:
        if not isinstance(each, str) or clean_text(each, ADDRESS_CHARS_MAX) != each:
            raise ValueError(f"a list of texts, of {ADDRESS_CHARS_MAX} letters at most")
        try:
            read_peer(each)
        except UsageError as error:
            raise ValueError(f"a list of codes and addresses ({error})") from None
    return tuple(value)


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
    SettingRow("picture", "car_colours", "eyes", _one_of(*EYES), " or ".join(EYES)),
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
    SettingRow("network", "addresses", "addresses", _typed_addresses, "of friends, as you typed"),
)


TABLES: Final = {  # that the file may have, and the keys that may stand in each; None: any
    **{row.table: tuple(one.key for one in ROWS if one.table == row.table) for row in ROWS},
    KEYS: None,
    BUTTONS: None,
    SECOND_KEYS: None,
    PASSPHRASES: None,
}


def read_settings(text: str, usual: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Return what a file says, and what of it could not be, a sentence each.

    Nothing that stands there is passed over in silence, and no sentence tells a passphrase.

    Args:
        text: of the file.
        usual: what is so where the file says nothing that can be.
    """
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers may have too many digits, too
        wrong = "too much in one another" if isinstance(error, RecursionError) else f"{error}"
        return usual, (f"settings.toml cannot be read ({wrong}): all is as at first.",)
    settings, troubles = usual, _name_unknown(told)
    tables = {name: told[name] for name in TABLES if isinstance(told.get(name), dict)}
    for row in ROWS:
        if row.key not in tables.get(row.table, {}):
            continue
        value = tables[row.table][row.key]
        try:
            settings = replace(settings, **{row.field: row.read(value)})
        except (ValueError, TypeError) as error:
            at = f"{row.table}.{row.key}"
            troubles.append(f"settings.toml: {at} is {_quoted_value(value)}; it can be: {error}.")
    keys, bad_keys = _read_bound(KEYS, tables.get(KEYS, {}), PLACES, ACTIONS)
    buttons, bad_buttons = _read_bound(BUTTONS, tables.get(BUTTONS, {}), BUTTON_NAMES, ACTIONS)
    theirs = tables.get(SECOND_KEYS, {})
    second, bad_second = _read_bound(SECOND_KEYS, theirs, PLACES, OF_SECOND)
    words, bad_words = _read_passphrases(tables.get(PASSPHRASES, {}))
    settings = replace(settings, keys=keys, buttons=buttons, second_keys=second, passphrases=words)
    bad_bound = (*bad_keys, *bad_buttons, *bad_second)
    return settings, _bounded_troubles([*troubles, *bad_bound, *bad_words])


def _name_unknown(told: dict[str, Any]) -> list[str]:
    """Return a sentence for all that has a name which no setting has."""
    troubles = []
    for name, table in told.items():
        if name not in TABLES:
            there = ", ".join(TABLES)
            troubles.append(f"settings.toml: {_quoted_value(name)} is no table; there are {there}.")
        elif not isinstance(table, dict):
            troubles.append(f"settings.toml: {name} must be a table: [{name}] above its lines.")
        else:
            known = TABLES[name]
            unknown = () if known is None else [key for key in table if key not in known]
            there = ", ".join(known or ())
            for key in unknown:
                wrong = f"{name} has no {_quoted_value(key)}; it has {there}"
                troubles.append(f"settings.toml: {wrong}.")
    return troubles


def _quoted_value(value: object) -> str:
    """Return what stands in the file, as a sentence may have it."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return clean_text(text[: 2 * SHOWN_CHARS_MAX], SHOWN_CHARS_MAX)


def _bounded_troubles(troubles: list[str]) -> tuple[str, ...]:
    more = len(troubles) - TROUBLES_MAX
    told = f"settings.toml: {more} more things in it cannot be."
    return (*troubles[:TROUBLES_MAX], *((told,) if more > 0 else ()))


def write_settings(settings: Settings) -> str:
    """Return the file that says this."""
    lines, table = [HEAD], ""
    for row in ROWS:
        if row.table != table:
            table = row.table
            lines.append(f"\n[{table}]\n")
        value = getattr(settings, row.field)
        value = CARS[value].key if row.field == "car" else value
        lines.append(f"{row.key} = {_toml_value(value)}{f'  # {row.about}' if row.about else ''}\n")
    tables = (
        (KEYS, settings.keys),
        (BUTTONS, settings.buttons),
        (SECOND_KEYS, settings.second_keys),
    )
    for name, bound in tables:
        lines.append(f"\n[{name}]{'  # of a second driver' if name == SECOND_KEYS else ''}\n")
        lines += [f"{action} = {_toml_value(places)}\n" for action, places in bound]
    lines.append(f"\n[{PASSPHRASES}]  # of locked races, that you let this machine remember\n")
    newest = settings.passphrases[-PASSPHRASES_MAX:]
    lines += [f"{_toml_value(race)} = {_toml_value(word)}\n" for race, word in newest]
    return "".join(lines)


def _toml_value(value: object) -> str:
    """Return a value as TOML has it.

    As JSON does, but that TOML has no escapes for halves of letters and no bare U+007F. A lone
    half, which is no letter and which no file of text can hold, becomes U+FFFD.
    """
    value = list(value) if isinstance(value, tuple) else value
    text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


def _read_bound(
    table: str, told: dict[str, Any], known: Mapping[str, int], actions: Collection[Action]
) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], list[str]]:
    """Return the keys of actions by name, and what could not be."""
    bound, troubles = [], []
    known_actions = [action.value for action in actions]
    there = f"; there are {', '.join(known_actions)}" if actions is OF_SECOND else ""
    for action, names in told.items():
        fits = isinstance(names, list) and len(names) <= KEYS_MAX
        if action not in known_actions:
            troubles.append(
                f"settings.toml: {table}.{clean_text(action, SHOWN_CHARS_MAX)} is no action{there}."
            )
        elif not fits or not all(isinstance(name, str) and name in known for name in names):
            wrong = _quoted_value(names)
            troubles.append(f"settings.toml: {table}.{action} is {wrong}; it is as at first.")
        else:
            bound.append((action, tuple(names)))
    return tuple(bound), troubles


def _read_passphrases(told: dict[str, Any]) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Return races and what opens them, and which could not be."""
    words, troubles = [], []
    for race, word in told.items():
        fits = isinstance(word, str) and 0 < len(word) <= PASSPHRASE_CHARS_MAX
        if fits and clean_text(race, RACE_NAME_CHARS_MAX) == race:
            words.append((race, word))
        else:
            wrong = f"the passphrase of {_quoted_value(race)} is forgotten"
            may = f"a race has {RACE_NAME_CHARS_MAX} letters, a passphrase {PASSPHRASE_CHARS_MAX}"
            troubles.append(f'settings.toml: {wrong}; {may} at most, in "".')
    if len(words) > PASSPHRASES_MAX:
        troubles.append(f"settings.toml: only the last {PASSPHRASES_MAX} passphrases are kept.")
    return tuple(words[-PASSPHRASES_MAX:]), troubles
