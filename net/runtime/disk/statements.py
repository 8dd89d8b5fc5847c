"""What the journal writes, in SQL."""

from __future__ import annotations

from typing import Final, TypeAlias

Statement: TypeAlias = tuple[str, tuple[bytes | str | int, ...]]

SAVE_OPERATION: Final = (
    "INSERT OR IGNORE INTO operation (tag, node, incarnation, n, content) VALUES (?, ?, ?, ?, ?)"
)
CUT_DECREES: Final = "DELETE FROM decree WHERE tag = ? AND place >= ?"
SAVE_DECREE: Final = "INSERT INTO decree (tag, place, content) VALUES (?, ?, ?)"
DROP_OPERATIONS: Final = "DELETE FROM operation WHERE tag = ?"
DROP_DECREES: Final = "DELETE FROM decree WHERE tag = ? AND place < ?"
DROP_CHECKPOINT: Final = "DELETE FROM checkpoint WHERE tag = ?"
SAVE_CHECKPOINT: Final = "INSERT INTO checkpoint (tag, place, content) VALUES (?, ?, ?)"
SAVE_CONTENT: Final = "INSERT OR REPLACE INTO content (tag, content) VALUES (?, ?)"
SAVE_MOMENT: Final = "INSERT OR REPLACE INTO moment (tag, content) VALUES (?, ?)"
SAVE_PEER: Final = (
    "INSERT OR REPLACE INTO peer (tag, node, host, port, met_s, static) VALUES (?, ?, ?, ?, ?, ?)"
)
FORGET_PEERS: Final = (  # but the latest
    "DELETE FROM peer WHERE tag = ?1 AND node NOT IN"
    " (SELECT node FROM peer WHERE tag = ?1 ORDER BY met_s DESC, rowid DESC LIMIT ?2)"
)
SAVE_ROOM: Final = (
    "INSERT OR REPLACE INTO room (tag, name, used_s, boot, booted_s, left)"
    " VALUES (?, ?, ?, ?, ?, 0)"
)
USE_ROOM: Final = "UPDATE room SET used_s = ?, boot = ?, booted_s = ? WHERE tag = ?"
_ROOM: Final = "SELECT name, tag, left, used_s, boot, booted_s FROM room"
ROOM: Final = f"{_ROOM} WHERE tag = ?"
ROOMS_LEFT: Final = f"{_ROOM} WHERE left = 1"
UNFINISHED_ROOMS: Final = (
    f"{_ROOM} WHERE left = 0 AND (EXISTS (SELECT 1 FROM decree WHERE decree.tag = room.tag)"
    " OR EXISTS (SELECT 1 FROM checkpoint WHERE checkpoint.tag = room.tag))"
    " ORDER BY rowid DESC"  # SAVE_ROOM gives the highest
)
LEAVE_ROOM: Final = "UPDATE room SET left = 1 WHERE tag = ?"
PUT_ASIDE: Final = (
    DROP_OPERATIONS,
    "DELETE FROM decree WHERE tag = ?",
    "DELETE FROM moment WHERE tag = ?",
    DROP_CHECKPOINT,
    "DELETE FROM content WHERE tag = ?",
)
_LEFT: Final = "(SELECT tag FROM room WHERE left = 1)"
FORGET_LEFT: Final = (  # whoever leaves on purpose ends the history there
    f"DELETE FROM decree WHERE tag IN {_LEFT}",
    f"DELETE FROM moment WHERE tag IN {_LEFT}",
    f"DELETE FROM checkpoint WHERE tag IN {_LEFT}",
    f"DELETE FROM content WHERE tag IN {_LEFT}",
)
FORGET_ROOMS: Final = (  # but those that were entered last: no clock has a word in it
    "DELETE FROM room WHERE tag NOT IN (SELECT tag FROM room ORDER BY rowid DESC LIMIT ?)",
    "DELETE FROM operation WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM decree WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM moment WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM checkpoint WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM content WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM peer WHERE tag NOT IN (SELECT tag FROM room)",
)
