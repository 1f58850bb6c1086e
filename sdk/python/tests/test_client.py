"""The client over real connections, to a gateway that answers what a test tells it. Each fact holds for both twins."""

import asyncio
import gc
import inspect
import logging
import socket
import threading

import pytest
from fake_gateway import FakeGateway, Reply

from kruxos import KruxOS, errors
from kruxos import _transport as transport

KEY = "kx_secret_of_the_agent"
RESPONSE = {"status": "executed", "tier": "autonomous", "data": {"out": "hi"}, "record": 1, "request_id": None}
PENDING = {
    "request_id": "ap_001",
    "state": "pending",
    "capability": "process.run",
    "params": {},
    "requested_at": "2026-03-29T14:20:00Z",
}


@pytest.fixture
def gateway():
    started = []

    def start(answers, port=0):
        started.append(FakeGateway(answers, port))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def settings(endpoint):
    return {"endpoint": endpoint, "agent_name": "my-agent", "api_key": KEY}


def blocking(endpoint, verb, *arguments, **named):
    with KruxOS.connect(**settings(endpoint)) as os:
        return method(os, verb)(*arguments, **named)


def awaiting(endpoint, verb, *arguments, **named):
    async def run():
        async with KruxOS.connect_async(**settings(endpoint)) as os:
            return await method(os, f"{verb}_async")(*arguments, **named)

    return asyncio.run(run())


def method(os, verb):
    for part in verb.split("."):
        os = getattr(os, part)
    return os


@pytest.fixture(params=[blocking, awaiting])
def do(request):
    return request.param


def test_a_call_carries_who_calls(gateway, do):
    server = gateway(lambda *_: RESPONSE)
    assert do(server.endpoint, "call", "filesystem.read", path="/workspace/a").data == {"out": "hi"}
    assert server.calls[-1] == (
        "capabilities.invoke",
        {"capability": "filesystem.read", "params": {"path": "/workspace/a"}},
    )
    headers = server.headers[-1]
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["kruxos-agent"] == "my-agent"
    assert headers["content-type"] == "application/json"
    assert headers[":path"] == "/rpc"
    assert "kruxos-session" not in headers


def test_parameters_may_have_any_name(gateway, do):
    server = gateway(lambda *_: RESPONSE)
    named = {"self": 1, "capability": 2, "params": 3, "timeout": 4, "request_id": 5}
    do(server.endpoint, "call", "x.y", {"content-type": 6}, **named)
    assert server.calls[-1][1]["params"] == {"content-type": 6, **named}


def test_a_parameter_given_twice_is_refused_before_anything_is_sent(gateway, do):
    server = gateway(lambda *_: RESPONSE)
    with pytest.raises(errors.InvalidParamsError, match="`a` is given twice"):
        do(server.endpoint, "call", "x.y", {"a": 1}, a=1)
    assert [call for call, _ in server.calls] == ["capabilities.list"]


def test_errors_arrive(gateway, do):
    server = gateway(lambda *_: Reply.error(-32002, "approval_required", request_id="ap_001", already_pending=False))
    with pytest.raises(errors.ApprovalRequiredError) as caught:
        do(server.endpoint, "call", "process.run", command="deploy.sh")
    assert caught.value.request_id == "ap_001"


def test_a_wrong_key_is_told_when_connecting(gateway, do):
    server = gateway(lambda *_: RESPONSE)
    server.reply = lambda *_: Reply.error(-32003, "not_authenticated", status=401)
    with pytest.raises(errors.AuthenticationError) as caught:
        do(server.endpoint, "call", "x.y")
    assert KEY not in str(caught.value) + repr(caught.value)


def test_a_gateway_that_is_not_there_is_told_when_connecting(do):
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"http://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(errors.GatewayUnreachableError, match="nothing was sent") as caught:
        do(endpoint, "call", "x.y")
    assert type(caught.value) is errors.GatewayUnreachableError
    assert endpoint in str(caught.value)


