"""`KruxOS`: what an agent holds in its hand. Each operation is there twice over the same steps: awaiting, blocking."""

from collections.abc import Generator, Mapping
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from kruxos._runner import Runner
from kruxos._session import SessionControl
from kruxos._settings import DEFAULT_CALL_TIMEOUT, Settings
from kruxos._state import State
from kruxos._steps import Operations
from kruxos.errors import InvalidParamsError
from kruxos.models import ApprovalRequest, CapabilityDescription, CapabilityResponse, CapabilitySummary

C = TypeVar("C", bound="KruxOS")


class KruxOS:
    """An agent's connection to a gateway; made by `connect` or `connect_async`.

    Methods that end in `_async` are awaited, the others block the thread. Both work on the same object, however it was
    connected; it may be used from several threads and event loops.
    """

    state: State
    session: SessionControl

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._operations = Operations(settings)
        self._runner = Runner(settings)
        self.state = State(self._operations, self._runner)
        self.session = SessionControl(self._operations, self._runner)

    @classmethod
    def connect(
        cls,
        *,
        endpoint: str | None = None,
        agent_name: str | None = None,
        api_key: str | None = None,
        call_timeout: float | None = DEFAULT_CALL_TIMEOUT,
    ) -> Self:
        """Connects, and asks the gateway whether it knows this agent and its key.

        What is not given comes from `KRUXOS_ENDPOINT` (else `http://127.0.0.1:7700`), `KRUXOS_AGENT_NAME` and
        `KRUXOS_API_KEY`. A call that is executed longer than `call_timeout` seconds is given up, not stopped.
        """
        client = cls(Settings.resolve(endpoint, agent_name, api_key, call_timeout))
        try:
            client.capabilities()
        except BaseException:
            client.close()
            raise
        return client

    @classmethod
    def connect_async(
        cls,
        *,
        endpoint: str | None = None,
        agent_name: str | None = None,
        api_key: str | None = None,
        call_timeout: float | None = DEFAULT_CALL_TIMEOUT,
    ) -> "Connecting[Self]":
        """As `connect`; `os = await KruxOS.connect_async(…)`, or `async with KruxOS.connect_async(…) as os`."""
        return Connecting(cls(Settings.resolve(endpoint, agent_name, api_key, call_timeout)))

    async def call_async(
        self, capability: str, params: Mapping[str, Any] | None = None, /, **named: Any
    ) -> CapabilityResponse:
        """Calls a capability and gives its response once it was executed.

        Parameters are keywords, whatever their names; those that Python cannot spell go into `params`. A call that a
        person must approve raises `ApprovalRequiredError`. A call is never repeated by itself: when the connection is
        lost underway, `ConnectionLostError` says that it may have been executed.
        """
        return await self._runner.run_async(self._operations.invoke(capability, _merged(params, named)))

    def call(self, capability: str, params: Mapping[str, Any] | None = None, /, **named: Any) -> CapabilityResponse:
        """As `call_async`, blocking."""
        return self._runner.run(self._operations.invoke(capability, _merged(params, named)))

    async def wait_for_approval_async(self, request_id: str, timeout: float | None = None) -> CapabilityResponse:
        """The response of the approved call, once a supervisor approved it and it was executed.

        Raises `ApprovalRejectedError` when it was rejected, and `TimeoutError` after `timeout` seconds (None: never; 0:
        asks once); the request stays in the queue, and may be waited for again, from another process too. Lost
        connections and restarts of the gateway are waited through.
        """
        return await self._runner.run_async(self._operations.wait(request_id, timeout))

    def wait_for_approval(self, request_id: str, timeout: float | None = None) -> CapabilityResponse:
        """As `wait_for_approval_async`, blocking."""
        return self._runner.run(self._operations.wait(request_id, timeout))

    async def approval_async(self, request_id: str) -> ApprovalRequest:
        """One of this agent's requests, as it is now."""
        return await self._runner.run_async(self._operations.approval(request_id))

    def approval(self, request_id: str) -> ApprovalRequest:
        """As `approval_async`, blocking."""
        return self._runner.run(self._operations.approval(request_id))

    async def cancel_approval_async(self, request_id: str) -> ApprovalRequest:
        """Takes one of this agent's requests back."""
        return await self._runner.run_async(self._operations.cancel_approval(request_id))

    def cancel_approval(self, request_id: str) -> ApprovalRequest:
        """As `cancel_approval_async`, blocking."""
        return self._runner.run(self._operations.cancel_approval(request_id))

    async def capabilities_async(self) -> list[CapabilitySummary]:
        """Every capability that the gateway knows."""
        return await self._runner.run_async(self._operations.capabilities())

    def capabilities(self) -> list[CapabilitySummary]:
        """As `capabilities_async`, blocking."""
        return self._runner.run(self._operations.capabilities())

    async def describe_async(self, capability: str) -> CapabilityDescription:
        """A capability, with the JSON Schema of its parameters."""
        return await self._runner.run_async(self._operations.describe(capability))

    def describe(self, capability: str) -> CapabilityDescription:
        """As `describe_async`, blocking."""
        return self._runner.run(self._operations.describe(capability))

    async def close_async(self) -> None:
        """Ends the connections. Requests stay in the queue."""
        await self._runner.close_async()

    def close(self) -> None:
        """As `close_async`, blocking."""
        self._runner.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close_async()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<KruxOS: agent {self._settings.agent_name} at {self._settings.endpoint}>"


class Connecting(Generic[C]):
    """A connection about to be made: awaited, or entered as a context manager."""

    def __init__(self, client: C) -> None:
        self._client = client

    def __await__(self) -> Generator[Any, None, C]:
        return self._connect().__await__()

    async def __aenter__(self) -> C:
        return await self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close_async()

    async def _connect(self) -> C:
        try:
            await self._client.capabilities_async()
        except BaseException:
            await self._client.close_async()
            raise
        return self._client


def _merged(params: Mapping[str, Any] | None, named: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of both spellings; one that is given in both is a mistake that nobody should guess about."""
    if params is None:
        return dict(named)
    if not isinstance(params, Mapping):
        raise InvalidParamsError("parameters are keywords, or a mapping in the second place")
    twice = sorted(params.keys() & named.keys())
    if twice:
        raise InvalidParamsError(f"`{twice[0]}` is given twice, as a keyword and in the mapping")
    return {**params, **named}
