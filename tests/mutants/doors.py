"""Doors without a bolt: what keeps strangers from costing, guessing, or shutting out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from net.node.lineage.approach import Approach
from net.node.lineage.joining import Joining
from net.node.liveness import Liveness
from net.node.node import Node
from net.node.outgoing.relaying import Relaying
from net.node.version_news import VersionNews
from net.runtime.activity import Backlog
from net.security.cpace import Exchange
from net.security.identity import alias_of
from net.security.room_secret import _prepare_passphrase
from net.sim.mutants import Edit, Mutant
from net.transport.admission import Admission, Tries, _Excess
from net.transport.calls import Allowance, Attempt, Call, may_transmit
from net.transport.initiator import Initiator, _tell_unconfirmed
from net.transport.paths import Paths
from net.transport.rekeying import Rekeying, Renewal
from net.transport.responder import Responder
from net.transport.sessions import RemoteNode, SealedSession, SealedSessions, hear
from net.transport.transport import Transport
from net.transport.twins import Twins

if TYPE_CHECKING:
    from collections.abc import Mapping

DOORS: Final[Mapping[str, Mutant]] = {
    "surplus-untold": Mutant(
        "who is turned away from a full room is told, and nobody in it",
        edits=(
            Edit(
                SealedSessions.put_off_surplus,
                "return PutOff.at(node, name, route, PutOffReason.FULL)",
                "return []",
            ),
        ),
    ),
    "surplus-peer-untold": Mutant(
        "nor of a life for which the table of peers has no row",
        edits=(Edit(Liveness.admit_peer, "for each in full for told", "for each in () for told"),),
    ),
    "rush-untold": Mutant(
        "who is not heard in a flood is not told of",
        edits=(
            Edit(
                Responder.on_hello,
                'return [PutOff(None, "", route, PutOffReason.BUSY)]',
                "return []",
            ),
        ),
    ),
    "rush-told-at-once": Mutant(
        "each short rush is told",
        edits=(Edit(_Excess.is_to_tell, "now_ns - self._since_ns < BUSY_NS or ", ""),),
    ),
    "each-drop-told": Mutant(
        "a flood has a person told of each first message",
        edits=(Edit(_Excess.is_to_tell, " or now_ns - self._told_ns < SECOND", ""),),
    ),
    "each-of-a-crowd-told": Mutant(
        "and of each machine in it",
        edits=(
            Edit(
                VersionNews.on_put_off,
                '"a crowd" if found.why is PutOffReason.BUSY else found.address[0]',
                "found.address[0]",
            ),
        ),
    ),
    "cookie-is-silence": Mutant(
        "whoever asked for a cookie and does not hear us is taken for silent",
        edits=(Edit(_tell_unconfirmed, "attempt.cookie != NO_COOKIE", "False"),),
    ),
    "withheld-is-silence": Mutant(
        "whom we may try no passphrase at is taken for silent",
        edits=(Edit(Initiator._answer_reply, "attempt.withheld = True", "pass"),),
    ),
    "shut-door-tried-again": Mutant(
        "a repeated answer has a passphrase tried again where it was refused",
        edits=(
            Edit(
                Initiator.on_denial,
                "call.denied = True",
                "call.denied = True; call.attempt.answered.clear()",
            ),
        ),
    ),
    "answer-sealed-twice": Mutant(
        "one answer gets two third messages, by one key under one nonce",
        edits=(Edit(Initiator._answer_reply, "attempt.answered.add(reply.noise)", "pass"),),
    ),
    "cookies-hasten": Mutant(
        "each cookie, forged or not, has a greeting said again",
        edits=(Edit(Initiator.on_cookie, "if is_first:", "if True:"),),
    ),
    "finishes-unbounded": Mutant(
        "third messages that lead to nothing are worked out without end",
        edits=(Edit(Responder.on_finish, "half.read >= FINISHES_READ_MAX", "False"),),
    ),
    "rekey-of-a-past-life": Mutant(
        "who leads another life asks for new keys in the one before, and is not answered",
        edits=(Edit(Renewal.is_of_the_past, " or self.message.incarnation != life", ""),),
    ),
    "word-as-typed": Mutant(
        "one passphrase is two, as two keyboards write it",
        edits=(
            Edit(
                _prepare_passphrase,
                'normalize("NFC", passphrase.translate(_SPACES))',
                "passphrase",
            ),
        ),
    ),
    "crowd-untold": Mutant(
        "that more are advertised than are called is not told",
        edits=(Edit(Initiator.dial, "self._calls.is_full(origin)", "False"),),
    ),
    "crowd-of-one-host": Mutant(
        "many on one machine are told as more than are called",
        edits=(Edit(Initiator.dial, "self._calls.is_full(origin) and", ""),),
    ),
    "last-who-turned-away": Mutant(
        "of many who turn us away each is told",
        edits=(
            Edit(Approach.on_turned_away, "before is not None and before.reason is why", "False"),
        ),
    ),
    "crowd-for-ever": Mutant(
        "a crowd explains silence for ever",
        edits=(
            Edit(
                Approach.unanswered_why,
                "now_ns - self._crowded_ns < LISTED_NS",
                "self._crowded_ns > 0",
            ),
        ),
    ),
    "kinds-crowd-out": Mutant(
        "what strangers make up crowds out what somebody has proved",
        edits=(
            Edit(VersionNews._may_tell, "sum(other == kind for other, _ in told)", "len(told)"),
        ),
    ),
    "relay-waited-out": Mutant(
        "on a full network a dead relay is waited for as long as a straight route",
        edits=(Edit(Paths.set_pace, "silent_ns + rarer_ns", "silent_ns + self._rarer_ns"),),
    ),
    "hints-unpaid": Mutant(
        "greetings go to whom adverts name, however little came",
        edits=(
            Edit(Allowance.spend_answered, "size > self._bytes", "False"),
            Edit(Allowance.spend, " or size > self._bytes", ""),
        ),
    ),
    "called-in-no-order": Mutant(
        "each advert has the same addresses called first, and no other",
        edits=(Edit(Initiator.dial, "self._calls.has_turns", "False"),),
    ),
    "turns-lapse": Mutant(
        "whom an advert could not pay a greeting is forgotten until the next",
        edits=(Edit(Call.is_over, "_TURN_NS if awaits_pay else 0", "0"),),
    ),
    "finish-unpaid": Mutant(
        "what a Finish waits for is spent on whoever has not answered",
        edits=(Edit(Allowance.spend, "now_ns < self._held_ns or ", ""),),
    ),
    "hellos-unpaid": Mutant(
        "who answers for ever keeps others from being called",
        edits=(Edit(Allowance.spend_answered, "not self._is_hellos_turn", "True"),),
    ),
    "answers-end-the-guess": Mutant(
        "an answer that proves nothing has greetings go unpaid to whom adverts name",
        edits=(Edit(may_transmit, "not call.is_guess", "not call.is_guess or call.answered"),),
    ),
    "answers-end-the-pace": Mutant(
        "and those at no pace to whom members name",
        edits=(
            Edit(
                may_transmit,
                "call.origin is Origin.MEMBER",
                "call.origin is Origin.MEMBER and not call.answered",
            ),
        ),
    ),
    "answers-unpaid": Mutant(
        "an answer pays nothing: who is there waits for the next advert",
        edits=(Edit(Initiator._note_answer, "call.is_guess", "False"),),
    ),
    "first-answer-counts": Mutant(
        "the first answer to a first message is the only one",
        edits=(
            Edit(
                Attempt.make_room,
                "return len(self.candidates) < CANDIDATES_MAX",
                "return not self.candidates",
            ),
        ),
    ),
    "known-among-forgers": Mutant(
        "who answered first keeps its place before whose key was in the room",
        edits=(Edit(Attempt.make_room, "if known:", "if False:"),),
    ),
    "seeking-unpaid": Mutant(
        "a silent peer is sought wherever anybody says that it is, however little it said itself",
        edits=(Edit(RemoteNode.earn, "min(self.earned + size, SEARCH_BYTES_MAX)", "2**32"),),
    ),
    "lives-without-end": Mutant(
        "a member tells of ever newer lives, and each is told and written",
        edits=(Edit(RemoteNode.may_live_anew, "due_ns > now_ns", "False"),),
    ),
    "downgraded": Mutant(
        "two shake hands in an older version, since somebody on the way said so",
        edits=(Edit(Initiator.on_sealed, "common > call.version", "False"),),
    ),
    "anybodys-alias": Mutant(
        "a veil alone makes an alias, so whoever knows it can take it",
        edits=(Edit(alias_of, "blake2b(veil + node", "blake2b(veil"),),
    ),
    "anybody-in-its-place": Mutant(
        "whoever of the room answers counts, whomever was called",
        edits=(
            Edit(
                Initiator.on_sealed,
                "if call.expected not in names and not call.stalled:",
                "if False:",
            ),
        ),
    ),
    "rekeys-without-pause": Mutant(
        "a member gets new keys as often as it asks",
        edits=(Edit(Rekeying.on_rekey, "now_ns - session.rekeyed_ns < _APART_NS", "False"),),
    ),
    "blind-answered": Mutant(
        "who does not know the race's name is answered",
        edits=(
            Edit(
                Responder.on_hello,
                "opening = hello.open_body(self._keys.room.hello_key)",
                "opening = Opening(hello.body[:48], bytes(32), bytes(16))",
            ),
        ),
    ),
    "sockets-count-apart": Mutant(
        "a host has its rate for each of its sockets",
        edits=(Edit(Admission.judge, 'f"host {address[0]}"', 'f"host {address}"'),),
    ),
    "neighbours-take-all": Mutant(
        "two machines beside a newcomer use up what all of its network may have",
        edits=(
            Edit(
                Admission.judge,
                "self._admitted[host] >= HANDSHAKE_PER_NETWORK_RATE - self._admitted[network]",
                "self._admitted[network] >= HANDSHAKE_PER_NETWORK_RATE",
            ),
        ),
    ),
    "no-share-for-newcomers": Mutant(
        "who was never here competes with who was",
        edits=(Edit(Admission.judge, "if not is_new:", "if True:"),),
    ),
    "tries-for-ever": Mutant(
        "wrong passphrases are heard out without end",
        edits=(Edit(Tries.may_try, "if heard < TRIES_MAX:", "if True:"),),
    ),
    "tries-of-others": Mutant(
        "what other members hear out does not count",
        edits=(
            Edit(Tries.may_try, "heard = len(self._tried) + len(told)", "heard = len(self._tried)"),
        ),
    ),
    "tries-of-hosts-apart": Mutant(
        "hosts that tried once are counted at each door for itself",
        edits=(
            Edit(
                Tries.may_try,
                "not known and heard < TRIES_OF_HOSTS_MAX",
                "not known and len(self._tried) < TRIES_OF_HOSTS_MAX",
            ),
        ),
    ),
    "slips-counted": Mutant(
        "a slip at all doors shuts all of them",
        edits=(Edit(Tries._count_told, "if seen[member] > TRIES_MISTYPED:", "if True:"),),
    ),
    "share-unbound": Mutant(
        "the secret of an exchange holds no shares",
        edits=(Edit(Exchange._derive_secret, "*first, *second", ""),),
    ),
    "door-ignored": Mutant(
        "a second room of a name is founded beside one that is shut",
        edits=(Edit(Joining.should_found, " or approach.door(now_ns)", ""),),
    ),
    "denial-unsaid": Mutant(
        "who has another passphrase is told nothing",
        edits=(Edit(Responder._deny_word, "return [told, ", "return ["),),
    ),
    "relay-in-any-name": Mutant(
        "a member passes on what a peer says in the name of another",
        edits=(Edit(Relaying.on_relayed, " or (hops == 0) != (source == by)", ""),),
    ),
    "relay-in-circles": Mutant(
        "what was passed on to a member goes back to whom it came from",
        edits=(Edit(Relaying.on_relayed, "hop in {by, source}", "False"),),
    ),
    "relay-for-ever": Mutant(
        "any number of members pass a datagram on",
        edits=(Edit(Relaying.on_relayed, " or hops >= RELAY_HOPS_MAX", ""),),
    ),
    "relay-without-bound": Mutant(
        "a peer has a member pass on as much as it likes",
        edits=(
            Edit(
                Relaying.on_relayed,
                "if not self._quota.may_take(",
                "if False and not self._quota.may_take(",
            ),
        ),
    ),
    "asked-for-a-way-at-once": Mutant(
        "whoever has ended a probe asks again at once, and so does the other, for ever",
        edits=(
            Edit(
                Paths.on_newest,
                "now_ns - remote.probed_ns < apart_ns",
                "remote.probe is not None and now_ns - remote.probed_ns < apart_ns",
            ),
        ),
    ),
    "asked-for-a-way-alike": Mutant(
        "both ask in step, and each ends what the other has asked",
        edits=(Edit(Paths.on_newest, "self._me < remote.node", "self._me is not None"),),
    ),
    "detour-for-good": Mutant(
        "who is reached by way of a member is never sought straight again",
        edits=(Edit(Paths.seek, "self._seek_straight(session, now_ns)", "[]"),),
    ),
    "challenge-is-a-frame": Mutant(
        "a link that is deaf one way counts while challenges come by it",
        edits=(Edit(Transport._receive_sealed, " and data[0] == _FRAME", ""),),
    ),
    "twin-is-a-new-life": Mutant(
        "whoever comes with a peer's identity takes its place",
        edits=(
            Edit(
                Twins.judge,
                'remote is None or remote.alias in {b"", alias} or not remote.lives(now_ns)',
                "True",
            ),
        ),
    ),
    "dead-are-twins": Mutant(
        "who has died is kept from coming back by its own memory",
        edits=(Edit(Twins.judge, " or not remote.lives(now_ns)", ""),),
    ),
    "one-token-for-all": Mutant(
        "an answer from one address counts by another",
        edits=(
            Edit(
                Paths.seek,
                "{each: known.get(each) or self._draw_token() for each in others}",
                "dict.fromkeys(others, self._draw_token())",
            ),
        ),
    ),
    "keys-of-before-the-sleep": Mutant(
        "keys are used beyond their time until a tick drops them",
        edits=(Edit(SealedSession.is_spent, "now_ns - self.born_ns >= REJECT_NS", "False"),),
    ),
    "deaf-pair-for-good": Mutant(
        "two of whom each has keys that the other threw away stay deaf to each other",
        edits=(Edit(SealedSession.is_one_sided, "not is_heard", "False"),),
    ),
    "silent-is-called": Mutant(
        "who has shown that it holds our keys is called again for as long as it is there",
        edits=(Edit(SealedSession.is_one_sided, "not is_heard and ", ""),),
    ),
    "newest-keys-for-good": Mutant(
        "the newest keys are sent on though who has them speaks on others alone",
        edits=(Edit(RemoteNode.choose_session, "self.current = heard", "pass"),),
    ),
    "unread-is-silent": Mutant(
        "who has not read all that came calls those down whom it has not read",
        edits=(Edit(Node.on_tick, " or unread", ""),),
    ),
    "stop-ends-reading": Mutant(
        "what gathered in a stop of seconds is judged by a part, as in a flood",
        edits=(Edit(Backlog.on_turn, "stood_ns // READING_SHARE", "0"),),
    ),
    "flood-holds-up": Mutant(
        "after a long sleep a flood holds verdicts up for hours",
        edits=(
            Edit(
                Backlog.on_turn,
                "min(max(READING_NS, stood_ns // READING_SHARE), READING_NS_MAX)",
                "max(READING_NS, stood_ns // READING_SHARE)",
            ),
        ),
    ),
    "late-one-turns-back": Mutant(
        "one late datagram has keys sent on that the other has thrown away",
        edits=(
            Edit(
                hear,
                "current is not None and current.state is SessionState.UNCONFIRMED",
                "session is not current",
            ),
        ),
    ),
    "settled-by-place": Mutant(
        "who is heard from elsewhere ends a call to who is now where it was",
        edits=(
            Edit(
                Transport._receive_sealed,
                "remote.route if route == remote.route else None",
                "remote.route",
            ),
        ),
    ),
    "first-call-gives-way": Mutant(
        "of several calls that end at once the first, on whose keys is spoken, gives way",
        edits=(Edit(SealedSession.is_awaited, "self.state is SessionState.UNCONFIRMED", "False"),),
    ),
    "unproved-newest": Mutant(
        "who goes on in a newer life is answered on keys that it gave up",
        edits=(Edit(SealedSession.rank, "self.state is SessionState.CONFIRMED", "True"),),
    ),
    "called-though-heard": Mutant(
        "who is heard again after a cut is called all the same",
        edits=(Edit(hear, "is_new or is_back", "is_new"),),
    ),
    "unproved-keys": Mutant(
        "keys are sent on that the other has not shown to hold",
        edits=(Edit(RemoteNode._is_proved, "session.state is SessionState.CONFIRMED", "True"),),
    ),
}