def test_a_call_whose_connection_is_cut_is_sent_once(gateway, do):
    server = gateway(lambda *_: Reply(cut=True))
    with pytest.raises(errors.ConnectionLostError, match=r"`process\.run` may have been executed"):
        do(server.endpoint, "call", "process.run", command="deploy.sh")
    assert [call for call, _ in server.calls].count("capabilities.invoke") == 1


def test_a_call_that_is_answered_too_late_may_have_been_executed(gateway):
    released = threading.Event()
    server = gateway(lambda *_: RESPONSE if released.wait(20) else None)
    with KruxOS.connect(**settings(server.endpoint), call_timeout=0.05) as os:
        with pytest.raises(errors.ConnectionLostError, match="may have been executed"):
            os.call("process.run", command="sleep")
        released.set()


def test_a_wait_goes_on_through_cut_connections(gateway, do):
    replies = [Reply(cut=True), PENDING, Reply(cut=True), {**RESPONSE, "request_id": "ap_001"}]
    server = gateway(lambda *_: replies.pop(0))
    assert do(server.endpoint, "wait_for_approval", "ap_001", timeout=60).request_id == "ap_001"
    assert [call for call, _ in server.calls].count("approvals.wait") == 4


def test_a_wait_goes_on_through_a_restart(gateway, do):
    first = gateway(lambda *_: PENDING)
    port, seen = first.port, threading.Event()

    def restart():
        seen.wait(20)
        first.stop()
        gateway(lambda *_: {**RESPONSE, "request_id": "ap_001"}, port)

    first.answers = lambda *_: seen.set() or PENDING
    restarting = threading.Thread(target=restart)
    restarting.start()
    response = do(first.endpoint, "wait_for_approval", "ap_001")
    restarting.join()
    assert response.success


def test_a_wait_with_a_timeout_leaves_the_request(gateway, do):
    server = gateway(lambda *_: PENDING)
    with pytest.raises(TimeoutError, match="stays in the queue"):
        do(server.endpoint, "wait_for_approval", "ap_001", timeout=0)
    assert server.calls[-1] == ("approvals.wait", {"request_id": "ap_001", "timeout_ms": 0})


def test_a_wait_in_an_event_loop_can_be_cancelled(gateway):
    released, asked = threading.Event(), threading.Event()
    server = gateway(lambda *_: (asked.set(), released.wait(20), PENDING)[-1])

    async def run():
        async with KruxOS.connect_async(**settings(server.endpoint)) as os:
            waiting = asyncio.create_task(os.wait_for_approval_async("ap_001"))
            await asyncio.to_thread(asked.wait, 20)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    asyncio.run(run())
    released.set()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_key_does_not_follow_a_redirect(gateway, do, status):
    target = gateway(lambda *_: RESPONSE)
    server = gateway(lambda *_: Reply(status, headers={"Location": f"{target.endpoint}/rpc"}))
    with pytest.raises(errors.ProtocolError, match=str(status)):
        do(server.endpoint, "call", "x.y")
    assert target.calls == []


def test_the_environment_has_no_proxy_for_this_machine(gateway, do, monkeypatch):
    server = gateway(lambda *_: RESPONSE)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert do(server.endpoint, "call", "x.y").success


def test_an_answer_has_a_limit(gateway, do, monkeypatch):
    monkeypatch.setattr(transport, "MAX_ANSWER", 1000)
    server = gateway(lambda *_: {**RESPONSE, "data": "x" * 2000})
    with pytest.raises(errors.ProtocolError, match="1000 bytes that are allowed"):
        do(server.endpoint, "call", "x.y")


def test_the_key_is_in_no_log_and_no_error(gateway, do, caplog):
    replies = [Reply(cut=True), {**RESPONSE, "request_id": "ap_001"}]
    server = gateway(lambda *_: replies.pop(0))
    with caplog.at_level(logging.DEBUG):
        assert do(server.endpoint, "wait_for_approval", "ap_001").success
    assert "waiting for ap_001 goes on" in caplog.text
    assert KEY not in caplog.text


