"""Every operation as steps to take, without taking them: what to ask, when to pause, what the answers mean.

An operation is a generator. It yields `Ask` or `Pause`, is sent the `Outcome`, and returns its result. Who takes the
steps, and whether that blocks a thread or awaits, is the matter of `_transport`; here is no input or output.
"""

import logging
import math
import random
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kruxos._settings import Settings
from kruxos._wire import decode_answer, encode_call, read_answer
from kruxos.errors import (
    ConnectionLostError,
    GatewayUnreachableError,
    InvalidParamsError,
    ProtocolError,
    RateLimitedError,
    UnavailableError,
)
from kruxos.models import ApprovalRequest, CapabilityDescription, CapabilityResponse, CapabilitySummary, Session

# The gateway holds an answer back for at most 60 seconds; half of that survives most proxies.
HOLD_SECONDS = 30.0
# How much longer than the gateway may take its answer may be under way.
GRACE_SECONDS = 10.0
LOOK_UP_SECONDS = 30.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0

# A gateway's own 503 is JSON-RPC; these without it are a proxy's, which cannot know whether the call arrived.
_PROXY_LOST_GATEWAY = (502, 503, 504)

_logger = logging.getLogger("kruxos")


@dataclass(frozen=True, slots=True)
class Ask:
    """Post this body, and wait for an answer for that many seconds; None: without end."""

    body: bytes
    headers: Mapping[str, str]
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for that many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Something answered."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing answered; `sent` says whether the call may have arrived."""

    sent: bool
    detail: str
    cause: Exception


Outcome = Answer | Lost | None
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Steps = Generator[Ask | Pause, Outcome, T]


