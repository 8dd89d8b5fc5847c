"""Logs of JSON Lines, read back: each file is what one node saw."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, final

import msgspec

from net import NetError, UsageError, clean_text
from racer.app.bounded_reading import read_bounded
from racer.app.terminal import ProgressLine

if TYPE_CHECKING:
    from pathlib import Path

WORDS: Final = "words"
"""The event of a record of words for a person: `text`, at the time of the event behind them."""
PRELUDE: Final = frozenset(
    {
        "awaits",
        "revived",
        "peer",
        "coordinator",
        "lineage",
        "protocol",
        "incompatible",
        "unreadable",
        "history_too_new",
        "trouble",
    }
)
"""What a life tells before `joined`."""
PRELUDE_GAP_S: Final = 1.0
TEXT_CHARS_MAX: Final = 80
TIME_S_MAX: Final = 2.0**37  # some thousand years
TROUBLE: Final = b"racer: "  # words for a person, in between
BYTES_MAX: Final = 64_000_000  # of all logs together: some eight times as much memory


class LogError(NetError):
    """A log does not hold what it should."""


@final
@dataclass(frozen=True, slots=True)
class LogRecord:
    """One line of a log.

    Args:
        at_s: Unix seconds, or seconds of virtual time.
        source: the file that it is from …
        line: … and its number there, from 1 on.
    """

    at_s: float
    event: str
    fields: Mapping[str, object]
    source: str
    line: int

    @property
    def where(self) -> str:
        """Where it stands, for errors: made only then, for a log has many lines."""
        return f"{self.source}:{self.line}"

    def text(self, name: str) -> str:
        """Return a field that is text, fit to be shown; empty where it is null or missing.

        Raises:
            LogError: it is something else.
        """
        value = self.fields.get(name, "")
        if value is not None and not isinstance(value, str):
            raise LogError(f"{self.where}: {name!r} should be text")
        return clean_text(value or "", TEXT_CHARS_MAX)

    def number(self, name: str) -> int:
        """Return a field that is a whole number.

        Raises:
            LogError: it is something else, or missing.
        """
        value = self.fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise LogError(f"{self.where}: {name!r} should be a whole number")
        return value


@final
@dataclass(frozen=True, slots=True)
class Log:
    """What one life of a node told, in its order.

    Args:
        node: short hex; empty where the node never joined.
        ended: how the life ended, where that is known and need not be guessed.
    """

    node: str
    name: str
    records: tuple[LogRecord, ...]
    starts_s: float
    ends_s: float
    ended: str = ""  # "crashed", "left", "open" or unknown


def read_logs(*paths: Path, bytes_max: int = BYTES_MAX) -> list[Log]:
    """Return the lives that files tell of; a node that was started again appends to its log.

    Args:
        bytes_max: that the files may hold together.

    Raises:
        UsageError: a file cannot be read, is given twice, or they hold too much.
        LogError: a line is no event, or a file mixes nodes; the message names the line.
    """
    files = read_records(*paths, bytes_max=bytes_max)
    return [life for stem, records in files for life in _split_lives(_events_of(records), stem)]


def read_records(*paths: Path, bytes_max: int = BYTES_MAX) -> list[tuple[str, list[LogRecord]]]:
    """Return for each file its name, without what follows the dot, and its lines, words too.

    Raises:
        UsageError: a file cannot be read, is given twice, or they hold too much.
        LogError: a line is no event, or a file holds none.
    """
    files: list[tuple[str, list[LogRecord]]] = []
    left = bytes_max
    with ProgressLine() as progress:
        for number, path in enumerate(paths, start=1):
            progress.stage(f"reading {path.name}, {number} of {len(paths)} logs")
            if real_path(path) in map(real_path, paths[: number - 1]):
                raise UsageError(f"{path}: is given twice; one log a node")
            data = _read_log(path, left)
            left -= len(data)
            records = _parse_log(data, str(path))
            if not records:
                raise LogError(f"{path}: holds no event")
            files.append((path.stem, records))
    return files


def real_path(path: Path) -> str:
    """Return which file a name means, links followed; the name, where our folder is gone."""
    try:
        return os.path.realpath(path)
    except OSError:
        return str(path)


def _read_log(path: Path, bytes_max: int) -> bytes:
    try:
        return read_bounded(path, bytes_max)
    except OSError as error:
        if error.errno == errno.EFBIG:
            most = f"{BYTES_MAX // 1_000_000} MB, all logs together"
            raise UsageError(f"{path}: too much at once: give {most}, at most") from None
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def _parse_log(data: bytes, name: str) -> list[LogRecord]:
    """Return the records of a log. What follows the last line's end was cut off by a crash."""
    records: list[LogRecord] = []
    words: list[tuple[bytes, int]] = []
    for number, line in enumerate(_whole_lines(data), start=1):
        if line.startswith(TROUBLE):
            words.append((line, number))
        elif line.strip():
            record = parse_record(line, name, number)
            records += [*(_words_record(*each, name, record.at_s) for each in words), record]
            words = []
    last_s = records[-1].at_s if records else 0.0
    return records and [*records, *(_words_record(*each, name, last_s) for each in words)]


