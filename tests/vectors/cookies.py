"""A Hello that is asked for a cookie, and the cookies of one secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from net.limits import COOKIE_SECRET_NS, HANDSHAKE_COOKIE_RATE, MILLISECOND
from net.security.cookie import NO_COOKIE, CookieJar
from net.security.room_secret import RoomSecret
from net.transport.datagram import DatagramKind
from tests.net.wires import SeededSodium, Wires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.ids import Address

_ADDRESSES: Final = (("10.0.0.1", 4000), ("10.0.0.1", 4001), ("fe80::1%eth0", 4000))


def cookies() -> dict[str, Any]:
    """Return what a responder under load says, and that it is answered with the cookie."""
    jar = CookieJar(SeededSodium(7), 0)
    secret = jar._secret
    baked = [
        {"host": host, "port": port, "cookie": jar.bake((host, port), 0).hex()}
        for host, port in _ADDRESSES
    ]
    later = jar.bake(_ADDRESSES[0], COOKIE_SECRET_NS)
    return {
        "secret": secret.hex(),
        "cookies": baked,
        "next_secret": jar._secret.hex(),
        "next_cookie": later.hex(),
        "under_load": _under_load(),
    }


def _under_load() -> dict[str, Any]:
    wires = Wires(4, delay_ns=(MILLISECOND, MILLISECOND))
    said: list[dict[str, str]] = []

    def note(data: bytes, source: Address, _to: Address) -> Sequence[bytes]:
        said.append({"from": source[0], "kind": DatagramKind(data[0]).name, "data": data.hex()})
        return [data]

    wires.tap = note
    one, two = (wires.plug(number, primitives=SeededSodium(number)) for number in (1, 2))
    admission = two.transport._responder._admission
    for number in range(HANDSHAKE_COOKIE_RATE):
        admission.judge((f"10.8.{number}.1", 1), NO_COOKIE, wires.now)
    wires.dial(one, two)
    wires.run_until(lambda: bool(one.opened and two.opened), 100 * MILLISECOND)
    room = RoomSecret("Sunday cup")
    return {
        "room": room.name,
        "hello_key": room.hello_key.hex(),
        "secret": admission._jar._secret.hex(),
        "host": one.address[0],
        "port": one.address[1],
        "datagrams": said[: [each["kind"] for each in said].index("REPLY") + 1],
    }
