"""Who is gone and who is back, in words for players: at the moment, and each thing once."""

from __future__ import annotations

import pytest

from net import Committed, Delivered, PeerChanged, PeerState
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import Grid, Lease, LobbyEntry, Seat, Setup
from racer.play.room.room_state import RoomState
from racer.play.show.absences import Absences
from tests.play.company import SECOND, TICK_NS, FakeView
from tests.play.rooms import ADA, BEN, CLEO, DAN, GREEN_NS, Log, operation

NAMES = {BEN: "Ben", CLEO: "Cleo", DAN: "Dan"}
TWO_S = 120


class Watched:
    """A room of four in a race, as Ada sees it."""

    def __init__(self, mode: Mode = Mode.RACE, *, race: bool = True) -> None:
        self.log = Log()
        self.state = RoomState(ADA, "Ada")
        self.node = FakeView(ADA)
        self.absences = Absences(ADA)
        self.now_ns = GREEN_NS
        self.log.append(Setup(RaceSetup("dockyard", 3, mode=mode), 4))
        self.log.extend(Seat(n, k) for k, n in enumerate((ADA, BEN, CLEO, DAN), start=1))
        if race:
            self.log.append(Grid((1, 2, 3, 4), GREEN_NS // 1000))
        for decree in self.log.decrees:
            self.state.on_event(Committed(decree, b"lineage1"))
        for peer, name in NAMES.items():
            self.state.on_event(Delivered(operation(peer, 1, LobbyEntry(name, True))))
            self.turn(peer, PeerState.ALIVE)
            self.node.commits[peer] = 5
        assert self.tick(TWO_S) == []

    def turn(self, peer: bytes, state: PeerState, *, refused: bool = False) -> None:
        self.node.states[peer] = state
        self.state.on_event(PeerChanged(peer, 1, NAMES[peer], state, refused))

    def lease(self, car: int, number: int, driver: bytes) -> None:
        self.log.append(Lease(self.log.race_id, car, number, driver))
        self.state.on_event(Committed(self.log.decrees[-1], b"lineage1"))

    def tick(self, count: int) -> list[str]:
        lines: list[str] = []
        for _ in range(count):
            self.now_ns += TICK_NS
            self.state.on_tick(self.node, self.now_ns, self.now_ns)
            lines.extend(self.absences.lines(self.state, 100.0, self.now_ns))
        return lines


def test_a_killed_machine_is_told_with_its_car_and_its_return_once_it_drives_again() -> None:
    room = Watched()
    room.turn(BEN, PeerState.DOWN, refused=True)
    assert room.tick(30) == [
        "Ben's machine has died. The car drives on by itself until Ben is back."
    ]
    room.lease(2, 1, ADA)
    room.turn(BEN, PeerState.ALIVE)
    assert room.tick(30) == [], "somebody else drives the car yet"
    room.lease(2, 2, BEN)
    assert room.tick(30) == ["Ben is back in the car."]


@pytest.mark.parametrize(
    ("state", "refused", "words"),
    [
        (PeerState.LEFT, False, "Ben has left."),
        (PeerState.DOWN, True, "Ben's machine has died."),
        (PeerState.DOWN, False, "Ben is out of reach."),
    ],
)
def test_a_lobby_is_told_how_somebody_went(state: PeerState, refused: bool, words: str) -> None:
    room = Watched(race=False)
    room.turn(BEN, state, refused=refused)
    assert room.tick(30) == [words]
    room.turn(BEN, PeerState.ALIVE)
    assert room.tick(30) == ["Ben is back."]


def test_the_car_of_one_who_left_drives_on_where_the_mode_has_it_so() -> None:
    room = Watched(Mode.ELIMINATION)
    room.turn(BEN, PeerState.LEFT)
    assert room.tick(30) == ["Ben has left. The car drives on by itself."]


def test_those_who_went_at_once_are_told_of_in_one_line() -> None:
    room = Watched()
    for peer in (BEN, CLEO):
        room.turn(peer, PeerState.DOWN, refused=True)
        assert room.tick(3) == []
    (line,) = room.tick(30)
    assert line.startswith("The machines of Ben and Cleo have died. Their cars drive on by")


def test_who_reaches_nobody_is_asked_about_the_own_network() -> None:
    room = Watched()
    for peer in (BEN, CLEO, DAN):
        room.turn(peer, PeerState.DOWN)
    (line,) = room.tick(30)
    assert line.startswith("Nobody else can be reached: is this machine still connected?")


def test_a_link_that_flickers_says_nothing_and_one_that_flaps_not_over_and_over() -> None:
    room = Watched()
    room.turn(BEN, PeerState.DOWN)
    assert room.tick(5) == []
    room.turn(BEN, PeerState.ALIVE)
    assert room.tick(30) == []
    lines: list[str] = []
    for _ in range(6):
        for state in (PeerState.DOWN, PeerState.ALIVE):
            room.turn(BEN, state)
            lines.extend(room.tick(3 * SECOND // TICK_NS // 2))
    assert len(lines) == 2, "gone and back, once"


def test_a_bot_that_flickers_while_it_enters_is_not_missed() -> None:
    room = Watched()
    NAMES[b"5" * 16] = "Comet"
    for state in (PeerState.ALIVE, PeerState.DOWN, PeerState.ALIVE):
        room.turn(b"5" * 16, state)
        assert room.tick(40) == []


def test_who_was_away_itself_is_told_that_it_has_its_car_again() -> None:
    room = Watched()
    room.lease(1, 1, BEN)
    assert room.tick(2) == []
    room.lease(1, 2, ADA)
    assert room.tick(2) == ["You are back in your car."]
