"""What one side of a split was shown of the chat stands in the room that all are in again."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

import pytest

from net.sim import World
from net.sim.faults import Cut
from racer.play.limits import CHAT_PERIOD_US, CHAT_PLACED_NS, SECOND
from racer.play.reports import ChatSeen, Disbelieved
from racer.play.view import Say
from tests.lies.test_chat_floods import guest, session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from net.sim import Machine

pytestmark = [pytest.mark.sim, pytest.mark.long]

FASTER: Final = 10  # all that goes by the pace of the chat, so that minutes are seconds
APART_S: Final = 14
LINES: Final = 130  # in that time, as an honest author may


@pytest.fixture
def quick_chat() -> Iterator[None]:
    period_us = CHAT_PERIOD_US // FASTER
    with (
        patch("racer.play.room.chat_pace.CHAT_PLACED_NS", CHAT_PLACED_NS // FASTER),
        patch("racer.play.room.chat_allowance.CHAT_PERIOD_US", period_us),
        patch("racer.play.room.chat_allowance._MOST_US", 5 * period_us),
    ):
        yield


@pytest.mark.usefixtures("quick_chat")
@pytest.mark.parametrize("author", [0, 2], ids=["on the side that yields", "on the one that stays"])
def test_nothing_that_one_side_was_shown_is_lost_behind_a_merge(author: int) -> None:
    told: dict[int, dict[str, int]] = defaultdict(dict)
    accused: list[Disbelieved] = []

    def sink(machine: Machine, what: object, _now_ns: int) -> None:
        if isinstance(what, ChatSeen):
            told[machine.number][what.text] = what.index
        elif isinstance(what, Disbelieved):
            accused.append(what)

    world = World(1, sink)
    machines = [world.add(partial(guest, k), k * SECOND // 20) for k in range(4)]
    world.run(3 * SECOND)
    world.inflict(Cut((2, 3), APART_S * SECOND))
    heals_ns = world.now_ns + APART_S * SECOND
    for k in range(LINES):
        session_of(machines[author]).intend(Say(f"line {k}"))
        world.run(world.now_ns + SECOND // FASTER)
    world.run(heals_ns)
    said = {f"line {k}" for k in range(LINES)}
    beside = author + 1
    assert told[beside].keys() == said, "shown as settled on that side"
    assert not told[(author + 2) % 4], "the other side hears none of it"
    world.run(heals_ns + SECOND)
    session_of(machines[author]).intend(Say("and now?"))
    world.run(heals_ns + 2 * SECOND)
    chats = [told[machine.number] for machine in machines]
    assert chats == chats[:1] * 4, "one chat, each line at its place"
    assert chats[0].keys() == said | {"and now?"}
    assert sorted(chats[0], key=lambda text: chats[0][text]) == [
        *(f"line {k}" for k in range(LINES)),
        "and now?",
    ]
    assert not accused
