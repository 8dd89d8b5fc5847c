"""Who was met in any room: the name, and where it was. So who is not reached has a name.

That an advert is somebody's is known by its alias, which members are told, and which lasts as long
as its process. Who is at an address of another evening is a guess, and told as one.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Final, Self, final

from net.ids import Address, NodeId
from net.limits import ACQUAINTANCES_MAX, HOSTS_MET_MAX, NAME_CHARS_MAX
from net.recent import Recent
from net.runtime.disk.statements import Statement
from net.security.clean_text import clean_text

_SAVE_ONE: Final = (
    "INSERT OR REPLACE INTO acquaintance (node, alias, name, host, port, met_s)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
READ_ALL: Final = (  # the latest last
    "SELECT node, alias, name, host, port FROM acquaintance ORDER BY met_s, rowid"
)
FORGET_OLDEST: Final = (
    "DELETE FROM acquaintance WHERE node NOT IN"
    " (SELECT node FROM acquaintance ORDER BY met_s DESC, rowid DESC LIMIT ?)"
)


@final
@dataclass(frozen=True, slots=True)
class Acquaintance:
    """A node as it was met last."""

    node: NodeId
    alias: NodeId  # by which it was advertised then; b"": it is not known
    name: str
    address: Address

    @classmethod
    def of_row(cls, row: tuple[Any, ...]) -> Self:
        node, alias, name, host, port = row
        return cls(node, alias, clean_text(name, NAME_CHARS_MAX), (host, port))

    def to_save(self, met_s: int) -> Statement:
        """Return the statement that keeps it, as met at this Unix time."""
        return _SAVE_ONE, (self.node, self.alias, self.name, *self.address, met_s)


@final
class Acquaintances:
    """Keeps ACQUAINTANCES_MAX of them, the latest. Any thread may call it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._met: Recent[NodeId, Acquaintance] = Recent(ACQUAINTANCES_MAX)

    def note(self, met: Acquaintance) -> None:
        """Take that somebody is met; who tells no name is nobody's acquaintance."""
        if not met.name:
            return
        with self._lock:
            self._met.note(met.node, met)

    def names(self) -> dict[NodeId, str]:
        """Return their names by node id, and by the alias of each."""
        with self._lock:
            known = tuple(self._met.values())
        by_alias = {each.alias: each.name for each in known if each.alias}
        return by_alias | {each.node: each.name for each in known}

    def hosts(self) -> list[str]:
        """Return where they were, to ask whether they race now: HOSTS_MET_MAX, the latest first."""
        with self._lock:
            known = [each.address[0] for each in self._met.values()]
        return list(dict.fromkeys(reversed(known)))[:HOSTS_MET_MAX]

    def names_at(self, host: str) -> list[str]:
        """Return who was at a host, the latest first, each name once."""
        with self._lock:
            there = [each.name for each in self._met.values() if each.address[0] == host]
        return list(dict.fromkeys(reversed(there)))


def read_acquaintances(profile: Path) -> Acquaintances:
    """Return whom a profile has met, which another process may have open: a copy of it is read.

    Nobody, where nothing of it can be read, or there is no place for a copy.
    """
    found = Acquaintances()
    with suppress(OSError, sqlite3.Error), TemporaryDirectory() as folder:
        for path in profile.glob("journal*"):
            shutil.copy(path, folder)
        with closing(sqlite3.connect(f"{folder}/journal")) as database:
            for row in database.execute(READ_ALL):
                found.note(Acquaintance.of_row(row))
    return found
