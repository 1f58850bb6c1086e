"""Where the gateway is and who calls, from arguments and the environment."""

import os
import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr

from kruxos.errors import ConfigurationError

DEFAULT_ENDPOINT = "http://127.0.0.1:7700"
DEFAULT_CALL_TIMEOUT = 900.0

_SOURCES = {
    "agent_name": ("KRUXOS_AGENT_NAME", "the name the agent was registered with"),
    "api_key": ("KRUXOS_API_KEY", "`kruxos agent create --name NAME` prints it once"),
}
_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """A usable set of settings; the key is not shown by `repr`."""

    endpoint: str
    agent_name: str
    api_key: SecretStr
    call_timeout: float | None

    @classmethod
    def resolve(
        cls, endpoint: str | None, agent_name: str | None, api_key: str | None, call_timeout: float | None
    ) -> "Settings":
        """Completes what was given by what the environment says; names what is missing."""
        given = {"agent_name": agent_name, "api_key": api_key}
        found = {name: given[name] or os.environ.get(_SOURCES[name][0]) for name in given}
        missing = [name for name, value in found.items() if not value]
        if missing:
            raise ConfigurationError("; ".join(_missing(name) for name in missing))
        return cls(
            endpoint=_endpoint(endpoint or os.environ.get("KRUXOS_ENDPOINT") or DEFAULT_ENDPOINT),
            agent_name=_visible("agent_name", found["agent_name"]),
            api_key=SecretStr(_visible("api_key", found["api_key"])),
            call_timeout=_timeout(call_timeout),
        )

    @property
    def rpc_url(self) -> str:
        """Where calls are posted to."""
        return f"{self.endpoint}/rpc"

    @property
    def loopback(self) -> bool:
        """Whether the gateway is on this machine, where a proxy of the environment has no business."""
        host = urlsplit(self.endpoint).hostname or ""
        try:
            return host == "localhost" or ip_address(host).is_loopback
        except ValueError:
            return False


def _missing(name: str) -> str:
    variable, hint = _SOURCES[name]
    return f"`{name}` is missing: pass it to `connect`, or set `{variable}` ({hint})"


def _endpoint(text: str) -> str:
    """The endpoint without a slash at its end; its text is not repeated in errors where it may hold a password."""
    try:
        parts = urlsplit(text)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ConfigurationError(f"`endpoint` is not an address: {error}") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("`endpoint` holds a user or password; the key belongs in `api_key`")
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_good:
        raise ConfigurationError(f"`endpoint` is `{text}`, and should look like `{DEFAULT_ENDPOINT}`")
    if parts.query or parts.fragment or not _VISIBLE.fullmatch(text):
        raise ConfigurationError("`endpoint` may have no query, fragment, space or letter outside ASCII")
    return text.rstrip("/")


def _visible(name: str, value: str | None) -> str:
    """A value that can stand in a header; the value itself is not shown, it may be the key."""
    if not isinstance(value, str) or not _VISIBLE.fullmatch(value):
        raise ConfigurationError(f"`{name}` must be visible ASCII characters without spaces")
    return value


def _timeout(seconds: float | None) -> float | None:
    if seconds is not None and not seconds > 0:
        raise ConfigurationError("`call_timeout` is in seconds and more than 0, or None for no end")
    return seconds
