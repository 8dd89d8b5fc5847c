"""What all tests share: a home that is nobody's, and circuits that a process builds once."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, settings

from racer.app.circuits.catalog import circuit, circuit_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

# How long an example takes, or is made in, says nothing on a busy machine. Each run draws others.
settings.register_profile(
    "racer", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("racer")

GARBAGE_LEAST: Final = 100_000  # new objects before a look for circles: it took a tenth of all time


def pytest_collection_finish() -> None:
    """What was collected stays: the garbage collector looks at it no more, and more rarely."""
    gc.freeze()
    gc.set_threshold(GARBAGE_LEAST)


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes what the person who runs it keeps: circuits, caches, profiles.

    All processes of a run share one cache, so that each circuit is built for one of them alone.
    """
    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("XDG_CACHE_HOME", str(shared / "cache"))
        yield


@pytest.fixture(scope="session")
def ring() -> Track:
    """The default circuit."""
    return circuit("harbour-ring")


@pytest.fixture(scope="session")
def kart() -> Track:
    """The short circuit."""
    return circuit("dockyard")


@pytest.fixture(scope="session")
def ring_line() -> RacingLine:
    return circuit_line("harbour-ring")


@pytest.fixture(scope="session")
def kart_line() -> RacingLine:
    return circuit_line("dockyard")
