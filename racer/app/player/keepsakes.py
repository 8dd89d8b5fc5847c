"""What races left behind in a profile, as the window lists it: records and tapes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, final

from racer.app.player.record_reader import RecordReader
from racer.app.player.taped_circuits import taped_circuit
from racer.app.tape_store import damaged_tapes, load_tape, tape_files
from racer.app.window.ports import ReplayCard

if TYPE_CHECKING:
    from net.runtime.disk.profile import Profile
    from racer.app.window.ports import TapedCircuit
    from racer.core.recordings.race_tape import Tape, TapeHead


@final
class Keepsakes:
    """Reads them from the disk, whenever it is asked."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def record_rows(self) -> RecordReader:
        return RecordReader(self._profile.directory, self._profile.identity.node_id)

    def replays(self) -> tuple[ReplayCard, ...]:
        return tuple(
            ReplayCard(
                file.path.name,
                time.strftime("%d %b, %H:%M", time.localtime(file.began_s)),
                file.head,
            )
            for file in tape_files(self._profile.directory)
        )

    def taped_circuit(self, head: TapeHead) -> TapedCircuit:
        return taped_circuit(head)

    def damaged_replays(self) -> int:
        return damaged_tapes(self._profile.directory)

    def open_replay(self, replay: str) -> Tape | None:
        files = {file.path.name: file.path for file in tape_files(self._profile.directory)}
        return load_tape(files[replay]) if replay in files else None
