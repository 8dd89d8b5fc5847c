"""Mutants of how machines find each other, and of what is told where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.discovery.instances import Instances
from net.node.node import Node
from net.runtime import routing_table
from net.runtime.beacon import BroadcastBeacon
from net.runtime.mdns import MulticastDns
from net.runtime.mdns_news import GuestPace
from net.runtime.presence import Listed, Presence
from net.runtime.reaching import unreached
from net.runtime.reaching.solitude import Solitude
from net.runtime.reaching.unreached import Inquiry, Suspect
from net.sim.mutants import Edit, Mutant
from net.transport import initiator
from racer.app.doctor.other_doctors import OtherDoctors
from racer.app.doctor.port_trials import OthersPorts, OwnPorts

_greeting_size = vars(Listed)["greeting_size"].fget
_asking_size = vars(Listed)["asking_size"].fget

FINDING: Final[Mapping[str, Mutant]] = {
    "own-bots-are-company": Mutant(
        "who has bots of its own is not told that nobody else is there",
        edits=(Edit(Solitude.on_company, "_without_scope(host) not in self._own_hosts", "True"),),
    ),
    "netmask-is-a-firewall": Mutant(
        "who takes us to be far by its netmask is said to have a firewall",
        edits=(Edit(unreached.judge, " and _is_near_by_width(at[0])", " and False"),),
    ),
    "vpn-is-a-firewall": Mutant(
        "who does not get what a VPN of ours takes is said to have a firewall",
        edits=(Edit(unreached.judge, "is_diverted(at[0])", "False"),),
    ),
    "own-machine-has-a-firewall": Mutant(
        "a racer on this very machine that does not answer is said to have a firewall",
        edits=(Edit(unreached.judge, 'is_this_machine(at[0].partition("%")[0])', "False"),),
    ),
    "silent-who-answers": Mutant(
        "who answers a question and never ends a handshake is told of to nobody",
        edits=(Edit(Suspect.why_unended, "_UNENDED.get(self.rapport)", "None"),),
    ),
    "narrow-untold": Mutant(
        "nobody is told that only what is small comes through",
        edits=(
            Edit(Suspect.why_unended, "WhyUnreached.NARROW if self.is_narrow else None", "None"),
        ),
    ),
    "large-unpaid": Mutant(
        "what an advert has not paid for is sent to whom it names",
        edits=(
            Edit(
                Suspect.is_large_due,
                "self.paid >= LARGE_TRIES * self.large_bytes",
                "True",
            ),
        ),
    ),
    "explained-twice": Mutant(
        "who has another passphrase or version is told of as if its network were broken",
        edits=(
            Edit(
                Suspect.why_unended,
                "not self.answering or self.rapport is Rapport.EXPLAINED",
                "not self.answering",
            ),
        ),
    ),
    "other-versions-are-a-fault": Mutant(
        "who answers in versions that we do not speak is said to greet nobody",
        edits=(Edit(Inquiry.review, "suspect.speaks_otherwise(ours)", "False"),),
    ),
    "cookie-in-vain": Mutant(
        "a doctor whose ports nobody will try takes its own firewall for shut",
        edits=(Edit(OtherDoctors._offer_tries, "self._may_try(host)", "True"),),
    ),
    "gone-is-walled": Mutant(
        "a machine that was heard until now is said to have a firewall",
        edits=(
            Edit(Inquiry._judge_now, "WhyUnreached.GONE if has_gone else found.why", "found.why"),
        ),
    ),
    "walled-is-gone": Mutant(
        "a machine that still tells of itself is said to have gone",
        edits=(Edit(Inquiry._judge_now, " and not self._tells_of_itself(suspect)", ""),),
    ),
    "reached-is-told": Mutant(
        "who is reached by now is told of until its next advert",
        edits=(Edit(Inquiry.review, "suspect.rapport is Rapport.REACHED", "False"),),
    ),
    "hello-lost-untold": Mutant(
        "no call tells that its greeting has gone and nothing has come",
        edits=(
            Edit(
                initiator._tell_unconfirmed,
                "why = UnconfirmedReason.UNANSWERED",
                "return []",
            ),
        ),
    ),
    "routed-is-near": Mutant(
        "a network behind a router, or to which no way leads, is taken for one of ours",
        edits=(
            Edit(
                routing_table.decode_routes,
                "what != _UNICAST or flags & _DEAD or not is_straight or ",
                "",
            ),
        ),
    ),
    "internet-is-near": Mutant(
        "all that a tunnel leads to is taken for a network of ours",
        edits=(Edit(routing_table._is_near, " and not outside", ""),),
    ),
    "trial-aimed": Mutant(
        "a doctor sends to a machine in whose name another one asks",
        edits=(Edit(OthersPorts.on_datagram, "said.token == self.cookie(host) and ", ""),),
    ),
    "trials-unbounded": Mutant(
        "a doctor sends to a machine as often as that asks",
        edits=(Edit(OthersPorts.on_datagram, "sent >= TRIALS_MAX or ", ""),),
    ),
    "trial-of-services": Mutant(
        "a doctor sends to services of a machine's system",
        edits=(Edit(OthersPorts.on_datagram, " and said.port >= LEAST_PORT", ""),),
    ),
    "trial-unproved": Mutant(
        "what anybody sends to a port passes for the try that was asked for",
        edits=(Edit(OwnPorts.on_datagram, " and said.token == trier.cookie", ""),),
    ),
    "trial-of-who-has-gone": Mutant(
        "a firewall is blamed for what nobody stayed to send",
        edits=(Edit(OwnPorts.tried, "trier.heard_ns - trier.since_ns >= STAYED_NS", "True"),),
    ),
    "joiner-unseen": Mutant(
        "who joins and opens no race tells nobody that it is there",
        edits=(
            Edit(
                Presence._make_announcement,
                'return GuestAnnouncement(f"{self._instance}-guest", guest)',
                "return None",
            ),
        ),
    ),
    "guest-of-any-room": Mutant(
        "a guest of another room is taken",
        edits=(Edit(BroadcastBeacon._on_guest, " and self._told.advert.tag == guest.tag", ""),),
    ),
    "guest-in-any-room": Mutant(
        "and greeted as one of ours",
        edits=(Edit(Presence._on_guest, "guest.tag != self._room.tag or ", ""),),
    ),
    "guest-from-anywhere": Mutant(
        "a guest has itself greeted on another network",
        edits=(
            Edit(
                BroadcastBeacon._split_near,
                "(at,) if at[0] in self._named else greetable([at], self._interfaces, own_port)",
                "(at,)",
            ),
        ),
    ),
    "guest-answer-unpaid": Mutant(
        "what was sent to a guest as an answer pays for its greeting too",
        edits=(Edit(BroadcastBeacon._on_datagram, "len(data) - spent", "len(data)"),),
    ),
    "advert-pays-twice": Mutant(
        "a byte of an advert pays for a greeting, and for asking why nobody answers",
        edits=(
            Edit(_greeting_size, "self.size // 2", "self.size"),
            Edit(_asking_size, "self.size - self.greeting_size", "self.size"),
        ),
    ),
    "guests-of-one-host": Mutant(
        "one machine tells of as many guests as are taken of all",
        edits=(Edit(GuestPace.take, "count < GUESTS_PER_HOST and ", ""),),
    ),
    "guests-without-pace": Mutant(
        "many machines tell of any number of guests",
        edits=(Edit(GuestPace.take, " and sum(self._taken.values()) < GUESTS_PER_S", ""),),
    ),
    "services-without-bound": Mutant(
        "made-up instances of a service are remembered without bound",
        edits=(Edit(Instances.on_seen, " and len(self._misses) >= self._most", " and False"),),
    ),
    "guest-is-listed": Mutant(
        "a guest is taken for somebody who has the room, so that nobody opens it",
        edits=(Edit(Node.on_advert, "if not guest:", "if True:"),),
    ),
    "named-is-itself": Mutant(
        "who names its own address greets itself, and reads of a network that loses what is large",
        edits=(Edit(Presence._on_found, "port == self._port and is_this_machine(host)", "False"),),
    ),
    "guest-is-illegible": Mutant(
        "a guest that cannot be read is told as a race that cannot be read",
        edits=(Edit(MulticastDns._look_up, "if kind is self._adverts:", "if True:"),),
    ),
}
