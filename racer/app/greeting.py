"""The first word of a node in a race, said before the game is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from net import Entry
from net.runtime.endpoint import Endpoint
from net.runtime.service_options import ServiceOptions
from net.security.room_secret import RoomSecret
from racer.core.tuning import PHYSICS_VERSION

if TYPE_CHECKING:
    from net.runtime.disk.profile import Profile
    from racer.app.options import Shared


def greet(profile: Profile, race: str, shared: Shared, entry: Entry = Entry.EITHER) -> Endpoint:
    """Open the endpoint of a node in a race, and say hello to whom it met there.

    Loading the game takes longer than their answer: so it is back in its car the sooner.

    Raises:
        NetError: the port or the interface cannot be used, or the journal is damaged.
    """
    options = ServiceOptions(
        name=shared.name,
        entry=entry,
        interface=shared.interface,
        port=shared.port,
        peers=shared.peers,
        hosts=profile.hosts_met(),
        program=PHYSICS_VERSION,
    )
    on_keys = None if shared.key_log is None else shared.key_log.write
    endpoint = Endpoint(profile, RoomSecret(race, shared.passphrase), options, on_keys)
    endpoint.greet()
    return endpoint
