"""What the vectors of each layer hold: inputs, and the bytes that come of them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias, get_args

import msgspec

from net.cluster.causal.signing import Signing, digest_of, signed_bytes
from net.cluster.log import chain_hash
from net.discovery.advert import Advert, encode_advert
from net.discovery.beacon import encode_asked, encode_heard, encode_left
from net.discovery.guest import Guest, encode_guest
from net.ids import Dot, Member
from net.limits import MILLISECOND
from net.security.identity import Identity, alias_of
from net.security.noise import IK_PSK2, HandshakeState
from net.security.primitives import SODIUM
from net.security.room_secret import RoomSecret
from net.security.seal import Seal
from net.security.signet import Signet
from net.transport.control import Rekey, Rekeyed, encode_control
from net.transport.datagram import DatagramKind
from net.wire.codec import encode_message, encode_what, join_frame
from net.wire.decrees import Decree, DecreeBody
from net.wire.messages import Cause, Message
from net.wire.versions import PROTOCOL_VERSION, Versions
from racer.core.physics.car import CarState
from racer.core.recordings.car_codec import CarFrame, pack_car
from racer.core.rules.laps import Progress
from racer.play.room.messages import Fact, Ruling, wire_forms
from tests.net.wires import SeededSodium, Wires
from tests.vectors.contents import checkpoint, content
from tests.vectors.cookies import cookies
from tests.vectors.examples import example

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.ids import Address

Vectors: TypeAlias = dict[str, object]

SEED: Final = bytes(range(32))
VEIL: Final = bytes(range(16))


def keys() -> Vectors:
    """Identities and rooms."""
    identity = Identity.from_seed(SEED, SODIUM)
    rooms = [RoomSecret("Sunday cup"), RoomSecret("Sunday cup", "apex")]
    inside = identity.in_room(rooms[0].tag, SODIUM)
    return {
        "seed": SEED.hex(),
        "node_id": identity.node_id.hex(),
        "signing_public": identity.signing_public.hex(),
        "rooms": [
            {
                "name": room.name,
                "passphrase": word,
                "tag": room.tag.hex(),
                "hello_key": room.hello_key.hex(),
                "word": room.word.hex(),
            }
            for room, word in zip(rooms, (None, "apex"), strict=True)
        ],
        "in_the_open_room": {
            "static_private": inside.static_private.hex(),
            "static_public": inside.static_public.hex(),
            "binding": inside.binding.hex(),
        },
        "alias": {"veil": VEIL.hex(), "data": alias_of(identity.node_id, VEIL).hex()},
    }


class Recorded(SeededSodium):
    """Tells what it drew."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.drawn: list[str] = []

    def random(self, count: int) -> bytes:
        drawn = super().random(count)
        self.drawn.append(drawn.hex())
        return drawn


def handshakes() -> Vectors:
    """All datagrams of a first meeting, in an open room and in a locked one, and a frame after.

    In a third one the second node has another passphrase, and denies the first.
    """
    meetings = [_meeting(1, None, None), _meeting(2, "apex", "apex"), _meeting(3, "apex", "pole")]
    return {"room": "Sunday cup", "meetings": meetings}


def _meeting(seed: int, *passphrases: str | None) -> Vectors:
    wires = Wires(seed, delay_ns=(MILLISECOND, MILLISECOND))
    said: list[dict[str, str]] = []

    def note(data: bytes, source: Address, _to: Address) -> Sequence[bytes]:
        said.append({"from": source[0], "kind": DatagramKind(data[0]).name, "data": data.hex()})
        return [data]

    wires.tap = note
    rooms = [RoomSecret("Sunday cup", passphrase) for passphrase in passphrases]
    drawn = [Recorded(10 * seed + number) for number in (1, 2)]
    one, two = (
        wires.plug(number, room=room, primitives=each, veil=_veil_of(number))
        for number, (room, each) in enumerate(zip(rooms, drawn, strict=True), start=1)
    )
    wires.dial(one, two)
    wires.run_until(lambda: bool(one.opened and two.opened), 100 * MILLISECOND)
    wires.send(one, two, b"to the line")
    wires.run(20 * MILLISECOND)
    nodes = [
        {
            "at": end.address[0],
            "seed": number.to_bytes(32, "big").hex(),
            "veil": _veil_of(number).hex(),
            "random": each.drawn,
        }
        for number, (end, each) in enumerate(zip((one, two), drawn, strict=True), start=1)
    ]
    return {
        "passphrases": passphrases,
        "nodes": nodes,
        "datagrams": said,
        "received": [got.frame.hex() for got in two.received],
    }


def _veil_of(number: int) -> bytes:
    return bytes([number]) * len(VEIL)


