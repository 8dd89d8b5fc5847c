"""Does a power cut lose anything that was shown? Real bots on a LAN of namespaces, over and over.

`python -m benchmarks.lan.blackouts --blackouts 100` (root) has eight bots race and talk, kills all
at once, and starts them again with what is on their disks. The moment is drawn: often right after
one or all have printed a line, now and then while they are still coming back. Then their logs are
judged (docs/VERIFY.md), and once all are in one lineage what anybody had shown must be shown by
all. A machine so busy that nobody is heard in time splits the room: then it is the judge's alone.

Prints a line of JSON a blackout and one in the end, and ends with 1 where something was lost. The
seed says what is done when. Real processes make no two runs alike, so the logs of a room that
lost something, or was given up because somebody did not come back, stay, and their folder is told.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Final, final

from benchmarks.figures import percentile
from benchmarks.lan.room import Tail, UnsettledError, told
from benchmarks.lan.shown import Settled
from racer.app.commands.parser import FAILURE, INTERRUPTED, OK, WRONG_USE
from racer.app.log_reading import read_records
from racer.app.terminal import complain
from racer.app.verify.judge import judge
from racer.app.verify.lives import SETTLE_S
from tests.lan.lab import Lan, Run, can_lan

NODES: Final = 8
LAPS: Final = 3  # so that races begin and end among the blackouts, too
A_ROOM: Final = 10  # blackouts; then it begins anew, on empty disks
BACK_S: Final = 120.0  # within this, on a machine however busy, all are in the room again
WAIT_S: Final = 20.0  # for the moment that was drawn; without it, the power goes all the same
LOOK_S: Final = 0.002
APART_S: Final = 1.0  # from the first start to the last
RETURN_S: Final = (0.2, 4.0)  # from the last start: some are in the room, some are not
ANY_S: Final = 6.0
LOGS_BYTES_MAX: Final = 1_000_000_000  # of a room: a machine too busy suspects a lot
LATER_S: Final = 0.25  # after what was waited for, every other time

Line = dict[str, Any]


class Moment(Enum):
    """When the power goes."""

    LINE_AT_ALL = "all have shown a line"
    LINE_AT_ONE = "one has shown a line"
    LAP = "one has shown a lap"
    PICKUP = "one has shown a canister"
    PHASE = "one has shown another phase"
    ANY = "at any time"
    RETURN = "on their way back"


DRAWN: Final = (*(Moment.LINE_AT_ALL,) * 3, *Moment)
EVENTS: Final = {
    Moment.LINE_AT_ONE: "chat",
    Moment.LAP: "lap",
    Moment.PICKUP: "pickup",
    Moment.PHASE: "phase",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Blackout:
    """What was shown before it, and what came of it."""

    room: int
    moment: str
    phase: str
    lines: int  # shown by anybody until then
    laps: int  # shown by all
    results: int  # official at all
    back_s: float | None  # until all were in the room again; None: they were killed before that
    together: bool | None  # all were in one lineage in the end; None like `back_s`
    resumed: int  # bots that were in a race, and are back in their cars
    lost: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()  # promises, as the judge of logs finds

    @property
    def is_bad(self) -> bool:
        return bool(self.lost or self.broken)


@final
class Bots:
    """Bots, a box each, that die and come back together, and what they print."""

    def __init__(self, lan: Lan, folder: Path, rng: Random) -> None:
        self._lan = lan
        self._folder = folder
        self._rng = rng
        self._runs: list[Run] = []
        self._starts = 0
        self._tails: dict[int, Tail] = {}
        self._lineages: dict[int, str] = {}  # by box, as told last
        self.lives: list[list[Line]] = [[] for _ in range(NODES)]  # what each present one printed

    @property
    def logs(self) -> list[Path]:
        return [self._folder / f"bot{box}.jsonl" for box in range(NODES)]

    def start(self) -> float:
        """Start all, one shortly after the other; return when the first."""
        self._starts += 1
        self._runs, self._lineages, self.lives = [], {}, [[] for _ in range(NODES)]
        began_s = time.time()
        for box in self._rng.sample(range(NODES), NODES):
            words = ["-m", "tests.lan.chatting_bot", str(self._folder / f"bot{box}")]
            words += [str(NODES), str(LAPS), "stay"]
            out = self._folder / f"bot{box}.{self._starts}.out"
            self._runs.append(self._lan.boxes[box].record(out, sys.executable, *words))
            self.watch(self._rng.uniform(0, 2 * APART_S / NODES))
        return began_s

    def cut_power(self) -> None:
        """Kill all, and read what they had printed.

        Raises:
            UnsettledError: one had ended by itself.
        """
        ended = [run.process.args for run in self._runs if run.process.poll() is not None]
        for run in self._runs:
            run.process.kill()
        for run in self._runs:
            run.process.wait(5)
        self.look()
        if ended:
            raise UnsettledError(f"ended by itself: {ended}")

    def look(self) -> list[tuple[int, Line]]:
        """Return what was printed since the last look, each line with the box of who did."""
        found: list[tuple[int, Line]] = []
        for box, log in enumerate(self.logs):
            if box not in self._tails and log.exists():
                self._tails[box] = Tail(log)
            if box in self._tails:
                new = self._tails[box].read()
                self.lives[box].extend(new)
                found.extend((box, line) for line in new)
                for line in told(new, "lineage"):
                    self._lineages[box] = line["lineage"]
        return found

    def watch(self, seconds: float, is_it: Callable[[int, Line], bool] | None = None) -> bool:
        """Read for so long, or until a line is the one; tell whether it was."""
        ends_s = time.monotonic() + seconds
        while True:
            found = [is_it is not None and is_it(box, line) for box, line in self.look()]
            if any(found) or time.monotonic() >= ends_s:
                return any(found)
            time.sleep(LOOK_S)

    def wait_until_back(self) -> None:
        """Wait until all have told that they are in the room.

        Raises:
            UnsettledError: somebody has not in time.
        """
        missing = {box for box, life in enumerate(self.lives) if not told(life, "joined")}

        def is_last(box: int, line: Line) -> bool:
            if line["event"] == "joined":
                missing.discard(box)
            return not missing

        if missing and not self.watch(BACK_S, is_last):
            raise UnsettledError(f"not back within {BACK_S:g} s: bots {sorted(missing)}")

    def wait_until_together(self) -> bool:
        """Wait, for so long as is sensible, until all are in one lineage; tell whether they are."""
        return self.is_together or self.watch(BACK_S, lambda *_: self.is_together)

    @property
    def is_together(self) -> bool:
        """Whether all that have told of a lineage told of the same."""
        return len(set(self._lineages.values())) == 1

    def close(self) -> None:
        for tail in self._tails.values():
            tail.close()


@final
class Room:
    """The blackouts of one room, and what its bots showed before each."""

    def __init__(self, bots: Bots, number: int, rng: Random) -> None:
        self._bots = bots
        self._number = number
        self._rng = rng
        self._settled = Settled()

    def run(self, count: int) -> Iterator[Blackout]:
        """Yield what came of each blackout.

        Raises:
            UnsettledError: a bot has ended by itself, or did not come back.
        """
        moments = [self._rng.choice(DRAWN) for _ in range(count)]
        self._bots.start()
        self._bots.wait_until_back()
        for moment, following in zip(moments, [*moments[1:], None], strict=True):
            self._wait_for(moment)
            yield self._black_out(moment, is_judged=following is not Moment.RETURN)

    def _wait_for(self, moment: Moment) -> None:
        """Wait for what was drawn; and every other time a little longer."""
        bots, rng = self._bots, self._rng
        later_s = rng.choice((0.0, rng.uniform(0, LATER_S)))
        match moment:
            case Moment.RETURN:
                later_s = rng.uniform(*RETURN_S)
            case Moment.ANY:
                later_s = rng.uniform(0, ANY_S)
            case Moment.LINE_AT_ALL:
                bots.watch(WAIT_S, Everywhere())
            case _:
                bots.watch(WAIT_S, lambda _, line: line["event"] == EVENTS[moment])
        if later_s:
            bots.watch(later_s)

    def _black_out(self, moment: Moment, *, is_judged: bool) -> Blackout:
        bots = self._bots
        bots.cut_power()
        phases = [told(life, "phase")[-1:] for life in bots.lives]
        self._settled.take(bots.lives)
        began_s = bots.start()
        back_s: float | None = None
        together: bool | None = None
        lost: tuple[str, ...] = ()
        broken: tuple[str, ...] = ()
        if is_judged:
            bots.wait_until_back()
            back_s = round(time.time() - began_s, 2)
            together = bots.wait_until_together()
            bots.watch(SETTLE_S + 1.0)
            together = together and bots.is_together
            lost = tuple(self._find_lost()) if together else ()
            broken = tuple(self._judge())
        return Blackout(
            room=self._number,
            moment=moment.value,
            phase="/".join(sorted({line["phase"] for found in phases for line in found})),
            lines=len(self._settled.lines),
            laps=len(self._settled.laps),
            results=len(self._settled.results),
            back_s=back_s,
            together=together,
            resumed=sum(bool(told(life, "resumed")) for life in bots.lives),
            lost=lost,
            broken=broken,
        )

    def _find_lost(self) -> Iterator[str]:
        lives = self._bots.lives
        entered = {line["lineage"] for life in lives for line in told(life, "lineage")}
        for box, life in enumerate(lives):
            lost = self._settled.lost_in(life, split=len(entered) > 1)
            yield from (f"{what} at bot {box}" for what in lost)

    def _judge(self) -> Iterator[str]:
        verdicts = judge(
            [records for _, records in read_records(*self._bots.logs, bytes_max=LOGS_BYTES_MAX)]
        )
        for verdict in verdicts.values():
            yield from map(str, verdict.violations)


@final
class Everywhere:
    """Tells the line that is the last of all bots to show some line of chat."""

    def __init__(self) -> None:
        self._by: dict[str, set[int]] = {}

    def __call__(self, box: int, line: Line) -> bool:
        if line["event"] != "chat":
            return False
        shown = self._by.setdefault(line["dot"], set())
        shown.add(box)
        return len(shown) == NODES


@dataclass(slots=True)
class Record:
    """All blackouts so far, and why rooms were given up."""

    done: list[Blackout] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.given_up and not any(blackout.is_bad for blackout in self.done)

    def summary(self) -> dict[str, object]:
        """Return what came of all."""
        back = [blackout.back_s for blackout in self.done if blackout.back_s is not None]
        return {
            "blackouts": len(self.done),
            "judged": len(back),
            "together": sum(blackout.together is True for blackout in self.done),
            "apart": sum(blackout.together is False for blackout in self.done),
            "lost_something": sum(blackout.is_bad for blackout in self.done),
            "back_s_p50": percentile(back, 0.5) if back else None,
            "back_s_max": max(back, default=None),
            "given_up": self.given_up,
        }


def run(count: int, seed: int, folder: Path, record: Record) -> None:
    """Have so many blackouts, or give up a room for each; what a room without fault wrote goes."""
    for number in range(count):
        if len(record.done) >= count:
            return
        rng = Random(f"{seed}/{number}")
        here = folder / f"room{number}"
        here.mkdir()
        lan = Lan(NODES)
        bots = Bots(lan, here, rng)
        found = Record()
        try:
            lan.introduce()
            for blackout in Room(bots, number, rng).run(min(A_ROOM, count - len(record.done))):
                found.done.append(blackout)
                record.done.append(blackout)
                told_now = {"blackout": len(record.done), **asdict(blackout)}
                print(json.dumps(told_now), flush=True)
        except UnsettledError as error:
            found.given_up.append(f"room {number}: {error}")
        finally:
            lan.close()
            bots.close()
        record.given_up += found.given_up
        if found.is_good:
            rmtree(here)


def main() -> int:
    """Print what came of each blackout, and of all."""
    parser = argparse.ArgumentParser(prog="benchmarks.lan.blackouts", description=__doc__)
    parser.add_argument("--blackouts", type=int, default=20, help="(20)")
    parser.add_argument("--seed", type=int, default=1, help="(1)")
    asked = parser.parse_args()
    if not can_lan:
        complain("blackouts need root and iproute2, for a LAN of namespaces")
        return WRONG_USE
    folder = Path(mkdtemp(prefix="racer-blackouts-"))
    record = Record()
    code = OK
    try:
        run(asked.blackouts, asked.seed, folder, record)
    except KeyboardInterrupt:
        code = INTERRUPTED
        complain("broken off; what is printed is whole")
    print(json.dumps(record.summary() | {"seed": asked.seed}), flush=True)
    if record.is_good:
        rmtree(folder)
        return code
    complain(f"the logs are in {folder}")
    return code or FAILURE


if __name__ == "__main__":
    sys.exit(main())
