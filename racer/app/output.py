"""Reports as JSON Lines: one object a line, flushed at once."""

from __future__ import annotations

import json
import os
import stat
import time
from codecs import BOM_UTF8
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, Final, TextIO, TypeAlias, final

from net import Counts, Dot, UsageError, WaitReason, short
from net.runtime.lateness import Lateness
from net.runtime.service_options import TrafficFigures, Trouble
from racer.app.background_writer import BackgroundWriter
from racer.app.new_file import open_device, unwritable
from racer.app.terminal import (
    OutputError,
    OutputStalledError,
    complain,
    in_one_line,
    print_line,
)
from racer.play.reports import (
    DisqualifiedRow,
    HasLeft,
    IncompatibleSeen,
    Joined,
    PassphraseSeen,
    PutOffSeen,
    RaceReport,
    TableRow,
    ToldInWords,
    UnreachedSeen,
    WaitingSeen,
)

OfOthers: TypeAlias = IncompatibleSeen | PassphraseSeen | PutOffSeen | UnreachedSeen
"""What may be told of many machines at once."""

_RENAMED: Final = {"sources": "from"}  # not a name that Python allows a field
_BYTES_OF_NODE: Final = 16
WORDS_APART_S: Final = 10.0  # of one kind of others: a line for a person so often
HELD_S: Final = 3 * WORDS_APART_S  # what did not come again for so long is over
HELD_MAX: Final = 32  # lines that wait
LINES_WAITING_MAX: Final = 4096  # for a reader that does not read
PATIENCE_S: Final = 3.0  # with it, when we end
_WORDS: Final = b"racer: "  # begin a line for a person
_LOG_BEGINS: Final = (b'{"t": ', _WORDS)  # an event, or words
_HEAD_BYTES: Final = len(BOM_UTF8) + max(map(len, _LOG_BEGINS))
_LINE_BYTES_MAX: Final = 1_000_000  # no line of ours has a tenth of it
INTERNAL_FAULT: Final = 3
"""The exit status of a node that found its own state broken; why is told as `Trouble`."""


def to_object(report: RaceReport) -> dict[str, object]:
    """Return a report as the command line prints it; fields that say nothing are left out."""
    found: dict[str, object] = {"event": report.event}
    for part in fields(report):
        value = getattr(report, part.name)
        if part.name == "was" and value is None:
            continue
        found[_RENAMED.get(part.name, part.name)] = _json_value(value)
    return found


def _json_value(value: object) -> object:
    match value:
        case bytes():
            return short(value) if len(value) == _BYTES_OF_NODE else value.hex()
        case Dot():
            return f"{short(value.node)}.{value.incarnation}.{value.n}"
        case TableRow() | DisqualifiedRow():
            return {part.name: _json_value(getattr(value, part.name)) for part in fields(value)}
        case tuple():
            return [_json_value(item) for item in value]
        case _:
            return value


@final
class Load:
    """Traffic and processor use since the last look."""

    def __init__(self) -> None:
        self._at_s = time.monotonic()
        self._cpu_s = time.process_time()
        self._traffic = TrafficFigures(0, 0, 0, 0)

    def look(self, traffic: TrafficFigures, late: Lateness) -> dict[str, object]:
        """Return bits a second each way, percent of one core, and how late ticks ran, in ms."""
        at_s, cpu_s = time.monotonic(), time.process_time()
        past_s = max(at_s - self._at_s, 1e-3)
        before = self._traffic
        load: dict[str, object] = {
            "tx_bps": round(8 * (traffic.tx_bytes - before.tx_bytes) / past_s),
            "rx_bps": round(8 * (traffic.rx_bytes - before.rx_bytes) / past_s),
            "tx_pps": round((traffic.tx_datagrams - before.tx_datagrams) / past_s),
            "rx_pps": round((traffic.rx_datagrams - before.rx_datagrams) / past_s),
            "cpu_pct": round(100 * (cpu_s - self._cpu_s) / past_s, 1),
            "late_p99_ms": round(late.p99_ms, 1),
            "late_max_ms": round(late.max_ms, 1),
        }
        self._at_s, self._cpu_s, self._traffic = at_s, cpu_s, traffic
        return load