class Operations:
    """The operations of one agent at one gateway."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.session_id: str | None = None
        self._clock = clock

    def invoke(self, capability: str, params: Mapping[str, Any]) -> Steps[CapabilityResponse]:
        """Calls a capability, once: after a lost connection nobody here can know whether it was executed."""
        call = {"capability": _text("capability", capability), "params": params}
        return _as(CapabilityResponse, (yield from self._ask("capabilities.invoke", call, f"`{capability}`")))

    def wait(self, request_id: str, timeout: float | None) -> Steps[CapabilityResponse]:
        """Asks again and again until the request is decided and executed, through lost connections and restarts."""
        deadline = _Deadline(timeout, self._clock)
        params = {"request_id": _text("request_id", request_id)}
        pauses = _pauses()
        while True:
            hold, asked_at, trouble = min(HOLD_SECONDS, deadline.left()), self._clock(), None
            try:
                result = yield from self._ask_within(
                    hold + GRACE_SECONDS, "approvals.wait", {**params, "timeout_ms": math.ceil(hold * 1000)}
                )
            except (GatewayUnreachableError, UnavailableError, RateLimitedError) as error:
                trouble = _passing(error)
            else:
                if not _is_open(result):
                    return _as(CapabilityResponse, result)
            if deadline.left() <= 0:
                raise TimeoutError(_time_is_up(request_id, timeout, trouble)) from trouble
            if trouble is None and self._clock() - asked_at >= hold / 2:
                pauses = _pauses()
                continue
            pause = min(_pause_after(trouble, pauses), deadline.left())
            if trouble is not None:
                _logger.warning("waiting for %s goes on in %.1f s: %s", request_id, pause, trouble)
            yield Pause(pause)

    def approval(self, request_id: str) -> Steps[ApprovalRequest]:
        """One request of this agent."""
        params = {"request_id": _text("request_id", request_id)}
        return _as(ApprovalRequest, (yield from self._ask("approvals.get", params)))

    def cancel_approval(self, request_id: str) -> Steps[ApprovalRequest]:
        """Takes a request back."""
        params = {"request_id": _text("request_id", request_id)}
        about = f"the cancellation of {request_id}"
        return _as(ApprovalRequest, (yield from self._ask("approvals.cancel", params, about)))

    def capabilities(self) -> Steps[list[CapabilitySummary]]:
        """Every capability that the gateway knows."""
        result = yield from self._ask("capabilities.list", {})
        return [_as(CapabilitySummary, each) for each in _field(result, "capabilities", list)]

    def describe(self, capability: str) -> Steps[CapabilityDescription]:
        """One capability."""
        params = {"capability": _text("capability", capability)}
        return _as(CapabilityDescription, (yield from self._ask("capabilities.describe", params)))

    def state_get(self, key: str, default: Any) -> Steps[Any]:
        """The value of a key; the default when there is none."""
        data = yield from self._state("get", {"key": _text("key", key)})
        return _field(data, "value", object) if _field(data, "found", bool) else default

    def state_set(self, key: str, value: Mapping[str, Any]) -> Steps[int]:
        """Stores a value; its version."""
        data = yield from self._state("set", {"key": _text("key", key), "value": value})
        return int(_field(data, "version", int))

    def state_delete(self, key: str) -> Steps[bool]:
        """Deletes a key; whether it was there."""
        data = yield from self._state("delete", {"key": _text("key", key)})
        return bool(_field(data, "deleted", bool))

    def state_list(self, prefix: str | None) -> Steps[list[str]]:
        """The keys that begin with a prefix."""
        data = yield from self._state("list", {} if prefix is None else {"prefix": _text("prefix", prefix)})
        return [str(key) for key in _field(data, "keys", list)]

    def session_open(self) -> Steps[Session]:
        """Opens a session; what is called from now on belongs to it."""
        session = _as(Session, (yield from self._ask("session.open", {})))
        self.session_id = session.session_id
        return session

    def session_get(self) -> Steps[Session]:
        """The session that is open."""
        return _as(Session, (yield from self._ask("session.get", {})))

    def session_close(self) -> Steps[Session]:
        """Closes the session; what is called from now on belongs to none."""
        session = _as(Session, (yield from self._ask("session.close", {})))
        self.session_id = None
        return session

    def _state(self, verb: str, params: Mapping[str, Any]) -> Steps[Any]:
        result = yield from self._ask(f"state.{verb}", params, f"`state.{verb}`")
        return _as(CapabilityResponse, result).data

    def _ask(self, method: str, params: Mapping[str, Any], about: str | None = None) -> Steps[Any]:
        # What is carried out takes its time; what is only looked up does not.
        limit, look_up = self.settings.call_timeout, about is None
        return (yield from self._ask_within(LOOK_UP_SECONDS if look_up else limit, method, params, about))

    def _ask_within(
        self, seconds: float | None, method: str, params: Mapping[str, Any], about: str | None = None
    ) -> Steps[Any]:
        """One call and its result; `about` is what may have happened when the connection is lost underway."""
        headers = {} if self.session_id is None else {"KruxOS-Session": self.session_id}
        outcome = yield Ask(encode_call(method, params), headers, seconds)
        match outcome:
            case Answer(status=status, body=body) if status in _PROXY_LOST_GATEWAY and read_answer(body) is None:
                raise self._unanswered(Lost(True, f"HTTP {status}", ConnectionError(f"HTTP {status}")), about)
            case Answer(status=status, body=body):
                return decode_answer(status, body)
            case Lost():
                raise self._unanswered(outcome, about) from outcome.cause
            case None:
                raise RuntimeError("a call was not carried out")

    def _unanswered(self, lost: Lost, about: str | None) -> GatewayUnreachableError:
        endpoint, agent = self.settings.endpoint, self.settings.agent_name
        if not lost.sent:
            return GatewayUnreachableError(
                f"the gateway at {endpoint} cannot be reached ({lost.detail}); nothing was sent. "
                "Start it with `kruxos gateway`, or give its address as `endpoint` or `KRUXOS_ENDPOINT`"
            )
        text = f"the connection to the gateway at {endpoint} was lost before the answer arrived ({lost.detail})"
        if about is not None:
            text += f"; {about} may have been executed: see `kruxos audit query --agent {agent}` before you repeat it"
        return ConnectionLostError(text)


class _Deadline:
    """The end of a wait, on a clock that nobody sets."""

    def __init__(self, seconds: float | None, clock: Callable[[], float]) -> None:
        if seconds is not None and not seconds >= 0:
            raise ValueError("`timeout` is in seconds and not negative, or None for no end")
        self._clock = clock
        self._end = math.inf if seconds is None else clock() + seconds

    def left(self) -> float:
        return max(0.0, self._end - self._clock())


def _pauses() -> Iterator[float]:
    """Growing pauses, scattered so that the agents of a gateway that comes back do not all ask at once."""
    longest = FIRST_PAUSE_SECONDS
    while True:
        yield longest * random.uniform(0.5, 1.0)  # noqa: S311, nothing secret depends on it
        longest = min(longest * 2, LONGEST_PAUSE_SECONDS)


def _pause_after(trouble: Exception | None, pauses: Iterator[float]) -> float:
    pause = next(pauses)
    told = trouble.retry_after if isinstance(trouble, RateLimitedError) else None
    return pause if told is None else max(pause, told)


def _passing(
    error: GatewayUnreachableError | UnavailableError | RateLimitedError,
) -> GatewayUnreachableError | UnavailableError | RateLimitedError:
    """What waiting may cure; a limit that waiting does not help against is raised."""
    if isinstance(error, RateLimitedError) and error.data.get("retry_after_ms", 0) is None:
        raise error
    return error


def _is_open(result: Any) -> bool:
    """Whether the answer to a wait is the request, still open; one that is closed would have been an error."""
    return isinstance(result, dict) and result.get("state") in ("pending", "approved", "executing")


def _time_is_up(request_id: str, timeout: float | None, trouble: Exception | None) -> str:
    text = f"{request_id} was not decided and executed within {timeout:g} s; " if timeout else f"{request_id} is open; "
    text += "it stays in the queue: wait again with the same id"
    return text if trouble is None else f"{text} (the last try: {trouble})"


def _text(name: str, value: str) -> str:
    if isinstance(value, str) and value:
        return value
    raise InvalidParamsError(f"`{name}` must be text and not empty")


def _as(model: type[M], result: Any) -> M:
    try:
        return model.model_validate(result)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        names = ", ".join(".".join(str(part) for part in fault["loc"]) or "everything" for fault in faults)
        raise ProtocolError(f"the gateway's answer is not a `{model.__name__}`: {names} is missing or wrong") from None


def _field(result: Any, name: str, kind: type) -> Any:
    if isinstance(result, dict) and name in result and isinstance(result[name], kind):
        return result[name]
    raise ProtocolError(f"the gateway's answer has no good `{name}`")
