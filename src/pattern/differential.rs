//! Patterns held to other engines and to enumeration.

use globset::GlobBuilder;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{NameIndex, NamePattern, PathGlob, TextGlob, ValueIndex, ValuePattern, check_name, containers};

/// Name patterns over the letters `a` and `b`, most of them usable.
fn name_pattern() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        5 => prop::sample::select(vec!["a", "b", ".", "a.", ".b", "ab", "/"]).prop_map(str::to_owned),
        3 => prop::sample::select(vec!["*", "?", "[ab]", "[!a]", "[!.]", "[^ab]", "[a-b]", ".*", "*."]).prop_map(str::to_owned),
    ];
    let group = vec(vec(piece.clone(), 1..3).prop_map(|all| all.concat()), 1..4)
        .prop_map(|all| format!("{{{}}}", all.join(",")));
    vec(prop_oneof![6 => piece, 1 => group], 1..6).prop_map(|all| all.concat())
}

fn parsed_name() -> impl Strategy<Value = NamePattern> {
    name_pattern().prop_filter_map("no pattern", |text| NamePattern::parse(&text).ok())
}

/// Path globs over few components.
fn path_glob() -> impl Strategy<Value = String> {
    let component = prop::sample::select(vec![
        "a",
        "b",
        "ab",
        ".a",
        "*",
        "**",
        "?",
        "[ab]",
        "{a,b}",
        "*a",
        "a*",
        "?b",
        "{a,*b}",
        "{a/b,b}",
        "{a,b/*}",
        "{a/**/b,b}",
    ]);
    (prop::sample::select(vec!["", "/"]), vec(component, 1..5))
        .prop_map(|(start, all)| start.to_owned() + &all.join("/"))
}

fn parsed_path() -> impl Strategy<Value = PathGlob> {
    path_glob().prop_filter_map("no glob", |text| PathGlob::parse(&text).ok())
}

/// All valid names of at most five characters over a small alphabet; `x` is in no pattern.
fn names() -> Vec<String> {
    let mut all = words(&["a", "b", "x", ".", "/"], 5);
    all.retain(|name| check_name(name).is_ok());
    all
}

fn paths() -> Vec<String> {
    let components = ["/a", "/b", "/ab", "/.a", "/bb", "/xa"];
    let mut all = words(&components, 3);
    all.retain(|path| !path.is_empty());
    all.push("/".to_owned());
    all
}

/// Everything made of at most so many letters, shorter first.
fn words(letters: &[&str], most: usize) -> Vec<String> {
    let (mut all, mut longest) = (vec![String::new()], vec![String::new()]);
    for _ in 0..most {
        longest = longest.iter().flat_map(|word| letters.iter().map(move |letter| format!("{word}{letter}"))).collect();
        all.extend(longest.clone());
    }
    all
}

fn oracle(text: &str, separator: bool) -> globset::GlobMatcher {
    let glob = GlobBuilder::new(text).literal_separator(separator).backslash_escape(true).build().unwrap();
    glob.compile_matcher()
}

/// What `contains`, `overlap` and `outside` say of two patterns must agree with every text of a list, and each witness
/// must be one, with none shorter in the list.
fn check_pair(
    texts: &[String],
    matches: [&dyn Fn(&str) -> bool; 2],
    contains: bool,
    overlap: Option<String>,
    outside: Option<String>,
) -> Result<(), TestCaseError> {
    let [left, right] = matches;
    let shortest_both = texts.iter().filter(|text| left(text) && right(text)).map(String::len).min();
    let shortest_outside = texts.iter().filter(|text| left(text) && !right(text)).map(String::len).min();
    let escapes = texts.iter().find(|text| right(text) && !left(text));
    prop_assert!(!(contains && escapes.is_some()), "{escapes:?} is not contained");
    check_witness(overlap, shortest_both, |text| left(text) && right(text))?;
    check_witness(outside, shortest_outside, |text| left(text) && !right(text))
}

