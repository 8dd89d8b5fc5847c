"""What a ruleset of nftables does with a datagram, as far as it can be told without the kernel.

Reads what `nft -j list ruleset` prints (libnftables-json(5)). Each base chain that a datagram meets
must let it pass. What a rule asks that is not understood here may or may not hold, so the answer
has three values.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias, final

Json: TypeAlias = Any

HOOKS: Final = ("ingress", "prerouting", "input")
FAMILIES: Final = ("ip", "inet", "netdev")
DEPTH_MAX: Final = 16  # of jumps, as the kernel has it


class Fate(Enum):
    """What becomes of a datagram."""

    PASSES = "passes"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


@final
@dataclass(frozen=True, slots=True)
class Datagram:
    """A UDP datagram that comes in, the first between two machines."""

    interface: str
    source: str
    destination: str
    port: int


@final
class Ruleset:
    """The chains of a ruleset and the rules in them."""

    def __init__(self, listed: Json) -> None:
        """Take what `nft -j list ruleset` printed, parsed."""
        self._bases: list[Mapping[str, Json]] = []
        self._rules: dict[tuple[str, str, str], list[Sequence[Json]]] = {}
        for entry in listed.get("nftables", ()):
            chain, rule = entry.get("chain"), entry.get("rule")
            if chain and chain.get("hook") in HOOKS and chain["family"] in FAMILIES:
                self._bases.append(chain)
            if rule:
                key = (rule["family"], rule["table"], rule["chain"])
                self._rules.setdefault(key, []).append(rule["expr"])

    def fate(self, datagram: Datagram) -> Fate:
        """Tell what becomes of a datagram."""
        fates = {self._fate_at(chain, datagram) for chain in self._bases}
        for worst in (Fate.DROPPED, Fate.UNKNOWN):
            if worst in fates:
                return worst
        return Fate.PASSES

    def _fate_at(self, chain: Mapping[str, Json], datagram: Datagram) -> Fate:
        device = chain.get("dev")
        if device is not None and device != datagram.interface:
            return Fate.PASSES
        fate = self._walk_chain(chain["family"], chain["table"], chain["name"], datagram, DEPTH_MAX)
        if fate is not None:
            return fate
        return Fate.DROPPED if chain.get("policy") == "drop" else Fate.PASSES

    def _walk_chain(
        self, family: str, table: str, name: str, datagram: Datagram, depth: int
    ) -> Fate | None:
        """Go through a chain; None: it ends without a verdict."""
        doubt = False
        for rule in self._rules.get((family, table, name), ()):
            holds = _rule_holds(rule, datagram)
            if holds is False:
                continue
            verdict = _find_verdict(rule)
            if isinstance(verdict, str):  # another chain
                fate = (
                    self._walk_chain(family, table, verdict, datagram, depth - 1) if depth else None
                )
            elif verdict is None and any("return" in part for part in rule):
                fate = None
                if holds:
                    break
            else:
                fate = verdict
            if fate is not None and holds:
                return Fate.UNKNOWN if doubt and fate is not Fate.DROPPED else fate
            doubt = doubt or (fate is not None and holds is None)
        return Fate.UNKNOWN if doubt else None


def _find_verdict(rule: Sequence[Json]) -> Fate | str | None:
    """Return what a rule decides: a fate, the chain to go on in, or nothing."""
    for part in rule:
        if "accept" in part:
            return Fate.PASSES
        if "drop" in part or "reject" in part:
            return Fate.DROPPED
        for jump in ("jump", "goto"):
            if jump in part:
                return str(part[jump]["target"])
    return None


def _rule_holds(rule: Sequence[Json], datagram: Datagram) -> bool | None:
    """Tell whether a datagram is one that a rule is about; None: that cannot be told."""
    answers = [_match_holds(part["match"], datagram) for part in rule if "match" in part]
    if any("xt" in part or "limit" in part for part in rule):
        answers.append(None)
    if False in answers:
        return False
    return None if None in answers else True


def _match_holds(match: Mapping[str, Json], datagram: Datagram) -> bool | None:
    value = _value_of(match["left"], datagram)
    if value is None:
        return None
    found = _is_in(value, match["right"])
    if found is None:
        return None
    return not found if match.get("op") == "!=" else found


def _value_of(left: Json, datagram: Datagram) -> str | int | None:
    """Return what a rule looks at, of the datagram; None: it looks at something else."""
    match left:
        case {"meta": {"key": "iifname" | "iif"}}:
            return datagram.interface
        case {"meta": {"key": "l4proto"}} | {"payload": {"field": "protocol"}}:
            return "udp"
        case {"meta": {"key": "nfproto" | "protocol"}}:
            return "ipv4" if left["meta"]["key"] == "nfproto" else "ip"
        case {"ct": {"key": "state"}}:
            return "new"
        case {"payload": {"protocol": "udp" | "th", "field": "dport"}}:
            return datagram.port
        case {"payload": {"protocol": "tcp" | "icmp" | "icmpv6" | "ip6"}}:
            return "of another protocol"
        case {"payload": {"protocol": "ip", "field": "saddr"}}:
            return datagram.source
        case {"payload": {"protocol": "ip", "field": "daddr"}}:
            return datagram.destination
        case _:
            return None


def _is_in(value: str | int, right: Json) -> bool | None:
    """Tell whether a value is one that a rule names; None: the rule names them elsewhere."""
    match right:
        case {"set": list(items)} | list(items):
            answers = [_is_in(value, item) for item in items]
            return True if True in answers else None if None in answers else False
        case {"range": [low, high]}:
            return isinstance(value, int) and low <= value <= high
        case {"prefix": {"addr": str(network), "len": int(bits)}}:
            return _is_within(str(value), f"{network}/{bits}")
        case str() if right.startswith("@"):
            return None
        case str() if right.endswith("*"):
            return str(value).startswith(right[:-1])
        case str() | int():
            return value == right
        case _:
            return None


def _is_within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
