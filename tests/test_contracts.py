"""Every import contract fails when it is broken: a contract that cannot fail says nothing.

The graph of imports is read once. An offence is an arrow more in it: what the linter would read of
such a line in such a file, which one run of the linter itself shows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Final

import grimp
import pytest
from importlinter import Contract
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract

ROOT: Final = Path(__file__).parents[1]
ROOTS: Final = ("net", "racer")
LINT: Final = "from importlinter.cli import lint_imports_command as lint; lint()"
KINDS: Final[dict[str, type[Contract]]] = {
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
}

IO_OF_NET: Final = "net does no I/O outside runtime and sim"
IO_OF_RACE: Final = "racer.core and racer.play do no I/O"
LAYERS_OF_NET: Final = "net is layered: shells, node, protocols, security, wire, foundations"
LAYERS_OF_RACER: Final = "racer is layered: __main__, app, play, core"
ROOMS_OF_APP: Final = (
    "racer.app is layered: commands, player, nodes and window, circuits, output, terminal"
)
ROOMS_OF_CORE: Final = (
    "racer.core is layered: heat, cars, drivers, tick, rules, physics, circuits, tuning"
)
ROOMS_OF_PLAY: Final = "racer.play is layered: session, show, records, cars, review, room, values"
ROOMS_OF_WINDOW: Final = "the window is layered: game, scenes, hud, world, base"
JUDGE: Final = "the judge of logs knows nothing of how rooms work"
MACHINES: Final = "the machines of net.cluster do not know each other"
PUBLIC: Final = "racer.play knows only the public names of net, and no window"
VIRTUAL: Final = "net.sim runs in virtual time"
WINDOW: Final = "the window and the sound know nothing of the network"
WINDOWLESS: Final = "what runs without a window loads none"

OFFENCES: Final = [
    (LAYERS_OF_RACER, "racer/core/physics/car.py", "import racer.app.commands.cli"),
    (LAYERS_OF_RACER, "racer/play/room/room.py", "import racer.app.options"),
    (ROOMS_OF_CORE, "racer/core/tuning.py", "import racer.core.circuits.track"),
    (ROOMS_OF_CORE, "racer/core/circuits/track.py", "import racer.core.physics.car"),
    (ROOMS_OF_CORE, "racer/core/physics/car.py", "import racer.core.rules.laps"),
    (ROOMS_OF_CORE, "racer/core/rules/laps.py", "import racer.core.tick"),
    (ROOMS_OF_CORE, "racer/core/tick.py", "import racer.core.recordings.car_codec"),
    (ROOMS_OF_CORE, "racer/core/tick.py", "import racer.core.drivers.line"),
    (ROOMS_OF_CORE, "racer/core/recordings/lap_replay.py", "import racer.core.own_car"),
    (ROOMS_OF_CORE, "racer/core/own_car.py", "import racer.core.bot"),
    (ROOMS_OF_CORE, "racer/core/recordings/recording.py", "import racer.core.drivers.line"),
    (ROOMS_OF_CORE, "racer/core/drivers/line.py", "import racer.core.recordings.recording"),
    (ROOMS_OF_CORE, "racer/core/drivers/driver.py", "import racer.core.bot"),
    (ROOMS_OF_CORE, "racer/core/bot.py", "import racer.core.heat"),
    (ROOMS_OF_PLAY, "racer/play/view.py", "import racer.play.room.room"),
    (ROOMS_OF_PLAY, "racer/play/reports.py", "import racer.play.view"),
    (ROOMS_OF_PLAY, "racer/play/room/room.py", "import racer.play.cars.leased_car"),
    (ROOMS_OF_PLAY, "racer/play/room/messages.py", "import racer.play.records.record_book"),
    (ROOMS_OF_PLAY, "racer/play/room/referee.py", "import racer.play.show.compose"),
    (ROOMS_OF_PLAY, "racer/play/room/room.py", "import racer.play.review.rows"),
    (ROOMS_OF_PLAY, "racer/play/review/rows.py", "import racer.play.cars.steward"),
    (ROOMS_OF_PLAY, "racer/play/cars/leased_car.py", "import racer.play.records.record_book"),
    (ROOMS_OF_PLAY, "racer/play/cars/remote_cars.py", "import racer.play.show.compose"),
    (ROOMS_OF_PLAY, "racer/play/records/record_book.py", "import racer.play.show.compose"),
    (ROOMS_OF_PLAY, "racer/play/circuit_sync.py", "import racer.play.shared_content"),
    (ROOMS_OF_PLAY, "racer/play/shared_content.py", "import racer.play.show.compose"),
    (ROOMS_OF_PLAY, "racer/play/show/compose.py", "import racer.play.session"),
    (ROOMS_OF_APP, "racer/app/output.py", "import racer.app.circuits.catalog"),
    (ROOMS_OF_APP, "racer/app/new_file.py", "import racer.app.output"),
    (ROOMS_OF_APP, "racer/app/circuits/catalog.py", "import racer.app.simulation.bullring"),
    (ROOMS_OF_APP, "racer/app/race_node.py", "import racer.app.player.launch"),
    (ROOMS_OF_APP, "racer/app/window/game.py", "import racer.app.player.player_node"),
    (ROOMS_OF_APP, "racer/app/player/launch.py", "import racer.app.commands.cli"),
    (ROOMS_OF_APP, "racer/app/verify/judge.py", "import racer.app.simulation.simulate"),
    (JUDGE, "racer/app/verify/order.py", "import racer.play.room.room"),
    (JUDGE, "racer/app/verify/grants.py", "import net.cluster.log"),
    (ROOMS_OF_WINDOW, "racer/app/window/base/canvas.py", "import racer.app.window.scene"),
    (ROOMS_OF_WINDOW, "racer/app/window/ports.py", "import racer.app.window.world.camera"),
    (ROOMS_OF_WINDOW, "racer/app/window/world/camera.py", "import racer.app.window.hud.lights"),
    (ROOMS_OF_WINDOW, "racer/app/window/input/wheel.py", "import racer.app.window.hud.lights"),
    (ROOMS_OF_WINDOW, "racer/app/window/hud/lights.py", "import racer.app.window.scenes.lobby"),
    (ROOMS_OF_WINDOW, "racer/app/window/scenes/lobby.py", "import racer.app.window.game"),
    (LAYERS_OF_NET, "net/wire/codec.py", "import net.cluster.log"),
    (LAYERS_OF_NET, "net/cluster/log.py", "import net.transport.sessions"),
    (LAYERS_OF_NET, "net/cluster/log.py", "import net.node.peers"),
    (LAYERS_OF_NET, "net/node/peers.py", "import net.runtime.clock"),
    (LAYERS_OF_NET, "net/sim/network.py", "import net.runtime.clock"),
    (
        "net never imports racer or the window",
        "net/runtime/clock.py",
        "import racer.core.physics.car",
    ),
    ("net never imports racer or the window", "net/sim/network.py", "import pygame"),
    (MACHINES, "net/cluster/election.py", "import net.cluster.replication"),
    (MACHINES, "net/cluster/failure_detector.py", "import net.cluster.streams"),
    (
        "net.cluster names keys and signatures, and no sessions",
        "net/cluster/streams.py",
        "import net.security.seal",
    ),
    (IO_OF_NET, "net/cluster/log.py", "import time"),
    (IO_OF_NET, "net/transport/sessions.py", "import socket"),
    (IO_OF_NET, "net/node/node.py", "import random"),
    (IO_OF_NET, "net/ids.py", "import os"),
    (IO_OF_RACE, "racer/core/physics/car.py", "import random"),
    (IO_OF_RACE, "racer/play/session.py", "import logging"),
    (IO_OF_RACE, "net/__init__.py", "import net.runtime.service"),
    (VIRTUAL, "net/sim/world.py", "import time"),
    ("racer.core stands alone", "racer/core/physics/car.py", "import net.ids"),
    ("racer.core stands alone", "racer/core/physics/car.py", "import pygame"),
    (PUBLIC, "racer/play/room/room.py", "import net.wire.messages"),
    (PUBLIC, "racer/play/view.py", "import pygame"),
    (WINDOW, "racer/app/window/hud/hud.py", "import net"),
    (WINDOW, "racer/app/window/hud/hud.py", "import racer.play.room.room"),
    (WINDOWLESS, "racer/app/commands/bot.py", "import racer.app.window.base.canvas"),
]


@cache
def contracts() -> dict[str, Contract]:
    """Return the contracts of the project, by name."""
    read = read_configuration(str(ROOT / "pyproject.toml"))
    return {
        options["name"]: KINDS[options["type"]](options["name"], read["session_options"], options)
        for options in read["contracts_options"]
    }


@cache
def imports() -> grimp.ImportGraph:
    """Return who imports whom, as `lint-imports` sees it."""
    return grimp.build_graph(
        *ROOTS,
        include_external_packages=True,
        exclude_type_checking_imports=True,
        cache_dir=None,
    )


def is_kept(contract: str, graph: grimp.ImportGraph) -> bool:
    return contracts()[contract].check(deepcopy(graph), verbose=False).kept


def test_every_contract_is_kept() -> None:
    assert [name for name in contracts() if not is_kept(name, imports())] == []


def test_every_contract_has_an_offence_here() -> None:
    assert {contract for contract, _, _ in OFFENCES} == set(contracts())


@pytest.mark.parametrize(("contract", "file", "offence"), OFFENCES)
def test_a_contract_breaks_when_it_is_offended(contract: str, file: str, offence: str) -> None:
    importer = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    imported = offence.removeprefix("import ")
    graph = deepcopy(imports())
    if imported.partition(".")[0] not in ROOTS:
        graph.add_module(imported, is_squashed=True)
    assert {importer, imported} <= graph.modules
    assert not graph.direct_import_exists(importer=importer, imported=imported)
    graph.add_import(importer=importer, imported=imported, line_number=1, line_contents=offence)
    assert not is_kept(contract, graph)


def test_the_linter_reads_an_offence_in_a_file_and_fails(tmp_path: Path) -> None:
    """What `make lint` runs, on a copy of the packages."""
    for package in ROOTS:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    contract, file, offence = OFFENCES[0]
    with (tmp_path / file).open("a", encoding="utf-8") as target:
        target.write(f"\n{offence}\n")
    run = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "240"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 1
    assert f"{contract} BROKEN" in " ".join(run.stdout.split())
