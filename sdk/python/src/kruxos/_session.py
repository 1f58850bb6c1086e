"""`os.session`: what belongs together in the audit trail."""

from kruxos._runner import Runner
from kruxos._steps import Operations
from kruxos.models import Session


class SessionControl:
    """Opens and closes the session that calls belong to. Without one, calls belong to none, and work."""

    def __init__(self, operations: Operations, runner: Runner) -> None:
        self._operations = operations
        self._runner = runner

    @property
    def id(self) -> str | None:
        """The open session's id."""
        return self._operations.session_id

    async def open_async(self) -> Session:
        """Opens a session; what is called from now on belongs to it."""
        return await self._runner.run_async(self._operations.session_open())

    async def get_async(self) -> Session:
        """The open session, as the gateway knows it."""
        return await self._runner.run_async(self._operations.session_get())

    async def close_async(self) -> Session:
        """Closes the session; what is called from now on belongs to none."""
        return await self._runner.run_async(self._operations.session_close())

    def open(self) -> Session:
        """As `open_async`, blocking."""
        return self._runner.run(self._operations.session_open())

    def get(self) -> Session:
        """As `get_async`, blocking."""
        return self._runner.run(self._operations.session_get())

    def close(self) -> Session:
        """As `close_async`, blocking."""
        return self._runner.run(self._operations.session_close())
