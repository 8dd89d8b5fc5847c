"""`racer watch`: a node that takes no part in a race, and tells what it sees."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from net import InvariantError, Leave, UsageError
from net.runtime.service_options import Trouble
from racer.app.circuits.catalog import DEFAULT
from racer.app.leaving import leave_on_signals
from racer.app.options import Shared, open_profile
from racer.app.output import INTERNAL_FAULT, Output
from racer.app.race_node import RaceNode, Told
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import Setup
from racer.play.session import Player

if TYPE_CHECKING:
    from net.runtime.service import Service

LAPS: Final = 3  # of a room whose setup a spectator must name; it makes way before that


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """What `racer watch` was asked for."""

    shared: Shared
    race: str
    headless: bool


def spectator(options: WatchOptions) -> Player:
    """Return a player who is never seated and leaves only when told to."""
    return Player(
        race=options.race,
        name=options.shared.name,
        bot=False,
        setup=Setup(RaceSetup(DEFAULT, LAPS), 0),
        spectates=True,
    )


def watch(options: WatchOptions) -> int:
    """Watch until a signal says to leave. Returns the exit status: 0 when all was told.

    Raises:
        UsageError: a window is asked for.
        NetError: the profile, the port, the interface or an output cannot be used.
    """
    if not options.headless:
        raise UsageError("only 'racer watch --headless' is there yet; a window for watchers is not")
    watcher = _Watcher(options)
    leave_on_signals(watcher.leave)
    return watcher.run()


@final
class _Watcher:
    """Lives one life after another: who finds that it founded the room makes way to the racers."""

    def __init__(self, options: WatchOptions) -> None:
        self._options = options
        self._output = Output(sys.stdout, options.shared.log, self.leave)
        self._leaving = threading.Event()
        self._service: Service | None = None

    def run(self) -> int:
        """Watch until told to leave. Returns the exit status.

        Raises:
            NetError: the profile, the port, the interface or an output cannot be used.
        """
        try:
            while not self._leaving.is_set():
                self._run_one_life()
        except InvariantError:
            return INTERNAL_FAULT
        finally:
            self._output.close()
        if self._output.lost is not None:
            raise self._output.lost
        return 0 if self._output.is_log_whole else 1

    def _run_one_life(self) -> None:
        """Lead one life. Opening the profile begins it: a life's number is never used twice."""
        profile = open_profile(self._options.shared.profile, "watch")
        try:
            shared, player = self._options.shared, spectator(self._options)
            node = RaceNode(profile, player, shared, None, self._tell)
            self._service = node.open()
            if self._leaving.is_set():  # since we last looked
                self._service.post(Leave())
            self._service.run()
            self._output.dropped(node.counters(self._service))
        finally:
            self._service = None
            profile.close()

    def leave(self) -> None:
        """Leave in good order; from any thread or signal handler."""
        self._leaving.set()
        service = self._service
        if service is not None:
            service.post(Leave())

    def _tell(self, what: Told) -> None:
        if isinstance(what, Trouble):
            self._output.trouble(what)
        else:
            self._output.report(what)
