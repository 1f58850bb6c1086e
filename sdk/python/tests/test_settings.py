"""Settings come from arguments, else from the environment; a missing one is named, and the key is never shown."""

import pytest

from kruxos import KruxOS
from kruxos._settings import Settings
from kruxos.errors import ConfigurationError

KEY = "kx_secret_of_the_agent"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in ("ENDPOINT", "AGENT_NAME", "API_KEY"):
        monkeypatch.delenv(f"KRUXOS_{name}", raising=False)


def resolve(endpoint=None, agent_name="my-agent", api_key=KEY, call_timeout=None):
    return Settings.resolve(endpoint, agent_name, api_key, call_timeout)


def test_the_endpoint_is_this_machine_unless_said_otherwise(monkeypatch):
    assert resolve().endpoint == "http://127.0.0.1:7700"
    monkeypatch.setenv("KRUXOS_ENDPOINT", "https://gateway.example:1/")
    assert resolve().rpc_url == "https://gateway.example:1/rpc"
    assert resolve(endpoint="http://other/base/").rpc_url == "http://other/base/rpc"


def test_name_and_key_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("KRUXOS_AGENT_NAME", "from-environment")
    monkeypatch.setenv("KRUXOS_API_KEY", "kx_environment")
    settings = resolve(agent_name=None, api_key=None)
    assert (settings.agent_name, settings.api_key.get_secret_value()) == ("from-environment", "kx_environment")
    assert resolve().agent_name == "my-agent"


@pytest.mark.parametrize("connect", [KruxOS.connect, KruxOS.connect_async])
def test_everything_that_is_missing_is_named(connect, monkeypatch):
    with pytest.raises(ConfigurationError) as caught:
        connect()
    for name in ("`agent_name`", "`KRUXOS_AGENT_NAME`", "`api_key`", "`KRUXOS_API_KEY`"):
        assert name in str(caught.value)
    monkeypatch.setenv("KRUXOS_API_KEY", "")
    with pytest.raises(ConfigurationError) as caught:
        connect(agent_name="my-agent")
    assert "`api_key` is missing" in str(caught.value)
    assert "agent_name" not in str(caught.value)


@pytest.mark.parametrize(
    "endpoint",
    [
        "localhost:7700",
        "ftp://host",
        "http://",
        "http://host:99999",
        "http://host/?a=1",
        "http://host/#a",
        "http://ho st",
        "http://[::1",
    ],
)
def test_an_endpoint_that_is_no_address_is_refused(endpoint):
    with pytest.raises(ConfigurationError, match="endpoint"):
        resolve(endpoint=endpoint)


def test_a_password_in_the_endpoint_is_refused_and_not_shown():
    with pytest.raises(ConfigurationError) as caught:
        resolve(endpoint="http://user:hunter2@host")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("bad", ["a\nb", "ä", "a b", " "])
def test_name_and_key_must_fit_a_header_and_the_key_is_not_shown(bad):
    with pytest.raises(ConfigurationError, match="`agent_name`"):
        resolve(agent_name=bad)
    with pytest.raises(ConfigurationError, match="`api_key`") as caught:
        resolve(api_key=KEY + bad)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_call_timeout_is_more_than_nothing(seconds):
    with pytest.raises(ConfigurationError, match="call_timeout"):
        resolve(call_timeout=seconds)


@pytest.mark.parametrize(
    ("endpoint", "loopback"),
    [
        ("http://127.0.0.1:1", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("http://10.0.0.1", False),
        ("https://localhost.example", False),
    ],
)
def test_only_this_machine_is_loopback(endpoint, loopback):
    assert resolve(endpoint=endpoint).loopback is loopback


def test_the_key_is_not_in_what_is_printed():
    settings = resolve()
    assert KEY not in repr(settings)
    assert KEY not in repr(KruxOS(settings)) + str(KruxOS(settings))
    assert "my-agent" in repr(KruxOS(settings))
