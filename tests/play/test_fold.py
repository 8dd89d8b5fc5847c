"""A room is folded the same everywhere, and who begins from a fold holds what the others hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec
import pytest

from net import Committed, Decree, Delivered, Dot, Folded, NodeId, Operation, Order, Rule
from racer.core.circuits.trackfile import PLACES_MAX
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import CHAT_SHOWN, TOLD_KEPT, VOTE_NS
from racer.play.room.facts import Facts
from racer.play.room.fold import EntryFold, FactsFold, RoomAndFacts, pack_fold, read_fold
from racer.play.room.folding import fold_room
from racer.play.room.messages import (
    GREEN_US_MAX,
    BoardKept,
    Choice,
    Claim,
    Disqualification,
    Fact,
    Grant,
    Grid,
    Hosted,
    LapTime,
    Lease,
    Lie,
    LobbyEntry,
    LobbyOpened,
    Offence,
    Ready,
    Removal,
    RemovalVote,
    ResultRow,
    Results,
    Return,
    Said,
    Seat,
    StartWish,
    Unseat,
    encode,
)
from racer.play.room.room_state import RoomState
from racer.play.room.votes import REMOVE
from tests.play.rooms import ADA, BEN, CLEO, DAN, SETUP, Log, convict, operation, racing

DOT = Dot(ADA, 1, 1)
Part = TypeVar("Part", bound=msgspec.Struct)


def lapped(*drivers: NodeId) -> tuple[Log, list[Operation]]:
    """Return a race under way: laps, a claim that was granted and one that was not, a lease."""
    log = racing(*(drivers or (ADA, BEN)))
    race = log.race_id
    said = [
        operation(ADA, 1, LobbyEntry("ada", bot=False, car=1), 1),
        operation(BEN, 1, LobbyEntry("ben", bot=True), 2),
        operation(ADA, 2, LapTime(race, 1, 30_000, 30_000), 30_000_000),
        operation(BEN, 2, Claim(race, 0, 0, 20_000), 20_000_000),
        operation(ADA, 3, Claim(race, 0, 1, 40_000), 40_000_000),
        operation(ADA, 4, Said("hello"), 41_000_000),
        operation(BEN, 3, Return(race, 1), 42_000_000),
        operation(CLEO, 1, BoardKept(bytes(16)), 43_000_000),
        operation(BEN, 4, Said("not yet in order"), 44_000_000),
    ]
    log.append(Grant(race, 0, 0, BEN, 20_000))
    log.append(Lease(race, 2, 1, ADA, b"place"))
    log.append(Order(said[5].dot))
    return log, said


def roomed(fold: RoomAndFacts, **changes: object) -> RoomAndFacts:
    return RoomAndFacts(changed(fold.room, changes), fold.facts)


def altered(part: object) -> Iterator[object]:
    """Yield a part of a fold with one thing in it once more, less, or in another order."""
    match part:
        case msgspec.Struct():
            for name in part.__struct_fields__:
                for value in altered(getattr(part, name)):
                    yield msgspec.structs.replace(part, **{name: value})
        case tuple() if part:
            yield (*part, part[0])
            yield part[1:]
            yield part[::-1]
            for at, each in enumerate(part):
                for value in altered(each):
                    yield (*part[:at], value, *part[at + 1 :])
                    yield (*part, value)
        case _:
            pass


def live_on(fold: bytes, log: Log) -> None:
    """Let a room begin from a fold and go on with all that may be decreed and said in it."""
    race, state = log.race_id, begun_from(fold)
    for rule in (
        Disqualification(race, BEN, Lie.LAP, (DOT,)),
        Grant(race, 0, 1, ADA, 50_000),
        Lease(race, 2, 2, BEN, None),
        Removal(CLEO, (Dot(ADA, 1, 9), Dot(BEN, 1, 9))),
        Unseat(BEN),
        Results(race, (ResultRow(ADA, 1, 1, None, 30_000),), 60_000_000),
        LobbyOpened(),
        Seat(CLEO, 3),
    ):
        decree = Decree(1, 100, bytes(16), Rule(encode(rule)))
        state.on_event(Committed(decree, b"lineage1"))
        state.on_event(Delivered(operation(ADA, 9, LapTime(race, 2, 60_000, 30_000), 60_000_000)))
        told = state.room.race
        if told is not None:
            assert all(told.driver_of(number) for number in told.cars)
            state.facts.cars.finishes(told, 300.0)
            state.facts.cars.claims(told.id)
        kept = RoomAndFacts(state.room.fold(state.facts.lines), state.facts.fold(state.room))
        assert read_fold(pack_fold(kept)) is not None, "what is folded again can be read"


def begun_from(fold: bytes) -> RoomState:
    state = RoomState(ADA, "ada")
    state.on_event(Folded(1, fold))
    return state


def test_a_race_under_way_goes_on_from_a_fold() -> None:
    log, said = lapped()
    state = begun_from(fold_room(b"", log.decrees, said))
    room, facts, race = state.room, state.facts, log.race_id
    assert room.race is not None
    assert log.room.race is not None
    assert room.race.is_same_as(log.room.race)
    assert room.race == log.room.race, "with grants, leases and places"
    assert (room.seats, room.setup, room.in_race) == (log.room.seats, log.room.setup, True)
    assert [lap.lap for lap in facts.cars.laps_of(race, ADA)] == [1]
    assert [claimed.claim.generation for claimed in facts.cars.claims(race)] == [1], "0 is granted"
    assert facts.cars.wants_back(race, BEN, 1)
    assert (facts.kind_of(ADA), facts.entrants()) == (1, [ADA, BEN])
    assert state.roster.name_of(BEN) == "ben"
    assert [facts.lines[dot].text for dot in room.chat] == ["hello"]
    assert facts.chat.unplaced(room) == [said[8].dot]
    assert [node for node, _ in facts.records] == [CLEO]


def test_a_fold_of_a_fold_is_that_of_all() -> None:
    log, said = lapped()
    whole = fold_room(b"", log.decrees, said)
    for cut in range(len(log.decrees)):
        for heard in (0, 3, 6, 9):
            if cut < len(log.decrees) - 3 and heard:
                continue  # nobody tells of a race before it is decreed
            part = fold_room(b"", log.decrees[:cut], said[:heard])
            assert fold_room(part, log.decrees[cut:], said[heard:]) == whole


@pytest.mark.parametrize(
    "change",
    [
        lambda fold: leased(fold, terms=()),
        lambda fold: leased(fold, car=9),
        lambda fold: raced(fold, cars=()),
        lambda fold: raced(fold, cars=((1, ADA), (1, BEN)), leases=()),
        lambda fold: raced(fold, setup=RaceSetup("../../elsewhere", 3)),
        lambda fold: raced(fold, setup=RaceSetup("oval", 10**9)),
        lambda fold: raced(fold, cars=((1, ADA), (2, ADA))),
        lambda fold: raced(fold, disqualified=((ADA, Offence.LAP), (ADA, Offence.LAP))),
        lambda fold: raced(fold, disqualified=((CLEO, Offence.LAP),)),
        lambda fold: raced(fold, disqualified=((BEN, Offence.LAP),)),  # who has a lease
        lambda fold: raced(fold, kinds=((1, 0), (1, 1))),
        lambda fold: raced(fold, leases=fold.room.race.leases * 2),
        lambda fold: roomed(fold, seats=((ADA, 1, 0), (BEN, 1, 0))),
        lambda fold: roomed(fold, seats=((ADA, 1, 0), (ADA, 2, 0))),
        lambda fold: roomed(fold, removed=((DAN, (ADA,)), (DAN, (BEN,)))),
    ],
)
def test_a_fold_that_no_history_makes_says_nothing(
    change: Callable[[RoomAndFacts], RoomAndFacts],
) -> None:
    log, said = lapped()
    fold = read_fold(fold_room(b"", log.decrees, said))
    assert fold is not None
    made = pack_fold(change(fold))
    assert read_fold(made) is None
    assert begun_from(made).room.race is None


def test_a_fold_that_somebody_changed_is_refused_or_as_good_as_another() -> None:
    log, said = lapped(ADA, BEN, CLEO)
    log.append(convict(CLEO))
    log.append(Removal(DAN, (Dot(ADA, 1, 7), Dot(BEN, 1, 7))))
    fold = read_fold(fold_room(b"", log.decrees, said))
    assert fold is not None
    others = [pack_fold(each) for each in altered(fold) if isinstance(each, RoomAndFacts)]
    taken = [each for each in others if read_fold(each) is not None]
    assert 20 < len(taken) < len(others), "some are what another history makes"
    for each in taken:
        live_on(each, log)


def test_whatever_is_decreed_can_be_read_of_a_fold() -> None:
    log = Log()
    log.extend([SETUP, Seat(ADA, 1), Grid((1,), GREEN_US_MAX)])
    assert begun_from(fold_room(b"", log.decrees, [])).room.race == log.room.race


def test_what_a_fold_holds_of_text_is_cleaned_like_all_that_comes() -> None:
    entry = EntryFold(1, DOT, LobbyEntry("a\x1b[2Jda", bot=False))
    facts = FactsFold(lines=((DOT, "a line\nof two"),), entries=(entry,))
    state = begun_from(pack_fold(RoomAndFacts(facts=facts)))
    assert state.roster.name_of(ADA) == "a[2Jda"
    assert state.facts.lines[DOT].text == "a line of two"


def raced(fold: RoomAndFacts, **changes: object) -> RoomAndFacts:
    assert fold.room.race is not None
    room = msgspec.structs.replace(fold.room, race=changed(fold.room.race, changes))
    return RoomAndFacts(room, fold.facts)


def leased(fold: RoomAndFacts, **changes: object) -> RoomAndFacts:
    assert fold.room.race is not None
    return raced(fold, leases=(changed(fold.room.race.leases[0], changes),))


def changed(part: Part, changes: dict[str, object]) -> Part:
    return msgspec.structs.replace(part, **changes)


def test_what_is_over_is_not_in_a_fold() -> None:
    log, said = lapped()
    log.append(Results(log.race_id, (ResultRow(ADA, 1, 1, None, 30_000),)))
    digest = None if log.room.race is None else log.room.race.digest
    log.append(LobbyOpened())
    fold = read_fold(fold_room(b"", log.decrees, said))
    assert fold is not None
    assert (fold.facts.laps, fold.facts.claims, fold.facts.returns) == ((), (), ())
    state = begun_from(fold_room(b"", log.decrees, said))
    assert state.room.race is not None
    assert state.room.race.digest == digest, "its results are"
    assert state.room.round == 1


def test_wishes_count_in_their_lobby_and_are_kept_as_long() -> None:
    log = Log()
    log.append(SETUP)
    lobby = log.room.lobby
    told = [
        operation(ADA, 1, StartWish(lobby)),
        operation(BEN, 1, Choice(lobby, RaceSetup("dockyard", 5), ("laps",))),
        operation(BEN, 2, Choice(lobby, RaceSetup("dockyard", 5, sandbox=True), ("sandbox",))),
        operation(CLEO, 1, RemovalVote(DAN, on=True), race_us=5),
        operation(ADA, 2, Ready(lobby, on=True)),
    ]
    kept = begun_from(fold_room(b"", log.decrees, told)).facts.votes.kept({lobby})
    assert [vote.dot for vote in kept] == sorted(each.dot for each in told)
    late = operation(BEN, 3, RemovalVote(ADA, on=True), race_us=VOTE_NS)
    again = begun_from(fold_room(b"", log.decrees, [*told, late])).facts.votes
    assert again.asked(REMOVE) == [ADA], "a vote that has lapsed is kept no longer"
    stray = operation(ADA, 1, StartWish(b"another!"))
    assert begun_from(fold_room(b"", [], [stray])).facts.votes.kept({b"another!"}) == ()


def test_who_was_removed_and_who_is_host_outlives_a_checkpoint() -> None:
    log = Log()
    log.extend([SETUP, Hosted(ADA), Seat(BEN, 1), Removal(BEN, (operation(ADA, 1, b"").dot,))])
    room = begun_from(fold_room(b"", log.decrees, [])).room
    assert (room.host, room.removed, room.seats) == (ADA, {BEN: (ADA,)}, {})


def test_the_newest_lines_are_kept_and_keep_their_places() -> None:
    log = Log()
    said = [operation(ADA, n, Said(f"line {n}"), n * 2_000_000) for n in range(1, 151)]
    log.extend(Order(each.dot) for each in said)
    room = begun_from(fold_room(b"", log.decrees, said)).room
    assert (room.chat_before, len(room.chat)) == (150 - CHAT_SHOWN, CHAT_SHOWN)
    assert room.chat[-1] == said[-1].dot
    late = begun_from(fold_room(b"", log.decrees, said[:-1])).room
    assert late.is_ordered(said[-1].dot), "it has a place, though it has not come"


def test_what_was_passed_over_before_a_checkpoint_is_so_after_it() -> None:
    log = Log()
    said = [operation(ADA, n, Said(f"line {n}"), n) for n in range(1, 6)]
    log.extend([Order(said[0].dot), Order(said[3].dot)])
    state = begun_from(fold_room(b"", log.decrees, said))
    assert [dot.n for dot in state.facts.lines] == [1, 4, 5]
    assert state.facts.chat.unplaced(state.room) == [said[4].dot]


def test_bytes_that_are_no_fold_begin_an_empty_room_and_are_counted() -> None:
    state = begun_from(b"\xc1")
    assert state.room.setup is None
    assert state.room.counters.malformed == 1


# --- its bounds -----------------------------------------------------------------------------------


def junk(kind: str, race: bytes) -> list[Fact]:
    """Return what anybody may tell as often as he wants, and what can never count."""
    match kind:
        case "laps of nobody":
            return [LapTime(race, k, 9_000 * k, 9_000) for k in range(1, 99)]
        case "laps by nobody":
            return [LapTime(race, k, 9_000 * k, 9_000, CLEO, 7) for k in range(1, 99)]
        case "claims for nobody":
            return [Claim(race, k, 0, 50_000) for k in range(1, 60)]
        case "claims by nobody":
            return [Claim(race, k, 0, 50_000, CLEO, 7) for k in range(1, 60)]
        case "canisters of no circuit":
            return [Claim(race, k, 0, 50_000) for k in range(PLACES_MAX, 256)]
        case "appearances ahead":
            return [Claim(race, 0, k, 50_000) for k in range(3, 99)]
        case "claims before it is back":
            return [Claim(race, 0, 1, 20_001 + k) for k in range(98)]
        case "leases ahead":
            return [Return(race, k) for k in range(3, 99)]
        case _:
            raise AssertionError(kind)


@pytest.mark.parametrize(
    "kind",
    [
        "laps of nobody",
        "laps by nobody",
        "claims for nobody",
        "claims by nobody",
        "canisters of no circuit",
        "appearances ahead",
        "claims before it is back",
        "leases ahead",
    ],
)
def test_what_can_never_count_is_in_no_fold(kind: str) -> None:
    log, said = lapped(ADA, BEN, CLEO)
    by = DAN if kind.endswith(("of nobody", "for nobody")) else BEN
    told = [operation(by, 100 + n, fact) for n, fact in enumerate(junk(kind, log.race_id))]
    assert fold_room(b"", log.decrees, [*said, *told]) == fold_room(b"", log.decrees, said)


def test_of_an_author_s_claims_of_an_appearance_the_first_is_folded() -> None:
    log, said = lapped(ADA, BEN, CLEO)
    claims = [Claim(log.race_id, 0, 1, 90_000 - k) for k in range(98)]
    told = [operation(BEN, 100 + n, claim) for n, claim in enumerate(claims)]
    fold = read_fold(fold_room(b"", log.decrees, [*said, *told]))
    assert fold is not None
    assert [claim for _, author, claim in fold.facts.claims if author == BEN] == [claims[-1]]


def test_whoever_tells_most_of_records_keeps_nobody_elses_word_from_a_checkpoint() -> None:
    facts = Facts()
    for node in (BEN, CLEO):
        facts.add(operation(node, 1, BoardKept(bytes([node[0]]) * 16)))
    for n in range(1, 3 * TOLD_KEPT):
        facts.add(operation(ADA, n, BoardKept(bytes([n]) * 16)))
    told = [node for node, _ in facts.records]
    assert told == [BEN, CLEO, *[ADA] * (TOLD_KEPT - 2)]
    assert facts.records[-1] == (ADA, BoardKept(bytes([3 * TOLD_KEPT - 1]) * 16)), "its newest"
