"""`racer timeline`: from logs to a drawing, and the elections in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from net import UsageError
from racer.app.log_reading import read_logs, real_path
from racer.app.new_file import NewFile
from racer.app.terminal import ProgressLine
from racer.app.timeline.diagram import Window, draw
from racer.app.timeline.elections import ElectionSeen, elections
from racer.app.timeline.history import tell

if TYPE_CHECKING:
    from pathlib import Path

    from racer.app.timeline.story import Story


def draw_logs(
    paths: Sequence[Path],
    svg: Path,
    from_s: float | None = None,
    to_s: float | None = None,
    *,
    force: bool = False,
) -> int:
    """Draw what the nodes of these logs saw, and print who came to coordinate. Returns 0.

    Args:
        from_s: the first second drawn, counted from the first line of all logs.
        to_s: the last one.
        force: replace a drawing that is there.

    Raises:
        UsageError: a file cannot be read or written, or nothing lies between the two.
        LogError: a log is damaged; the message names its line.
    """
    if real_path(svg) in map(real_path, paths):
        raise UsageError(f"{svg}: is a log, and would be drawn over; choose another --svg")
    with NewFile(svg, force=force) as drawing, ProgressLine() as progress:
        logs = read_logs(*paths)
        progress.stage("drawing")
        story = tell(logs)
        began = datetime.fromtimestamp(story.zero_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        shown = window(story, from_s, to_s)
        drawing.write(draw(story, shown, f"{count(story)}, from {began} on"))
    for election in elections(story):
        print(in_words(story, election), flush=True)
    return 0


def window(story: Story, from_s: float | None, to_s: float | None) -> Window:
    """Return what to draw of a story.

    Raises:
        UsageError: nothing is there.
    """
    first = 0.0 if from_s is None else from_s
    last = max(story.to_s, first + 0.001) if to_s is None else to_s
    if first >= last:
        raise UsageError(f"nothing lies between second {first:g} and second {last:g}")
    if first > story.to_s:
        raise UsageError(f"the logs end at second {story.to_s:.3f}, before second {first:g}")
    return Window(first, last)


def count(story: Story) -> str:
    """Return how many nodes a story tells of."""
    number = len(story.lanes)
    return "1 node" if number == 1 else f"{number} nodes"


def in_words(story: Story, election: ElectionSeen) -> str:
    """Return an election as a line for a person."""
    words = f"{election.at_s:.3f} s: {story.name_of(election.node)} coordinates"
    words += f", epoch {election.epoch}, known to {election.knew} of {len(story.lanes)}"
    if election.vacant_since_s is not None:
        words += f"; nobody had for {election.at_s - election.vacant_since_s:.3f} s"
    return words
