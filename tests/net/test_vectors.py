"""The vectors that a second implementation is held against are what this one does."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
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


# --- what a second implementation makes of them, by docs/PROTOCOL.md and hashes alone -------------


def digest_by(person: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16, person=person).digest()


def test_a_cookie_is_a_keyed_hash_of_host_and_port_as_long_as_its_secret() -> None:
    told = read("cookies")

    def cookie(secret: str, host: str, port: int) -> str:
        data = host.encode() + port.to_bytes(4, "big")
        return hashlib.blake2s(data, key=bytes.fromhex(secret), digest_size=16).hexdigest()

    for each in told["cookies"]:
        assert each["cookie"] == cookie(told["secret"], each["host"], each["port"])
    first = told["cookies"][0]
    assert told["next_cookie"] == cookie(told["next_secret"], first["host"], first["port"])
    loaded = told["under_load"]
    hello, asked, again, reply = (bytes.fromhex(each["data"]) for each in loaded["datagrams"])
    mine = cookie(loaded["secret"], loaded["host"], loaded["port"])
    assert asked == b"\6" + hello[2:6] + bytes.fromhex(mine)
    assert again[101:117].hex() == mine
    assert (again[:101], again[133:]) == (hello[:101], hello[133:]), "but for cookie and mark"
    mark = hashlib.blake2s(again[:117], key=bytes.fromhex(loaded["hello_key"]), digest_size=16)
    assert again[117:133] == mark.digest()
    assert reply[0] == 2


def test_content_is_what_its_blocks_make_in_order() -> None:
    told = read("content")
    whole = bytes.fromhex(told["content"])
    digest = digest_by(b"racer content", whole)
    assert digest.hex() == told["digest"]

    def plain(name: str) -> list[list[Any]]:
        found = told[name] if isinstance(told[name], list) else [told[name]]
        return [msgspec.msgpack.decode(bytes.fromhex(each)) for each in found]

    assert plain("query") == [[44, digest]]
    assert plain("offer") == [[45, digest, len(whole)]]
    assert plain("request") == [[46, digest, [0, 1, 2]]]
    blocks = [whole[:1000], whole[1000:2000], whole[2000:]]
    assert plain("pieces") == [[47, digest, n, block] for n, block in enumerate(blocks)]


def test_a_checkpoint_is_made_of_decrees_and_operations_alone() -> None:
    told = read("checkpoint")
    decrees, operations = (
        [msgspec.msgpack.decode(bytes.fromhex(each)) for each in told[name]]
        for name in ("decrees", "operations")
    )
    links = [bytes(16)]
    for epoch, index, previous, what in decrees:
        assert previous == links[-1]
        numbers = epoch.to_bytes(8, "big") + index.to_bytes(8, "big")
        links.append(digest_by(b"racer decree", previous + numbers + msgspec.msgpack.encode(what)))
    authors: dict[tuple[bytes, int], list[Any]] = {}
    for (node, life, n), race_us, causes, body, _key, _signature in operations:
        said = msgspec.msgpack.encode((race_us, causes, body))
        said = hashlib.blake2b(said, digest_size=32, person=b"racer said").digest()
        *_, before = authors.get((node, life), [bytes(16)])
        authors[node, life] = [node, life, n, race_us, digest_by(b"racer author", before + said)]
    founding, added = decrees[0][3], decrees[1][3]
    members = [*founding[4], added[1]]
    base = [4, links[-1], links[1], 3, members, founding, 1, True, 4]
    fold = b"ruled" + b"one" + b"two" + b"three"  # "two" is of an earlier time, but "one" its cause
    named = [authors[life] for life in sorted(authors)]
    made = msgspec.msgpack.encode([base, bytes(16), 3, named, 0, fold, []])
    assert made.hex() == told["checkpoint"]
    digest = digest_by(b"racer content", made)
    assert digest.hex() == told["digest"]
    decree = [3, 4, links[-1], ["checkpoint", digest, len(made)]]
    assert msgspec.msgpack.encode(decree).hex() == told["decree"]


def test_a_snapshot_begins_with_the_checkpoint_and_goes_on_with_the_decrees_since() -> None:
    told, snapshot = read("checkpoint"), read("checkpoint")["snapshot"]
    content = bytes.fromhex(snapshot["content"])
    begins, decrees = msgspec.msgpack.decode(content)
    assert begins.hex() == told["checkpoint"]
    assert msgspec.msgpack.encode(decrees[0]).hex() == told["decree"]
    digest = digest_by(b"racer content", content)
    manifest = msgspec.msgpack.decode(bytes.fromhex(snapshot["manifest"]))
    assert manifest == [41, b"lineage!", True, 4, 6, len(content), digest]
    (block,) = snapshot["blocks"]
    assert msgspec.msgpack.decode(bytes.fromhex(block)) == [43, digest, 0, content]
