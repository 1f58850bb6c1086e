//! `kruxos approve watch`: the queue on the whole screen, live.
//!
//! [`board`] is what is known and what keys do to it, [`view`] draws it, [`feed`] asks the gateway; here they are tied
//! together and to a terminal, which is given back however this ends.

mod board;
mod feed;
mod view;

use std::io;
use std::time::Duration;

use clap::Args;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste, Event, EventStream, KeyEventKind};
use crossterm::execute;
use futures_util::StreamExt;
use jiff::Timestamp;
use kruxos_gateway::wire::StatusDocument;
use ratatui::DefaultTerminal;
use tokio::sync::mpsc;

use self::board::{Board, Effect, News};
use crate::client::{Client, Remote};
use crate::exit::{Exit, Failure};
use crate::output::{Look, Streams};

/// Watch requests arrive, and decide them.
///
/// Arrows or j and k move, `a` approves the selected request, `r` asks for a reason and rejects it, Enter shows everything
/// about it, `q` leaves. New requests never move the selection.
#[derive(Args)]
pub(crate) struct Watch {}

/// How often ages are brought up to date.
const TICK: Duration = Duration::from_secs(1);
/// News that may wait to be shown.
const WAITING: usize = 256;

impl Watch {
    /// Refuses where there is no screen.
    pub(crate) fn check(&self, streams: &Streams) -> Result<(), Failure> {
        if streams.out.columns().is_some() {
            return Ok(());
        }
        Err(Failure::misuse(
            "`kruxos approve watch` needs a terminal",
            "`kruxos approve list` prints the requests, `kruxos watch` what happens",
        ))
    }

    /// Takes the screen until the person leaves.
    pub(crate) fn run(&self, client: &Client, streams: &mut Streams) -> Result<Exit, Failure> {
        let status: StatusDocument = client.get("/api/status", &[])?;
        let board = Board::new(client.remote().address(), &status.supervisor);
        let look = streams.out.look();
        client.wait(watch(client.remote(), board, look))?;
        Ok(Exit::Clean)
    }
}

/// The screen, given back when this goes away. A panic gives it back as well.
struct Screen(DefaultTerminal);

impl Screen {
    fn take() -> io::Result<Self> {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let _ = execute!(io::stdout(), DisableBracketedPaste);
            before(info);
        }));
        let terminal = ratatui::try_init()?;
        // Pasted text is text, not keys that approve.
        let screen = Self(terminal);
        execute!(io::stdout(), EnableBracketedPaste)?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = execute!(io::stdout(), DisableBracketedPaste);
        let _ = ratatui::try_restore();
    }
}

async fn watch(remote: &Remote, mut board: Board, look: Look) -> io::Result<()> {
    let mut screen = Screen::take()?;
    let (tell, mut news) = mpsc::channel(WAITING);
    let following = tokio::spawn(feed::follow(remote.clone(), tell.clone()));
    let mut keys = EventStream::new();
    let mut ticks = tokio::time::interval(TICK);
    let told = told();
    tokio::pin!(told);
    loop {
        screen.0.draw(|frame| view::draw(frame, &mut board, remote.zone(), Timestamp::now(), look))?;
        let effects = tokio::select! {
            event = keys.next() => on_event(&mut board, event)?,
            Some(first) = news.recv() => on_news(&mut board, first, &mut news),
            _ = ticks.tick() => board.tick(Timestamp::now()),
            () = &mut told => vec![Effect::Leave],
        };
        for effect in effects {
            if effect == Effect::Leave {
                following.abort();
                return Ok(());
            }
            tokio::spawn(feed::carry_out(remote.clone(), effect, tell.clone()));
        }
    }
}

fn on_event(board: &mut Board, event: Option<io::Result<Event>>) -> io::Result<Vec<Effect>> {
    match event.transpose()? {
        Some(Event::Key(key)) if key.kind == KeyEventKind::Press => Ok(board.key(key, Timestamp::now())),
        Some(Event::Paste(text)) => {
            board.paste(&text);
            Ok(Vec::new())
        }
        Some(_) => Ok(Vec::new()),
        // The terminal is gone.
        None => Ok(vec![Effect::Leave]),
    }
}

/// Takes everything that waits before the screen is drawn again.
fn on_news(board: &mut Board, first: News, more: &mut mpsc::Receiver<News>) -> Vec<Effect> {
    let now = Timestamp::now();
    let mut effects = board.hear(first, now);
    while let Ok(news) = more.try_recv() {
        effects.extend(board.hear(news, now));
    }
    effects
}

/// Done when the process is told to end.
#[cfg(unix)]
async fn told() {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    let [hangup, interrupt, terminate] =
        [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok());
    async fn wait(signal: Option<Signal>) {
        match signal {
            Some(mut signal) => _ = signal.recv().await,
            None => std::future::pending().await,
        }
    }
    tokio::select! { () = wait(hangup) => {}, () = wait(interrupt) => {}, () = wait(terminate) => {} }
}

#[cfg(not(unix))]
async fn told() {
    let _ = tokio::signal::ctrl_c().await;
}
