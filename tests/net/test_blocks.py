from __future__ import annotations

from random import Random

from net.cluster.blocks import BlockFetch, content_digest, split
from net.limits import BLOCK_RETRY_NS, BLOCKS_IN_FLIGHT_MAX

A, B = bytes(16), b"\x01" * 16


def content(size: int) -> bytes:
    return Random(size).randbytes(size)


def test_blocks_from_two_sources_make_the_content() -> None:
    data = content(60_500)
    blocks = split(data)
    fetch = BlockFetch(content_digest(data), len(data), [A, B], Random(1))
    sources, whole = set(), None
    while whole is None:
        asks = fetch.on_tick(0)
        assert sum(len(numbers) for _, numbers in asks) <= BLOCKS_IN_FLIGHT_MAX
        for source, numbers in asks:
            sources.add(source)
            for number in numbers:
                whole = fetch.on_block(number, blocks[number], source) or whole
    assert whole == data
    assert sources == {A, B}


def test_a_block_that_does_not_come_is_asked_of_the_other_source() -> None:
    data = content(500)
    fetch = BlockFetch(content_digest(data), len(data), [A, B], Random(1))
    ((first, _),) = fetch.on_tick(0)
    assert fetch.on_tick(BLOCK_RETRY_NS - 1) == []
    ((second, _),) = fetch.on_tick(BLOCK_RETRY_NS)
    assert {first, second} == {A, B}


def test_wrong_content_is_thrown_away_and_fetched_again() -> None:
    data = content(500)
    fetch = BlockFetch(content_digest(data), len(data), [A], Random(1))
    fetch.on_tick(0)
    assert fetch.on_block(0, bytes(500), A) is None
    assert fetch.on_tick(1) == [(A, [0])]
    assert fetch.on_block(0, data, A) == data


def test_blocks_of_strangers_of_wrong_length_or_number_change_nothing() -> None:
    data = content(1500)
    fetch = BlockFetch(content_digest(data), len(data), [A], Random(1))
    fetch.on_tick(0)
    blocks = split(data)
    assert fetch.on_block(0, blocks[0], B) is None
    assert fetch.on_block(1, blocks[0], A) is None
    assert fetch.on_block(2, blocks[0], A) is None
    fetch.on_block(0, blocks[0], A)
    assert fetch.on_block(1, blocks[1], A) == data
