"""What a player set is there again the next time, in a file that a person may edit."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from net import NAME_CHARS_MAX, RACE_NAME_CHARS_MAX, clean_text
from net.runtime.disk.files import write_file
from racer.app.player.preferences import ASIDE_MAX, FILE_BYTES_MAX, Preferences
from racer.app.player.settings_file import (
    PASSPHRASES_MAX,
    ROWS,
    TROUBLES_MAX,
    read_settings,
    write_settings,
)
from racer.app.window.ports import EYES, FRAME_LIMITS, HUD_SIDES, Settings

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
    eyes=EYES[3],
    frame_limit=144,
    addresses=("10.0.0.7:4000", "kims-laptop", "[fd00::2]:40000"),
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


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("hudd = 'left'", '"hudd"'),
        ("[picture]\nhudd = 'left'", 'picture has no "hudd"; it has full_screen'),
        ("[pictur]\nhud = 'left'", '"pictur" is no table'),
        ("[driver.more]\nhud = 'left'", 'driver has no "more"'),
        ("[[driver]]\nname = 'eve'", "driver must be a table"),
        ("picture = 3", "picture must be a table"),
        ("keys = 3", "keys must be a table"),
        ("passphrases = 'friday'", "passphrases must be a table"),
        ("[passphrases]\nfriday = 3", 'the passphrase of "friday" is forgotten'),
        ("[passphrases]\nfriday = ''", 'the passphrase of "friday" is forgotten'),
        ("[passphrases]\n'fri\u202eday' = 'x'", "is forgotten"),
        (f"[passphrases]\nfriday = '{'x' * 257}'", 'the passphrase of "friday" is forgotten'),
        ("[network]\naddresses = ['10.0.0.7:4000', ':']", "network.addresses"),
        (f"[network]\naddresses = {['10.0.0.7'] * 9}", "network.addresses"),
        ("[network]\naddresses = ['fri\u202eday']", "network.addresses"),
        (f"[chat]\nmuted = ['{'a' * 65}']", "chat.muted"),
        ("x = " + "9" * 5000, "cannot be read"),
        ("x = " + "[" * 5000, "cannot be read"),
    ],
)
def test_whatever_is_not_taken_is_named(line: str, told: str) -> None:
    settings, troubles = read_settings(line + "\n", USUAL)
    assert settings == USUAL
    assert len(troubles) == 1
    assert told in troubles[0]


def test_a_passphrase_is_told_to_nobody() -> None:
    _, troubles = read_settings(f"[passphrases]\n'fri\u202eday' = 'hush'\nx = '{'y' * 300}'", USUAL)
    assert len(troubles) == 2
    assert not any("hush" in each or "yy" in each for each in troubles)


def test_of_very_many_faults_it_is_told_how_many_there_are() -> None:
    _, troubles = read_settings("".join(f"x{k} = {k}\n" for k in range(1000)), USUAL)
    assert len(troubles) == TROUBLES_MAX + 1
    assert f"{1000 - TROUBLES_MAX} more" in troubles[-1]


@pytest.mark.parametrize(
    "text",
    [
        b"[",
        b"name = ",
        b"\x00",
        b"[driver]\n[driver]",
        b"[driver]\nname = '\xff'",
        b"#" * (FILE_BYTES_MAX + 1),
        b"[driver]\nname = 'eve'\n[picture]\nhudd = 'left'",
    ],
)
def test_a_file_with_faults_is_told_and_put_aside_and_never_written_over(
    tmp_path: Path, text: bytes
) -> None:
    (tmp_path / "settings.toml").write_bytes(text)
    preferences = Preferences(tmp_path, "ada")
    assert "settings.toml" in preferences.trouble
    assert (tmp_path / "settings.toml").read_bytes() == text, "it may be mended until one sets"
    preferences.settings = SET
    assert "settings.toml.bad" in preferences.trouble
    assert (tmp_path / "settings.toml.bad").read_bytes() == text
    again = Preferences(tmp_path, "ada")
    assert (again.settings, again.trouble) == (SET, "")


def test_what_was_put_aside_before_stays_and_when_there_is_no_name_nothing_is_overwritten(
    tmp_path: Path,
) -> None:
    file = tmp_path / "settings.toml"
    for k in range(ASIDE_MAX):
        file.write_text(f"[ {k}", encoding="utf-8")
        Preferences(tmp_path, "ada").settings = SET
    kept = {each.read_text() for each in tmp_path.glob("settings.toml.bad*")}
    assert kept == {f"[ {k}" for k in range(ASIDE_MAX)}
    file.write_text("[ last", encoding="utf-8")
    preferences = Preferences(tmp_path, "ada")
    preferences.settings = SET
    assert "remove some" in preferences.trouble
    assert file.read_text(encoding="utf-8") == "[ last"


TEXTS = st.text(min_size=1, max_size=60)


@given(name=TEXTS, race=TEXTS, word=TEXTS, network=TEXTS, muted=st.lists(TEXTS, max_size=3))
@example(name="kim 😀", race="𠮷 race", word="\x7f\x00\r\n\u2028", network="\ufeff", muted=["😀"])
def test_any_text_that_was_set_is_there_the_next_time(
    name: str, race: str, word: str, network: str, muted: list[str]
) -> None:
    settings = Settings(
        clean_text(name, NAME_CHARS_MAX) or "ada",
        passphrases=((clean_text(race, RACE_NAME_CHARS_MAX), word),),
        network=network,
        muted=tuple(muted),
    )
    assert read_settings(write_settings(settings), USUAL) == (settings, ())


def test_what_is_no_letter_costs_no_other_setting(tmp_path: Path) -> None:
    Preferences(tmp_path, "ada").settings = replace(SET, network="eth\udcff")
    preferences = Preferences(tmp_path, "ada")
    assert preferences.settings == replace(SET, network="eth\ufffd")
    assert preferences.trouble == ""


def test_of_too_many_passphrases_the_newest_are_kept() -> None:
    words = tuple((f"race {k}", "x") for k in range(PASSPHRASES_MAX + 1))
    settings, troubles = read_settings(write_settings(replace(SET, passphrases=words)), USUAL)
    assert settings.passphrases == words[1:]
    assert troubles == ()


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
