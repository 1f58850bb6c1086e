"""What an operation asks, and what it makes of the answers, without a connection and without time passing."""

import json
import logging

import pytest

from kruxos import errors
from kruxos._settings import Settings
from kruxos._steps import (
    GRACE_SECONDS,
    HOLD_SECONDS,
    LONGEST_PAUSE_SECONDS,
    LOOK_UP_SECONDS,
    Answer,
    Ask,
    Lost,
    Operations,
    Pause,
)

RESPONSE = {
    "status": "executed",
    "tier": "approval_required",
    "data": {"exit_code": 0},
    "record": 7,
    "request_id": "ap_001",
}
REQUEST = {
    "request_id": "ap_001",
    "state": "pending",
    "capability": "process.run",
    "params": {"command": "systemctl"},
    "requested_at": "2026-03-29T14:20:00Z",
    "expires_at": None,
    "decided_by": None,
    "decided_at": None,
    "reason": None,
}


def result(value):
    return Answer(200, json.dumps({"jsonrpc": "2.0", "id": 1, "result": value}).encode())


def failure(code, kind, status=200, **data):
    error = {"code": code, "message": "a sentence", "data": {"kind": kind, **data}}
    return Answer(status, json.dumps({"jsonrpc": "2.0", "id": 1, "error": error}).encode())


def lost(sent=True):
    return Lost(sent, "cut", OSError("cut"))


UNAVAILABLE = failure(-32009, "unavailable", status=503)
PENDING = result(REQUEST)
HOLDS = object()  # answers `pending` when the time is up, as the gateway does


class Drive:
    """Takes the steps on a clock that moves only when an operation pauses or the gateway holds an answer back."""

    def __init__(self, *outcomes):
        self.now = 1000.0
        self.outcomes = list(outcomes)
        self.asked = []
        self.paused = []
        self.operations = Operations(
            Settings.resolve("http://gateway:1", "my-agent", "kx_key", 900.0), clock=lambda: self.now
        )

    def run(self, operation):
        outcome = None
        while True:
            try:
                step = operation.send(outcome)
            except StopIteration as done:
                return done.value
            outcome = self.pause(step) if isinstance(step, Pause) else self.ask(step)

    def pause(self, step):
        self.paused.append(step.seconds)
        self.now += step.seconds

    def ask(self, step):
        assert isinstance(step, Ask)
        call = json.loads(step.body)
        self.asked.append((call["method"], call["params"], step))
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if outcome is HOLDS:
            self.now += call["params"]["timeout_ms"] / 1000
            return PENDING
        return outcome

    def wait(self, timeout=None):
        return self.run(self.operations.wait("ap_001", timeout))

    def holds(self):
        return [params["timeout_ms"] for _, params, _ in self.asked]


def test_a_call_names_capability_and_parameters():
    drive = Drive(result({**RESPONSE, "request_id": None, "tier": "notify"}))
    response = drive.run(drive.operations.invoke("filesystem.write", {"path": "/workspace/a", "content": "hi"}))
    method, params, step = drive.asked[0]
    assert method == "capabilities.invoke"
    assert params == {"capability": "filesystem.write", "params": {"path": "/workspace/a", "content": "hi"}}
    assert (step.seconds, step.headers) == (900.0, {})
    assert (response.data, response.tier, response.status) == ({"exit_code": 0}, "notify", "executed")
    assert (response.record, response.request_id, response.success) == (7, None, True)


@pytest.mark.parametrize("outcome", [lost(sent=True), Answer(502, b"<html>"), Answer(503, b""), Answer(504, b"")])
def test_a_call_lost_underway_is_not_repeated_and_may_have_been_executed(outcome):
    drive = Drive(outcome)
    with pytest.raises(errors.ConnectionLostError, match=r"`process\.run` may have been executed") as caught:
        drive.run(drive.operations.invoke("process.run", {}))
    assert len(drive.asked) == 1
    assert "kruxos audit query --agent my-agent" in str(caught.value)


def test_a_call_that_could_not_be_sent_was_not_executed():
    drive = Drive(lost(sent=False))
    with pytest.raises(errors.GatewayUnreachableError, match="nothing was sent") as caught:
        drive.run(drive.operations.invoke("process.run", {}))
    assert not isinstance(caught.value, errors.ConnectionLostError)
    assert "http://gateway:1" in str(caught.value)
    assert "kruxos gateway" in str(caught.value)
    assert len(drive.asked) == 1


@pytest.mark.parametrize("outcome", [UNAVAILABLE, failure(-32000, "rate_limited", retry_after_ms=5)])
def test_a_call_refused_for_now_is_not_repeated(outcome):
    drive = Drive(outcome)
    with pytest.raises(errors.CapabilityError):
        drive.run(drive.operations.invoke("process.run", {}))
    assert len(drive.asked) == 1
    assert drive.paused == []


@pytest.mark.parametrize("capability", ["", None, 7])
def test_a_capability_is_text(capability):
    drive = Drive(PENDING)
    with pytest.raises(errors.InvalidParamsError, match="`capability`"):
        drive.run(drive.operations.invoke(capability, {}))
    assert drive.asked == []


