//! What the screen is about: the requests, the selected one, and what keys and news do to them.
//!
//! Knows no terminal, no network and no clock: events and times come in, effects go out. Requests are selected by id, and
//! only the person moves the selection, so that a key never decides another request than the one that was looked at.

use std::collections::{BTreeMap, BTreeSet};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::{SignedDuration, Timestamp};
use kruxos_approvals::RequestId;
use kruxos_approvals::audit::Record;
use kruxos_approvals::request::{Request, State};
use kruxos_gateway::wire::RequestDocument;

use crate::approve::decide::approved;
use crate::client::{Kind, Problem};
use crate::render::visible;

/// How long a decided request stays to be seen.
const LINGER: SignedDuration = SignedDuration::from_secs(10);
/// How long a note stays.
const NOTE: SignedDuration = SignedDuration::from_secs(8);
/// A request that was selected without a key cannot be decided before it could be read.
const UNREAD: SignedDuration = SignedDuration::from_millis(500);
/// The longest reason, in characters.
const LONGEST_REASON: usize = 1000;
/// Requests or lines that a page key moves by.
const PAGE: usize = 10;

/// A supervisor's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Approve,
    Reject,
}

/// What somebody else has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Decide { id: RequestId, word: Word, reason: Option<String> },
    LookUp(RequestId),
    Leave,
}

/// What the gateway says.
#[derive(Clone, Debug)]
pub(super) enum News {
    /// Some that are pending; so many more are not told so far.
    Some { requests: Vec<Request>, more: u64 },
    /// These were all that are to be told.
    All(BTreeSet<RequestId>),
    /// One request as it is now.
    One(Box<RequestDocument>),
    /// What a verdict came to.
    Answer { id: RequestId, word: Word, answer: Result<Box<Request>, Problem> },
    /// The gateway is out of reach.
    Lost(String),
}

/// A request on the board.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) request: Request,
    pub(super) history: Vec<Record>,
    /// What was asked of the gateway and not answered.
    pub(super) asked: Option<Word>,
    /// Since when it is not pending any more.
    decided_since: Option<Timestamp>,
}

/// What the screen shows and the keys mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    List,
    /// Everything about one request, from this line on.
    Full {
        id: RequestId,
        scroll: usize,
    },
    /// A reason is being typed.
    Reason {
        id: RequestId,
        text: String,
    },
}

/// Whether what is shown is up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Connecting,
    Live,
    Lost(String),
}

#[derive(Debug)]
struct Note {
    text: String,
    until: Timestamp,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Board {
    items: BTreeMap<RequestId, Item>,
    selected: Option<RequestId>,
    /// Until when the selected request counts as unread.
    unread_until: Option<Timestamp>,
    pub(super) mode: Mode,
    pub(super) link: Link,
    note: Option<Note>,
    pub(super) more: u64,
    pub(super) address: String,
    pub(super) supervisor: String,
}

impl Board {
    /// An empty board of a gateway and a supervisor.
    pub(super) fn new(address: &str, supervisor: &str) -> Self {
        Self {
            items: BTreeMap::new(),
            selected: None,
            unread_until: None,
            mode: Mode::List,
            link: Link::Connecting,
            note: None,
            more: 0,
            address: address.to_owned(),
            supervisor: supervisor.to_owned(),
        }
    }

    /// The requests, in order of arrival.
    pub(super) fn items(&self) -> impl ExactSizeIterator<Item = &Item> {
        self.items.values()
    }

    /// How many are pending.
    pub(super) fn pending(&self) -> u64 {
        self.items().filter(|item| item.request.state == State::Pending).count() as u64 + self.more
    }

    /// The selected request.
    pub(super) fn selected(&self) -> Option<&Item> {
        self.selected.and_then(|id| self.items.get(&id))
    }

    /// Where the selected request stands, from 0.
    pub(super) fn position(&self) -> usize {
        self.selected.map_or(0, |id| self.items.range(..id).count())
    }

    /// A request on the board.
    pub(super) fn item(&self, id: RequestId) -> Option<&Item> {
        self.items.get(&id)
    }

    /// What is to be said just now.
    pub(super) fn note(&self) -> Option<&str> {
        self.note.as_ref().map(|note| note.text.as_str())
    }

    fn say(&mut self, text: impl Into<String>, now: Timestamp) {
        self.note = Some(Note { text: text.into(), until: now + NOTE });
    }

    /// Time has passed: what was decided a while ago leaves, but never from under the selection.
    pub(super) fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        let kept = [self.selected, self.open()];
        self.items.retain(|id, item| {
            kept.contains(&Some(*id)) || item.decided_since.is_none_or(|since| now.duration_since(since) < LINGER)
        });
        self.note.take_if(|note| note.until <= now);
        Vec::new()
    }

