"""The keys that nodes logged, by the index of the session that they open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from net import NodeId, SecurityError, UsageError, WireError
from net.security.primitives import SODIUM
from net.security.seal import index_of, open_sealed
from net.security.session_keys import KEY_LOG_HEAD, SessionKeys
from racer.app.bounded_reading import read_text_bounded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KEY_LOG_BYTES_MAX: Final = 16 * 1024 * 1024  # some 70,000 sessions: months of evenings


@final
@dataclass(frozen=True, slots=True)
class _OneWay:
    """What opens the datagrams of one direction of a session."""

    key: bytes
    sender: NodeId
    receiver: NodeId
    version: int


@final
@dataclass(frozen=True, slots=True)
class OpenedSeal:
    """What a sealed datagram holds, and who sealed it for whom."""

    sender: NodeId
    receiver: NodeId
    version: int  # of the protocol
    plaintext: bytes


@final
class Keyring:
    """Opens datagrams of sessions whose keys it has. Both sides' logs may be in it."""

    def __init__(self, sessions: Iterable[SessionKeys] = ()) -> None:
        self._ways: defaultdict[int, dict[_OneWay, None]] = defaultdict(dict)
        for each in sessions:
            to_us = _OneWay(each.receiving, each.remote, each.node, each.version)
            from_us = _OneWay(each.sending, each.node, each.remote, each.version)
            self._ways[each.index][to_us] = None
            self._ways[each.remote_index][from_us] = None

    def open(self, datagram: bytes) -> OpenedSeal | str:
        """Return what a sealed datagram holds, or why it cannot be opened."""
        index = index_of(datagram)
        if index not in self._ways:
            return f"no key for index {index:08x}"
        for way in self._ways[index]:
            try:
                plaintext = open_sealed(datagram, way.key, SODIUM)
            except SecurityError:
                continue
            return OpenedSeal(way.sender, way.receiver, way.version, plaintext)
        return f"the key for index {index:08x} does not open it: it is damaged or forged"


def read_key_log(path: Path) -> tuple[list[SessionKeys], int]:
    """Return the keys in a file, and how many lines of it are none.

    A node that was killed may have left a part of a line.

    Raises:
        UsageError: it cannot be read, or is no key log.
    """
    try:
        text = read_text_bounded(path, KEY_LOG_BYTES_MAX)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    head, *lines = text.split("\n")
    if head != KEY_LOG_HEAD:
        raise UsageError(f"{path}: is no key log, as '--key-log' makes one")
    sessions, wrong = [], 0
    for line in filter(None, lines):
        try:
            sessions.append(SessionKeys.from_line(line))
        except WireError:
            wrong += 1
    return sessions, wrong
