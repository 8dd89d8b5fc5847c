import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from net.ids import DIGEST_BYTES
from racer.app.circuits.catalog import circuit
from racer.app.circuits.library import circuit_names, circuit_text, shipped
from racer.app.commands.cli import main
from racer.core.circuits.trackfile import parse_track


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    circuit_names.cache_clear()
    yield tmp_path
    circuit_names.cache_clear()  # what is kept of this home is not there for others


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    file = tmp_path / "RoundOval.csv"
    ring = [(90 * math.cos(k / 20), 60 * math.sin(k / 20)) for k in range(125)]
    file.write_text("".join(f"{x:.3f},{y:.3f},6,6\n" for x, y in ring))
    return file


def test_a_survey_is_imported_listed_and_found_by_name(
    survey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tracks", "import", str(survey), "--seed", "4"]) == 0
    circuit_names.cache_clear()
    assert "round-oval" in circuit_names()
    assert parse_track(circuit_text("round-oval")).title == "Round Oval"
    capsys.readouterr()
    assert main(["tracks", "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["name"] for one in told] == list(circuit_names())
    assert all(len(one["content"]) == 2 * DIGEST_BYTES for one in told)


def test_an_import_takes_no_name_of_the_game(
    survey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tracks", "import", str(survey), "--name", "dockyard"]) == 2
    assert "choose another --name" in capsys.readouterr().err


@pytest.mark.parametrize("title", ["", "  ", "x" * 41, "Spa #2", "a\x1b[2Jb", "\udcff"])
def test_a_title_that_a_circuit_cannot_have_is_refused_and_not_cut(
    title: str, survey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["tracks", "import", str(survey), "--title", title])
    assert "is no title: give 1 to 40 printable characters" in capsys.readouterr().err
    assert main(["tracks", "import", str(survey), "--name", ""]) == 2
    assert "'' is no name of a circuit" in capsys.readouterr().err


def test_check_tells_every_fault_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.track"
    file.write_text("name bad\nturns 3\nturn 0 0 20\nturn 100 0 x\n")
    assert main(["tracks", "check", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [f"{file}:2", f"{file}:4", str(file)]


def test_check_finds_nothing_wrong_with_a_circuit_of_the_game(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "good.track"
    file.write_text(circuit_text("dockyard"))
    assert main(["tracks", "check", str(file)]) == 0
    assert "no faults" in capsys.readouterr().out


@pytest.mark.parametrize("name", shipped())
def test_every_circuit_of_the_game_is_without_fault(name: str) -> None:
    track = circuit(name)  # who reads a text with faults raises the first
    assert track.name == name
    assert {"stand", "pits"} <= {one.kind for one in track.scenery}
    assert len(track.pickups) >= 2
    assert any(point.left_kerb or point.right_kerb for point in track.centre)
