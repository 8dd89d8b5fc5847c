"""`racer bot`: autonomous drivers without a window."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

from net import NAME_CHARS_MAX, Counts, Entry, InvariantError, Leave
from net.runtime.disk.profile import Profile
from net.runtime.service_options import Trouble
from racer.app.circuits.digests import circuit_ids
from racer.app.leaving import dismiss, leave_at_end_of_input, leave_on_signals
from racer.app.options import Shared, open_profile
from racer.app.output import INTERNAL_FAULT, Load, Output
from racer.app.race_node import RaceNode, RecordKeeping, Told
from racer.app.record_store import RecordStore
from racer.core.rules.race_setup import RaceSetup
from racer.play.reports import ResultsSeen, Stats
from racer.play.room.messages import Setup
from racer.play.session import Player

COUNT_MAX: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class BotOptions:
    """What `racer bot` was asked for."""

    shared: Shared
    race: str  # name of the room
    setup: RaceSetup
    players: int
    skill: float
    car: int
    count: int
    say: tuple[str, ...]
    stats: bool
    stay: bool
    records: bool = False  # whether its laps become records
    entry: Entry = Entry.EITHER


@final
class _Bot:
    """One node that races by itself."""

    def __init__(self, options: BotOptions, profile: Profile) -> None:
        shared = options.shared
        content = circuit_ids()[options.setup.track]
        player = Player(
            race=options.race,
            name=shared.name,
            bot=True,
            setup=Setup(replace(options.setup, content=content), options.players),
            skill=options.skill,
            car=options.car,
            say=options.say,
            stays=options.stay,
            stats=options.stats,
            entry=options.entry,
        )
        self.official = False
        self._store = RecordStore(profile.directory)
        self._output = Output(sys.stdout, shared.log, self.leave)
        self._load = Load()
        keeping = RecordKeeping(self._store, options.records)
        self._node = RaceNode(profile, player, shared, keeping, self._tell)
        self._service = self._node.open()

    def run(self) -> int:
        """Race. Returns 0 when the results were official before we left, and all was told.

        Raises:
            OutputError: standard output takes no more; we have left in good order.
        """
        try:
            self._service.run()
            self._output.left()
        except InvariantError:
            return INTERNAL_FAULT
        finally:
            self._store.close()
            if self._store.error is not None:
                self._output.trouble(Trouble("records", self._store.error))
            self._output.dropped(self.counters())
            self._output.close()
        if self._output.lost is not None:
            raise self._output.lost
        return 0 if self.official and self._output.is_log_whole else 1

    def leave(self) -> None:
        """Leave in good order; from any thread or signal handler."""
        self._service.post(Leave())

    def counters(self) -> Counts:
        """Return what was done and dropped so far, by reason."""
        return self._node.counters(self._service)

    def _tell(self, what: Told) -> None:
        match what:
            case Trouble():
                self._output.trouble(what)
            case Stats():
                service = self._service
                load = self._load.look(service.stats(), service.lateness())
                self._output.report(what, load | {"dropped": self.counters().dropped})
            case ResultsSeen(official=official, qualifying=False):
                self.official = self.official or official
                self._output.report(what)
            case _:
                self._output.report(what)


def run_bots(options: BotOptions, number: int) -> int:
    """Run the `number`-th bot here, and if it is the first, the others as processes of their own.

    Returns:
        0 when all saw official results, INTERNAL_FAULT where a node found its own state broken.

    The others leave when this process ends, however it ends: they hold a pipe whose other end is
    ours.

    Raises:
        NetError: the profile, the port, the interface or an output cannot be used.
    """
    options = _options_for_bot(options, number)
    profile = open_profile(options.shared.profile, "bot")
    others: list[subprocess.Popen[bytes]] = []
    codes: list[int] = []
    try:
        bot = _Bot(options, profile)
        leave_on_signals(bot.leave)
        if options.stay or number > 1:
            leave_at_end_of_input(bot.leave)
        others = [_spawn_bot(number) for number in range(2, options.count + 1)]
        codes.append(bot.run())
    finally:
        profile.close()
        for other in others:
            dismiss(other)
        codes.extend(other.wait() for other in others)
    return max(1 if code < 0 else code for code in codes)  # below 0: ended by a signal


def _options_for_bot(options: BotOptions, number: int) -> BotOptions:
    """Return the options of the n-th bot of a command: its own name, profile, port and log."""
    if number == 1:
        return options
    shared = options.shared
    profile = shared.profile
    mine = replace(
        shared,
        name=f"{shared.name[: NAME_CHARS_MAX - 3]} {number}",
        profile=None if profile is None else profile.with_name(f"{profile.name}-{number}"),
        port=0 if shared.port == 0 else shared.port + number - 1,
        log=_numbered_log(shared.log, number),
    )
    return replace(options, shared=mine, count=1)


def _numbered_log(log: Path | None, number: int) -> Path | None:
    """Return the log of the n-th bot, `race-2.log` beside `race.log`: a log is of one node."""
    if log is None or (log.exists() and not log.is_file()):
        return log  # a device takes what all say
    return log.with_name(f"{log.stem}-{number}{log.suffix}")


def _spawn_bot(number: int) -> subprocess.Popen[bytes]:
    """Start the same command for one bot more. It leaves when our end of its input closes."""
    arguments = sys.argv[1:]
    command = [sys.executable, "-m", "racer", *arguments, "--count", "1", "--number", str(number)]
    return subprocess.Popen(command, stdin=subprocess.PIPE)
