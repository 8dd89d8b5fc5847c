import math
import os
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.core.circuits.importing import ImportSpec, dressed_text, read_survey
from racer.core.circuits.track import Track, TrackError
from racer.core.circuits.trackfile import parse_track
from racer.core.tuning import GRID_MAX

# Surveys of real circuits are others' work, and not part of the project: SURVEYS names a folder.
REAL = sorted(Path(os.environ["SURVEYS"]).glob("*.csv")) if "SURVEYS" in os.environ else []
WISH = ImportSpec("drawn", "Drawn")


def eight(steps: int = 240, half_m: float = 5.0) -> str:
    """Return the survey of a lying eight, which crosses itself in its middle."""
    rows = []
    for k in range(steps):
        t = math.tau * k / steps + 0.6
        x, y = 300.0 * math.sin(t), 200.0 * math.sin(t) * math.cos(t)
        rows.append(f"{x:.3f},{y:.3f},{half_m},{half_m + 1.0}")
    return "# x_m,y_m,w_tr_right_m,w_tr_left_m\n" + "\n".join(rows)


def imported(text: str, spec: ImportSpec = WISH) -> Track:
    return parse_track(dressed_text(read_survey(text), spec, Random(1)))


def test_a_survey_becomes_a_circuit_with_a_bridge_where_it_crosses_itself() -> None:
    track = imported(eight())
    assert track.has_bridge
    assert len(track.grid) == GRID_MAX
    assert len(track.pickups) >= 4
    assert (track.centre[9].right_m, track.centre[9].left_m) == pytest.approx((5.0, 6.0), abs=0.1)


def test_backwards_it_is_the_same_road_the_other_way_round() -> None:
    there, back = imported(eight()), imported(eight(), ImportSpec("back", "Back", reverse=True))
    assert back.length_m == pytest.approx(there.length_m, rel=0.01)
    a, b = there.centre[0], back.centre[0]
    assert a.tx * b.tx + a.ty * b.ty < -0.9
    assert (back.centre[9].left_m, back.centre[9].right_m) == pytest.approx((5.0, 6.0), abs=0.1)


def test_the_same_seed_gives_the_same_text() -> None:
    survey = read_survey(eight())
    assert dressed_text(survey, WISH, Random(3)) == dressed_text(survey, WISH, Random(3))


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 0, "0 points"),
        ("# only a comment\n1,2,3", 2, "3 columns"),
        ("1,2,3,nan", 1, "no number"),
        ("1,2,3,4\n1e9,2,3,4", 2, "no number"),
        ("1,2,3,4\n" * 20_001, 20_001, "more than"),
        ("1,2,3,4\n" * 50, 0, "a lap of 0 m"),
        (eight(half_m=0.5), 2, "too narrow"),
        ("\n".join(f"{10 * k},0,5,5" for k in range(60)), 60, "open"),
        ("\n".join(f"{10 * (k % 2)},{k % 3},5,5" for k in range(200)), 0, "playable|closer"),
    ],
)
def test_what_is_no_survey_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(TrackError, match=reason) as caught:
        imported(text)
    assert caught.value.line == line


@settings(max_examples=60)
@given(rows=st.lists(st.lists(st.floats() | st.text(max_size=4), max_size=5), max_size=20))
def test_any_text_is_a_circuit_or_a_track_error(rows: list[list[float | str]]) -> None:
    try:
        imported("\n".join(",".join(str(value) for value in row) for row in rows))
    except TrackError:
        return


@pytest.mark.skipif(not REAL, reason="SURVEYS names no folder of surveys of real circuits")
@pytest.mark.parametrize("file", REAL or [Path()], ids=lambda file: file.stem)
@pytest.mark.parametrize("reverse", [False, True], ids=["there", "back"])
def test_real_circuits_are_playable_both_ways(file: Path, *, reverse: bool) -> None:
    track = imported(file.read_text(encoding="utf-8"), ImportSpec("real", "Real", reverse=reverse))
    assert 2000.0 < track.length_m < 7100.0
    assert track.has_bridge == (file.stem == "Suzuka")
    assert min(point.left_m + point.right_m for point in track.centre) > 7.0
