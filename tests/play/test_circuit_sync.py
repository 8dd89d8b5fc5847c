"""Who lacks the circuit that the room names gets it, and the race waits, but not for ever."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from net import Rule, Share, Want, content_digest
from racer.app.circuits.library import circuit_text
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import CIRCUIT_BYTES_MAX, FETCH_GIVE_UP_NS, FETCH_WAIT_NS
from racer.play.reports import CircuitSeen
from racer.play.room.facts import Facts
from racer.play.room.messages import Choice, Fetching, Setup, decode_fact, encode
from racer.play.view import Choose, Phase, Start
from tests.play.company import Company, facts, phase_is, player, run, view_of
from tests.play.rooms import ADA, BEN, CLEO, operation
from tests.play.toy_catalog import ToyCatalog

QUAY = circuit_text("dockyard").encode().replace(b"name dockyard", b"name quay")
PIER = QUAY.replace(b"name quay", b"name pier")
CONTENT = content_digest(QUAY)
SETUP = Setup(RaceSetup("quay", 1, CONTENT), 2)
FAULTY = b"name quay\nturn left\n"


def meet(catalogs: Mapping[bytes, ToyCatalog], setup: Setup = SETUP) -> Company:
    """Bring people together, who all wait for two."""
    players = {node: player(bot=False, setup=setup) for node in catalogs}
    return Company({}, {}, players, catalogs=catalogs)


def share_of(company: Company, node: bytes) -> float:
    """Return how much of the circuit the first one's lobby shows for a node."""
    return next(row.circuit for row in view_of(company).drivers if row.node == node)


def test_who_lacks_the_circuit_gets_it_and_stands_on_its_grid() -> None:
    company = meet({ADA: ToyCatalog([QUAY]), BEN: ToyCatalog()})
    run(company, phase_is(company, Phase.RACING, BEN))
    track = view_of(company, BEN).circuit
    assert track is not None
    assert track.name == "quay"
    assert len(view_of(company, BEN).cars) == 2
    assert Share(QUAY) in company.seats[ADA].commands
    assert Want(CONTENT, CIRCUIT_BYTES_MAX) in company.seats[BEN].commands
    told = [fact for fact in facts(company.seats[BEN]) if isinstance(fact, Fetching)]
    assert [fact.quarters for fact in told] == [0, 4]
    assert not any(isinstance(fact, Fetching) for fact in facts(company.seats[ADA]))


def test_each_tells_once_that_it_has_the_circuit() -> None:
    company = meet({ADA: ToyCatalog([QUAY]), BEN: ToyCatalog()})
    company.tick(60)
    assert company.seats[ADA].told(CircuitSeen) == [CircuitSeen("quay", CONTENT.hex(), 1.0)]
    seen = company.seats[BEN].told(CircuitSeen)
    assert seen == [CircuitSeen("quay", CONTENT.hex(), share) for share in (0.0, 1.0)]


