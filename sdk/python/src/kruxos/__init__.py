"""Call the capabilities of a KruxOS gateway, and wait for the people who approve them.

from kruxos import KruxOS
from kruxos.errors import ApprovalRequiredError

with KruxOS.connect(agent_name="my-agent", api_key="…") as os:
    print(os.call("filesystem.read", path="/workspace/notes.txt").data)
"""

from kruxos import errors
from kruxos._client import KruxOS
from kruxos.models import (
    ApprovalRequest,
    CapabilityDescription,
    CapabilityResponse,
    CapabilitySummary,
    Rule,
    Session,
    Unknown,
)

__all__ = [
    "ApprovalRequest",
    "CapabilityDescription",
    "CapabilityResponse",
    "CapabilitySummary",
    "KruxOS",
    "Rule",
    "Session",
    "Unknown",
    "errors",
]
