"""JSON-RPC as bytes: what is sent, and what the answer means. Knows nothing of connections."""

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from kruxos.errors import AuthenticationError, InvalidParamsError, KruxOSError, ProtocolError, RateLimitedError

MAX_BODY = 16 * 1024 * 1024
MAX_LEVELS = 64

# Refusals that are plain without a JSON-RPC error.
_PLAIN_STATUS = {401: AuthenticationError, 413: InvalidParamsError, 429: RateLimitedError}

# One call is on its way in one body, so that its number needs to tell nothing apart.
_CALL_ID = 1


def encode_call(method: str, params: Mapping[str, Any]) -> bytes:
    """The body of a call; `InvalidParamsError` when the parameters cannot be said in strict JSON."""
    call = {"jsonrpc": "2.0", "id": _CALL_ID, "method": method, "params": _plain(params, "params", 0)}
    try:
        body = json.dumps(call, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    except ValueError as error:
        raise InvalidParamsError(f"the parameters cannot be written as JSON: {error}") from None
    if len(body) > MAX_BODY:
        raise InvalidParamsError(f"the call has {len(body)} bytes; {MAX_BODY} are allowed")
    return body


def decode_answer(status: int, body: bytes) -> Any:
    """The result of a call; the gateway's error is raised, and so is an answer that is not JSON-RPC."""
    answer = read_answer(body)
    if answer is None and status in _PLAIN_STATUS:
        raise _PLAIN_STATUS[status](f"the gateway refused the call with HTTP {status}")
    if answer is None:
        raise ProtocolError(
            f"the answer (HTTP {status}) is not JSON-RPC; is `endpoint` the address of a gateway's agents' port?"
        )
    if "error" in answer:
        raise _error(answer["error"])
    if answer.get("id") != _CALL_ID or "result" not in answer or status != 200:
        raise ProtocolError(f"the answer (HTTP {status}) is not to this call")
    return answer["result"]


def read_answer(body: bytes) -> dict[str, Any] | None:
    """The JSON-RPC response in a body; None when it is none."""
    try:
        answer = json.loads(body, parse_constant=_refuse, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return None
    framed = isinstance(answer, dict) and answer.get("jsonrpc") == "2.0" and ("result" in answer) != ("error" in answer)
    return answer if framed else None


def _error(error: Any) -> KruxOSError:
    """The error object of an answer as an exception."""
    match error:
        case {"code": int(code), "message": str(message)}:
            data = error.get("data")
            return KruxOSError.from_answer(code, message, data if isinstance(data, dict) else {})
        case _:
            return ProtocolError("the answer holds an error without code and message")


def _plain(value: Any, place: str, level: int) -> Any:
    """A value as JSON knows it, without the guesses of `json.dumps`, which makes text of keys and one of two."""
    if level > MAX_LEVELS:
        raise InvalidParamsError(f"`{place[:80]}…` is nested too deep; {MAX_LEVELS} levels are allowed")
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidParamsError(f"`{place}` is {value}, which JSON has no word for")
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {_key(key, place): _plain(each, f"{place}.{key}", level + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, f"{place}[{index}]", level + 1) for index, each in enumerate(value)]
    raise InvalidParamsError(f"`{place}` is a `{type(value).__name__}`, which JSON has no word for")


def _key(key: Any, place: str) -> str:
    if isinstance(key, str):
        return key
    raise InvalidParamsError(f"a key of `{place}` is a `{type(key).__name__}`; keys are text")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"`{constant}` is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key is there twice")
    return fields
