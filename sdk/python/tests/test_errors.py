"""Each error of the protocol arrives as its class, with what belongs to it."""

import pickle
from datetime import UTC, datetime

import pytest

from kruxos import errors
from kruxos.errors import CapabilityError, KruxOSError, ProtocolError

RULE = {
    "policy": "team-moderate",
    "capability": "process.run",
    "rule": None,
    "id": None,
    "file": "team-moderate.yaml",
    "line": 15,
}
TIME = "2026-03-29T14:20:00Z"

# The table of `docs/protocol.md`: code, kind, the rest of `data`, class.
TABLE = [
    (-32000, "rate_limited", {"retry_after_ms": 1500, "reason": "10 in 1h", "rule": RULE}, errors.RateLimitedError),
    (-32001, "policy_denied", {"reason": "no", "rule": RULE, "unknowns": []}, errors.PolicyDeniedError),
    (
        -32002,
        "approval_required",
        {"request_id": "ap_001", "already_pending": False, "reason": "r", "rule": RULE, "expires_at": None},
        errors.ApprovalRequiredError,
    ),
    (-32003, "not_authenticated", {}, errors.AuthenticationError),
    (-32004, "execution_failed", {"reason": "exit 1", "request_id": None}, errors.ExecutionFailedError),
    (
        -32005,
        "approval_rejected",
        {"request_id": "ap_001", "reason": "no", "decided_by": "admin", "decided_at": TIME},
        errors.ApprovalRejectedError,
    ),
    (
        -32006,
        "approval_closed",
        {"request_id": "ap_001", "state": "expired", "reason": None},
        errors.ApprovalClosedError,
    ),
    (-32007, "not_found", {}, errors.NotFoundError),
    (-32008, "too_many_pending", {"pending": 50, "allowed": 50}, errors.TooManyPendingError),
    (-32009, "unavailable", {}, errors.UnavailableError),
    (-32010, "not_executable", {"capability": "email.send"}, errors.NotExecutableError),
    (-32602, "invalid_params", {}, errors.InvalidParamsError),
    (-32700, "parse_error", {}, CapabilityError),
    (-32600, "invalid_request", {}, CapabilityError),
    (-32601, "unknown_method", {}, CapabilityError),
    (-32603, "internal", {}, CapabilityError),
]


@pytest.mark.parametrize(("code", "kind", "data", "expected"), TABLE, ids=[row[1] for row in TABLE])
def test_each_error_of_the_protocol_is_its_class(code, kind, data, expected):
    error = KruxOSError.from_answer(code, "a sentence", {"kind": kind, **data})
    assert type(error) is expected
    assert (error.code, error.kind, error.message) == (code, kind, "a sentence")
    assert error.data == {"kind": kind, **data}


@pytest.mark.parametrize(("code", "kind", "data", "expected"), TABLE, ids=[row[1] for row in TABLE])
def test_each_error_survives_a_trip_to_another_process(code, kind, data, expected):
    error = KruxOSError.from_answer(code, "a sentence", {"kind": kind, **data})
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is expected
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)


def test_what_belongs_to_an_error_is_typed():
    error = KruxOSError.from_answer(*row("approval_required", expires_at=TIME, already_pending=True))
    assert isinstance(error, errors.ApprovalRequiredError)
    assert (error.request_id, error.already_pending, error.reason) == ("ap_001", True, "r")
    assert error.expires_at == datetime(2026, 3, 29, 14, 20, tzinfo=UTC)
    assert error.rule is not None
    assert (error.rule.policy, error.rule.line, error.rule.rule) == ("team-moderate", 15, None)


def test_a_denial_names_the_tests_that_could_not_be_computed():
    unknown = {"test": "path_within", "cause": "`path` is missing", "help": "pass `path`"}
    error = KruxOSError.from_answer(*row("policy_denied", unknowns=[unknown]))
    assert isinstance(error, errors.PolicyDeniedError)
    assert [(each.test, each.cause, each.help) for each in error.unknowns] == [tuple(unknown.values())]


@pytest.mark.parametrize(("milliseconds", "seconds"), [(1500, 1.5), (0, 0.0), (None, None)])
def test_retry_after_is_seconds(milliseconds, seconds):
    error = KruxOSError.from_answer(*row("rate_limited", retry_after_ms=milliseconds))
    assert isinstance(error, errors.RateLimitedError)
    assert error.retry_after == seconds


def test_the_reason_is_read_in_the_text():
    error = KruxOSError.from_answer(*row("approval_rejected", reason="Keep old builds until next week"))
    assert "a sentence" in str(error)
    assert "Keep old builds until next week" in str(error)


def test_a_reason_that_the_sentence_holds_is_not_said_twice():
    code, _, data = row("approval_rejected", reason="Keep old builds")
    error = KruxOSError.from_answer(code, "rejected by admin: Keep old builds", data)
    assert str(error).count("Keep old builds") == 1


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (-32099, {"kind": "of_tomorrow", "x": 1}),
        (-32001, {"kind": "approval_required"}),
        (-32001, {}),
        (7, {"kind": 7}),
    ],
)
def test_an_error_of_an_unknown_kind_keeps_code_and_data(code, data):
    error = KruxOSError.from_answer(code, "a sentence", data)
    assert type(error) is CapabilityError
    assert (error.code, error.data, str(error)) == (code, data, "a sentence")


def test_an_error_without_what_belongs_to_it_is_a_violation_that_keeps_everything():
    data = {"kind": "approval_required", "already_pending": False}
    error = KruxOSError.from_answer(-32002, "a sentence", data)
    assert type(error) is ProtocolError
    assert (error.code, error.data) == (-32002, data)
    assert "request_id" in str(error)
    assert "a sentence" in str(error)


def test_more_than_this_version_knows_is_no_violation():
    error = KruxOSError.from_answer(*row("not_found", of_tomorrow=1))
    assert type(error) is errors.NotFoundError
    assert error.data["of_tomorrow"] == 1


def test_the_tree_is_as_documented():
    assert issubclass(errors.ApprovalRequiredError, CapabilityError)
    assert issubclass(CapabilityError, KruxOSError)
    assert not issubclass(errors.AuthenticationError, CapabilityError)
    assert issubclass(errors.GatewayUnreachableError, ConnectionError)
    assert issubclass(errors.ConnectionLostError, errors.GatewayUnreachableError)


def row(kind, **changes):
    code, _, data, _ = next(each for each in TABLE if each[1] == kind)
    return code, "a sentence", {"kind": kind, **data, **changes}
