"""Two that call each other, of whom one throws away keys that the other keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net.limits import MILLISECOND, SECOND
from net.transport.actions import Transmit
from net.transport.calls import Origin
from net.transport.datagram import DatagramKind
from net.transport.session_states import SessionState
from tests.net.wires import End, Wires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.ids import Address
    from net.transport.sessions import SealedSession

HANDSHAKE = {DatagramKind.HELLO, DatagramKind.COOKIE, DatagramKind.REPLY, DatagramKind.FINISH}
CALLED_NS = 11 * SECOND  # longer than any call lasts


def deaf() -> tuple[Wires, End, End]:
    """Return two of whom each has a session of the other's call, and neither its own."""
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)

    def lose_what_is_sealed(data: bytes, _source: Address, _to: Address) -> Sequence[bytes]:
        return [data] if data[0] in HANDSHAKE else []

    wires.tap = lose_what_is_sealed
    for caller, called in ((one, two), (two, one)):
        wires.perform(
            caller, caller.transport.dial(called.address, called.node, Origin.MEMBER, wires.now)
        )
    return wires, one, two


def test_who_never_shows_that_it_holds_our_keys_is_called_anew() -> None:
    """Race seed 701 at 40 % loss: two members were deaf to each other for seventeen seconds.

    Others heard both, so neither was down, and nothing else would have had them call.
    """
    wires, one, two = deaf()
    wires.run(CALLED_NS)
    assert all((one.opened, two.opened)), "each has keys of the other's call"
    wires.tap = None
    for end, other in ((one, two), (two, one)):
        assert wires.send(end, other, b"on keys that nobody holds")
    wires.run(2 * SECOND)
    for end, other in ((one, two), (two, one)):
        wires.send(end, other, b"heard")
    wires.run(SECOND)
    assert one.frames[-1:] == two.frames[-1:] == [b"heard"]


def test_who_has_shown_it_is_not_called_though_it_is_silent() -> None:
    wires, one, two = deaf()
    wires.tap = None
    wires.run(SECOND)
    before = one.transport.counters.dials, two.transport.counters.dials
    wires.unplug(two)
    wires.run(5 * SECOND)
    assert (one.transport.counters.dials, two.transport.counters.dials) == before


