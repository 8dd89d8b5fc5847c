"""What is told, and at what price: the room is compared with what was told at every tick."""

from __future__ import annotations

from net import Dot, Folded, Order
from net.limits import SECOND
from racer.play.limits import CHAT_SHOWN
from racer.play.reports import ChatFolded, ChatSeen, LapSeen, PickupSeen, RaceReport, ResultsSeen
from racer.play.room.chat_lines import Line
from racer.play.room.facts import Facts
from racer.play.room.folding import fold_room
from racer.play.room.messages import Grant, LapTime, LobbyOpened, ResultRow, Results, Said
from racer.play.room.room import Room
from racer.play.room.room_state import RoomState
from racer.play.room.roster import Roster
from racer.play.show.reporter import Reporter
from tests.play.rooms import ADA, BEN, GREEN_NS, Log, operation, racing


class Counted(dict[Dot, Line]):
    """Counts how often somebody looks a line up."""

    looks = 0

    def get(self, dot: Dot, default: object = None) -> Line | None:  # type: ignore[override]
        self.looks += 1
        return super().get(dot)


def chat(news: list[RaceReport]) -> list[tuple[int, str]]:
    return [(line.index, line.text) for line in news if isinstance(line, ChatSeen)]


def test_a_long_chat_is_gone_through_only_when_it_has_grown() -> None:
    reporter, facts, log, roster = Reporter(), Facts(), Log(), Roster(ADA, "ada")
    facts.chat.all = lines = Counted()
    said = [operation(ADA, n, Said(f"line {n}"), n * 2_000_000) for n in range(1, 51)]
    for each in said:
        facts.add(each)
        log.append(Order(each.dot))
    told = chat(reporter.news(log.room, facts, roster, None, 0))
    assert told == [(n - 1, f"line {n}") for n in range(1, 51)]
    lines.looks = 0
    assert chat(reporter.news(log.room, facts, roster, None, 1)) == []
    assert lines.looks == 0
    late = operation(BEN, 1, Said("late"))
    log.append(Order(late.dot))
    assert chat(reporter.news(log.room, facts, roster, None, 2)) == []
    facts.add(late)
    assert chat(reporter.news(log.room, facts, roster, None, 3)) == [(50, "late")]


def test_who_was_away_as_a_race_ended_is_told_of_its_canisters_before_its_results() -> None:
    log = racing(ADA, BEN)
    log.append(Grant(log.race_id, 0, 0, BEN, 5_000))
    rows = tuple(ResultRow(node, n, 2, 60_000, 30_000) for n, node in ((1, ADA), (2, BEN)))
    log.append(Results(log.race_id, rows))
    log.append(LobbyOpened())
    reporter, facts, roster = Reporter(), Facts(), Roster(ADA, "ada")
    news = reporter.news(log.room, facts, roster, None, 0)
    kinds = [type(each) for each in news if isinstance(each, PickupSeen | ResultsSeen)]
    assert kinds == [PickupSeen, ResultsSeen]


def test_who_begins_from_a_checkpoint_is_told_where_the_chat_begins_before_its_lines() -> None:
    log, roster = Log(), Roster(ADA, "ada")
    said = [operation(ADA, n, Said(f"line {n}"), n * 2_000_000) for n in range(1, 151)]
    log.extend(Order(each.dot) for each in said)
    state = RoomState(ADA, "ada")
    state.on_event(Folded(150, fold_room(b"", log.decrees, said)))
    reporter = Reporter()
    reporter.forget_past(state.room, 150)
    news = reporter.news(state.room, state.facts, roster, None, 0)
    assert news[0] == ChatFolded(150 - CHAT_SHOWN, 150)
    assert chat(news) == [(n - 1, f"line {n}") for n in range(151 - CHAT_SHOWN, 151)]
    reporter.forget_past(Room(), 0)
    assert not any(
        isinstance(each, ChatFolded) for each in reporter.news(Room(), Facts(), roster, None, 1)
    )


def test_who_goes_on_from_a_fold_before_the_race_is_not_told_of_its_laps_again() -> None:
    reporter, facts, roster = Reporter(), Facts(), Roster(ADA, "ada")
    log, again = racing(ADA, BEN), racing(ADA, BEN)
    facts.add(operation(ADA, 1, LapTime(log.race_id, 1, 30_000, 30_000)))
    told = reporter.news(log.room, facts, roster, None, GREEN_NS + 31 * SECOND)
    reporter.forget_past(Room(), 1)
    more = reporter.news(again.room, facts, roster, None, GREEN_NS + 31 * SECOND)
    assert [[each.lap for each in news if isinstance(each, LapSeen)] for news in (told, more)] == [
        [1],
        [],
    ]


def test_a_line_that_another_lineage_lacked_is_told_again_where_it_comes_back() -> None:
    reporter, facts, roster = Reporter(), Facts(), Roster(ADA, "ada")
    ours, theirs = operation(ADA, 1, Said("ours")), operation(BEN, 1, Said("theirs"))
    for each in (ours, theirs):
        facts.add(each)
    lineages = [Log(salt) for salt in (b"one", b"other", b"third")]
    for log, each in zip(lineages, (ours, theirs, ours), strict=True):
        log.append(Order(each.dot))
    told = [reporter.news(log.room, facts, roster, None, 0) for log in lineages]
    assert [chat(news) for news in told] == [[(0, "ours")], [(0, "theirs")], [(0, "ours")]]
    (again,) = (each for each in told[2] if isinstance(each, ChatSeen))
    assert again.was == 0, "who keeps the chat has it already"