def rekeying() -> Vectors:
    """New keys inside a session: what both sides say, and the keys that they have then."""
    tag, psk = RoomSecret("Sunday cup").tag, SEED
    pairs = [(bytes([number]) * 32, SODIUM.dh_public(bytes([number]) * 32)) for number in (1, 2)]
    drawn = Recorded(1), Recorded(2)
    first, second = (
        HandshakeState(
            IK_PSK2,
            initiator=each is pairs[0],
            prologue=b"racer rekey" + tag,
            static=each,
            psk=psk,
            primitives=primitives,
            remote_static=pairs[1][1] if each is pairs[0] else None,
        )
        for each, primitives in zip(pairs, drawn, strict=True)
    )
    asked = Rekey(0x11111111, 5, first.write_message(b""))
    second.read_message(asked.noise)
    answered = Rekeyed(asked.sender, 0x22222222, 6, second.write_message(b""))
    first.read_message(answered.noise)
    sending, receiving = first.split()
    return {
        "room_tag": tag.hex(),
        "psk": psk.hex(),
        "static_private": [private.hex() for private, _ in pairs],
        "ephemeral_private": [each.drawn[0] for each in drawn],
        "rekey": encode_control(asked).hex(),
        "rekeyed": encode_control(answered).hex(),
        "initiator_sends": sending.hex(),
        "responder_sends": receiving.hex(),
        "next_psk": first.successor_psk().hex(),
    }


def leading() -> Vectors:
    """A vote and a hand-over, signed."""
    identity, tag = Identity.from_seed(SEED, SODIUM), RoomSecret("Sunday cup").tag
    signet, me = Signet.of(identity, SODIUM, SODIUM.verify, tag), Member(identity.node_id, 3)
    other, lineage = Member(bytes(range(16)), 4), b"lineage!"
    signed = {
        "vote": signet.vote(lineage, 9, other, me),
        "hand_over": signet.hand_over(lineage, 9, me, other),
    }
    told = {name: msgspec.msgpack.encode(each).hex() for name, each in signed.items()}
    return {"seed": SEED.hex(), "context": tag.hex(), **told}


def sealing() -> Vectors:
    """Three datagrams of one direction."""
    seal = Seal(SEED, bytes(32), 0x12345678, SODIUM)
    texts = [b"one", b"two", bytes(100)]
    return {
        "sending_key": SEED.hex(),
        "remote_index": 0x12345678,
        "datagrams": [
            {"kind": 4, "plaintext": text.hex(), "data": seal.seal(4, text).hex()} for text in texts
        ],
    }


def messages() -> Vectors:
    """An example of each message, and a frame of the first three."""
    each = {kind.__name__: encode_message(example(kind)) for kind in get_args(Message)}  # type: ignore[arg-type]
    return {
        "protocol": PROTOCOL_VERSION,
        "messages": {name: data.hex() for name, data in each.items()},
        "frame": join_frame(list(each.values())[:3]).hex(),
    }


def operations() -> Vectors:
    """What an author signs, and the operation."""
    identity, context = Identity.from_seed(SEED, SODIUM), RoomSecret("Sunday cup").tag
    dot, causes = Dot(identity.node_id, 1, 2), (Cause(bytes(16), 3, 4),)
    signing = Signing(
        identity.signing_public, lambda data: identity.sign(data, SODIUM), SODIUM.verify, context
    )
    operation = signing.write(dot, 1_234_567, causes, b"body")
    return {
        "seed": SEED.hex(),
        "context": context.hex(),
        "signed": signed_bytes(dot, digest_of(1_234_567, causes, b"body"), context).hex(),
        "operation": msgspec.msgpack.encode(operation).hex(),
    }


def decrees() -> Vectors:
    """An example of each content of a decree, and the chain over all of them."""
    chain, previous = [], bytes(16)
    for index, kind in enumerate(get_args(DecreeBody), start=1):
        decree = Decree(1, index, previous, example(kind))  # type: ignore[arg-type]
        previous = chain_hash(decree)
        what = encode_what(decree.what).hex()
        chain.append({"content": kind.__name__, "data": what, "hash": previous.hex()})
    return {"epoch": 1, "first_index": 1, "previous": bytes(16).hex(), "chain": chain}


GUEST: Final = Guest(bytes(range(16)), bytes(range(1, 9)), 40_000)


def discovery() -> Vectors:
    """An advert, a guest, and the beacons of one node."""
    advert = Advert(
        bytes(range(16)), "Sunday cup", bytes(8), False, {"phase": "lobby"}, Versions(4, 4)
    )
    pairs = encode_advert(advert)
    return {
        "advert": pairs,
        "heard": encode_heard("racer-00010203-abcd", 40_000, pairs).hex(),
        "asked": hashlib.sha256(encode_asked()).hexdigest(),
        "guest": encode_guest(GUEST),
        "asked_by_guest": encode_asked(GUEST).rstrip(b"\0").hex(),
        "left": encode_left("racer-00010203-abcd").hex(),
    }


def race() -> Vectors:
    """Facts and rulings of the race, and a car as a stream holds it."""
    rng = Random(1)
    car = CarState(x=12.5, y=-3.25, heading=rng.random(), vx=20.0, vy=1.5, yaw_rate=0.25)
    frame = CarFrame(tick=600, car=car, progress=Progress(lap=2, gate=3, s_m=80.75))
    parts = {"facts": wire_forms(Fact), "rulings": wire_forms(Ruling)}
    told: Vectors = {
        name: {kind.__name__: msgspec.msgpack.encode(example(kind)).hex() for kind in kinds}
        for name, kinds in parts.items()
    }
    return told | {"car": asdict(frame), "car_data": pack_car(frame).hex()}


LAYERS: Final = {
    "keys": keys,
    "handshakes": handshakes,
    "rekeying": rekeying,
    "sealing": sealing,
    "messages": messages,
    "operations": operations,
    "leading": leading,
    "decrees": decrees,
    "discovery": discovery,
    "race": race,
    "cookies": cookies,
    "content": content,
    "checkpoint": checkpoint,
}
