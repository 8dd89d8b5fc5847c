"""What a ruleset of nftables does with a datagram, as far as it can be told without the kernel.

Reads what `nft -j list ruleset` prints (libnftables-json(5)). Each base chain that a datagram meets
must let it pass. What a rule asks that is not understood here may or may not hold, so the answer
has three values.
"""

from __future__ import annotations

import ipaddress
import operator
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias, final

Json: TypeAlias = Any
Value: TypeAlias = str | int | range

_ABSENT: Final = ("rt", "icmp", "icmp6", "tcp")  # extensions that ask for what no UDP datagram has

HOOKS: Final = ("ingress", "prerouting", "input")
HOOKS_OUT: Final = ("output", "postrouting", "egress")
FAMILIES: Final = ("ip", "ip6", "inet", "netdev")
DEPTH_MAX: Final = 16  # of jumps, as the kernel has it
ORDERS: Final = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
NOTING: Final = ("LOG", "NFLOG", "MARK", "CONNMARK", "TRACE")  # of iptables; the rules go on


class Fate(Enum):
    """What becomes of a datagram."""

    PASSES = "passes"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Step(Enum):
    """Where it goes from a rule that does not decide."""

    ON = "on"  # to the next rule
    BACK = "back"  # to where the chain was jumped into from


@final
@dataclass(frozen=True, slots=True)
class Jump:
    """Another chain decides; where that does not, the next rule, if it `returns`."""

    chain: str
    returns: bool


Verdict: TypeAlias = Fate | Step | Jump
Ends: TypeAlias = AbstractSet[Fate | None]
"""How a walk through a chain may end; None: without a verdict."""


@final
@dataclass(frozen=True, slots=True)
class Datagram:
    """A UDP datagram that comes in, or goes out.

    Args:
        port: where it goes; a range: that is not known yet, it may be any of them.
        state: what connection tracking takes it for: the first between two machines, or an answer.
        broadcast: it goes to all of a network.
    """

    interface: str
    source: str
    destination: str
    port: int | range
    goes_out: bool = False
    state: str = "new"  # or "established"
    broadcast: bool = False

    @property
    def family(self) -> str:
        """The family of chains that are about its stack alone."""
        return "ip6" if ":" in self.destination else "ip"

    @property
    def destination_type(self) -> str:
        """What kind of address it goes to, as the kernel's table of routes has it."""
        if self.broadcast:
            return "broadcast"
        if ipaddress.ip_address(self.destination).is_multicast:
            return "multicast"
        return "unicast" if self.goes_out else "local"

    @property
    def source_type(self) -> str:
        """What kind of address it comes from."""
        return "local" if self.goes_out else "unicast"


@final
class Ruleset:
    """The chains of a ruleset and the rules in them."""

    def __init__(self, listed: Json) -> None:
        """Take what `nft -j list ruleset` printed, parsed."""
        self._bases: list[Mapping[str, Json]] = []
        self._names: set[tuple[str, str, str]] = set()  # of all chains: family, table, name
        self._rules: dict[tuple[str, str, str], list[Sequence[Json]]] = {}
        for entry in listed.get("nftables", ()):
            chain, rule = entry.get("chain"), entry.get("rule")
            if chain:
                self._names.add((chain["family"], chain["table"], chain["name"]))
            if chain and chain.get("hook") in HOOKS + HOOKS_OUT and chain["family"] in FAMILIES:
                self._bases.append(chain)
            if rule:
                key = (rule["family"], rule["table"], rule["chain"])
                self._rules.setdefault(key, []).append(rule["expr"])

    def fate(self, datagram: Datagram) -> Fate:
        """Tell what becomes of a datagram."""
        fates = {self._fate_at(chain, datagram) for chain in self._met_by(datagram)}
        for worst in (Fate.DROPPED, Fate.UNKNOWN):
            if worst in fates:
                return worst
        return Fate.PASSES

    def closed(self, datagram: Datagram) -> list[tuple[str, str, str]]:
        """Return the chains that drop a datagram, or may: of each the family, the table, the name.

        Where some drop it, those alone.
        """
        fate = self.fate(datagram)
        return [
            (chain["family"], chain["table"], chain["name"])
            for chain in self._met_by(datagram)
            if fate is not Fate.PASSES and self._fate_at(chain, datagram) is fate
        ]

    def is_there(self, family: str, table: str, chain: str) -> bool:
        """Tell whether there is such a chain."""
        return (family, table, chain) in self._names

    def goes_to(self, table: str, chain: str, datagram: Datagram) -> str:
        """Return to which other chain of `inet` a datagram is sent first; empty: to none."""
        for rule in self._rules.get(("inet", table, chain), ()):
            for verdict in _find_verdicts(rule, datagram) if _rule_holds(rule, datagram) else ():
                if isinstance(verdict, Jump):
                    return verdict.chain
        return ""

    def _met_by(self, datagram: Datagram) -> list[Mapping[str, Json]]:
        hooks = HOOKS_OUT if datagram.goes_out else HOOKS
        return [chain for chain in self._bases if chain["hook"] in hooks]

    def _fate_at(self, chain: Mapping[str, Json], datagram: Datagram) -> Fate:
        if chain["family"] in {"ip", "ip6"} - {datagram.family}:
            return Fate.PASSES
        if chain.get("type") == "nat" and datagram.state != "new":
            return Fate.PASSES  # only the first meets it
        devices = chain.get("dev", datagram.interface)
        if datagram.interface not in (devices if isinstance(devices, list) else [devices]):
            return Fate.PASSES
        ends = self._walk_chain(chain["family"], chain["table"], chain["name"], datagram, DEPTH_MAX)
        policy = Fate.DROPPED if chain.get("policy") == "drop" else Fate.PASSES
        fates = {policy if end is None else end for end in ends}
        return fates.pop() if len(fates) == 1 else Fate.UNKNOWN

    def _walk_chain(
        self, family: str, table: str, name: str, datagram: Datagram, depth: int
    ) -> Ends:
        """Go through a chain; return how it may end."""
        ends: set[Fate | None] = set()
        for rule in self._rules.get((family, table, name), ()):
            holds = _rule_holds(rule, datagram)
            if holds is False:
                continue
            goes_on = holds is None
            for verdict in _find_verdicts(rule, datagram):
                match verdict:
                    case Fate():
                        ends.add(verdict)
                    case Step.ON:
                        goes_on = True
                    case Step.BACK:
                        ends.add(None)
                    case Jump(chain=chain, returns=returns):
                        where = (family, table, chain)
                        inner = self._walk_chain(*where, datagram, depth - 1) if depth else {None}
                        ends |= {end for end in inner if end is not None or not returns}
                        goes_on = goes_on or (returns and None in inner)
            if not goes_on:
                return frozenset(ends)
        return frozenset({*ends, None})


