"""A bot as a process: a node, the session on it, and what they tell."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, final

from net import Counts, InvariantError, Leave
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.service_options import Trouble
from racer.app.circuits.digests import circuit_ids
from racer.app.output import INTERNAL_FAULT, Load, Output
from racer.app.race_node import RaceNode, RecordKeeping, Told
from racer.app.record_store import RecordStore
from racer.play.reports import ConvictedSeen, ResultsSeen, Stats, TwinSeen, UnreachedSeen
from racer.play.room.messages import Setup
from racer.play.session import Player

if TYPE_CHECKING:
    from net.runtime.disk.profile import Profile
    from net.runtime.endpoint import Endpoint
    from racer.app.commands.bot_options import BotOptions


@final
class RacingBot:
    """One node that races by itself."""

    def __init__(self, options: BotOptions, profile: Profile, endpoint: Endpoint) -> None:
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
            hosts=options.hosts,
        )
        self._is_first = options.is_first
        self.official = False
        self.is_twin = False  # another machine has our identity, and was here before us, or is us
        self._store = RecordStore(profile.directory)
        self._output = Output(sys.stdout, shared.log, self.leave, beside=True)
        self._load = Load()
        keeping = RecordKeeping(self._store, options.records)
        self._node = RaceNode(profile, player, keeping, self._tell)
        self._service = self._node.open(endpoint)

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
            self._node.close()
            self._store.close()
            if self._store.error is not None:
                self._output.trouble(Trouble("records", self._store.error))
            self._output.dropped(self.counters())
            self._output.close()
        if self._output.lost is not None:
            raise self._output.lost
        return 0 if self.official and self._output.is_log_whole else 1

    def leave(self) -> None:
        """Leave in good order; from any thread."""
        self._service.post(Leave())

    def counters(self) -> Counts:
        """Return what was done and dropped so far, by reason."""
        return self._node.counters(self._service)

    def _tell(self, what: Told) -> None:
        if not self._is_first and is_of_machine(what):
            return
        match what:
            case Trouble():
                self._output.trouble(what)
            case Stats():
                service = self._service
                load = self._load.look(service.stats(), service.lateness())
                self._output.report(what, load | {"dropped": self.counters().dropped})
            case TwinSeen(part="goes") | ConvictedSeen(ours=True):
                self.is_twin = True
                self._output.report(what)
            case ResultsSeen(official=official, qualifying=False):
                self.official = self.official or official
                self._output.report(what)
            case _:
                self._output.report(what)


def is_of_machine(what: Told) -> bool:
    """Tell whether it is true of this whole machine: one bot of a command tells it for all."""
    alone = WhyUnreached.UNHEARD.value, WhyUnreached.NO_NETWORK.value
    return isinstance(what, UnreachedSeen) and what.why in alone
