"""Keys by place: what is bound at first on any layout, and what binding anew does."""

from __future__ import annotations

import pytest

from racer.app.window.input.actions import ACTIONS, Action, Scope
from racer.app.window.input.bindings import Bindings, Clash, default_bindings
from racer.app.window.input.key_names import UsNames
from racer.app.window.input.places import BUTTON_NAMES, NAMES, PLACES

# What stands on the letter keys from Q to M, row by row, as each layout prints them.
US = "QWERTYUIOPASDFGHJKL;ZXCVBNM"
LAYOUTS = {
    "us": US,
    "fr": "AZERTYUIOPQSDFGHJKLMWXCVBN,",
    "de": "QWERTZUIOPASDFGHJKLÖYXCVBNM",
    "dvorak": "',.PYFGCRLAOEUIDHTNS;QJKXBM",
    "bépo": "BÉPOÈ^VDLJAUIE,CTSRNÀYX.K'Q",
    "ru": "ЙЦУКЕНГШЩЗФЫВАПРОЛДЖЯЧСМИТЬ",
    "gr": ";ΣΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛ΄ΖΧΨΩΒΝΜ",
    "il": "/'קראטוןםפשדגכעיחלךףזסבהנמצ",
    "jp": US,
    "tr": "FGĞIODRNHPUİEAÜTKMLYJÖVCÇZS",
}


class Layout:
    """A keyboard on which these letters are printed."""

    def __init__(self, printed: str) -> None:
        self._printed = dict(zip((PLACES[key] for key in US), printed, strict=True))

    def name(self, place: int) -> str:
        return self._printed.get(place, NAMES[place])

    def place(self, name: str) -> int | None:
        found = [place for place, letter in self._printed.items() if letter == name]
        return found[0] if found else PLACES[name] if len(name) > 1 else None


@pytest.mark.parametrize("printed", LAYOUTS.values(), ids=LAYOUTS)
def test_in_every_layout_each_action_has_its_key_and_none_is_for_two(printed: str) -> None:
    layout = Layout(printed)
    bindings = default_bindings(layout)
    assert bindings.clashes() == bindings.button_clashes() == ()
    assert all(bindings.keys[action] for action, row in ACTIONS.items() if row.keys)
    driving = [NAMES[bindings.keys[a][-1]] for a in (Action.THROTTLE, Action.BRAKE)]
    assert driving == ["W", "S"], "a hand finds its keys in the same places"


def test_a_command_lies_where_its_letter_is_printed_and_else_in_its_place() -> None:
    def chat_on(layout: str) -> tuple[str, str]:
        names = Layout(LAYOUTS[layout])
        (place,) = default_bindings(names).keys[Action.CHAT]
        return NAMES[place], names.name(place)

    assert chat_on("us") == ("T", "T")
    assert chat_on("dvorak") == ("K", "T")
    assert chat_on("ru") == ("T", "Е")


def test_a_letter_that_lies_under_the_driving_hand_is_not_taken_from_it() -> None:
    colemak = Layout("QWFPGJLUY;ARSTDHNEIOZXCVBKM")
    bindings = default_bindings(colemak)
    assert NAMES[bindings.keys[Action.RESCUE][0]] == "R"
    assert bindings.key_action(PLACES["S"], Scope.TRACK) is Action.BRAKE


@pytest.fixture
def bindings() -> Bindings:
    return default_bindings(UsNames())


def test_one_key_means_something_else_in_another_scope(bindings: Bindings) -> None:
    place = PLACES["Up"]
    assert bindings.key_action(place, Scope.TRACK) is Action.THROTTLE
    assert bindings.key_action(place, Scope.LOBBY) is Action.UP


def test_a_key_that_another_action_has_is_swapped_and_told(bindings: Bindings) -> None:
    changed, other = bindings.with_key(Action.RESCUE, 0, PLACES["L"])
    assert other == (Action.RACING_LINE,)
    assert changed.keys[Action.RESCUE] == (PLACES["L"],)
    assert changed.keys[Action.RACING_LINE] == (PLACES["R"],)
    assert changed.clashes() == ()
    assert bindings.keys[Action.RESCUE] == (PLACES["R"],), "a value stays as it is"


def test_a_free_key_is_added_or_replaces_one(bindings: Bindings) -> None:
    added, other = bindings.with_key(Action.RESCUE, 1, PLACES["F5"])
    assert (added.keys[Action.RESCUE], other) == ((PLACES["R"], PLACES["F5"]), ())
    replaced, _ = added.with_key(Action.RESCUE, 0, PLACES["F6"])
    assert replaced.keys[Action.RESCUE] == (PLACES["F6"], PLACES["F5"])


def test_a_key_of_another_scope_is_no_conflict(bindings: Bindings) -> None:
    changed, other = bindings.with_key(Action.RESCUE, 0, PLACES["C"])
    assert other == ()
    assert changed.keys[Action.CAR] == bindings.keys[Action.CAR]


def test_buttons_are_bound_anew_likewise(bindings: Bindings) -> None:
    changed, other = bindings.with_button(Action.RESCUE, 0, BUTTON_NAMES.index("A"))
    assert other == (Action.HANDBRAKE,)
    assert changed.button_clashes() == ()


@pytest.mark.parametrize("key", [*"TQLRSCM", "F3", "Tab", "Esc", "Left", "Enter"])
@pytest.mark.parametrize("action", [Action.STEER_LEFT, Action.CHAT, Action.START, Action.RECORDS])
def test_whoever_gives_a_key_up_gets_none_that_is_for_something_else(
    bindings: Bindings, action: Action, key: str
) -> None:
    changed, others = bindings.with_key(action, 0, PLACES[key])
    assert changed.clashes() == ()
    assert changed.keys[action][0] == PLACES[key]
    assert all(changed.keys[other] for other in others), "and none of them goes without"


def test_all_who_had_a_key_are_told(bindings: Bindings) -> None:
    _, others = bindings.with_key(Action.CHAT, 0, PLACES["S"])
    assert set(others) == {Action.BRAKE, Action.START}


def test_a_hand_written_clash_is_found(bindings: Bindings) -> None:
    keys = {**bindings.keys, Action.RESCUE: (PLACES["M"],)}
    found = Bindings(keys, bindings.buttons).clashes()
    assert found == (Clash(Action.RESCUE, Action.SOUND, PLACES["M"]),)