def test_a_wait_asks_again_as_long_as_the_request_is_open():
    drive = Drive(HOLDS, HOLDS, HOLDS, result(RESPONSE))
    assert drive.wait().data == {"exit_code": 0}
    assert drive.holds() == [HOLD_SECONDS * 1000] * 4
    assert drive.paused == []
    assert {step.seconds for _, _, step in drive.asked} == {HOLD_SECONDS + GRACE_SECONDS}


@pytest.mark.parametrize("state", ["pending", "approved", "executing"])
def test_an_approved_call_is_waited_for_until_it_was_executed(state):
    drive = Drive(result({**REQUEST, "state": state}), result(RESPONSE))
    assert drive.wait(60).request_id == "ap_001"


def test_a_wait_ends_with_the_timeout_and_leaves_the_request_in_the_queue():
    drive = Drive(HOLDS)
    with pytest.raises(TimeoutError, match=r"ap_001 .* 70 s; it stays in the queue") as caught:
        drive.wait(70)
    assert type(caught.value) is TimeoutError
    assert drive.holds() == [30000, 30000, 10000]
    assert drive.now == 1070.0


def test_a_wait_without_time_asks_once():
    drive = Drive(HOLDS)
    with pytest.raises(TimeoutError, match="ap_001 is open; it stays in the queue"):
        drive.wait(0)
    assert drive.holds() == [0]
    drive = Drive(result(RESPONSE))
    assert drive.wait(0).success


def test_a_part_of_a_second_is_a_timeout_too():
    drive = Drive(HOLDS)
    with pytest.raises(TimeoutError):
        drive.wait(0.0004)
    assert drive.holds() == [1]


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_timeout_that_is_no_time_is_refused_before_anything_is_asked(timeout):
    drive = Drive(HOLDS)
    with pytest.raises(ValueError, match="`timeout`"):
        drive.wait(timeout)
    assert drive.asked == []


@pytest.mark.parametrize(
    "trouble",
    [
        lost(sent=False),
        lost(sent=True),
        UNAVAILABLE,
        Answer(502, b"<html>"),
        Answer(429, b""),
        failure(-32000, "rate_limited", retry_after_ms=50),
    ],
)
def test_a_wait_goes_on_through_trouble_that_passes(trouble, caplog):
    drive = Drive(HOLDS, trouble, trouble, HOLDS, trouble, result(RESPONSE))
    with caplog.at_level(logging.WARNING, "kruxos"):
        assert drive.wait().success
    assert len(drive.asked) == 6
    assert len(drive.paused) == 3
    assert drive.paused[1] <= 0.2
    assert drive.paused[2] <= 0.1, "after a held answer the pauses begin anew"
    assert caplog.text.count("waiting for ap_001 goes on") == 3
    assert "kx_key" not in caplog.text


def test_pauses_grow_to_a_limit_and_end_with_the_timeout():
    drive = Drive(lost(sent=False))
    with pytest.raises(TimeoutError, match="ap_001") as caught:
        drive.wait(60)
    assert isinstance(caught.value.__cause__, errors.GatewayUnreachableError)
    assert "cannot be reached" in str(caught.value)
    assert drive.now == pytest.approx(1060.0)
    assert max(drive.paused) <= LONGEST_PAUSE_SECONDS
    assert drive.paused[0] <= 0.1
    assert len(drive.asked) < 40


def test_a_pause_is_as_long_as_the_gateway_asks_for():
    drive = Drive(failure(-32000, "rate_limited", retry_after_ms=8000), result(RESPONSE))
    assert drive.wait().success
    assert drive.paused == [8.0]


def test_a_gateway_that_answers_at_once_is_not_asked_without_pause():
    drive = Drive(PENDING)
    with pytest.raises(TimeoutError):
        drive.wait(60)
    assert len(drive.asked) < 40


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (failure(-32003, "not_authenticated", status=401), errors.AuthenticationError),
        (Answer(401, b""), errors.AuthenticationError),
        (failure(-32007, "not_found"), errors.NotFoundError),
        (failure(-32004, "execution_failed", reason="exit 1", request_id="ap_001"), errors.ExecutionFailedError),
        (failure(-32006, "approval_closed", request_id="ap_001", state="expired"), errors.ApprovalClosedError),
        (
            failure(-32005, "approval_rejected", request_id="ap_001", reason="no", decided_by="admin"),
            errors.ApprovalRejectedError,
        ),
        (failure(-32001, "policy_denied", reason="blocked meanwhile"), errors.PolicyDeniedError),
        (failure(-32000, "rate_limited", retry_after_ms=None), errors.RateLimitedError),
        (failure(-32603, "internal"), errors.CapabilityError),
        (failure(-1, "of_tomorrow"), errors.CapabilityError),
        (Answer(200, b"<html>"), errors.ProtocolError),
        (result({**REQUEST, "state": "succeeded"}), errors.ProtocolError),
        (result({**REQUEST, "state": "of_tomorrow"}), errors.ProtocolError),
        (result([]), errors.ProtocolError),
    ],
)
def test_a_wait_ends_at_once_with_what_waiting_does_not_cure(outcome, expected):
    drive = Drive(HOLDS, outcome)
    with pytest.raises(expected) as caught:
        drive.wait()
    assert type(caught.value) is expected
    assert len(drive.asked) == 2


