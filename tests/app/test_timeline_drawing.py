"""Diagrams are well-formed, the same for the same story, and no label covers another."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.app.commands import cli
from racer.app.commands.parser import FAILURE, OK, WRONG_USE
from racer.app.timeline.diagram import Window, draw
from racer.app.timeline.history import tell
from racer.app.timeline.lane import labels_of, lay
from racer.app.timeline.placement import LABEL_GAP_PX, Label, Placed, Scale, place, width_px
from racer.app.timeline.story import MessageArrow, Story
from racer.app.timeline.style import LEFT_PX, RIGHT_PX, ROWS_MAX
from tests.app.timelines import ADA, BEN, CLEO, an_election, joined, log, peer, record

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
WHOLE = Window(0.0, 20.1)

labels = st.lists(
    st.builds(
        Label,
        x=st.floats(LEFT_PX, RIGHT_PX),
        text=st.text(min_size=1, max_size=30),
        rank=st.integers(0, 6),
    ),
    max_size=40,
)


def drawn(story: Story | None = None, window: Window = WHOLE) -> ElementTree.Element:
    text = draw(story or tell(an_election()), window, "three nodes")
    return ElementTree.fromstring(text)


def words(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def classes(root: ElementTree.Element) -> list[str]:
    return [element.get("class", "") for element in root.iter()]


def overlap(one: Placed, other: Placed) -> bool:
    return one.row == other.row and one.left < other.right and other.left < one.right


# --- places -----------------------------------------------------------------------------------


@settings(max_examples=60)
@given(wanted=labels)
def test_no_two_labels_of_one_lane_overlap_and_none_leaves_the_page(wanted: list[Label]) -> None:
    placed, lost = place(wanted, LEFT_PX, RIGHT_PX, ROWS_MAX)
    assert len(placed) + len(lost) == len(wanted)
    assert not any(overlap(*pair) for pair in combinations(placed, 2))
    assert all(each.left >= LEFT_PX and each.right <= RIGHT_PX for each in placed)
    assert all(0 <= each.row < ROWS_MAX for each in placed)


def test_labels_of_a_crowded_lane_overlap_nowhere() -> None:
    crowd = [record(k / 50, "lap", node=ADA, lap=k, ms=20) for k in range(200)]
    verdicts = [peer(k / 20, BEN, ("suspect", "alive")[k % 2]) for k in range(80)]
    story = tell([log(ADA, joined(0, ADA), *sorted(crowd + verdicts, key=lambda r: r.at_s))])
    laid = lay(story.lanes[0], story, Scale(0, 4, LEFT_PX, RIGHT_PX), 0)
    assert laid.lost > 0
    assert len(laid.labels) > 50
    assert not any(overlap(*pair) for pair in combinations(laid.labels, 2))


def test_the_nearest_row_is_taken_and_the_important_label_first() -> None:
    lap = Label(500, "lap 1", 5)
    crash = Label(505, "crash", 0)
    (first, second), lost = place([lap, crash], LEFT_PX, RIGHT_PX, 2)
    assert [(each.label, each.row) for each in (second, first)] == [(crash, 0), (lap, 1)]
    assert lost == []
    assert place([lap, crash], LEFT_PX, RIGHT_PX, 1)[1] == [lap]


def test_labels_far_enough_apart_share_a_row() -> None:
    apart = width_px("lap 1") + LABEL_GAP_PX
    placed, _ = place(
        [Label(500, "lap 1", 5), Label(500 + apart, "lap 2", 5)], LEFT_PX, RIGHT_PX, 3
    )
    assert [each.row for each in placed] == [0, 0]


def test_a_label_at_the_right_edge_stands_left_of_its_moment() -> None:
    ((placed,), _) = place([Label(RIGHT_PX, "results", 0)], LEFT_PX, RIGHT_PX, 1)
    assert placed.right < RIGHT_PX


@pytest.mark.parametrize(("from_s", "to_s"), [(0, 1), (0, 40), (12.3, 12.9), (0, 7200), (5, 5.004)])
def test_an_axis_has_some_ticks_inside_and_not_too_many(from_s: float, to_s: float) -> None:
    ticks = Scale(from_s, to_s, LEFT_PX, RIGHT_PX).ticks()
    assert 1 <= len(ticks) <= 16 or to_s - from_s < 0.01
    assert all(from_s - 1e-9 <= at_s <= to_s + 1e-9 for at_s in ticks)


def test_only_what_lies_in_the_window_is_named() -> None:
    story = tell(an_election())
    found = labels_of(story.lanes[1], story, Scale(10.0, 10.2, LEFT_PX, RIGHT_PX))
    assert [label.text for label in found] == ["ada suspect"]


# --- the page ---------------------------------------------------------------------------------


def test_a_diagram_is_well_formed_and_tells_the_election() -> None:
    found = words(drawn())
    assert {"ada", "ben", "cleo", "crash", "resumed, lap 2", "ada down"} <= set(found)
    assert "ben coordinates, epoch 9" in found
    assert "nobody coordinates for 0.50 s" in found


def test_the_same_story_gives_the_same_bytes() -> None:
    assert draw(tell(an_election()), WHOLE, "t") == draw(tell(an_election()), WHOLE, "t")


def test_a_reign_has_one_colour_on_every_line_and_another_than_the_next() -> None:
    bands: dict[str, set[str]] = {}
    for rect in drawn().iter(f"{SVG}rect"):
        title = rect.find(f"{SVG}title")
        if title is not None and title.text is not None and "coordinates" in title.text:
            bands.setdefault(title.text.split(" ")[0], set()).add(rect.get("fill", ""))
    assert set(bands) == {"ada", "ben"}
    assert all(len(colours) == 1 for colours in bands.values())
    assert bands["ada"] != bands["ben"]


@pytest.mark.parametrize("name", ["<b>&\"'", "\x00\x1b[2J", "\ud800", "日本語の名前", "a" * 500])
def test_no_name_breaks_the_document(name: str) -> None:
    logs = [replace(each, name=name) if each.node == ADA else each for each in an_election()]
    assert len(words(drawn(tell(logs)))) > 10


def test_arrows_lead_to_who_judges_and_only_the_worst_when_there_are_too_many() -> None:
    few = classes(drawn())
    assert few.count("down") > 4
    noise = [peer(k / 100, ADA, ("suspect", "alive")[k % 2]) for k in range(1, 400)]
    story = tell([log(ADA, joined(0, ADA)), log(BEN, joined(0, BEN), *noise)])
    root = drawn(story, Window(0, 4))
    assert any("only the ticks" in text for text in words(root))
    assert sum(1 for _ in root.iter(f"{SVG}polygon")) < 10


def test_messages_are_lines_and_lost_ones_end_on_the_way() -> None:
    sent = (
        MessageArrow(ADA, BEN, 1.0, 1.001, "election", "Prepare(9)"),
        MessageArrow(BEN, CLEO, 1.0, None),
        MessageArrow(BEN, CLEO, 5.0, 5.001),
    )
    root = drawn(replace(tell(an_election()), messages=sent), Window(0.9, 1.1))
    lines = [each for each in root.iter(f"{SVG}line") if each.find(f"{SVG}title") is not None]
    kinds = [each.get("class") for each in lines if "message" in each.get("class", "")]
    assert sorted(kinds, key=str) == ["message election", "message other"]
    assert [each.get("class") for each in root.iter(f"{SVG}circle")].count("lost") == 2, (
        "and legend"
    )
    assert "lost on the way" in words(root)


# --- the command ------------------------------------------------------------------------------


def write_logs(folder: Path) -> list[str]:
    for number, each in enumerate(an_election()):
        lines = [
            json.dumps({**line.fields, "t": line.at_s, "event": line.event})
            for line in each.records
        ]
        with (folder / f"{each.name}.log").open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        assert number < 4
    return [str(path) for path in sorted(folder.glob("*.log"))]


def test_logs_are_drawn_and_the_elections_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    svg = tmp_path / "out.svg"
    code = cli.main(["timeline", *write_logs(tmp_path), "--svg", str(svg), "--from", "9"])
    assert code == OK
    assert "crash" in words(ElementTree.fromstring(svg.read_text(encoding="utf-8")))
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "0.000 s: ada coordinates, epoch 5, known to 3 of 3"
    assert told[1] == "10.500 s: ben coordinates, epoch 9, known to 3 of 3; nobody had for 0.500 s"


@pytest.mark.parametrize(
    ("words_given", "code", "why"),
    [
        ("none.log --svg out.svg", WRONG_USE, "none.log: cannot be read"),
        ("ada.log --svg nowhere/out.svg", WRONG_USE, "cannot be written"),
        ("ada.log --svg out.svg --from 3 --to 2", WRONG_USE, "nothing lies between"),
        ("ada.log --svg out.svg --from 900", WRONG_USE, "the logs end at second"),
        ("bad.log --svg out.svg", FAILURE, "bad.log:1: is no JSON"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words_given: str,
    code: int,
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_logs(tmp_path)
    (tmp_path / "bad.log").write_text("{\n", encoding="utf-8")
    assert cli.main(["timeline", *words_given.split()]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("racer: ")
    assert why in line
