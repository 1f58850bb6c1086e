"""Takes the steps of operations, blocking or awaiting, until it is closed."""

from typing import TypeVar

from kruxos._settings import Settings
from kruxos._steps import Steps
from kruxos._transport import AwaitingTransport, BlockingTransport
from kruxos.errors import KruxOSError

T = TypeVar("T")


class Runner:
    """Both ways to take steps; a client connected in one way may use the other, too."""

    def __init__(self, settings: Settings) -> None:
        self._blocking = BlockingTransport(settings)
        self._awaiting = AwaitingTransport(settings)
        self._closed = False

    def run(self, operation: Steps[T]) -> T:
        """Takes the steps of an operation in the calling thread."""
        self._check_open()
        return self._blocking.run(operation)

    async def run_async(self, operation: Steps[T]) -> T:
        """Takes the steps of an operation in the running event loop."""
        self._check_open()
        return await self._awaiting.run(operation)

    def close(self) -> None:
        """Ends the connections of the blocking way; those of event loops end with their loops."""
        self._closed = True
        self._blocking.close()

    async def close_async(self) -> None:
        """Ends the connections of the blocking way and of the running event loop."""
        self.close()
        await self._awaiting.close()

    def _check_open(self) -> None:
        if self._closed:
            raise KruxOSError("this client is closed; connect again")
