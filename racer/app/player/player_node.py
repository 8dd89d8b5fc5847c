"""A place in one race: a node in a thread of its own, and bots of this machine beside it."""

from __future__ import annotations

import subprocess
import time
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from math import inf
from threading import Thread
from typing import Final, final

from net import Address, InvariantError, NetError, address_text
from net.runtime.disk.profile import Profile
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.service import Service
from net.runtime.service_options import Trouble
from racer.app.greeting import greet
from racer.app.leaving import dismiss
from racer.app.meeting_code import typed_places
from racer.app.options import Shared, start_racer
from racer.app.output import Output
from racer.app.player.breakages import break_node, release
from racer.app.player.own_networks import OwnNetworks
from racer.app.player.shut_out import ShutOut
from racer.app.player.troubles import Troubles
from racer.app.race_node import RaceNode, RecordKeeping, Told
from racer.app.record_store import RecordStore
from racer.app.window.base.window_words import in_window
from racer.core.tuning import CARS, GRID_MAX
from racer.play.reports import (
    BreakageAsked,
    ConvictedSeen,
    HistoryTooNewSeen,
    IncompatibleSeen,
    Joined,
    PassphraseSeen,
    PutOffSeen,
    RemovalSeen,
    TwinSeen,
    UnreachedSeen,
)
from racer.play.session import Player
from racer.play.view import Breakage, Intent, Phase, Quit, RaceView

BOT_NAMES: Final = ("Bolt", "Comet", "Dash", "Echo", "Flash", "Gusto", "Hazel", "Indigo")
BOTS_MAX: Final = GRID_MAX - 1  # and the person
HOST_S: Final = 5.0  # a host that has no port by then is sought as any other
HOST_STEP_S: Final = 0.01
RACING_S: Final = 10.0  # in a race, what does not work is told so long
UNREACHED_S: Final = 65.0  # who is still not reached is told again by then
LEAVE_S: Final = 2.0  # a node that has not left by then is stopped


