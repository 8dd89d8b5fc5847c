"""Whatever a file holds: it is drawn, or refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from net import NetError
from racer.app.log_reading import read_logs
from racer.app.timeline.diagram import Window, draw
from racer.app.timeline.draw import in_words
from racer.app.timeline.elections import elections
from racer.app.timeline.history import tell
from racer.app.timeline.story import Story

EVENTS = (
    "joined",
    "peer",
    "coordinator",
    "vacant",
    "lineage",
    "control",
    "phase",
    "lap",
    "pickup",
    "finish",
    "resumed",
    "results",
    "other",
)
STATES = ("alive", "suspect", "down", "left", "asleep", "lobby", "countdown", "racing", "finished")

nodes = st.sampled_from(["0a0a0a0a", "0b0b0b0b", ""])
values = st.one_of(nodes, st.sampled_from(STATES), st.integers(), st.text(max_size=8), st.none())
fields = st.fixed_dictionaries(
    {"event": st.sampled_from(EVENTS)},
    optional={
        "t": st.one_of(st.floats(0, 50), st.floats(), st.integers()),
        "node": nodes,
        "state": st.sampled_from(STATES),
        "phase": st.sampled_from(STATES),
        "epoch": st.integers(0, 9),
        "lap": values,
        "id": values,
        "lineage": values,
        "was": values,
        "car": nodes,
        "driver": nodes,
        "official": st.booleans(),
        "digest": values,
        "name": values,
    },
)
sound = st.fixed_dictionaries(
    {
        "event": st.sampled_from(EVENTS),
        "t": st.floats(0, 50),
        "node": nodes,
        "car": nodes,
        "driver": nodes,
        "state": st.sampled_from(STATES),
        "phase": st.sampled_from(STATES),
        "epoch": st.integers(0, 9),
        "lap": st.integers(),
        "id": st.integers(),
        "official": st.booleans(),
        "name": st.text(max_size=8),
    }
)


def one_node(found: dict[str, object]) -> dict[str, object]:
    return {**found, "node": "0a0a0a0a"} if found["event"] == "joined" else found


texts = st.one_of(
    st.lists(sound.map(one_node).map(json.dumps), min_size=1, max_size=25).map("\n".join),
    st.lists(fields.map(json.dumps), min_size=1, max_size=4).map("\n".join),
    st.text(max_size=60),
)


@settings(max_examples=100)
@given(files=st.lists(texts, min_size=1, max_size=3))
def test_any_files_are_drawn_well_formed_or_refused_in_one_line(files: list[str]) -> None:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.log" for number in range(len(files))]
        for path, content in zip(paths, files, strict=True):
            path.write_text(content, encoding="utf-8", errors="replace")
        story = told(paths)
    if isinstance(story, str):
        assert "\n" not in story
        return
    ElementTree.fromstring(draw(story, Window(0.0, story.to_s + 1), "anything"))
    for election in elections(story):
        assert "\n" not in in_words(story, election)


def told(paths: list[Path]) -> Story | str:
    """Return the story, or why there is none."""
    try:
        return tell([log for path in paths for log in read_logs(path)])
    except NetError as error:
        return str(error)
