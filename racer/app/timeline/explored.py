"""`racer simulate --explore`: walks of a few members' machines, and a drawing of what broke."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, final

from net.sim.checks.invariants import Violation
from net.sim.explorer.deeds import ALL, BALLOTS, OVERTAKING
from net.sim.explorer.ensemble import Ensemble
from net.sim.explorer.search import Found, least, walk
from net.sim.explorer.steps import Beat, Deliver, Judge, Kill, Restart, Step, tell_message
from racer.app.new_file import NewFile
from racer.app.terminal import ProgressLine
from racer.app.timeline.diagram import Window, draw
from racer.app.timeline.story import (
    Ending,
    Lane,
    Lifespan,
    MessageArrow,
    PeerVerdict,
    Story,
    Tenure,
)

if TYPE_CHECKING:
    from pathlib import Path

    from net.sim.explorer.steps import Envelope

MEMBERS: Final = 3
STEP_S: Final = 0.1  # from one step of a drawing to the next: their own times tell nothing
BALLOT: Final = frozenset(
    {"Prepare", "Promise", "Refusal", "HandOver", "Elected", "ForkCall", "ForkAnswer"}
)


def explore(seeds: range, members: int, svg: Path | None, *, force: bool) -> int:
    """Walk; print, and draw, the least schedule that breaks something. Returns 0 where none does.

    Args:
        svg: where it is drawn to; None: nowhere.
        force: replace a drawing that is there.

    Raises:
        UsageError: the drawing cannot be written.
    """
    if svg is None:
        found = _first_broken(seeds, members)
        return _tell(found, len(seeds))
    with NewFile(svg, force=force) as drawing:
        found = _first_broken(seeds, members)
        story = story_of(found or Found("", members, ()))
        title = "nothing broke" if found is None else found.violation
        drawing.write(draw(story, Window(0.0, story.to_s), title))
    return _tell(found, len(seeds))


def _first_broken(seeds: range, members: int) -> Found | None:
    with ProgressLine() as progress:
        for seed in seeds:
            progress.show(f"walking: {seed - seeds.start} of {len(seeds)}")
            for deeds in (ALL, BALLOTS, OVERTAKING):
                found = walk(members, seed, deeds)
                if found is not None:
                    progress.stage("looking for the least schedule that breaks it")
                    return least(found)
    return None


def _tell(found: Found | None, walks: int) -> int:
    print(f"{3 * walks} walks broke nothing" if found is None else found, flush=True)
    return 0 if found is None else 1


# --- the drawing --------------------------------------------------------------------------------


@final
@dataclass(slots=True)
class _Told:
    """What one machine did, as a lane will show it."""

    lives: list[Lifespan] = field(default_factory=list)
    since_s: float = 0.0
    tenures: list[Tenure] = field(default_factory=list)
    verdicts: list[PeerVerdict] = field(default_factory=list)

    def note_leader(self, leader: tuple[str, int, str] | None, at_s: float) -> None:
        """Note whom it follows from now on."""
        newest = self.tenures[-1] if self.tenures and self.tenures[-1].to_s < 0 else None
        if newest is not None and (newest.node, newest.epoch, newest.lineage) == leader:
            return
        if newest is not None:
            self.tenures[-1] = Tenure(
                newest.node, newest.epoch, newest.lineage, newest.from_s, at_s
            )
        if leader is not None:
            self.tenures.append(Tenure(*leader, at_s, -1.0))

    def end(self, ending: Ending, at_s: float) -> None:
        """Note that its process ends, or is not looked at any more."""
        self.note_leader(None, at_s)
        told = tuple(self.tenures), tuple(self.verdicts)
        self.lives.append(Lifespan(self.since_s, at_s, ending, *told, ()))
        self.tenures, self.verdicts = [], []


def story_of(found: Found) -> Story:
    """Return a schedule as a story: one step after the other, equally far apart."""
    ensemble = Ensemble(found.members)
    told = [_Told() for _ in range(found.members)]
    sent_s: dict[Envelope, float] = {}
    arrows: list[MessageArrow] = []
    at_s = 0.0
    _note_leaders(ensemble, told, at_s)
    for number, step in enumerate(found.steps, start=1):
        at_s = number * STEP_S
        _note_step(step, told, sent_s, arrows, at_s)
        try:
            ensemble.apply(step)
        except Violation:
            break
        for envelope in ensemble.sent:
            sent_s.setdefault(envelope, at_s)
        _note_leaders(ensemble, told, at_s)
    to_s = at_s + STEP_S
    for number, one in enumerate(told):
        if ensemble.lives[number].runs:
            one.end(Ending.OPEN, to_s)
    lanes = [Lane(str(n), f"member {n}", tuple(one.lives)) for n, one in enumerate(told)]
    return Story(tuple(lanes), (), to_s, messages=tuple(arrows))


def _note_step(
    step: Step,
    told: list[_Told],
    sent_s: dict[Envelope, float],
    arrows: list[MessageArrow],
    at_s: float,
) -> None:
    match step:
        case Deliver(envelope=envelope):
            text = tell_message(envelope.message)
            kind = "election" if text.partition("(")[0] in BALLOT else "log"
            ends = str(envelope.sender), str(envelope.to)
            arrows.append(MessageArrow(*ends, sent_s.get(envelope, at_s), at_s, kind, text))
        case Beat(sender=sender, to=to):
            arrows.append(MessageArrow(str(sender), str(to), at_s, at_s, "other", "heartbeat"))
        case Judge(machine=machine, of=of):
            told[machine].verdicts.append(PeerVerdict(at_s, str(of), "down"))
        case Kill(machine=machine):
            told[machine].end(Ending.CRASHED, at_s)
        case Restart(machine=machine):
            told[machine].since_s = at_s
        case _:
            pass


def _note_leaders(ensemble: Ensemble, told: list[_Told], at_s: float) -> None:
    numbers = {life.me.node: str(number) for number, life in enumerate(ensemble.lives)}
    for life, one in zip(ensemble.lives, told, strict=True):
        if not life.runs:
            continue
        voter = None if life.consensus is None else life.consensus.voter
        if voter is None or voter.coordinator is None:
            one.note_leader(None, at_s)
        else:
            who = numbers[voter.coordinator.node]
            one.note_leader((who, voter.epoch, voter.log.lineage.hex()), at_s)
