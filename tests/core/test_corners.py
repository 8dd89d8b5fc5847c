import pytest

from racer.core.drivers.corners import Corner, corners_ahead
from racer.core.drivers.line import RacingLine


def test_each_point_knows_the_corner_whose_apex_comes_next() -> None:
    speed = [50.0, 60.0, 50.0, 20.0, 30.0, 40.0, 25.0, 45.0]
    left, right = Corner(1, 3, 1), Corner(5, 6, -1)
    curvature = [0.0, 0.0, 0.0, 0.05, 0.0, 0.0, -0.04, 0.0]
    ahead = corners_ahead(speed, curvature)
    assert ahead == (left, left, left, left, right, right, right, left)


def test_a_bend_that_hardly_slows_is_no_corner() -> None:
    speed = [60.0, 58.0, 57.0, 58.0, 60.0, 40.0, 20.0, 40.0]
    corners = set(corners_ahead(speed, [0.01] * 8))
    assert corners == {Corner(4, 6, 1)}


def test_a_line_of_one_speed_has_no_corner() -> None:
    assert corners_ahead([30.0] * 5, [0.02] * 5) == (None,) * 5


@pytest.mark.parametrize("line", ["ring_line", "kart_line"])
def test_the_corners_of_a_circuit_are_in_order_and_slower_than_what_leads_to_them(
    request: pytest.FixtureRequest, line: str
) -> None:
    line_: RacingLine = request.getfixturevalue(line)
    count = len(line_.speed)
    ahead = corners_ahead(line_.speed, line_.curvature)
    apexes = sorted({corner.apex for corner in ahead if corner is not None})
    assert len(apexes) >= 5
    for index, corner in enumerate(ahead):
        assert corner is not None
        assert corner.apex == min(apexes, key=lambda apex: (apex - index) % count)
        assert line_.speed[corner.apex] < 0.95 * line_.speed[corner.brake]
