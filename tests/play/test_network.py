"""The network as one sees it: only while somebody looks, and each event as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net import CoordinatorChanged, Dot, Equivocated, Lag, PeerChanged, PeerState, Rule
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import TICK_HZ
from racer.play.limits import NETWORK_EVENTS_MAX, SECOND
from racer.play.reports import BreakageAsked, RoomTrouble
from racer.play.room.messages import Disqualification, Lie, Removal, Setup, encode
from racer.play.show.lag_news import WORDS, LagNews
from racer.play.view import Break, Breakage, NetworkKind, NetworkView, ShowNetwork
from tests.play.company import LINEAGE, Company, player, view_of
from tests.play.rooms import ADA, BEN, CLEO

if TYPE_CHECKING:
    from tests.play.company import Meet


@pytest.fixture
def company(meet: Meet) -> Company:
    company = meet({ADA: player(), BEN: player(name="ben")})
    company.tick(3)
    return company


def network(company: Company) -> NetworkView:
    company.seats[ADA].session.intend(ShowNetwork(True))
    company.tick(10)
    seen = view_of(company).network
    assert seen is not None
    return seen


def told(company: Company, kind: NetworkKind) -> list[str]:
    return [event.text for event in network(company).events if event.kind is kind]


def test_nothing_is_composed_until_somebody_looks_and_when_nobody_does_any_more(
    company: Company,
) -> None:
    assert view_of(company).network is None
    seen = network(company)
    assert [(peer.name, peer.mine, peer.leads) for peer in seen.peers] == [
        ("ada", True, True),
        ("ben", False, False),
    ]
    assert seen.clock == (("ada", 2), ("ben", 1))
    assert seen.heirs == ("ben",)
    company.seats[ADA].session.intend(ShowNetwork(False))
    company.tick(2)
    assert view_of(company).network is None


def test_it_is_composed_ten_times_a_second_and_not_at_each_tick(company: Company) -> None:
    network(company)
    seen = []
    for _ in range(60):
        company.tick()
        seen.append(id(view_of(company).network))
    assert 8 <= len(set(seen)) <= 12


def test_an_election_is_told_with_how_long_nobody_led(company: Company) -> None:
    company.tell(ADA, CoordinatorChanged(LINEAGE, None, 7))
    company.tick(30)
    company.tell(ADA, CoordinatorChanged(LINEAGE, BEN, 8))
    assert told(company, NetworkKind.VACANT) == ["Nobody leads: an election begins"]
    assert told(company, NetworkKind.LEADER)[-1] == "ben leads in epoch 8, after 0.50 s without"


def test_what_becomes_of_a_peer_is_told_step_by_step(company: Company) -> None:
    for state in (PeerState.SUSPECT, PeerState.DOWN, PeerState.ALIVE, PeerState.LEFT):
        refused = state is PeerState.DOWN
        company.tell(ADA, PeerChanged(BEN, 1, "ben", state, refused))
    kinds = [event.kind for event in network(company).events][-4:]
    assert kinds == [NetworkKind.DOUBT, NetworkKind.DOWN, NetworkKind.HEARD, NetworkKind.LEFT]
    assert told(company, NetworkKind.DOWN) == ["ben is down: its machine refuses"]


def test_decrees_are_told_as_they_come(company: Company) -> None:
    company.tick(300)
    words = told(company, NetworkKind.DECREE)
    assert any("ada gets number 1" in line for line in words)
    assert any("A race begins" in line for line in words)


def test_who_is_put_out_by_votes_for_a_lie_or_for_two_words_is_told(meet: Meet) -> None:
    company = meet({ADA: player(), BEN: player(name="ben"), CLEO: player(name="cleo")})
    company.tick(300)
    race = company.seats[ADA].session._state.room.race
    assert race is not None
    votes = (Dot(BEN, 1, 1), Dot(ADA, 1, 1))
    company.commit(Rule(encode(Disqualification(race.id, CLEO, Lie.LAP, votes))))
    company.commit(Rule(encode(Removal(BEN, votes))))
    company.tick(1)
    company.tell(ADA, Equivocated(BEN))
    words = told(company, NetworkKind.DECREE)
    assert any("cleo is out of the race, for it told of a lap" in line for line in words)
    assert any("ben is out of the room by 2 votes: decree" in line for line in words)
    assert "ben is out of the room: its key said two things" in words


@pytest.mark.parametrize(
    ("lag", "kind", "words"),
    [
        (Lag.NETWORK, NetworkKind.FULL, "The network is full"),
        (Lag.MACHINE, NetworkKind.BUSY, "This machine is too busy"),
    ],
)
def test_why_cars_come_late_is_told_to_all_who_look(
    company: Company, lag: Lag, kind: NetworkKind, words: str
) -> None:
    seat = company.seats[ADA]
    seat.node.lags = lag
    company.tick(9 * TICK_HZ)
    (told_of,) = seat.told(RoomTrouble)
    assert isinstance(told_of, RoomTrouble)
    assert told_of.kind == lag.value
    assert any(notice.text.startswith(words) for notice in view_of(company).notices)
    assert told(company, kind) == [told_of.text]


def test_lateness_is_told_once_it_lasts_and_a_minute_later_again() -> None:
    news, late_s = LagNews(), [*range(1, 8), *range(10, 90), *range(100, 130)]

    def is_told(now_s: int) -> bool:
        lag = Lag.NETWORK if now_s in late_s else None
        return news.next_words(lag, now_s * SECOND) is not None

    told_s = [now_s for now_s in range(130) if is_told(now_s)]
    assert told_s == [18, 78], "not where many start, nor twice within a minute"
    assert news.next_words(Lag.NETWORK, 138 * SECOND) == WORDS[Lag.NETWORK]
    assert news.next_words(Lag.MACHINE, 139 * SECOND) is None, "it has not lasted yet"
    assert news.next_words(Lag.MACHINE, 147 * SECOND) == WORDS[Lag.MACHINE], (
        "another reason is news"
    )


def test_no_flood_of_events_is_kept(company: Company) -> None:
    for _ in range(NETWORK_EVENTS_MAX):
        for state in (PeerState.SUSPECT, PeerState.ALIVE):
            company.tell(ADA, PeerChanged(BEN, 1, "ben", state))
    assert len(network(company).events) == NETWORK_EVENTS_MAX


@pytest.mark.parametrize("sandbox", [True, False])
def test_only_in_a_sandbox_one_breaks_the_own_node(meet: Meet, sandbox: bool) -> None:
    setup = Setup(RaceSetup("dockyard", 1, sandbox=sandbox), 0)
    company = meet({ADA: player(setup=setup)})
    company.tick(3)
    company.seats[ADA].session.intend(Break(Breakage.CUT))
    company.tick()
    asked = company.seats[ADA].told(BreakageAsked)
    assert asked == ([BreakageAsked("cut")] if sandbox else [])
    notices = [notice.text for notice in view_of(company).notices]
    assert notices == ([] if sandbox else ["Only in a sandbox one may break one's own node."])
    assert network(company).sandbox is sandbox
