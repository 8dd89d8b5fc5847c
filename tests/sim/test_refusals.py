"""A command is either taken by all, or refused where it is given, with nothing sent or kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from net import (
    Command,
    CommandFault,
    Committed,
    Delivered,
    Event,
    NodeView,
    Pace,
    Propose,
    Publish,
    Refused,
    Rule,
    Share,
    StateReceived,
    Submit,
    Want,
    content_digest,
)
from net.limits import (
    CONTENT_BYTES_MAX,
    CONTENTS_WANTED_MAX,
    DECREE_BODY_BYTES_MAX,
    OPERATION_BODY_BYTES_MAX,
    PROPOSALS_PENDING_MAX,
    SECOND,
    STREAM_BYTES_MAX,
    SUBMIT_BURST_MAX,
)
from net.node.program import SaveDecree, SaveOperation
from net.sim import Conditions, World
from net.transport.actions import Transmit

if TYPE_CHECKING:
    from net.node.program import Action
    from net.sim import Machine


@final
class Listener:
    """Notes what its node tells."""

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self.rules: list[bytes] = []
        self.states: list[bytes] = []
        self.refused: list[Refused] = []

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case Delivered(operation=operation):
                self.words.append(operation.body)
            case Committed(decree=decree) if isinstance(decree.what, Rule):
                self.rules.append(decree.what.body)
            case StateReceived(payload=payload):
                self.states.append(payload)
            case Refused():
                self.refused.append(event)
            case _:
                pass
        return []

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        return []


@final
class Trio:
    """Three nodes in one room; the one that decides is given commands."""

    def __init__(self) -> None:
        self.world = World(7, lambda *_: None, Conditions())
        self.heard: list[Listener] = []
        for k in range(3):
            self.world.add(self._make, (1 + 300 * k) * SECOND // 1000)
        self.world.run(4 * SECOND)
        self.tick = 0

    def _make(self, *_: object) -> Listener:
        self.heard.append(Listener())
        return self.heard[-1]

    @property
    def boss(self) -> Machine:
        return next(m for m in self.world.machines if m.host and m.host.node.decides)

    @property
    def refusals(self) -> list[Refused]:
        return self.heard[self.boss.number].refused

    def give(self, command: Command) -> CommandFault | None:
        """Give a command, and let a while pass. Returns why it was refused, if it was."""
        before = len(self.refusals)
        self.world.command(self.boss, [command])
        self.world.run(self.world.now_ns + SECOND // 4)
        told = self.refusals[before:]
        assert [refused.command for refused in told] in ([], [command])
        return told[0].fault if told else None

    def dry_run(self, command: Command) -> list[Action]:
        """Return what a node would do about a command, with nothing else to do."""
        host, now_ns = self.boss.host, self.boss.clock_ns(self.world.now_ns)
        assert host is not None
        host.run([], now_ns)
        return host.run([command], now_ns)


@pytest.fixture(scope="module")
def shared_trio() -> Trio:
    return Trio()


@pytest.fixture
def trio() -> Trio:
    return Trio()


def around(most: int) -> st.SearchStrategy[bytes]:
    """Return bodies of every size, most of them about a bound."""
    sizes = st.integers(0, 2 * most) | st.integers(most - 2, most + 2)
    return sizes.map(lambda size: b"x" * size)


ODD: Any = st.sampled_from(["text", 5, None, 1.5, "\ud800"])
ANY_FIELD: Any = st.integers(-2, 2**70) | st.sampled_from([None, "now", b""])


@pytest.mark.sim
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=around(OPERATION_BODY_BYTES_MAX) | ODD)
def test_an_operation_of_any_size_is_refused_or_is_heard_by_all(
    shared_trio: Trio, body: Any
) -> None:
    heard = [len(each.words) for each in shared_trio.heard]
    fault = shared_trio.give(Submit(body))
    news = [each.words[n:] for each, n in zip(shared_trio.heard, heard, strict=True)]
    assert news == ([[body]] * 3 if fault is None else [[]] * 3)
    fits = isinstance(body, bytes) and 0 < len(body) <= OPERATION_BODY_BYTES_MAX
    assert (fault is None) == fits


@pytest.mark.sim
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=around(DECREE_BODY_BYTES_MAX) | ODD, count=st.sampled_from([1, 1, 2, 64, 65]))
def test_a_proposal_of_any_size_is_refused_or_counts_for_all(
    shared_trio: Trio, body: Any, count: int
) -> None:
    heard = [len(each.rules) for each in shared_trio.heard]
    fault = shared_trio.give(Propose((Rule(body),) * count))
    news = [each.rules[n:] for each, n in zip(shared_trio.heard, heard, strict=True)]
    assert news == ([[body] * count] * 3 if fault is None else [[]] * 3)
    fits = isinstance(body, bytes) and len(body) <= DECREE_BODY_BYTES_MAX
    assert (fault is None) == (fits and count <= PROPOSALS_PENDING_MAX)


@pytest.mark.sim
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=around(STREAM_BYTES_MAX) | ODD, tick=st.just(1) | ANY_FIELD, lease=ANY_FIELD)
def test_a_state_of_any_size_is_refused_or_is_seen_by_all(
    shared_trio: Trio, payload: Any, tick: int, lease: int
) -> None:
    heard = [len(each.states) for each in shared_trio.heard]
    fault = shared_trio.give(Publish(tick, payload, lease, shared_trio.boss.identity.node_id))
    news = [each.states[n:] for each, n in zip(shared_trio.heard, heard, strict=True)]
    if fault is not None:
        assert news == [[]] * 3
    else:  # a state older than one of before may be taken, and is no news
        assert isinstance(payload, bytes)
        assert len(payload) <= STREAM_BYTES_MAX
        assert all(each in ([], [payload]) for each in news)


MORE = b"x" * 5000

REFUSED: list[tuple[Command, CommandFault]] = [
    (Submit(MORE[: OPERATION_BODY_BYTES_MAX + 1]), CommandFault.OVERSIZED),
    (Submit(b""), CommandFault.EMPTY),
    (Submit("text"), CommandFault.MALFORMED),  # type: ignore[arg-type]
    (Publish(1, MORE[: STREAM_BYTES_MAX + 1]), CommandFault.OVERSIZED),
    (Publish(-1, b"state"), CommandFault.MALFORMED),
    (Publish(1, b"state", owner=b"nobody"), CommandFault.MALFORMED),
    (Publish(1, b"state", lease=2**64, others=Pace.BEAT), CommandFault.MALFORMED),
    (Propose((Rule(b"good"), Rule(MORE[: DECREE_BODY_BYTES_MAX + 1]))), CommandFault.OVERSIZED),
    (Propose((Rule(b"good"),) * (PROPOSALS_PENDING_MAX + 1)), CommandFault.TOO_MANY),
    (Share(bytes(CONTENT_BYTES_MAX + 1)), CommandFault.OVERSIZED),
    (Share(b""), CommandFault.EMPTY),
    (Share("text"), CommandFault.MALFORMED),  # type: ignore[arg-type]
    (Want(b"short", 1000), CommandFault.MALFORMED),
    (Want(bytes(16), -1), CommandFault.MALFORMED),
    (Want(bytes(16), 0), CommandFault.EMPTY),
]


@pytest.mark.sim
@pytest.mark.parametrize(("command", "fault"), REFUSED, ids=lambda each: type(each).__name__)
def test_nothing_of_a_refused_command_is_sent_or_kept_and_it_is_counted(
    shared_trio: Trio, command: Command, fault: CommandFault
) -> None:
    counted = f"commands.{fault}.{type(command).__name__}"
    host = shared_trio.boss.host
    assert host is not None
    before = host.node.counters().faults.get(counted, 0)
    told = len(shared_trio.refusals)
    done = shared_trio.dry_run(command)
    assert not [each for each in done if isinstance(each, Transmit | SaveOperation | SaveDecree)]
    assert shared_trio.refusals[told:] == [Refused(command, fault)]
    assert host.node.counters().faults[counted] == before + 1


@pytest.mark.sim
def test_one_who_does_not_decide_is_told_so(shared_trio: Trio) -> None:
    other = next(m for m in shared_trio.world.machines if m is not shared_trio.boss)
    shared_trio.world.command(other, [Propose((Rule(b"mine"),))])
    told = shared_trio.heard[other.number].refused[-1]
    assert told == Refused(Propose((Rule(b"mine"),)), CommandFault.NOT_DECIDING)


@pytest.mark.sim
def test_a_second_proposal_of_one_step_is_refused_instead_of_lost(trio: Trio) -> None:
    trio.world.command(trio.boss, [Propose((Rule(b"one"),)), Propose((Rule(b"two"),))])
    trio.world.run(trio.world.now_ns + SECOND)
    assert [each.rules for each in trio.heard] == [[b"one"]] * 3
    assert [refused.fault for refused in trio.refusals] == [CommandFault.NOT_DECIDING]


@pytest.mark.sim
def test_a_program_that_submits_without_end_is_held_to_a_rate(trio: Trio) -> None:
    trio.world.command(trio.boss, [Submit(b"word")] * (SUBMIT_BURST_MAX + 3))
    assert [refused.fault for refused in trio.refusals] == [CommandFault.TOO_MANY] * 3
    trio.world.run(trio.world.now_ns + 4 * SECOND)
    assert [len(each.words) for each in trio.heard] == [SUBMIT_BURST_MAX] * 3
    assert trio.give(Submit(b"word")) is None, "with time it may go on"


@pytest.mark.sim
def test_a_program_that_wants_too_much_at_once_is_told_so(trio: Trio) -> None:
    wishes = [Want(content_digest(bytes([k])), 100) for k in range(CONTENTS_WANTED_MAX + 1)]
    trio.world.command(trio.boss, [*wishes, wishes[0]])
    assert trio.refusals == [Refused(wishes[-1], CommandFault.TOO_MANY)]


@pytest.mark.sim
def test_a_room_goes_on_after_every_kind_of_refusal(trio: Trio) -> None:
    for command, fault in REFUSED:
        assert trio.give(command) is fault
    for number, machine in enumerate(trio.world.machines):
        trio.world.command(machine, [Submit(b"late %d" % number)])
    trio.world.command(trio.boss, [Propose((Rule(b"late"),))])
    trio.world.run(trio.world.now_ns + SECOND)
    for each in trio.heard:
        assert sorted(each.words) == [b"late 0", b"late 1", b"late 2"]
        assert each.rules == [b"late"]
