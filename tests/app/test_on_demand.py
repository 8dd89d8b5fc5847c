"""Circuits that come from other nodes: read by threads, kept in a cache that may be damaged."""

from __future__ import annotations

import os
from pathlib import Path

from net import content_digest
from racer.app.circuits.digests import circuit_ids
from racer.app.circuits.library import circuit_text
from racer.app.circuits.on_demand import RECEIVED_MAX, CircuitsOnDemand
from racer.app.circuits.text_cache import FILES_MAX, TextCache
from racer.core.rules.race_setup import circuit_key
from racer.play.circuit_sync import CircuitStatus
from racer.play.limits import CIRCUIT_BYTES_MAX
from tests.waiting import until

DOCKYARD = circuit_text("dockyard").encode()
QUAY = DOCKYARD.replace(b"name dockyard", b"name quay")
CONTENT = content_digest(QUAY)


def stocked(found: CircuitsOnDemand, content: bytes, status: CircuitStatus) -> None:
    until(lambda: found.status(content) is not CircuitStatus.LOOKING, "the end of the look")
    assert found.status(content) is status


def test_a_circuit_of_this_machine_is_found_by_its_content_too() -> None:
    found = CircuitsOnDemand()
    content = circuit_ids()["dockyard"]
    assert found.digest_of("dockyard") == content
    stocked(found, content, CircuitStatus.READY)
    assert found.text(content) == DOCKYARD
    until(lambda: "dockyard" in found, "the circuit by its name")
    assert found[circuit_key("", content)] is found["dockyard"]


def test_what_comes_is_read_and_kept_for_another_day(tmp_path: Path) -> None:
    found = CircuitsOnDemand(TextCache(tmp_path / "new"))
    stocked(found, CONTENT, CircuitStatus.LACKING)
    found.offer(CONTENT, QUAY)
    stocked(found, CONTENT, CircuitStatus.READY)
    key = circuit_key("quay", CONTENT)
    assert found[key].name == "quay"
    assert key in found.lines
    assert found.digest_of("quay") is None, "it is none of our own"
    cache = TextCache(tmp_path / "new")
    until(lambda: cache.load(CONTENT) == QUAY, "what came, in the cache")
    stocked(CircuitsOnDemand(cache), CONTENT, CircuitStatus.READY)


def test_records_are_kept_of_circuits_of_this_machine_and_of_those_that_came(
    tmp_path: Path,
) -> None:
    found = CircuitsOnDemand(TextCache(tmp_path))
    dockyard = circuit_ids()["dockyard"]
    assert (found.name_of(dockyard), found.name_of(CONTENT)) == ("dockyard", None)
    until(lambda: found.track_of(dockyard) is not None, "our circuit")
    assert found.track_of(CONTENT) is None
    found.offer(CONTENT, QUAY)
    until(lambda: found.track_of(CONTENT) is not None, "what came")
    assert found.name_of(CONTENT) == "quay"


def test_what_is_no_circuit_is_faulty_and_not_kept(tmp_path: Path) -> None:
    for text in (b"turn left", b"\xff\xfe", QUAY.replace(b"turn", b"tern")):
        found = CircuitsOnDemand(TextCache(tmp_path))
        content = content_digest(text)
        stocked(found, content, CircuitStatus.LACKING)
        found.offer(content, text)
        stocked(found, content, CircuitStatus.FAULTY)
        assert circuit_key("", content) not in found
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_of_the_cache_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    cache = TextCache(tmp_path)
    cache.save(CONTENT, QUAY)
    (file,) = tmp_path.iterdir()
    for damaged in (QUAY[:-1], b"", QUAY.replace(b"quay", b"quoy"), bytes(2 * CIRCUIT_BYTES_MAX)):
        file.write_bytes(damaged)
        assert cache.load(CONTENT) is None
    stocked(CircuitsOnDemand(cache), CONTENT, CircuitStatus.LACKING)


def test_the_cache_keeps_what_was_used_last(tmp_path: Path) -> None:
    cache = TextCache(tmp_path)
    texts = [b"# %d" % number for number in range(FILES_MAX)]
    for age, text in enumerate(texts):
        cache.save(content_digest(text), text)
        os.utime(tmp_path / f"{content_digest(text).hex()}.track", (1000 + age, 1000 + age))
    assert cache.load(content_digest(texts[0])) == texts[0]  # so it is in use
    cache.save(CONTENT, QUAY)
    assert cache.load(CONTENT) == QUAY
    assert cache.load(content_digest(texts[0])) == texts[0]
    assert cache.load(content_digest(texts[1])) is None
    assert len(list(tmp_path.iterdir())) == FILES_MAX


def test_without_a_disk_circuits_come_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    found = CircuitsOnDemand(TextCache(tmp_path / "file"))
    stocked(found, CONTENT, CircuitStatus.LACKING)
    found.offer(CONTENT, QUAY)
    stocked(found, CONTENT, CircuitStatus.READY)


def test_of_what_others_send_the_oldest_is_let_go() -> None:
    found = CircuitsOnDemand()
    texts = [b"turn %d" % number for number in range(RECEIVED_MAX + 1)]
    for text in texts:
        found.offer(content_digest(text), text)
        stocked(found, content_digest(text), CircuitStatus.FAULTY)
    assert found.text(content_digest(texts[0])) is None
    assert found.text(content_digest(texts[1])) == texts[1]
