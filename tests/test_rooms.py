"""The rooms of the house: in every folder of `net` and `racer` arrows run down only.

A child of a folder is a module in it or a folder in it. There is an arrow from one child to another
where a module of the one imports a module of the other, wherever the import stands: in a function
or under TYPE_CHECKING too, since a reader who follows a name goes that way all the same. So each
import is one arrow, in the folder that holds both ends, and nowhere else.

- No circle: the children of a folder can be put on floors such that each arrow goes to a lower one.
- No way up: no module imports a package that it lies in. What such a package gathers (`net` does)
  lies below it; to ask it for a name is to lean on all that leans on oneself.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

from tests.syntax import nodes

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("net", "racer")
MODULES_MAX: Final = 18  # beside each other in one folder: what one still takes in at a glance
DOORS: Final = {"__init__", "__main__"}  # of a folder; they are no rooms


def modules(root: Path) -> dict[str, Path]:
    """Return the modules and packages below a folder by their dotted names."""
    found = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(root: Path) -> frozenset[tuple[str, str]]:
    """Return which module imports which; of a name in a package, that package."""
    known = modules(root)
    found: set[tuple[str, str]] = set()
    for module, path in known.items():
        for node in nodes(path):
            match node:
                case ast.Import(names=names):
                    named = [each.name for each in names]
                case ast.ImportFrom(module=str(source), names=names):
                    named = [f"{source}.{each.name}" for each in names]
                case _:
                    continue
            found |= {(module, place) for name in named if (place := nearest(name, known))}
    return frozenset(found)


def nearest(name: str, known: dict[str, Path]) -> str:
    """Return the module that a dotted name lies in, or "" where it is none of ours."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def arrows(root: Path) -> dict[str, dict[str, set[str]]]:
    """Return for each folder which of its children leans on which."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for module, place in imports(root):
        ours, theirs = module.split("."), place.split(".")
        shared = 0
        while shared < min(len(ours), len(theirs)) and ours[shared] == theirs[shared]:
            shared += 1
        if shared < min(len(ours), len(theirs)):
            found[".".join(ours[:shared])][ours[shared]].add(theirs[shared])
    return found


def circles(root: Path) -> list[str]:
    """Return a circle of each folder that has one."""
    found = []
    for folder, children in arrows(root).items():
        try:
            TopologicalSorter(children).prepare()
        except CycleError as error:
            found.append(f"{folder or '.'}: {' <- '.join(error.args[1])}")
    return sorted(found)


def ways_up(root: Path) -> list[str]:
    """Return the imports of a package by what lies in it."""
    return sorted(
        f"{module} -> {place}" for module, place in imports(root) if module.startswith(f"{place}.")
    )


def crowds(root: Path) -> dict[str, int]:
    """Return the folders with too many modules beside each other."""
    counts: dict[str, int] = defaultdict(int)
    for path in modules(root).values():
        if path.stem not in DOORS:
            counts[path.parent.relative_to(root).as_posix()] += 1
    return {folder: count for folder, count in counts.items() if count > MODULES_MAX}


# --- this house -------------------------------------------------------------------------------


def test_no_folder_has_a_circle() -> None:
    assert circles(ROOT) == []


def test_no_module_imports_a_package_that_it_lies_in() -> None:
    assert ways_up(ROOT) == []


def test_no_folder_is_crowded() -> None:
    assert crowds(ROOT) == {}


def test_the_document_tells_the_floors_that_the_contracts_hold() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    floors = {
        contract["containers"][0]: [re.findall(r"\w+", layer) for layer in contract["layers"]]
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers" and "." in contract["containers"][0]
    }
    document = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    told = {
        room: [re.findall(r"`(\w+)`", floor) for floor in line.split(" → ")]
        for room, line in re.findall(r"^ +- `([\w.]+)`: (.+ → .+)$", document, re.MULTILINE)
    }
    assert told == floors


# --- houses that are not in order -------------------------------------------------------------


def house(root: Path, **files: str) -> Path:
    """Build a tree of files; `net__wire__codec` is `net/wire/codec.py`."""
    for name, words in files.items():
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words, encoding="utf-8")
    for package in [root / top for top in PACKAGES]:
        for folder in [package, *(each for each in package.rglob("*") if each.is_dir())]:
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").touch()
    return root


def test_arrows_that_run_down_are_in_order(tmp_path: Path) -> None:
    root = house(
        tmp_path,
        net__wire__codec="from net.limits import SIZE_MAX",
        net__limits="SIZE_MAX = 1",
        racer__app="import net.wire.codec\nfrom racer.core import car",
        racer__core__car="from racer.core.tyres import grip",
        racer__core__tyres="",
    )
    assert circles(root) == ways_up(root) == []
    assert arrows(root)["racer.core"] == {"car": {"tyres"}}
    assert arrows(root)[""] == {"racer": {"net"}}


@pytest.mark.parametrize(
    "back",
    [
        "import net.node.node",
        "from net.node import node",
        "from net.node.node import Node",
        "def late():\n    from net.node.node import Node",
        "if TYPE_CHECKING:\n    from net.node.node import Node",
    ],
)
def test_two_folders_that_lean_on_each_other_are_a_circle(tmp_path: Path, back: str) -> None:
    """No two of these modules import each other: only the folders do."""
    root = house(
        tmp_path,
        net__node__node="",
        net__node__peers="import net.wire.codec",
        net__wire__codec="",
        net__wire__messages=back,
    )
    assert circles(root) in (["net: node <- wire <- node"], ["net: wire <- node <- wire"])


def test_a_circle_of_modules_is_found_in_their_own_folder(tmp_path: Path) -> None:
    root = house(
        tmp_path,
        racer__app__window__a="import racer.app.window.b",
        racer__app__window__b="import racer.app.window.c",
        racer__app__window__c="import racer.app.window.a",
    )
    assert [found.partition(":")[0] for found in circles(root)] == ["racer.app.window"]


def test_a_folder_and_a_module_beside_it_may_not_lean_on_each_other(tmp_path: Path) -> None:
    root = house(
        tmp_path,
        racer__app__race_node="import racer.app.player.store",
        racer__app__player__store="",
        racer__app__player__player_node="import racer.app.race_node",
    )
    assert [found.partition(":")[0] for found in circles(root)] == ["racer.app"]


@pytest.mark.parametrize("way", ["import net", "from net import Node", "import net.cluster"])
def test_a_module_that_asks_its_own_package_goes_up(tmp_path: Path, way: str) -> None:
    assert len(ways_up(house(tmp_path, net__cluster__log=way))) == 1


def test_a_name_beside_oneself_is_no_way_up(tmp_path: Path) -> None:
    way = "from net.cluster import voter"
    assert ways_up(house(tmp_path, net__cluster__log=way, net__cluster__voter="")) == []


def test_nineteen_modules_beside_each_other_are_a_crowd(tmp_path: Path) -> None:
    rooms = {f"net__node__room_{number}": "" for number in range(MODULES_MAX)}
    assert crowds(house(tmp_path, **rooms)) == {}
    assert crowds(house(tmp_path, **rooms, net__node__one_more="")) == {"net/node": 19}