def with_two_sessions() -> tuple[Wires, End, End]:
    """Return two who have called each other twice, and send on the keys of the second time."""
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    wires.dial(one, two)
    wires.run(SECOND)
    call = one.transport._initiator.dial(two.address, two.node, Origin.MEMBER, wires.now)
    wires.perform(one, call)
    wires.run(SECOND // 2)
    assert len(sessions(one, two)) == len(sessions(two, one)) == 2
    return wires, one, two


def sessions(end: End, of: End) -> list[SealedSession]:
    return end.transport._sessions.remotes[of.node].sessions


def chat_for(wires: Wires, one: End, two: End, for_ns: int) -> tuple[int, int]:
    """Let both say something each tenth of a second; return how much each has heard."""
    before = len(one.frames), len(two.frames)
    for _ in range(for_ns // (SECOND // 10)):
        wires.send(one, two, b"on keys")
        wires.send(two, one, b"on keys")
        wires.run(SECOND // 10)
    return len(one.frames) - before[0], len(two.frames) - before[1]


@pytest.mark.parametrize("from_lower", [True, False])
@pytest.mark.parametrize("lives", [1, 2])
def test_who_speaks_on_older_keys_alone_has_thrown_the_newest_away(
    *, from_lower: bool, lives: int
) -> None:
    """Of sixteen bots, a quarter stopped again and again, two did not hear one for half a minute.

    One of several handshakes had been crowded out at one side and was the newest at the other,
    which asked on it for ever that its new life be known.
    """
    wires, *ends = with_two_sessions()
    keeper, loser = sorted(ends, key=lambda end: end.node, reverse=not from_lower)
    remote = loser.transport._sessions.remotes[keeper.node]
    newest = max(remote.sessions, key=lambda session: session.serial)
    loser.transport._sessions._remove_session(newest)
    if lives > 1:
        actions = keeper.transport.set_incarnation(lives, wires.now)
        wires.perform(keeper, actions)
    chat_for(wires, keeper, loser, 2 * SECOND)
    said = chat_for(wires, keeper, loser, SECOND)
    assert said == (10, 10)


def test_two_who_speak_on_different_keys_come_to_one() -> None:
    wires, one, two = with_two_sessions()
    remote = two.transport._sessions.remotes[one.node]
    remote.current = min(remote.sessions, key=lambda session: session.serial)
    heard = chat_for(wires, one, two, 4 * SECOND)
    assert heard == (40, 40), "either has both"
    ours, theirs = (
        end.transport._sessions.remotes[of.node].current for end, of in ((one, two), (two, one))
    )
    assert ours is not None
    assert theirs is not None
    assert theirs.seal.sent > 10
    assert ours.seal.window.newest + 1 == theirs.seal.sent


def test_keys_that_the_other_has_not_shown_to_hold_are_not_sent_on() -> None:
    """It was silent for long, and now calls: what it says next shows that it has them."""
    wires, one, two = with_two_sessions()
    wires.run(5 * SECOND)
    wires.tap = lambda data, _source, _to: [data] if data[0] in HANDSHAKE else []
    wires.perform(
        one, one.transport._initiator.dial(two.address, two.node, Origin.MEMBER, wires.now)
    )
    wires.run(SECOND)
    current = two.transport._sessions.remotes[one.node].current
    assert current is not None
    assert current.state is SessionState.CONFIRMED


def install(end: End, of: End, life: int, wires: Wires) -> SealedSession:
    """Have an end accept another call of a remote, which has not shown yet that it knows."""
    transport = end.transport
    remote = transport._sessions.remotes[of.node]
    proved = remote.sessions[0]
    index, state = transport._indices.draw(), SessionState.UNCONFIRMED
    keys = index, proved.seal, proved.heritage
    transport._sessions.install(remote, *keys, life, proved.told, state, wires.now)
    return transport._sessions.by_index[index]


def test_of_calls_by_several_routes_at_once_the_first_that_ended_is_kept() -> None:
    """Who calls speaks on the keys of that one, and gives the others up."""
    wires, one, two = with_two_sessions()
    first, *others = [install(one, two, 0, wires) for _ in range(6)]
    kept = sessions(one, two)
    assert len(kept) == 4
    assert first in kept
    assert others[-1] in kept, "whose keys are sent to it at this moment"


def test_of_calls_that_came_to_nothing_the_newest_is_kept() -> None:
    wires, one, two = with_two_sessions()
    old = install(one, two, 0, wires)
    wires.run(2 * SECOND)
    young = [install(one, two, 0, wires) for _ in range(3)]
    kept = sessions(one, two)
    assert old not in kept
    assert young[0] in kept


def test_who_goes_on_in_a_newer_life_is_answered_on_keys_that_it_has_shown_to_hold() -> None:
    """Its own call in that life had ended here, and there it was given up."""
    wires, one, two = with_two_sessions()
    proved = one.transport._sessions.remotes[two.node].current
    unproved = install(one, two, 2, wires)
    remote = one.transport._sessions.remotes[two.node]
    assert remote.current is unproved, "it may have been started again"
    wires.perform(two, two.transport.set_incarnation(2, wires.now))
    wires.run(SECOND // 10)
    assert remote.current is proved


def test_who_is_heard_again_is_called_no_more() -> None:
    """A cut is over: what it has lately spoken on does, and new keys are work for nothing."""
    wires, one, two = with_two_sessions()
    wires.tap = lambda _data, _source, _to: []
    wires.run(SECOND)
    call = one.transport.dial(two.address, two.node, Origin.MEMBER, wires.now)
    assert call
    wires.perform(one, call)
    assert len(one.transport._initiator._calls) == 1
    wires.tap = None
    wires.send(two, one, b"here again")
    wires.run(SECOND // 100)
    assert len(one.transport._initiator._calls) == 0
    assert len(sessions(one, two)) == 2


def test_late_datagrams_on_keys_that_were_thrown_away_bring_nobody_back_to_them() -> None:
    """A stranger has held some back, and says one a second: they are new, each of them once."""
    wires, *ends = with_two_sessions()
    keeper, loser = sorted(ends, key=lambda end: end.node)
    held: list[bytes] = []

    def hold(data: bytes, source: Address, _to: Address) -> Sequence[bytes]:
        if source != loser.address or data[0] in HANDSHAKE:
            return [data]
        held.append(data)
        return []

    wires.tap = hold
    for _ in range(4):
        wires.send(loser, keeper, b"held back")
    wires.tap = None
    newest = max(sessions(loser, keeper), key=lambda session: session.serial)
    chat_for(wires, keeper, loser, SECOND // 2)
    loser.transport._sessions._remove_session(newest)
    chat_for(wires, keeper, loser, 2 * SECOND)
    for late in held[:4]:
        wires.carry(late, ("6.6.6.6", 66), keeper.address)
        wires.run(SECOND // 100)
        assert chat_for(wires, keeper, loser, SECOND) == (10, 10)


def test_who_is_heard_again_ends_no_call_to_who_is_now_where_it_was() -> None:
    wires = Wires()
    one, moved = wires.plug(1), wires.plug(3)
    wires.dial(one, moved)
    wires.run(SECOND)
    (late,) = moved.transport.send(one.node, b"late", wires.now)
    assert isinstance(late, Transmit)
    wires.unplug(moved)
    wires.run(SECOND)
    two = wires.plug(2, address=moved.address)
    wires.delay_ns = (200 * MILLISECOND,) * 2
    call = one.transport.dial(two.address, two.node, Origin.MEMBER, wires.now)
    wires.perform(one, call)
    wires.run(300 * MILLISECOND)
    one.transport.on_datagram(late.data, ("6.6.6.6", 66), wires.now)
    wires.run(3 * SECOND)
    assert two.node in {opened.node for opened in one.opened}
