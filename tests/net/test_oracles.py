"""What `net` does is what the specifications say, also where nobody has published vectors."""

from __future__ import annotations

from random import Random

import pytest

from net.security.cpace import Exchange, generator_bytes
from net.security.noise import IK, IK_PSK2, XX, XX_PSK3, HandshakeState, Pattern
from net.security.primitives import SODIUM
from net.security.seal import Seal
from tests.net import oracles
from tests.net.oracles import BASE, Party, generator, session_key, x25519
from tests.net.wires import SeededSodium


def test_the_oracle_itself_is_as_the_standards_have_it() -> None:
    bob = bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    shown = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    assert x25519(bob, BASE).hex() == shown, "RFC 7748, 6.1"
    key = bytes(range(0x80, 0xA0))
    nonce, header = (
        bytes.fromhex("070000004041424344454647"),
        bytes.fromhex("50515253c0c1c2c3c4c5c6c7"),
    )
    text = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        b"future, sunscreen would be it."
    )
    sealed = oracles.seal(key, nonce, header, text)
    assert sealed[-16:].hex() == "1ae10b594f09e26a7e902ecbd0600691", "RFC 8439, 2.8.2"


@pytest.mark.parametrize("pattern", [XX, XX_PSK3, IK, IK_PSK2], ids=lambda each: each.name.decode())
@pytest.mark.parametrize("we_initiate", [True, False])
def test_each_pattern_interoperates_with_an_implementation_by_the_specification(
    pattern: Pattern, we_initiate: bool
) -> None:
    rng = Random(f"{pattern.name!r} {we_initiate}")
    ours, theirs, ephemeral = (rng.randbytes(32) for _ in range(3))
    psk = rng.randbytes(32) if pattern.has_psk else b""
    prologue = rng.randbytes(rng.randrange(40))
    known = pattern.to_known
    other = Party(pattern.name.decode(), not we_initiate, prologue, theirs, ephemeral, psk)
    if known and not we_initiate:
        other = Party(
            pattern.name.decode(), True, prologue, theirs, ephemeral, psk, x25519(ours, BASE)
        )
    side = HandshakeState(
        pattern,
        initiator=we_initiate,
        prologue=prologue,
        static=(ours, x25519(ours, BASE)),
        psk=psk or None,
        primitives=SeededSodium(7),
        remote_static=x25519(theirs, BASE) if known and we_initiate else None,
    )
    for number in range(len(pattern.messages)):
        payload = rng.randbytes(rng.randrange(200))
        if (number % 2 == 0) == we_initiate:
            assert other.read(side.write_message(payload)) == payload
        else:
            assert side.read_message(other.write(payload)) == payload
    first, second, spare = other.split()
    assert side.split() == ((first, second) if we_initiate else (second, first))
    assert side.successor_psk() == spare
    assert side.handshake_hash == other.h


def test_what_is_sealed_is_sealed_as_rfc_8439_has_it_under_the_counter() -> None:
    key = bytes(range(32))
    datagram = Seal(key, bytes(32), 7, SODIUM).seal(4, b"to the line")
    nonce = bytes(4) + datagram[5:13]
    assert oracles.unseal(key, nonce, datagram[:13], datagram[13:]) == b"to the line"


def test_an_exchange_about_a_word_interoperates_with_the_draft() -> None:
    rng = Random(3)
    for size in (0, 4, 32, 117, 118, 119, 300):
        word, channel, session = rng.randbytes(size), rng.randbytes(13), rng.randbytes(32)
        private = rng.randbytes(32)
        share = x25519(private, generator(word, channel, session))
        uniform = generator_bytes(word, channel, session)
        ours = Exchange.begin(uniform, session, SeededSodium(size))
        shared = x25519(private, ours.public)
        made = ours.initiator_secret(share, b"data", SODIUM)
        assert made == session_key(session, shared, (ours.public, b""), (share, b"data"))
        made = ours.responder_secret(share, b"data", SODIUM)
        assert made == session_key(session, shared, (share, b"data"), (ours.public, b""))