@final
class Output:
    """Prints reports to a stream, and to a file too if one is given.

    `lost` is why the stream takes no more, if it does not; `is_log_whole` tells whether the file
    has got all.

    Args:
        log: appended to; opened at once, so that a wrong name is told before the race.
        on_lost: called once, when the stream takes no more: nobody hears us.
        on_trouble: gets a line when the file takes no more; all else goes on.
        clock: what time it is, in seconds.
        beside: all is written in threads, which also call what is called: who does not read what we
            print, or a slow disk, holds up no race.

    Raises:
        UsageError: the file cannot be opened, or is no log.
    """

    def __init__(
        self,
        stream: IO[str] | None,
        log: Path | None,
        on_lost: Callable[[], None] | None = None,
        on_trouble: Callable[[str], None] = complain,
        clock: Callable[[], float] = time.monotonic,
        *,
        beside: bool = False,
    ) -> None:
        self.lost: OutputError | None = None
        self.is_log_whole = True
        self._printing = _Writes(
            "output", lambda missing: complain(_unprinted_words(missing)), beside=beside
        )
        self._logging = _Writes(
            "log",
            lambda missing: self._write_log(f"racer: {_unwritten_words(missing)}"),
            beside=beside,
        )
        self._joined = False
        self._stream = stream
        self._path = log
        self._log = None if log is None else open_log(log)
        self._on_lost = on_lost
        self._on_trouble = on_trouble
        self._pace = _WordsOfOthers(clock)

    def report(self, report: RaceReport, load: dict[str, object] | None = None) -> None:
        """Print a report, for programs; what a person can act on is told in words, too."""
        self._joined = self._joined or isinstance(report, Joined)
        found = {"t": round(time.time(), 3), **to_object(report), **(load or {})}
        line = json.dumps(found, ensure_ascii=False)
        if self._stream is not None:
            self._printing.put(partial(self._print, line))
        self._put_logged(line)
        if isinstance(report, OfOthers):
            words = self._pace.next_words(report)
            if words is not None:
                self._tell(words)
        elif isinstance(report, ToldInWords) and not _is_told_already(report):
            self._tell(report.text)

    def left(self) -> None:
        """Tell that we have left on purpose, if we ever were in the room."""
        if self._joined:
            self.report(HasLeft())

    def trouble(self, trouble: Trouble) -> None:
        """Tell a person."""
        self._tell(trouble.text)

    def dropped(self, counts: Counts) -> None:
        """Tell a person what was dropped that should not have been, if anything was: at the end."""
        if counts.faults:
            figures = ", ".join(f"{reason} {n}" for reason, n in counts.faults.items())
            self._tell(f"dropped on the way: {figures} (docs/COUNTERS.md says what each means)")

    def close(self) -> None:
        """Wait until all is written, as long as somebody reads it, and a disk takes it."""
        if unprinted := self._printing.close():
            self.lost = self.lost or OutputStalledError(_unprinted_words(unprinted))
        if unwritten := self._logging.close():
            self.is_log_whole = False
            self._on_trouble(f"{self._path}: {_unwritten_words(unwritten)}")
        if self._log is not None and not self._logging.is_stuck:
            self._log.close()

    def _tell(self, text: str) -> None:
        self._printing.put(partial(complain, text))
        self._put_logged(f"racer: {in_one_line(text)}")

    def _put_logged(self, line: str) -> None:
        if self._path is not None:
            self._logging.put(partial(self._write_log, line))

    def _print(self, line: str) -> None:
        if self._stream is None:
            return
        try:
            print_line(line, self._stream)
        except OutputError as error:
            self._stream, self.lost = None, error
            if self._on_lost is not None:
                self._on_lost()

    def _write_log(self, line: str) -> None:
        if self._log is None:
            return
        try:
            print_line(line, self._log)
        except OSError as error:
            with suppress(OSError):  # what it could not write, it tries once more
                self._log.close()
            self._log, self.is_log_whole = None, False
            self._on_trouble(f"{self._path}: cannot be written any more: {error.strerror}")


