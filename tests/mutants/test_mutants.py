"""Each protection that is taken away is missed: by a schedule of the machines that it guards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from net.sim.mutants import Edit, Mutant, NotThereError, broken, edited
from tests.mutants.catalog import ALL, CATALOG, CAUGHT_BY, cases_of, is_missed
from tests.net.test_election import test_nobody_stands_while_the_seat_is_taken as quick
from tests.net.test_guards_of_decrees import (
    test_an_answer_counts_for_what_it_is_alone as five_answers,
)


@pytest.mark.sim
@pytest.mark.parametrize("name", ALL)
def test_a_protection_taken_away_is_missed(name: str) -> None:
    assert not is_missed(name), "else it fails anyway"
    with broken(ALL[name]):
        missed = is_missed(name)
    assert missed, ALL[name].tells


def test_every_mutant_has_a_name_of_its_own_and_a_test_that_misses_it() -> None:
    assert len(ALL) == sum(map(len, CATALOG.values()))
    assert set(CAUGHT_BY) == set(ALL)


def test_a_schedule_of_many_cases_is_run_in_all_of_them() -> None:
    assert len(cases_of(five_answers)) == 5
    assert cases_of(quick) == [{}]


def test_a_mutant_of_words_that_are_gone_or_stand_twice_is_refused() -> None:
    for words in ("what nobody wrote", "Send"):
        with pytest.raises(NotThereError, match=f"on_hand_over|on_prepare.* has not once: {words}"):
            edited([Edit(ALL["one-promise"].edits[0].function, words, "")])


def test_a_mutant_leaves_the_code_as_it_was() -> None:
    (edit,) = ALL["one-promise"].edits
    before = edit.function.__code__
    with broken(Mutant("any", edits=(edit,))):
        assert edit.function.__code__ is not before
    assert edit.function.__code__ is before


def test_the_document_lists_every_mutant_with_what_misses_it() -> None:
    document = (Path(__file__).parents[2] / "docs" / "MUTANTS.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.+?) \| `(\w+)` \|", document, re.MULTILINE)
    told = [
        (name, mutant.tells, CAUGHT_BY[name].partition("::")[2]) for name, mutant in ALL.items()
    ]
    assert rows == told
