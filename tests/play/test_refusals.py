"""What a driver cannot say or do is told: in the window, and to whoever reads the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net import (
    Bound,
    BoundReached,
    CheckpointDiffered,
    CommandFault,
    HistoryGivenUp,
    PeerUnreadable,
    Publish,
    Refused,
    Rule,
    StateReceived,
    Submit,
    UnreadReason,
    WireFault,
)
from racer.play.limits import CHAT_BURST, CHAT_CHARS_MAX, REFUSAL_TOLD_NS
from racer.play.reports import CommandRefused, PeerUnreadableSeen, RoomTrouble
from racer.play.room.messages import Said, encode
from racer.play.view import Phase, Say, Start
from tests.play.company import (
    PERSON,
    SECOND,
    TICK_NS,
    Company,
    facts,
    phase_is,
    player,
    run,
    view_of,
)
from tests.play.rooms import ADA, BEN

if TYPE_CHECKING:
    from tests.play.company import Meet

TOO_LONG = f"Not said: a line has {CHAT_CHARS_MAX} characters at most"
TOO_FAST = "Not said: too much at once, say it again in a moment"


def said(company: Company) -> list[str]:
    return [fact.text for fact in facts(company.seats[ADA]) if isinstance(fact, Said)]


def notices(company: Company) -> list[str]:
    return [notice.text for notice in view_of(company).notices]


@pytest.mark.parametrize("letter", ["x", "ж", "漢", "😀"])
def test_the_longest_line_in_any_script_is_said_whole(meet: Meet, letter: str) -> None:
    company = meet({ADA: player(setup=PERSON)})
    company.seats[ADA].session.intend(Say(letter * CHAT_CHARS_MAX))
    company.tick(3)
    assert [line.text for line in view_of(company).chat] == [letter * CHAT_CHARS_MAX]


def test_a_line_that_is_too_long_is_not_cut_but_refused_and_told(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON)})
    company.seats[ADA].session.intend(Say("y" * (CHAT_CHARS_MAX + 1)))
    company.tick(3)
    assert said(company) == []
    assert notices(company) == [TOO_LONG]
    told = company.seats[ADA].told(CommandRefused)
    assert told == [CommandRefused("chat", "oversized", TOO_LONG)]


def test_who_says_more_than_anybody_would_hear_is_told_and_says_it_later(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON)})
    session = company.seats[ADA].session
    for k in range(CHAT_BURST + 1):
        session.intend(Say(f"line {k}"))
    company.tick(3)
    assert said(company) == [f"line {k}" for k in range(CHAT_BURST)]
    assert notices(company) == [TOO_FAST]
    company.tick(SECOND // TICK_NS + 1)
    session.intend(Say("again"))
    company.tick(2)
    assert said(company)[-1] == "again"
    assert len(view_of(company).chat) == CHAT_BURST + 1, "whoever hears it counts the same"


def test_many_greetings_are_all_said_at_the_pace_at_which_they_are_heard(meet: Meet) -> None:
    lines = [f"line {k}" for k in range(CHAT_BURST + 3)]
    company = meet({ADA: player(setup=PERSON, say=tuple(lines))})
    company.tick(10)
    assert said(company) == lines[:CHAT_BURST]
    assert not company.seats[ADA].session.greeted
    company.tick(4 * 60)
    assert [line.text for line in view_of(company).chat] == lines
    assert company.seats[ADA].session.greeted
    assert company.seats[ADA].told(CommandRefused) == []


def test_a_fault_of_ours_is_told_as_one_and_not_again_and_again(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON)})
    refused = Refused(Publish(1, bytes(65)), CommandFault.OVERSIZED)
    for _ in range(100):
        company.tell(ADA, refused)
    company.tick()
    words = "internal fault: a Publish is oversized; please report"
    assert company.seats[ADA].told(CommandRefused) == [
        CommandRefused("Publish", "oversized", words)
    ]
    assert notices(company) == [words]
    company.tick(REFUSAL_TOLD_NS // TICK_NS + 1)
    company.tell(ADA, refused)
    assert len(company.seats[ADA].told(CommandRefused)) == 2, "it goes on, and is told again"


def test_what_is_too_much_for_a_room_is_told_and_is_no_fault(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON)})
    company.tell(ADA, Refused(Submit(b"no line"), CommandFault.TOO_MANY))
    company.tick()
    assert notices(company) == ["a Submit was not sent: it is more than a room takes"]


def test_a_line_that_the_node_refuses_is_told_as_a_line(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON)})
    company.tell(ADA, Refused(Submit(encode(Said("hi"))), CommandFault.TOO_MANY))
    company.tick()
    assert notices(company) == [TOO_FAST]


def test_an_office_that_was_lost_meanwhile_is_no_fault(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON)})
    company.tell(ADA, Refused(Submit(b"x"), CommandFault.NOT_DECIDING))
    company.tick(SECOND // TICK_NS)
    assert company.seats[ADA].told(CommandRefused) == []
    assert notices(company) == []


def test_a_peer_that_cannot_be_read_is_named(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON)})
    company.tell(ADA, PeerUnreadable(BEN, "ben", WireFault.FIELDS, 7))
    company.tick()
    words = "ben says what this racer cannot read (fields)"
    assert company.seats[ADA].told(PeerUnreadableSeen) == [
        PeerUnreadableSeen(BEN, "ben", "fields", 7, words)
    ]
    assert notices(company) == [words]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (UnreadReason.TOO_MUCH, "ben says more than anybody reads: some comes late here, or never"),
        (
            UnreadReason.FORGED,
            "ben brings words of others that they did not sign: those are not read",
        ),
    ],
)
def test_whose_words_are_not_looked_at_is_told(
    meet: Meet, reason: UnreadReason, words: str
) -> None:
    company = meet({ADA: player(setup=PERSON), BEN: player(name="ben", setup=PERSON)})
    company.tick(3)
    company.tell(ADA, PeerUnreadable(BEN, "", reason, 7))  # an author that is no peer
    company.tick()
    assert company.seats[ADA].told(PeerUnreadableSeen) == [
        PeerUnreadableSeen(BEN, "ben", reason.value, 7, words)
    ]
    assert words in notices(company)


def test_a_fact_that_nobody_knows_names_its_author_and_not_in_a_flood(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON), BEN: player(name="ben", setup=PERSON)})
    company.tick(3)
    for _ in range(5):
        company.submit(BEN, b"of a game to come")
    company.tick()
    words = "ben says what this racer cannot read (fact): one of both is out of date"
    told = company.seats[ADA].told
    assert told(PeerUnreadableSeen) == [PeerUnreadableSeen(BEN, "ben", "fact", 1, words)]
    assert words in notices(company)
    company.tick(REFUSAL_TOLD_NS // TICK_NS)
    company.submit(BEN, b"of a game to come")
    assert told(PeerUnreadableSeen)[1:] == [PeerUnreadableSeen(BEN, "ben", "fact", 5, words)]


def test_a_decree_that_nobody_can_read_is_told_once_in_a_while(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON)})
    for _ in range(3):
        company.commit(Rule(b"of a game to come"))
    company.tick()
    (told,) = company.seats[ADA].told(RoomTrouble)
    assert isinstance(told, RoomTrouble)
    assert told.kind == "unread"
    assert notices(company) == [told.text]


def test_a_car_that_cannot_be_read_names_its_driver(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON), BEN: player(name="ben", setup=PERSON)})
    company.seats[ADA].session.intend(Start())
    run(company, phase_is(company, Phase.RACING))
    race = company.seats[ADA].session._state.room.race
    assert race is not None
    term = race.term_of(race.number_of(BEN) or 0)
    company.tell(ADA, StateReceived(BEN, BEN, 1, 0, 99, term + b"no car"))
    assert [
        (told.node, told.why)
        for told in company.seats[ADA].told(PeerUnreadableSeen)
        if isinstance(told, PeerUnreadableSeen)
    ] == [(BEN, "car")]


@pytest.mark.parametrize(
    ("event", "kind", "words"),
    [
        (CheckpointDiffered(512), "differed", "not what all of us saw"),
        (HistoryGivenUp(37), "given up", "in no room any more: 37 entries"),
        (BoundReached(Bound.DECREES), "full", "nothing more is decided"),
        (BoundReached(Bound.OPERATIONS), "full", "nothing more can be said"),
        (BoundReached(Bound.LIVES), "full", "who is new in the room is not heard"),
        (BoundReached(Bound.FOLD), "full", "more than fits a checkpoint"),
        (
            BoundReached(Bound.AUTHORS, (ADA,)),
            "forgotten",
            "So many have come and gone that the room forgets",
        ),
        (
            BoundReached(Bound.CONVICTED, tuple(bytes([n]) * 16 for n in range(9, 14))),
            "forgotten",
            "and 2 more, who may come in again",
        ),
    ],
)
def test_what_is_wrong_with_the_room_is_told(
    meet: Meet, event: CheckpointDiffered | HistoryGivenUp | BoundReached, kind: str, words: str
) -> None:
    company = meet({ADA: player(setup=PERSON)})
    company.tell(ADA, event)
    company.tick()
    (told,) = company.seats[ADA].told(RoomTrouble)
    assert isinstance(told, RoomTrouble)
    assert told.kind == kind
    assert words in told.text
    assert notices(company) == [told.text]
