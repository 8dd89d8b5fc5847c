"""The journal's SQLite file: opened with care, never repaired, never overwritten when damaged.

WAL, because a reader and a crash never see half a batch; `synchronous=FULL`, because a room that
loses power resumes from its journals, and the millisecond it costs is not spent on the loop. One
connection in one process: SQLite before 3.51.3 can corrupt a WAL that two connections reset.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from shutil import disk_usage
from typing import Final

from net.errors import ProfileError
from net.runtime.disk.files import open_private

_APPLICATION: Final = 0x52434A31  # "RCJ1", at byte 68 of the file: a racer's journal
_VERSION: Final = 4
_REASONS: Final = {  # of SQLite, for which the disk is to blame and no file
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_IOERR: errno.EIO,
}
_ADDED: Final = (  # to files of any version: what is older passes it over
    """CREATE TABLE IF NOT EXISTS acquaintance (
        node BLOB PRIMARY KEY, alias BLOB NOT NULL, name TEXT NOT NULL,
        host TEXT NOT NULL, port INTEGER NOT NULL, met_s INTEGER NOT NULL
    ) STRICT""",
)
_SCHEMA: Final = (
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_VERSION}",  # 2 has decree and moment, 3 checkpoint, 4 content
    """CREATE TABLE IF NOT EXISTS room (
        tag BLOB PRIMARY KEY, name TEXT NOT NULL, used_s INTEGER NOT NULL, left INTEGER NOT NULL,
        boot TEXT NOT NULL DEFAULT '', booted_s INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS operation (
        place INTEGER PRIMARY KEY, -- the order of delivery: after all causes
        tag BLOB NOT NULL, node BLOB NOT NULL, incarnation INTEGER NOT NULL, n INTEGER NOT NULL,
        content BLOB NOT NULL, -- a MessagePack of net.wire.messages.Operation
        UNIQUE (tag, node, incarnation, n)
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS decree (
        tag BLOB NOT NULL, place INTEGER NOT NULL,
        content BLOB NOT NULL, -- a MessagePack of net.wire.decrees.Decree
        PRIMARY KEY (tag, place)
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS checkpoint (
        tag BLOB PRIMARY KEY, place INTEGER NOT NULL, -- how many decrees it stands for
        content BLOB NOT NULL -- a MessagePack of net.cluster.checkpoint.CheckpointContent
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS content (
        tag BLOB PRIMARY KEY, place INTEGER NOT NULL DEFAULT 0,
        content BLOB NOT NULL -- the same, of the checkpoint that was decreed last
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS moment (
        tag BLOB PRIMARY KEY, place INTEGER NOT NULL DEFAULT 0,
        content BLOB NOT NULL -- a MessagePack of net.node.program.SaveMoment
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS peer (
        tag BLOB NOT NULL, node BLOB NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL,
        met_s INTEGER NOT NULL, static BLOB NOT NULL DEFAULT x'', PRIMARY KEY (tag, node)
    ) STRICT""",
    *_ADDED,
)
_ADDED_COLUMNS: Final = (  # likewise: table, column, what it is
    ("peer", "static", "BLOB NOT NULL DEFAULT x''"),
    ("room", "boot", "TEXT NOT NULL DEFAULT ''"),
    ("room", "booted_s", "INTEGER NOT NULL DEFAULT 0"),
)


def open_database(path: Path) -> sqlite3.Connection:
    """Open a journal's file, or begin one; the connection may go from thread to thread.

    Raises:
        ProfileError: the file is damaged, foreign, or of a newer racer. It is left as it was.
        OSError: the disk takes nothing: it is full, read-only, or fails.
    """
    if path.exists() and not path.is_file():  # a pipe would keep us waiting for ever
        raise ProfileError(
            f"{path}: cannot be used as the journal: it is no ordinary file; move it away"
        )
    try:
        if path.exists() and path.stat().st_size > 0:
            _verify_file(path)
        return _connect(path)
    except sqlite3.DatabaseError as error:
        if (reason := disk_error(error, path)) is not None:
            raise reason from None
        raise ProfileError(
            f"{path}: cannot be used as the journal: {error}; move the file away:"
            " only what was going on in past races is lost"
        ) from None


def open_unwritable(path: Path | None) -> sqlite3.Connection:
    """Return what can be read of a journal on a disk that takes nothing; at worst an empty one."""
    name = None if path is None else path.absolute().as_uri()
    for options in () if name is None else ("mode=ro", "mode=ro&immutable=1"):
        with suppress(sqlite3.Error):
            uri = f"{name}?{options}"
            return _copy_unwritable(uri)
    return _in_memory()


def _copy_unwritable(uri: str) -> sqlite3.Connection:
    """Return a file's content in memory: there it can have the tables of this racer."""
    database = _in_memory()
    with closing(sqlite3.connect(uri, uri=True)) as file:
        file.execute("SELECT content FROM decree LIMIT 1").fetchall()
        file.backup(database)
    _update_tables(database)
    return database


def _in_memory() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    _update_tables(database)
    return database


def _update_tables(database: sqlite3.Connection) -> None:
    """Give a file of any version, or an empty one, the tables of this racer."""
    is_older = database.execute("PRAGMA user_version").fetchone() < (_VERSION,)
    for statement in _SCHEMA if is_older else _ADDED:
        database.execute(statement)
    for table, column, kind in _ADDED_COLUMNS:
        columns = {name for _, name, *_ in database.execute(f"PRAGMA table_info({table})")}
        if column not in columns:
            database.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


def disk_error(error: sqlite3.Error, path: Path) -> OSError | None:
    """Return what the disk is to be blamed for, in the system's words; None: it is not the disk."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the part that tells more
    number = _REASONS.get(code)
    if number is None:
        return None
    if number in {errno.EIO, errno.EACCES}:
        with suppress(OSError):
            number = number if disk_usage(path.parent).free else errno.ENOSPC
    return OSError(number, os.strerror(number), str(path))


def _verify_file(path: Path) -> None:
    """Look the file over through a connection that cannot write, nor leave files beside it."""
    killed = path.with_name(path.name + "-wal").exists()  # then the log is a part of the content
    options = "mode=ro" if killed else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True)) as database:
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if application != _APPLICATION:
            raise sqlite3.DatabaseError("it is no journal of a racer")
        if not 1 <= version <= _VERSION:
            raise sqlite3.DatabaseError(f"it has format {version}, this racer reads {_VERSION}")
        (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"it is damaged ({str(verdict).splitlines()[-1]})")


def _connect(path: Path) -> sqlite3.Connection:
    with suppress(OSError):  # so that only we may read it; what is beside it gets the same mode
        os.close(open_private(str(path), os.O_RDWR | os.O_CREAT))
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("BEGIN")
        _update_tables(database)
        database.execute("COMMIT")
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
