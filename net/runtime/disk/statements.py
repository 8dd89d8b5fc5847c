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
SAVE_ROOM: Final = "INSERT OR REPLACE INTO room (tag, name, used_s, left) VALUES (?, ?, ?, 0)"
USE_ROOM: Final = "UPDATE room SET used_s = ? WHERE tag = ?"
LEAVE_ROOM: Final = "UPDATE room SET left = 1 WHERE tag = ?"
PUT_ASIDE: Final = (
    DROP_OPERATIONS,
    "DELETE FROM decree WHERE tag = ?",
    "DELETE FROM moment WHERE tag = ?",
    DROP_CHECKPOINT,
    "DELETE FROM content WHERE tag = ?",
)
FORGET: Final = (
    "DELETE FROM operation WHERE tag NOT IN (SELECT tag FROM room WHERE used_s >= ?)",
    "DELETE FROM decree WHERE tag NOT IN (SELECT tag FROM room WHERE used_s >= ? AND left = 0)",
    "DELETE FROM moment WHERE tag NOT IN (SELECT tag FROM room WHERE used_s >= ? AND left = 0)",
    "DELETE FROM checkpoint WHERE tag NOT IN (SELECT tag FROM room WHERE used_s >= ? AND left = 0)",
    "DELETE FROM content WHERE tag NOT IN (SELECT tag FROM room WHERE used_s >= ? AND left = 0)",
    "DELETE FROM room WHERE tag NOT IN (SELECT tag FROM room ORDER BY used_s DESC LIMIT ?)",
    "DELETE FROM operation WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM decree WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM moment WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM checkpoint WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM content WHERE tag NOT IN (SELECT tag FROM room)",
    "DELETE FROM peer WHERE tag NOT IN (SELECT tag FROM room)",
)