def test_a_rejection_says_who_when_and_why():
    rejected = failure(
        -32005,
        "approval_rejected",
        request_id="ap_002",
        reason="Keep old builds until next week",
        decided_by="admin",
        decided_at="2026-03-29T14:22:00Z",
    )
    with pytest.raises(errors.ApprovalRejectedError) as caught:
        Drive(rejected).wait()
    error = caught.value
    assert (error.request_id, error.decided_by, error.decided_at.minute) == ("ap_002", "admin", 22)
    assert "Keep old builds until next week" in str(error)


@pytest.mark.parametrize("verb", ["approval", "cancel_approval"])
def test_a_request_is_read(verb):
    drive = Drive(PENDING)
    request = drive.run(getattr(drive.operations, verb)("ap_001"))
    assert drive.asked[0][:2] == (f"approvals.{'get' if verb == 'approval' else 'cancel'}", {"request_id": "ap_001"})
    assert (request.request_id, request.state, request.params) == ("ap_001", "pending", {"command": "systemctl"})
    assert request.requested_at.tzinfo is not None


def test_capabilities_are_listed_and_described():
    drive = Drive(result({"capabilities": [{"name": "email.send", "description": None, "executable": False}]}))
    assert [each.name for each in drive.run(drive.operations.capabilities())] == ["email.send"]
    assert drive.asked[0][2].seconds == LOOK_UP_SECONDS
    description = {"name": "email.send", "description": "d", "input_schema": {"type": "object"}, "executable": False}
    drive = Drive(result(description))
    assert drive.run(drive.operations.describe("email.send")).input_schema == {"type": "object"}


def of_state(data):
    return result({**RESPONSE, "tier": "autonomous", "request_id": None, "data": data})


def test_state_gives_what_was_kept():
    drive = Drive(of_state({"key": "a", "value": {"x": 1}, "found": True, "version": 3}))
    assert drive.run(drive.operations.state_get("a", None)) == {"x": 1}
    assert drive.asked[0][:2] == ("state.get", {"key": "a"})


def test_state_gives_the_default_for_what_is_not_there():
    drive = Drive(of_state({"key": "a", "value": None, "found": False, "version": None}))
    assert drive.run(drive.operations.state_get("a", "none")) == "none"


def test_a_kept_null_is_not_the_default():
    drive = Drive(of_state({"key": "a", "value": None, "found": True, "version": 1}))
    assert drive.run(drive.operations.state_get("a", "none")) is None


def test_state_is_set_deleted_and_listed():
    drive = Drive(
        of_state({"key": "a", "version": 4}), of_state({"key": "a", "deleted": True}), of_state({"keys": ["a", "b"]})
    )
    assert drive.run(drive.operations.state_set("a", {"x": 1})) == 4
    assert drive.run(drive.operations.state_delete("a")) is True
    assert drive.run(drive.operations.state_list(None)) == ["a", "b"]
    assert drive.run(drive.operations.state_list("a")) == ["a", "b"]
    assert [call[:2] for call in drive.asked] == [
        ("state.set", {"key": "a", "value": {"x": 1}}),
        ("state.delete", {"key": "a"}),
        ("state.list", {}),
        ("state.list", {"prefix": "a"}),
    ]


@pytest.mark.parametrize("data", [None, [], {}, {"found": "yes"}, {"found": True}])
def test_state_without_what_was_promised_is_a_violation(data):
    drive = Drive(of_state(data))
    with pytest.raises(errors.ProtocolError):
        drive.run(drive.operations.state_get("a", None))


def test_calls_belong_to_the_session_while_it_is_open():
    session = {"session_id": "s_1", "agent": "my-agent", "opened_at": "2026-03-29T14:20:00Z"}
    drive = Drive(result(session), PENDING, result(session), PENDING)
    operations = drive.operations
    assert drive.run(operations.session_open()).session_id == "s_1"
    drive.run(operations.approval("ap_001"))
    drive.run(operations.session_close())
    drive.run(operations.approval("ap_001"))
    inside = {"KruxOS-Session": "s_1"}
    assert [step.headers for _, _, step in drive.asked] == [{}, inside, inside, {}]


@pytest.mark.parametrize("missing", ["status", "tier", "data", "record"])
def test_a_response_without_what_was_promised_is_a_violation_that_names_it(missing):
    drive = Drive(result({name: value for name, value in RESPONSE.items() if name != missing}))
    with pytest.raises(errors.ProtocolError, match=missing):
        drive.run(drive.operations.invoke("process.run", {}))


def test_a_response_does_not_change():
    drive = Drive(result(RESPONSE))
    response = drive.run(drive.operations.invoke("process.run", {}))
    with pytest.raises(ValueError, match="frozen"):
        response.tier = "autonomous"
