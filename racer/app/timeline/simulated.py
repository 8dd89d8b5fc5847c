"""The story of a simulated race: here it is known, not judged, when each life began and ended."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast, final

from net import UsageError, short
from net.sim.faults import Crash, Pause
from net.sim.narration import tell_datagram
from racer.app.log_reading import Log, LogRecord
from racer.app.new_file import NewFile
from racer.app.output import to_object
from racer.app.simulation.simulate import simulate
from racer.app.terminal import ProgressLine
from racer.app.timeline.diagram import Window, draw
from racer.app.timeline.draw import count, in_words, window
from racer.app.timeline.elections import elections
from racer.app.timeline.history import tell
from racer.app.timeline.story import Ending, FaultSpan, MessageArrow, Story

if TYPE_CHECKING:
    from pathlib import Path

    from net.sim import Machine, Script, World
    from racer.app.simulation.simulate import SweepSpec
    from racer.play.reports import RaceReport

NS_PER_S: Final = 1_000_000_000
MESSAGES_S_MAX: Final = 2.0  # of more seconds they cannot be told apart
MESSAGES_MAX: Final = 20_000
ELECTION: Final = frozenset(
    {"Prepare", "Promise", "Refusal", "HandOver", "Elected", "ForkCall", "ForkAnswer"}
)
LOG: Final = frozenset({"Append", "Appended", "Fetch", "Fetched"})


@final
@dataclass(frozen=True, slots=True)
class Drawing:
    """What of a run is drawn, and into which file."""

    svg: Path
    from_s: float | None = None
    to_s: float | None = None
    messages: bool = False
    force: bool = False


@final
class Recorder:
    """Takes what the machines of a world report.

    Args:
        messages: record every datagram that is sent in this part of the run; None: none.
        progress: is told how far the run is.

    Raises:
        UsageError: that part is too long to be read.
    """

    def __init__(
        self, messages: Window | None = None, progress: ProgressLine | None = None
    ) -> None:
        if messages is not None and messages.to_s - messages.from_s > MESSAGES_S_MAX:
            raise UsageError(
                f"messages are drawn for {MESSAGES_S_MAX:g} s at most: give from and to"
            )
        self._window = messages
        self._progress = progress
        self._messages: list[tuple[int, int, int, int | None, bytes]] = []
        self._lives: dict[tuple[int, int], _Recorded] = {}
        self._run: tuple[World, Script] | None = None

    def sink(self, machine: Machine, what: object, now_ns: int) -> None:
        """Take a report, at a virtual time."""
        if self._progress is not None:
            self._progress.show(f"racing: {now_ns / NS_PER_S:.0f} s of the race")
        life = self._lives.get(machine.life)
        if life is None:
            number, starts = machine.life
            before = self._lives.get((number, starts - 1))
            if before is not None:
                before.ends_ns = machine.times.died_ns
            life = self._lives[machine.life] = _Recorded(machine, machine.times.started_ns)
        life.take(what, now_ns)

    def attach(self, world: World, script: Script) -> None:
        """Name the run, before it begins. Where datagrams are wanted, its network tells of them."""
        self._run = (world, script)
        if self._window is None:
            return

        world.carriage.on_transmit = self._record_datagram

    def story(self) -> Story:
        """Return all that happened until now.

        Raises:
            UsageError: nothing did.
        """
        if self._run is None:
            raise UsageError("nothing was run that could be drawn")
        world, script = self._run
        logs = [life.log(world.now_ns) for life in self._lives.values()]
        if not logs:
            raise UsageError("nothing happened that could be drawn")
        names = {machine.number: short(machine.identity.node_id) for machine in world.machines}
        story = tell(logs, zero_s=0.0, to_s=world.now_ns / NS_PER_S)
        drawn = {lane.node for lane in story.lanes}
        numbers = {machine.identity.node_id: machine.number for machine in world.machines}
        messages = tuple(
            _make_message(
                names[sender], names[receiver], sent, arrives, tell_datagram(data, numbers)
            )
            for sender, receiver, sent, arrives, data in self._messages
            if {names[sender], names[receiver]} <= drawn
        )
        return replace(story, faults=_drawn_faults(script, names), messages=messages)

    def _record_datagram(
        self, sender: int, receiver: int, data: bytes, sent_ns: int, delays_ns: list[int]
    ) -> None:
        wanted = self._window
        if wanted is None or not wanted.from_s <= sent_ns / NS_PER_S <= wanted.to_s:
            return
        if len(self._messages) >= MESSAGES_MAX:
            return
        ends: list[int | None] = [sent_ns + delay_ns for delay_ns in delays_ns]
        self._messages.extend((sender, receiver, sent_ns, end, data) for end in ends or [None])


@final
class _Recorded:
    """One life of a machine."""

    def __init__(self, machine: Machine, starts_ns: int) -> None:
        self._machine = machine
        self._life = machine.life
        self._starts_ns = starts_ns
        self._records: list[LogRecord] = []
        self.ends_ns: int | None = None

    def take(self, what: object, now_ns: int) -> None:
        fields = to_object(cast("RaceReport", what))
        where = f"machine {self._machine.number}", len(self._records) + 1
        self._records.append(LogRecord(now_ns / NS_PER_S, str(fields["event"]), fields, *where))

    def log(self, now_ns: int) -> Log:
        machine = self._machine
        ends_ns, ended = self.ends_ns, Ending.CRASHED
        if ends_ns is None and machine.life == self._life and machine.host is not None:
            ends_ns, ended = now_ns, Ending.OPEN
        elif ends_ns is None:
            ends_ns = machine.times.died_ns
            ended = Ending.LEFT if machine.stopped else Ending.CRASHED
        return Log(
            short(machine.identity.node_id),
            f"machine {machine.number}",
            tuple(self._records),
            self._starts_ns / NS_PER_S,
            ends_ns / NS_PER_S,
            ended.value,
        )


def draw_seed(seed: int, course: SweepSpec, drawing: Drawing) -> int:
    """Race once, draw it, print the elections and what failed. Returns 0 where nothing did.

    Raises:
        UsageError: the file cannot be written, or nothing lies between the two seconds.
    """
    part = None
    if drawing.messages:
        if drawing.from_s is None or drawing.to_s is None:
            raise UsageError("messages are drawn between two moments: give --from and --to")
        part = Window(drawing.from_s, drawing.to_s)
    with NewFile(drawing.svg, force=drawing.force) as file, ProgressLine() as progress:
        recorder = Recorder(part, progress)
        outcome = simulate(seed, course, recorder)
        story = recorder.story()
        shown = window(story, drawing.from_s, drawing.to_s)
        file.write(draw(story, shown, f"seed {seed}: {count(story)}"))
    for election in elections(story):
        print(in_words(story, election), flush=True)
    for failure in outcome.failures:
        print(f"seed {seed} FAILED: {failure}", flush=True)
    return 1 if outcome.failures else 0


def _make_message(
    sender: str, receiver: str, sent_ns: int, arrives_ns: int | None, text: str
) -> MessageArrow:
    words = set(re.findall(r"[A-Za-z]+", text))
    kind = "election" if words & ELECTION else "log" if words & LOG else "other"
    arrives_s = None if arrives_ns is None else arrives_ns / NS_PER_S
    return MessageArrow(sender, receiver, sent_ns / NS_PER_S, arrives_s, kind, text)


def _drawn_faults(script: Script, names: dict[int, str]) -> tuple[FaultSpan, ...]:
    """Return the faults of a script; crashes stand on the lanes anyway."""
    found: list[FaultSpan] = []
    for at_ns, fault in script.faults:
        if isinstance(fault, Crash):
            continue
        at_s = at_ns / NS_PER_S
        if isinstance(fault, Pause):
            to_s = at_s + fault.for_ns / NS_PER_S
            found.append(FaultSpan(at_s, to_s, str(fault), (names[fault.machine],)))
        else:
            found.append(FaultSpan(at_s, at_s, str(fault)))
    return tuple(found)
