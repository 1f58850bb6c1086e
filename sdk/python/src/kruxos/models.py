"""What the gateway gives, as immutable values. Knows nothing of how they came."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

__all__ = [
    "ApprovalRequest",
    "CapabilityDescription",
    "CapabilityResponse",
    "CapabilitySummary",
    "Rule",
    "Session",
    "Unknown",
]


class _Answer(BaseModel):
    # A newer gateway may say more than this version knows.
    model_config = ConfigDict(extra="ignore", frozen=True)


class CapabilityResponse(_Answer):
    """What an executed call gave.

    `tier` is `autonomous`, `notify` or `approval_required`; `data` is what the capability gives; `record` is the
    sequence number of the decision in the audit trail; `request_id` is None unless a person approved the call.
    """

    status: str
    tier: str
    data: Any
    record: int
    request_id: str | None = None

    @property
    def success(self) -> bool:
        """Whether the call was executed; one that was tried and failed is an `ExecutionFailedError` instead."""
        return self.status == "executed"


class ApprovalRequest(_Answer):
    """A request for approval, as the agent that made it sees it.

    `state` is `pending`, `approved`, `executing`, `succeeded`, `failed`, `interrupted`, `rejected`, `expired` or
    `cancelled`.
    """

    request_id: str
    state: str
    capability: str
    params: dict[str, Any]
    requested_at: AwareDatetime
    expires_at: AwareDatetime | None = None
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    reason: str | None = None


class CapabilitySummary(_Answer):
    """A capability by name; `executable` says whether this gateway can execute it."""

    name: str
    description: str | None = None
    executable: bool


class CapabilityDescription(CapabilitySummary):
    """A capability with the JSON Schema of its parameters."""

    input_schema: Any


class Session(_Answer):
    """A session: what belongs together in the audit trail."""

    session_id: str
    agent: str
    opened_at: AwareDatetime


class Rule(_Answer):
    """What decided; `capability` is the entry's pattern, `rule` its place from 1 (None: the entry's own tier)."""

    policy: str | None = None
    capability: str | None = None
    rule: int | None = None
    id: str | None = None
    file: str | None = None
    line: int | None = None


class Unknown(_Answer):
    """A test of the policy that could not be computed: which, why, and what helps."""

    test: str | None = None
    cause: str | None = None
    help: str | None = None
