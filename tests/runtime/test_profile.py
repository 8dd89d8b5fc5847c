from __future__ import annotations

import errno
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from net.errors import ProfileError
from net.runtime.disk import journal as journals
from net.runtime.disk import lives
from net.runtime.disk import profile as profiles
from net.runtime.disk.database import open_database
from net.runtime.disk.disk_trouble import DiskTroubleKind
from net.runtime.disk.files import FILE_BYTES_MAX
from net.runtime.disk.lives import EPOCH_S, LIFE_S
from net.runtime.disk.profile import Profile
from tests.waiting import until


def contents(directory: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.iterdir()
        if path.is_file() and path.name != "lock"
    }


def made(directory: Path) -> Path:
    Profile.open(directory).close()
    return directory


def test_a_profile_keeps_its_key_and_every_life_has_a_higher_number(tmp_path: Path) -> None:
    lives = []
    seeds = set()
    for _ in range(3):
        profile = Profile.open(tmp_path / "deep" / "profile")
        lives.append(profile.incarnation)
        seeds.add(profile.identity.node_id)
        profile.close()
    assert lives == sorted(set(lives))
    assert len(seeds) == 1


def test_only_its_owner_may_read_a_profile(tmp_path: Path) -> None:
    directory = made(tmp_path / "profile")
    assert directory.stat().st_mode & 0o777 == 0o700
    for name in ("identity", "incarnation", "journal", "lock"):
        assert (directory / name).stat().st_mode & 0o777 == 0o600


def test_a_profile_that_others_could_read_is_shut_when_it_is_opened(tmp_path: Path) -> None:
    directory = made(tmp_path / "profile")
    (directory / "records").mkdir()
    (directory / "records" / "best").write_text("a lap")
    (directory / "history.old.jsonl").write_text("{}")
    (directory / "settings.toml").write_text("[passphrases]")
    (tmp_path / "elsewhere").write_text("of somebody else")
    (directory / "replays").symlink_to(tmp_path / "elsewhere")
    for path in (directory, directory / "records"):
        path.chmod(0o755)
    for path in (p for p in directory.rglob("*") if p.is_file() and not p.is_symlink()):
        path.chmod(0o644)
    (tmp_path / "elsewhere").chmod(0o644)
    Profile.open(directory).close()
    for path in (directory, *directory.rglob("*")):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o077 == 0, path
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o644


def test_a_folder_that_holds_other_things_too_stays_open_and_our_files_in_it_do_not(
    tmp_path: Path,
) -> None:
    home = made(tmp_path / "home")
    (home / "letters").write_text("of a person")
    for path in (home, home / "letters", home / "journal"):
        path.chmod(0o755)
    Profile.open(home).close()
    assert home.stat().st_mode & 0o777 == 0o755
    assert (home / "letters").stat().st_mode & 0o777 == 0o755
    assert (home / "journal").stat().st_mode & 0o777 == 0o600


def test_a_file_of_a_profile_is_no_pipe_and_no_giant(tmp_path: Path) -> None:
    directory = made(tmp_path / "profile")
    (directory / "incarnation").unlink()
    os.mkfifo(directory / "incarnation")
    with pytest.raises(ProfileError, match="cannot be read: it is no ordinary file"):
        Profile.open(directory)
    (directory / "incarnation").unlink()
    (directory / "incarnation").write_bytes(b"x" * (FILE_BYTES_MAX + 1))
    with pytest.raises(ProfileError, match="cannot be read: it is larger"):
        Profile.open(directory)


def test_a_journal_is_no_folder_and_no_pipe() -> None:
    with TemporaryDirectory() as folder:
        pipe = Path(folder) / "journal"
        os.mkfifo(pipe)
        for path in (Path(folder), pipe):
            with pytest.raises(ProfileError, match="it is no ordinary file; move it away"):
                open_database(path)