def _find_verdicts(rule: Sequence[Json], datagram: Datagram) -> set[Verdict]:
    """Return what a rule may decide, where it holds."""
    found = [verdict for part in rule if (verdict := _read_verdict(part)) is not None]
    maps = [part["vmap"] for part in rule if "vmap" in part]
    if maps:
        return _look_up(maps[0], datagram)
    if not found and any("xt" in part and not part["xt"] for part in rule):
        return {Fate.UNKNOWN, Step.ON}  # of iptables, and nft does not tell what it is
    return {found[0] if found else Step.ON}


def _look_up(mapped: Mapping[str, Json], datagram: Datagram) -> set[Verdict]:
    """Return what a map of verdicts may say."""
    value, data = _value_of(mapped["key"], datagram), mapped["data"]
    if not isinstance(data, Mapping):
        return {Fate.UNKNOWN, Step.ON}  # it stands elsewhere
    found: set[Verdict] = set()
    for right, verdict in data["set"]:
        holds = None if value is None else _is_in(value, right)
        if holds is not False:
            found.add(_read_verdict(verdict) or Step.ON)
        if holds:
            return found
    return found | {Step.ON}


def _read_verdict(part: Mapping[str, Json]) -> Verdict | None:
    """Return what a part of a rule decides; None: it decides nothing."""
    match part:
        case {"accept": _}:
            return Fate.PASSES
        case {"drop": _} | {"reject": _} | {"xt": {"type": "target", "name": "REJECT" | "DROP"}}:
            return Fate.DROPPED
        case {"queue": _} | {"fwd": _} | {"tproxy": _}:
            return Fate.UNKNOWN
        case {"xt": {"type": "target", "name": str(name)}} if name not in NOTING:
            return Fate.UNKNOWN
        case {"return": _}:
            return Step.BACK
        case {"jump": {"target": str(chain)}}:
            return Jump(chain, returns=True)
        case {"goto": {"target": str(chain)}}:
            return Jump(chain, returns=False)
        case _:
            return None


def _rule_holds(rule: Sequence[Json], datagram: Datagram) -> bool | None:
    """Tell whether a datagram is one that a rule is about; None: that cannot be told."""
    answers = [_match_holds(part["match"], datagram) for part in rule if "match" in part]
    if any(_is_absent(part) for part in rule):
        return False
    if any(_is_unclear(part) for part in rule):
        answers.append(None)
    if False in answers:
        return False
    return None if None in answers else True


def _is_absent(part: Mapping[str, Json]) -> bool:
    """Tell whether a part asks for what no datagram of ours has."""
    match part:
        case {"xt": {"type": "match", "name": str(name)}}:
            return name in _ABSENT
        case _:
            return False


