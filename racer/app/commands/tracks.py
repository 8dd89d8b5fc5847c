"""`racer tracks`: lists circuits, finds the faults of a file, makes circuits of real ones."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from net import UsageError, content_digest
from racer.app.bounded_reading import read_text_bounded
from racer.app.circuits.catalog import circuit
from racer.app.circuits.library import (
    LibraryError,
    circuit_names,
    circuit_text,
    place_for,
    read_text,
)
from racer.app.new_file import NewFile
from racer.app.terminal import ProgressLine, complain
from racer.core.circuits.bounds import NAME
from racer.core.circuits.importing import ImportSpec, dressed_text, read_survey
from racer.core.circuits.track import Surface, Track, TrackError
from racer.core.circuits.trackfile import parse_track, read_track

SURVEY_BYTES_MAX: Final = 4_000_000
TURN_ANGLE: Final = math.radians(20)  # the road bends no further in what nobody calls a turn
TURN_CURVATURE: Final = 1.0 / 250.0  # wider bends are no turns, however long


@dataclass(frozen=True, slots=True)
class Import:
    """What `racer tracks import` was asked for. None: as the file's name says."""

    file: Path
    name: str | None
    title: str | None
    reverse: bool
    scale: float
    seed: int
    force: bool = False


def list_tracks(*, as_json: bool) -> int:
    """Print a line for each circuit; return 0, or 1 where one has faults."""
    broken = 0
    for name in circuit_names():
        try:
            content = content_digest(circuit_text(name).encode())
            told = _track_facts(circuit(name), content)
        except (LibraryError, TrackError) as fault:
            broken += 1
            complain(f"{name}: {fault}; see 'racer tracks check'")
            continue
        print(json.dumps(told, ensure_ascii=False) if as_json else _facts_text(told), flush=True)
    return 1 if broken else 0


def check(file: Path) -> int:
    """Print all faults of a circuit's file, a line each; return 1 where there are any.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        text = read_text(file, patient=True)
    except LibraryError as error:
        raise UsageError(f"{error}") from None
    with ProgressLine() as progress:
        progress.stage(f"checking {file.name}")
        track, faults = read_track(text)
    for fault in faults:
        where = f"{file}:{fault.line}" if fault.line else str(file)
        print(f"{where}: {fault.reason}")
    if track is not None:
        told = _track_facts(track, content_digest(text.encode()))
        print(f"{file}: no faults. {_facts_text(told)}")
    return 1 if faults else 0


def import_survey(wanted: Import) -> int:
    """Make a circuit of a survey, keep it among the person's own, and say so; return 0.

    Raises:
        UsageError: the file is no survey, the name no name or taken, or the circuit cannot be
            kept, which is known before the survey is read; the text says what to do.
    """
    name = wanted.name
    if name is None:
        name = _name_from_file(wanted.file, reverse=wanted.reverse)
    if NAME.fullmatch(name) is None:
        raise UsageError(f"{name!r} is no name of a circuit: up to 32 of a-z, 0-9 and -")
    title = wanted.title or _title_from_file(wanted.file, reverse=wanted.reverse)
    spec = ImportSpec(name, title, wanted.reverse, wanted.scale)
    try:
        file = place_for(name)
    except LibraryError as error:
        raise UsageError(f"{error}") from None
    with NewFile(file, force=wanted.force, folders=True) as kept, ProgressLine() as progress:
        text = _dress_survey(wanted.file, spec, Random(f"{name} {wanted.seed}"), progress)
        told = _facts_text(_track_facts(parse_track(text), content_digest(text.encode())))
        kept.write(text)
    print(f"{file}\n{told}")
    return 0


def _dress_survey(file: Path, spec: ImportSpec, rng: Random, progress: ProgressLine) -> str:
    """Return the text of a circuit on the line of a survey.

    Raises:
        UsageError: the file cannot be read, or makes no circuit.
    """
    try:
        progress.stage(f"reading {file.name}")
        survey = read_survey(read_text_bounded(file, SURVEY_BYTES_MAX))
        progress.stage(f"laying a road along {len(survey)} points")
        return dressed_text(survey, spec, rng)
    except TrackError as fault:
        where = f"{file}:{fault.line}" if fault.line else str(file)
        raise UsageError(f"{where}: {fault.reason}") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None


def _track_facts(track: Track, content: bytes) -> dict[str, object]:
    points = track.centre
    dirt = sum(point.road is Surface.DIRT for point in points) / len(points)
    heights = [point.height_m for point in points]
    return {
        "name": track.name,
        "title": track.title,
        "length_m": round(track.length_m),
        "turns": _count_turns(track),
        "width_m": round(min(p.left_m + p.right_m for p in points), 1),
        "weather": track.weather.value,
        "light": track.light.value,
        "dirt": round(dirt, 2),
        "climb_m": round(max(heights) - min(heights)),
        "bridge": track.has_bridge,
        "content": content.hex(),
    }


def _count_turns(track: Track) -> int:
    """Return how many turns a lap has: bends to one side, without a straight between."""
    turns, turned = 0, 0.0
    for point in track.centre:
        bend = point.curvature * track.spacing_m
        if abs(point.curvature) < TURN_CURVATURE or bend * turned < 0.0:
            turns += abs(turned) > TURN_ANGLE
            turned = 0.0
        if abs(point.curvature) >= TURN_CURVATURE:
            turned += bend
    return turns + (abs(turned) > TURN_ANGLE)


def _facts_text(told: dict[str, object]) -> str:
    marks = [str(told["light"])] if told["light"] != "day" else []
    marks += ["rain"] if told["weather"] == "rain" else []
    marks += ["dirt"] if told["dirt"] else []
    marks += ["bridge"] if told["bridge"] else []
    marks += [f"{told['climb_m']} m of hills"] if told["climb_m"] else []
    told_marks = f", {', '.join(marks)}" if marks else ""
    size = f"{told['length_m']} m, {told['turns']} turns, {told['width_m']} m wide"
    return f"{told['name']}: {told['title']}, {size}{told_marks} [{str(told['content'])[:8]}]"


def _name_from_file(file: Path, *, reverse: bool) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", file.stem).lower()
    name = re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:26] or "circuit"
    return f"{name}-back" if reverse else name


def _title_from_file(file: Path, *, reverse: bool) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", file.stem)
    title = re.sub(r"[^\w]+|_", " ", words).strip()[:30] or "Circuit"
    return f"{title} backwards" if reverse else title
