"""The users' page is true as printed: its samples run, its commands print what it shows."""

import ast
import asyncio
import json
import re
from pathlib import Path

import pytest

from kruxos import KruxOS, errors

PAGE = Path(__file__).parent / "page"
AGED = re.compile(r"(?P<row>.*  )(just now|\d+[smhd] ago)")
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def page(name):
    return (PAGE / name).read_text()


COMMANDS = page("commands.txt").splitlines()
LIST, SHOW, ACCEPT, REJECT, WATCH, AUDIT = COMMANDS


class Sample:
    """Runs the page's code as printed, with `connect_async(...)` given arguments, and keeps what it prints."""

    def __init__(self, connection):
        self._connection = connection
        self.names = {"print": self._print, "_connection": connection}
        self.printed = []
        self.first_print = asyncio.Event()

    async def run(self, text):
        text = text.replace("KruxOS.connect_async(...)", "KruxOS.connect_async(**_connection)")
        code = compile(text, "the page", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        await eval(code, self.names)

    def _print(self, text):
        self.printed.append(text)
        self.first_print.set()


async def command(gateway, line):
    return await asyncio.to_thread(gateway.command, line)


def requested(gateway):
    """The page's two requests, each made by its agent."""
    calls = [
        ("my-agent", "process.run", {"command": "systemctl", "args": ["restart", "myapp"]}),
        ("deploy-bot", "filesystem.delete", {"path": "/workspace/old-build/"}),
    ]
    (gateway.workspace / "old-build").mkdir()
    connections = []
    for agent, capability, params in calls:
        connections.append(gateway.agent(agent))
        with KruxOS.connect(**connections[-1]) as os, pytest.raises(errors.ApprovalRequiredError):
            os.call(capability, **params)
    return connections


def test_handling_approval_in_code(gateway):
    connection = gateway.agent("my-agent")

    async def run():
        sample = Sample(connection)
        running = asyncio.create_task(sample.run(page("handling_approval.txt")))
        printed = asyncio.create_task(sample.first_print.wait())
        await asyncio.wait({running, printed}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        assert sample.printed == ["Waiting for approval: ap_001"]
        await command(gateway, ACCEPT)
        await running
        await sample.names["os"].close_async()
        return sample

    sample = asyncio.run(run())
    result = sample.names["result"]
    assert sample.printed[1:] == [f"Approved! Result: {result.data}"]
    assert "systemctl did: restart myapp" in sample.printed[1]
    assert (result.success, result.tier, result.request_id) == (True, "approval_required", "ap_001")


def test_non_blocking_approval(gateway):
    connection = gateway.agent("my-agent")
    gateway.program("deploy.sh", "#!/bin/sh\necho deployed\n")

    async def run():
        sample = Sample(connection)
        async with KruxOS.connect_async(**connection) as os:
            sample.names |= {"os": os, "ApprovalRequiredError": errors.ApprovalRequiredError}
            await sample.run(page("non_blocking.txt"))
            assert sample.printed == []
            return await os.state.get_async("pending_deploy")

    # Check back later.
    kept = asyncio.run(run())
    assert kept == {"request_id": "ap_001"}
    gateway.command("kruxos approve accept ap_001")
    with KruxOS.connect(**connection) as os:
        assert os.wait_for_approval(kept["request_id"], timeout=60).success


def test_list_pending_approvals(gateway):
    requested(gateway)
    # The page shows the table; a note below it says what of the parameters the table leaves out.
    table, _, note = gateway.command(LIST).partition("\n\n")
    head, *rows = table.splitlines()
    expected_head, *expected_rows = page("approve_list.txt").splitlines()
    assert head == expected_head
    assert [without_age(row) for row in rows] == [without_age(row) for row in expected_rows]
    assert "`kruxos approve show ap_001`" in note
    assert "ap_002" not in note


def without_age(row):
    """A row as it is printed, but for the age, which is one."""
    parts = AGED.fullmatch(row)
    assert parts is not None, row
    return parts["row"]


def test_review_details(gateway):
    requested(gateway)
    shown = gateway.command(SHOW).rstrip().splitlines()
    expected = page("approve_show.txt").splitlines()
    assert [TIME.sub("TIME", line) for line in shown] == [TIME.sub("TIME", line) for line in expected]


def test_approve_and_reject(gateway):
    mine, deploying = requested(gateway)
    assert "ap_001" in gateway.command(ACCEPT)
    assert "ap_002" in gateway.command(REJECT)
    with KruxOS.connect(**mine) as os:
        assert "systemctl did: restart myapp" in json.dumps(os.wait_for_approval("ap_001", timeout=60).data)
    with KruxOS.connect(**deploying) as os, pytest.raises(errors.ApprovalRejectedError) as caught:
        os.wait_for_approval("ap_002", timeout=60)
    assert caught.value.reason == "Keep old builds until next week"
    assert "Keep old builds until next week" in str(caught.value)
    assert caught.value.decided_by
    assert caught.value.decided_at is not None
    assert (gateway.workspace / "old-build").is_dir()


def test_an_approval_outlives_its_timeout(gateway):
    mine, _ = requested(gateway)
    with KruxOS.connect(**mine) as os, pytest.raises(TimeoutError, match="stays in the queue"):
        os.wait_for_approval("ap_001", timeout=0.2)
    gateway.command(ACCEPT)
    with KruxOS.connect(**mine) as os:
        assert os.wait_for_approval("ap_001", timeout=60).success
        assert os.wait_for_approval("ap_001", timeout=60).success, "and again"


def test_the_audit_trail_has_who_when_why_and_what(gateway):
    mine, _ = requested(gateway)
    gateway.command(ACCEPT)
    gateway.command(REJECT)
    with KruxOS.connect(**mine) as os:
        os.wait_for_approval("ap_001", timeout=60)
    table = gateway.command(AUDIT)
    assert all(word in table for word in ("my-agent", "process.run", "approved", "Scheduled maintenance window")), table
    assert "deploy-bot" not in table
    approved = decision(gateway, AUDIT)
    assert (approved["agent"], approved["outcome"], approved["request"]) == ("my-agent", "approved", "ap_001")
    assert approved["reason"] == "Scheduled maintenance window"
    assert approved["params"] == {"command": "systemctl", "args": ["restart", "myapp"]}
    rejected = decision(gateway, "kruxos audit query --capability filesystem.* --outcome rejected --last 7d")
    assert (rejected["agent"], rejected["request"]) == ("deploy-bot", "ap_002")
    assert rejected["reason"] == "Keep old builds until next week"
    assert rejected["params"] == {"path": "/workspace/old-build/"}
    for each in (approved, rejected):
        assert each["by"]
        assert re.match(r"\d{4}-\d\d-\d\dT", each["at"])


def decision(gateway, line):
    """The one record that a query finds."""
    found = json.loads(gateway.command(f"{line} --format json"))
    (record,) = found["records"] if isinstance(found, dict) else found
    return record