def test_a_race_waits_for_who_fetches_its_circuit_but_not_for_ever() -> None:
    company = meet({ADA: ToyCatalog([QUAY]), BEN: ToyCatalog(takes=False)})
    company.tick(FETCH_WAIT_NS * 60 // 1_000_000_000 - 60)
    assert view_of(company).phase is Phase.LOBBY
    assert share_of(company, ADA) == 1.0
    assert share_of(company, BEN) < 1.0
    company.tick(120)
    assert view_of(company).phase is Phase.COUNTDOWN


def test_what_cannot_be_read_is_told_and_no_race_begins_until_another_is_chosen() -> None:
    setup = Setup(RaceSetup("quay", 1, content_digest(FAULTY)), 2)
    catalog = ToyCatalog([QUAY])
    company = meet({ADA: catalog, BEN: ToyCatalog([QUAY])}, setup)
    company.contents[content_digest(FAULTY)] = FAULTY
    company.tick(60)
    for node in (ADA, BEN):
        assert any("choose another" in notice.text for notice in view_of(company, node).notices)
    company.seats[ADA].session.intend(Start())
    company.tick(600)
    assert view_of(company).phase is Phase.LOBBY
    company.seats[BEN].session.intend(Choose(RaceSetup("quay", 1)))
    run(company, phase_is(company, Phase.RACING, BEN), 20.0)


def test_where_nobody_has_the_circuit_the_coordinators_own_is_raced() -> None:
    lost = Setup(RaceSetup("moon", 3, content_digest(b"moon")), 2)
    company = meet({ADA: ToyCatalog([QUAY]), BEN: ToyCatalog()})
    company.commit(Rule(encode(lost)))
    company.tick(FETCH_GIVE_UP_NS * 60 // 1_000_000_000 - 60)
    assert view_of(company).setup.track == "moon"
    run(company, phase_is(company, Phase.RACING, BEN), 10.0)
    assert view_of(company).setup.track == "quay"


def test_while_one_has_the_circuit_no_other_is_raced() -> None:
    company = meet({ADA: ToyCatalog([QUAY], takes=False), BEN: ToyCatalog([PIER])})
    company.commit(Rule(encode(Setup(RaceSetup("pier", 3, content_digest(PIER)), 2))))
    company.tick(2 * FETCH_GIVE_UP_NS * 60 // 1_000_000_000)
    assert view_of(company).setup.track == "pier"
    assert view_of(company).phase is Phase.LOBBY


def test_a_choice_names_the_content_that_its_author_has_or_the_rooms() -> None:
    company = meet({ADA: ToyCatalog([QUAY]), BEN: ToyCatalog([PIER])})
    company.tick(10)
    for setup in (("pier", 1, None), ("quay", 3, None), ("quay", 2, CONTENT)):
        company.seats[BEN].session.intend(Choose(RaceSetup(*setup)))
    company.tick(2)
    chosen = [fact for fact in facts(company.seats[BEN]) if isinstance(fact, Choice)]
    assert [(fact.race.track, fact.race.laps, fact.race.content) for fact in chosen] == [
        ("pier", 1, content_digest(PIER)),
        ("quay", 3, CONTENT),
        ("quay", 2, CONTENT),
    ]


def test_a_circuit_is_chosen_that_the_coordinator_lacks() -> None:
    company = meet({ADA: ToyCatalog([QUAY]), BEN: ToyCatalog([PIER, QUAY])})
    company.seats[BEN].session.intend(Choose(RaceSetup("pier", 1)))
    run(company, phase_is(company, Phase.RACING), 20.0)
    assert {view_of(company, node).setup.track for node in (ADA, BEN)} == {"pier"}
    assert view_of(company, ADA).circuit is not None


def test_of_a_fetch_the_newest_word_counts_and_the_first_one_dates_it() -> None:
    known = Facts()
    words = [
        operation(CLEO, 2, Fetching(CONTENT, 2), race_us=2_000_000),
        operation(CLEO, 1, Fetching(CONTENT, 0), race_us=1_000_000),
    ]
    known.add(words[1])
    known.add(words[0])
    known.add(words[1])
    assert known.share_of(CONTENT, CLEO) == 0.5
    assert known.share_of(CONTENT, ADA) == 1.0
    begun_ns = 1_000_000_000
    assert known.fetchers(CONTENT, [ADA, CLEO], begun_ns + FETCH_WAIT_NS - 1) == [CLEO]
    assert known.fetchers(CONTENT, [ADA, CLEO], begun_ns + FETCH_WAIT_NS) == []
    known.add(operation(CLEO, 1, Fetching(CONTENT, 0), race_us=90_000_000, life=2))
    assert known.fetchers(CONTENT, [CLEO], 90_000_000_000) == [CLEO]
    known.add(operation(CLEO, 2, Fetching(CONTENT, 4), race_us=91_000_000, life=2))
    assert known.fetchers(CONTENT, [CLEO], 91_000_000_000) == []
    assert known.fetchers(None, [CLEO], 91_000_000_000) == []


@pytest.mark.parametrize("fact", [Fetching(CONTENT, 5), Fetching(b"", 1), Fetching(CONTENT, -1)])
def test_a_fetch_out_of_range_is_nothing(fact: Fetching) -> None:
    assert decode_fact(encode(fact)) is None


def test_a_wish_to_start_waits_too() -> None:
    setup = Setup(RaceSetup("quay", 1, CONTENT), 0)
    company = meet({ADA: ToyCatalog([QUAY]), BEN: ToyCatalog(takes=False)}, setup)
    company.tick(60)
    for seat in company.seats.values():
        seat.session.intend(Start())
    company.tick(120)
    assert view_of(company).phase is Phase.LOBBY
    run(company, phase_is(company, Phase.COUNTDOWN), FETCH_WAIT_NS / 1_000_000_000)
