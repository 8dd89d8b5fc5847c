"""Disks for machines that are tested without a shell."""

from __future__ import annotations

from net.cluster.log import DecreeLog
from net.cluster.storage import Storage


def no_disk() -> Storage:
    """Return what a forgetful node has: all counts as soon as it is in memory."""
    return Storage(lambda dot: True, lambda digest: True, keeps=False)


def good_disk() -> Storage:
    """Return a disk that keeps what its test says that it keeps; all operations are here."""
    return Storage(lambda dot: True, lambda digest: True)


def keep(log: DecreeLog) -> None:
    """Have all of a log on disk."""
    for decree in log.take_unkept(lambda _: True):
        log.note_kept(decree)