    /// The request that is shown whole or being rejected.
    const fn open(&self) -> Option<RequestId> {
        match &self.mode {
            Mode::List => None,
            Mode::Full { id, .. } | Mode::Reason { id, .. } => Some(*id),
        }
    }

    /// Takes news in.
    pub(super) fn hear(&mut self, news: News, now: Timestamp) -> Vec<Effect> {
        let effects = match news {
            News::Some { requests, more } => {
                self.link = Link::Live;
                self.more = more;
                requests.into_iter().for_each(|request| self.keep(request, None, now));
                Vec::new()
            }
            News::All(told) => self.missing(&told),
            News::One(document) => {
                self.keep(document.request, Some(document.history), now);
                Vec::new()
            }
            News::Answer { id, word, answer } => self.answered(id, word, answer, now),
            News::Lost(why) => {
                self.link = Link::Lost(why);
                Vec::new()
            }
        };
        self.select_something(now);
        effects
    }

    /// What is pending no longer is asked about one by one, to tell who decided.
    fn missing(&self, told: &BTreeSet<RequestId>) -> Vec<Effect> {
        let last = told.last().copied().filter(|_| self.more > 0);
        let is_missing = |item: &&Item| {
            let id = item.request.id;
            let may_be_untold = last.is_some_and(|last| id > last);
            item.request.state == State::Pending && !told.contains(&id) && !may_be_untold
        };
        self.items().filter(is_missing).map(|item| Effect::LookUp(item.request.id)).collect()
    }

    fn keep(&mut self, request: Request, history: Option<Vec<Record>>, now: Timestamp) {
        let decided_since = (request.state != State::Pending).then_some(now);
        match self.items.get_mut(&request.id) {
            // A list that was asked for before a verdict may come after it: what is decided stays decided.
            Some(item) if item.decided_since.is_some() && decided_since.is_none() => {}
            Some(item) => {
                item.decided_since = item.decided_since.or(decided_since);
                item.request = request;
                item.history = history.unwrap_or(std::mem::take(&mut item.history));
            }
            // Others decided it before it was ever shown.
            None if decided_since.is_some() => {}
            None => {
                let history = history.unwrap_or_default();
                self.items.insert(request.id, Item { request, history, asked: None, decided_since });
            }
        }
    }

    fn select_something(&mut self, now: Timestamp) {
        if self.selected().is_none() {
            self.selected = self.items.keys().next().copied();
            self.unread_until = self.selected.map(|_| now + UNREAD);
        }
    }

    fn answered(
        &mut self,
        id: RequestId,
        word: Word,
        answer: Result<Box<Request>, Problem>,
        now: Timestamp,
    ) -> Vec<Effect> {
        if let Some(item) = self.items.get_mut(&id) {
            item.asked = None;
        }
        match answer {
            Ok(request) => {
                let said = match word {
                    Word::Approve => approved(&request),
                    Word::Reject => format!("Rejected {id}."),
                };
                self.say(said.trim_end(), now);
                self.keep(*request, None, now);
                Vec::new()
            }
            Err(problem) => {
                let was_away = problem.kind == Kind::Away;
                let left = if was_away { "; whether it counted is not known" } else { "" };
                self.say(format!("{id}: {}{left}", visible(&problem.message)), now);
                vec![Effect::LookUp(id)]
            }
        }
    }

    /// Text was pasted: part of a reason, and nothing else.
    pub(super) fn paste(&mut self, pasted: &str) {
        if let Mode::Reason { text, .. } = &mut self.mode {
            let room = LONGEST_REASON.saturating_sub(text.chars().count());
            text.extend(pasted.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(room));
        }
    }

