"""What one life told: whom it took for the coordinator, whom it accused, what it did itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from racer.app.timeline.story import Mark, MarkKind, PeerVerdict, Tenure

if TYPE_CHECKING:
    from racer.app.log_reading import Log, LogRecord

GONE: Final = frozenset({"down", "left"})
STATES: Final = frozenset({"alive", "suspect", *GONE})
LINEAGE_CHARS: Final = 4  # enough to tell a handful of lineages apart
DIGEST_CHARS: Final = 4

NameOf = Callable[[str], str]


def verdicts_of(log: Log) -> tuple[PeerVerdict, ...]:
    """Return what a life said of its peers, in order; its first word of each is a greeting.

    Raises:
        LogError: as `LogRecord.text`.
    """
    found: list[PeerVerdict] = []
    met: set[str] = set()
    for record in log.records:
        if record.event != "peer":
            continue
        node, state = record.text("node"), record.text("state")
        greets = state == "alive" and node not in met
        met.add(node)
        if state in STATES and not greets:
            found.append(PeerVerdict(record.at_s, node, state))
    return tuple(found)


def tenures_of(log: Log, to_s: float) -> tuple[Tenure, ...]:
    """Return whom a life took for the coordinator.

    A tenure ends when the log says that the office is vacant, when it holds the coordinator for
    gone (and goes on if that one is heard again), or when another begins.

    Args:
        to_s: end of the life.

    Raises:
        LogError: as `LogRecord.text` and `LogRecord.number`.
    """
    found: list[Tenure] = []
    open_since: float | None = None
    silent = False  # closed by a verdict only
    node, epoch, lineage = "", 0, ""

    def close(at_s: float) -> None:
        nonlocal open_since
        if open_since is not None:
            found.append(Tenure(node, epoch, lineage, open_since, at_s))
        open_since = None

    for record in log.records:
        if record.event == "coordinator":
            close(record.at_s)
            node, epoch = record.text("node"), record.number("epoch")
            lineage, open_since, silent = record.text("lineage"), record.at_s, False
        elif record.event == "vacant":
            close(record.at_s)
            silent = False
        elif record.event == "peer" and record.text("node") == node:
            state = record.text("state")
            if state in GONE and open_since is not None:
                close(record.at_s)
                silent = True
            elif state == "alive" and silent:
                open_since, silent = record.at_s, False
    close(to_s)
    return tuple(found)


def marks_of(log: Log, name_of: NameOf) -> tuple[Mark, ...]:
    """Return what a life told of itself.

    Raises:
        LogError: as `LogRecord.text` and `LogRecord.number`.
    """
    found = [_mark_from_record(record, log.node, name_of) for record in log.records]
    return tuple(mark for mark in found if mark is not None)


def _mark_from_record(record: LogRecord, me: str, name_of: NameOf) -> Mark | None:
    def mark(kind: MarkKind, text: str) -> Mark:
        return Mark(record.at_s, kind, text)

    match record.event:
        case "joined":
            return mark(MarkKind.JOINED, "joined")
        case "resumed":
            return mark(MarkKind.RESUMED, f"resumed, lap {record.number('lap')}")
        case "lineage":
            lineage, was = record.text("lineage"), record.text("was")
            words = lineage[:LINEAGE_CHARS]
            return mark(
                MarkKind.LINEAGE,
                f"lineage {was[:LINEAGE_CHARS]} → {words}" if was else f"lineage {words}",
            )
        case "control":
            return _control_mark(record, me, name_of)
        case "results" if record.fields.get("official") is True:
            return mark(MarkKind.RESULTS, f"results {record.text('digest')[:DIGEST_CHARS]}")
        case "lap" if record.text("node") == me:
            return mark(MarkKind.LAP, f"lap {record.number('lap')}")
        case "pickup" if record.text("node") == me:
            return mark(MarkKind.PICKUP, f"canister {record.number('id')}")
        case "finish" if record.text("node") == me:
            return mark(MarkKind.FINISH, "finish")
        case _:
            return None


def _control_mark(record: LogRecord, me: str, name_of: NameOf) -> Mark | None:
    """Tell a change of driver on the line of whoever drives from now on."""
    car, driver = record.text("car"), record.text("driver")
    if driver != me:
        return None
    words = "drives itself" if car == me else f"drives for {name_of(car)}"
    return Mark(record.at_s, MarkKind.CONTROL, words)
