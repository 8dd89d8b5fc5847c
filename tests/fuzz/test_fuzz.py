"""Whatever bytes come, every parser takes them or refuses them in its own words."""

from __future__ import annotations

from random import Random

import pytest

from net import WireError
from tests.fuzz.loop import fuzz, read_corpus
from tests.fuzz.mutation import mutated
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

INPUTS = 1500  # of each parser: some seconds in all


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_escapes_from_a_parser(target: Target) -> None:
    inputs = int(INPUTS * target.share)
    run = fuzz(target, 1, inputs)
    assert run.escape is None
    assert run.inputs == max(inputs, run.seeds)
    assert run.taken > 0, "its seeds at least are what it takes"


def test_what_escapes_is_told_with_its_input() -> None:
    def careless(data: bytes) -> int:
        return 1 // (len(data) - 3)

    target = Target("careless", careless, (WireError,), lambda: [b"four"])
    run = fuzz(target, 1, 1000)
    assert run.escape is not None
    data, error = run.escape
    assert len(data) == 3
    assert isinstance(error, ZeroDivisionError)


def test_inputs_hang_on_the_seed_alone_and_keep_their_bound() -> None:
    def made(seed: int) -> list[bytes]:
        rng = Random(seed)
        return [mutated(b"seed", b"other", 6, rng) for _ in range(200)]

    assert made(3) == made(3) != made(4)
    assert max(map(len, made(3))) <= 6


def test_the_corpus_is_within_the_bounds_of_parsers() -> None:
    for target in TARGETS:
        assert all(len(data) <= target.bytes_max for data in read_corpus(target.name))
