"""What a player set is there again the next time, whatever became of the file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from net.runtime.disk.files import write_file
from racer.app.player.preferences import Preferences
from racer.app.window.ports import Settings

SET = Settings("Zoë", car=2, aid=True, sound=False, full=True)


def test_who_has_set_nothing_has_the_name_of_the_machines_user(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path, "ada")
    assert preferences.settings == Settings("ada")
    assert preferences.trouble == ""
    assert list(tmp_path.iterdir()) == []


def test_what_was_set_is_there_the_next_time(tmp_path: Path) -> None:
    Preferences(tmp_path, "ada").settings = SET
    assert Preferences(tmp_path, "ada").settings == SET


def test_a_damaged_file_is_told_and_ends_with_the_next_setting(tmp_path: Path) -> None:
    Preferences(tmp_path, "ada").settings = SET
    file = tmp_path / "preferences"
    file.write_bytes(file.read_bytes()[:-9])
    preferences = Preferences(tmp_path, "ada")
    assert preferences.settings == Settings("ada")
    assert "damaged" in preferences.trouble
    preferences.settings = SET
    assert Preferences(tmp_path, "ada").trouble == ""


@pytest.mark.parametrize(
    "value", ["", "[]", "{}", '{"name": 1}', '{"name": "x", "car": "fast"}', "null"]
)
def test_a_file_of_another_shape_is_damaged_too(tmp_path: Path, value: str) -> None:
    write_file(tmp_path / "preferences", "racer preferences 1", value)
    preferences = Preferences(tmp_path, "ada")
    assert preferences.settings == Settings("ada")
    assert "damaged" in preferences.trouble


def test_a_name_or_a_car_that_cannot_be_is_not_taken(tmp_path: Path) -> None:
    value = json.dumps({"name": "\u202e" + "n" * 90, "car": 99, "aid": True})
    write_file(tmp_path / "preferences", "racer preferences 1", value)
    assert Preferences(tmp_path, "ada").settings == Settings("n" * 20, aid=True)


def test_a_disk_that_takes_nothing_is_told_and_what_was_set_holds(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "gone", "ada")
    preferences.settings = replace(SET, name="eve")
    assert preferences.settings.name == "eve"
    assert "cannot be kept" in preferences.trouble