def test_two_profiles_have_different_keys(tmp_path: Path) -> None:
    first, second = Profile.open(tmp_path / "a"), Profile.open(tmp_path / "b")
    assert first.identity.node_id != second.identity.node_id
    first.close()
    second.close()


def test_a_profile_gets_a_new_key_and_keeps_the_old_one_and_all_that_is_of_no_driver(
    tmp_path: Path,
) -> None:
    before = Profile.open(tmp_path)
    (tmp_path / "preferences.toml").write_text("volume = 1")
    with pytest.raises(ProfileError, match="in use"):
        Profile.renew_identity(tmp_path)
    before.close()
    aside = Profile.renew_identity(tmp_path)
    after = Profile.open(tmp_path)
    assert after.identity.node_id != before.identity.node_id
    assert (aside / "identity").exists()
    assert (tmp_path / "preferences.toml").exists()
    after.close()
    assert Profile.renew_identity(tmp_path) != aside


def test_a_profile_in_use_is_refused_and_free_again_when_closed(tmp_path: Path) -> None:
    profile = Profile.open(tmp_path)
    with pytest.raises(ProfileError, match="in use by another racer"):
        Profile.open(tmp_path)
    profile.close()
    made(tmp_path)


def test_a_profile_whose_process_was_killed_is_free_again(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from net.runtime.disk.profile import Profile\n"
        "p = Profile.open(Path(sys.argv[1])); print(p.incarnation, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        life = int(child.stdout.readline())
        with pytest.raises(ProfileError, match="in use"):
            Profile.open(tmp_path)
        child.send_signal(signal.SIGKILL)
        child.wait()
    profile = Profile.open(tmp_path)
    assert profile.incarnation > life
    profile.close()


def reserved(directory: Path) -> int:
    return int((directory / "incarnation").read_text().split("\n")[1])


def test_a_life_is_reserved_on_disk_before_it_is_led(tmp_path: Path) -> None:
    profile = Profile.open(tmp_path)
    for _ in range(10):
        until(lambda: reserved(tmp_path) > profile.incarnation, "a reserve of lives")
        profile.save_incarnation(profile.incarnation + 1)
    last = profile.incarnation
    profile.save_incarnation(3)
    assert profile.incarnation == last
    profile.close()
    again = Profile.open(tmp_path)
    assert again.incarnation > last
    again.close()


def test_a_life_is_no_lower_than_the_time_so_that_a_lost_number_is_not_led_again(
    tmp_path: Path,
) -> None:
    profile = Profile.open(tmp_path)
    assert profile.incarnation >= (time.time() - EPOCH_S) / LIFE_S - 160
    profile.close()


# --- a disk that takes nothing --------------------------------------------------------------------


def _no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def full(path: Path) -> sqlite3.Connection:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as disk:
        disk.setattr(lives, "write_file", _no_space)
        disk.setattr(profiles, "write_file", _no_space)
        disk.setattr(journals, "open_database", full)
        yield


def test_on_a_full_disk_a_profile_opens_and_says_that_this_machine_will_not_remember(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made(tmp_path)
    before = contents(tmp_path)
    key = reopened(tmp_path).identity.node_id
    request.getfixturevalue("full_disk")
    profile = Profile.open(tmp_path)
    assert profile.identity.node_id == key
    assert str(profile.trouble).startswith("this machine will not remember: No space left")
    assert "move" not in str(profile.trouble)
    assert not profile.journal(b"room-one").state.keeps
    profile.close()
    assert contents(tmp_path)["identity"] == before["identity"]


def reopened(directory: Path) -> Profile:
    profile = Profile.open(directory)
    profile.close()
    return profile


@pytest.mark.usefixtures("full_disk")
def test_without_room_for_a_key_one_plays_under_a_key_of_this_process(tmp_path: Path) -> None:
    profile = Profile.open(tmp_path / "new")
    assert str(profile.trouble).startswith("this machine will not remember: No space left")
    assert profile.incarnation > 0
    profile.close()


def test_no_life_is_led_twice_on_a_disk_that_took_none_of_them(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = reopened(tmp_path).incarnation
    request.getfixturevalue("full_disk")
    led = [reopened(tmp_path).incarnation for _ in range(3)]
    assert [before, *led] == sorted({before, *led})


def test_a_life_that_a_full_disk_did_not_take_is_reserved_when_it_has_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as disk:
        disk.setattr(lives, "write_file", _no_space)
        profile = Profile.open(tmp_path)
    assert profile.disk_trouble is not None
    assert profile.disk_trouble.kind is DiskTroubleKind.LIVES
    profile.retry()
    until(lambda: profile.disk_trouble is None, "a reserve of lives")
    assert reserved(tmp_path) > profile.incarnation
    profile.close()


def test_a_clock_that_is_behind_repeats_no_life_either(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reopened(tmp_path).incarnation
    request.getfixturevalue("full_disk")
    monkeypatch.setattr(time, "time", lambda: EPOCH_S + 1.0)
    led = {reopened(tmp_path).incarnation for _ in range(3)}
    assert len(led) == 3
    assert min(led) > before


@pytest.mark.parametrize("name", ["identity", "incarnation", "journal"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "binary"])
def test_a_damaged_file_is_named_and_nothing_is_overwritten(
    tmp_path: Path, name: str, damage: str
) -> None:
    path = made(tmp_path) / name
    data = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(data[: len(data) // 2])
        case "flipped":
            at = 70 if name == "journal" else len(data) // 2
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        case "foreign":
            path.write_bytes(b"something else entirely\n" * 40)
        case _:
            path.write_bytes(os.urandom(8192))
    before = contents(tmp_path)
    for _ in range(2):
        with pytest.raises(ProfileError) as caught:
            Profile.open(tmp_path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
        assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["identity", "incarnation"])
def test_a_missing_half_of_an_identity_is_damage_and_not_a_first_start(
    tmp_path: Path, name: str
) -> None:
    (made(tmp_path) / name).unlink()
    before = contents(tmp_path)
    with pytest.raises(ProfileError, match=f"{name}: missing"):
        Profile.open(tmp_path)
    assert contents(tmp_path) == before


def test_a_first_start_that_was_killed_before_the_key_was_made_is_a_first_start_again(
    tmp_path: Path,
) -> None:
    made(tmp_path)
    (tmp_path / "identity").rename(tmp_path / "identity.new")
    (tmp_path / "incarnation").unlink()
    profile = Profile.open(tmp_path)
    assert profile.incarnation > 0
    profile.close()


def test_a_page_of_the_journal_that_lies_is_damage(tmp_path: Path) -> None:
    path = made(tmp_path) / "journal"
    data = bytearray(path.read_bytes())
    data[5000:5200] = os.urandom(200)
    data[4096:4104] = os.urandom(8)
    path.write_bytes(data)
    with pytest.raises(ProfileError, match="journal: cannot be used"):
        Profile.open(tmp_path)


def test_a_database_of_another_program_is_not_taken_for_the_journal(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "journal").unlink()
    other = sqlite3.connect(tmp_path / "journal")
    other.execute("CREATE TABLE savings (amount)")
    other.commit()
    other.close()
    with pytest.raises(ProfileError, match="no journal of a racer"):
        Profile.open(tmp_path)


def test_a_journal_of_a_newer_racer_is_refused(tmp_path: Path) -> None:
    made(tmp_path)
    newer = sqlite3.connect(tmp_path / "journal")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(ProfileError, match="format 99"):
        Profile.open(tmp_path)


def test_a_profile_that_is_a_file_or_lies_under_one_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for directory in (tmp_path / "file", tmp_path / "file" / "profile"):
        with pytest.raises(ProfileError, match="choose another directory"):
            Profile.open(directory)
