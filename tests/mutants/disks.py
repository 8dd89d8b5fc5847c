"""Mutants of what is told of a disk, and of what of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.runtime.disk import database
from net.runtime.disk.disk_trouble import DiskHealth
from net.runtime.reports import Reports
from net.sim.mutants import Edit, Mutant
from racer.app import options, record_store, terminal
from racer.app.evening import EveningFile

DISKS: Final[Mapping[str, Mutant]] = {
    "journal-of-any-kind": Mutant(
        "a journal is waited for, though it is a pipe",
        edits=(Edit(database.open_database, "not path.is_file()", "False"),),
    ),
    "names-are-cut": Mutant(
        "a name that is too long is cut without a word",
        edits=(Edit(options._is_cut, "2 * chars_max", "chars_max"),),
    ),
    "names-steer-terminals": Mutant(
        "what others chose as names may move the cursor and turn the words around it",
        edits=(Edit(terminal.harmless, '.replace("\\n", "").isprintable()', ""),),
    ),
    "names-end-lines": Mutant(
        "and end our line, and say another in our name",
        edits=(Edit(terminal.in_one_line, '.replace("\\n", "\\\\u000a")', ""),),
    ),
    "one-trouble-hides-all": Mutant(
        "the first trouble of a part hides whatever else of it does not work",
        edits=(Edit(Reports.tell_trouble, "(trouble.part, trouble.kind)", '(trouble.part, "")'),),
    ),
    "disk-ill-for-ever": Mutant(
        "that a disk works again is not told",
        edits=(Edit(Reports.tell_disk, "self._disk is not None", "False"),),
    ),
    "hanging-unsaid": Mutant(
        "a disk that does not answer is told once it fails",
        edits=(Edit(DiskHealth.trouble, "if not state.keeps:", "if False:"),),
    ),
    "slow-disk-unsaid": Mutant(
        "a disk that is slow again and again is not told",
        edits=(Edit(DiskHealth.succeed, "self._late + 1", "0"),),
    ),
    "busy-moment-told": Mutant(
        "each late commit is told",
        edits=(Edit(DiskHealth.trouble, "self._late < LATE_MAX", "self._late < 1"),),
    ),
    "given-up-taken-back": Mutant(
        "what was given up is taken back by what was written before",
        edits=(Edit(DiskHealth.succeed, "if not self._is_for_good():", "if True:"),),
    ),
    "unwritten-forgotten": Mutant(
        "a line of the evening that the disk did not take is not tried again",
        edits=(Edit(EveningFile.close, "self._write_held()", "pass"),),
    ),
    "lost-lines-uncounted": Mutant(
        "nor counted when it is given up",
        edits=(Edit(EveningFile._drop, "self.counters.dropped += lines", "pass"),),
    ),
    "other-physics-removed": Mutant(
        "records of other physics are removed",
        edits=(
            Edit(
                record_store.read_records,
                "read.other_physics[kept[0].physics] += 1",
                "read.useless.append(path)",
            ),
        ),
    ),
    "old-laps-crowd-out": Mutant(
        "of more records than are read, any are",
        edits=(Edit(record_store.read_records, "(-_written_ns(path), path)", "path"),),
    ),
    "disk-told-each-time": Mutant(
        "a disk that fails now and then is told of each time",
        edits=(Edit(Reports.tell_disk, "now_ns - told_ns < AGAIN_NS", "False"),),
    ),
}
