"""What who coordinates may decree in others' names, and no follower takes."""

from __future__ import annotations

from dataclasses import replace

from net import Dot, NodeId, Order
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import LONG_SAID_NS, PASSED_OVER_NS, WITNESSED_NS
from racer.play.review.evidence import Misruling
from racer.play.room.messages import (
    Choice,
    Disqualification,
    Hosted,
    Lie,
    LobbyEntry,
    Removal,
    RemovalVote,
    Said,
    Seat,
    Setup,
    Unseat,
    Witnessed,
)
from tests.play.rooms import ADA, BEN, CLEO, DAN, SETUP, Log, racing
from tests.play.test_review import SECOND, Follower
from tests.play.test_review_of_lobbies import after_a_race

# --- the chat of who was put out ------------------------------------------------------------------


def put_out(here: Follower) -> Removal:
    here.hear(ADA, RemovalVote(CLEO, on=True))
    here.hear(BEN, RemovalVote(CLEO, on=True))
    return Removal(CLEO, (Dot(ADA, 1, here.said - 1), Dot(BEN, 1, here.said)))


def people() -> Follower:
    here = Follower(racing(ADA, BEN, CLEO), here=frozenset((ADA, BEN, CLEO)))
    for node in (ADA, BEN, CLEO):
        here.hear(node, LobbyEntry("x", bot=False))
    return here


def test_who_was_put_out_says_nothing_by_who_leads() -> None:
    here = people()
    here.log.append(put_out(here))
    here.hear(CLEO, Said("still here"))
    place = Order(Dot(CLEO, 1, here.said))
    assert here.refuses(place) is Misruling.REMOVED
    here.hear(BEN, Said("are you?"))
    assert here.refuses(Order(Dot(BEN, 1, here.said))) is None


def test_nor_by_a_decree_right_behind_that_which_puts_it_out() -> None:
    here = people()
    removal = put_out(here)
    here.hear(CLEO, Said("still here"))
    place = Order(Dot(CLEO, 1, here.said))
    assert here.refuses(place, removal) is None, "it had its turn before"
    assert here.refuses(removal, place) is Misruling.REMOVED
    assert here.log.room.removed == {}


# --- testimonies ----------------------------------------------------------------------------------


def told_at(*at_ns: int) -> tuple[Follower, Disqualification]:
    """Return who heard these testify against Cleo at these times, and what they amount to."""
    here, dots = Follower(), []
    for node, ns in zip((ADA, BEN), at_ns, strict=True):
        here.hear(node, Witnessed(here.race_id, CLEO, Lie.LEAP), ns)
        dots.append(Dot(node, 1, here.said))
    return here, Disqualification(here.race_id, CLEO, Lie.LEAP, tuple(dots))


def test_nobody_is_put_out_by_a_sum_of_errors_over_minutes() -> None:
    here, errors = told_at(SECOND, 2 * WITNESSED_NS + PASSED_OVER_NS + SECOND)
    assert here.refuses(errors) is Misruling.UNFOUNDED


def test_testimonies_of_one_time_count_however_late_they_come_and_whatever_clocks_say() -> None:
    apart_ns = 2 * WITNESSED_NS - SECOND  # one lies behind its clock who decrees, one ahead of it
    here, due = told_at(SECOND, SECOND + apart_ns)
    assert here.refuses(due) is None
    here.race_ns += 60 * WITNESSED_NS
    assert here.refuses(due) is None
    here.hear(BEN, Witnessed(here.race_id, CLEO, Lie.LEAP), apart_ns + PASSED_OVER_NS)
    assert here.refuses(due) is None, "it saw it again since"


# --- what is raced next ---------------------------------------------------------------------------


def chosen(here: Follower, laps: int, *, mode: Mode | None = None) -> Setup:
    setup = here.log.room.setup
    assert setup is not None
    return replace(setup, race=replace(setup.race, laps=laps, mode=mode or setup.race.mode))


def lobby() -> Follower:
    """Return who has been in the second lobby of a room with Ada and Cleo for long."""
    here = after_a_race(ADA, BEN, CLEO)
    here.here = frozenset((ADA, BEN, CLEO))
    return here