def _whole_lines(data: bytes) -> Iterator[bytes]:
    lines = io.BytesIO(data)
    lines.seek(len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0)  # an editor of Windows sets it
    for line in lines:  # by and by: as a list they would be three times the log
        if line.endswith(b"\n"):
            yield line[:-1]
        else:
            with suppress(ValueError, RecursionError):
                json.loads(line.decode())
                yield line


def _events_of(records: Sequence[LogRecord]) -> list[LogRecord]:
    return [record for record in records if record.event != WORDS]


def _words_record(line: bytes, number: int, source: str, at_s: float) -> LogRecord:
    text = line.removeprefix(TROUBLE).decode(errors="replace")
    return LogRecord(at_s, WORDS, {"t": at_s, "event": WORDS, "text": text}, source, number)


def parse_record(line: bytes, source: str, number: int) -> LogRecord:
    """Read one line of a file, of which it has this number.

    Raises:
        LogError: it is no event; the message begins with where it is.
    """
    try:
        found = _decode_line(line)
    except (ValueError, RecursionError):
        raise _fault_at(source, number, "is no JSON") from None
    if not isinstance(found, dict):
        raise _fault_at(source, number, "is no JSON object")
    at_s, event = found.get("t"), found.get("event")
    if isinstance(at_s, bool) or not isinstance(at_s, int | float) or not 0 <= at_s < TIME_S_MAX:
        raise _fault_at(source, number, "has no time 't'")
    if not isinstance(event, str):
        raise _fault_at(source, number, "has no 'event'")
    return LogRecord(float(at_s), sys.intern(event), found, source, number)


def _fault_at(source: str, number: int, what: str) -> LogError:
    return LogError(f"{source}:{number}: {what}")


def _decode_line(line: bytes) -> object:
    """Return what a line of JSON says. All lines share the names of their fields."""
    try:
        return msgspec.json.decode(line)
    except ValueError:  # the path of a file may be no text, which we print all the same
        return json.loads(line.decode())


def _split_lives(records: list[LogRecord], stem: str) -> list[Log]:
    """Cut a file's records at the starts of lives."""
    joins = [at for at, record in enumerate(records) if record.event == "joined"]
    if not joins:
        return [_log_of_life("", stem, records)]
    first = records[joins[0]]
    node = first.text("node")
    name = first.text("name") or node
    for at in joins:
        other = records[at]
        if other.text("node") != node:
            theirs = other.text("name")
            raise LogError(f"{other.where}: {theirs} joins in the log of {name}; one log a node")
    starts = [0, *(_life_start(records, at) for at in joins[1:]), len(records)]
    return [
        _log_of_life(node, name, records[start:end])
        for start, end in pairwise(starts)
        if start < end
    ]


def _life_start(records: list[LogRecord], joined: int) -> int:
    """Return where a life begins that is known by its `joined`: what it told just before is its."""
    start = joined
    while start > 0:
        before = records[start - 1]
        is_prelude = before.event in PRELUDE and before.fields.get("state", "alive") == "alive"
        if not is_prelude or records[start].at_s - before.at_s > PRELUDE_GAP_S:
            break
        start -= 1
    return start


def _log_of_life(node: str, name: str, records: list[LogRecord]) -> Log:
    times = [record.at_s for record in records]
    return Log(node, name, tuple(records), min(times), max(times))
