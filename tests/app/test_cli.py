"""The command line says what is wrong in one line, and does what it says."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, ClassVar

import pytest

from net import ProfileError, UsageError, Versions
from net.discovery.sightings import RaceNearby
from net.runtime.browse import NamedHosts
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Unreached
from net.wire.versions import PROTOCOL_VERSION
from racer.app.commands import cli, races
from racer.app.commands.parser import INTERRUPTED, WRONG_USE
from racer.app.commands.taking_part import shared_options
from racer.core.tuning import PHYSICS_VERSION
from racer.play.show.incompatibility import OURS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from net import Address

COMMANDS = ((), ("bot",), ("races",), ("simulate",))
SHARED = (
    "--name",
    "--profile",
    "--interface",
    "--port",
    "--peer",
    "--passphrase-file",
    "--log",
)


def parse(line: str = "") -> argparse.Namespace:
    return cli.build_parser().parse(line.split())


def run(line: str) -> int:
    return cli.main(line.split())


# --- wrong use --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        "drive",
        "--fast",
        "--port 65536",
        "--port -1",
        "--port seven",
        "--port ７",
        "--port",
        "--peer host:",
        "--peer :7000",
        "--peer host:0",
        "--peer host:65536",
        "--peer host:port",
        "--name \u200b",
        "bot --race \u202e",
        "bot --race ",
        "bot --laps 0",
        "bot --laps 100",
        "bot --laps 2.5",
        "bot --laps nan",
        "bot --players 0",
        "bot --players 25",
        "bot --count 0",
        "bot --count 25",
        "bot --skill -0.1",
        "bot --skill 1.1",
        "bot --skill nan",
        "bot --skill quick",
        "bot --track nowhere",
        "bot --port 65536",
        "bot extra",
        "races --wait 0",
        "races --wait inf",
        "races --wait soon",
        "races --port 7000",
        "simulate --nodes 0",
        "simulate --nodes 65",
        "simulate --seeds 5:5",
        "simulate --seeds 9:3",
        "simulate --seeds a:b",
        "simulate --seeds 1:",
        "simulate --seeds -1",
        "simulate --laps 0",
        "simulate --loss 2",
        "simulate --loss nan",
        "simulate --faults -1",
        "simulate --faults many",
        "simulate --jobs 0",
        "simulate --track monza",
        f"bot --say {'x' * 161}",
        "bot --say \u200b",
    ],
)
def test_wrong_use_is_told_in_one_line_and_exits_with_2(
    arguments: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments.split(" "))
    told = capsys.readouterr()
    assert ended.value.code == WRONG_USE == 2
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.endswith("--help\n")
    assert "Traceback" not in told.err


def test_a_very_long_number_is_wrong_use_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Python refuses to read numbers of more than 4300 digits, with an error of another kind."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["--port", "9" * 5000])
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code"), [(UsageError("a reason"), 2), (ProfileError("a reason"), 1)]
)
def test_an_error_of_the_network_is_one_line(
    error: Exception,
    code: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(parsed: object) -> int:
        raise error

    monkeypatch.setattr(cli, "_run_races", fail)
    assert cli.main(["races"]) == code
    assert capsys.readouterr().err == "racer: a reason\n"


def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(parsed: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "_run_races", fail)
    with pytest.raises(ZeroDivisionError):
        cli.main(["races"])


def test_an_interrupted_command_ends_as_shells_expect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(parsed: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run_races", stop)
    assert cli.main(["races"]) == INTERRUPTED == 130
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("content", [None, b"", b"\n", b"  \nsecret\n", b"\xff\xfe"])
def test_a_passphrase_that_cannot_be_read_is_told(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    profile = ["--profile", str(tmp_path / "profile")]
    assert cli.main(["bot", "--passphrase-file", str(path), *profile]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"racer: {path}: ")
    assert told.count("\n") == 1
    assert not (tmp_path / "profile").exists()


def test_a_log_or_an_interface_that_cannot_be_had_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = ["--profile", str(tmp_path / "profile")]
    for wrong in (["--log", str(tmp_path)], ["--interface", "192.0.2.77"]):
        assert cli.main(["bot", *wrong, *profile]) == 2
        told = capsys.readouterr()
        assert (told.out, told.err.count("\n")) == ("", 1)


# --- help -------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*command, "--help"])
    told = capsys.readouterr()
    assert ended.value.code == 0
    assert told.err == ""
    assert told.out.startswith(f"usage: racer{''.join(f' {word}' for word in command)}")
    assert "SUPPRESS" not in told.out


@pytest.mark.parametrize("command", COMMANDS[:2])
def test_commands_that_join_a_race_share_their_options(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main([*command, "--help"])
    told = capsys.readouterr().out
    assert all(option in told for option in SHARED)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("racer 0.")


# --- values -----------------------------------------------------------------------------------


def test_without_a_command_the_game_opens() -> None:
    assert parse().run is cli._run_window
    assert (parse().port, parse().peer, parse().name) == (0, [], None)


def test_what_a_bot_is_asked_arrives_as_it_was_meant() -> None:
    parsed = parse(
        "bot --race friday --track dockyard --laps 5 --players 4 --skill 0.9 --count 2 "
        "--say hi --say there --stats --name ada --port 7000 "
        "--peer 10.0.0.1:7000 --peer host.example:7001"
    )
    assert parsed.run is cli._run_bot
    assert (parsed.race, parsed.track, parsed.laps, parsed.players) == ("friday", "dockyard", 5, 4)
    assert (parsed.skill, parsed.count, parsed.say) == (0.9, 2, ["hi", "there"])
    assert (parsed.stats, parsed.stay, parsed.number) == (True, False, 1)
    shared = shared_options(parsed)
    assert (shared.name, shared.port) == ("ada", 7000)
    assert shared.peers == (("10.0.0.1", 7000), ("host.example", 7001))


def test_options_before_a_command_count_like_those_after_it() -> None:
    parsed = parse("--name ada --port 7000 --interface 10.0.0.1 bot")
    assert (parsed.name, parsed.port, parsed.interface) == ("ada", 7000, "10.0.0.1")
    parsed = parse("--peer 10.0.0.1:7000 --log a bot --log b")
    assert (parsed.peer, str(parsed.log)) == ([("10.0.0.1", 7000)], "b")
    assert parse("--interface 10.0.0.1 races").interface == "10.0.0.1"


def test_one_parse_leaves_nothing_to_the_next() -> None:
    parse("--peer 10.0.0.1:7000 bot --say hi")
    parsed = parse("bot")
    assert (parsed.peer, parsed.say) == ([], [])


def test_seeds_are_a_range_or_one() -> None:
    assert parse("simulate --seeds 3:6").seeds == range(3, 6)
    assert parse("simulate --seeds 7").seeds == range(7, 8)


def test_a_passphrase_is_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("  open sesame \nnot this\n", encoding="utf-8")
    assert (
        shared_options(cli.build_parser().parse(["--passphrase-file", str(path)])).passphrase
        == "open sesame"
    )


def test_a_name_is_cleaned_and_there_is_always_one() -> None:
    assert cli.build_parser().parse(["--name", "\x1b[1mada\n"]).name == "[1mada"
    assert shared_options(parse()).name


# --- commands ---------------------------------------------------------------------------------


@pytest.mark.sim
def test_a_simulation_names_no_seed_where_none_fails(capfd: pytest.CaptureFixture[str]) -> None:
    code = run("simulate --nodes 2 --laps 1 --seeds 3 --faults 0 --loss 0 --jobs 1")
    told = capfd.readouterr()
    assert (code, told.out, told.err) == (0, "1 seeds, 0 failed\n", "")


@pytest.mark.sim
def test_a_simulation_prints_an_object_a_seed_and_fails_with_a_seed_that_fails(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from racer.app.simulation import simulate

    monkeypatch.setattr(simulate, "in_order", in_this_process)
    monkeypatch.setattr(simulate, "RACE_TIMEOUT_NS", 3 * simulate.SECOND)
    line = "simulate --nodes 2 --laps 1 --seeds 3:5 --faults 0 --loss 0"
    assert run(f"{line} --json") == 1
    found = [json.loads(text) for text in capfd.readouterr().out.splitlines()]
    assert [each["seed"] for each in found] == [3, 4]
    assert all("have not finished" in each["failures"][0] for each in found)
    assert {"seed", "plan", "failures", "trace", "virtual_s", "checks"} <= set(found[0])
    assert run(line) == 1
    told = capfd.readouterr().out
    assert "seed 3 FAILED" in told
    assert "again: racer simulate --seeds 4 --nodes 2 --laps 1" in told
    assert told.endswith("2 seeds, 2 failed\n")


def in_this_process(work: Callable[[int], object], seeds: range, jobs: int) -> Iterator[object]:
    """Stand for processes."""
    return map(work, seeds)


class Silence:
    """A discovery that hears nobody, whoever races on this machine."""

    def close(self) -> None: ...


def test_no_races_nearby_is_no_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("net.runtime.browse.Discovery", lambda *_: Silence())
    assert run("races --wait 0.1 --interface 127.0.0.1") == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("racer: no races nearby")
    assert told.err.count("\n") == 1


NEWER = Versions(lowest=8, highest=9, program=PHYSICS_VERSION, room=9)
APART = (
    f"protocol 8 to 9, this machine protocol {PROTOCOL_VERSION}:"
    " they cannot race together until the older one is updated"
)


class Sees:
    """Stands for a browser that sees two races."""

    trouble = None
    unread: Unreached | None = None
    asked: ClassVar[list[Address]] = []
    open_for = 0  # looks

    def __init__(self, interface: str | None, hosts: Sequence[str]) -> None:
        self.hosts = hosts

    def is_open(self) -> bool:
        Sees.open_for -= 1
        return self.open_for >= 0

    def ask(self, *peers: Address) -> None:
        self.asked.extend(peers)

    def asking(self) -> NamedHosts | None:
        there = ("10.0.0.7",)
        return NamedHosts(there, "", False, False, ()) if self.asked else None

    def races(self) -> tuple[RaceNearby, ...]:
        return (
            RaceNearby("friday", b"1", True, 3, "racing", "dockyard", (), (OURS,)),
            RaceNearby("größte", b"2", False, 1, "lobby", "harbour-ring", (), (NEWER,)),
        )

    def unreached(self, race: RaceNearby) -> None:
        return None

    def illegible(self) -> Unreached | None:
        return self.unread

    def close(self) -> None:
        pass


def test_who_is_interrupted_while_it_looks_tells_what_it_has_seen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(races, "Browser", Sees)
    monkeypatch.setattr(time, "sleep", stop)
    assert run("races --wait 600") == INTERRUPTED
    told = capsys.readouterr()
    assert told.out.splitlines()[0] == "friday: 3 there, racing, dockyard, locked"
    assert told.err == ""


@pytest.mark.parametrize(("wait", "looks"), [("", 3), ("--wait 0.1", 0)])
def test_races_are_looked_at_until_it_is_known_why_one_is_not_reached_unless_a_time_was_given(
    wait: str, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [0.0]

    def pass_time(seconds: float) -> None:
        now_s[0] += seconds

    monkeypatch.setattr(races, "Browser", Sees)
    monkeypatch.setattr(Sees, "open_for", 3)
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    monkeypatch.setattr(time, "sleep", pass_time)
    assert run(f"races {wait}") == 0
    assert now_s[0] == pytest.approx((races.WAIT_S if not wait else 0.1) + looks * races.LOOK_S)
    monkeypatch.setattr(Sees, "open_for", 1000)
    now_s[0] = 0.0
    assert run("races") == 0
    assert now_s[0] == pytest.approx(races.WAIT_S + races.MORE_S), "and no longer"


def test_whom_a_person_names_is_asked_for_races_and_told_if_it_is_silent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(races, "Browser", Sees)
    monkeypatch.setattr(Sees, "asked", [])
    assert run("races --wait 0.1 --peer 10.0.0.6 --peer 10.0.0.7:7000") == 0
    assert Sees.asked == [("10.0.0.6", 0), ("10.0.0.7", 7000)]
    assert capsys.readouterr().err.startswith("racer: 10.0.0.7 does not answer: ")


def test_whose_advert_cannot_be_read_is_told_beside_the_races(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("10.0.0.9", 42472)
    monkeypatch.setattr(races, "Browser", Sees)
    monkeypatch.setattr(Sees, "unread", Unreached((at[0], 0), at, WhyUnreached.ILLEGIBLE))
    assert run("races --wait 0.1") == 0
    told = capsys.readouterr()
    assert told.err.startswith("racer: 10.0.0.9 tells of a race what this racer cannot read")
    assert len(told.out.splitlines()) == 2


def test_races_are_listed_for_people_and_for_programs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(races, "Browser", Sees)
    assert run("races --wait 0.1") == 0
    assert capsys.readouterr().out.splitlines() == [
        "friday: 3 there, racing, dockyard, locked",
        f"größte: 1 there, lobby, harbour-ring; it runs {APART}",
    ]
    assert run("races --wait 0.1 --json") == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "race": "friday",
        "players": 3,
        "phase": "racing",
        "track": "dockyard",
        "locked": True,
        "protocol": [OURS.lowest, OURS.highest],
        "physics": PHYSICS_VERSION,
        "apart": None,
        "unreached": None,
        "hosts": [],
        "island": None,
        "unheard": [],
    }
    assert (second["protocol"], second["apart"]) == ([8, 9], f"größte runs {APART}")
