"""The real gateway and a real browser: `KRUXOS_BIN`, else what `cargo build -p kruxos` built; the system's Chromium.

Every test gets a gateway of its own, with the two agents and the two requests of `--demo`.
"""

import json
import os
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("KRUXOS_BIN") or REPOSITORY / "target/debug/kruxos").resolve()
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Only against something that hangs; nothing is measured by it.
PATIENCE_SECONDS = 60
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Gateway:
    """A gateway process, and as much of its two doors as tests need."""

    def __init__(self, folder: Path, policies: Path | None = None, *flags: str):
        self.data = folder / "data"
        self._log = (folder / "gateway.log").open("wb")
        arguments = ["gateway", "--demo", "--data-dir", self.data]
        arguments += ["--agents", "127.0.0.1:0", "--supervisors", "127.0.0.1:0"]
        arguments += ["--policies", policies] if policies else []
        arguments += flags
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KRUXOS_")}
        self._process = subprocess.Popen([BINARY, *arguments], stdout=self._log, stderr=self._log, env=kept)
        told = self._whereabouts()
        self.agents, self.url = f"http://{told['agents']}", f"http://{told['supervisors']}"
        self.token = (self.data / "operator.token").read_text().strip()
        self._keys: dict[str, str] = {}

    def stop(self):
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)
        self._log.close()

    def call(self, capability: str, params: dict, agent: str = "tester") -> dict:
        """An agent calls; the answer's result or error."""
        if agent not in self._keys:
            self._keys[agent] = self.api("POST", "/agents", {"name": agent})["key"]
        body = {"capability": capability, "params": params}
        call = {"jsonrpc": "2.0", "id": 1, "method": "capabilities.invoke", "params": body}
        headers = {"Authorization": f"Bearer {self._keys[agent]}", "KruxOS-Agent": agent}
        answer = request("POST", f"{self.agents}/rpc", call, headers)
        return answer.get("result") or answer["error"]

    def ask(self, capability: str = "filesystem.delete", **params) -> str:
        """An agent calls what has to wait; the id of the request."""
        answer = self.call(capability, params or {"path": "/workspace/some/file"})
        assert answer.get("code") == -32002, answer
        return answer["data"]["request_id"]

    def api(self, verb: str, path: str, body: dict | None = None, token: str | None = None) -> dict:
        """A supervisor's program asks."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return request(verb, f"{self.url}/api{path}", body, headers)

    def supervisor(self, name: str) -> str:
        """Registers another supervisor; the token."""
        return self.api("POST", "/supervisors", {"name": name})["token"]

    def _whereabouts(self) -> dict:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                return json.loads((self.data / "gateway.json").read_bytes())
            except (FileNotFoundError, json.JSONDecodeError):
                time.sleep(0.02)
        self._process.kill()
        pytest.fail(f"`{BINARY} gateway` did not start:\n{Path(self._log.name).read_text()}")


def request(verb: str, url: str, body: dict | None, headers: dict[str, str]) -> dict:
    data = None if body is None else json.dumps(body).encode()
    headers = {**headers, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=verb)) as answer:
        return json.load(answer)


@pytest.fixture
def gateway(tmp_path):
    if not BINARY.exists():
        pytest.fail(f"`{BINARY}` is not there: `cargo build -p kruxos`, or say where it is with `KRUXOS_BIN`")
    running = Gateway(tmp_path)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser():
    if not Path(CHROMIUM).exists():
        pytest.fail(f"`{CHROMIUM}` is not there: `apt-get install chromium`, or say where it is with `CHROMIUM`")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield running
        running.close()


class Visits:
    """Opens pages as signed-in supervisors, and keeps what their consoles say."""

    def __init__(self, browser: Browser, gateway: Gateway):
        self._browser, self._gateway = browser, gateway
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def stranger(self, **options) -> Page:
        """A page of a browser that nobody signed in with."""
        context = self._browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        return page

    def supervisor(self, path: str = "/approvals", token: str | None = None, **options) -> Page:
        """A page of a supervisor who came by the link that the gateway prints."""
        page = self.stranger(**options)
        page.goto(f"{self._gateway.url}/sign-in#token={token or self._gateway.token}")
        page.wait_for_url("**/approvals")
        page.goto(self._gateway.url + path)
        return page

    def _hear(self, message):
        # What the browser says of an answer that a test provokes is the answer, not a complaint of the page.
        if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text:
            self.complaints.append(message.text)

    def leave(self):
        for context in self._contexts:
            context.close()


@pytest.fixture
def visits(browser, gateway):
    opened = Visits(browser, gateway)
    yield opened
    opened.leave()
    assert opened.complaints == []