fn check_witness(
    witness: Option<String>,
    shortest: Option<usize>,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), TestCaseError> {
    match witness {
        Some(witness) => {
            prop_assert!(wanted(&witness), "{witness} is no witness");
            prop_assert!(shortest.is_none_or(|shortest| witness.len() <= shortest), "{witness} is not shortest");
        }
        None => prop_assert_eq!(shortest, None, "a witness was missed"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn name_patterns_match_as_globset_does(pattern in parsed_name()) {
        let oracle = oracle(pattern.as_str(), false);
        for name in names() {
            prop_assert_eq!(pattern.matches(&name), oracle.is_match(&name), "{} on {}", pattern, name);
        }
    }

    #[test]
    fn text_globs_match_as_globset_does(text in name_pattern()) {
        let text = text.replace("**", "*");
        let (glob, oracle) = (TextGlob::parse(&text).unwrap(), oracle(&text, false));
        for word in words(&["a", "b", "/", "\n", "."], 4) {
            prop_assert_eq!(glob.matches(&word), oracle.is_match(&word), "{} on {:?}", text, word);
        }
    }

    #[test]
    fn path_globs_match_as_globset_does(glob in parsed_path()) {
        let rooted = if glob.as_str().starts_with('/') { glob.as_str().to_owned() } else { format!("/{}", glob.as_str()) };
        let oracle = oracle(&rooted, true);
        for path in paths() {
            prop_assert_eq!(glob.matches(&path), oracle.is_match(&path), "{:?} on {}", glob, path);
        }
    }

    #[test]
    fn statements_about_two_name_patterns_hold_for_all_short_names(left in parsed_name(), right in parsed_name()) {
        let contains = left.contains(&right);
        prop_assert_eq!(contains, right.outside(&left).is_none());
        let matches: [&dyn Fn(&str) -> bool; 2] = [&|name| left.matches(name), &|name| right.matches(name)];
        let (overlap, outside) = (left.overlap(&right), left.outside(&right));
        for witness in [&overlap, &outside].into_iter().flatten() {
            prop_assert_eq!(check_name(witness), Ok(()), "{}", witness);
        }
        check_pair(&names(), matches, contains, overlap, outside)?;
    }

    #[test]
    fn statements_about_two_path_globs_hold_for_all_short_paths(left in parsed_path(), right in parsed_path()) {
        let contains = left.contains(&right);
        prop_assert_eq!(contains, right.outside(&left).is_none());
        let matches: [&dyn Fn(&str) -> bool; 2] = [&|path| left.matches(path), &|path| right.matches(path)];
        check_pair(&paths(), matches, contains, left.overlap(&right), left.outside(&right))?;
    }

    #[test]
    fn an_index_finds_what_each_pattern_matches(patterns in vec(parsed_name(), 0..12)) {
        let index = NameIndex::new(&patterns.iter().collect::<Vec<_>>()).unwrap();
        let (mut cache, mut found) = (index.cache(), Vec::new());
        for name in names() {
            found.clear();
            index.matches(&mut cache, &name, &mut found);
            let expected = (0u32..).zip(&patterns).filter(|(_, pattern)| pattern.matches(&name)).map(|(id, _)| id);
            prop_assert_eq!(&found, &expected.collect::<Vec<_>>(), "{} of {:?}", name, patterns);
        }
    }

    #[test]
    fn a_value_index_finds_what_each_glob_matches(globs in vec(parsed_path(), 0..8), texts in vec(name_pattern(), 0..4)) {
        let texts: Vec<TextGlob> = texts.iter().filter_map(|text| TextGlob::parse(&text.replace('.', "/")).ok()).collect();
        let patterns: Vec<ValuePattern> =
            globs.iter().cloned().map(ValuePattern::Path).chain(texts.iter().cloned().map(ValuePattern::Text)).collect();
        let index = ValueIndex::new(&patterns).unwrap();
        let (mut cache, mut found) = (index.cache(), Vec::new());
        for path in paths() {
            found.clear();
            index.matches(&mut cache, &path, &mut found);
            let alone = globs.iter().map(|glob| glob.matches(&path)).chain(texts.iter().map(|glob| glob.matches(&path)));
            let expected: Vec<u32> = (0u32..).zip(alone).filter(|(_, matches)| *matches).map(|(id, _)| id).collect();
            prop_assert_eq!(&found, &expected, "{} of {:?}", path, patterns);
        }
    }

    #[test]
    fn containers_are_what_comparing_every_pair_gives(patterns in vec(parsed_name(), 0..10)) {
        let wider = |narrow: &NamePattern, wide: &NamePattern| wide.contains(narrow) && !narrow.contains(wide);
        let expected: Vec<Vec<u32>> = patterns
            .iter()
            .map(|narrow| (0u32..).zip(&patterns).filter(|(_, wide)| wider(narrow, wide)).map(|(id, _)| id).collect())
            .collect();
        prop_assert_eq!(containers(&patterns.iter().collect::<Vec<_>>()).unwrap(), expected, "{:?}", patterns);
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in "[ab.*?!^{},/\\\\\\[\\]\\-é\0]{0,24}") {
        _ = NamePattern::parse(&text);
        _ = NamePattern::parse_agent(&text);
        _ = PathGlob::parse(&text);
        _ = TextGlob::parse(&text);
    }

    #[test]
    fn an_error_points_into_its_pattern(text in "[ab.*?!^{},/\\\\\\[\\]\\-é]{0,24}") {
        let errors = [NamePattern::parse(&text).err(), PathGlob::parse(&text).err(), TextGlob::parse(&text).err()];
        for error in errors.into_iter().flatten() {
            prop_assert!(text.get(error.start..error.end).is_some(), "{:?} in {:?}", error, text);
        }
    }
}
