"""Frames that a member seals rightly, and that mean what nobody would say."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from net.limits import DATAGRAM_BYTES_MAX
from tests.fuzz.mutation import mutated

if TYPE_CHECKING:
    from collections.abc import Sequence

Tree: TypeAlias = "int | str | bytes | bool | float | list[Tree] | None"

_NUMBERS: Final = (
    0, 1, 2, 3, 127, 128, 255, 256, 999, 2**16, 2**31, 2**32 - 1, 2**32, 2**48, 2**52, 2**53 - 1,
    2**53, 2**53 + 1, 2**63, 2**64 - 1, -1, -(2**31),
)  # fmt: skip
_CHANGES: Final = (1, 1, 1, 2, 3, 6)


def junk_frame(frame: bytes, other: bytes, rng: Random) -> bytes:
    """Return a frame made of two, which decodes as often as not."""
    match rng.randrange(8):
        case 0:
            made = mutated(frame, other, DATAGRAM_BYTES_MAX, rng)
        case 1:
            made = frame  # as another said it
        case _:
            made = _replanted_frame(frame, other, rng)
    return made[: DATAGRAM_BYTES_MAX - 29]


def _replanted_frame(frame: bytes, other: bytes, rng: Random) -> bytes:
    """Change some leaves and branches of what a frame says."""
    tree: Tree = msgspec.msgpack.decode(frame)
    graft: Tree = msgspec.msgpack.decode(other)
    assert isinstance(tree, list)
    for _ in range(rng.choice(_CHANGES)):
        _change_place(tree, graft, rng)
    return msgspec.msgpack.encode(tree)


def _change_place(tree: list[Tree], graft: Tree, rng: Random) -> None:
    """Change one place, most often deep in the tree."""
    branch = tree
    while deeper := [each for each in branch if isinstance(each, list) and each]:
        branch = rng.choice(deeper)
        if not rng.randrange(4):
            break
    if not branch:
        return
    at = rng.randrange(len(branch))
    match rng.randrange(10):
        case 0:
            del branch[at]
        case 1:
            branch.insert(at, deepcopy(rng.choice(branch)))
        case 2:
            branch[at] = deepcopy(_part_of(graft, rng))
        case 3:
            branch.extend(deepcopy(branch))
        case _:
            branch[at] = _changed_leaf(branch[at], rng)


def _changed_leaf(leaf: Tree, rng: Random) -> Tree:
    match leaf:
        case bool() | None:
            return rng.choice((True, False, None, 0, b""))
        case int():
            return rng.choice((leaf + 1, max(0, leaf - 1), leaf * 2, rng.choice(_NUMBERS))) % 2**64
        case bytes() if leaf and rng.randrange(4):
            at = rng.randrange(len(leaf))
            return leaf[:at] + bytes([leaf[at] ^ 1 << rng.randrange(8)]) + leaf[at + 1 :]
        case bytes():
            return rng.randbytes(rng.choice((0, 8, 16, 32, 64, 300)))
        case str():
            return rng.choice((leaf + "x", "", "noop", "10.0.0.1", "fe80::1"))
        case _:
            empty: tuple[Tree, ...] = (None, 0, b"", "", [], [[]])
            return rng.choice(empty)


def _part_of(tree: Tree, rng: Random) -> Tree:
    while isinstance(tree, list) and tree and rng.randrange(5):
        tree = rng.choice(tree)
    return tree


def junk_control(plaintext: bytes, others: Sequence[bytes], rng: Random) -> bytes:
    """Return what two transports might tell each other, changed."""
    made = mutated(plaintext, rng.choice(others), 300, rng) if rng.randrange(3) else plaintext
    return bytes([rng.randrange(11)]) + made[1:] if not rng.randrange(3) else made
