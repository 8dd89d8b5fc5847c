"""A service in a thread of its own, so that a test can wait for its end."""

from __future__ import annotations

from threading import Thread
from typing import final

from net.runtime.service import Service


@final
class ServiceThread:
    """Runs a service; `failure` says afterwards what ended it, if it was an error."""

    def __init__(self, service: Service) -> None:
        self.failure: BaseException | None = None
        self._service = service
        self._thread = Thread(target=self._run_service, name="net", daemon=True)
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; tell whether it has come."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run_service(self) -> None:
        try:
            self._service.run()
        except BaseException as error:  # noqa: BLE001 - the test asks for it
            self.failure = error
