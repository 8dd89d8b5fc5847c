"""Joining, founding and watching: who may do what, whom it waits for, and what it tells."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.cluster.snapshot import SnapshotCounters
from net.ids import NO_LINEAGE, Member
from net.limits import (
    ELSEWHERE_HEARSAY_NS,
    ELSEWHERE_ROOM_NS,
    ELSEWHERE_WAIT_NS,
    FOUND_TURN_NS,
    FOUND_WAIT_NS,
    LISTED_NS,
    MILLISECOND,
    SECOND,
    SIGHTINGS_MAX,
    STUCK_NS,
    WAIT_TOLD_NS,
)
from net.node.lineage.approach import Approach, Entry
from net.node.lineage.joining import Joining, Place
from net.node.peers import Peer, Peers
from net.node.program import Waiting, WaitReason
from net.transport.actions import Incompatible, RoomFull, Unconfirmed, UnconfirmedReason
from net.wire.decrees import AddMember, FoundLineage, RemoveMember
from net.wire.messages import Precedence, Status
from net.wire.versions import Versions

ME, ADA = Member(b"m" * 16, 1), Member(b"a" * 16, 1)
BEN = Member(b"b" * 16, 1)
AT = ("192.168.1.7", 40000)
SOON_NS = FOUND_WAIT_NS + FOUND_TURN_NS + MILLISECOND
FOUNDERS = {Entry.EITHER, Entry.FOUND}


class Newcomer:
    """A life that looks for a lineage, and the peers that it hears."""

    def __init__(self, entry: Entry, history: DecreeLog | None = None) -> None:
        self.peers = Peers()
        self.approach = Approach(entry)
        self.joining = Joining(
            ME,
            None,
            history or DecreeLog(),
            self.approach,
            self.peers,
            Random(1),
            SnapshotCounters(),
            0,
        )

    def hear(self, lineage: bytes, coordinator: Member | None = None) -> None:
        """Let ada answer, who stands in a lineage."""
        place = Precedence(0, 1, 0, 95, 255, lineage)
        status = Status(place, 1, coordinator, True, True, 1, 1, bytes(8), 1)
        self.peers.put(Peer(ADA.node, 1, "ada", Health.ALIVE, status))

    def founds(self, now_ns: int) -> bool:
        self.joining.on_tick(now_ns)
        return self.joining.should_found(now_ns)


@pytest.mark.parametrize("entry", Entry)
def test_where_nobody_is_only_who_may_opens_a_room(entry: Entry) -> None:
    newcomer = Newcomer(entry)
    assert not newcomer.founds(FOUND_WAIT_NS)
    assert newcomer.founds(SOON_NS) == (entry in FOUNDERS)
    assert newcomer.founds(3600 * SECOND) == (entry in FOUNDERS)
    assert newcomer.joining.waiting(SOON_NS) == Waiting(WaitReason.NOBODY)


@pytest.mark.parametrize("entry", Entry)
def test_while_somebody_is_listed_and_mute_only_who_opens_on_purpose_does(entry: Entry) -> None:
    newcomer = Newcomer(entry)
    for now_ns in range(0, 60 * SECOND, 5 * SECOND):
        newcomer.approach.on_listed(ADA.node, AT, now_ns)
        assert newcomer.founds(now_ns + SECOND) == (entry is Entry.FOUND)
        assert newcomer.joining.place is Place.KNOCKING
        told = newcomer.joining.waiting(now_ns + SECOND)
        assert told == Waiting(WaitReason.UNANSWERED, ADA.node, AT)


@pytest.mark.parametrize("entry", Entry)
def test_who_holds_a_history_of_the_room_goes_on_with_it_though_one_of_it_is_mute(
    entry: Entry,
) -> None:
    newcomer = Newcomer(entry, room(ME, ADA))
    newcomer.approach.on_listed(ADA.node, AT, 0)
    assert newcomer.founds(SOON_NS) == (entry in FOUNDERS), "not who only joins, though"


OTHER = Versions(8, 9)


def other(*, answers: bool = True, room: int = 9) -> Incompatible:
    """Return what is told of ada, who runs another version and is in the room."""
    return Incompatible(ADA.node if answers else None, AT, replace(OTHER, room=room), answers)


@pytest.mark.parametrize("entry", Entry)
@pytest.mark.parametrize(
    ("answers", "wait_ns"), [(True, ELSEWHERE_WAIT_NS), (False, ELSEWHERE_HEARSAY_NS)]
)
def test_a_room_of_another_version_is_founded_anew_on_purpose_only_and_not_for_ever_refused(
    entry: Entry, answers: bool, wait_ns: int
) -> None:
    newcomer = Newcomer(entry)
    found = other(answers=answers)
    for at_ns in range(0, wait_ns, SECOND):
        newcomer.approach.on_incompatible(found, at_ns)
        assert newcomer.founds(at_ns) == (entry is Entry.FOUND and at_ns > FOUND_WAIT_NS)
        told = newcomer.joining.waiting(at_ns)
        assert told == Waiting(WaitReason.INCOMPATIBLE, found.node, AT)
    newcomer.approach.on_incompatible(found, wait_ns)
    assert newcomer.founds(wait_ns) == entry.may_found


def test_a_room_of_another_version_that_is_heard_of_no_more_keeps_nobody() -> None:
    newcomer = Newcomer(Entry.EITHER)
    newcomer.approach.on_incompatible(other(), 0)
    assert not newcomer.founds(ELSEWHERE_ROOM_NS - 1)
    assert newcomer.founds(ELSEWHERE_ROOM_NS)


def test_who_is_listed_with_another_version_and_in_no_room_keeps_nobody() -> None:
    newcomer = Newcomer(Entry.EITHER)
    newcomer.approach.on_listed(ADA.node, AT, 0)
    assert not newcomer.founds(SOON_NS)
    newcomer.approach.on_incompatible(other(room=0), 0)
    newcomer.approach.on_listed(ADA.node, AT, SOON_NS)
    assert newcomer.founds(SOON_NS)


def test_of_nodes_with_other_versions_no_more_are_remembered_than_there_is_room() -> None:
    newcomer = Newcomer(Entry.EITHER)
    for n in range(2 * SIGHTINGS_MAX):
        found = Incompatible(n.to_bytes(16, "big"), AT, OTHER, answers=True)
        newcomer.approach.on_incompatible(found, n)
    assert len(newcomer.approach._foreign) == SIGHTINGS_MAX


def test_when_the_advert_has_lapsed_the_room_is_anybodys_again() -> None:
    newcomer = Newcomer(Entry.EITHER)
    newcomer.approach.on_listed(ADA.node, AT, 0)
    assert not newcomer.founds(LISTED_NS - 1)
    assert newcomer.founds(LISTED_NS)
    assert newcomer.joining.place is Place.LISTENING


def test_who_answers_is_knocked_at_no_more() -> None:
    newcomer = Newcomer(Entry.EITHER)
    newcomer.approach.on_listed(ADA.node, AT, 0)
    assert not newcomer.founds(SOON_NS)
    newcomer.hear(NO_LINEAGE)
    assert newcomer.founds(SOON_NS), "both listen, and it is our turn after hers"
    assert newcomer.joining.waiting(SOON_NS) == Waiting(WaitReason.GATHERING, ADA.node)


@pytest.mark.parametrize("entry", Entry)
def test_a_room_that_nobody_leads_just_now_is_opened_anew_on_purpose_only(entry: Entry) -> None:
    newcomer = Newcomer(entry)
    newcomer.hear(b"lineage1")
    assert not newcomer.founds(STUCK_NS)
    assert newcomer.founds(STUCK_NS + FOUND_WAIT_NS) == (entry is Entry.FOUND)
    assert newcomer.joining.waiting(0) == Waiting(WaitReason.LEADERLESS, ADA.node)


@pytest.mark.parametrize("entry", Entry)
def test_a_room_that_somebody_leads_is_entered_by_all(entry: Entry) -> None:
    newcomer = Newcomer(entry)
    newcomer.hear(b"lineage1", ADA)
    assert not newcomer.founds(SOON_NS)
    assert newcomer.joining.place is Place.LEARNING
    assert newcomer.joining.waiting(SOON_NS) == Waiting(WaitReason.LEARNING)


@pytest.mark.parametrize("entry", Entry)
def test_who_was_in_the_room_may_go_on_alone_but_who_watches_never_does(entry: Entry) -> None:
    approach = Approach(entry)
    approach.settle()
    assert approach.entry.may_found == (entry is not Entry.WATCH)
    assert approach.entry.may_lead == (entry is not Entry.WATCH)


def test_adverts_take_no_more_room_than_there_is_and_the_oldest_goes() -> None:
    approach = Approach(Entry.JOIN)
    for number in range(SIGHTINGS_MAX + 1):
        approach.on_listed(number.to_bytes(16, "big"), AT, 0)
    first = approach.unanswered(Peers(), 0)
    assert first is not None
    assert first.node == (1).to_bytes(16, "big")


# --- telling --------------------------------------------------------------------------------------


def test_a_wait_is_told_when_it_is_long_and_again_when_it_is_another() -> None:
    approach = Approach(Entry.JOIN)
    nobody, listed = Waiting(WaitReason.NOBODY), Waiting(WaitReason.UNANSWERED, ADA.node, AT)
    assert approach.news(nobody, 0, WAIT_TOLD_NS - 1) == []
    assert approach.news(nobody, 0, WAIT_TOLD_NS) == [nobody]
    assert approach.news(nobody, 0, 5 * WAIT_TOLD_NS) == [], "that is known"
    assert approach.news(listed, 0, 5 * WAIT_TOLD_NS) == [listed]
    assert approach.news(nobody, 0, 6 * WAIT_TOLD_NS - 1) == [], "no flood where it goes to and fro"
    assert approach.news(nobody, 0, 6 * WAIT_TOLD_NS) == [nobody]


# --- which of two rooms stays ---------------------------------------------------------------------


def room(*members: Member, lineage: bytes = b"lineage1", forks: int = 0) -> DecreeLog:
    """Return the log of a room that the first of these founded, all committed."""
    log = DecreeLog()
    log.append(1, FoundLineage(lineage, NO_LINEAGE, forks, members[:1]))
    for member in members[1:]:
        log.append(1, AddMember(member))
    log.commit_to(log.head)
    return log


def test_a_room_that_had_company_stays_before_a_solitary_one_whatever_else_is_so() -> None:
    company = room(ADA, ME, lineage=b"zzzzzzzz", forks=3)
    company.append(1, RemoveMember(ME))
    company.commit_to(company.head)
    alone = room(ME, lineage=b"aaaaaaaa")
    assert company.precedence(idle=True, age_ns=0) < alone.precedence(False, 10**18)


def test_a_member_that_is_not_yet_committed_to_is_no_company() -> None:
    log = room(ME)
    log.append(1, AddMember(ADA))
    assert not log.had_company
    log.commit_to(log.head)
    assert log.had_company


def test_of_two_solitary_rooms_the_older_stays() -> None:
    old, new = room(ADA, lineage=b"zzzzzzzz"), room(ME, lineage=b"aaaaaaaa")
    assert old.precedence(True, 60 * SECOND) < new.precedence(True, 50 * SECOND)
    assert old.precedence(True, SECOND) < new.precedence(True, SECOND // 2)


@given(st.integers(0, 2**60), st.integers(0, 2**60))
def test_a_room_never_looks_younger_as_it_grows_older(age_ns: int, more_ns: int) -> None:
    log = room(ME)
    younger, older = log.precedence(True, age_ns), log.precedence(True, age_ns + more_ns)
    assert older <= younger
    if more_ns > max(age_ns // 8, SECOND // 8) and age_ns < 2**50:
        assert older < younger


@given(st.data())
def test_two_rooms_that_know_of_each_other_from_before_never_both_give_way(
    data: st.DataObject,
) -> None:
    """Each compares itself now with what it heard of the other a while ago."""
    times = st.integers(0, 2**40)
    one, two = room(ADA), room(ME, lineage=b"lineage2")
    one_age, two_age = data.draw(times), data.draw(times)
    one_heard = data.draw(st.integers(0, one_age))
    two_heard = data.draw(st.integers(0, two_age))
    one_yields = two.precedence(True, two_heard) < one.precedence(True, one_age)
    two_yields = one.precedence(True, one_heard) < two.precedence(True, two_age)
    assert not (one_yields and two_yields)


@pytest.mark.parametrize("entry", Entry)
@pytest.mark.parametrize("why", [WaitReason.PASSPHRASE, WaitReason.LOCKED, WaitReason.UNLOCKED])
def test_beside_a_room_of_its_name_that_is_shut_only_who_opens_on_purpose_founds_another(
    entry: Entry, why: WaitReason
) -> None:
    newcomer = Newcomer(entry)
    for now_ns in range(0, 600 * SECOND, 20 * SECOND):
        newcomer.approach.on_door(ADA.node, AT, why, now_ns)
        assert newcomer.founds(now_ns + 19 * SECOND) == (entry is Entry.FOUND)
        assert newcomer.joining.waiting(now_ns + SECOND) == Waiting(why, ADA.node, AT)
    assert newcomer.founds(now_ns + 60 * SECOND) == (entry in FOUNDERS), "it has gone"


@pytest.mark.parametrize("entry", Entry)
@pytest.mark.parametrize(
    ("found", "why"),
    [
        (RoomFull(ADA.node, AT), WaitReason.FULL),
        (Unconfirmed(ADA.node, AT), WaitReason.UNCONFIRMED),
        (Unconfirmed(ADA.node, AT, UnconfirmedReason.BUSY), WaitReason.BUSY),
        (Unconfirmed(ADA.node, AT, UnconfirmedReason.TRIED), WaitReason.TRIED),
    ],
)
def test_who_is_answered_and_turned_away_is_told_so_and_kept_from_nothing(
    entry: Entry, found: RoomFull | Unconfirmed, why: WaitReason
) -> None:
    newcomer = Newcomer(entry)
    newcomer.approach.on_listed(ADA.node, AT, SECOND)
    newcomer.approach.on_turned_away(found, SECOND)
    assert newcomer.joining.waiting(2 * SECOND) == Waiting(why, ADA.node, AT)
    assert newcomer.founds(2 * SECOND) == (entry is Entry.FOUND), "it is listed, too"
    assert newcomer.founds(SECOND + LISTED_NS) == (entry in FOUNDERS)
    newcomer.hear(b"lineage1")
    assert newcomer.joining.waiting(2 * SECOND).reason is not why, "another has room"


def test_of_many_who_turn_us_away_for_one_reason_the_first_is_told_for_all() -> None:
    newcomer = Newcomer(Entry.EITHER)
    first, other = RoomFull(ADA.node, AT), RoomFull(BEN.node, ("10.0.0.9", 7))
    for second in range(1, 60):
        newcomer.approach.on_turned_away(other if second % 2 == 0 else first, second * SECOND)
        waiting = newcomer.joining.waiting(second * SECOND)
        assert waiting == Waiting(WaitReason.FULL, ADA.node, AT)


def test_who_does_not_answer_among_more_than_are_called_is_told_as_that_for_a_while() -> None:
    newcomer = Newcomer(Entry.EITHER)
    crowded = Unconfirmed(BEN.node, ("10.0.0.9", 7), UnconfirmedReason.CROWDED)
    newcomer.approach.on_turned_away(crowded, SECOND)
    assert newcomer.joining.waiting(SECOND) == Waiting(WaitReason.NOBODY)
    for now_ns, why in (
        (2 * SECOND, WaitReason.CROWDED),
        (SECOND + LISTED_NS, WaitReason.UNANSWERED),
    ):
        newcomer.approach.on_listed(ADA.node, AT, now_ns)
        assert newcomer.joining.waiting(now_ns) == Waiting(why, ADA.node, AT)


def test_who_is_listed_by_an_alias_is_no_more_waited_for_once_it_is_met() -> None:
    newcomer = Newcomer(Entry.EITHER)
    newcomer.approach.on_listed(b"an alias of ada!", AT, 0)
    assert newcomer.approach.unanswered(newcomer.peers, SECOND) is not None
    newcomer.hear(NO_LINEAGE)
    newcomer.approach.on_met(b"an alias of ada!", ADA.node)
    assert newcomer.approach.unanswered(newcomer.peers, SECOND) is None
