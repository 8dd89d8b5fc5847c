"""Networks that are broken, one by one: a row each. A new one is a row here, and its damage."""

from __future__ import annotations

from typing import Final

from tests.lan.broken import damage
from tests.lan.broken.damage import OTHER_CODE, WRONG_CLOCK
from tests.lan.broken.network import RACER, Broken, Event, Meet, Said, Symptom


def unreached(why: str) -> Event:
    return Event({"event": "unreached", "why": why})


def alone_beside(why: str) -> Event:
    """It has a room of its own, or knows of theirs, whichever was there first."""
    return Event({"event": "joined"}, or_else={"event": "waiting", "why": why})


UNHEARD: Final = unreached("nobody heard")
SILENT: Final = unreached("silent")
OFF_LINK: Final = unreached("other network")

BOTH_MEET: Final = (Meet(), Meet())
JOINS: Final = ("--join",)
FRIEND: Final = r"^10\.77\.0\.1$"
NAMED: Final = ("--peer", "10.77.0.1")

BROKEN: Final = (
    Broken(
        "the network carries unicast alone",
        damage.eat_multicast,
        (UNHEARD, UNHEARD),
        Symptom(FRIEND, "'Demo' is open at 10.77.0.1:40000, and answers", damage.take_words),
        asks=NAMED,
    ),
    Broken(
        "the network carries unicast alone, and one has brought a bot",
        damage.eat_multicast,
        (UNHEARD, UNHEARD),
        Symptom(FRIEND, "'Demo' is open at 10.77.0.1:4000[01], and answers", damage.take_words),
        words=(("--count", "2"), ()),
        asks=NAMED,
    ),
    Broken(
        "an access point keeps its stations apart",
        damage.isolate,
        (UNHEARD, UNHEARD),
        Symptom(FRIEND, "keeps its stations apart", damage.have_a_third_join),
        asks=NAMED,
        boxes=3,
    ),
    Broken(
        "a firewall drops the game's datagrams",
        damage.wall_in(5353, 42472),
        (SILENT, SILENT),
        Symptom("firewall", "keeps out UDP 40000$", damage.run_commands),
    ),
    Broken(
        "a firewall drops all that comes in",
        damage.wall_in(),
        (SILENT, UNHEARD),
        Symptom("firewall", "keeps out UDP 5353, 42472, 40000", damage.run_commands),
    ),
    Broken(
        "a firewall lets in answers alone, and its host is joined",
        damage.wall_in_but_answers(1, opened=5353),
        BOTH_MEET,
        words=(JOINS, ()),
    ),
    Broken(
        "a firewall lets in answers alone, and its host is joined by way of the beacon",
        damage.wall_in_but_answers(1, opened=42472),
        BOTH_MEET,
        words=(JOINS, ()),
    ),
    Broken(
        "a firewall lets in answers alone to who joins",
        damage.wall_in_but_answers(1, opened=5353),
        BOTH_MEET,
        words=((), JOINS),
    ),
    Broken(
        "firewalls of host and guest let in answers alone",
        damage.wall_in_but_answers(0, 1, opened=5353),
        BOTH_MEET,
        words=(JOINS, ()),
    ),
    Broken(
        "a firewall drops the game's datagrams, answers too, and its host is joined",
        damage.wall_in(5353, 42472),
        (SILENT, SILENT),
        Symptom("firewall", "keeps out UDP 40000$", damage.run_commands),
        words=(JOINS, ()),
    ),
    Broken(
        "a firewall drops what goes out",
        damage.wall_out,
        (UNHEARD, SILENT),
        Symptom("firewall", "keeps in UDP 5353, 42472, 40000", damage.run_commands),
    ),
    Broken(
        "the wrong interface was chosen",
        damage.add_other_network,
        (OFF_LINK, unreached("left out")),
        Symptom(
            "a racer in 'Demo'$", "--interface leaves out", damage.start_without("--interface")
        ),
        words=((), ("--interface", "10.88.0.1")),
        asks=("--interface", "10.88.0.1"),
    ),
    Broken(
        "two subnets are on one wire",
        damage.use_other_subnet,
        (OFF_LINK, OFF_LINK),
        Symptom("a racer in 'Demo'$", "address of another network", damage.run_commands),
    ),
    Broken(
        "one has a wider netmask",
        damage.widen_netmask,
        (OFF_LINK, unreached("netmask")),
        Symptom("a racer in 'Demo'$", "netmask may be narrower", damage.take_one_netmask),
    ),
    Broken(
        "two machines have one address",
        damage.take_same_address,
        (UNHEARD, UNHEARD),
        Symptom(
            "^eth0", r"another machine \(02:77:00:00:00:00\) has 10.77.0.1", damage.run_commands
        ),
    ),
    Broken(
        "a third machine has the address of one",
        damage.share_address,
        (SILENT, unreached("refused")),
        Symptom(FRIEND, "two cards have this address", damage.move_the_first),
        boxes=3,
    ),
    Broken(
        "two cards are in one network, and all goes by the one that leads nowhere",
        damage.add_dead_card,
        (Event({"event": "unreached"}), Event({"event": "unreached"})),
        Symptom(r"^10\.77\.0\.0/24$", "leaves by aaa0 alone", damage.run_commands),
    ),
    Broken(
        "a VPN takes what is for the network",
        damage.take_all_into_a_tunnel,
        (SILENT, unreached("diverted")),
        Symptom("a racer in 'Demo'$", r"a VPN \(aaa0\) takes what", damage.run_commands),
    ),
    Broken("there is IPv6 alone", damage.lose_ipv4, BOTH_MEET, ipv6=True),
    Broken(
        "another program holds the port of multicast DNS",
        damage.hold_ports(1),
        (Meet(), Said("another program holds port 5353")),
        Symptom("^port 5353$", r"python.* \(process \d+\) holds it", damage.end_programs(1)),
    ),
    Broken(
        "another program holds both ports",
        damage.hold_ports(2),
        (Meet(), Said("42472")),
        Symptom("^finding others$", "neither way works here", damage.end_programs(1)),
    ),
    Broken(
        "no route leads to the network",
        damage.lose_route,
        (SILENT, OFF_LINK),
        Symptom("^eth0", "no route to anybody else", damage.run_commands),
    ),
    Broken(
        "no machine has a route to anybody",
        damage.lose_all_routes,
        (OFF_LINK, OFF_LINK),
        Symptom("^eth0", "no route to anybody else", damage.run_commands_on_both),
    ),
    Broken(
        "a program tells of races in words of its own",
        damage.babble,
        (Meet(), unreached("illegible")),
        Symptom(FRIEND, "what this racer cannot read", damage.end_programs(0)),
    ),
    Broken(
        "the cable is out",
        damage.unplug,
        (UNHEARD, unreached("no network")),
        Symptom("^network$", "no network is up", damage.plug_in),
    ),
    Broken(
        "no card has an address",
        damage.lose_addresses,
        (unreached("no network"), unreached("no network")),
        Symptom("^eth0$", "without any address", damage.run_commands_on_both),
    ),
    Broken(
        "no name server answers",
        damage.lose_name_server,
        (UNHEARD, Said("friend.lan:40000: no name server has answered yet")),
        Symptom("^friend.lan:40000$", "no such machine", damage.give_digits),
        words=((), ("--peer", "friend.lan:40000")),
        asks=("--peer", "friend.lan:40000"),
    ),
    Broken(
        "the card carries too little at once",
        damage.shrink_mtu,
        BOTH_MEET,
        Symptom("^eth0", "carries 1000 bytes at once", damage.run_commands),
    ),
    Broken(
        "a tunnel on the way loses what is large",
        damage.narrow_the_way,
        BOTH_MEET,
        Symptom(FRIEND, "is lost on its way to 10.77.0.1:40000", damage.leave_the_tunnel),
        asks=NAMED,
    ),
    Broken(
        "a firewall lets out what is small alone",
        damage.let_small_out,
        (unreached("greeting unanswered"), unreached("narrow")),
        Symptom(FRIEND, "is lost on its way to 10.77.0.1:40000", damage.take_rule_off),
        asks=NAMED,
    ),
    Broken(
        "a router answers for the other half",
        damage.route_by_proxy,
        (UNHEARD, UNHEARD),
        Symptom(FRIEND, "'Demo' is open at 10.77.0.1:40000, and answers", damage.take_words),
        asks=NAMED,
    ),
    Broken("most networks lead nowhere", damage.add_dead_networks, BOTH_MEET),
    Broken("a clock is years behind", damage.nothing, BOTH_MEET, code=(RACER, WRONG_CLOCK)),
    Broken(
        "one has another version",
        damage.nothing,
        (Event({"event": "incompatible"}), Event({"event": "incompatible"})),
        Symptom("a racer in 'Demo'", "runs protocol", damage.bring_to_one_version),
        code=(OTHER_CODE, RACER),
    ),
    Broken(
        "the profile cannot be written",
        damage.nothing,
        (Meet(), Said("remember")),
        Symptom("^disk$", "0 MiB left where", damage.use_another_profile),
        words=((), ("--profile", damage.NO_FOLDER)),
        asks=("--profile", damage.NO_FOLDER),
    ),
    Broken(
        "one has a passphrase",
        damage.nothing,
        (alone_beside("locked"), alone_beside("unlocked")),
        Symptom("^races named 'Demo'$", "passphrase", damage.give_both_the_word),
        words=((), damage.WORD),
    ),
    Broken(
        "an overlay has no multicast and an address for each alone",
        damage.lay_overlay,
        (UNHEARD, UNHEARD),
        Symptom(r"^100\.64\.0\.1$", "and answers", damage.take_words),
        asks=("--peer", "100.64.0.1"),
    ),
    Broken(
        "a line to one other machine",
        damage.dial_up,
        (UNHEARD, UNHEARD),
        Symptom(r"^10\.5\.0\.1$", "and answers", damage.take_words),
        asks=("--peer", "10.5.0.1"),
    ),
    Broken(
        "bridges, cards upon cards and many networks", damage.bridge_and_macvlan, BOTH_MEET, boxes=3
    ),
)
