from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from net import (
    CoordinatorChanged,
    Dot,
    Leave,
    PeerChanged,
    PeerState,
    SetIdle,
    StateReceived,
    Synced,
)
from racer.core.physics.car import Controls
from racer.core.rules.grid_order import GridOrder
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import TICK_HZ
from racer.play.limits import ABSENCES_GATHER_NS, CHAT_PLACED_BURST, INTENTS_MAX, NOTICE_NS
from racer.play.reports import (
    ChatSeen,
    CommandRefused,
    CoordinatorSeen,
    CoordinatorVacant,
    Joined,
    JumpStartSeen,
    Stats,
)
from racer.play.room.messages import Choice, LobbyEntry, Said, Setup, StartWish
from racer.play.session import Session
from racer.play.view import Choose, ChooseCar, Drive, Phase, Quit, Rescue, Say, Start
from tests.play.company import PERSON, SECOND, FakeView, facts, phase_is, player, run, view_of
from tests.play.rooms import ADA, BEN, CLEO

if TYPE_CHECKING:
    from tests.play.company import Meet

# --- coming in --------------------------------------------------------------------------------


def test_one_who_is_synced_enters_and_says_that_it_joined(meet: Meet) -> None:
    seat = meet({ADA: player(name="ada", bot=True)}).seats[ADA]
    assert facts(seat) == [LobbyEntry("ada", True)]
    assert seat.told(Joined) == [Joined("friday", ADA, "ada")]


def test_one_who_is_synced_again_enters_again_but_joined_once(meet: Meet) -> None:
    company = meet({ADA: player()})
    company.tell(ADA, Synced((BEN,), 12))
    seat = company.seats[ADA]
    assert facts(seat).count(LobbyEntry("ada", True)) == 2
    assert len(seat.told(Joined)) == 1


def test_who_chooses_a_car_is_seen_in_it_and_enters_with_it_from_then_on(meet: Meet) -> None:
    company = meet({ADA: player(), BEN: player(name="ben")})
    company.seats[ADA].session.intend(ChooseCar(2))
    company.tick(3)
    company.tell(ADA, Synced((BEN,), 12))
    assert facts(company.seats[ADA])[-1] == LobbyEntry("ada", True, 2)
    assert {row.name: row.car for row in view_of(company, BEN).drivers} == {"ada": 2, "ben": 0}


def test_nothing_is_said_before_we_are_in() -> None:
    session = Session(player(say=("hi",)), ADA, {}, {}, Random(1))
    for k in range(10):
        told = session.on_tick(FakeView(ADA, synced=False), k)
        assert [each for each in told if not isinstance(each, SetIdle)] == []


def test_what_was_to_be_said_is_said_once_in_the_lobby(meet: Meet) -> None:
    company = meet({ADA: player(say=("one", "two"), setup=PERSON)})
    company.tick(20)
    assert [f for f in facts(company.seats[ADA]) if isinstance(f, Said)] == [
        Said("one"),
        Said("two"),
    ]


def test_a_room_gets_its_setup_and_seats_by_itself(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON), BEN: player(name="ben", bot=False)})
    company.tick(5)
    drivers = [(row.name, row.number, row.bot, row.mine) for row in view_of(company).drivers]
    assert drivers == [("ada", 1, True, True), ("ben", 2, False, False)]
    assert company.seats[ADA].session.placard == {
        "phase": "lobby",
        "players": "2",
        "cars": "2",
        "track": "dockyard",
    }


# --- intents ----------------------------------------------------------------------------------


def test_a_line_of_chat_is_shown_at_once_and_gets_its_place(meet: Meet) -> None:
    company = meet({BEN: player(name="ben", setup=PERSON), ADA: player(setup=PERSON)})
    company.seats[BEN].node.decides = False
    company.seats[ADA].session.intend(Say("hello"))
    company.tick(3)
    (line,) = view_of(company).chat
    assert (line.index, line.text, line.name, line.mine) == (None, "hello", "ada", True)
    key = line.key
    company.seats[BEN].node.decides = True
    company.tick(2)
    for node in (ADA, BEN):
        (line,) = view_of(company, node).chat
        assert (line.index, line.key, line.mine) == (0, key, node == ADA)
        assert [seen.index for seen in company.seats[node].told(ChatSeen)] == [0]  # type: ignore[attr-defined]


