"""One seat in one race: lobby, race and results follow the race's phase by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.sanitise import drawable
from racer.app.window.controls.control import Back, Chosen, Picked
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.key_strip import strip_buttons
from racer.app.window.controls.paint import draw_page
from racer.app.window.hud.layout import Anchor, Layout
from racer.app.window.input.actions import Action, Scope
from racer.app.window.input.devices import Devices
from racer.app.window.input.inputs import Pointed, Pressed
from racer.app.window.scene import AskPassphrase, Beside, Depart
from racer.app.window.scenes.chat.chat_box import TEXT_EVENTS, ChatBox
from racer.app.window.scenes.chat.lobby_news import draw_lobby_news, draw_race_news
from racer.app.window.scenes.chat.phrases import BeginLine
from racer.app.window.scenes.driving import DrivingScene
from racer.app.window.scenes.interludes import (
    Anteroom,
    draw_pause_menu,
    draw_waiting,
    pause_page,
)
from racer.app.window.scenes.last_picture import LastPicture
from racer.app.window.scenes.lobby import LobbyScene
from racer.app.window.scenes.network.overlay import NetworkOverlay
from racer.app.window.scenes.people.people_menu import PeopleMenu, is_of_people
from racer.app.window.scenes.people.poll_banner import draw_polls
from racer.app.window.scenes.race_stages import ASKS, BACK, DRIVING, ON_TRACK, PLATES, SCOPES, Stage
from racer.app.window.scenes.results.standing_results import IN_LOBBY, StandingResults
from racer.play.view import Autopilot, EndRace, Phase, Say, VoteRemoval

if TYPE_CHECKING:
    from racer.app.sound.mixer import Mixer, SecondHearing
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Page
    from racer.app.window.input.inputs import Input
    from racer.app.window.ports import RaceHandle
    from racer.app.window.scene import Ask, Frame
    from racer.app.window.scenes.interludes import Grave
    from racer.app.window.scenes.world_cache import WorldCache
    from racer.app.window.world.painter import WorldPainter
    from racer.play.view import Intent, RaceView

POINTED_NS: Final = 3_000_000_000  # plates on the track stay so long after the mouse has moved
PLATES_ROOM: Final = (740.0, 24.0)  # of the strip, within the margin: panels stand above it


@final
class RaceScene:
    """Draws whatever phase the race is in, and sends what the player asks for."""

    def __init__(
        self,
        handle: RaceHandle,
        world_cache: WorldCache,
        devices: Devices | None = None,
        mixer: Mixer | SecondHearing | None = None,
        chat: ChatBox | None = None,
        *,
        locked: str = "",
    ) -> None:
        self._handle = handle
        self._devices = devices = Devices() if devices is None else devices
        self._mixer = mixer
        self._world_cache = world_cache
        self.chat = chat if chat is not None else ChatBox()
        self._autopilot = False  # whether our car drives itself now, as we write
        self._lobby = LobbyScene(world_cache.circuits)
        self._driving = DrivingScene(world_cache, devices)
        self._network = NetworkOverlay(devices)
        self._people = PeopleMenu()
        self._focus = Focus()
        self._last = LastPicture()
        self._anteroom = Anteroom(handle, locked)
        self._results = StandingResults()
        self._layout: Layout | None = None  # of the last picture

    @property
    def front(self) -> object:
        return self.chat.is_open, self._people.is_open, self._last.paused, self._last.doubt.about

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event of the window."""
        view = self._handle.view()
        stage = self._stage_now(view)
        if stage is Stage.CHAT and view is not None and event.type in TEXT_EVENTS:
            self._send_intent(self.chat.on_event(event, view))
            return None
        listed = self.chat.phrases.is_open
        if listed and self._say_phrase(self.chat.phrases.on_event(event)):
            return None
        chooses = listed and stage is not Stage.CHAT and event.type == pygame.CONTROLLERBUTTONDOWN
        writing = stage is Stage.CHAT or chooses
        scope = Scope.MENU if chooses else self._scope_of(stage, view)
        over = Scope.NETWORK if self._shows_network(stage) and not writing else None
        for what in self._devices.on_event(event, scope, over=over, writing=writing):
            if isinstance(what, Pointed):
                self._last.pointed_ns = self._last.now_ns
            elif not self._last.is_for(view, stage):
                continue  # a wish for what was before: it is not obeyed in what is now
            ask = self._on_input(what, stage, view)
            if ask is not None:
                return ask
        return None

    def wants_key(self, event: pygame.Event) -> bool:
        """Whether a key is for the line that is typed, whatever it is for elsewhere."""
        return self.chat.is_open and bool(event.unicode) and event.unicode.isprintable()

    def _scope_of(self, stage: Stage, view: RaceView | None) -> Scope:
        if stage is Stage.TRACK and view is not None and self._driving.watching.applies(view):
            return Scope.WATCHING
        return SCOPES.get(stage, Scope.MENU)

    def _shows_network(self, stage: Stage) -> bool:
        return self._network.is_open and stage not in {Stage.WAITING, Stage.CHAT}

    def _stage_now(self, view: RaceView | None) -> Stage:
        if self._anteroom.applies(view):
            return Stage.WAITING
        if self._last.doubt.about is not None:
            return Stage.ASKED
        if self._people.is_open:
            return Stage.PEOPLE
        if self.chat.is_open:
            return Stage.CHAT
        if self._last.paused:
            return Stage.PAUSE
        assert view is not None, "who sees nothing waits"
        if self._results.stand(view):
            return Stage.RESULTS
        stages = {Phase.LOBBY: Stage.LOBBY, Phase.FINISHED: Stage.RESULTS}
        return stages.get(view.phase, Stage.TRACK)

    def _on_input(self, what: Input, stage: Stage, view: RaceView | None) -> Ask | None:
        if stage is Stage.ASKED:
            return self._obey(self._last.doubt.on_input(what))
        if self._is_for_chat(what, stage, view):
            return None
        if view is not None and self._is_for_race(what, stage, view):
            return None
        if isinstance(what, Pressed):
            if what.action is Action.SOUND:
                self._switch_sound()
            if what.action is Action.NETWORK:
                self._send_intent(self._network.toggle())
                return None
            hasty = stage is Stage.WAITING and not self._focus.moved
            if hasty and what.action is Action.CONFIRM and not self._handle.is_denied():
                return None  # who pressed twice to get in does not want out
        match self._focus.on_input(what):
            case Back():
                return self._on_chosen(BACK.get(stage, "leave"), view)
            case Chosen(chosen):
                return self._on_chosen(chosen, view)
            case Picked() as picked if view is not None:
                self._send_intent(self._lobby.on_picked(picked, view))
            case _:
                pass
        return None

    def _is_for_chat(self, what: Input, stage: Stage, view: RaceView | None) -> bool:
        """Let letters on the screen have it, or the list of phrases; return whether one took it."""
        writes = stage is Stage.CHAT
        if view is not None and writes and self._say_phrase(self.chat.on_input(what, view)):
            return True
        if not (self.chat.phrases.is_open and isinstance(what, Pressed) and what.pad):
            return False
        self._say_phrase(self.chat.phrases.on_action(what.action))
        return True

    def _is_for_race(self, what: Input, stage: Stage, view: RaceView) -> bool:
        """Let the network view have it, or who watches or drives; return whether one took it."""
        if self._shows_network(stage) and self._network.takes(what):
            self._send_intent(self._network.on_input(what, view))
            return True
        if stage is not Stage.TRACK:
            return False
        if self._driving.watching.on_input(what, view):
            return True
        if isinstance(what, Pressed):
            self._on_track_action(what.action)
            return True
        return False

    def _obey(self, wish: Grave | None) -> Ask | None:
        """Do what loses something, once it is meant."""
        if wish is None or isinstance(wish, Depart):
            return wish
        self._last.paused = False
        self._handle.send(wish)
        return None

    def _on_track_action(self, action: Action) -> None:
        match action:
            case Action.CHAT:
                self._open_chat()
            case Action.PHRASES | Action.PHRASE_LIST:
                self.chat.phrases.open()
            case Action.PAUSE:
                self._last.paused = True
            case Action.SOUND:
                self._switch_sound()
            case Action.NETWORK:
                self._send_intent(self._network.toggle())
            case _:
                self._send_intent(self._driving.on_action(action))

    def _on_chosen(self, chosen: str, view: RaceView | None) -> Ask | None:
        match chosen:
            case "leave" if self.chat.is_open:
                self.chat.close()
            case "leave":
                return self._obey(self._last.doubt.weigh(Depart(), self._last.stage, view))
            case "passphrase":
                return AskPassphrase(self._anteroom.locked)
            case "continue":
                self._last.paused = False
            case "settings" | "identity" | "picture":
                self._last.paused &= chosen != "picture"
                return ASKS[chosen]
            case "end":
                return self._obey(self._last.doubt.weigh(EndRace(), self._last.stage, view))
            case "again" | "chart" | "lobby":
                self._send_intent(self._results.choose(chosen))
            case _ if view is not None and is_of_people(chosen):
                self._last.paused = False
                self._on_person(chosen, view)
            case "chat" | "phrases" | "pause" | "line" | "rescue":
                self._on_track_action(ON_TRACK[chosen])
            case _ if view is not None:
                self._send_intent(self._lobby.on_plate(chosen, view, self._handle))
            case _:
                pass
        return None

    def _on_person(self, chosen: str, view: RaceView) -> None:
        match self._people.choose(chosen, view):
            case VoteRemoval() as vote:
                self._obey(self._last.doubt.weigh(vote, self._last.stage, view))
            case str(key):
                self.chat.log.toggle_mute(bytes.fromhex(key))
            case None:
                pass

    def _open_chat(self) -> None:
        self._release_controls()
        self.chat.open(letters=self._devices.by_pad)

    def _switch_sound(self) -> None:
        if self._mixer is not None:
            self._mixer.on = not self._mixer.on

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the newest view and send the controls that are held."""
        view = self._handle.view()
        stage = self._stage_now(view)
        if self._last.stage is not stage:
            self._focus = Focus()
            self._devices.forget_arrow()
        self._last.on_picture(view, stage, frame.now_ns)
        if view is None or stage is Stage.WAITING:
            self._release_controls()
            if self._mixer is not None:
                self._mixer.hush()
            self._anteroom.draw(canvas, view, frame)
        else:
            self._draw_race(canvas, drawable(view), frame, stage)
        page = self._page_of(canvas, view, stage)
        self._focus.show(page)
        if frame.under and stage is Stage.PAUSE:
            return  # the page that it led to stands in its place
        # On the track the arrows steer, and only the mouse goes from plate to plate.
        ringed = stage is not Stage.TRACK or self._focus.moved
        draw_page(canvas, page, self._focus.at if ringed else "")

    @property
    def drives(self) -> bool:
        """Whether the race itself is before us, with whatever lies over it."""
        view = self._handle.view()
        stage = self._stage_now(view)
        racing = view is not None and view.phase in {Phase.COUNTDOWN, Phase.RACING}
        return racing and stage in DRIVING

    @property
    def in_lobby(self) -> bool:
        return self._stage_now(self._handle.view()) is Stage.LOBBY

    @property
    def in_menu(self) -> bool:
        """Whether keys choose here, or write, and do not drive."""
        return self._stage_now(self._handle.view()) is not Stage.TRACK

    @property
    def gone(self) -> str:
        """Why this seat is in the race no more, and will not be again; "" while it may be."""
        return self._anteroom.gone

    def part(self, canvas: Canvas) -> Canvas:
        """Return where pages are drawn that lie over this."""
        return canvas

    @property
    def hands(self) -> Devices:
        """Whose hands a page is in that lies over this."""
        return self._devices

    def on_event_beside(self, event: pygame.Event, *, wanted: bool) -> Beside:
        """Have an event while a page lies over this: nobody drives beside it.

        Args:
            event: of the window.
            wanted: a key that the page has a use of its own for.
        """
        return Beside(rest=event)

    def stand_by(self, frame: Frame) -> None:
        """Follow the race while another seat's picture stands for both, and its sound too.

        Nobody drives what is not seen.
        """
        self.let_go()
        if self._mixer is not None:
            self._mixer.hush()
        view = self._handle.view()
        stage = self._stage_now(view)
        self._last.on_picture(view, stage, frame.now_ns)
        if view is not None and stage is not Stage.WAITING:
            self._enter_phase(view.phase)

    def press_in_lobby(self, plate: str) -> None:
        """Do what a plate of the lobby is for, by its id."""
        view = self._handle.view()
        if view is not None and self.in_lobby and self._last.is_for(view, Stage.LOBBY):
            self._send_intent(self._lobby.on_plate(plate, view, self._handle))

    def _page_of(self, canvas: Canvas, view: RaceView | None, stage: Stage) -> Page:
        if stage is Stage.PAUSE:
            return pause_page(canvas, view)
        if view is None or stage is Stage.WAITING:
            return strip_buttons(canvas, self._devices, self._anteroom.plates(view))
        if stage is Stage.PEOPLE:
            return self._people.page(canvas, view, self.chat.log.muted)
        if stage is Stage.TRACK and not self._points:
            return ()
        return (*self._plates_of(canvas, view, stage), *self.chat.name_cards(view))

    @property
    def _points(self) -> bool:
        """Whether the mouse has just been moved: plates for it are shown for a while."""
        return self._last.now_ns < self._last.pointed_ns + POINTED_NS

    def _plates_of(self, canvas: Canvas, view: RaceView, stage: Stage) -> Page:
        match stage:
            case Stage.LOBBY:
                return self._lobby.page(canvas, view, self._devices, self._handle.bots())
            case Stage.RESULTS:
                plates = IN_LOBBY if self._results.stand(view) else PLATES[stage]
                rows = self._results.cards(canvas, view)
                return (*strip_buttons(canvas, self._devices, plates), *rows)
            case _:
                return strip_buttons(canvas, self._devices, PLATES[stage])

    @property
    def car(self) -> int | None:
        """The kind that was chosen here last."""
        return self._lobby.car

    @property
    def is_in(self) -> bool:
        """Whether we have been let in."""
        return self._stage_now(self._handle.view()) is not Stage.WAITING

    def _draw_race(self, canvas: Canvas, view: RaceView, frame: Frame, stage: Stage) -> None:
        self._enter_phase(view.phase)
        self._results.on_view(view)
        world = self._world_cache.world_of(view, canvas, frame.dt)
        if world is None or view.phase is Phase.LOBBY:
            self._driving.rehearse(canvas, view)
        self._send_controls(view, frame, stage)
        if view.phase is Phase.RACING:
            self._devices.pads.rumble(*self._driving.rumble, frame.now_ns)
        if self._mixer is not None:
            seen = self._driving.watching.shown
            self._mixer.on_view(view, None if world is None else world.track, seen)
        racing = world is not None and view.phase in {Phase.COUNTDOWN, Phase.RACING}
        columns = self._driving.columns(canvas) if racing else None
        layout = self._layout = Layout(
            Box(0.0, 0.0, canvas.width, canvas.height), columns, self._driving.news.moved
        )
        if stage is Stage.TRACK and self._points:
            layout.take(Anchor.BOTTOM_LEFT, *PLATES_ROOM)
        self._draw_phase(canvas, view, world, frame, layout)
        self.chat.key = self._devices.key(Action.CHAT)
        self.chat.hands = self._devices
        trouble = self._handle.trouble_line()
        if self._results.stand(view):
            draw_polls(canvas, view, layout, Anchor.TOP_LEFT)
        elif view.phase is Phase.LOBBY:
            draw_lobby_news(canvas, view, frame, self.chat, trouble, self._focus.at)
        else:
            draw_race_news(canvas, view, frame, self.chat, trouble, layout)
            if racing:
                self._driving.draw_labels(canvas, view, layout)
        if self._network.is_open:
            self._network.draw(canvas, view, frame)
        if stage is Stage.PEOPLE:
            self._people.draw(canvas, view, self.chat.log.muted)
        if stage is Stage.PAUSE and not frame.under:
            draw_pause_menu(canvas)
        self._last.doubt.draw(canvas)

    def leave(self) -> None:
        """Give the seat back."""
        self.chat.close()
        if self._mixer is not None:
            self._mixer.hush()
        self._handle.leave()

    def _draw_phase(
        self,
        canvas: Canvas,
        view: RaceView,
        world: WorldPainter | None,
        frame: Frame,
        layout: Layout,
    ) -> None:
        if self._results.stand(view):
            self._results.draw(canvas, view, world, frame.now_ns, self._focus.at)
        elif view.phase is Phase.LOBBY:
            at, bots = self._focus.at, self._handle.bots()
            told = self.chat.log.muted, self._handle.codes(), self._handle.key_log()
            self._lobby.draw(canvas, view, world, frame, at, *told, bots)
            if self.chat.is_open:  # who writes of it has it in sight, below the letters
                draw_page(canvas, self._lobby.chosen(canvas, view), "")
        elif view.phase is Phase.FINISHED:
            if world is not None:
                self._driving.draw_world(canvas, view, world, frame)
            self._results.draw(canvas, view, world, frame.now_ns, self._focus.at)
        elif world is None:
            draw_waiting(canvas, None, frame)  # there is nothing yet to drive on
        else:
            self._driving.draw(canvas, view, world, frame, layout)

    def _enter_phase(self, phase: Phase) -> None:
        """Begin a phase afresh: a new race has no memory of the last one's keys and gaps."""
        if not self._last.phase_is_new:
            return
        if phase is Phase.LOBBY:
            self._release_controls()
            self._driving = DrivingScene(self._world_cache, self._devices)
        self._last.close_menus()
        self._people.close()

    def _send_intent(self, intent: Intent | None) -> None:
        if intent is not None:
            self._handle.send(intent)

    def _say_phrase(self, told: Say | VoteRemoval | BeginLine | bool) -> bool:
        """Say what was chosen of list or letters; return whether anything was for them."""
        match told:
            case Say() | VoteRemoval():
                self._handle.send(told)
            case BeginLine():
                self._open_chat()
            case bool():
                pass
        return bool(told)

    def _send_controls(self, view: RaceView, frame: Frame, stage: Stage) -> None:
        """Send what is held, unless the hands are on something else; and a start put off."""
        self._send_intent(self._lobby.start_due(view, self._handle.bots()))
        if stage is Stage.TRACK:
            self._send_intent(self._driving.drive(view, frame.dt))
        else:
            self._release_controls()
        autopilot = self.chat.autopilot and stage is Stage.CHAT and view.phase is Phase.RACING
        if autopilot is not self._autopilot:
            self._autopilot = autopilot
            self._handle.send(Autopilot(autopilot))

    def let_go(self) -> None:
        """Take the hands off all that they hold, before any other picture is drawn."""
        self._devices.let_go()
        self._release_controls()

    def _release_controls(self) -> None:
        self._send_intent(self._driving.release())
