// The dashboard's own script. Every page works without it, by forms and reloading; with it, requests are decided in place
// and news arrive by themselves. It puts nothing on a page but what the gateway rendered.
"use strict";

const body = document.body;
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const cards = find("[data-cards]");
const stream = find("[data-stream]");

function say(text) {
  find("#said").textContent = text;
}

async function page(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { ...options.headers, "KruxOS-Fragment": "1" } });
  if (answer.status === 401) location.reload(); // the session is over: reloading leads to the door
  if (!answer.ok && answer.status !== 409) throw new Error(await answer.text());
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// ── Deciding

// Puts the new state of a request in place of the old one. Nothing below moves, and nothing typed is lost.
function replace(old, fresh) {
  const focused = old.contains(document.activeElement) && document.activeElement;
  const typed = find("[name=reason]", old);
  const reason = find("[name=reason]", fresh);
  if (typed && reason) reason.value = typed.value;
  fresh.style.minHeight = `${old.offsetHeight}px`;
  old.replaceWith(fresh);
  if (focused) (focused === typed && reason ? reason : fresh).focus({ preventScroll: true });
}

async function decide(form, button) {
  const card = form.closest("[data-card]");
  const trouble = find(".trouble", form);
  const data = new URLSearchParams(new FormData(form));
  card.setAttribute("aria-busy", "true");
  all("button", form).forEach((each) => (each.disabled = true));
  try {
    const fresh = find("[data-card]", await page(button.formAction, { method: "POST", body: data }));
    replace(card, fresh);
    say(`${fresh.id}: ${find(".verdict, .barred, .terms", fresh)?.innerText ?? ""}`);
  } catch (error) {
    const unreachable = error instanceof TypeError;
    trouble.textContent = unreachable ? "The gateway does not answer. Whether it heard this is not known: look again before you repeat it." : error.message;
    trouble.hidden = false;
    card.removeAttribute("aria-busy");
    all(".buttons button", form).forEach((each) => (each.disabled = false));
  }
  refresh();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-verdict]") || !event.submitter) return;
  event.preventDefault();
  decide(event.target, event.submitter);
});

// ── Keys: they act on the request that has the focus, never on another

find("[data-keys]")?.removeAttribute("hidden");

function step(by) {
  const list = all("[data-card]");
  const at = list.indexOf(document.activeElement?.closest("[data-card]"));
  const next = list[at < 0 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function keyInReason(event, input) {
  const card = input.closest("[data-card]");
  if (event.key === "Escape") card.focus();
  if (event.key === "Enter" && "rejecting" in input.dataset) find("[data-reject]", card).click();
}

function keyOnCard(event, card) {
  const reason = find("[name=reason]", card);
  if (event.key === "a") find("[data-approve]:enabled", card)?.click();
  if (event.key === "Enter") find("[data-open]", card).click();
  if (event.key !== "r" || !reason) return;
  event.preventDefault();
  reason.dataset.rejecting = "";
  reason.placeholder = "Why not? Enter rejects, Esc goes back";
  reason.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && !/^(j|k|Arrow.*)$/.test(event.key)) return;
  const at = event.target;
  if (at.matches("[name=reason]")) return keyInReason(event, at);
  if (at.matches("input, select, textarea")) return;
  const card = at.matches("[data-card]") ? at : null;
  const by = { j: 1, k: -1, ArrowDown: card && 1, ArrowUp: card && -1 }[event.key];
  if (by) {
    event.preventDefault();
    step(by);
  } else if (card) keyOnCard(event, card);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("[data-rejecting]")) delete event.target.dataset.rejecting;
});

// ── News

const changed = new Set();
let timer = null;
let asking = false;

// Asks for the page again, soon but not all the time, and takes over what is new.
function refresh(pause = 150) {
  if (!asking) timer ??= setTimeout(ask, pause);
}

async function ask() {
  timer = null;
  asking = true;
  const ids = new Set(changed);
  changed.clear();
  let pause = 400;
  try {
    await take(ids);
  } catch {
    ids.forEach((id) => changed.add(id));
    pause = 3000;
  }
  asking = false;
  if (changed.size) refresh(pause);
}

