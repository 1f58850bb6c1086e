"""Approving and rejecting, by mouse, by keyboard, without a script, and when somebody else was first."""

import re

from playwright.sync_api import expect


def test_a_click_approves_and_the_card_says_what_came_of_it(gateway, visits):
    gateway.call("filesystem.write", {"path": "/workspace/gone.txt", "content": "x"})
    own = gateway.ask(path="/workspace/gone.txt")
    page = visits.supervisor()
    expect(page).to_have_title("(3) Approvals · KruxOS")
    card = page.locator(f"#{own}")
    card.get_by_label("Reason").fill("Scheduled maintenance window")
    card.get_by_role("button", name="Approve").click()
    expect(card.locator(".verdict")).to_contain_text("Approved by operator")
    expect(card.locator(".verdict")).to_contain_text("Scheduled maintenance window")
    expect(card).to_contain_text("It was carried out")
    expect(page).to_have_title("(2) Approvals · KruxOS")
    assert gateway.api("GET", f"/approvals/{own}")["request"]["state"] == "succeeded"


def test_a_click_rejects_with_the_reason(gateway, visits):
    page = visits.supervisor()
    card = page.locator("#ap_002")
    card.get_by_label("Reason").fill("Keep old builds until next week")
    card.get_by_role("button", name="Reject").click()
    expect(card.locator(".verdict")).to_contain_text("Rejected by operator")
    verdict = gateway.api("GET", "/approvals/ap_002")["request"]["verdict"]
    assert (verdict["state"], verdict["reason"]) == ("rejected", "Keep old builds until next week")
    page.get_by_role("link", name=re.compile("Rejected 1")).click()
    expect(page.locator("#ap_002")).to_contain_text("Keep old builds until next week")


def test_a_new_request_appears_by_itself_and_nothing_moves(gateway, visits):
    page = visits.supervisor()
    expect(page.locator("#pulse")).to_contain_text("Live")
    page.locator("#ap_001").get_by_label("Reason").fill("half a rea")
    before = page.locator("#ap_002 [data-approve]").bounding_box()
    page.evaluate("document.body.dataset.same = 'page'")
    new = gateway.ask()
    expect(page.locator(f"#{new}")).to_be_visible()
    expect(page).to_have_title("(3) Approvals · KruxOS")
    assert page.locator("#ap_002 [data-approve]").bounding_box() == before
    assert page.locator("#ap_001").get_by_label("Reason").input_value() == "half a rea"
    assert page.locator("[data-card]").last.get_attribute("id") == new
    assert page.evaluate("document.body.dataset.same") == "page"
    expect(page.get_by_role("status").filter(has_text="New:")).to_have_count(1)


def test_a_request_decided_elsewhere_says_who_when_and_why(gateway, visits):
    page = visits.supervisor()
    expect(page.locator("#pulse")).to_contain_text("Live")
    other = gateway.supervisor("ada")
    gateway.api("POST", "/approvals/ap_001/reject", {"reason": "Not tonight"}, token=other)
    verdict = page.locator("#ap_001 .verdict")
    expect(verdict).to_contain_text("Rejected by ada")
    expect(verdict).to_contain_text("Not tonight")
    expect(page.locator("#ap_001 button")).to_have_count(0)


def test_who_is_second_is_told_who_was_first(gateway, visits):
    page = visits.supervisor()
    page.route("**/live*", lambda route: route.abort())
    page.reload()
    other = gateway.supervisor("ada")
    gateway.api("POST", "/approvals/ap_001/reject", {"reason": "Not tonight"}, token=other)
    page.locator("#ap_001").get_by_role("button", name="Approve").click()
    expect(page.locator("#ap_001 .verdict")).to_contain_text("Rejected by ada")
    visits.complaints[:] = [text for text in visits.complaints if "ERR_FAILED" not in text]


def test_without_a_script_forms_do_the_same(gateway, visits):
    page = visits.stranger(java_script_enabled=False)
    page.goto(f"{gateway.url}/approvals")
    page.get_by_label("Operator token").fill(gateway.token)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#ap_002").get_by_role("button", name="Reject").click()
    expect(page.get_by_role("status").first).to_contain_text("ap_002 is rejected.")
    expect(page.locator("#ap_002")).to_have_count(0)
    other = gateway.supervisor("ada")
    gateway.api("POST", "/approvals/ap_001/reject", {"reason": "Not tonight"}, token=other)
    page.locator("#ap_001").get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_contain_text("already rejected by ada")


def test_keys_act_on_the_chosen_request_alone(gateway, visits):
    page = visits.supervisor()
    for key in "arA":
        page.keyboard.press(key)
    assert gateway.api("GET", "/status")["pending"] == 2
    page.keyboard.press("j")
    expect(page.locator("#ap_001")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#ap_002")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(page.locator("#ap_001 .verdict")).to_contain_text("Approved by operator")
    expect(page.locator("#ap_001")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.type("a reason with an a")
    page.keyboard.press("Enter")
    expect(page.locator("#ap_002 .verdict")).to_contain_text("a reason with an a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/approvals/ap_002")


def test_enter_in_a_reason_decides_nothing(gateway, visits):
    page = visits.supervisor()
    page.locator("#ap_001").get_by_label("Reason").fill("because")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#ap_001")).to_be_focused()
    assert gateway.api("GET", "/status")["pending"] == 2


def test_a_gateway_that_does_not_answer_is_said_and_nothing_is_lost(gateway, visits):
    page = visits.supervisor()
    page.locator("#ap_001").get_by_label("Reason").fill("because")
    page.route("**/approve", lambda route: route.abort())
    page.locator("#ap_001").get_by_role("button", name="Approve").click()
    expect(page.locator("#ap_001 .trouble")).to_contain_text("does not answer")
    assert page.locator("#ap_001").get_by_label("Reason").input_value() == "because"
    expect(page.locator("#ap_001").get_by_role("button", name="Approve")).to_be_enabled()
    visits.complaints[:] = [text for text in visits.complaints if "ERR_FAILED" not in text]


def test_more_requests_than_fit_a_page_are_paged(gateway, visits):
    for number in range(60):
        gateway.ask(path=f"/workspace/old/{number}")
    page = visits.supervisor()
    expect(page.locator("[data-card]")).to_have_count(50)
    page.get_by_role("link", name="Show the next ones").click()
    expect(page.locator("[data-card]")).to_have_count(12)
    expect(page.locator("#ap_062")).to_be_visible()


def test_one_request_shows_everything(gateway, visits):
    page = visits.supervisor("/approvals/ap_001")
    main = page.get_by_role("main")
    request = gateway.api("GET", "/approvals/ap_001")["request"]
    rule = request["decision"]["rule"]
    for text in (
        "my-agent",
        "process.run → approval_required",
        "Service management commands require supervisor approval",
        f"{rule['file']}:{rule['line']}",
        request["digest"],
        '"args": [',
        "any supervisor",
        "never",
        "approval requested",
    ):
        expect(main).to_contain_text(text)
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#history")).to_contain_text("rejected")
