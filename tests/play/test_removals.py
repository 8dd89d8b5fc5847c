"""A vote to remove somebody, as all see it: under way, come to nothing, and carried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from net import Exclude, Leave
from racer.play.limits import REMOVED_MAX, VOTE_NS
from racer.play.reports import RemovalSeen, RoomTrouble
from racer.play.room.room_state import RoomState
from racer.play.show.removals import Removals
from racer.play.view import BeReady, Phase, Say, VoteRemoval
from tests.play.company import PERSON, player, view_of
from tests.play.rooms import ADA, BEN, CLEO

if TYPE_CHECKING:
    from tests.play.company import Company, Meet


def evening(meet: Meet) -> Company:
    names = {ADA: "ada", BEN: "ben", CLEO: "cleo"}
    company = meet(
        {node: player(name=name, bot=False, setup=PERSON) for node, name in names.items()}
    )
    company.tick(5)
    return company


def lines(company: Company, node: bytes) -> list[str]:
    return [notice.text for notice in view_of(company, node).notices]


def test_two_of_three_remove_one_who_is_told_by_whom_and_leaves(meet: Meet) -> None:
    company = evening(meet)
    company.seats[ADA].session.intend(VoteRemoval(CLEO, on=True))
    company.tick(3)
    (poll,) = view_of(company, BEN).removals
    assert (poll.name, poll.voters, poll.needed, poll.mine) == ("cleo", ("ada",), 2, False)
    assert "ada wants cleo out of the race: 1 of 2 votes" in lines(company, BEN)
    assert "ada wants you out of the race: 1 of 2 votes" in lines(company, CLEO)
    company.seats[BEN].session.intend(VoteRemoval(CLEO, on=True))
    company.tick(3)
    why = "removed from the race: ada and ben voted for it"
    assert view_of(company, CLEO).removed == f"You were {why}"
    assert Leave() in company.seats[CLEO].commands
    assert f"cleo was {why}" in lines(company, ADA)
    assert [driver.name for driver in view_of(company).drivers] == ["ada", "ben"]
    assert Exclude(frozenset({CLEO})) in company.seats[ADA].commands
    (seen,) = company.seats[BEN].told(RemovalSeen)
    assert isinstance(seen, RemovalSeen)
    assert (seen.node, seen.by, seen.ours) == (CLEO, ("ada", "ben"), False)
    company.seats[CLEO].session.intend(Say("I am still here"))
    company.tick(3)
    assert view_of(company).chat == (), "nor is it heard"
    for node in (ADA, BEN):
        company.seats[node].session.intend(BeReady(on=True))
    company.tick(3)
    assert view_of(company).phase is Phase.COUNTDOWN, "and nobody waits for it"


def test_a_vote_that_nobody_joins_comes_to_nothing_and_that_is_told(meet: Meet) -> None:
    company = evening(meet)
    company.seats[ADA].session.intend(VoteRemoval(CLEO, on=True))
    company.tick(3)
    company.now_ns += VOTE_NS
    company.tick(5)
    assert view_of(company, CLEO).removals == ()
    assert lines(company, CLEO) == ["The vote to remove you has come to nothing"]


def test_who_was_removed_so_long_ago_that_the_room_forgets_it_is_told_by_name() -> None:
    state, removals = RoomState(ADA, "ada", {CLEO: "cleo"}), Removals(ADA)
    for number in range(REMOVED_MAX):
        state.room._shut_out(number.to_bytes(16, "big") if number else CLEO, (BEN,))
    told, lines = removals.on_tick(state, 0, joined=True)
    assert len(told) == len(lines) == REMOVED_MAX
    state.room._shut_out(bytes(16), (BEN,))
    told, lines = removals.on_tick(state, 0, joined=True)
    text = "So many were removed that the room forgets cleo, who may come in again"
    assert told[0] == RoomTrouble("forgotten", text)
    assert lines == [each.text for each in told]
    assert len(told) == 2
    assert state.room.counters.forgotten == 1
    assert len(removals.on_tick(state, 0, joined=True)[0]) == 0


def test_of_a_room_of_before_nobody_is_forgotten() -> None:
    state, removals = RoomState(ADA, "ada"), Removals(ADA)
    state.room._shut_out(CLEO, (BEN,))
    removals.on_tick(state, 0, joined=True)
    state.room.removed.clear()
    assert removals.on_tick(state, 0, joined=True) == ([], [])