async function take(ids) {
  const fresh = await page(body.dataset.refresh);
  document.title = fresh.title;
  all("[data-sync]").forEach((old) => {
    const now = fresh.getElementById(old.id);
    if (now && now.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) old.replaceWith(now);
  });
  for (const card of all("[data-card]")) await renew(card, fresh, ids);
  if (cards) add(fresh);
}

// A request that left the list stays where it is, and says what became of it.
async function renew(card, fresh, ids) {
  let now = fresh.getElementById(card.id);
  if (!now && ids.has(card.id)) now = find("[data-card]", await page(`/approvals/${card.id}/card`));
  if (now && now.dataset.version !== card.dataset.version) replace(card, now);
}

// What is new and waits goes to the end: nothing moves that somebody is about to click.
function add(fresh) {
  const news = all("[data-cards] [data-card]", fresh).filter((card) => !document.getElementById(card.id));
  if (cards.dataset.cards === "newest") cards.prepend(...news);
  else cards.append(...news);
  if (news.length) say(news.length === 1 ? `New: ${find("h2", news[0]).innerText}` : `${news.length} new requests`);
  find("[data-empty]").hidden = Boolean(find("[data-card]", cards));
}

const pause = find("[data-pause]");
const held = [];

function row(html) {
  const fresh = find(".record", new DOMParser().parseFromString(html, "text/html"));
  if (find(`[data-sequence="${fresh.dataset.sequence}"]`)) return;
  const paused = pause.getAttribute("aria-pressed") === "true";
  if (paused) held.push(fresh);
  else show([fresh]);
  find("[data-waiting]").textContent = held.length ? `${held.length} new since you paused` : "";
}

function show(rows) {
  rows.forEach((each) => stream.prepend(each));
  all(".record", stream).slice(200).forEach((old) => old.remove());
  find("[data-empty]").hidden = true;
}

pause?.removeAttribute("hidden");
pause?.addEventListener("click", () => {
  const paused = pause.getAttribute("aria-pressed") !== "true";
  pause.setAttribute("aria-pressed", String(paused));
  pause.textContent = paused ? "Go on" : "Pause";
  if (!paused) show(held.splice(0));
  find("[data-waiting]").textContent = "";
});

function pulse(state, text) {
  const at = find("#pulse");
  at.hidden = false;
  at.dataset.state = state;
  at.lastElementChild.textContent = text;
}

let last = null;
let source = null;

function listen() {
  const url = body.dataset.live;
  source = new EventSource(last ? url.replace(/after=\d+/, `after=${last}`) : url);
  source.onopen = () => pulse("live", "Live");
  source.onerror = () => {
    pulse("lost", "Not live, trying again");
    if (source.readyState === EventSource.CLOSED) setTimeout(retry, 3000);
  };
  source.addEventListener("change", (event) => {
    last = event.lastEventId;
    changed.add(event.data);
    refresh();
  });
  source.addEventListener("row", (event) => {
    last = event.lastEventId;
    if (stream) row(event.data);
  });
}

// The stream is refused only while the gateway is away, or once the session is over: the page itself tells which.
async function retry() {
  try {
    await page(body.dataset.refresh);
    attend();
  } catch {
    setTimeout(retry, 3000);
  }
}

// A page that nobody sees keeps no connection open, as browsers allow only a few; now and then it looks by itself, so that
// its title tells how many requests wait.
function attend() {
  source?.close();
  if (!document.hidden) listen();
}

if (body.dataset.live) {
  attend();
  document.addEventListener("visibilitychange", attend);
  setInterval(() => document.hidden && refresh(), 15_000);
}

// ── Small things

function ago(time) {
  const seconds = Math.floor((Date.now() - Date.parse(time)) / 1000);
  const units = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]];
  const [size, unit] = units.find(([size]) => Math.abs(seconds) >= size) ?? [1, "s"];
  const span = `${Math.floor(Math.abs(seconds) / size)}${unit}`;
  return seconds < 0 ? `in ${span}` : seconds < 5 ? "just now" : `${span} ago`;
}

setInterval(() => all("[data-age]").forEach((time) => (time.textContent = ago(time.dateTime))), 10_000);

const copy = find("[data-copy]");
copy?.removeAttribute("hidden");
copy?.addEventListener("click", async () => {
  await navigator.clipboard.writeText(find("[data-key]").textContent);
  copy.textContent = "Copied";
});