def test_the_pace_of_the_chat_goes_on_while_a_decree_is_on_its_way(meet: Meet) -> None:
    company = meet({BEN: player(name="ben", setup=PERSON), ADA: player(setup=PERSON)})
    ben, lines = company.seats[BEN], [Dot(ADA, 1, n) for n in range(100, 140)]
    pace, now_ns = ben.session._state.chat_pace, company.now_ns
    due = pace.place(lines, now_ns).due
    assert len(due) == CHAT_PLACED_BURST
    ben.node.decides = False
    company.tick(1)
    ben.node.decides = True
    assert pace.place(lines, now_ns).due == due, "no burst for each decree that takes a moment"


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\udcff", "\x00"])
def test_what_cannot_be_said_is_not(meet: Meet, text: str) -> None:
    company = meet({ADA: player(setup=PERSON, say=(text,))})
    company.seats[ADA].session.intend(Say(text))
    company.tick(3)
    assert view_of(company).chat == ()
    assert facts(company.seats[ADA]) == [LobbyEntry("ada", True)]


def test_a_person_starts_the_race(meet: Meet) -> None:
    company = meet({ADA: player(bot=False, setup=PERSON)})
    company.tick(300)
    assert view_of(company).phase is Phase.LOBBY
    company.seats[ADA].session.intend(Start())
    company.tick(3)
    assert view_of(company).phase is Phase.COUNTDOWN
    company.seats[ADA].session.intend(Start())
    company.seats[ADA].session.intend(Choose(RaceSetup("dockyard", 9)))
    company.tick(2)
    wishes = [f for f in facts(company.seats[ADA]) if isinstance(f, StartWish | Choice)]
    assert len(wishes) == 1


def test_a_choice_is_taken_whole_and_what_nobody_can_race_changes_nothing(meet: Meet) -> None:
    company = meet({ADA: player(bot=False, setup=PERSON)})
    company.tick(2)
    five = RaceSetup("dockyard", 5, grid=GridOrder.DRAW)
    company.seats[ADA].session.intend(Choose(five))
    company.tick(3)
    assert view_of(company).setup == five
    for track, laps in (("dockyard", 1000), ("No Such Track", 5), ("monza", 5)):
        company.seats[ADA].session.intend(Choose(RaceSetup(track, laps)))
    company.tick(3)
    assert view_of(company).setup == five


def test_one_leaves_once(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON)})
    session, node = company.seats[ADA].session, company.seats[ADA].node
    session.intend(Quit())
    session.intend(Quit())
    assert session.on_tick(node, 1).count(Leave()) == 1
    assert Leave() not in session.on_tick(node, 2)


def test_a_window_that_floods_loses_its_oldest_wishes(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON, bot=False)})
    session = company.seats[ADA].session
    session.intend(Say("first"))
    for _ in range(INTENTS_MAX):
        session.intend(Rescue())
    company.tick(2)
    view = view_of(company)
    assert view.chat == ()
    words = "Not done: too much was asked at once, ask again"
    assert [notice.text for notice in view.notices] == [words]
    assert company.seats[ADA].told(CommandRefused) == [CommandRefused("wish", "too_many", words)]


def test_who_steers_while_the_loop_stands_still_loses_nothing_that_it_said(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON, bot=False)})
    session = company.seats[ADA].session
    session.intend(Say("first"))
    for _ in range(10 * INTENTS_MAX):
        session.intend(Drive(Controls(throttle=1.0)))
    company.tick(2)
    view = view_of(company)
    assert [line.text for line in view.chat] == ["first"]
    assert view.notices == ()


