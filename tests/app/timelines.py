"""Logs as nodes would have written them, for the tests of the diagrams."""

from __future__ import annotations

from racer.app.log_reading import Log, LogRecord

ADA, BEN, CLEO = "0a0a0a0a", "0b0b0b0b", "0c0c0c0c"
NAMES = {ADA: "ada", BEN: "ben", CLEO: "cleo"}
ZERO_S = 1_000_000.0


def record(at_s: float, event: str, **fields: object) -> LogRecord:
    return LogRecord(ZERO_S + at_s, event, fields, "test.log", 1)


def peer(at_s: float, node: str, state: str) -> LogRecord:
    return record(at_s, "peer", node=node, name=NAMES[node], state=state)


def coordinates(at_s: float, node: str, epoch: int) -> LogRecord:
    return record(at_s, "coordinator", node=node, epoch=epoch, lineage="a1a1a1a1")


def joined(at_s: float, node: str) -> LogRecord:
    return record(at_s, "joined", node=node, name=NAMES[node])


def log(node: str, *records: LogRecord) -> Log:
    times = [record.at_s for record in records]
    return Log(node, NAMES[node], records, min(times), max(times))


def an_election() -> list[Log]:
    """Return what three nodes tell: the first one coordinates, is killed, and comes back."""
    return [
        log(ADA, coordinates(0.0, ADA, 5), joined(0.0, ADA), record(4.0, "phase", phase="racing")),
        log(
            BEN,
            peer(0.1, ADA, "alive"),
            coordinates(0.2, ADA, 5),
            joined(0.2, BEN),
            peer(10.15, ADA, "suspect"),
            peer(10.35, ADA, "down"),
            coordinates(10.5, BEN, 9),
            peer(14.0, ADA, "alive"),
            record(20.0, "results", official=True, digest="d1d1d1"),
        ),
        log(
            CLEO,
            peer(0.3, ADA, "alive"),
            coordinates(0.3, ADA, 5),
            joined(0.3, CLEO),
            peer(10.16, ADA, "suspect"),
            peer(10.36, ADA, "down"),
            coordinates(10.52, BEN, 9),
            record(11.0, "lap", node=CLEO, lap=1, ms=7000),
            peer(20.1, BEN, "left"),
            record(20.1, "results", official=True, digest="d1d1d1"),
        ),
        log(
            ADA,
            peer(14.01, BEN, "alive"),
            coordinates(14.1, BEN, 9),
            joined(14.2, ADA),
            record(14.3, "resumed", lap=2, ms=200),
            record(20.0, "results", official=True, digest="d1d1d1"),
        ),
    ]
