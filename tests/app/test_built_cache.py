import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import racer.core
from racer.app.circuits.built_cache import FILES_MAX, BuiltCache, builder_files
from racer.app.circuits.library import circuit_text
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.line import racing_line

TEXT = circuit_text("dockyard")
BUILDERS: Final = {
    "circuits/barriers.py",
    "circuits/bounds.py",
    "circuits/build.py",
    "circuits/grid.py",
    "circuits/layout.py",
    "circuits/point_index.py",
    "circuits/track.py",
    "circuits/trackfile.py",
    "circuits/validate.py",
    "drivers/cornering.py",
    "drivers/line.py",
    "drivers/speed_profile.py",
    "physics/car.py",
    "physics/tyres.py",
    "tuning.py",
}
"""The modules by which a circuit and its racing line are built."""


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


def test_a_change_of_any_module_that_builds_a_circuit_makes_another_cache() -> None:
    core = Path(racer.core.__file__).parent
    hashed = {file.relative_to(core).as_posix() for file in builder_files()}
    asked = (
        "import racer.core.circuits.trackfile, racer.core.drivers.line, sys; print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name for name in run.stdout.split() if name.startswith("racer.core.")}
    used = {f"{name.removeprefix('racer.core.').replace('.', '/')}.py" for name in loaded}
    assert {file for file in used if (core / file).is_file()} == BUILDERS
    assert hashed >= BUILDERS
