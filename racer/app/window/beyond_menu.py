"""The scenes beyond the menu: a race, the pages that lie over all, the race behind the title.

They are most of the window. `game` imports this late, since the menu is seen before it is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from racer.app.sound.mixer import SecondHearing
from racer.app.window.input.devices import Devices
from racer.app.window.scene import (
    LeavePage,
    OfferIdentity,
    PlanTrial,
    ShowRecords,
    ShowReplays,
    ShowSettings,
)
from racer.app.window.scenes.backdrop import Backdrop
from racer.app.window.scenes.chat.chat_box import ChatBox
from racer.app.window.scenes.people.identity_page import IdentityPage
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.records.records_page import RecordsPage
from racer.app.window.scenes.records.trial_form import TrialForm
from racer.app.window.scenes.replay.theatre import Theatre
from racer.app.window.scenes.settings.settings_pages import SettingsPages
from racer.app.window.scenes.split_scene import SplitScene
from racer.app.window.scenes.world_cache import WorldCache

if TYPE_CHECKING:
    from racer.app.sound.mixer import Mixer
    from racer.app.window.ports import RaceDirectory, RaceHandle
    from racer.app.window.scene import OverlayPage

__all__ = ["Backdrop", "make_page", "make_room"]


def make_room(
    handle: RaceHandle,
    directory: RaceDirectory,
    world_cache: WorldCache,
    devices: Devices,
    mixer: Mixer | None,
    *,
    locked: str = "",
    pair: bool = False,
) -> RaceScene | SplitScene:
    """Return a race as it is shown to one or two.

    Args:
        locked: the race, if a passphrase let us in.
        pair: a second driver may sit down.
    """
    taste = directory.settings
    chat = ChatBox(taste.muted, autopilot=taste.autopilot)
    room = RaceScene(handle, world_cache, devices, mixer, chat, locked=locked)
    beside = directory.sit_beside() if pair and directory.pair else None
    if beside is None:
        return room
    others = WorldCache(world_cache.circuits, beside=world_cache), Devices(devices.names)
    second = RaceScene(beside, *others, None if mixer is None else SecondHearing(mixer))
    return SplitScene((room, second), (devices, others[1]), (world_cache, others[0]))


def make_page(
    ask: PlanTrial | ShowRecords | ShowReplays | ShowSettings | OfferIdentity | LeavePage,
    directory: RaceDirectory,
    world_cache: WorldCache,
    devices: Devices,
    mixer: Mixer | None = None,
    room: RaceScene | SplitScene | None = None,
) -> OverlayPage | None:
    """Return the page that is asked for; None: what lies below is seen again.

    Args:
        room: the race that it lies over; None: the title.
    """
    match ask:
        case PlanTrial():
            return TrialForm(directory, world_cache.circuits, devices, ask)
        case ShowRecords():
            return RecordsPage(directory, world_cache.circuits, devices)
        case ShowReplays():
            return Theatre(directory, world_cache, devices, mixer)
        case ShowSettings():
            return SettingsPages(directory, devices, None if room is None else lambda: room.hands)
        case OfferIdentity():
            return IdentityPage(devices)
        case LeavePage():
            return None
        case _:
            assert_never(ask)
