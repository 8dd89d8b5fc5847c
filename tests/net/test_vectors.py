"""The vectors that a second implementation is held against are what this one does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from net.security.primitives import SODIUM
from net.security.seal import Seal
from net.wire.codec import decode_frame, encode_message, join_frame
from tests.net.oracles import BASE, Party, x25519
from tests.vectors.files import path_of, text_of
from tests.vectors.layers import LAYERS


def read(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path_of(name).read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("layer", LAYERS)
def test_the_vectors_of_a_layer_are_what_it_does(layer: str) -> None:
    told = "while no release has this version, write them anew: python -m tests.vectors"
    assert path_of(layer).read_text(encoding="utf-8") == text_of(layer), told


def test_each_message_is_read_back_as_it_was() -> None:
    for name, data in read("messages")["messages"].items():
        (message,) = decode_frame(join_frame([bytes.fromhex(data)]))
        assert type(message).__name__ == name
        assert encode_message(message).hex() == data


def test_who_holds_the_other_end_opens_what_was_sealed() -> None:
    told = read("sealing")
    seal = Seal(bytes(32), bytes.fromhex(told["sending_key"]), told["remote_index"], SODIUM)
    for each in told["datagrams"]:
        assert seal.open(bytes.fromhex(each["data"])).hex() == each["plaintext"]


def test_a_meeting_ends_with_a_frame_that_arrived() -> None:
    *met, denied = read("handshakes")["meetings"]
    assert "DENIAL" in [each["kind"] for each in denied["datagrams"]]
    assert denied["received"] == []
    for meeting in met:
        assert [bytes.fromhex(frame) for frame in meeting["received"]] == [b"to the line"]
        kinds = [each["kind"] for each in meeting["datagrams"]]
        assert kinds[:3] == ["HELLO", "REPLY", "FINISH"]


def test_who_asked_for_new_keys_comes_to_them_by_the_specification_of_noise() -> None:
    told = {name: value for name, value in read("rekeying").items() if isinstance(value, str)}
    statics, ephemerals = (
        [bytes.fromhex(each) for each in read("rekeying")[name]]
        for name in ("static_private", "ephemeral_private")
    )
    psk, prologue = bytes.fromhex(told["psk"]), b"racer rekey" + bytes.fromhex(told["room_tag"])
    first = Party(
        "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s",
        True,
        prologue,
        statics[0],
        ephemerals[0],
        psk,
        x25519(statics[1], BASE),
    )
    assert told["rekey"][2 + 24 :] == first.write(b"").hex()
    assert first.read(bytes.fromhex(told["rekeyed"][2 + 32 :])) == b""
    keys = [told[name] for name in ("initiator_sends", "responder_sends", "next_psk")]
    assert [each.hex() for each in first.split()] == keys
