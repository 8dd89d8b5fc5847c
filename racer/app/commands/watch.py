"""`racer watch`: a node that takes no part in a race, and tells what it sees."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from net import Entry, InvariantError, Leave
from net.runtime.service_options import Trouble
from racer.app.circuits.library import DEFAULT
from racer.app.greeting import greet
from racer.app.leaving import leave_on_signals
from racer.app.options import Shared, open_profile
from racer.app.output import INTERNAL_FAULT, Output
from racer.app.race_node import RaceNode, Told
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import Setup
from racer.play.session import Player

if TYPE_CHECKING:
    from net.runtime.endpoint import Endpoint

LAPS: Final = 3  # a spectator must name a setup, and opens no room to which it would apply


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """What `racer watch` was asked for."""

    shared: Shared
    race: str


def spectator(options: WatchOptions) -> Player:
    """Return a player who is never seated and leaves only when told to."""
    return Player(
        race=options.race,
        name=options.shared.name,
        bot=False,
        setup=Setup(RaceSetup(DEFAULT, LAPS), 0),
        entry=Entry.WATCH,
    )


def watch(options: WatchOptions) -> int:
    """Wait for the race and watch it until a signal says to leave.

    Returns:
        The exit status: 0 when all was told.

    Raises:
        NetError: the profile, the port, the interface or an output cannot be used.
    """
    new = options.shared.new_identity
    profile = open_profile(options.shared.profile, "watch", new_identity=new)
    try:
        with closing(greet(profile, options.race, options.shared, Entry.WATCH)) as endpoint:
            watcher = _Watcher(options, endpoint)
            leave_on_signals(watcher.leave)
            return watcher.run()
    finally:
        profile.close()


@final
class _Watcher:
    """One life of a node that waits for a room, and tells what it sees of it."""

    def __init__(self, options: WatchOptions, endpoint: Endpoint) -> None:
        shared = options.shared
        self._output = Output(sys.stdout, shared.log, self.leave, beside=True)
        self._node = RaceNode(endpoint.profile, spectator(options), None, self._tell)
        self._service = self._node.open(endpoint)

    def run(self) -> int:
        """Watch until told to leave. Returns the exit status.

        Raises:
            OutputError: standard output takes no more; we have left in good order.
        """
        try:
            self._service.run()
            self._output.left()
        except InvariantError:
            return INTERNAL_FAULT
        finally:
            self._node.close()
            self._output.dropped(self._node.counters(self._service))
            self._output.close()
        if self._output.lost is not None:
            raise self._output.lost
        return 0 if self._output.is_log_whole else 1

    def leave(self) -> None:
        """Leave in good order; from any thread."""
        self._service.post(Leave())

    def _tell(self, what: Told) -> None:
        if isinstance(what, Trouble):
            self._output.trouble(what)
        else:
            self._output.report(what)
