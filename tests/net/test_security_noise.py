"""The handshake against the public vectors, and against forgers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from net.errors import SecurityError
from net.security.noise import IK, IK_PSK2, XX, XX_PSK3, HandshakeState, Pattern, nonce_of
from net.security.primitives import SODIUM, Primitives, Sodium
from tests.vectors.files import path_of

VECTORS: list[dict[str, Any]] = json.loads(path_of("noise").read_text(encoding="utf-8"))["vectors"]
PATTERNS = {pattern.name.decode(): pattern for pattern in (XX, XX_PSK3, IK, IK_PSK2)}
SECRETS = (bytes(range(32)), bytes(range(1, 33)))


class FixedRandom:
    """SODIUM, but its next random bytes are known: the ephemeral key of a vector."""

    def __init__(self, ephemeral: bytes) -> None:
        self._ephemeral = ephemeral
        self._sodium = Sodium()

    def random(self, count: int) -> bytes:
        assert count == len(self._ephemeral)
        return self._ephemeral

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sodium, name)


def side(vector: dict[str, Any], role: str) -> HandshakeState:
    private = bytes.fromhex(vector[f"{role}_static"])
    psks = vector.get(f"{role}_psks")
    known = vector.get(f"{role}_remote_static")
    primitives: Any = FixedRandom(bytes.fromhex(vector[f"{role}_ephemeral"]))
    return HandshakeState(
        PATTERNS[vector["protocol_name"]],
        initiator=role == "init",
        prologue=bytes.fromhex(vector[f"{role}_prologue"]),
        static=(private, SODIUM.dh_public(private)),
        psk=bytes.fromhex(psks[0]) if psks else None,
        primitives=primitives,
        remote_static=bytes.fromhex(known)
        if (known := vector.get(f"{role}_remote_static"))
        else None,
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["protocol_name"])
def test_the_public_vectors_come_out_byte_for_byte(vector: dict[str, Any]) -> None:
    initiator, responder = side(vector, "init"), side(vector, "resp")
    count = len(initiator._pattern.messages)
    handshake, transport = vector["messages"][:count], vector["messages"][count:]
    writer, reader = initiator, responder
    for message in handshake:
        payload = bytes.fromhex(message["payload"])
        written = writer.write_message(payload)
        assert written.hex() == message["ciphertext"]
        assert reader.read_message(written) == payload
        writer, reader = reader, writer
    assert initiator.handshake_hash == responder.handshake_hash
    assert initiator.handshake_hash.hex() == vector["handshake_hash"]
    assert initiator.remote_static == SODIUM.dh_public(bytes.fromhex(vector["resp_static"]))
    assert responder.remote_static == SODIUM.dh_public(bytes.fromhex(vector["init_static"]))
    sides = [initiator.split()[0], responder.split()[0]]
    if count % 2:
        sides.reverse()
    for number, message in enumerate(transport):
        sealed = SODIUM.encrypt(
            sides[number % 2], nonce_of(number // 2), b"", bytes.fromhex(message["payload"])
        )
        assert sealed.hex() == message["ciphertext"]
    assert initiator.split() == responder.split()[::-1]
    assert initiator.successor_psk() == responder.successor_psk()
    assert initiator.successor_psk() not in initiator.split()


def pair(psks: tuple[bytes, bytes], pattern: Pattern = XX_PSK3) -> list[HandshakeState]:
    primitives: Primitives = SODIUM
    return [
        HandshakeState(
            pattern,
            initiator=number == 0,
            prologue=b"room",
            static=(secret, primitives.dh_public(secret)),
            psk=psks[number],
            primitives=primitives,
        )
        for number, secret in enumerate(SECRETS)
    ]


def test_a_wrong_psk_fails_at_the_third_message_and_not_before() -> None:
    initiator, responder = pair((b"a" * 32, b"b" * 32))
    responder.read_message(initiator.write_message(b""))
    initiator.read_message(responder.write_message(b""))
    with pytest.raises(SecurityError):
        responder.read_message(initiator.write_message(b"hello"))
    assert not responder.finished


def test_another_prologue_fails_at_the_first_sealed_message() -> None:
    initiator, _ = pair((b"a" * 32, b"a" * 32))
    other = HandshakeState(
        XX_PSK3,
        initiator=False,
        prologue=b"another room",
        static=(SECRETS[1], SODIUM.dh_public(SECRETS[1])),
        psk=b"a" * 32,
        primitives=SODIUM,
    )
    with pytest.raises(SecurityError):
        other.read_message(initiator.write_message(b"hello"))


def test_any_flipped_or_missing_byte_is_refused_and_the_handshake_still_completes() -> None:
    initiator, responder = pair((b"a" * 32, b"a" * 32))
    first = initiator.write_message(b"")
    responder.read_message(first)
    second = responder.write_message(b"payload")
    for position in range(len(second)):
        forged = bytearray(second)
        forged[position] ^= 0x40
        with pytest.raises(SecurityError):
            initiator.read_message(bytes(forged))
        with pytest.raises(SecurityError):
            initiator.read_message(second[:position])
    assert initiator.read_message(second) == b"payload"
    third = initiator.write_message(b"more")
    for position in range(len(third)):
        with pytest.raises(SecurityError):
            responder.read_message(third[:position])
    assert responder.read_message(third) == b"more"
    assert initiator.split() == responder.split()[::-1]
    assert initiator.successor_psk() == responder.successor_psk()
    assert initiator.successor_psk() not in initiator.split()


def test_a_low_order_ephemeral_key_is_refused() -> None:
    responder = HandshakeState(
        XX,
        initiator=False,
        prologue=b"",
        static=(SECRETS[0], SODIUM.dh_public(SECRETS[0])),
        psk=None,
        primitives=SODIUM,
    )
    responder.read_message(bytes(32))
    with pytest.raises(SecurityError):
        responder.write_message(b"")
