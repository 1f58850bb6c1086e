"""What is sent is strict JSON, and what comes is read strictly."""

import json
import math

import pytest

from kruxos._wire import MAX_BODY, MAX_LEVELS, decode_answer, encode_call
from kruxos.errors import (
    AuthenticationError,
    InvalidParamsError,
    KruxOSError,
    PolicyDeniedError,
    ProtocolError,
    RateLimitedError,
)


def sent(**params):
    return json.loads(encode_call("capabilities.invoke", params))["params"]


def answer(**fields):
    return json.dumps({"jsonrpc": "2.0", "id": 1, **fields}).encode()


def test_a_call_is_json_rpc():
    body = json.loads(encode_call("state.get", {"key": "a"}))
    assert body == {"jsonrpc": "2.0", "id": 1, "method": "state.get", "params": {"key": "a"}}


@pytest.mark.parametrize(
    "value", [9007199254740993, -(2**70), 0, True, None, 1.5, "é\u202e\x00", [], {}, {"a": [1, {"b": None}]}]
)
def test_values_arrive_as_they_were(value):
    arrived = sent(value=value)["value"]
    assert arrived == value
    assert type(arrived) is type(value)


def test_tuples_are_lists():
    assert sent(args=("restart", "myapp")) == {"args": ["restart", "myapp"]}


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_has_no_word_for_are_refused_where_they_stand(number):
    with pytest.raises(InvalidParamsError, match=r"`params\.args\[1\]\.x`"):
        sent(args=[1, {"x": number}])


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), 1j])
def test_values_that_json_has_no_word_for_are_refused(value):
    with pytest.raises(InvalidParamsError, match=r"`params\.value` is a `"):
        sent(value=value)


@pytest.mark.parametrize("key", [1, None, True, 1.5])
def test_keys_are_not_turned_into_text(key):
    with pytest.raises(InvalidParamsError, match="keys are text"):
        sent(value={key: 1})


def test_lone_surrogates_are_refused():
    with pytest.raises(InvalidParamsError):
        sent(value="\ud800")


def nested(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


def test_nesting_has_a_limit():
    sent(value=nested(MAX_LEVELS - 1))
    with pytest.raises(InvalidParamsError, match=f"{MAX_LEVELS} levels are allowed"):
        sent(value=nested(MAX_LEVELS))
    endless = []
    endless.append(endless)
    with pytest.raises(InvalidParamsError, match=f"{MAX_LEVELS} levels are allowed"):
        sent(value=endless)


def test_a_call_has_a_limit_that_says_given_and_allowed():
    with pytest.raises(InvalidParamsError, match=rf"the call has \d+ bytes; {MAX_BODY} are allowed"):
        sent(content="x" * MAX_BODY)


def test_a_result_is_read():
    assert decode_answer(200, answer(result={"a": 1})) == {"a": 1}
    assert decode_answer(200, answer(result=None)) is None


def test_an_error_is_raised_whatever_the_status():
    error = {
        "code": -32001,
        "message": "no",
        "data": {"kind": "policy_denied", "reason": "no", "rule": None, "unknowns": []},
    }
    for status in (200, 403, 500):
        with pytest.raises(PolicyDeniedError):
            decode_answer(status, answer(error=error))
    with pytest.raises(PolicyDeniedError):
        decode_answer(200, answer(id=None, error=error))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        b'{"jsonrpc":"2.0","id":1}',
        b'{"id":1,"result":1}',
        b'{"jsonrpc":"2.0","id":1,"result":NaN}',
        b'{"jsonrpc":"2.0","id":1,"result":1,"result":2}',
        b'{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"x"}}',
        b'{"jsonrpc":"2.0","id":2,"result":1}',
        b'{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":"x"}}',
        b'{"jsonrpc":"2.0","id":1,"error":"x"}',
    ],
)
def test_what_is_not_an_answer_is_a_violation(body):
    with pytest.raises(ProtocolError):
        decode_answer(200, body)


@pytest.mark.parametrize("status", [201, 301, 302, 404, 500])
def test_a_result_with_another_status_is_a_violation(status):
    with pytest.raises(ProtocolError):
        decode_answer(status, answer(result={}))


@pytest.mark.parametrize(
    ("status", "expected"), [(401, AuthenticationError), (413, InvalidParamsError), (429, RateLimitedError)]
)
def test_plain_refusals_need_no_json(status, expected):
    with pytest.raises(expected, match=str(status)):
        decode_answer(status, b"refused")


def test_an_error_without_data_is_raised_with_its_code():
    with pytest.raises(KruxOSError) as caught:
        decode_answer(200, answer(error={"code": -32603, "message": "broken"}))
    assert (caught.value.code, str(caught.value)) == (-32603, "broken")
