"""Two islands of a room in words and as cards; who joins one calls those who are in it."""

from __future__ import annotations

from dataclasses import replace

from net.discovery.sightings import RaceNearby
from net.runtime.disk.acquaintances import Acquaintance, Acquaintances
from racer.app.islands import island_words
from racer.app.window.ports import LeftRace, RaceCard
from racer.app.window.scenes.race_list import listed_races
from racer.play.view import Phase

LEA, KIM, SAM = (("10.0.0.1", 1), ("10.0.0.2", 1), ("10.0.0.3", 1))


STRANGERS = Acquaintances()


def race(nth: int, *addresses: tuple[str, int], unheard: tuple[tuple[str, int], ...]) -> RaceNearby:
    told = ("friday", b"tag", False, 2, "lobby", "dockyard", ())
    return RaceNearby(*told, addresses=addresses, nth=nth, mark="ab12", unheard=unheard)


def test_each_island_says_who_is_in_it_and_whom_they_do_not_hear() -> None:
    assert island_words(race(1, LEA, unheard=(KIM, SAM)), STRANGERS) == (
        "10.0.0.1; they do not hear 10.0.0.2, 10.0.0.3"
    )
    assert island_words(race(2, KIM, SAM, unheard=(LEA,)), STRANGERS) == (
        "a second room of that name: 10.0.0.2, 10.0.0.3; they do not hear 10.0.0.1"
    )


def test_islands_on_one_machine_are_told_apart_by_ports_and_many_are_counted() -> None:
    crowd = tuple(("10.0.0.1", port) for port in range(2, 8))
    assert island_words(race(2, *crowd, unheard=(LEA,)), STRANGERS) == (
        "a second room of that name: 10.0.0.1:2, 10.0.0.1:3, 10.0.0.1:4 and 3 more;"
        " they do not hear 10.0.0.1:1"
    )


def test_whom_we_have_met_is_told_by_name_and_who_was_at_an_address_as_a_guess() -> None:
    met = Acquaintances()
    met.note(Acquaintance(bytes(16), b"alias of kim", "Kim", ("10.9.9.9", 1)))
    met.note(Acquaintance(b"s" * 16, b"an older alias", "Sam", SAM))
    told = replace(
        race(2, KIM, SAM, unheard=(LEA,)),
        tellers={KIM: b"alias of kim", SAM: b"another alias", LEA: b"alias of lea"},
    )
    assert island_words(told, met) == (
        "a second room of that name: Kim, 10.0.0.3 (where Sam was); they do not hear 10.0.0.1"
    )
    met.note(Acquaintance(b"l" * 16, b"alias of lea", "Lea", LEA))
    assert island_words(told, met).endswith("they do not hear Lea")


def test_islands_are_rows_of_their_own_and_the_first_stays_the_row_it_was() -> None:
    alone = RaceCard("friday", 3, Phase.LOBBY, "dockyard", False)
    second = RaceCard("friday", 1, Phase.LOBBY, "dockyard", False, island="ab12")
    before, after = listed_races((alone,), None), listed_races((alone, second), None)
    assert [row.card for row in after] == [alone, second]
    assert before[0].id == after[0].id != after[1].id


def test_who_comes_back_after_a_crash_sees_the_other_island_too() -> None:
    alone = RaceCard("friday", 3, Phase.LOBBY, "dockyard", False)
    second = RaceCard("friday", 1, Phase.LOBBY, "dockyard", False, island="ab12")
    listed = listed_races((alone, second), LeftRace("friday", locked=False))
    assert [(row.card, row.ours) for row in listed] == [(alone, True), (second, False)]
    assert [row.card for row in listed_races((), LeftRace("friday", locked=False))] == [None]
