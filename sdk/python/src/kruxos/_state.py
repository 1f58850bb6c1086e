"""`os.state`: what an agent keeps from one run to the next."""

from collections.abc import Mapping
from typing import Any

from kruxos._runner import Runner
from kruxos._steps import Operations


class State:
    """The agent's own keys and values. Each operation is a call like any other: judged, audited, maybe approved."""

    def __init__(self, operations: Operations, runner: Runner) -> None:
        self._operations = operations
        self._runner = runner

    async def get_async(self, key: str, default: Any = None) -> Any:
        """The value of a key; `default` when there is none."""
        return await self._runner.run_async(self._operations.state_get(key, default))

    async def set_async(self, key: str, value: Mapping[str, Any]) -> int:
        """Stores a value, which is a JSON object; its version."""
        return await self._runner.run_async(self._operations.state_set(key, value))

    async def delete_async(self, key: str) -> bool:
        """Deletes a key; whether it was there."""
        return await self._runner.run_async(self._operations.state_delete(key))

    async def list_async(self, prefix: str | None = None) -> list[str]:
        """The keys, or those that begin with `prefix`."""
        return await self._runner.run_async(self._operations.state_list(prefix))

    def get(self, key: str, default: Any = None) -> Any:
        """As `get_async`, blocking."""
        return self._runner.run(self._operations.state_get(key, default))

    def set(self, key: str, value: Mapping[str, Any]) -> int:
        """As `set_async`, blocking."""
        return self._runner.run(self._operations.state_set(key, value))

    def delete(self, key: str) -> bool:
        """As `delete_async`, blocking."""
        return self._runner.run(self._operations.state_delete(key))

    def list(self, prefix: str | None = None) -> "list[str]":
        """As `list_async`, blocking."""
        return self._runner.run(self._operations.state_list(prefix))
