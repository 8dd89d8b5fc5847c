"""The command line: what may be asked, and clear words where it is asked wrongly."""

from __future__ import annotations

import argparse
import os
from functools import partial
from typing import Final, NoReturn, assert_never, final

from net import Entry, NetError, UsageError
from racer.app.circuits.library import DEFAULT, circuit_names
from racer.app.commands import argument_types as words
from racer.app.commands import combinations
from racer.app.commands.parser import FAILURE, INTERRUPTED, WRONG_USE, Parser
from racer.app.commands.taking_part import (
    add_interface,
    add_peer,
    add_place,
    add_shared,
    shared_options,
)
from racer.app.options import numbered_folder
from racer.app.race_settings import RACE_SETTINGS, Pick, Switch, with_options
from racer.app.simulation.bullring import NAME as BULLRING
from racer.app.terminal import OutputClosedError, complain, guarded_stdout
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import CARS

_BOT: Final = (
    "An autonomous driver. Prints JSON Lines; ends with 0 when the results are official at all whom"
    " it hears."
)

_WATCH: Final = (
    "Waits for the race and shows it, or with --headless prints JSON Lines until it is told to"
    " leave. Opens none, and is never seated."
)

_TRACKS: Final = (
    "Lists the circuits of the game and your own. docs/CIRCUITS.md tells the format of their files."
)


@final
class _Version(argparse.Action):
    """Looks the version up only when it is asked for: that takes longer than to start a node."""

    def __call__(self, parser: argparse.ArgumentParser, *rest: object) -> NoReturn:
        from importlib.metadata import version

        print(f"racer {version('racer')}", flush=True)
        parser.exit()


def main(arguments: list[str] | None = None) -> int:
    """Run `racer` with these arguments, or the process's own. Returns the exit status."""
    try:
        with guarded_stdout():
            parsed = build_parser().parse(arguments)
            return int(parsed.run(parsed))
    except OutputClosedError:
        return FAILURE
    except NetError as error:
        complain(f"{error}")
        return WRONG_USE if isinstance(error, UsageError) else FAILURE
    except KeyboardInterrupt:
        return INTERRUPTED


# --- what may be asked --------------------------------------------------------------------------


def build_parser() -> Parser:
    """Return the parser of all that may be asked."""
    parser = Parser(
        prog="racer",
        description="A race for the machines of one network, without any server.",
        epilog="Without a command, the game opens.",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, default=argparse.SUPPRESS, help="print it and end"
    )
    add_shared(parser)
    parser.set_defaults(run=_run_window)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    _add_bot(commands)
    _add_decode(commands)
    _add_doctor(commands)
    _add_watch(commands)
    _add_two(commands)
    _add_races(commands)
    _add_records(commands)
    _add_simulate(commands)
    _add_timeline(commands)
    _add_tracks(commands)
    _add_verify(commands)
    parser.settle()
    return parser


