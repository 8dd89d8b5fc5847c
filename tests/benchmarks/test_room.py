"""What is measured is a room whose nodes run: one that ends by itself ends the measurement."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.lan.node import to_object
from benchmarks.lan.room import EndedError, Tail, check_running
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Unreached
from net.runtime.service_options import Trouble


def test_a_node_that_ended_by_itself_is_told_with_what_it_said_last(tmp_path: Path) -> None:
    log = tmp_path / "1.jsonl"
    log.write_bytes(b'{"event": "joined"}\nTraceback\nAssertionError: it was me\n')
    tail = Tail(log)
    assert tail.read() == [{"event": "joined"}]
    check_running("box 3", None, tail.said)
    with pytest.raises(EndedError, match="box 3 ended with 1: AssertionError: it was me"):
        check_running("box 3", 1, tail.said)
    tail.close()


def test_a_measured_node_prints_what_its_service_tells_of_the_network() -> None:
    unreached = Unreached(b"\1" * 16, ("10.0.0.2", 4000), WhyUnreached.SILENT)
    found = {"event": "unreached", "address": ("10.0.0.2", 4000), "why": "silent"}
    assert to_object(unreached) == found
    assert to_object(Trouble("journal", "full"))["event"] == "trouble"
