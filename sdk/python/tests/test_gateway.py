"""The client and the real gateway understand each other, also where the page says nothing."""

import asyncio
import logging
import signal
import threading

import pytest

from kruxos import KruxOS, errors

RUN = {"command": "systemctl", "args": ["restart", "myapp"]}


@pytest.fixture
def connection(gateway):
    return gateway.agent("my-agent")


@pytest.fixture
def agent(connection):
    with KruxOS.connect(**connection) as os:
        yield os


def test_an_autonomous_call_is_executed_at_once(gateway, agent):
    (gateway.workspace / "notes.txt").write_text("what was noted")
    response = agent.call("filesystem.read", path="/workspace/notes.txt")
    assert (response.tier, response.status, response.request_id) == ("autonomous", "executed", None)
    assert "what was noted" in str(response.data)
    assert response.record >= 1


def test_a_notified_call_is_executed_at_once(gateway, agent):
    assert agent.call("filesystem.write", path="/workspace/a.txt", content="hi").tier == "notify"
    assert (gateway.workspace / "a.txt").read_text() == "hi"


def test_a_blocked_call_says_which_rule(agent):
    with pytest.raises(errors.PolicyDeniedError, match="Credentials are closed to agents") as caught:
        agent.call("filesystem.read", path="/etc/shadow")
    assert caught.value.rule.policy == "system-baseline"
    assert caught.value.rule.id == "credentials"


def test_a_call_that_waits_says_why_and_is_asked_once(agent):
    with pytest.raises(errors.ApprovalRequiredError) as caught:
        agent.call("process.run", RUN)
    first = caught.value
    assert (first.request_id, first.already_pending, first.expires_at) == ("ap_001", False, None)
    assert first.reason == "Service management commands require supervisor approval"
    assert (first.rule.policy, first.rule.id) == ("team-moderate", "service-management")
    with pytest.raises(errors.ApprovalRequiredError) as caught:
        agent.call("process.run", RUN)
    assert (caught.value.request_id, caught.value.already_pending) == ("ap_001", True)


def test_a_wait_goes_on_through_a_restart(gateway, connection, caplog):
    async def run(how):
        async with KruxOS.connect_async(**connection) as os:
            with pytest.raises(errors.ApprovalRequiredError) as caught:
                await os.call_async("process.run", RUN)
            waiting = asyncio.create_task(os.wait_for_approval_async(caught.value.request_id, timeout=120))
            await asyncio.sleep(0.3)
            await asyncio.to_thread(gateway.stop, how)
            assert not waiting.done()
            await asyncio.to_thread(gateway.start)
            await asyncio.to_thread(gateway.command, f"kruxos approve accept {caught.value.request_id}")
            return await waiting

    for how, request_id in ((signal.SIGTERM, "ap_001"), (signal.SIGKILL, "ap_002")):
        with caplog.at_level(logging.WARNING, "kruxos"):
            response = asyncio.run(run(how))
        assert (response.request_id, response.success) == (request_id, True)
        assert f"waiting for {request_id} goes on" in caplog.text


def test_a_blocking_wait_goes_on_through_a_restart(gateway, agent):
    with pytest.raises(errors.ApprovalRequiredError):
        agent.call("process.run", RUN)

    def restart_and_approve():
        gateway.stop()
        gateway.start()
        gateway.command("kruxos approve accept ap_001")

    restarting = threading.Thread(target=restart_and_approve)
    restarting.start()
    assert agent.wait_for_approval("ap_001", timeout=120).success
    restarting.join()


def test_a_request_is_nobody_else_s(gateway, agent):
    with pytest.raises(errors.ApprovalRequiredError):
        agent.call("process.run", RUN)
    with KruxOS.connect(**gateway.agent("deploy-bot")) as other:
        for verb in (other.approval, other.cancel_approval, other.wait_for_approval):
            with pytest.raises(errors.NotFoundError):
                verb("ap_001")
    assert agent.approval("ap_001").state == "pending"


def test_a_cancelled_request_is_closed(agent):
    with pytest.raises(errors.ApprovalRequiredError):
        agent.call("process.run", RUN)
    request = agent.approval("ap_001")
    assert (request.request_id, request.state, request.capability) == ("ap_001", "pending", "process.run")
    assert request.params == RUN
    assert agent.cancel_approval("ap_001").state == "cancelled"
    with pytest.raises(errors.ApprovalClosedError) as caught:
        agent.wait_for_approval("ap_001", timeout=60)
    assert (caught.value.request_id, caught.value.state) == ("ap_001", "cancelled")


def test_an_approved_call_that_does_not_work_says_why(gateway, agent):
    with pytest.raises(errors.ApprovalRequiredError):
        agent.call("filesystem.delete", path="/workspace/not-there")
    gateway.command("kruxos approve accept ap_001")
    with pytest.raises(errors.ExecutionFailedError) as caught:
        agent.wait_for_approval("ap_001", timeout=60)
    assert caught.value.request_id == "ap_001"
    assert caught.value.reason


def test_state_keeps_objects(agent):
    value = {"a": [1, 2.5, None, True, "é", {}], "big": 9007199254740993, "": "\u202e"}
    assert agent.state.get("k", default="none") == "none"
    version = agent.state.set("k", value)
    assert agent.state.get("k", default="none") == value
    assert agent.state.set("k", {}) > version
    assert agent.state.get("k", default="none") == {}
    agent.state.set("other", {})
    assert agent.state.list() == ["k", "other"]
    assert agent.state.list("o") == ["other"]
    assert agent.state.delete("k") is True
    assert agent.state.delete("k") is False
    assert agent.state.list() == ["other"]


def test_state_that_is_no_object_is_refused(agent):
    with pytest.raises(errors.CapabilityError, match="must be object, not string"):
        agent.state.set("k", "text")


def test_state_is_the_agent_s_own(gateway, agent):
    agent.state.set("k", {"n": 1})
    with KruxOS.connect(**gateway.agent("deploy-bot")) as other:
        assert other.state.list() == []
        assert other.state.get("k") is None


def test_capabilities_say_what_they_take(agent):
    capabilities = {each.name: each for each in agent.capabilities()}
    assert capabilities["process.run"].executable
    assert not capabilities["email.send"].executable
    assert "command" in agent.describe("process.run").input_schema["properties"]
    with pytest.raises(errors.NotFoundError):
        agent.describe("no.such_capability")


def test_calls_belong_to_a_session(gateway, agent):
    session = agent.session.open()
    assert agent.session.get() == session
    agent.state.list()
    assert agent.session.close().session_id == session.session_id
    assert agent.session.id is None
    assert session.session_id in gateway.command("kruxos audit query --agent my-agent --format json")


@pytest.mark.parametrize("change", [{"api_key": "kx_wrong"}, {"agent_name": "deploy-bot"}])
def test_a_wrong_name_or_key_is_refused(connection, change):
    with pytest.raises(errors.AuthenticationError) as caught:
        KruxOS.connect(**{**connection, **change})
    assert connection["api_key"] not in str(caught.value)


def test_a_revoked_key_ends_a_wait(gateway, agent):
    with pytest.raises(errors.ApprovalRequiredError):
        agent.call("process.run", RUN)
    gateway.command("kruxos agent revoke my-agent")
    with pytest.raises(errors.AuthenticationError):
        agent.wait_for_approval("ap_001", timeout=60)
