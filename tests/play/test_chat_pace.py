"""Lines of chat get their places at a pace that no author sets (issue 18, row 13)."""

from __future__ import annotations

from itertools import pairwise

from net import Committed, Delivered, Dot, Folded, LineageEntered, NodeId, Order
from racer.play.limits import (
    CHAT_APART_MAX,
    CHAT_APART_NS,
    CHAT_PENDING_NS,
    CHAT_PLACED_BURST,
    CHAT_PLACED_NS,
    CHAT_WAITING_KEPT,
    CHAT_WAITING_MAX,
    SECOND,
)
from racer.play.room.chat_lines import ChatLines, Line
from racer.play.room.chat_pace import ChatPace
from racer.play.room.fold import RoomAndFacts, pack_fold
from racer.play.room.messages import Said
from racer.play.room.room import Room
from racer.play.room.room_state import RoomState
from tests.play.rooms import ADA, BEN, SETUP, Log, operation


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


def test_who_waits_for_its_turn_is_not_overdue() -> None:
    waiting = lines(ADA, CHAT_PLACED_BURST + 2)
    chat, room = said(*waiting), Room()
    assert chat.drop_overdue(room, SECOND) == []
    assert chat.drop_overdue(room, 2 * SECOND + CHAT_PENDING_NS) == waiting[:CHAT_PLACED_BURST]
    assert chat.drop_overdue(room, 2 * CHAT_PENDING_NS) == []
    assert chat.drop_overdue(room, 4 * CHAT_PENDING_NS) == waiting[CHAT_PLACED_BURST:]


def test_what_may_wait_no_more_is_overdue_with_the_first() -> None:
    flood = lines(ADA, CHAT_WAITING_MAX + 5)
    chat = said(*flood)
    assert chat.drop_overdue(Room(), SECOND) == []
    overdue = chat.drop_overdue(Room(), 2 * SECOND + CHAT_PENDING_NS)
    assert overdue == [], "another history, in which it is new"
    room = Room()
    chat.drop_overdue(room, SECOND)
    overdue = chat.drop_overdue(room, 2 * SECOND + CHAT_PENDING_NS)
    assert overdue == [*flood[:CHAT_PLACED_BURST], *flood[-5:]]


def apart(here: ChatPace, node: NodeId, seconds: int) -> int:
    """Let somebody be gone for so long, and be back; return when that is."""
    here.apart.on_tick({node}, SECOND)
    here.apart.on_tick((), 2 * SECOND)
    here.apart.on_tick({node}, back_ns := (2 + seconds) * SECOND)
    return back_ns


def test_what_somebody_may_have_said_apart_gets_its_places_at_once() -> None:
    pace, brought = ChatPace(), lines(ADA, 400)
    back_ns = apart(pace, ADA, 150)
    assert pace.place(brought, back_ns).due == brought[: CHAT_PLACED_BURST + 150]
    for dot in brought[: CHAT_PLACED_BURST + 150]:
        pace.apart.on_placed(dot.node)
    rest = brought[CHAT_PLACED_BURST + 150 :]
    assert pace.place(rest, back_ns).due == [], "once"
    assert pace.place(rest, back_ns + CHAT_PLACED_NS).due == rest[:1], "and the rest by and by"


def test_who_takes_the_office_over_gives_what_was_said_apart_its_places_too() -> None:
    pace, brought = ChatPace(), lines(ADA, 400)
    back_ns = apart(pace, ADA, 150)
    due = pace.place(brought, back_ns).due
    pace.forget()
    for dot in due[:100]:
        pace.apart.on_placed(dot.node)
    again = pace.place(brought[100:], back_ns).due
    assert again == brought[100 : 100 + CHAT_PLACED_BURST + 50]


def test_who_was_gone_for_an_evening_floods_nobody() -> None:
    pace = ChatPace()
    back_ns = apart(pace, ADA, 3 * 3600)
    assert len(pace.place(lines(ADA, 900), back_ns).due) == CHAT_PLACED_BURST + CHAT_APART_MAX


def test_what_was_not_said_soon_after_one_was_apart_was_not_said_there() -> None:
    pace = ChatPace()
    back_ns = apart(pace, ADA, 150) + CHAT_APART_NS + 1
    pace.apart.on_tick({ADA}, back_ns)
    assert len(pace.place(lines(ADA, 400), back_ns).due) == CHAT_PLACED_BURST


def test_who_comes_for_the_first_time_was_apart_from_nobody() -> None:
    pace = ChatPace()
    pace.apart.on_tick({ADA}, 600 * SECOND)
    assert len(pace.place(lines(ADA, 400), 600 * SECOND).due) == CHAT_PLACED_BURST


def test_what_was_shown_in_its_place_is_shown_while_it_waits_for_another() -> None:
    placed = lines(ADA, 40)
    chat, log = said(*placed), Log()
    log.extend([Order(dot) for dot in placed])
    chat.leave(log.room)
    assert chat.pending(Room()) == placed
    chat = chat.begin_from([])
    for dot in lines(ADA, 60):
        chat.add(Line(dot, "again"))
    assert chat.pending(Room()) == placed, "nor is it hidden by a checkpoint; and no more than that"


def test_a_checkpoint_keeps_of_all_floods_together_what_a_fold_bears() -> None:
    authors = [bytes([number]) * 16 for number in range(101, 125)]
    chat = said(*[dot for node in authors for dot in lines(node, 500)], *lines(ADA, 10))
    kept = [dot for dot, _ in chat.kept(Room())]
    assert CHAT_WAITING_KEPT - len(authors) < len(kept) <= CHAT_WAITING_KEPT
    assert set(lines(ADA, 10)) <= set(kept), "who says little loses nothing by it"
    assert {len([dot for dot in kept if dot.node == node]) for node in authors} == {63}


def test_a_checkpoint_keeps_no_more_of_a_flood_than_may_get_places() -> None:
    flood = lines(ADA, CHAT_WAITING_MAX + 100)
    chat, room = said(*flood, *lines(BEN, 2)), Room()
    kept = [dot for dot, _ in chat.kept(room)]
    assert kept == [*flood[:CHAT_WAITING_MAX], *lines(BEN, 2)]
    assert all(one < two for one, two in pairwise(kept[:-2]))


def test_who_said_what_a_checkpoint_leaves_out_is_told() -> None:
    state, log = RoomState(ADA, "ada"), Log()
    log.append(SETUP)
    state.on_event(Committed(log.decrees[0], b"lineage1"))
    said_last = operation(ADA, 2, Said("behind it"))
    for each in (operation(ADA, 1, Said("left out")), said_last):
        state.on_event(Delivered(each))
    room = state.room.fold(())
    state.on_event(Folded(1, pack_fold(RoomAndFacts(room))))
    state.on_event(Delivered(said_last))
    assert state.drop_lines(SECOND)
    assert state.facts.counters.flooded == 1
    assert not state.drop_lines(2 * SECOND), "once"
    state.on_event(LineageEntered(b"lineage2"))
    state.on_event(Folded(1, pack_fold(RoomAndFacts(room))))
    assert not state.drop_lines(3 * SECOND), "what we bring from elsewhere comes again"


def test_of_what_waits_no_more_is_shown_than_gets_places_at_once() -> None:
    chat = said(*lines(ADA, 500), *lines(BEN, 2))
    assert len(chat.pending(Room())) == CHAT_PLACED_BURST + 2
