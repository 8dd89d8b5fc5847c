from pathlib import Path

import pytest

from racer.app.builtcache import FILES_MAX, BuiltCache
from racer.app.circuits import circuit_text
from racer.core.line import racing_line
from racer.core.trackfile import parse_track

TEXT = circuit_text("dockyard")


@pytest.fixture
def cache(tmp_path: Path) -> BuiltCache:
    track = parse_track(TEXT)
    cache = BuiltCache(tmp_path)
    cache.save(TEXT.encode(), track, racing_line(track))
    return cache


def test_what_is_kept_is_what_was_built_to_the_bit(cache: BuiltCache) -> None:
    found = cache.load(TEXT.encode())
    track = parse_track(TEXT)
    assert found == (track, racing_line(track))
    assert cache.load(TEXT.encode() + b"#") is None


def test_a_damaged_file_is_as_if_it_were_not_there(cache: BuiltCache, tmp_path: Path) -> None:
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for damaged in (b"", whole[:-1], whole[:500] + b"x" + whole[501:], whole[16:]):
        file.write_bytes(damaged)
        assert cache.load(TEXT.encode()) is None


def test_the_folder_does_not_grow_for_ever(cache: BuiltCache, tmp_path: Path) -> None:
    for k in range(FILES_MAX + 5):
        (tmp_path / f"{k}.built").touch()
    track = parse_track(TEXT)
    cache.save(TEXT.encode(), track, racing_line(track))
    assert len(list(tmp_path.iterdir())) == FILES_MAX
    assert cache.load(TEXT.encode()) is not None
