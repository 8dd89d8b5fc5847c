"""`make quick` picks the tests that a change touches, the nearest first."""

from __future__ import annotations

from typing import Final

import pytest

from tests.quick import SHAPE, Imports, order_tests, read_imports

IMPORTS: Final[Imports] = {
    "racer.core.tyres": (),
    "racer.core.car": ("racer.core.tyres",),
    "racer.play.race": ("racer.core.car",),
    "net.log": (),
    "tests/laps.py": ("racer.play.race",),
    "tests/core/conftest.py": (),
    "tests/core/test_tyres.py": ("racer.core.car",),
    "tests/core/test_car.py": ("racer.core.car",),
    "tests/core/test_grip.py": ("racer.core.tyres",),
    "tests/play/test_race.py": ("tests/laps.py",),
    "tests/net/test_log.py": ("net.log", "PROTOCOL.md"),
}


def test_who_imports_what_changed_comes_before_who_imports_that() -> None:
    assert order_tests(["racer/core/tyres.py"], IMPORTS) == [
        "tests/core/test_tyres.py",  # by its name
        "tests/core/test_grip.py",
        "tests/core/test_car.py",
        "tests/play/test_race.py",
    ]


@pytest.mark.parametrize(
    ("changed", "touched"),
    [
        ("tests/core/test_car.py", ["tests/core/test_car.py"]),
        ("tests/laps.py", ["tests/play/test_race.py"]),
        ("docs/PROTOCOL.md", ["tests/net/test_log.py"]),
        ("docs/POEM.md", []),
        ("net/log.py", ["tests/net/test_log.py"]),
        ("tests/play/test_that_went.py", []),
    ],
)
def test_a_change_touches_what_reads_it_and_nothing_else(changed: str, touched: list[str]) -> None:
    assert order_tests([changed], IMPORTS) == touched


def test_what_prepares_the_tests_of_a_folder_touches_all_of_it() -> None:
    found = order_tests(["tests/core/conftest.py"], IMPORTS)
    assert found == sorted(path for path in IMPORTS if path.startswith("tests/core/test_"))


def test_the_imports_of_this_project_lead_from_modules_to_their_tests() -> None:
    imports = read_imports()
    assert "tests/waiting.py" in imports["tests/test_waiting.py"]
    assert "net.wire.codec" in imports["tests/net/test_wire.py"]
    assert "tests/core/test_car.py" in order_tests(["racer/core/physics/car.py"], imports)
    assert order_tests(["tests/quick.py"], imports) == [], "its test runs whatever changed"
    assert "tests/test_quick.py" in SHAPE
