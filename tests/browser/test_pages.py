"""The other pages, and what holds for all of them: the door, hostile text, access for everybody, small screens."""

import csv
import io
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conftest import REPOSITORY, Gateway, Visits

PAGES = [
    "/approvals",
    "/approvals?tab=all",
    "/approvals/ap_001",
    "/activity",
    "/audit",
    "/audit/3",
    "/policy",
    "/agents",
]
SCREENS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 760}, "is_mobile": True, "has_touch": True},
}
HOSTILE = {
    "command": "deploy" + " " * 10_000 + "; rm -rf /",
    "args": ["\x1b[31mred\x1b[0m", "\u202etxt.exe\u202c", "zero\u200bwidth", "<script>alert(1)</script>", "two\nlines"],
}


@pytest.mark.parametrize("screen", SCREENS)
def test_pages_are_open_to_everybody_and_fit_the_screen(gateway, visits, screen):
    gateway.ask("process.run", **HOSTILE)
    gateway.call("filesystem.write", {"path": "/workspace/a", "content": "b"})
    gateway.api("POST", "/approvals/ap_002/reject", {"reason": "Keep old builds until next week"})
    page = visits.supervisor(**SCREENS[screen])
    for path in [*PAGES, "/sign-in"]:
        page.goto(gateway.url + path)
        expect(page.locator("h1")).to_be_visible()
        found = Axe().run(page).response["violations"]
        assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found] == [], path
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], path
        keep_picture(page, path, screen)


def keep_picture(page, path: str, screen: str):
    """For people who want to look: `KRUXOS_PICTURES=folder`."""
    if folder := os.environ.get("KRUXOS_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "-", path).strip("-")
        page.screenshot(path=f"{folder}/{name}-{screen}.png", full_page=True)


def test_targets_are_large_enough_for_thumbs(gateway, visits):
    page = visits.supervisor(**SCREENS["phone"])
    for name in ("Approve", "Reject"):
        box = page.locator("#ap_001").get_by_role("button", name=name).bounding_box()
        assert box["height"] >= 44 and box["width"] >= 120, name


def test_hostile_text_is_visible_and_harmless(gateway, visits):
    own = gateway.ask("process.run", **HOSTILE)
    page = visits.supervisor()
    seen = page.locator(f"#{own}")
    for text in (r"\u{1b}", "␣×10000", r"\u{202e}", r"\u{200b}", "<script>alert(1)</script>", r"\n", "; rm -rf /"):
        expect(seen).to_contain_text(text)
    for path in ("/approvals", f"/approvals/{own}", "/activity", "/audit"):
        page.goto(gateway.url + path)
        expect(page.get_by_role("main")).to_contain_text(re.compile("deploy␣×10000 ?; rm -rf /"))
        assert page.locator("script").count() == 1, path
        assert not re.search("[\x1b\u202e\u202c\u200b]", page.content()), path


def test_a_long_value_says_its_size_and_unfolds(gateway, visits):
    script = "\n".join(f"echo step {number} of the release" for number in range(100))
    own = gateway.ask("process.run", command="bash", args=["-c", script])
    page = visits.supervisor()
    card = page.locator(f"#{own}")
    expect(card.locator(".size")).to_contain_text("100 lines")
    expect(card.get_by_text("step 50 of the release")).to_be_hidden()
    card.locator("summary").click()
    expect(card.locator("pre")).to_contain_text("step 50 of the release")
    expect(card.locator("pre")).to_contain_text("step 99 of the release")


def test_the_door_lets_nobody_in_without_a_token(gateway, visits):
    page = visits.stranger()
    page.goto(f"{gateway.url}/audit?agent=my-agent")
    expect(page).to_have_url(re.compile(r"/sign-in\?back=%2Faudit%3Fagent%3Dmy-agent$"))
    page.get_by_label("Operator token").fill("kxs_wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("no supervisor's token")
    page.get_by_label("Operator token").fill(gateway.token)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{gateway.url}/audit?agent=my-agent")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    session = cookies["kruxos_session"]
    assert session["httpOnly"] and session["sameSite"] == "Strict"
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{gateway.url}/approvals")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_the_link_s_token_reaches_neither_history_nor_requests(gateway, visits):
    page = visits.stranger()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{gateway.url}/sign-in#token={gateway.token}")
    page.wait_for_url("**/approvals")
    assert not [url for url in asked if gateway.token in url.split("#")[0]]
    page.go_back()
    assert gateway.token not in page.url


def test_an_agent_s_key_opens_no_door(gateway, visits):
    key = gateway.api("POST", "/agents", {"name": "curious"})["key"]
    page = visits.stranger()
    page.goto(f"{gateway.url}/sign-in")
    page.get_by_label("Operator token").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.test"}],
)
def test_a_form_from_elsewhere_decides_nothing(gateway, visits, headers):
    page = visits.supervisor()
    cookie = page.context.cookies()[0]
    headers = {**headers, "Cookie": f"{cookie['name']}={cookie['value']}"}
    form = urllib.request.Request(f"{gateway.url}/approvals/ap_001/approve", b"reason=", headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(form)
    assert refused.value.code == 403
    assert gateway.api("GET", "/approvals/ap_001")["request"]["state"] == "pending"


def test_a_page_of_another_site_cannot_decide(gateway, visits):
    page = visits.supervisor()
    elsewhere = gateway.url.replace("127.0.0.1", "localhost")
    page.route(
        f"{elsewhere}/trap", lambda route: route.fulfill(body=TRAP.format(gateway.url), content_type="text/html")
    )
    page.goto(f"{elsewhere}/trap")
    page.get_by_role("button", name="Win").click()
    page.wait_for_load_state()
    assert gateway.api("GET", "/approvals/ap_001")["request"]["state"] == "pending"


TRAP = '<form method="post" action="{}/approvals/ap_001/approve"><button>Win</button></form>'


def test_activity_arrives_by_itself_and_pauses(gateway, visits):
    page = visits.supervisor("/activity")
    expect(page.locator("#pulse")).to_contain_text("Live")
    gateway.call("filesystem.write", {"path": "/workspace/a", "content": "b"})
    row = page.locator(".record.is-notify").first
    expect(row).to_contain_text("filesystem.write")
    expect(row).to_contain_text("notified")
    page.get_by_role("button", name="Pause").click()
    gateway.call("filesystem.read", {"path": "/workspace/a"})
    expect(page.locator("[data-waiting]")).to_contain_text("1 new")
    expect(page.locator(".record").first).to_contain_text("filesystem.write")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".record").first).to_contain_text("filesystem.read")


