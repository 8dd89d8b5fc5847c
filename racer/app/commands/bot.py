"""`racer bot`: autonomous drivers without a window."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, final

from net import NAME_CHARS_MAX, Counts, InvariantError, Leave
from net.runtime.profile import Profile
from net.runtime.service_options import Trouble
from racer.app.circuits.digests import circuit_ids
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
        )
        self.official = False
        self._store = RecordStore(profile.directory)
        self._output = Output(sys.stdout, shared.log)
        self._load = Load()
        keeping = RecordKeeping(self._store, options.records)
        self._node = RaceNode(profile, player, shared, keeping, self._tell)
        self._service = self._node.open()

    def run(self) -> int:
        """Race. Returns 0 when the results were official before we left."""
        try:
            self._service.run()
        except InvariantError:
            return INTERNAL_FAULT
        finally:
            self._store.close()
            if self._store.error is not None:
                self._output.trouble(Trouble("records", self._store.error))
            self._output.dropped(self.counters())
            self._output.close()
        return 0 if self.official else 1

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

    Raises:
        NetError: the profile, the port or the interface cannot be used.
    """
    options = _options_for_bot(options, number)
    profile = open_profile(options.shared.profile, "bot")
    others: list[subprocess.Popen[bytes]] = []
    try:
        bot = _Bot(options, profile)
        others = [_spawn_bot(number) for number in range(2, options.count + 1)]
        _leave_on_signals(bot.leave)
        if options.stay:
            _leave_at_end_of_input(bot.leave)
        code = bot.run()
    finally:
        profile.close()
        for other in others:
            other.terminate()
    return max([code, *(other.wait() for other in others)])


def _options_for_bot(options: BotOptions, number: int) -> BotOptions:
    """Return the options of the n-th bot of a command: its own name, profile and port."""
    if number == 1:
        return options
    shared = options.shared
    profile = shared.profile
    mine = replace(
        shared,
        name=f"{shared.name[: NAME_CHARS_MAX - 3]} {number}",
        profile=None if profile is None else profile.with_name(f"{profile.name}-{number}"),
        port=0 if shared.port == 0 else shared.port + number - 1,
    )
    return replace(options, shared=mine, count=1)


def _spawn_bot(number: int) -> subprocess.Popen[bytes]:
    """Start the same command for one bot more."""
    arguments = sys.argv[1:]
    command = [sys.executable, "-m", "racer", *arguments, "--count", "1", "--number", str(number)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)


def _leave_on_signals(leave: Callable[[], None]) -> None:
    def on_signal(number: int, frame: object) -> None:
        leave()
        signal.signal(number, signal.SIG_DFL)  # a second one ends us at once

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)


def _leave_at_end_of_input(leave: Callable[[], None]) -> None:
    """Leave when whoever started us is gone: the pipe it holds closes with it."""
    stdin = sys.stdin.fileno()

    def wait() -> None:
        while os.read(stdin, 1024):  # the buffered one would keep a lock that the end needs
            pass
        leave()

    threading.Thread(target=wait, name="stdin", daemon=True).start()
