"""The options of all commands that take part in a race, or look where one could."""

from __future__ import annotations

import argparse

from net.runtime.disk.key_log import KeyLog
from racer.app.commands import argument_types as words
from racer.app.options import Shared, default_name, numbered, read_passphrase
from racer.app.terminal import complain


def add_place(group: argparse._ActionsContainer) -> None:
    """Add where on this machine and on the network a node is."""
    what = "identity and journal (default: the first of yours that is free)"
    group.add_argument("--profile", type=words.folder, metavar="DIR", help=what)
    add_interface(group)
    group.add_argument(
        "--port", type=words.port, default=0, metavar="N", help="UDP port (default: any)"
    )
    add_peer(group, "somebody in the race, or the code of its lobby; repeatable")


def add_peer(group: argparse._ActionsContainer, what: str) -> None:
    """Add who is named, for this."""
    group.add_argument(
        "--peer", type=words.peer, action="append", default=[], metavar="HOST[:PORT]", help=what
    )


def add_interface(group: argparse._ActionsContainer) -> None:
    """Add over which network."""
    what = "go over this address only (default: all of a LAN)"
    group.add_argument("--interface", type=words.interface, metavar="IP", help=what)


def add_shared(parser: argparse.ArgumentParser) -> None:
    """Add what may stand before a command and after it."""
    group = parser.add_argument_group("taking part")
    group.add_argument("--name", type=words.name, help="the driver's name (default: yours)")
    add_place(group)
    what = "put the profile's identity aside: another machine has a copy of it"
    group.add_argument("--new-identity", action="store_true", help=what)
    group.add_argument(
        "--passphrase-file",
        type=words.file,
        metavar="F",
        help="a race closed to those without the first line of this file (-: of standard input)",
    )
    group.add_argument(
        "--log",
        type=words.file,
        metavar="FILE",
        help="append all events to this log, too, or begin it",
    )
    what = "write the keys of all sessions to this new file: see 'racer decode' (default: none)"
    group.add_argument("--key-log", type=words.file, metavar="FILE", help=what)


def shared_options(parsed: argparse.Namespace) -> Shared:
    """Return what was asked of them. A key log begins here, and is told of.

    Raises:
        UsageError: a file that was named cannot be used.
    """
    secret = parsed.passphrase_file
    return Shared(
        name=parsed.name or default_name(),
        profile=parsed.profile,
        new_identity=parsed.new_identity,
        interface=parsed.interface,
        port=parsed.port,
        peers=tuple(parsed.peer),
        passphrase=None if secret is None else read_passphrase(secret),
        log=parsed.log,
        key_log=None if parsed.key_log is None else _open_key_log(parsed),
    )


def _open_key_log(parsed: argparse.Namespace) -> KeyLog:
    """Begin the key log of this process's node, and say so: what it holds opens all it said."""
    path = numbered(parsed.key_log, vars(parsed).get("number", 1))
    log = KeyLog(path, complain)
    complain(f"this node writes its session keys to {path}: who has that file can read all it says")
    return log
