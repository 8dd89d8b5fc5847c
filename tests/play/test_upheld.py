"""Who was put out on one side of a split stays out behind the merge, and nobody else goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from net import Committed, Delivered, LineageEntered, Ruled
from racer.play.limits import OUSTED_NS, SECOND, SPELLS_KEPT, VOTE_NS
from racer.play.room.facts import Facts
from racer.play.room.messages import Hosted, LobbyEntry, Ousted, Removal, Seat
from racer.play.room.polls import upheld_due
from racer.play.room.room_state import RoomState
from racer.play.room.roster import Roster
from racer.play.show.removals import Removals
from tests.play.company import FakeView
from tests.play.rooms import ADA, BEN, CLEO, DAN, SETUP, Log, operation
from tests.play.test_review import Follower

if TYPE_CHECKING:
    from net import NodeId

EVE: Final = bytes([5]) * 16
APART: Final = frozenset({BEN, CLEO, DAN})
SINCE_NS: Final = 20 * SECOND  # it was decided
TOLD_NS: Final = 30 * SECOND
NOW_NS: Final = TOLD_NS + OUSTED_NS
ALL: Final = {ADA, BEN, CLEO, DAN, EVE}


def lobby(host: NodeId | None = None) -> Log:
    log = Log()
    log.append(SETUP)
    log.extend([] if host is None else [Hosted(host)])
    log.extend(Seat(node, number) for number, node in enumerate(sorted(ALL), start=1))
    return log


def telling(
    *tellers: NodeId,
    lied: bool = False,
    bots: tuple[NodeId, ...] = (),
    late: tuple[NodeId, ...] = (),
) -> Facts:
    """Return facts of a room in which some say that DAN was put out where they were.

    Args:
        late: who entered only after that.
    """
    facts = Facts()
    for node in sorted(ALL):
        entered_us = (SINCE_NS + 1000) // 1000 if node in late else 0
        facts.add(operation(node, 1, LobbyEntry("x", node in bots), entered_us))
        facts.add(operation(node, 2, LobbyEntry("x", node in bots), TOLD_NS // 1000))
    for node in tellers:
        facts.add(operation(node, 3, Ousted(DAN, SINCE_NS // 1000, lied), TOLD_NS // 1000))
    return facts


def apart(node: NodeId, race_ns: int) -> bool | None:
    return not (node in APART and 10 * SECOND <= race_ns < TOLD_NS)


def out(
    facts: Facts,
    at_ns: int = NOW_NS,
    *,
    gone: tuple[NodeId, ...] = (DAN,),
    with_us: tuple[NodeId, ...] = (),
    log: Log | None = None,
) -> list[NodeId]:
    """Return by whose words DAN goes."""

    def was_here(node: NodeId, race_ns: int) -> bool | None:
        return node in with_us or apart(node, race_ns)

    due = upheld_due((log or lobby()).room, facts, ALL - set(gone), was_here, at_ns)
    assert all(each.node == DAN for each in due)
    return [vote.node for each in due for vote in each.votes]


def test_all_who_were_apart_with_somebody_have_it_out_here_too_once_all_can_have_said_so() -> None:
    assert out(telling(BEN, CLEO)) == [BEN, CLEO]
    assert out(telling(BEN, CLEO), NOW_NS - 1) == []
    assert out(telling(BEN, CLEO), gone=()) == [BEN, CLEO], "it has come back meanwhile"
    assert out(telling(BEN, CLEO), TOLD_NS + VOTE_NS) == [], "that was another day"


def test_it_takes_as_many_as_it_took_there() -> None:
    assert out(telling(BEN)) == []
    assert out(telling(BEN, ADA)) == [], "who was with us saw nothing of it"
    assert out(telling(BEN, DAN), gone=()) == [], "nobody speaks against itself"
    bots = telling(BEN, CLEO, bots=(CLEO,))
    assert out(bots) == [], "bots have no vote"
    assert out(telling(BEN, CLEO, lied=True, bots=(CLEO,))) == [BEN, CLEO], "but they see lies"


def test_of_four_who_were_apart_three_have_to_say_so() -> None:
    def was_here(node: NodeId, race_ns: int) -> bool | None:
        return node != EVE and apart(node, race_ns)

    room = lobby().room
    assert upheld_due(room, telling(BEN, CLEO), ALL, was_here, NOW_NS) == []
    assert upheld_due(room, telling(BEN, CLEO, EVE), ALL, was_here, NOW_NS)


def test_nobody_goes_who_was_with_us_or_came_later_or_of_whom_we_know_nothing() -> None:
    facts = telling(BEN, CLEO)
    assert out(facts, with_us=(DAN,)) == []
    assert out(facts, with_us=(CLEO,)) == []
    assert out(telling(BEN, CLEO, late=(DAN,))) == [], "it had never been in the room then"
    assert out(telling(BEN, CLEO, late=(CLEO,))) == []
    assert upheld_due(lobby().room, facts, ALL, lambda _node, _at: None, NOW_NS) == []
    log = lobby()
    log.append(Removal(DAN, tuple(operation(n, 9, b"").dot for n in (ADA, EVE))))
    assert out(facts, log=log) == [], "it is out already"


def test_a_host_says_so_again_by_itself() -> None:
    assert out(telling(BEN), TOLD_NS, log=lobby(host=BEN)) == [BEN]
    assert out(telling(CLEO), TOLD_NS, log=lobby(host=BEN)) == []


@pytest.mark.parametrize(
    ("tellers", "named", "with_us", "fits"),
    [
        ((BEN, CLEO), (BEN, CLEO), (), True),
        ((BEN,), (BEN, CLEO), (), False),
        ((BEN, CLEO), (BEN, CLEO, EVE), (), False),
        ((BEN,), (BEN,), (), False),
        ((BEN, CLEO), (BEN, CLEO), (DAN,), False),
        ((BEN, CLEO), (BEN, CLEO), (CLEO,), False),
        ((BEN, CLEO, ADA), (BEN, ADA), (ADA,), False),
    ],
)
def test_a_follower_refuses_what_it_saw_otherwise(
    tellers: tuple[NodeId, ...],
    named: tuple[NodeId, ...],
    with_us: tuple[NodeId, ...],
    fits: bool,
) -> None:
    follower = Follower(lobby(), telling(*tellers), race_ns=NOW_NS, here=frozenset(ALL))
    follower.was_here = lambda node, _at: node in with_us
    ruling = Removal(DAN, tuple(operation(node, 3, b"").dot for node in named))
    assert (follower.refuses(ruling) is None) == fits


def test_a_follower_that_was_not_there_itself_lets_it_stand_for_a_while() -> None:
    follower = Follower(lobby(), telling(BEN, CLEO), race_ns=NOW_NS, here=frozenset(ALL))
    ruling = Removal(DAN, tuple(operation(node, 3, b"").dot for node in (BEN, CLEO)))
    assert follower.judge(ruling) is Ruled.FITS
    follower.race_ns += 2 * VOTE_NS
    assert follower.refuses(ruling) is not None, "those words are of another day"


def test_who_leaves_a_history_tells_once_whom_it_had_put_out_where_the_next_lacks_that() -> None:
    state, view = RoomState(ADA, "ada"), FakeView(ADA, 1)
    log = lobby()
    votes = tuple(operation(n, 9, b"").dot for n in (ADA, BEN))
    log.extend([Removal(DAN, votes), Removal(CLEO, votes)])
    for decree in log.decrees:
        state.on_event(Committed(decree, bytes(8)))
    state.on_tick(view, SINCE_NS, 0)
    state.on_tick(view, NOW_NS, 0)
    assert state.take_ousted(view) == []
    state.on_event(LineageEntered(bytes(8)))
    others = Log(b"another")
    others.extend([SETUP, Removal(CLEO, votes)])
    for decree in others.decrees:
        state.on_event(Committed(decree, bytes(8)))
    state.on_tick(view, NOW_NS, 0)
    assert state.take_ousted(view) == [Ousted(DAN, SINCE_NS // 1000, lied=False)]
    state.on_tick(view, NOW_NS, 0)
    assert state.take_ousted(view) == []


def test_a_roster_knows_who_was_with_us_and_when_and_says_so_where_it_does_not() -> None:
    roster, view = Roster(ADA, "ada"), FakeView(ADA, 1)
    assert roster.was_here(ADA, 0) is None
    roster.on_tick(view, 10, 10)
    assert roster.was_here(ADA, 9) is None
    assert roster.was_here(ADA, 10)
    assert roster.was_here(BEN, 10) is False
    for turn in range(SPELLS_KEPT):
        roster.on_tick(view, 20 + 10 * turn, 0, removed={ADA})
        roster.on_tick(view, 25 + 10 * turn, 0)
    assert roster.was_here(ADA, 12)
    assert roster.was_here(ADA, 22) is False
    roster.on_tick(view, 500, 0, removed={ADA})
    assert roster.was_here(ADA, 12) is None, "that is too long ago"
    assert roster.was_here(ADA, 92) is False
    roster.on_lineage()
    assert roster.was_here(ADA, 92) is None


def test_it_is_told_where_it_does_not_stand() -> None:
    state, removals = RoomState(ADA, "ada"), Removals(ADA)
    for node in (BEN, DAN):
        state.on_event(Delivered(operation(node, 1, LobbyEntry(node.hex()[:2], False))))
    told = Ousted(DAN, SINCE_NS // 1000, lied=False)
    state.on_event(Delivered(operation(BEN, 2, told, TOLD_NS // 1000)))
    assert removals.on_tick(state, NOW_NS, joined=True) == ([], [])
    at_ns = TOLD_NS + VOTE_NS
    text = (
        "04 was put out by 02, apart from us, while the room was in two parts;"
        " that does not stand here: vote again, if it should"
    )
    assert removals.on_tick(state, at_ns, joined=True) == (
        [],
        [text],
    )
    assert removals.on_tick(state, at_ns + 1, joined=True) == ([], []), "once"
