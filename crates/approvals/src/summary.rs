//! A call in one line, for lists: what a person needs to tell requests apart, not everything there is to know.

use kruxos_policy::json::{Json, Object};

use crate::call::{JsonText, Params};
use crate::visible::visible;

/// One line about a call's params.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The line, safe to show.
    pub text: String,
    /// Whether something of the params is not in it.
    pub shortened: bool,
}

/// The params that tell most, in the order in which they are shown; all others follow by name.
const TELLING: [&str; 10] =
    ["command", "path", "source", "destination", "url", "to", "subject", "key", "query", "name"];
/// The longest value, in characters, that is shown whole.
const LONGEST: usize = 60;

/// Describes a call in one line.
///
/// `process.run` shows its program with everything up to the first argument that is no option: `command=systemctl restart`,
/// `command=rm -rf /workspace/x`.
#[must_use]
pub fn summary(capability: &str, params: &Params) -> Summary {
    let json = params.json();
    let Json::Object(object) = &json else { return Summary { text: String::new(), shortened: false } };
    let mut shortened = false;
    let mut parts = Vec::new();
    for (key, value) in telling_first(object) {
        let text = match (capability, key, value) {
            ("process.run", "args", Json::List(_)) => continue,
            ("process.run", "command", _) => program(value, object.get("args"), &mut shortened),
            _ => short(&value_text(value), &mut shortened),
        };
        parts.push(format!("{}={text}", short(key, &mut shortened)));
    }
    Summary { text: parts.join(" "), shortened }
}

/// The params in the order in which people read them: those that tell most first, all others by name.
#[must_use]
pub fn telling_first<'o, 'a>(object: &'o Object<'a>) -> Vec<(&'o str, &'o Json<'a>)> {
    let rank = |key: &str| TELLING.iter().position(|known| *known == key).unwrap_or(TELLING.len());
    let mut entries: Vec<(&str, &Json<'_>)> =
        object.entries().iter().map(|(key, value)| (key.as_ref(), value)).collect();
    entries.sort_by_key(|(key, _)| rank(key));
    entries
}

/// A value as lists and details show it: text as it is, anything else as JSON.
#[must_use]
pub fn value_text(value: &Json<'_>) -> String {
    match value {
        Json::Text(text) => text.to_string(),
        other => JsonText::of(other).as_str().to_owned(),
    }
}

fn program(command: &Json<'_>, args: Option<&Json<'_>>, shortened: &mut bool) -> String {
    let mut words = vec![short(&value_text(command), shortened)];
    let Some(Json::List(args)) = args else { return words.join(" ") };
    let mut args = args.iter();
    for argument in args.by_ref() {
        let text = value_text(argument);
        let is_option = text.starts_with('-');
        words.push(short(&text, shortened));
        if !is_option {
            break;
        }
    }
    *shortened |= args.next().is_some();
    words.join(" ")
}

/// The text made visible and cut, with a mark where it is.
fn short(text: &str, shortened: &mut bool) -> String {
    let shown = visible(text);
    let mut letters = shown.char_indices();
    match letters.nth(LONGEST).and_then(|(at, _)| shown.get(..at)) {
        Some(beginning) => {
            *shortened = true;
            format!("{beginning}…")
        }
        None => shown.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summed(capability: &str, params: &str) -> (String, bool) {
        let params = Params::of(&Json::parse(params.as_bytes()).unwrap()).unwrap();
        let summary = summary(capability, &params);
        (summary.text, summary.shortened)
    }

    #[test]
    fn the_page_s_requests_read_as_on_the_page() {
        let run = summed("process.run", r#"{"command":"systemctl","args":["restart","myapp"]}"#);
        assert_eq!(run, ("command=systemctl restart".to_owned(), true));
        let delete = summed("filesystem.delete", r#"{"path":"/workspace/old-build/"}"#);
        assert_eq!(delete, ("path=/workspace/old-build/".to_owned(), false));
    }

    #[test]
    fn what_a_program_works_on_is_shown_behind_its_options() {
        let run = summed("process.run", r#"{"command":"rm","args":["-r","-f","/workspace/x"]}"#);
        assert_eq!(run, ("command=rm -r -f /workspace/x".to_owned(), false));
    }

    #[test]
    fn the_telling_params_come_first() {
        let write = summed("filesystem.write", r#"{"content":"x","create_parents":true,"path":"/a"}"#);
        assert_eq!(write.0, "path=/a content=x create_parents=true");
    }

    #[test]
    fn what_would_deceive_is_visible_and_what_is_long_is_cut() {
        let (text, shortened) = summed("filesystem.write", r#"{"path":"/a\u001b[31m\u202e\n"}"#);
        assert_eq!((text.as_str(), shortened), (r"path=/a\u{1b}[31m\u{202e}\n", false));
        let spaces = format!(r#"{{"path":"a{}b"}}"#, " ".repeat(10_000));
        let (text, _) = summed("filesystem.write", &spaces);
        assert_eq!(text, "path=a\u{2423}×10000 b");
    }
}
