"""What extensions of iptables ask in a ruleset: nft tells it as text, in its JSON their names.

ufw and Docker speak to nftables by iptables. Where nft knows no words of its own for what an
extension asks, that stays as it is: not understood.
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any
Where: TypeAlias = tuple[str, str, int]
"""A rule: the family and the table that it is in, and its handle there."""

# Of iptables-extensions(8): by what words nft says what each asks (libxtables' translations).
_WORDS: Final = {
    "addrtype": re.compile(r"\bfib (?P<key>[sd]addr) type (?P<op>!= )?(?P<right>\w+)"),
    "conntrack": re.compile(r"\bct (?P<key>state) (?P<op>!= )?(?P<right>[\w,]+)"),
    "multiport": re.compile(
        r"\b(?P<protocol>udp|tcp) (?P<key>[sd]port) (?P<op>!= )?(?P<right>\{[^}]*\}|[\d-]+)"
    ),
}
_UNTOLD: Final = re.compile(r"\bct (?!state\b)|\bfib (?![sd]addr type\b)|\bxt match \w+")
_TABLE: Final = re.compile(r"^table (\w+) (\S+) \{")
_RULE: Final = re.compile(r"^\t\t(.*) # handle (\d+)$")


def with_extensions(listed: Json, text: str) -> Json:
    """Return what `nft -j list ruleset` printed, with what extensions ask as nft's own matches.

    Args:
        text: what `nft -a list ruleset` printed.
    """
    words = _rules_in_words(text)
    return {"nftables": [_tell_entry(entry, words) for entry in listed.get("nftables", ())]}


def _rules_in_words(text: str) -> dict[Where, str]:
    found: dict[Where, str] = {}
    family = table = ""
    for line in text.splitlines():
        if (head := _TABLE.match(line)) is not None:
            family, table = head.groups()
        elif (rule := _RULE.match(line)) is not None:
            found[family, table, int(rule[2])] = rule[1]
    return found


def _tell_entry(entry: Json, words: dict[Where, str]) -> Json:
    rule = entry.get("rule")
    if not rule:
        return entry
    said = words.get((rule["family"], rule["table"], rule.get("handle", 0)), "")
    parts = [told for part in rule["expr"] for told in _tell_part(part, said)]
    return {"rule": {**rule, "expr": parts}}


def _tell_part(part: Json, said: str) -> list[Json]:
    """Return a part of a rule, or what stands for it; `said`: the rule in words."""
    match part:
        case {"xt": {"type": "match", "name": str(name)}} if name in _WORDS:
            found = [_read_match(name, each) for each in _WORDS[name].finditer(said)]
            return found if found and not _UNTOLD.search(said) else [part]
        case _:
            return [part]


def _read_match(name: str, found: re.Match[str]) -> Json:
    key, right = found["key"], found["right"]
    left: Json
    match name:
        case "addrtype":
            left = {"fib": {"result": "type", "flags": [key]}}
        case "conntrack":
            left = {"ct": {"key": key}}
        case _:
            left = {"payload": {"protocol": found["protocol"], "field": key}}
    names = right.strip("{} ").split(",")
    items = [_read_item(each.strip()) for each in names]
    return {"match": {"op": "!=" if found["op"] else "==", "left": left, "right": {"set": items}}}


def _read_item(item: str) -> Json:
    """Return a word, a number, or a range of them."""
    low, _, high = item.partition("-")
    if low.isdigit() and high.isdigit():
        return {"range": [int(low), int(high)]}
    return int(item) if item.isdigit() else item