def _is_unclear(part: Mapping[str, Json]) -> bool:
    """Tell whether a part asks for something that only the kernel knows."""
    if "xt" in part:
        return not (part["xt"] and part["xt"].get("type") == "target")
    return any(each in part for each in ("limit", "quota", "ct count", "meter"))


def _match_holds(match: Mapping[str, Json], datagram: Datagram) -> bool | None:
    if isinstance(match["right"], bool):
        there = _is_there(match["left"], datagram)
        return None if there is None else (there is match["right"]) is (match.get("op") != "!=")
    value = _value_of(match["left"], datagram)
    if value is None:
        return None
    right, op = match["right"], match.get("op", "==")
    if op in ORDERS:
        return _is_beyond(value, op, right)
    found = _is_in(value, right)
    return None if found is None else found is not (op == "!=")


def _is_there(left: Json, datagram: Datagram) -> bool | None:
    """Tell whether what a rule looks at exists; None: only the kernel knows."""
    match left:
        case {"fib": {"result": "oif" | "oifname", "flags": flags}} if "saddr" in flags:
            return True  # the way back: both ends are on the interface's own network
        case _:
            return None


def _is_beyond(value: Value, op: str, right: Json) -> bool | None:
    """Tell whether a number is beyond one that a rule names, on the side that it says."""
    if isinstance(value, str) or not isinstance(right, int):
        return None
    ends = (value[0], value[-1]) if isinstance(value, range) else (value,)
    answers = {bool(ORDERS[op](end, right)) for end in ends}
    return answers.pop() if len(answers) == 1 else None


def _value_of(left: Json, datagram: Datagram) -> Value | None:
    """Return what a rule looks at, of the datagram; None: it looks at something else."""
    match left:
        case {"meta": {"key": "iifname" | "iif"}}:
            return "" if datagram.goes_out else datagram.interface
        case {"meta": {"key": "oifname" | "oif"}}:
            return datagram.interface if datagram.goes_out else ""
        case {"meta": {"key": "l4proto"}} | {"payload": {"field": "protocol" | "nexthdr"}}:
            return "udp"
        case {"meta": {"key": "nfproto" | "protocol"}}:
            is_short = left["meta"]["key"] == "protocol"
            return datagram.family if is_short else {"ip": "ipv4", "ip6": "ipv6"}[datagram.family]
        case {"ct": _} | {"fib": _}:
            return _kernels_value(left, datagram)
        case {"payload": {"protocol": "udp" | "th", "field": "dport"}}:
            return datagram.port
        case {"payload": {"protocol": "tcp" | "icmp" | "icmpv6"}}:
            return "of another protocol"
        case {"payload": {"protocol": "ip" | "ip6" as stack}} if stack != datagram.family:
            return "of another protocol"
        case {"payload": {"field": "saddr"}}:
            return datagram.source
        case {"payload": {"field": "daddr"}}:
            return datagram.destination
        case _:
            return None


def _kernels_value(left: Json, datagram: Datagram) -> str | None:
    """Return what the kernel takes a datagram for, or its addresses; None: only it knows."""
    match left:
        case {"ct": {"key": "state"}}:
            return datagram.state
        case {"ct": {"key": "status"}} if datagram.state == "new":
            return "of nothing yet"
        case {"fib": {"result": "type", "flags": ["daddr", *_]}}:
            return datagram.destination_type
        case {"fib": {"result": "type", "flags": ["saddr", *_]}}:
            return datagram.source_type
        case _:
            return None


def _is_in(value: Value, right: Json) -> bool | None:
    """Tell whether a value is one that a rule names; None: it may be, or they stand elsewhere."""
    match right:
        case {"set": list(items)} | list(items):
            answers = [_is_in(value, item) for item in items]
            return True if True in answers else None if None in answers else False
        case {"range": [int(low), int(high)]}:
            return _is_number_in(value, range(low, high + 1))
        case {"range": [str(low), str(high)]}:
            return _is_between(str(value), low, high)
        case {"prefix": {"addr": str(network), "len": int(bits)}}:
            return _is_within(str(value), f"{network}/{bits}")
        case str() if right.startswith("@"):
            return None
        case str() if right.endswith("*"):
            return str(value).startswith(right[:-1])
        case int() if isinstance(value, range):
            return _is_number_in(value, range(right, right + 1))
        case str() | int():
            return value == right
        case _:
            return None


def _is_number_in(value: Value, named: range) -> bool | None:
    if isinstance(value, range):
        if value.start in named and value.stop - 1 in named:
            return True
        return None if value.start < named.stop and named.start < value.stop else False
    return value in named


def _is_between(host: str, low: str, high: str) -> bool | None:
    try:
        first, at, last = (int(ipaddress.ip_address(each)) for each in (low, host, high))
        return first <= at <= last
    except ValueError:
        return None


def _is_within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
