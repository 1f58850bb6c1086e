//! Any text is read as a shell command without a panic and in bounded time, and what it is said to run can be read again.
#![no_main]

use kruxos_policy::shell::{List, MAX_COMMANDS, Script, Verdict, Word};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let script = Script::of_text(text);
    assert!(script.commands.len() <= MAX_COMMANDS);
    let (Ok(few), Ok(dangerous)) = (List::read(["ls", "git status"]), List::read(["rm", "git push"])) else { return };
    let only = few.runs_only(&script);
    let any = dangerous.runs_any(&script);
    let doubtful = !script.doubts.is_empty();
    assert!(!(doubtful && only == Verdict::Yes) && !(doubtful && any == Verdict::No));
    for command in &script.commands {
        let words: Option<Vec<&str>> = command.words.iter().map(Word::as_literal).collect();
        let Some(words) = words else { continue };
        let again = Script::of_argv(&words);
        assert_eq!(again.commands.first().map(|again| &again.words), Some(&command.words));
    }
});