def test_who_is_on_the_throttle_before_the_green_light_sees_its_car_held(meet: Meet) -> None:
    company = meet({ADA: player(bot=False, setup=PERSON)})
    session = company.seats[ADA].session
    company.tick(2)
    session.intend(Start())
    session.intend(Drive(Controls(throttle=1.0)))
    run(company, phase_is(company, Phase.RACING))
    assert view_of(company).held
    assert company.seats[ADA].told(JumpStartSeen) == [JumpStartSeen(ADA)]
    company.tick(40)
    car = view_of(company).my_car
    assert car is not None
    assert car.speed_ms == 0.0
    company.tick(60)
    assert not view_of(company).held
    car = view_of(company).my_car
    assert car is not None
    assert car.speed_ms > 5.0


def test_a_person_drives_and_is_rescued(meet: Meet) -> None:
    company = meet({ADA: player(bot=False, setup=PERSON)})
    session = company.seats[ADA].session
    company.tick(2)
    session.intend(Start())
    run(company, phase_is(company, Phase.RACING))
    session.intend(Drive(Controls(throttle=1.0)))
    company.tick(60)
    car = view_of(company).my_car
    assert car is not None
    assert car.speed_ms > 5.0
    assert car.name == "ada"
    session.intend(Rescue())
    company.tick(1)
    car = view_of(company).my_car
    assert car is not None
    assert car.ghost
    assert car.speed_ms < 0.1


# --- the network ------------------------------------------------------------------------------


def test_a_coordinator_is_reported_once_and_again_after_none(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON), BEN: player(name="ben")})
    for node in (None, ADA, BEN, BEN):
        company.tell(ADA, CoordinatorChanged(b"lineage1", node, 8 if node == BEN else 7))
    told = [r for r in company.seats[ADA].told(CoordinatorSeen) if isinstance(r, CoordinatorSeen)]
    assert [(r.node, r.epoch) for r in told] == [(ADA, 7), (ADA, 7), (BEN, 8)]
    assert company.seats[ADA].told(CoordinatorVacant) == [CoordinatorVacant("friday", ADA, 7)]
    company.tick()
    assert view_of(company).coordinator == BEN
    assert view_of(company).notices == (), "who drives need not know"


def test_notices_pass(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON), BEN: player(name="ben", setup=PERSON)})
    company.tick(2 * TICK_HZ)
    company.tell(ADA, PeerChanged(BEN, 1, "ben", PeerState.DOWN))
    company.tick(ABSENCES_GATHER_NS * TICK_HZ // SECOND + 2)
    assert [notice.text for notice in view_of(company).notices] == ["ben is out of reach."]
    company.tick(NOTICE_NS * TICK_HZ // SECOND + 2)
    assert view_of(company).notices == ()


def test_traffic_is_told_each_second_if_asked(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON, stats=True), BEN: player(name="ben", setup=PERSON)})
    company.tick(5 * TICK_HZ)
    told = [r for r in company.seats[ADA].told(Stats) if isinstance(r, Stats)]
    assert 4 <= len(told) <= 6
    assert (told[0].rtt_ms, told[0].loss) == (1.25, 0.1)
    assert company.seats[BEN].told(Stats) == []


def test_states_and_decrees_that_are_nonsense_change_nothing(meet: Meet) -> None:
    company = meet({ADA: player(setup=Setup(RaceSetup("dockyard", 1), 1)), CLEO: player(bot=False)})
    run(company, phase_is(company, Phase.RACING))
    for payload in (b"", b"\xff" * 33, bytes(4)):
        company.tell(ADA, StateReceived(CLEO, CLEO, 1, 0, 5, payload))
        company.tell(ADA, StateReceived(b"\x77" * 16, CLEO, 1, 0, 5, payload))
    company.submit(CLEO, b"\xc1 no fact")
    company.tick(5)
    assert view_of(company).phase is Phase.RACING
    assert len(view_of(company).cars) == 2
