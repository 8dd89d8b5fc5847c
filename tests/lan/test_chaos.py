"""A long race on a LAN where something fails every few seconds, drawn from a seed.

`make lan` runs a few rounds, `make chaos SEED=7 ROUNDS=30` many. The seed and every round are
printed; a process on a real machine makes no two runs alike, so a failure is kept, not replayed:
the log of each bot lies in the test's folder.
"""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.lan.judging import assert_promises_kept
from tests.lan.lab import Box, Lan, Run, chat, leaderships, needs_lan, official

pytestmark = needs_lan

BOT: Final = Path(__file__).with_name("chatting_bot.py")
NAMES: Final = ("ada", "bob", "cleo", "dan", "eve", "fay", "gus", "hal")
SEED: Final = int(os.environ.get("SEED", "1"))
ROUNDS: Final = int(os.environ.get("ROUNDS", "3"))
ROUND_S: Final = 7.5  # on the average, with the quiet after it
LAP_S: Final = 16.0  # of the fastest, among others
LAST_WORDS_S: Final = 1.0  # what is said so shortly before a kill or the end may be lost


class Chaos:
    """Eight bots on two switches, each life of each, and what is done to them."""

    def __init__(self, lan: Lan, profiles: Path, laps: int, rng: Random) -> None:
        self.lives: list[list[Run]] = [[] for _ in NAMES]
        self.killed_s: dict[Run, float] = {}
        self._lan = lan
        self._profiles = profiles
        self._laps = laps
        self._rng = rng
        for number in range(len(NAMES)):
            self.start(number)

    @property
    def now(self) -> list[Run]:
        """The present life of each."""
        return [lives[-1] for lives in self.lives]

    @property
    def all(self) -> list[Run]:
        return [run for lives in self.lives for run in lives]

    def start(self, number: int) -> None:
        box: Box = self._lan.boxes[number]
        profile = self._profiles / NAMES[number]
        words = [str(profile), str(len(NAMES)), str(self._laps)]
        self.lives[number].append(box.run(sys.executable, str(BOT), *words))

    def watch(self, seconds: float) -> None:
        """Let time pass, and read what all say: with a full pipe they would stand still."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self._read()
            ended = [run for run in self.now if run.process.poll() and run not in self.killed_s]
            assert not ended, f"ended: {[run._story() for run in ended]}"

    def finish(self, seconds: float) -> list[int]:
        """Wait until all have ended; return how."""
        until_s = time.monotonic() + seconds
        while any(run.process.poll() is None for run in self.now):
            assert time.monotonic() < until_s, self.story()
            self._read()
        return [run.finish(5) for run in self.now]

    def story(self) -> str:
        """Return what each said last."""
        return "\n".join(
            f"{name}: {line}"
            for name, run in zip(NAMES, self.now, strict=True)
            for line in [line for line in run.lines if line["event"] not in {"said", "chat"}][-6:]
        )

    def _read(self) -> None:
        talking = {run.fileno(): run for run in self.now if run.process.poll() is None}
        ready, _, _ = select.select(list(talking), [], [], 0.05)
        for number in ready:
            talking[number].look(0)

    def round(self, number: int) -> None:
        """Do one thing to somebody, or to the network, and undo it after a while."""
        rng = self._rng
        act = rng.choice((self._kill, self._kill, self._kill_coordinator, self._pause, self._cut))
        act = rng.choice((act, act, act, self._unplug))
        began_s = time.time()
        done = act()
        print(f"round {number} at {began_s:.3f}: {done}", flush=True)
        self.watch(rng.uniform(0.5, 3.0))

    def _kill(self, number: int | None = None) -> str:
        number = self._rng.randrange(len(NAMES)) if number is None else number
        absent_s = self._rng.uniform(0.2, 6.0)
        run = self.now[number]
        run.kill()
        self.killed_s[run] = time.time()
        self.watch(absent_s)
        self.start(number)
        return f"kill {NAMES[number]} for {absent_s:.2f} s"

    def _kill_coordinator(self) -> str:
        seen = [line for run in self.now for line in run.all("coordinator")]
        coordinates = max(seen, key=lambda line: (line["epoch"], line["t"]))["node"]
        number = next((k for k, run in enumerate(self.now) if run.node == coordinates), 0)
        return f"{self._kill(number)}, who coordinates"

    def _pause(self) -> str:
        number, for_s = self._rng.randrange(len(NAMES)), self._rng.uniform(0.2, 5.0)
        run = self.now[number]
        run.pause()
        self.watch(for_s)
        run.go_on()
        return f"pause {NAMES[number]} for {for_s:.2f} s"

    def _cut(self) -> str:
        for_s = self._rng.uniform(0.5, 5.0)
        self._lan.cut()
        self.watch(for_s)
        self._lan.heal()
        return f"cut the trunk for {for_s:.2f} s"

    def _unplug(self) -> str:
        number, for_s = self._rng.randrange(len(NAMES)), self._rng.uniform(0.5, 4.0)
        self._lan.boxes[number].unplug()
        self.watch(for_s)
        self._lan.boxes[number].plug()
        return f"unplug {NAMES[number]} for {for_s:.2f} s"


@pytest.fixture
def lan() -> Iterator[Lan]:
    lan = Lan(len(NAMES))
    yield lan
    lan.close()


@pytest.mark.timeout(300 + 20 * ROUNDS)
def test_a_race_goes_on_whatever_fails_and_nobody_loses_a_car_or_a_word(
    lan: Lan, tmp_path: Path
) -> None:
    print(f"\nSEED={SEED} ROUNDS={ROUNDS}", flush=True)
    laps = 2 + int(ROUNDS * ROUND_S / LAP_S)
    chaos = Chaos(lan, tmp_path, laps, Random(SEED))
    for run in chaos.now:
        run.wait_for(60, event="phase", phase="racing")
    nodes = [run.node for run in chaos.now]
    for number in range(ROUNDS):
        chaos.round(number)
    assert not any(run.all("finish") for run in chaos.now), "the race was too short"
    assert chaos.finish(60 + 20 * laps) == [0] * len(NAMES)
    assert_one_race(chaos, nodes, laps)
    assert_back_in_their_cars(chaos, nodes)
    assert_no_word_lost(chaos)
    assert_promises_kept(lan)


def assert_one_race(chaos: Chaos, nodes: list[str], laps: int) -> None:
    """All have one table, with every driver in it once; no epoch had two coordinators."""
    assert len({official(run)["digest"] for run in chaos.now}) == 1
    table = official(chaos.now[0])["table"]
    assert sorted(row["node"] for row in table) == sorted(nodes)
    assert max(row["laps"] for row in table) == laps
    assert all(len(coordinated) == 1 for coordinated in leaderships(chaos.all).values())


def assert_back_in_their_cars(chaos: Chaos, nodes: list[str]) -> None:
    """Every life is the same driver, and all but the first got back into the car of that driver."""
    for node, lives in zip(nodes, chaos.lives, strict=True):
        assert {run.node for run in lives if run.all("joined")} == {node}
        for run in lives[1:]:
            if chaos.killed_s.get(run, run.began_s + 60) - run.began_s > 5:
                assert run.all("resumed"), f"a life of {node} never got into its car"
        controls = lives[-1].all("control")
        held = [line["driver"] for line in controls if line["car"] == node]
        assert held[-1:] in ([], [node]), f"{node} did not get its car back"


def assert_no_word_lost(chaos: Chaos) -> None:
    """All end with the same lines in the same order, each once, and all that was shown is there."""
    lines = chat(chaos.now[0])
    assert all(chat(run) == lines for run in chaos.now)
    texts = [text for _, text in lines]
    assert len(texts) == len(set(texts))
    for run in chaos.all:
        shown = {line["text"] for line in run.all("chat")}
        assert shown <= set(texts), f"shown and lost: {shown - set(texts)}"
        ends_s = chaos.killed_s.get(run, run.all("phase")[-1]["t"] if run.all("phase") else 0)
        said = {line["text"] for line in run.all("said") if line["t"] < ends_s - LAST_WORDS_S}
        assert said <= set(texts), f"said and lost: {said - set(texts)}"