def test_the_rest_of_the_operations_arrive(gateway, do):
    session = {"session_id": "s_1", "agent": "my-agent", "opened_at": "2026-03-29T14:20:00Z"}
    description = {"name": "x.y", "description": "d", "input_schema": {}, "executable": True}
    answers = {
        "capabilities.describe": description,
        "approvals.get": PENDING,
        "approvals.cancel": {**PENDING, "state": "cancelled"},
        "state.get": {**RESPONSE, "data": {"key": "k", "value": 5, "found": True, "version": 1}},
        "state.set": {**RESPONSE, "data": {"key": "k", "version": 2}},
        "state.delete": {**RESPONSE, "data": {"key": "k", "deleted": False}},
        "state.list": {**RESPONSE, "data": {"keys": ["k"]}},
        "session.open": session,
        "session.get": session,
        "session.close": session,
    }
    server = gateway(lambda name, _: answers[name])
    assert [each.name for each in do(server.endpoint, "capabilities")] == ["process.run"]
    assert do(server.endpoint, "describe", "x.y").description == "d"
    assert do(server.endpoint, "approval", "ap_001").state == "pending"
    assert do(server.endpoint, "cancel_approval", "ap_001").state == "cancelled"
    assert do(server.endpoint, "state.get", "k", default=1) == 5
    assert do(server.endpoint, "state.set", "k", {"n": 1}) == 2
    assert do(server.endpoint, "state.delete", "k") is False
    assert do(server.endpoint, "state.list", "k") == ["k"]
    for verb in ("open", "get", "close"):
        assert do(server.endpoint, f"session.{verb}").session_id == "s_1"


def test_every_awaited_method_has_a_blocking_twin_with_the_same_parameters():
    seen = 0
    for kind in (KruxOS, *inspect.get_annotations(KruxOS).values()):
        for name, function in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_") and name.endswith("_async"):
                twin = getattr(kind, name.removesuffix("_async"))
                assert inspect.signature(twin).parameters == inspect.signature(function).parameters
                seen += 1
    assert seen >= 14


# A loop that ends while a client is connected leaves its connections to the collector, which warns.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_both_ways_work_on_one_client(gateway):
    server = gateway(lambda *_: RESPONSE)
    os = KruxOS.connect(**settings(server.endpoint))
    assert asyncio.run(os.call_async("x.y")).success
    assert asyncio.run(os.call_async("x.y")).success, "another event loop has connections of its own"
    assert os.call("x.y").success
    os.close()
    del os
    gc.collect()


def test_a_client_connected_by_awaiting_can_block(gateway):
    server = gateway(lambda *_: RESPONSE)

    async def run():
        async with await KruxOS.connect_async(**settings(server.endpoint)) as os:
            return os.call("x.y").success and (await os.call_async("x.y")).success

    assert asyncio.run(run())


def test_a_closed_client_says_so(gateway):
    server = gateway(lambda *_: RESPONSE)
    with KruxOS.connect(**settings(server.endpoint)) as os:
        pass
    with pytest.raises(errors.KruxOSError, match="closed"):
        os.call("x.y")

    async def run():
        async with KruxOS.connect_async(**settings(server.endpoint)) as os:
            pass
        with pytest.raises(errors.KruxOSError, match="closed"):
            await os.call_async("x.y")

    asyncio.run(run())


def test_many_waits_do_not_keep_a_call_from_its_connection(gateway):
    released = threading.Event()

    def answers(name, _):
        return {**RESPONSE, "request_id": "ap_001"} if name == "capabilities.invoke" or released.wait(30) else None

    server = gateway(answers)

    async def run():
        async with KruxOS.connect_async(**settings(server.endpoint)) as os:
            waits = [asyncio.create_task(os.wait_for_approval_async("ap_001")) for _ in range(120)]
            assert (await os.call_async("x.y")).success
            released.set()
            return [(await each).success for each in waits]

    assert asyncio.run(run()) == [True] * 120
