"""Lines of chat get their places at a pace that no author sets (issue 18, row 13)."""

from __future__ import annotations

from itertools import pairwise

from net import Dot, NodeId, Order
from racer.play.limits import (
    CHAT_PENDING_NS,
    CHAT_PLACED_BURST,
    CHAT_PLACED_NS,
    CHAT_WAITING_MAX,
    SECOND,
)
from racer.play.room.chat_lines import ChatLines, Line
from racer.play.room.chat_pace import ChatPace
from racer.play.room.room import Room
from tests.play.rooms import ADA, BEN, Log


def lines(node: NodeId, count: int, first: int = 1, life: int = 1) -> list[Dot]:
    return [Dot(node, life, n) for n in range(first, first + count)]


def said(*dots: Dot) -> ChatLines:
    chat = ChatLines()
    for dot in dots:
        chat.add(Line(dot, f"line {dot.n}"))
    return chat


def test_of_a_flood_a_burst_gets_places_then_a_line_a_second_and_the_rest_none() -> None:
    flood, pace = lines(ADA, 1201), ChatPace()
    placing = pace.place(flood, 0)
    most = CHAT_PLACED_BURST + CHAT_WAITING_MAX
    assert placing.due == flood[:CHAT_PLACED_BURST]
    assert placing.passed_over == flood[most:]
    waiting, placed = flood[:most], list(placing.due)
    for second in range(1, 2 * CHAT_WAITING_MAX):
        waiting = [dot for dot in waiting if dot not in placed]
        due = pace.place(waiting, second * CHAT_PLACED_NS).due
        assert len(due) <= 1
        placed += due
    assert placed == flood[:most], "in the order of their author, each once"


def test_a_line_is_due_until_it_has_its_place() -> None:
    pace, (dot,) = ChatPace(), lines(ADA, 1)
    assert [pace.place([dot], now_ns).due for now_ns in (0, 1, 2)] == [[dot]] * 3
    assert pace.place([], 3).due == []


def test_the_flood_of_one_delays_nobody_else() -> None:
    pace = ChatPace()
    pace.place(lines(ADA, 500), 0)
    assert pace.place([*lines(ADA, 80), *lines(BEN, 3)], SECOND // 60).due[-3:] == lines(BEN, 3)


def test_a_new_life_of_an_author_has_no_places_of_its_own() -> None:
    lives = [dot for life in range(1, 9) for dot in lines(ADA, CHAT_PLACED_BURST, life=life)]
    assert ChatPace().place(lives, 0).due == lines(ADA, CHAT_PLACED_BURST)


def test_silence_saves_no_more_than_a_burst_of_places() -> None:
    pace = ChatPace()
    assert len(pace.place(lines(ADA, 40), 0).due) == CHAT_PLACED_BURST
    pace.place([], 3600 * SECOND)
    again = pace.place(lines(ADA, 40, first=41), 3600 * SECOND).due
    assert len(again) == CHAT_PLACED_BURST


def test_who_takes_the_office_over_begins_anew() -> None:
    pace = ChatPace()
    pace.place(lines(ADA, 100), 0)
    pace.forget()
    assert len(pace.place(lines(ADA, 100, first=17), 1).due) == CHAT_PLACED_BURST


def test_what_a_later_line_of_its_life_has_passed_gets_no_place_any_more() -> None:
    first, second, third = lines(ADA, 3)
    chat, log = said(first, second, third), Log()
    log.extend([Order(first), Order(third)])
    assert chat.drop_overdue(log.room, 1) == [second]
    assert chat.unplaced(log.room) == []
    assert [dot for dot, _ in chat.kept(log.room)] == [first, third]


def test_a_place_far_ahead_of_what_its_author_has_said_mutes_nobody() -> None:
    """Whoever coordinates may give it to who is gone, for nobody can hold that against it."""
    first, second = lines(ADA, 2)
    log = Log()
    log.extend([Order(Dot(ADA, 1, 2**40)), Order(first)])
    chat = said(first, second)
    assert chat.drop_overdue(log.room, 1) == []
    assert chat.unplaced(log.room) == [second]
    kept = chat.kept(log.room)
    assert [dot for dot, _ in kept] == [first, second]
    again, here = ChatLines([Line(*each) for each in kept]), log.room.fold(chat.all)
    assert again.drop_overdue(Room.begin_from(here), 1) == [], "nor over a checkpoint"


def test_what_gets_no_place_for_long_waits_no_more_and_still_counts_if_it_gets_one() -> None:
    (dot,) = lines(ADA, 1)
    chat, log = said(dot), Log()
    assert chat.drop_overdue(log.room, SECOND) == []
    assert chat.drop_overdue(log.room, SECOND + CHAT_PENDING_NS) == []
    assert chat.drop_overdue(log.room, SECOND + CHAT_PENDING_NS + 1) == [dot]
    assert chat.pending(log.room) == []
    log.extend([Order(dot)])
    assert [chat.all[each].text for each in log.room.chat] == ["line 1"]


def test_a_checkpoint_keeps_no_more_of_a_flood_than_may_get_places() -> None:
    flood = lines(ADA, 500)
    chat, room = said(*flood, *lines(BEN, 2)), Room()
    kept = [dot for dot, _ in chat.kept(room)]
    assert kept == [*flood[:CHAT_WAITING_MAX], *lines(BEN, 2)]
    assert all(one < two for one, two in pairwise(kept[:-2]))


def test_of_what_waits_no_more_is_shown_than_gets_places_at_once() -> None:
    chat = said(*lines(ADA, 500), *lines(BEN, 2))
    assert len(chat.pending(Room())) == CHAT_PLACED_BURST + 2
