"""A node at work: one thread, one socket, one loop. Performs what the pure machines decide.

Order within a turn: all that arrived, then what other threads posted, then the timers. A timer that
ran before the socket is empty would take what waits there for silence.

What arrives is handled at once, and there are 60 ticks a second; but in an idle lobby, where only
heartbeats go on, it waits for the next of 30 ticks, and in a flood for half a tick: most
of what a turn costs is waking up. The system notes when each datagram came, so that waiting
falsifies no round trip.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable, Sequence
from random import SystemRandom
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never, final

from net.cluster.causal.signing import is_authentic
from net.counters import Counts
from net.errors import InvariantError
from net.limits import MILLISECOND, SECOND, TICK_NS
from net.node.host import Host
from net.node.node import Node
from net.node.program import (
    Action,
    Command,
    Folding,
    KeptRoom,
    PeerState,
    Program,
    Report,
    SaveIncarnation,
    Stopped,
    ToDisk,
)
from net.runtime.activity import Activity
from net.runtime.clock import now_ns
from net.runtime.inbox import Inbox
from net.runtime.lateness import Lateness, LatenessMeter
from net.runtime.presence import Dial, Finding, Listed, OtherDoor, Presence
from net.runtime.reports import Reports
from net.runtime.service_options import Fields, TrafficFigures, Trouble
from net.security.primitives import SODIUM
from net.transport.actions import Transmit
from net.wire.codec import CODEC

if TYPE_CHECKING:
    from net.discovery.sightings import RaceNearby
    from net.runtime.endpoint import Endpoint

DRAIN_NS_MAX: Final = 50 * MILLISECOND  # longer, and timers run all the same: beats are due
GATHER_NS: Final = 8 * MILLISECOND  # a flood fills the system's buffer in ten times as long
INBOX_MAX: Final = 1024
_LIVING: Final = (PeerState.ALIVE, PeerState.SUSPECT)
_STOPS: Final = "this node stops so that it cannot spread; please report"
_FLOODED: Final = Trouble(
    "flood",
    "more first messages come than are heard, as if somebody floods this machine: who wants to join"
    " may have to wait",
)
CALM_TICK_NS: Final = 3 * TICK_NS  # of heartbeats alone: whoever is missed is so after as many

_Posted: TypeAlias = Command | Finding


@final
class Service:
    """Runs a program on a node in a room until it has left, or is stopped.

    `post`, `stop` and `stats` may be called from any thread; all else, the program and the
    callbacks included, runs in the thread that runs the loop.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        program: Program,
        on_report: Callable[[object], None],
        folding: Folding | None = None,
        advertise: Callable[[], Fields] | None = None,
    ) -> None:
        """Read the journal; nothing is sent before `run`, but what the endpoint has said.

        Args:
            endpoint: ours from now on, and closed with the service.
            program: what runs on the node.
            on_report: takes what the program reports, and `ServiceReport`s; must not block.
            folding: how the program is folded; None: it cannot be.
            advertise: `phase`, `players`, `track` of it are listed. Called about once a second in
                the loop's thread.

        Raises:
            ProfileError: the journal is damaged.
        """
        self._endpoint = endpoint
        self._program = program
        self._folding = folding
        self._advertise = advertise
        self._journal = endpoint.journal
        self._kept = self._read_journal()
        self._host: Host | None = None
        self._reports = Reports(on_report)
        self._ended = False
        self._chores_ns = 0
        self._late = LatenessMeter()
        self._activity = Activity(now_ns(), time.thread_time_ns())
        self._presence: Presence | None = None
        self._socket = endpoint.socket
        self._inbox: Inbox[_Posted] = Inbox(INBOX_MAX)
        self._journal.listen(self._inbox.wake)

    # --- from any thread ----------------------------------------------------------------------

    @property
    def port(self) -> int:
        """The UDP port that we listen on."""
        return self._socket.port

    def post(self, command: Command) -> None:
        """Have the node perform a command, soon."""
        self._inbox.put(command)

    def stop(self) -> None:
        """End the loop as a crash would, without a farewell; to leave, post `Leave()`."""
        self._ended = True
        self._inbox.wake()

    def cut_off(self, cut_ns: int) -> None:
        """Let nothing pass the socket for so long: to see what becomes of it."""
        self._socket.cut_off(cut_ns)

    def stats(self) -> TrafficFigures:
        """Return what passed the socket so far."""
        udp = self._socket
        return TrafficFigures(udp.tx_bytes, udp.tx_datagrams, udp.rx_bytes, udp.rx_datagrams)

    def counters(self) -> Counts:
        """Return what the node and its shell did and dropped so far, by reason.

        In the loop's thread only, or when it has ended.
        """
        shell = Counts.of(
            self._socket.counters,
            self._inbox.counters,
            self._journal.counters,
        )
        if self._presence is not None:
            shell |= self._presence.counters
        return shell if self._host is None else self._host.node.counters() | shell

    def races(self) -> tuple[RaceNearby, ...]:
        """Return the races that were seen nearby, ours too."""
        return () if self._presence is None else self._presence.races()

    def lateness(self) -> Lateness:
        """Return how late ticks ran since this was called last. In the loop's thread only."""
        return self._late.take()

    # --- the loop -----------------------------------------------------------------------------

    def run(self) -> None:
        """Take part until the node has left or is stopped. Once only.

        Whatever the program or a machine raises ends it: that is a defect.

        Raises:
            InvariantError: the node found its own state broken. It has told so as `Trouble`, has
                sent nothing since, and says no farewell; peers will miss it.
        """
        try:
            endpoint = self._endpoint
            self._journal.enter(endpoint.room.name)
            host = self._host = self._make_host()
            # First the hello to those whom the journal knows, then what is slow to begin: who was
            # killed in a race is back in it while multicast DNS is still being imported.
            self._perform_actions(host.start(endpoint.met, self._kept, now_ns()))
            self._kept = KeptRoom()
            node = host.node
            self._presence = Presence(
                endpoint.alias,
                endpoint.room,
                self.port,
                endpoint.options,
                self._shown,
                node.versions,
                self._inbox.put,
            )
            self._run_loop(host, self._presence)
        except InvariantError as fault:
            self._reports.tell_trouble(Trouble("node", f"internal fault: {fault}; {_STOPS}"))
            raise
        finally:
            self._close()

    def _read_journal(self) -> KeptRoom:
        """Return what our journal kept of the room, if all of its words are signed as they stand.

        Peers take no other words, and put those that bring them down for it. Nor does what its
        author has said since count anywhere, as it follows them.
        """
        kept, context = self._journal.kept(), self._endpoint.transport.room_tag
        unsigned = sum(not is_authentic(x, context, SODIUM.verify) for x in kept.operations)
        if not unsigned:
            return kept
        self._journal.put_aside(
            f"{unsigned} of {len(kept.operations)} words are not as their authors signed them, for"
            " they are of another version, or damaged"
        )
        return KeptRoom()

    def _make_host(self) -> Host:
        endpoint = self._endpoint
        node = Node(
            endpoint.profile.identity,
            endpoint.profile.incarnation,
            endpoint.transport,
            SODIUM,
            SystemRandom(),
            now_ns(),
            endpoint.options.entry,
            CODEC,
            self._folding,
        )
        return Host(node, self._program)

    def _shown(self) -> Fields | None:
        """Who may found a room is found by others who may; who may not is a guest until then."""
        host = self._host
        if self._endpoint.options.entry.may_found or (host is not None and host.node.synced):
            return {} if self._advertise is None else self._advertise()
        return None

    def _run_loop(self, host: Host, presence: Presence) -> None:
        with selectors.DefaultSelector() as alert, selectors.DefaultSelector() as calm:
            alert.register(self._socket, selectors.EVENT_READ)
            for inbox in (self._inbox, presence.findings):
                alert.register(inbox, selectors.EVENT_READ)
                calm.register(inbox, selectors.EVENT_READ)
            due_ns = now_ns()
            while not self._ended:
                is_calm = self._activity.is_calm(host.events, host.idle)
                wait_ns = max(0, due_ns - now_ns())
                if self._activity.is_flood:
                    calm.select(min(wait_ns, GATHER_NS) / SECOND)
                else:
                    (calm if is_calm else alert).select(wait_ns / SECOND)
                woke_ns = now_ns()
                self._late.delay.on_wake(due_ns, woke_ns)
                is_empty = self._drain_socket(host, is_due=woke_ns >= due_ns)
                backlog = self._activity.backlog
                unread = backlog.on_turn(now_ns(), time.thread_time_ns(), is_empty=is_empty)
                self._apply_posted(host, presence)
                self._greet_listed(host, presence)
                self._tell_of_disk(host)
                now = now_ns()
                self._activity.on_turn(now, self._socket.rx_datagrams)
                if now >= due_ns:
                    self._late.on_tick(due_ns, now)
                    delay_ns = self._late.delay.take()
                    self._perform_actions(host.on_tick(now, delay_ns, unread=unread))
                    self._run_chores(now)
                    due_ns = next_tick_ns(due_ns, now, CALM_TICK_NS if is_calm else host.tick_ns)
                self._late.delay.on_rest(now_ns())

    def _drain_socket(self, host: Host, *, is_due: bool) -> bool:
        """Handle all that arrived; each datagram with the time at which it came.

        Args:
            is_due: a tick follows, before which nothing is left unread that so soon can be read.

        Returns:
            Whether nothing is left.
        """
        for address in self._socket.refusals():
            self._perform_actions(host.on_refused(address, now_ns()))
        began_ns = now_ns()
        for data, address, waited_ns in self._socket.receive(every_lane=is_due):
            now = now_ns()
            came_ns = self._activity.on_arrival(waited_ns, now)
            actions = host.on_datagram(data, address, came_ns)
            if actions:
                self._activity.on_answer()
                self._perform_actions(actions)
            if self._ended or now - began_ns > DRAIN_NS_MAX:
                return False
        return True

    def _apply_posted(self, host: Host, presence: Presence) -> None:
        for posted in self._inbox.take():
            match posted:
                case Dial(address=address):
                    self._perform_actions(host.on_named(address, now_ns()))
                    presence.on_dialled(address, is_reached=host.node.reaches_at(address))
                case Trouble():
                    self._reports.tell_trouble(posted)
                case _:
                    self._perform_actions(host.run([posted], now_ns()))

    def _greet_listed(self, host: Host, presence: Presence) -> None:
        for found in presence.findings.take():
            match found:
                case Listed(node=node, addresses=at, greeting_size=size, is_guest=guest):
                    self._perform_actions(host.on_advert(node, at, size, now_ns(), guest=guest))
                    presence.on_listed(found, is_reached=host.node.reaches(node))
                case OtherDoor(node=node, address=address, locked=locked):
                    host.node.on_other_door(node, address, locked, now_ns())

    def _tell_of_disk(self, host: Host) -> None:
        """Tell the node how its disk is, and how much of what it gave is there."""
        state, written = self._journal.take_news()
        if written is not None:
            self._perform_actions(host.on_kept(written, now_ns()))
        if state is not None:
            self._perform_actions(host.on_storage(state, now_ns()))
            self._tell_trouble()

    def _perform_actions(self, actions: Sequence[Action]) -> None:
        for action in actions:
            match action:
                case Transmit(address=address, data=data, queue=queue):
                    self._socket.send(data, address, queue)
                case ToDisk():
                    self._journal.save(action)
                case SaveIncarnation(incarnation=incarnation):
                    self._endpoint.profile.save_incarnation(incarnation)
                case Report(what=what):
                    self._reports.tell(what)
                case Stopped():
                    self._journal.leave()
                    self._ended = True
                case _:
                    assert_never(action)

    # --- now and then -------------------------------------------------------------------------

    def _run_chores(self, now: int) -> None:
        if now - self._chores_ns < SECOND:
            return
        self._chores_ns = now
        self._endpoint.profile.retry()
        self._tell_trouble()
        if self._socket.begins_to_be_flooded():
            self._reports.tell_trouble(_FLOODED)
        if self._presence is not None and self._host is not None:
            node = self._host.node
            self._presence.on_second(node.versions, node.lineage, now)
            if node.has_company:
                self._presence.on_company(self._hosts_of_company(node, now), now)
            self._presence.on_apart(node.apart())
            self._presence.review(lambda whom, at: node.rapport_with(whom, at, now), node.versions)
            unreached = self._presence.unreached(now)
            if unreached is not None:
                self._reports.tell(unreached)

    def _hosts_of_company(self, node: Node, now: int) -> list[str]:
        """Return where those are whom we talk to; "" for whom that is not known."""
        met = (peer.node for peer in node.readout(now).peers)
        living = [node_id for node_id in met if node.state_of(node_id) in _LIVING]
        found = map(self._endpoint.transport.address_of, living)
        return ["" if address is None else address[0] for address in found]

    def _tell_trouble(self) -> None:
        for kind, text in self._journal.left_out.items():
            self._reports.tell_trouble(Trouble("journal", text, f"left out {kind}"))
        self._reports.tell_disk(self._endpoint.profile.disk_trouble, now_ns())

    def _close(self) -> None:
        self._inbox.close()
        if self._presence is not None:
            self._presence.close()
        self._endpoint.close()


def next_tick_ns(due_ns: int, now_ns: int, apart_ns: int) -> int:
    """Return when to tick next: on an absolute schedule, begun anew after a gap, never a burst."""
    return max(due_ns + apart_ns, now_ns) if now_ns - due_ns < apart_ns else now_ns + apart_ns