def _add_bot(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = commands.add_parser("bot", help="race without a window", description=_BOT)
    parser.ineffective = combinations.BOT
    parser.add_argument("--race", type=words.race, default="racer", help="join it, or open it")
    parser.add_argument("--join", action="store_true", help="wait for the race, and never open it")
    parser.add_argument(
        "--open", action="store_true", help="open it even if somebody listed does not answer"
    )
    parser.add_argument(
        "--track",
        choices=sorted(circuit_names()),
        default=DEFAULT,
        metavar="TRACK",
        help="circuit of a new race, of those that 'racer tracks' lists",
    )
    parser.add_argument("--laps", type=words.laps, default=3, help="of a new race")
    _add_race_settings(parser)
    parser.add_argument("--host", action="store_true", help="of a new race: its word is law there")
    parser.add_argument("--players", type=words.players, default=2, help="start with so many")
    parser.add_argument("--skill", type=words.share, default=0.7, help="of the driver, 0..1")
    parser.add_argument(
        "--car", choices=[car.key for car in CARS], default=CARS[0].key, help="kind of car"
    )
    parser.add_argument(
        "--count",
        type=words.players,
        default=1,
        help="so many bots, a process each; the second logs to FILE-2, and so on",
    )
    parser.add_argument(
        "--say",
        type=words.line,
        action="append",
        default=[],
        metavar="TEXT",
        help="say this in the lobby; repeatable",
    )
    parser.add_argument(
        "--stats", action="store_true", help="print traffic, load, drops each second"
    )
    parser.add_argument(
        "--stay", action="store_true", help="race again and again, until standard input closes"
    )
    parser.add_argument(
        "--records", action="store_true", help="enter its laps in the LAN's records"
    )
    parser.add_argument("--number", type=words.players, default=1, help=argparse.SUPPRESS)
    add_shared(parser)
    parser.set_defaults(run=_run_bot)


def _add_race_settings(parser: Parser) -> None:
    for setting in RACE_SETTINGS:
        match setting:
            case Switch(field=field, option=option, help=help_):
                parser.add_argument(option, dest=field, action="store_true", help=help_)
            case Pick(field=field, options=options, values=values, help=help_):
                choices = [value.value for value in values]
                parser.add_argument(
                    *options, dest=field, choices=choices, default=choices[0], help=help_
                )
            case _:
                assert_never(setting)


def _add_decode(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = commands.add_parser("decode", help="read a capture of the network")
    parser.description = (
        "Prints a line for each datagram of a race: when, from whom to whom, and what it says. What"
        " is sealed is opened by the keys that --key-log wrote. Ends with 1 if the capture is"
        " damaged. docs/DECODE.md tells more."
    )
    parser.add_argument(
        "capture", type=words.file, metavar="CAPTURE", help="a file, pcap or pcapng"
    )
    what = "a key log of a node that was there; repeatable (default: only handshakes are read)"
    parser.add_argument(
        "--keys", type=words.file, action="append", default=[], metavar="F", help=what
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a datagram")
    parser.set_defaults(run=_run_decode)


def _add_watch(commands: argparse._SubParsersAction[Parser]) -> None:
    about = "watch a race without taking part"
    parser = commands.add_parser("watch", help=about, description=_WATCH)
    parser.add_argument("--race", type=words.race, default="racer", help="the race to watch")
    parser.add_argument("--headless", action="store_true", help="without a window, as JSON Lines")
    add_shared(parser)
    parser.set_defaults(run=_run_watch)


def _add_two(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = commands.add_parser("two", help="play with a second driver at this machine")
    add_shared(parser)
    parser.set_defaults(run=partial(_run_window, pair=True))


def _add_races(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = commands.add_parser("races", help="list the races nearby")
    wait = "look for so long (default: 2, and up to 5 more until it is known why one is unreached)"
    parser.add_argument("--wait", type=words.seconds, metavar="S", help=wait)
    parser.add_argument("--json", action="store_true", help="one JSON object a race")
    add_interface(parser)
    add_peer(parser, "ask there too, on whatever network; or the code of a lobby; repeatable")
    parser.set_defaults(run=_run_races)


def _add_doctor(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = commands.add_parser("doctor", help="find what keeps this machine from racing")
    parser.description = (
        "Looks at networks, ports, firewall, neighbours, disk, screen, sound and pads: a line each,"
        " with a remedy. Ends with 1 if nobody can race with others here."
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a finding")
    probe = (
        "wait 20 s for 'racer doctor' on another machine, which tries whether our ports are open"
    )
    parser.add_argument("--probe", action="store_true", help=probe)
    add_place(parser)
    parser.set_defaults(run=_run_doctor)


def _add_records(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = commands.add_parser("records", help="list the best laps that this machine knows")
    parser.add_argument(
        "--track",
        choices=sorted(circuit_names()),
        metavar="TRACK",
        help="of this circuit only (default: of all)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a lap")
    parser.add_argument(
        "--profile",
        type=words.folder,
        metavar="DIR",
        help="of this profile only (default: of all yours)",
    )
    parser.set_defaults(run=_run_records)


def _add_simulate(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = commands.add_parser("simulate", help="race in virtual time, with faults")
    parser.ineffective = combinations.SIMULATE
    parser.add_argument(
        "--nodes", type=words.crowd, metavar="N", help="that race (default: drawn by each seed)"
    )
    parser.add_argument(
        "--seeds", type=words.seeds, default=range(10), metavar="A:B", help="from A on, up to B"
    )
    parser.add_argument(
        "--laps", type=words.laps, metavar="N", help="of a race (default: drawn by each seed)"
    )
    parser.add_argument(
        "--loss", type=words.share, default=0.2, metavar="P", help="of datagrams at most, 0..1"
    )
    parser.add_argument(
        "--faults", type=words.faults, default=5, metavar="N", help="at most a race"
    )
    parser.add_argument(
        "--air", action="store_true", help="all on one access point (default: in few seeds)"
    )
    tracks = sorted((BULLRING, *circuit_names()))
    parser.add_argument(
        "--track", choices=tracks, default=BULLRING, metavar="TRACK", help="circuit to race on"
    )
    _add_race_settings(parser)
    parser.add_argument("--jobs", type=words.players, default=2, metavar="N", help="processes")
    parser.add_argument("--json", action="store_true", help="one JSON object a seed")
    parser.add_argument(
        "--contest", action="store_true", help="no cars: nodes only talk and contend; all faults"
    )
    parser.add_argument(
        "--explore",
        action="store_true",
        help="only what members say and decide, in orders that no clock allows; prints the first"
        " and least that breaks something",
    )
    parser.add_argument(
        "--trace",
        nargs="?",
        const="events",
        choices=("events", "messages"),
        help="tell one seed line by line; messages: every datagram too",
    )
    parser.add_argument(
        "--logs",
        type=words.folder,
        metavar="DIR",
        help="write what the nodes print, a folder a seed",
    )
    parser.add_argument(
        "--timeline", type=words.file, metavar="SVG", help="draw one seed into this"
    )
    parser.add_argument("--messages", action="store_true", help="draw datagrams; of 2 s at most")
    _add_span(parser)
    _add_force(parser)
    parser.set_defaults(run=_run_simulate)


def _add_timeline(commands: argparse._SubParsersAction[Parser]) -> None:
    told = "Each file is what one node printed, or its --log. Tells who led."
    about = "draw logs as a space-time diagram"
    parser = commands.add_parser("timeline", help=about, description=told)
    parser.add_argument(
        "logs", type=words.file, nargs="+", metavar="FILE", help="JSON Lines of a node"
    )
    parser.add_argument(
        "--svg", type=words.file, required=True, metavar="OUT", help="draw into this"
    )
    _add_span(parser)
    _add_force(parser)
    parser.set_defaults(run=_run_timeline)


def _add_verify(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = commands.add_parser(
        "verify",
        help="judge logs: was every promise kept?",
        description=(
            "Each file is what one node printed, or its --log; give those of all. Tells of each"
            " promise whether it was kept, and quotes the lines that cannot both be true. Ends with"
            " 1 if there are any, with 2 if a file cannot be read."
        ),
    )
    parser.add_argument(
        "logs", type=words.file, nargs="+", metavar="FILE", help="JSON Lines of a node"
    )
    parser.set_defaults(run=_run_verify)


def _add_tracks(commands: argparse._SubParsersAction[Parser]) -> None:
    about = "list, check and import circuits"
    parser = commands.add_parser("tracks", help=about, description=_TRACKS)
    parser.add_argument("--json", action="store_true", help="one JSON object a circuit")
    parser.set_defaults(run=_run_tracks)
    deeds = parser.add_subparsers(title="also", metavar="DEED", parser_class=Parser)
    checks = deeds.add_parser("check", help="find every fault of a circuit's file")
    checks.add_argument("file", type=words.file, metavar="FILE", help="a circuit as text")
    checks.set_defaults(run=_run_check)
    imports = deeds.add_parser("import", help="make a circuit of a survey: x, y, right, left")
    imports.add_argument(
        "file", type=words.file, metavar="FILE.csv", help="a row a point, in metres"
    )
    called = "a-z, 0-9 and - (default: the file's)"
    imports.add_argument("--name", dest="circuit", metavar="NAME", help=called)
    imports.add_argument(
        "--title", type=words.title, help="what people read (default: the file's name)"
    )
    imports.add_argument("--reverse", action="store_true", help="drive it the other way round")
    larger = "make it larger, 0.1..10"
    imports.add_argument("--scale", type=words.scale, default=1.0, metavar="X", help=larger)
    imports.add_argument("--seed", type=words.seed, default=1, metavar="N", help="of the scenery")
    _add_force(imports)
    imports.set_defaults(run=_run_import)


def _add_span(parser: Parser) -> None:
    """Add which part of a run is drawn."""
    parser.add_argument(
        "--from",
        type=words.moment,
        dest="from_s",
        metavar="S",
        help="draw from this second on (default: the first)",
    )
    parser.add_argument(
        "--to",
        type=words.moment,
        dest="to_s",
        metavar="S",
        help="draw up to this one (default: the last)",
    )


def _add_force(parser: Parser) -> None:
    parser.add_argument("--force", action="store_true", help="replace a file that is there already")


# --- commands -----------------------------------------------------------------------------------
# Each imports what it runs: a bot needs no window, a list of races no simulator.


def _run_window(parsed: argparse.Namespace, *, pair: bool = False) -> int:
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    from racer.app.player.launch import play

    return play(shared_options(parsed), named=parsed.name is not None, pair=pair)


def _run_bot(parsed: argparse.Namespace) -> int:
    from racer.app.commands.bot import run_bots
    from racer.app.commands.bot_options import BotOptions

    if parsed.port and parsed.port + parsed.count - 1 > words.PORT_MAX:
        raise UsageError(
            f"{parsed.count} bots from --port {parsed.port} on: ports end at {words.PORT_MAX}"
        )
    if parsed.profile is not None and parsed.count > 1:
        numbered_folder(parsed.profile, parsed.count)
    options = BotOptions(
        shared=shared_options(parsed),
        race=parsed.race,
        setup=with_options(RaceSetup(parsed.track, parsed.laps), vars(parsed)),
        players=parsed.players,
        skill=parsed.skill,
        car=[car.key for car in CARS].index(parsed.car),
        count=parsed.count,
        say=tuple(parsed.say),
        stats=parsed.stats,
        stay=parsed.stay,
        records=parsed.records,
        hosts=parsed.host,
        entry=Entry.JOIN if parsed.join else Entry.FOUND if parsed.open else Entry.EITHER,
    )
    return run_bots(options, parsed.number)


def _run_decode(parsed: argparse.Namespace) -> int:
    from racer.app.commands.decode import decode_capture

    return decode_capture(parsed.capture, parsed.keys, as_json=parsed.json)


def _run_watch(parsed: argparse.Namespace) -> int:
    if not parsed.headless:
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        from racer.app.player.launch import play

        return play(shared_options(parsed), named=parsed.name is not None, watch=parsed.race)
    from racer.app.commands.watch import WatchOptions, watch

    return watch(WatchOptions(shared=shared_options(parsed), race=parsed.race))


def _run_timeline(parsed: argparse.Namespace) -> int:
    from racer.app.timeline.draw import draw_logs

    return draw_logs(parsed.logs, parsed.svg, parsed.from_s, parsed.to_s, force=parsed.force)


def _run_verify(parsed: argparse.Namespace) -> int:
    from racer.app.commands.verify import verify_logs

    return verify_logs(parsed.logs)


def _run_tracks(parsed: argparse.Namespace) -> int:
    from racer.app.commands.tracks import list_tracks

    return list_tracks(as_json=parsed.json)


def _run_check(parsed: argparse.Namespace) -> int:
    from racer.app.commands.tracks import check

    return check(parsed.file)


def _run_import(parsed: argparse.Namespace) -> int:
    from racer.app.commands.tracks import Import, import_survey

    wanted = Import(
        parsed.file,
        parsed.circuit,
        parsed.title,
        parsed.reverse,
        parsed.scale,
        parsed.seed,
        parsed.force,
    )
    return import_survey(wanted)


def _run_races(parsed: argparse.Namespace) -> int:
    from racer.app.commands.races import show_races

    return show_races(parsed.wait, parsed.interface, parsed.peer, as_json=parsed.json)


def _run_doctor(parsed: argparse.Namespace) -> int:
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    from racer.app.commands.doctor import diagnose

    place = (parsed.interface, parsed.port, tuple(parsed.peer), parsed.profile)
    return diagnose(*place, as_json=parsed.json, patient=parsed.probe)


def _run_records(parsed: argparse.Namespace) -> int:
    from racer.app.commands.records import show_records

    return show_records(parsed.profile, parsed.track, as_json=parsed.json)


def _run_simulate(parsed: argparse.Namespace) -> int:
    from racer.app.commands.simulate import run_simulation

    return run_simulation(parsed)
