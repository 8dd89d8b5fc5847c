"""One word, one meaning: the glossary holds every term that is not plain English."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import Final

from tests.syntax import tree

ROOT: Final = Path(__file__).parents[1]
GLOSSARY: Final = (ROOT / "docs" / "GLOSSARY.md").read_text(encoding="utf-8")
ROWS: Final = re.findall(
    r"^\| ((?!term )[a-z][^|]+) \| ([^|]+) \| ([^|]+) \|$", GLOSSARY, re.MULTILINE
)

TERMS: Final = frozenset(re.findall(r"[a-z]+", " ".join(row[0] for row in ROWS)))
PLAIN: Final = frozenset(
    re.findall(
        r"\w+",
        """
    Accepted Add Announcement Answer Arrived Attendance Best Block Board Book Browser Call
    Car Challenge Changed Chat Choice Choose Circuit Claimed Conditions Confirm Confirmed
    Connected Content Control Counters Crash Crypto Cut Datagram Delivered Dial Digest
    Disk Drive Driven Driver Drop Entered Entry Error Event Failed Farewell Fetch Fetched
    Fetching Figures Finish Found Founded Full Gone Gossip Granted Grid Health Identity
    Idle Inbox Index Indices Interface Invariant Joined Jump Kept Keys Kind Known Lap Last
    Leave Leaving Line Lobby Local Lost Machine Member Multicast Nearby Net Network Node
    Notice Now Of Offer Opened Operation Operations Options Order Outcome Own Passed Pause
    Peer Peers Phase Pickup Plan Player Probe Program Progress Propose Publish Query Quit
    Race Received Record Remote Remove Replay Report Reporter Request Rescue Response
    Result Results Resumed Return Room Row Rule Run Said Save Say Script Security Seen
    Send Server Service Session Sessions Set Setup Share Signer Slow Socket Source Sources
    Start State Statistics Stats Status Step Stopped Stream Submit Suspicion Synced Table
    Time Traffic Transmit Transport Trouble Twice Udp Usage Vacant Value View Virtual Want
    Wire Wish
    """,
    )
)
"""Words that mean in a class name what anybody takes them for."""


def public_classes(*folders: str) -> dict[str, list[str]]:
    """Return the public classes at the top of modules, each with the files that define one."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in tree(path).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(path.relative_to(ROOT).as_posix())
    return found


def words(name: str) -> list[str]:
    """Return the words of a class name: `MulticastDns` is `Multicast` and `Dns`."""
    return re.findall(r"[A-Z][a-z0-9]+|[A-Z]+(?![a-z])", name)


def is_known(word: str) -> bool:
    """Tell whether a word is plain, or one of a term of the glossary."""
    return word in PLAIN or word.lower() in TERMS or word.lower().removesuffix("s") in TERMS


def test_every_class_whose_name_is_not_plain_english_is_in_the_glossary() -> None:
    told = set(re.findall(r"`(\w+)`", GLOSSARY))
    lost = {
        name: files
        for name, files in public_classes("net", "racer/play").items()
        if name not in told and not all(is_known(word) for word in words(name))
    }
    assert lost == {}


def test_every_plain_word_is_in_some_class_name() -> None:
    """A word that no class needs would let a later one pass unseen."""
    used = {word for name in public_classes("net", "racer/play") for word in words(name)}
    assert sorted(PLAIN - used) == []


def test_no_class_name_has_two_meanings() -> None:
    twice = {
        name: files for name, files in public_classes("net", "racer").items() if len(files) > 1
    }
    assert twice == {}


def test_every_term_says_what_it_means_and_where_it_lives() -> None:
    assert len(ROWS) > 60
    for term, meaning, where in ROWS:
        assert term.strip()
        assert len(meaning) > 8, term
        assert "`" in where or "everywhere" in where, term


def test_what_the_glossary_names_is_there() -> None:
    classes = public_classes("net", "racer")
    unions = re.compile(r"^(\w+)(?:: TypeAlias)? = ", re.MULTILINE)
    for name in re.findall(r"`([A-Z]\w+)`", GLOSSARY):
        assert name in classes or any(
            name in unions.findall(path.read_text(encoding="utf-8"))
            for folder in ("net", "racer")
            for path in (ROOT / folder).rglob("*.py")
        ), name
