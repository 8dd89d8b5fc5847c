"""Feeds a parser, keeps what led somewhere new, and stops at what escapes from it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Final, final

from tests.fuzz.coverage import NewLines
from tests.fuzz.mutation import mutated
from tests.fuzz.target import Target

CORPUS: Final = Path(__file__).parent / "corpus"
CORPUS_MAX: Final = 2000  # inputs kept of a parser in a run


@final
@dataclass(slots=True)
class Run:
    """What came of feeding one parser; `escape` is what it raised and should not, and by what.

    An input is taken where the parser makes something of it.
    """

    target: Target
    inputs: int = 0
    taken: int = 0
    lines: int = 0
    kept: list[bytes] = field(default_factory=list)  # seeds first, then what was found
    seeds: int = 0
    escape: tuple[bytes, Exception] | None = None

    @property
    def found(self) -> list[bytes]:
        return self.kept[self.seeds :]


def fuzz(target: Target, seed: int, inputs: int, until_s: float = float("inf")) -> Run:
    """Feed so many inputs, or until that time of the monotonic clock.

    The same seed feeds the same, where the number of inputs ends it and Python is the same.
    """
    rng, run, outcomes = Random(f"{seed} {target.name}"), Run(target), set[str]()
    with NewLines() as lines:
        for data in _fed(target, run, rng, inputs, until_s):
            run.inputs += 1
            try:
                value = target.parse(data)
                outcome = f"takes {type(value).__name__}"
                run.taken += value is not None
            except target.refuses as error:
                outcome = _place_of(error)
            except Exception as error:  # noqa: BLE001 - just what is looked for
                run.escape = data, error
                break
            is_new = lines.take() > 0 or outcome not in outcomes
            outcomes.add(outcome)
            if is_new and run.inputs > run.seeds and len(run.kept) < CORPUS_MAX:
                run.kept.append(data)
        run.lines = lines.total
    return run


def _place_of(error: Exception) -> str:
    """Return where it was raised, and as what: two inputs that differ in that are unlike."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    line = 0 if trace is None else trace.tb_lineno
    return f"{type(error).__name__} {getattr(error, 'fault', '')} {line}"


def _fed(target: Target, run: Run, rng: Random, inputs: int, until_s: float) -> Iterator[bytes]:
    """Yield the seeds, then what becomes of them and of what they led to."""
    run.kept = [*target.seeds(), *read_corpus(target.name)]
    run.seeds = len(run.kept)
    yield from tuple(run.kept)
    for _ in range(inputs - run.seeds):
        if time.monotonic() >= until_s:
            return
        first, second = rng.choice(run.kept), rng.choice(run.kept)
        yield mutated(first, second, target.bytes_max, rng)


def read_corpus(name: str) -> list[bytes]:
    """Return the inputs that are kept of a parser: a line each, in hex."""
    file = CORPUS / f"{name}.txt"
    lines = file.read_text("ascii").split("\n")[:-1] if file.is_file() else []
    return [bytes.fromhex(line) for line in lines]


def keep(name: str, inputs: list[bytes]) -> None:
    """Add inputs to those that are kept of a parser."""
    CORPUS.mkdir(exist_ok=True)
    known = {*read_corpus(name), *inputs}
    in_order = sorted(known, key=lambda data: (len(data), blake2b(data).digest()))
    (CORPUS / f"{name}.txt").write_text("".join(f"{data.hex()}\n" for data in in_order), "ascii")
