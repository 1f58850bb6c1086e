"""Takes the steps of an operation over HTTP: one class blocks the thread, the other awaits. Knows no operation."""

import asyncio
import threading
import time
from typing import Any, TypeVar

import httpx

from kruxos._settings import Settings
from kruxos._steps import Answer, Ask, Lost, Outcome, Pause, Steps
from kruxos.errors import ProtocolError

# More than the gateway's own bound of an answer; a peer that never stops talking is not to fill the memory.
MAX_ANSWER = 64 * 1024 * 1024
CONNECT_SECONDS = 5.0
# Every wait holds a connection.
MAX_CONNECTIONS = 1000

T = TypeVar("T")

# Raised before the first byte of a call has left.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class BlockingTransport:
    """Takes steps in the calling thread; may be used by several threads at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._opened: httpx.Client | None = None

    def run(self, operation: Steps[T]) -> T:
        """Takes the steps of an operation until its result."""
        outcome: Outcome = None
        while True:
            try:
                step = operation.send(outcome)
            except StopIteration as done:
                result: T = done.value
                return result
            outcome = self._take(step)

    def close(self) -> None:
        """Closes the connections."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()

    def _take(self, step: Ask | Pause) -> Outcome:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            with self._client().stream("POST", self._settings.rpc_url, **_request(step)) as response:
                body = _Body()
                for chunk in response.iter_raw():
                    body.add(chunk)
                return Answer(response.status_code, body.bytes())
        except httpx.RequestError as error:
            return _lost(error)

    def _client(self) -> httpx.Client:
        with self._lock:
            if self._opened is None:
                self._opened = httpx.Client(**_options(self._settings))
            return self._opened


class AwaitingTransport:
    """Takes steps in the running event loop. A connection belongs to its loop, so each loop has a client of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._clients: dict[asyncio.AbstractEventLoop, httpx.AsyncClient] = {}

    async def run(self, operation: Steps[T]) -> T:
        """Takes the steps of an operation until its result."""
        outcome: Outcome = None
        while True:
            try:
                step = operation.send(outcome)
            except StopIteration as done:
                result: T = done.value
                return result
            outcome = await self._take(step)

    async def close(self) -> None:
        """Closes the connections of the running loop; those of other loops end with them."""
        with self._lock:
            client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    async def _take(self, step: Ask | Pause) -> Outcome:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            async with self._client().stream("POST", self._settings.rpc_url, **_request(step)) as response:
                body = _Body()
                async for chunk in response.aiter_raw():
                    body.add(chunk)
                return Answer(response.status_code, body.bytes())
        except httpx.RequestError as error:
            return _lost(error)

    def _client(self) -> httpx.AsyncClient:
        running = asyncio.get_running_loop()
        with self._lock:
            if running not in self._clients:
                for ended in [loop for loop in self._clients if loop.is_closed()]:
                    del self._clients[ended]
                self._clients[running] = httpx.AsyncClient(**_options(self._settings))
            return self._clients[running]


class _Body:
    """The bytes of an answer, as many as are allowed."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, chunk: bytes) -> None:
        self._bytes += chunk
        if len(self._bytes) > MAX_ANSWER:
            raise ProtocolError(
                f"the answer has more than the {MAX_ANSWER} bytes that are allowed; the call may have been executed"
            )

    def bytes(self) -> bytes:
        return bytes(self._bytes)


def _options(settings: Settings) -> dict[str, Any]:
    """What the blocking and the awaiting client have alike."""
    headers = {
        "Authorization": f"Bearer {settings.api_key.get_secret_value()}",
        "KruxOS-Agent": settings.agent_name,
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
    }
    return {
        "headers": headers,
        # A redirect would carry the key to wherever the answer says.
        "follow_redirects": False,
        "trust_env": not settings.loopback,
        "limits": httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=20),
    }


def _request(ask: Ask) -> dict[str, Any]:
    timeout = httpx.Timeout(ask.seconds, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
    return {"content": ask.body, "headers": ask.headers, "timeout": timeout}


def _lost(error: httpx.RequestError) -> Lost:
    detail = str(error) or type(error).__name__
    return Lost(not isinstance(error, _NOT_SENT), detail, error)
