"""What may be set of a race is set by the command line and by the lobby alike, from one table."""

from __future__ import annotations

import argparse
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from racer.app.commands.cli import build_parser
from racer.app.race_settings import RACE_SETTINGS, option_words, with_options
from racer.core.rules.grid_order import GridOrder
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup

PLAIN = RaceSetup("dockyard", 3)
SETUPS = st.builds(
    RaceSetup,
    st.just("dockyard"),
    st.just(3),
    st.none(),
    st.sampled_from(Mode),
    st.sampled_from(GridOrder),
    st.booleans(),
)


def parsed(*words: str) -> argparse.Namespace:
    return build_parser().parse(["bot", *words])


def test_each_field_that_may_be_set_has_one_row() -> None:
    told = [setting.field for setting in RACE_SETTINGS]
    named = {"track", "laps", "content"}  # the circuit and how often round it: no row of a table
    assert sorted(told) == sorted({field.name for field in fields(RaceSetup)} - named)


def test_each_choice_makes_another_setup_and_is_found_in_it() -> None:
    for setting in RACE_SETTINGS:
        setups = [setting.chosen(PLAIN, at) for at in range(len(setting.choices))]
        assert setups[0] == PLAIN
        assert [setting.at(setup) for setup in setups] == list(range(len(setups)))
        assert len({setting.shown(each) for each in setups}) == len(setups) > 1


@given(setup=SETUPS)
def test_the_words_of_a_setup_make_it_again(setup: RaceSetup) -> None:
    assert with_options(PLAIN, vars(parsed(*option_words(setup)))) == setup


def test_a_race_as_it_is_by_itself_needs_no_words() -> None:
    assert option_words(PLAIN) == []


def test_an_option_goes_by_its_former_name_too() -> None:
    assert parsed("--form", "trial").mode == parsed("--mode", "trial").mode == "trial"
