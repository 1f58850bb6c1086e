"""The real gateway, one fresh for each test that asks for it: `KRUXOS_BIN`, else what `cargo build -p kruxos` built."""

import json
import os
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("KRUXOS_BIN") or REPOSITORY / "target/debug/kruxos").resolve()
# Only against a gateway that hangs; nothing is measured by it.
PATIENCE_SECONDS = 60

SYSTEMCTL = """#!/bin/sh
echo "systemctl did: $*"
"""


class Gateway:
    """A gateway process with a data directory and workspace of its own; it can be stopped and started again."""

    def __init__(self, folder: Path):
        self.data, self.workspace, self.programs = folder / "data", folder / "ws", folder / "bin"
        self.workspace.mkdir()
        self.programs.mkdir()
        self._log = folder / "gateway.log"
        self._process: subprocess.Popen | None = None
        self._addresses = {"agents": "127.0.0.1:0", "supervisors": "127.0.0.1:0"}
        self.program("systemctl", SYSTEMCTL)

    @property
    def endpoint(self) -> str:
        return f"http://{self._addresses['agents']}"

    def program(self, name: str, text: str):
        """Puts a program where the gateway finds it."""
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)

    def start(self):
        """Starts the process, and waits until it says where it listens; later starts listen there again."""
        arguments = ["gateway", "--data-dir", self.data, "--workspace", self.workspace]
        for door, address in self._addresses.items():
            arguments += [f"--{door}", address]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([BINARY, *arguments], stdout=log, stderr=log, env=self._environment())
        self._addresses = self._whereabouts()

    def stop(self, how: signal.Signals = signal.SIGTERM):
        """Ends the process."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE_SECONDS)

    def command(self, line: str) -> str:
        """What a command line prints, as somebody types it on this machine."""
        words = shlex.split(line)
        assert words[0] == "kruxos"
        done = subprocess.run(
            [BINARY, *words[1:]], capture_output=True, text=True, env=self._environment(), check=False
        )
        if done.returncode != 0:
            pytest.fail(f"`{line}` left with {done.returncode}\n{done.stdout}{done.stderr}\n{self.log()}")
        return done.stdout

    def agent(self, name: str) -> dict[str, str]:
        """Registers an agent; the arguments with which it connects."""
        issued = json.loads(self.command(f"kruxos agent create --name {name} --format json"))
        assert issued["agent"]["name"] == name
        return {"endpoint": self.endpoint, "agent_name": name, "api_key": issued["key"]}

    def log(self) -> str:
        return f"the gateway wrote:\n{self._log.read_text()}"

    def _whereabouts(self) -> dict[str, str]:
        """What the process wrote once both of its doors were open."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                pytest.fail(f"`{BINARY} gateway` left with {self._process.returncode}; {self.log()}")
            try:
                told = json.loads((self.data / "gateway.json").read_bytes())
            except (FileNotFoundError, json.JSONDecodeError):
                told = {}
            if told.get("pid") == self._process.pid:
                return {door: told[door] for door in self._addresses}
            time.sleep(0.02)
        pytest.fail(f"`{BINARY} gateway` did not say where it listens; {self.log()}")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KRUXOS_")}
        path = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        # Times are compared as text.
        return {**kept, "PATH": path, "KRUXOS_DATA_DIR": str(self.data), "TZ": "UTC", "NO_COLOR": "1"}


@pytest.fixture
def gateway(tmp_path):
    if not BINARY.exists():
        pytest.fail(f"`{BINARY}` is not there: `cargo build -p kruxos`, or say where it is with `KRUXOS_BIN`")
    running = Gateway(tmp_path)
    try:
        running.start()
        yield running
    finally:
        running.stop()