def wishes(here: Follower, node: NodeId, laps: int, ago_ns: int) -> None:
    wanted = chosen(here, laps).race
    here.hear(node, Choice(here.log.room.lobby, wanted, ("laps",)), here.race_ns - ago_ns)


def test_no_setting_becomes_what_nobody_voted_for() -> None:
    here = lobby()
    wishes(here, BEN, 9, LONG_SAID_NS)
    wishes(here, CLEO, 5, LONG_SAID_NS)
    assert here.refuses(chosen(here, 99)) is Misruling.UNFOUNDED
    assert here.refuses(chosen(here, 5)) is None
    assert here.refuses(chosen(here, 9)) is None, "for which most are each counts in its own way"


def test_who_votes_anew_may_have_voted_for_something_else_before() -> None:
    here = lobby()
    wishes(here, BEN, 9, LONG_SAID_NS - 1000)
    assert here.refuses(chosen(here, 99)) is None
    here.race_ns += SECOND
    assert here.refuses(chosen(here, 99)) is Misruling.UNFOUNDED


def test_of_whom_one_has_not_met_for_long_a_vote_may_have_been_another() -> None:
    for known in ((BEN, CLEO), (ADA, CLEO)):
        here = lobby()
        wishes(here, BEN, 9, LONG_SAID_NS)
        here.here = frozenset(known)
        assert here.refuses(chosen(here, 99)) is None, "who decrees, or the voter, is not here"
    here = lobby()
    wishes(here, BEN, 9, here.race_ns)
    here.since_ns = here.race_ns - LONG_SAID_NS + SECOND
    assert here.refuses(chosen(here, 99)) is None, "all have just met again"


def test_what_they_wished_who_say_two_things_in_one_place_is_not_known_to_all() -> None:
    here = lobby()
    wishes(here, BEN, 9, LONG_SAID_NS)
    here.convicted = (DAN,)
    assert here.refuses(chosen(here, 99)) is Misruling.UNFOUNDED
    here.convicted = (CLEO,)
    assert here.refuses(chosen(here, 99)) is None


def test_who_only_watches_chooses_nothing_unless_it_is_the_host() -> None:
    here = lobby()
    wishes(here, DAN, 99, LONG_SAID_NS)
    assert here.refuses(chosen(here, 99)) is Misruling.UNFOUNDED
    log = Log()
    log.extend([SETUP, Hosted(DAN), Seat(BEN, 1)])
    hosted = Follower(log, here=frozenset((ADA, BEN, DAN)), race_ns=10 * LONG_SAID_NS)
    wishes(hosted, DAN, 99, LONG_SAID_NS)
    assert hosted.refuses(chosen(hosted, 99)) is None


def test_who_was_just_put_out_may_have_chosen_before() -> None:
    here = lobby()
    wishes(here, CLEO, 99, LONG_SAID_NS)
    here.log.append(put_out(here))
    assert here.refuses(chosen(here, 99)) is None
    here.log.append(Unseat(BEN))
    wishes(here, BEN, 98, LONG_SAID_NS)
    assert here.refuses(chosen(here, 98)) is Misruling.UNFOUNDED


def test_each_setting_and_a_circuit_with_its_text_is_voted_for_by_itself() -> None:
    here = lobby()
    text, other = bytes([1]) * 16, bytes([2]) * 16
    wanted = RaceSetup("imola", 9, content=text)
    choice = Choice(here.log.room.lobby, wanted, ("laps", "track"))
    here.hear(BEN, choice, here.race_ns - LONG_SAID_NS)
    race = chosen(here, 9).race
    assert here.refuses(chosen(here, 9)) is None
    assert here.refuses(chosen(here, 9, mode=Mode.TRIAL)) is Misruling.UNFOUNDED
    for content, why in ((text, None), (other, Misruling.UNFOUNDED)):
        setup = replace(chosen(here, 9), race=replace(race, track="imola", content=content))
        assert here.refuses(setup) is why