def test_the_audit_trail_is_searched_and_checked(gateway, visits):
    gateway.api("POST", "/approvals/ap_002/reject", {"reason": "no"})
    page = visits.supervisor("/audit")
    page.get_by_label("Capability").fill("filesystem.*")
    page.get_by_label("Outcome").select_option("rejected")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("deploy-bot")
    page.get_by_label("Capability").fill("{")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("alert")).to_contain_text("is no pattern")
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_role("heading", name=re.compile("All [0-9]+ records are as they were written"))).to_be_visible()


def test_an_export_holds_what_was_searched_and_no_formula(gateway, visits):
    gateway.api("POST", "/approvals/ap_002/reject", {"reason": '=HYPERLINK("http://evil.test")'})
    page = visits.supervisor("/audit?outcome=rejected")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert [row["request"] for row in rows] == ["ap_002"]
    assert rows[0]["reason"] == '\'=HYPERLINK("http://evil.test")'
    page.goto(f"{gateway.url}/audit")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export JSON").click()
    assert Path(download.value.path()).read_text().startswith('[\n{"sequence":')


def test_a_call_is_tried_without_being_made(gateway, visits):
    page = visits.supervisor("/policy")
    page.get_by_label("Agent").fill("my-agent")
    page.get_by_label("Capability").fill("process.run")
    page.get_by_label("Parameters").fill('{"command": "systemctl", "args": ["restart", "x"]}')
    page.get_by_role("button", name="Try").click()
    expect(page.locator(".answer .badge").first).to_have_text("approval_required")
    expect(page.locator(".answer")).to_contain_text("Service management commands require supervisor approval")
    assert gateway.api("GET", "/status")["pending"] == 2
    page.get_by_label("Parameters").fill("{")
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_role("alert")).to_contain_text("not JSON")


def test_a_gateway_without_its_baseline_says_so_where_policies_are_shown(tmp_path, browser):
    gateway = Gateway(tmp_path, None, "--without-baseline")
    visits = Visits(browser, gateway)
    try:
        page = visits.supervisor("/policy")
        expect(page.locator(".notice.wrong")).to_contain_text("system-baseline is not in force")
        expect(page.locator(".policy")).to_have_count(1)
    finally:
        visits.leave()
        gateway.stop()


def test_policy_files_that_do_not_load_are_said_on_every_page_by_themselves(tmp_path, browser):
    policies = tmp_path / "policies"
    policies.mkdir()
    for name in ("system-baseline.yaml", "team-moderate.yaml"):
        (policies / name).write_bytes((REPOSITORY / "policies" / name).read_bytes())
    gateway = Gateway(tmp_path, policies)
    visits = Visits(browser, gateway)
    try:
        page = visits.supervisor()
        expect(page.locator("#pulse")).to_contain_text("Live")
        good = (policies / "team-moderate.yaml").read_bytes()
        (policies / "team-moderate.yaml").write_text("name: <script>\ncapabilities: [")
        expect(page.get_by_role("heading", name=re.compile("policy files do not load"))).to_be_visible()
        expect(page.locator(".findings")).to_contain_text("team-moderate.yaml:")
        page.goto(f"{gateway.url}/agents")
        expect(page.locator(".banner.bad")).to_be_visible()
        (policies / "team-moderate.yaml").write_bytes(good)
        expect(page.locator(".banner.bad")).to_have_count(0)
    finally:
        visits.leave()
        gateway.stop()
    assert visits.complaints == []


def test_an_agent_s_key_is_shown_once_and_can_be_revoked(gateway, visits):
    page = visits.supervisor("/agents")
    page.get_by_label("Name").fill("new-bot")
    page.get_by_role("button", name="Register").click()
    key = page.locator("[data-key]").inner_text()
    assert key.startswith("kx")
    page.goto(f"{gateway.url}/agents")
    assert key not in page.content()
    own = page.get_by_role("listitem").filter(has_text="new-bot")
    own.locator("summary", has_text="Revoke").click()
    own.get_by_role("button", name="Revoke new-bot").click()
    expect(page.get_by_role("listitem").filter(has_text="new-bot")).to_contain_text("key revoked")
    page.get_by_label("Name").fill("new-bot")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("alert")).to_contain_text("taken")


def test_pages_ask_nobody_but_the_gateway(gateway, visits):
    page = visits.supervisor()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urllib.parse.urlsplit(request.url).netloc))
    for path in PAGES:
        page.goto(gateway.url + path)
    assert hosts == {urllib.parse.urlsplit(gateway.url).netloc}
