"""A room of whole nodes in virtual time, with a seat at the first of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from net import Folding
from net.sim import Machine, World
from net.sim.faults import COORDINATOR, Crash
from racer.core.recordings.race_tape import read_tape
from racer.core.tuning import CARS
from racer.play.room.folding import fold_room
from racer.play.room.messages import Setup
from racer.play.session import Player, Session
from racer.play.show.taping import SaveTape
from racer.play.view import Autopilot, BeReady, Choose, Drive, Phase, Say

if TYPE_CHECKING:
    from random import Random

    from net import NodeId
    from net.sim import MakeProgram
    from racer.app.window.circuit_source import CircuitSource
    from racer.core.recordings.race_tape import Tape
    from racer.core.rules.race_setup import RaceSetup
    from racer.play.view import Intent, RaceView

SECOND: Final = 1_000_000_000
PEOPLE: Final = ("Ada", "Kim", "Björn", "Zoë")
BOTS: Final = ("Bolt", "Comet")
RACE: Final = "friday evening"
ARRIVE_NS: Final = SECOND // 12  # from one node to the next


@final
class Room:
    """A world of nodes. People have no hands here: each one's autopilot drives."""

    def __init__(self, circuits: CircuitSource, setup: RaceSetup, seed: int) -> None:
        self.circuits = circuits
        self._setup = Setup(setup, 0)
        self._taped: dict[bytes, bytearray] = {}
        self.world = World(seed, self._on_report, folding=Folding(fold_room))
        for number, name in enumerate((*PEOPLE, *BOTS)):
            self.world.add(self._factory(number, name), number * ARRIVE_NS)

    def pass_time(self, seconds: float) -> None:
        """Let all nodes live on."""
        self.world.run(self.world.now_ns + round(seconds * SECOND))

    def session(self, number: int) -> Session:
        """Return the program of a node that is alive."""
        program = self.world.machines[number].program
        assert isinstance(program, Session), f"node {number} is not alive"
        return program

    def say(self, number: int, text: str) -> None:
        """Let somebody say a line."""
        self.session(number).intend(Say(text))

    def vote_for(self, number: int, race: RaceSetup) -> None:
        """Let somebody want the race to be such."""
        self.session(number).intend(Choose(race))

    def be_ready(self) -> None:
        """Let all people be ready: so a race begins."""
        for number in range(len(PEOPLE)):
            self.session(number).intend(BeReady(on=True))

    def crash(self, number: int, down_s: float) -> None:
        """Kill a node's process; it starts again after so long."""
        self.world.inflict(Crash(number, round(down_s * SECOND)))

    def crash_leader(self, down_s: float) -> None:
        """Kill whichever coordinates."""
        self.crash(COORDINATOR, down_s)

    def tape(self) -> Tape:
        """Return the first race as our node taped it."""
        tape = read_tape(bytes(next(iter(self._taped.values()))))
        assert tape is not None, "our own tape can be read"
        return tape

    def _on_report(self, machine: Machine, what: object, now_ns: int) -> None:
        del now_ns
        if machine.number == 0 and isinstance(what, SaveTape):
            self._taped.setdefault(what.race, bytearray()).extend(what.data)

    def _factory(self, number: int, name: str) -> MakeProgram:
        track = self.circuits.track(self._setup.race.track)
        assert track is not None, "the circuit ships with the game"
        line = self.circuits.line(track)

        def make(me: NodeId, rng: Random) -> Session:
            player = Player(
                race=RACE,
                name=name,
                bot=name in BOTS,
                setup=self._setup,
                skill=0.9 - 0.06 * number,
                car=number % len(CARS),
                seen=number == 0,
                tapes=number == 0,
                stays=True,
            )
            session = Session(player, me, {track.name: track}, {track.name: line}, rng)
            session.intend(Autopilot(True))
            return session

        return make


@final
class NodeSeat:
    """The place at the first node of a room, as the window has it. No hands are on the keys."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def view(self) -> RaceView | None:
        return self._room.session(0).view

    @property
    def phase(self) -> Phase | None:
        """Where the room stands, as our node knows."""
        view = self.view()
        return None if view is None or view.waiting else view.phase

    def send(self, intent: Intent) -> None:
        if not isinstance(intent, Drive | Autopilot):
            self._room.session(0).intend(intent)

    def failure(self) -> str | None:
        return None

    def needs_identity(self) -> bool:
        return False

    def is_denied(self) -> bool:
        return False

    def trouble_line(self) -> str:
        return ""

    def codes(self) -> tuple[tuple[str, str], ...]:
        return (("eth0", "KFRT-BMWX-A"),)

    def key_log(self) -> str:
        return ""

    def leave(self) -> None:
        """Nobody leaves while pictures are made."""

    def add_bot(self, skill: float | None = None) -> None:
        """All who come are there from the beginning."""

    def remove_bot(self) -> None:
        """And stay to the end."""

    def bots(self) -> int:
        return 0
