from dataclasses import fields, replace
from pathlib import Path

import pytest

from racer.core.tuning import CAR, CARS, GRAVITY, SURFACE_DRAG, SURFACE_GRIP


def test_every_kind_has_its_own_name_and_the_same_body() -> None:
    assert CARS[0] is CAR
    assert len({car.key for car in CARS}) == len({car.title for car in CARS}) == 3
    assert {(car.length_m, car.width_m) for car in CARS} == {(CAR.length_m, CAR.width_m)}


def test_what_follows_from_a_row_follows_its_changes() -> None:
    nose_heavy = replace(CAR, front_axle_m=1.0, rear_axle_m=1.5)
    assert nose_heavy.front_load_n == pytest.approx(0.6 * CAR.mass_kg * GRAVITY)
    assert nose_heavy.front_load_n + nose_heavy.rear_load_n == pytest.approx(CAR.mass_kg * GRAVITY)
    assert nose_heavy.inertia_kg_m2 == pytest.approx(1.5 * CAR.mass_kg)


def test_every_kind_holds_better_behind_than_in_front() -> None:
    assert all(car.friction_rear > car.friction_front for car in CARS)


def test_no_surface_holds_a_car_so_much_that_it_cannot_leave() -> None:
    for grip, drag in zip(SURFACE_GRIP, SURFACE_DRAG, strict=True):
        for car in CARS:
            pull = car.drive_grip * car.friction_rear * grip * car.rear_load_n
            assert pull > 1.2 * (drag * car.mass_kg * GRAVITY + car.rolling_n)


def test_the_document_names_every_tunable_with_its_value() -> None:
    text = (Path(__file__).parents[2] / "docs" / "DRIVING.md").read_text(encoding="utf-8")
    rows = [row.split("|") for row in text.splitlines() if row.startswith("| `")]
    told = {
        name.strip(" `"): float(value.replace(" ", ""))
        for _, names, values, *_ in rows
        for name, value in zip(names.split(","), values.split(", "), strict=True)
    }
    numbers = [f.name for f in fields(CAR) if f.init and f.name not in {"key", "title"}]
    assert told == {name: getattr(CAR, name) for name in numbers}