@final
class PlayerNode:
    """Runs a session for the window. Opening may take a moment and happens in the thread.

    Args:
        player: who plays; its `seen` is set.
        store: keeps the records of the profile.
        troubles: get lines about what does not work.
        wards: pipes to bots of our life before, which leave when they are closed.
        host: a node of this process in whose race we are; we ask for it at its port.
    """

    def __init__(
        self,
        profile: Profile,
        player: Player,
        shared: Shared,
        store: RecordStore,
        troubles: Troubles,
        wards: tuple[int, ...] = (),
        host: PlayerNode | None = None,
    ) -> None:
        self._player = player
        self._shared = shared
        self._troubles = troubles
        self._wards = wards
        keeping = RecordKeeping(store, enters=True)
        self._node = RaceNode(profile, player, keeping, self._tell)
        self._service: Service | None = None
        self._failure: str | None = None
        self.shut_out: ShutOut | None = None
        self.is_broken = False  # the node found its own state broken
        self._left = False
        self._output: Output | None = None
        self._bots: list[subprocess.Popen[bytes]] = []
        self._wanted_bots: list[float | None] = []  # the skill of each
        self._dismissed: list[subprocess.Popen[bytes]] = []
        self._thread = Thread(target=self._run_node, args=(host, profile), name="net", daemon=True)
        self._thread.start()

    @property
    def race(self) -> str:
        """The name of the race."""
        return self._player.race

    @property
    def is_locked(self) -> bool:
        return self._shared.passphrase is not None

    # --- for the window -----------------------------------------------------------------------

    def view(self) -> RaceView | None:
        return self._node.session.view

    def send(self, intent: Intent) -> None:
        self._node.session.intend(intent)

    def failure(self) -> str | None:
        return self._failure

    def needs_identity(self) -> bool:
        return self.shut_out is ShutOut.IDENTITY

    def is_denied(self) -> bool:
        return self.shut_out is ShutOut.PASSPHRASE

    def trouble_line(self) -> str:
        view = self.view()
        told = () if view is None else view.notices
        races = view is not None and view.phase in {Phase.COUNTDOWN, Phase.RACING}
        new_s = RACING_S if races else inf
        return self._troubles.line(new_s, [in_window(notice.text) for notice in told])

    def codes(self) -> tuple[tuple[str, str], ...]:
        if self._service is None:
            return ()
        return typed_places(_networks_of(self._shared.interface).used(), self._service.port)

    def key_log(self) -> str:
        log = self._shared.key_log
        return "" if log is None else log.path.name

    def leave(self) -> None:
        """Leave in good order; the bots go with us. Does not wait."""
        self._left = True
        self._node.session.intend(Quit())
        for bot in self._bots:
            dismiss(bot)
        release(self._wards)
        self._wards = ()

    def add_bot(self, skill: float | None = None) -> None:
        """Let another bot of this machine join."""
        if self.bots() < BOTS_MAX and not self._left:
            self._wanted_bots.append(skill)
            self._start_bots()

    def remove_bot(self) -> None:
        """Let the bot leave that was asked for last."""
        if self._wanted_bots:
            self._wanted_bots.pop()
        while len(self._bots) > self.bots():
            self._dismissed.append(self._bots.pop())
            dismiss(self._dismissed[-1])

    def bots(self) -> int:
        return len(self._wanted_bots)

    def wait(self) -> None:
        """Wait until the node and its bots have gone; end what does not go by itself."""
        self._thread.join(LEAVE_S)
        if self._thread.is_alive() and self._service is not None:
            self._service.stop()
            self._thread.join(LEAVE_S)
        for bot in (*self._bots, *self._dismissed):
            try:
                bot.wait(LEAVE_S)
            except subprocess.TimeoutExpired:
                bot.kill()
                bot.wait()

    def place(self) -> tuple[Address, ...]:
        """Return where this machine's other nodes find us; wait until there is a port for it."""
        ends = time.monotonic() + HOST_S
        while self._service is None and self._thread.is_alive() and time.monotonic() < ends:
            time.sleep(HOST_STEP_S)
        return () if self._service is None else (("127.0.0.1", self._service.port),)

    # --- in the thread ------------------------------------------------------------------------

    def _run_node(self, host: PlayerNode | None, profile: Profile) -> None:
        try:
            log = self._shared.log
            self._output = Output(
                None, log, on_trouble=lambda line: self._note("log", line), beside=True
            )
            player, shared = self._player, self._shared
            if host is not None:
                shared = replace(shared, peers=(*host.place(), *shared.peers))
            with closing(greet(profile, player.race, shared, player.entry)) as endpoint:
                self._service = self._node.open(endpoint)
                self._start_bots()
                self._service.run()
            self._output.left()
        except NetError as error:
            self._failure = str(error)
        except InvariantError:
            pass  # the service has told it; the bots beside us go on
        except Exception as error:
            self._failure = f"the node has failed: {error!r}"
            raise
        finally:
            self._node.close()
            if self._output is not None:
                if self._service is not None:
                    self._output.dropped(self._node.counters(self._service))
                self._output.close()

    def _tell(self, what: Told) -> None:
        if isinstance(what, Trouble):
            self._on_own_trouble(what)
            return
        if isinstance(what, BreakageAsked) and self._service is not None:
            break_node(Breakage(what.kind), self._service, self._pipes())
        if isinstance(what, IncompatibleSeen | HistoryTooNewSeen | TwinSeen | PutOffSeen):
            self._note(what.event, what.text)
        if isinstance(what, UnreachedSeen):
            self._note_unreached(what)
        match what:
            case TwinSeen(part="goes") | ConvictedSeen(ours=True):
                self._failure, self.shut_out = what.text, ShutOut.IDENTITY
            case _:
                pass
        if isinstance(what, PassphraseSeen) and what.ours:
            self._note(what.event, what.text)
            self.shut_out = ShutOut.PASSPHRASE
        if isinstance(what, Joined):
            self.shut_out = None
        if isinstance(what, RemovalSeen) and what.ours:
            self.shut_out = ShutOut.REMOVED
        if self._output is not None:
            self._output.report(what)

    def _note(self, part: str, line: str) -> None:
        """Have a line be read by who sits here, unless they have left."""
        if not self._left:
            self._troubles.note(part, line)

    def _note_unreached(self, seen: UnreachedSeen) -> None:
        """Note why somebody is not reached until it would be told again, or anybody is heard."""
        if self._left:
            return
        match seen.why:
            case WhyUnreached.UNHEARD:
                self._troubles.note("alone", seen.text, self._is_alone)
            case WhyUnreached.NO_NETWORK:
                pass  # who has the window before them is told so at any time
            case _:
                part = f"unreached {seen.address or seen.name}"
                self._troubles.note(part, seen.text, lasts_s=UNREACHED_S)

    @property
    def misses_nobody(self) -> bool:
        """Whether one drives where all who are wanted are on this machine, not having left."""
        view = self.view()
        return not self._left and view is not None and view.players > 0

    def _is_alone(self) -> bool:
        """Whether nobody is here but us and our bots, and nothing else is on."""
        return is_alone(self.view(), self.bots()) and not self._node.others_nearby()

    def _pipes(self) -> tuple[int, ...]:
        """Return the pipes at whose end our bots leave."""
        ours = (bot.stdin for bot in self._bots if bot.poll() is None)
        return (*self._wards, *(pipe.fileno() for pipe in ours if pipe is not None))

    def _on_own_trouble(self, trouble: Trouble) -> None:
        """Show what does not work: beside the race, or in its place where the node stops."""
        if trouble.part != "node":
            self._note(trouble.part, trouble.text)
        else:
            self._failure, self.is_broken = trouble.text, True
        if self._output is not None:
            self._output.trouble(trouble)

    # --- bots ---------------------------------------------------------------------------------

    def _start_bots(self) -> None:
        """Start the bots that are wanted and not yet there, once our port is known."""
        while self._service is not None and len(self._bots) < self.bots():
            number = len(self._bots)
            skill = self._wanted_bots[number]
            words = bot_words(
                self._player.race, number, self._service.port, self._shared.interface, skill
            )
            unheard = subprocess.DEVNULL
            self._bots.append(
                start_racer(words, self._shared.passphrase, output=unheard, complaints=unheard)
            )


@lru_cache(maxsize=1)
def _networks_of(interface: str | None) -> OwnNetworks:
    """Return what looks again each second: a code is drawn in each picture."""
    return OwnNetworks(interface)


def bot_words(
    race: str, number: int, port: int, interface: str | None, skill: float | None = None
) -> list[str]:
    """Return how a bot is asked for that joins our race, and opens none."""
    skill = (0.62, 0.75, 0.5, 0.85, 0.68, 0.8)[number % 6] if skill is None else skill
    words = ["bot", "--stay", "--join", "--race", race]
    words += ["--name", BOT_NAMES[number % len(BOT_NAMES)], "--skill", str(skill)]
    words += ["--car", CARS[number % len(CARS)].key, "--peer"]
    words += [address_text((interface or "127.0.0.1", port))]
    return words if interface is None else [*words, "--interface", interface]


def is_alone(view: RaceView | None, bots: int) -> bool:
    """Whether nobody is here but us and so many bots of ours, where others might be.

    Who waits for so many to be there, as in a practice or a trial, misses nobody.
    """
    if view is None:
        return True
    return not view.players and sum(not driver.mine for driver in view.drivers) <= bots
