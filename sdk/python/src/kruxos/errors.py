"""What can go wrong, as exceptions: one class for each kind of error that the gateway answers with.

A class names its code and kind; its annotations are what the gateway's `data` must hold, checked when it is made. Knows
nothing of HTTP or of how the answer came.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, get_type_hints

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError, create_model

from kruxos.models import Rule, Unknown

__all__ = [
    "ApprovalClosedError",
    "ApprovalRejectedError",
    "ApprovalRequiredError",
    "AuthenticationError",
    "CapabilityError",
    "ConfigurationError",
    "ConnectionLostError",
    "ExecutionFailedError",
    "GatewayUnreachableError",
    "InvalidParamsError",
    "KruxOSError",
    "NotExecutableError",
    "NotFoundError",
    "PolicyDeniedError",
    "ProtocolError",
    "RateLimitedError",
    "TooManyPendingError",
    "UnavailableError",
]


class _Details(BaseModel):
    # A newer gateway may say more than this version knows; what it says stays readable in `data`.
    model_config = ConfigDict(extra="ignore", frozen=True)


def _details_of(error: type[Exception]) -> type[BaseModel]:
    """The model of what an error's annotations promise."""
    known = {"message", "code", "data"}
    fields: dict[str, Any] = {
        name: (hint, getattr(error, name, ...))
        for name, hint in get_type_hints(error).items()
        if not name.startswith("_") and name not in known
    }
    return create_model(error.__name__, __base__=_Details, **fields)


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"`{'.'.join(str(part) for part in fault['loc'])}`: {fault['msg'].lower()}"


class KruxOSError(Exception):
    """Everything this package raises, but for the `TimeoutError` of a wait.

    `message` is the sentence of the gateway, or of this package when no answer came; `code` and `data` are those of the
    gateway's answer; without one `code` is None and `data` is empty.
    """

    message: str
    code: int | None
    data: Mapping[str, Any]

    _answers: ClassVar[dict[tuple[int, str], type["KruxOSError"]]] = {}
    _details: ClassVar[type[BaseModel]] = _Details

    def __init_subclass__(cls, *, code: int | None = None, kind: str | None = None) -> None:
        super().__init_subclass__()
        cls._details = _details_of(cls)
        if code is not None and kind is not None:
            KruxOSError._answers[code, kind] = cls

    def __init__(self, message: str, *, code: int | None = None, data: Mapping[str, Any] | None = None) -> None:
        self.message = message
        self.code = code
        self.data = {} if data is None else data
        if data is not None:
            self.__dict__.update(self._details.model_validate(data))
        super().__init__(message)

    def __str__(self) -> str:
        reason = getattr(self, "reason", None)
        return f"{self.message} (reason: {reason})" if reason and reason not in self.message else self.message

    @property
    def kind(self) -> str | None:
        """The gateway's word for this error, such as `policy_denied`."""
        return self.data.get("kind")

    @classmethod
    def from_answer(cls, code: int, message: str, data: Mapping[str, Any]) -> "KruxOSError":
        """The error that the gateway answered with; a code or kind unknown here is a `CapabilityError`."""
        found = cls._answers.get((code, str(data.get("kind"))), CapabilityError)
        try:
            return found(message, code=code, data=data)
        except ValidationError as error:
            text = f"the gateway's error {code} lacks what belongs to it: {_first_fault(error)} (it says: {message})"
            return ProtocolError(text, code=code, data=data)


class ConfigurationError(KruxOSError, ValueError):
    """What was given to `connect`, or set in the environment, is missing or not usable."""


class AuthenticationError(KruxOSError, code=-32003, kind="not_authenticated"):
    """The gateway does not know the agent, or the key is wrong or was revoked."""


class GatewayUnreachableError(KruxOSError, ConnectionError):
    """No connection to the gateway; nothing was sent, so nothing was executed."""


class ConnectionLostError(GatewayUnreachableError):
    """The connection was lost after the call was sent: it may have been executed."""


class ProtocolError(KruxOSError):
    """What answered does not speak the gateway's protocol."""


class CapabilityError(KruxOSError):
    """The gateway answered, and the call gave no response; also every answer of a kind unknown to this version."""


class RateLimitedError(CapabilityError, code=-32000, kind="rate_limited"):
    """A limit is spent."""

    retry_after_ms: int | None = None
    reason: str | None = None
    rule: Rule | None = None

    @property
    def retry_after(self) -> float | None:
        """Seconds after which a new try can succeed; None when waiting does not help."""
        return None if self.retry_after_ms is None else self.retry_after_ms / 1000


class PolicyDeniedError(CapabilityError, code=-32001, kind="policy_denied"):
    """The policy blocks the call. `unknowns` are the tests that could not be computed, which never loosens."""

    reason: str | None = None
    rule: Rule | None = None
    unknowns: tuple[Unknown, ...] = ()


class ApprovalRequiredError(CapabilityError, code=-32002, kind="approval_required"):
    """The call waits for a person: give `request_id` to `wait_for_approval`, now or later, here or elsewhere."""

    request_id: str
    already_pending: bool = False
    reason: str | None = None
    rule: Rule | None = None
    expires_at: AwareDatetime | None = None


class ExecutionFailedError(CapabilityError, code=-32004, kind="execution_failed"):
    """The call was allowed, was tried, and did not work."""

    reason: str | None = None
    request_id: str | None = None


class ApprovalRejectedError(CapabilityError, code=-32005, kind="approval_rejected"):
    """A supervisor rejected the request."""

    request_id: str
    reason: str | None = None
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None


class ApprovalClosedError(CapabilityError, code=-32006, kind="approval_closed"):
    """Nobody can approve the request any more: `state` is `expired`, `cancelled` or `interrupted`."""

    request_id: str
    state: str
    reason: str | None = None


class NotFoundError(CapabilityError, code=-32007, kind="not_found"):
    """There is no such request, capability or session for this agent."""


class TooManyPendingError(CapabilityError, code=-32008, kind="too_many_pending"):
    """The agent has as many requests pending as it may have."""

    pending: int
    allowed: int


class UnavailableError(CapabilityError, code=-32009, kind="unavailable"):
    """The gateway cannot write its audit trail, or is stopping; nothing was executed."""


class NotExecutableError(CapabilityError, code=-32010, kind="not_executable"):
    """The call is not blocked, but the gateway executes nothing of that name; nothing was executed or queued."""

    capability: str | None = None


class InvalidParamsError(CapabilityError, code=-32602, kind="invalid_params"):
    """The parameters are not those of the capability, or cannot be written as JSON."""