    /// A key was pressed.
    pub(super) fn key(&mut self, key: KeyEvent, now: Timestamp) -> Vec<Effect> {
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
            return vec![Effect::Leave];
        }
        match &self.mode {
            Mode::Reason { .. } => self.key_in_reason(key, now),
            Mode::Full { id, .. } => self.key_in_full(*id, key, now),
            Mode::List => self.key_in_list(key, now),
        }
    }

    fn key_in_list(&mut self, key: KeyEvent, now: Timestamp) -> Vec<Effect> {
        match key.code {
            KeyCode::Char('q') => return vec![Effect::Leave],
            KeyCode::Char('j') | KeyCode::Down => self.step(1),
            KeyCode::Char('k') | KeyCode::Up => self.step(-1),
            KeyCode::PageDown => self.step(PAGE as isize),
            KeyCode::PageUp => self.step(-(PAGE as isize)),
            KeyCode::Char('g') | KeyCode::Home => self.step(isize::MIN),
            KeyCode::Char('G') | KeyCode::End => self.step(isize::MAX),
            KeyCode::Enter => {
                let Some(id) = self.selected().map(|item| item.request.id) else { return Vec::new() };
                self.mode = Mode::Full { id, scroll: 0 };
                return vec![Effect::LookUp(id)];
            }
            KeyCode::Char('a') => return self.selected.map_or_else(Vec::new, |id| self.approve(id, now)),
            KeyCode::Char('r') => self.ask_for_reason(self.selected, now),
            _ => {}
        }
        Vec::new()
    }

    fn key_in_full(&mut self, id: RequestId, key: KeyEvent, now: Timestamp) -> Vec<Effect> {
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc | KeyCode::Enter | KeyCode::Backspace => self.mode = Mode::List,
            KeyCode::Char('j') | KeyCode::Down => self.scroll(1),
            KeyCode::Char('k') | KeyCode::Up => self.scroll(-1),
            KeyCode::PageDown | KeyCode::Char(' ') => self.scroll(PAGE as isize),
            KeyCode::PageUp => self.scroll(-(PAGE as isize)),
            KeyCode::Char('g') | KeyCode::Home => self.scroll(isize::MIN),
            KeyCode::Char('G') | KeyCode::End => self.scroll(isize::MAX),
            KeyCode::Char('a') => return self.approve(id, now),
            KeyCode::Char('r') => self.ask_for_reason(Some(id), now),
            _ => {}
        }
        Vec::new()
    }

    fn key_in_reason(&mut self, key: KeyEvent, now: Timestamp) -> Vec<Effect> {
        let Mode::Reason { id, text } = &mut self.mode else { return Vec::new() };
        let id = *id;
        match key.code {
            KeyCode::Esc => {
                self.mode = Mode::List;
                self.say(format!("{id} was not rejected."), now);
            }
            KeyCode::Backspace => _ = text.pop(),
            KeyCode::Enter => {
                let reason = Some(text.trim().to_owned()).filter(|reason| !reason.is_empty());
                self.mode = Mode::List;
                return self.decide(id, Word::Reject, reason, now);
            }
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => text.clear(),
            KeyCode::Char(letter)
                if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
                    && text.chars().count() < LONGEST_REASON =>
            {
                text.push(letter);
            }
            _ => {}
        }
        Vec::new()
    }

    /// Moves the selection, as far as there are requests.
    fn step(&mut self, by: isize) {
        let last = self.items.len().saturating_sub(1);
        let to = self.position().saturating_add_signed(by).min(last);
        self.selected = self.items.keys().nth(to).copied();
        self.unread_until = None;
    }

    fn scroll(&mut self, by: isize) {
        if let Mode::Full { scroll, .. } = &mut self.mode {
            *scroll = scroll.saturating_add_signed(by);
        }
    }

    fn ask_for_reason(&mut self, id: Option<RequestId>, now: Timestamp) {
        if let Some(id) = id.filter(|id| self.may_decide(*id, now)) {
            self.mode = Mode::Reason { id, text: String::new() };
        }
    }

    fn approve(&mut self, id: RequestId, now: Timestamp) -> Vec<Effect> {
        self.decide(id, Word::Approve, None, now)
    }

    fn decide(&mut self, id: RequestId, word: Word, reason: Option<String>, now: Timestamp) -> Vec<Effect> {
        if !self.may_decide(id, now) {
            return Vec::new();
        }
        if let Some(item) = self.items.get_mut(&id) {
            item.asked = Some(word);
        }
        vec![Effect::Decide { id, word, reason }]
    }

    /// Whether a word about this request makes sense; what keeps it from that is said.
    fn may_decide(&mut self, id: RequestId, now: Timestamp) -> bool {
        let Some(item) = self.items.get(&id) else { return false };
        let unread = self.selected == Some(id) && self.unread_until.is_some_and(|until| now < until);
        let hindrance = match (&item.request.verdict, item.asked) {
            (Some(verdict), _) => {
                let by = verdict.by.as_ref().map_or_else(String::new, |by| format!(" by {}", visible(by)));
                format!("{id} is {} already{by}.", verdict.state)
            }
            (None, Some(_)) => format!("{id} is being decided."),
            (None, None) if unread => {
                format!("{id} has only just appeared: press the key again once you have read it.")
            }
            (None, None) if matches!(self.link, Link::Lost(_)) => {
                format!("The gateway is out of reach: {id} cannot be decided now.")
            }
            (None, None) => return true,
        };
        self.say(hindrance, now);
        false
    }
}

#[cfg(test)]
mod tests;
