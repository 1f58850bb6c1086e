//! The command as people and pipelines meet it: each case is a file of `cmd/` with the arguments and exit code, and what
//! is printed beside it. `TRYCMD=overwrite` writes what is printed now.

#[test]
fn every_case_prints_what_is_written_beside_it() {
    trycmd::TestCases::new().case("tests/cmd/*.toml");
}