@final
class _Writes:
    """What is to be written to one place: at once, or in a thread of its own.

    There so much waits for a reader or a disk; what is more is left out.

    Args:
        notice: told how many lines are missing, where they are.
    """

    def __init__(self, name: str, notice: Callable[[int], None], *, beside: bool) -> None:
        self._writer: BackgroundWriter[Callable[[], None]] | None = None
        if beside:
            self._writer = BackgroundWriter(name, lambda write: write(), LINES_WAITING_MAX)
        self._notice = notice
        self._missing = 0  # lines that are left out …
        self._told = 0  # … and told of
        self.is_stuck = False  # once it is closed: a thread is in the midst of it, for good

    def put(self, write: Callable[[], None]) -> None:
        """Do it, soon."""
        if self._writer is None:
            write()
            return
        untold = self._missing - self._told
        if untold and self._writer.put(partial(self._notice, untold)):
            self._told += untold
        self._missing += not self._writer.put(write)

    def close(self) -> int:
        """Wait until all is written, as long as it gets on; return how many lines are missing."""
        if self._writer is None:
            return 0
        left = self._writer.drain(PATIENCE_S)
        self.is_stuck = left > 0
        if not self.is_stuck:
            self._writer.close()
        return left + self._missing


def _unprinted_words(lines: int) -> str:
    return f"nobody read standard output: {lines} lines are not printed"


def _unwritten_words(lines: int) -> str:
    return f"the disk is too slow: {lines} lines are not written"


class _WordsOfOthers:
    """Lines about machines that do not get in, however many: of each kind one in WORDS_APART_S.

    What waits is told when its kind comes again, which it does while it goes on.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told_s: dict[str, float] = {}  # of which kind when last
        self._held: dict[tuple[str, str], tuple[float, OfOthers]] = {}  # the longest first

    def next_words(self, report: OfOthers) -> str | None:
        """Take a report; return the line to tell now, if one is due: who waits longest is first."""
        kind, now_s = report.event, self._clock()
        self._hold_words(report, now_s)
        if now_s - self._told_s.get(kind, -WORDS_APART_S) < WORDS_APART_S:
            return None
        self._told_s[kind] = now_s
        _, told = self._held.pop(next(key for key in self._held if key[0] == kind))
        return told.text

    def _hold_words(self, report: OfOthers, now_s: float) -> None:
        """Keep the newest of each address in the place of the first, and nothing that is over."""
        held = {at: each for at, each in self._held.items() if now_s - each[0] < HELD_S}
        key = report.event, report.address
        if key in held or len(held) < HELD_MAX:
            held[key] = now_s, report
        self._held = held


def _is_told_already(report: ToldInWords) -> bool:
    """Whether another line tells a person the same: there is one for each machine."""
    told = {WaitReason.INCOMPATIBLE.value, WaitReason.PASSPHRASE.value}
    return isinstance(report, WaitingSeen) and report.why in told


def open_log(path: Path) -> TextIO:
    """Open a file that events are appended to: a new one, a log, a device, a pipe that is read.

    What a crash or a full disk left of a last line, which readers pass over, goes: else the next
    line would be a part of it.

    Raises:
        UsageError: it cannot be written, or holds something else, which stays as it is.
    """
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            return open_device(path)
        log = path.open("a+", encoding="utf-8", errors="backslashreplace")
        with path.open("rb") as begun:
            head = begun.read(_HEAD_BYTES).removeprefix(BOM_UTF8)
            tail, at = _last_line(begun)
        if not head or head.startswith(_LOG_BEGINS):
            _end_last_line(log, tail, at)
            return log
    except OSError as error:
        raise unwritable(path, error) from None
    log.close()
    raise UsageError(f"{path}: is no log, and stays as it is; choose another name")


def _last_line(log: BinaryIO) -> tuple[bytes, int]:
    """Return what follows the last end of a line, no more than a line has, and where it begins."""
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _LINE_BYTES_MAX))
    tail = log.read(_LINE_BYTES_MAX)
    tail = tail[tail.rfind(b"\n") + 1 :]
    return tail, size - len(tail)


def _end_last_line(log: TextIO, tail: bytes, at: int) -> None:
    """End a last line that lacks its end, or take it away where it was cut off, but for words."""
    is_whole = tail.startswith(_WORDS)
    with suppress(ValueError, RecursionError):
        is_whole = is_whole or json.loads(tail.decode()) is not None
    if is_whole:
        log.write("\n")
        log.flush()
    elif tail:
        log.truncate(at)
