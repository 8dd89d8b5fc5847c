"""What nodes print is read as it was: who knew what, since when."""

from __future__ import annotations

from typing import Any

from benchmarks.lan.story import (
    Life,
    Story,
    Told,
    decreed_ms,
    downs,
    first_time,
    is_equal,
    is_together,
    known_ms,
    said,
    shown_ms,
    unheard_ms,
)

A, B = "aaaaaaaa", "bbbbbbbb"


def told(box: int, t: float, event: str, **more: Any) -> Told:
    return Told(box, {"t": t, "event": event, **more})


def peer(box: int, t: float, node: str, state: str) -> Told:
    return told(box, t, "peer", node=node, state=state)


def decree(box: int, t: float, epoch: int, line: str | None, lineage: str = "x") -> Told:
    return told(box, t, "decree", epoch=epoch, index=0, lineage=lineage, line=line)


def life(node: str, other: str, *order: str, state: str = "alive") -> Life:
    return Life(node, True, "x", 1, A, {other: state}, [*order])


def test_a_room_is_together_when_all_are_members_under_one_and_hear_each_other() -> None:
    pair = [life(A, B), life(B, A)]
    assert is_together(pair)
    assert not is_together([life(A, B, state="suspect"), life(B, A)])
    pair[1].epoch = 2
    assert not is_together(pair)
    pair[1].epoch = 1
    pair[1].synced = False
    assert not is_together(pair)


def test_a_room_under_one_who_is_gone_is_not_together() -> None:
    gone = Life(B, True, "x", 1, "cccccccc")
    assert not is_together([gone])


def test_a_state_is_equal_when_the_orders_are_and_no_line_lacks_or_comes_twice() -> None:
    assert is_equal([life(A, B, "1", "2"), life(B, A, "1", "2", "3")], {"1", "2"})
    assert not is_equal([life(A, B, "1", "2"), life(B, A, "1")], {"1", "2"})
    assert not is_equal([life(A, B, "1", "2"), life(B, A, "2", "1")], {"1", "2"})
    assert not is_equal([life(A, B, "1", "1"), life(B, A, "1", "1")], {"1"})


def test_a_life_forgets_its_order_in_another_lineage_and_another_process_is_another_life() -> None:
    story = Story()
    story.take([told(0, 1.0, "joined", node=A), decree(0, 2.0, 7, "1"), peer(0, 3.0, B, "alive")])
    assert story.lives[0] == Life(A, False, "x", 0, None, {B: "alive"}, ["1"])
    story.take([told(0, 4.0, "synced"), told(0, 5.0, "lineage", lineage="y")])
    assert (story.lives[0].order, story.lives[0].synced) == ([], False)
    story.take([told(0, 6.0, "joined", node=A)])
    assert story.lives[0] == Life(A)


def test_the_first_time_is_that_of_the_line_that_made_it_so_and_not_before() -> None:
    before = {0: life(A, B, state="down"), 1: life(B, A)}
    news = [peer(0, 1.0, B, "alive"), peer(0, 2.0, B, "down"), peer(0, 3.0, B, "alive")]
    assert first_time(before, news, 1.0, is_together) == 1.0
    assert first_time(before, news, 1.5, is_together) == 3.0
    assert first_time(before, news, 4.0, is_together) is None
    assert before[0].peers[B] == "down"


def test_a_line_is_shown_when_the_last_box_has_it() -> None:
    lines = said([told(0, 1.0, "said", dot="1"), told(0, 1.0, "said", dot="2")])
    news = [decree(0, 1.5, 7, "1"), decree(1, 1.75, 7, "1"), decree(0, 1.5, 7, "2")]
    assert shown_ms(news, lines, 2) == [750.0]


def test_it_counts_when_a_box_first_knew() -> None:
    news = [peer(1, 1.5, A, "suspect"), peer(1, 2.0, A, "down"), peer(1, 3.0, A, "down")]
    assert known_ms([*news, peer(2, 2.0, B, "down")], A, 1.0) == {1: 1000.0}


def test_the_next_decree_is_of_a_higher_epoch_than_the_lost_coordinators() -> None:
    news = [decree(0, 2.0, 7, "1"), decree(0, 3.0, 8, None), decree(0, 4.0, 8, "2")]
    assert decreed_ms(news, 7, 1.0, lines_only=False) == {0: 2000.0}
    assert decreed_ms(news, 7, 1.0, lines_only=True) == {0: 3000.0}


def test_only_verdicts_on_nodes_that_ran_are_false() -> None:
    news = [peer(0, 1.0, A, "down"), peer(0, 1.0, B, "suspect"), peer(0, 2.0, B, "down")]
    assert downs(news, {B}) == [(2.0, 0, B)]


def test_a_node_is_unheard_until_the_last_box_hears_it_again() -> None:
    news = [
        peer(0, 1.0, A, "suspect"),
        peer(1, 1.0, A, "suspect"),
        peer(0, 1.5, A, "down"),
        peer(1, 2.0, A, "alive"),
        peer(0, 2.5, A, "alive"),
    ]
    assert unheard_ms(news, A, 2.0) == (2, 1, 500.0)
    assert unheard_ms([], A, 2.0) == (0, 0, 0.0)
