"""What a player set is there again the next time, in a file that a person may edit."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.runtime.disk.files import write_file
from racer.app.player.preferences import Preferences
from racer.app.player.settings_file import ROWS, read_settings, write_settings
from racer.app.window.ports import FRAME_LIMITS, HUD_SIDES, Settings

SET = Settings(
    'Zoë "the fox" 東京',
    car=2,
    aid=True,
    sound=False,
    full=True,
    muted=("ab12",),
    autopilot=True,
    passphrases=(("friday", "hüsh = # \\"), ("kim's race", "x")),
    hud="split",
    frame_limit=144,
    engine=0.3,
    keys=(("rescue", ("F5", "R")), ("sound", ())),
    buttons=(("boost", ("Left stick",)),),
)
USUAL = Settings("ada")


def edited(directory: Path, text: str) -> Preferences:
    (directory / "settings.toml").write_text(text, encoding="utf-8")
    return Preferences(directory, "ada")


def test_who_has_set_nothing_has_the_name_of_the_machines_user(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path, "ada")
    assert preferences.settings == USUAL
    assert preferences.trouble == ""
    assert list(tmp_path.iterdir()) == []


def test_what_was_set_is_there_the_next_time_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    Preferences(tmp_path, "ada").settings = SET
    preferences = Preferences(tmp_path, "ada")
    assert (preferences.settings, preferences.trouble) == (SET, "")
    assert (tmp_path / "settings.toml").stat().st_mode & 0o077 == 0


def test_the_file_says_in_words_what_may_stand_there(tmp_path: Path) -> None:
    Preferences(tmp_path, "ada").settings = SET
    text = (tmp_path / "settings.toml").read_text(encoding="utf-8")
    assert text.startswith("# What you set")
    assert tomllib.loads(text)["driver"]["car"] == "bison"
    assert {row.field for row in ROWS} <= set(Settings.__dataclass_fields__)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.field)
def test_a_bad_value_is_told_and_falls_back_and_the_rest_stays(tmp_path: Path, row: object) -> None:
    field = getattr(row, "field")  # noqa: B009
    lines = write_settings(SET).splitlines()
    key = getattr(row, "key")  # noqa: B009
    table = getattr(row, "table")  # noqa: B009
    at = lines.index(f"[{table}]")
    bad = next(k for k in range(at, len(lines)) if lines[k].startswith(f"{key} = "))
    lines[bad] = f"{key} = {{ no = 7 }}"
    preferences = edited(tmp_path, "\n".join(lines))
    usual = getattr(USUAL, field)
    assert preferences.settings == replace(SET, **{field: usual})
    assert f"{table}.{key}" in preferences.trouble


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[keys]\nrescue = ['no such key']", "keys.rescue"),
        ("[keys]\nrescue = 'R'", "keys.rescue"),
        ("[keys]\nfly = ['R']", "keys.fly is no action"),
        ("[buttons]\nboost = ['A', 3]", "buttons.boost"),
    ],
)
def test_keys_that_are_none_are_told_and_as_at_first(tmp_path: Path, line: str, told: str) -> None:
    preferences = edited(tmp_path, f"[driver]\nname = 'Zoë'\n{line}\n")
    assert preferences.settings == Settings("Zoë")
    assert told in preferences.trouble


@pytest.mark.parametrize("text", ["[", "name = ", "\x00", "[driver]\n[driver]"])
def test_a_file_that_is_no_toml_is_told_and_ends_with_the_next_setting(
    tmp_path: Path, text: str
) -> None:
    preferences = edited(tmp_path, text)
    assert preferences.settings == USUAL
    assert "cannot be read" in preferences.trouble
    preferences.settings = SET
    assert Preferences(tmp_path, "ada").trouble == ""


@given(text=st.text(max_size=200))
def test_no_text_whatever_ends_the_window(text: str) -> None:
    settings, _ = read_settings(text, USUAL)
    assert settings.hud in HUD_SIDES
    assert settings.frame_limit in FRAME_LIMITS


FORMER = {"name": "Zoë", "car": 2, "aid": True, "sound": False, "full": True}


def test_the_file_of_before_is_taken_over(tmp_path: Path) -> None:
    write_file(tmp_path / "preferences", "racer preferences 1", json.dumps(FORMER))
    preferences = Preferences(tmp_path, "ada")
    assert preferences.settings == Settings("Zoë", car=2, aid=True, sound=False, full=True)
    preferences.settings = replace(preferences.settings, sound=True)
    assert Preferences(tmp_path, "ada").settings.sound, "from now on the new one counts"


@pytest.mark.parametrize("value", ["[]", '{"name": 1}', "null"])
def test_a_damaged_file_of_before_is_passed_over(tmp_path: Path, value: str) -> None:
    write_file(tmp_path / "preferences", "racer preferences 1", value)
    assert Preferences(tmp_path, "ada").settings == USUAL


def test_a_disk_that_takes_nothing_is_told_and_what_was_set_holds(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "gone", "ada")
    preferences.settings = replace(SET, name="eve")
    assert preferences.settings.name == "eve"
    assert "cannot be kept" in preferences.trouble
