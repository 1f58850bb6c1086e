//! Options of programs that run other programs or write files, as a table.
//!
//! A row names the options that do neither; an option that it does not name is unknown. The options that are named as
//! running or writing are so for the message alone. A program without a row is judged by its leading words only: the
//! rows are the programs that an option or an operand turns into a shell or a writer. Sources: the programs' manuals
//! (GNU coreutils 9, findutils 4.9, tar 1.35, sed 4.9, gawk 5.2, git 2.43, ripgrep 14, fd 9, curl 8, OpenSSH 9, rsync
//! 3.2, Python 3.12, Node 22, cargo 1.8x, go 1.22, npm 10) and the techniques that GTFOBins collects under "Shell",
//! "Command" and "File write".

use crate::shell::options::Options;

/// What the arguments that are no options may be.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Operands {
    /// Names of files and other data.
    Plain,
    /// Data, and behind `--` the arguments of what it runs in any case.
    Handed,
    /// The first is a subcommand, which the list has to name where no row does.
    Subcommand,
    /// The first is a script; without one the input is.
    Script,
    /// The first is a program of `sed`, of `awk`.
    Sed,
    Awk,
    /// What begins with `+` is a command.
    Plus,
    /// The second is written.
    SecondWritten,
    /// The second is run, by another program or on another machine.
    SecondRun,
    /// The same, where a list that names the program means that too.
    Elsewhere,
    /// The same for its subcommands `exec` and `run`.
    Compose,
    /// The first is a subcommand, of which `run` and `foreach` run the rest.
    Runner,
    /// The first may be letters without a dash; `host:file` is read over another program.
    Tar,
    /// `NAME=value` changes what is run.
    Assignments,
    /// `of=` is written.
    Dd,
    /// `helper::address` runs a helper.
    Remote,
    /// A format may name a file: `%output{file}`.
    Curl,
}

/// A program, or a subcommand of one.
pub(super) struct Program {
    /// The program, or the program and its subcommand.
    pub(super) name: &'static str,
    pub(super) options: Options,
    /// Options that run programs.
    pub(super) runs: &'static str,
    /// Options that write files, or work elsewhere.
    pub(super) writes: &'static str,
    pub(super) operands: Operands,
}

const fn row(
    name: &'static str,
    operands: Operands,
    flags: &'static str,
    values: &'static str,
    runs: &'static str,
    writes: &'static str,
) -> Program {
    Program { name, options: Options { flags, values }, runs, writes, operands }
}

/// The rows. A program's own row stands before those of its subcommands.
pub(super) const PROGRAMS: &[Program] = &[
    row(
        "git",
        Operands::Subcommand,
        "--no-pager -P --no-optional-locks --literal-pathspecs --version --help -v -h --no-replace-objects \
         --icase-pathspecs --no-lazy-fetch",
        "",
        "-c --exec-path --config-env --paginate",
        "-C --git-dir --work-tree",
    ),
    row(
        "git status",
        Operands::Plain,
        "-s -b -v -u -uno -uall -unormal -z --short --branch --long --porcelain --show-stash \
         --untracked-files --ignored --ahead-behind --no-ahead-behind --renames --no-renames --verbose \
         --column",
        "--porcelain --untracked-files --ignored --ignore-submodules",
        "",
        "",
    ),
    row(
        "git log",
        Operands::Plain,
        "-p -u -s -w -b -R -a -z -M -C -B --patch --no-patch --raw --stat --shortstat --numstat --dirstat \
         --summary --name-only --name-status --color --no-color --word-diff --color-words --check \
         --no-renames --find-renames --find-copies --full-index --binary --abbrev --ignore-all-space \
         --ignore-space-change --ignore-blank-lines --ignore-space-at-eol --minimal --patience --histogram \
         --no-ext-diff --no-textconv --exit-code --quiet --patch-with-stat --compact-summary \
         --function-context -W --relative --no-prefix --pickaxe-regex --pickaxe-all --text --cc -c -m \
         --combined-all-paths --no-index --cached --staged --merge-base -q -r -t --oneline --graph --all \
         --decorate --no-decorate --merges --no-merges --first-parent --reverse --follow --no-walk --branches \
         --tags --remotes --date-order --topo-order --author-date-order --show-signature --abbrev-commit \
         --no-abbrev-commit --left-right --cherry-pick --cherry-mark --cherry --boundary --full-history \
         --simplify-merges --simplify-by-decoration --ancestry-path --source --no-notes --notes --invert-grep \
         -i --regexp-ignore-case -E --extended-regexp -F --fixed-strings -g --walk-reflogs --pretty --parents \
         --children -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 --use-mailmap --no-mailmap --log-size --dense --sparse \
         --relative-date --show-pulls --count --objects --no-expand-tabs",
        "-U -S -G -l --unified --diff-filter --stat-width --stat-count --diff-algorithm --inter-hunk-context \
         --submodule --ws-error-highlight --src-prefix --dst-prefix --color-moved --find-object -n -L \
         --max-count --skip --since --after --until --before --author --committer --grep --format --pretty \
         --date --decorate-refs --branches --tags --remotes --glob --exclude --encoding --min-parents \
         --max-parents",
        "--ext-diff --textconv",
        "--output -O",
    ),
    row(
        "git show",
        Operands::Plain,
        "-p -u -s -w -b -R -a -z -M -C -B --patch --no-patch --raw --stat --shortstat --numstat --dirstat \
         --summary --name-only --name-status --color --no-color --word-diff --color-words --check \
         --no-renames --find-renames --find-copies --full-index --binary --abbrev --ignore-all-space \
         --ignore-space-change --ignore-blank-lines --ignore-space-at-eol --minimal --patience --histogram \
         --no-ext-diff --no-textconv --exit-code --quiet --patch-with-stat --compact-summary \
         --function-context -W --relative --no-prefix --pickaxe-regex --pickaxe-all --text --cc -c -m \
         --combined-all-paths --no-index --cached --staged --merge-base -q -r -t --oneline --graph --all \
         --decorate --no-decorate --merges --no-merges --first-parent --reverse --follow --no-walk --branches \
         --tags --remotes --date-order --topo-order --author-date-order --show-signature --abbrev-commit \
         --no-abbrev-commit --left-right --cherry-pick --cherry-mark --cherry --boundary --full-history \
         --simplify-merges --simplify-by-decoration --ancestry-path --source --no-notes --notes --invert-grep \
         -i --regexp-ignore-case -E --extended-regexp -F --fixed-strings -g --walk-reflogs --pretty --parents \
         --children -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 --use-mailmap --no-mailmap --log-size --dense --sparse \
         --relative-date --show-pulls --count --objects --no-expand-tabs",
        "-U -S -G -l --unified --diff-filter --stat-width --stat-count --diff-algorithm --inter-hunk-context \
         --submodule --ws-error-highlight --src-prefix --dst-prefix --color-moved --find-object -n -L \
         --max-count --skip --since --after --until --before --author --committer --grep --format --pretty \
         --date --decorate-refs --branches --tags --remotes --glob --exclude --encoding --min-parents \
         --max-parents",
        "--ext-diff --textconv",
        "--output",
    ),
    row(
        "git diff",
        Operands::Plain,
        "-p -u -s -w -b -R -a -z -M -C -B --patch --no-patch --raw --stat --shortstat --numstat --dirstat \
         --summary --name-only --name-status --color --no-color --word-diff --color-words --check \
         --no-renames --find-renames --find-copies --full-index --binary --abbrev --ignore-all-space \
         --ignore-space-change --ignore-blank-lines --ignore-space-at-eol --minimal --patience --histogram \
         --no-ext-diff --no-textconv --exit-code --quiet --patch-with-stat --compact-summary \
         --function-context -W --relative --no-prefix --pickaxe-regex --pickaxe-all --text --cc -c -m \
         --combined-all-paths --no-index --cached --staged --merge-base -q -r -t --ours --theirs --base -1 -2 \
         -3",
        "-U -S -G -l --unified --diff-filter --stat-width --stat-count --diff-algorithm --inter-hunk-context \
         --submodule --ws-error-highlight --src-prefix --dst-prefix --color-moved --find-object",
        "--ext-diff --textconv",
        "--output",
    ),
    row(
        "git shortlog",
        Operands::Plain,
        "--oneline --graph --all --decorate --no-decorate --merges --no-merges --first-parent --reverse \
         --follow --no-walk --branches --tags --remotes --date-order --topo-order --author-date-order \
         --show-signature --abbrev-commit --no-abbrev-commit --left-right --cherry-pick --cherry-mark \
         --cherry --boundary --full-history --simplify-merges --simplify-by-decoration --ancestry-path \
         --source --no-notes --notes --invert-grep -i --regexp-ignore-case -E --extended-regexp -F \
         --fixed-strings -g --walk-reflogs --pretty --parents --children -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 \
         --use-mailmap --no-mailmap --log-size --dense --sparse --no-color --relative-date --show-pulls \
         --count --objects --no-expand-tabs -s -n -e -c --summary --numbered --email",
        "--since --until --format --group -w",
        "",
        "",
    ),
    row(
        "git reflog",
        Operands::Plain,
        "-p -u -s -w -b -R -a -z -M -C -B --patch --no-patch --raw --stat --shortstat --numstat --dirstat \
         --summary --name-only --name-status --color --no-color --word-diff --color-words --check \
         --no-renames --find-renames --find-copies --full-index --binary --abbrev --ignore-all-space \
         --ignore-space-change --ignore-blank-lines --ignore-space-at-eol --minimal --patience --histogram \
         --no-ext-diff --no-textconv --exit-code --quiet --patch-with-stat --compact-summary \
         --function-context -W --relative --no-prefix --pickaxe-regex --pickaxe-all --text --cc -c -m \
         --combined-all-paths --no-index --cached --staged --merge-base -q -r -t --oneline --graph --all \
         --decorate --no-decorate --merges --no-merges --first-parent --reverse --follow --no-walk --branches \
         --tags --remotes --date-order --topo-order --author-date-order --show-signature --abbrev-commit \
         --no-abbrev-commit --left-right --cherry-pick --cherry-mark --cherry --boundary --full-history \
         --simplify-merges --simplify-by-decoration --ancestry-path --source --no-notes --notes --invert-grep \
         -i --regexp-ignore-case -E --extended-regexp -F --fixed-strings -g --walk-reflogs --pretty --parents \
         --children -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 --use-mailmap --no-mailmap --log-size --dense --sparse \
         --relative-date --show-pulls --count --objects --no-expand-tabs",
        "-U -S -G -l --unified --diff-filter --stat-width --stat-count --diff-algorithm --inter-hunk-context \
         --submodule --ws-error-highlight --src-prefix --dst-prefix --color-moved --find-object -n -L \
         --max-count --skip --since --after --until --before --author --committer --grep --format --pretty \
         --date --decorate-refs --branches --tags --remotes --glob --exclude --encoding --min-parents \
         --max-parents",
        "--ext-diff --textconv",
        "--output",
    ),
    row(
        "git whatchanged",
        Operands::Plain,
        "-p -u -s -w -b -R -a -z -M -C -B --patch --no-patch --raw --stat --shortstat --numstat --dirstat \
         --summary --name-only --name-status --color --no-color --word-diff --color-words --check \
         --no-renames --find-renames --find-copies --full-index --binary --abbrev --ignore-all-space \
         --ignore-space-change --ignore-blank-lines --ignore-space-at-eol --minimal --patience --histogram \
         --no-ext-diff --no-textconv --exit-code --quiet --patch-with-stat --compact-summary \
         --function-context -W --relative --no-prefix --pickaxe-regex --pickaxe-all --text --cc -c -m \
         --combined-all-paths --no-index --cached --staged --merge-base -q -r -t --oneline --graph --all \
         --decorate --no-decorate --merges --no-merges --first-parent --reverse --follow --no-walk --branches \
         --tags --remotes --date-order --topo-order --author-date-order --show-signature --abbrev-commit \
         --no-abbrev-commit --left-right --cherry-pick --cherry-mark --cherry --boundary --full-history \
         --simplify-merges --simplify-by-decoration --ancestry-path --source --no-notes --notes --invert-grep \
         -i --regexp-ignore-case -E --extended-regexp -F --fixed-strings -g --walk-reflogs --pretty --parents \
         --children -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 --use-mailmap --no-mailmap --log-size --dense --sparse \
         --relative-date --show-pulls --count --objects --no-expand-tabs",
        "-U -S -G -l --unified --diff-filter --stat-width --stat-count --diff-algorithm --inter-hunk-context \
         --submodule --ws-error-highlight --src-prefix --dst-prefix --color-moved --find-object -n -L \
         --max-count --skip --since --after --until --before --author --committer --grep --format --pretty \
         --date --decorate-refs --branches --tags --remotes --glob --exclude --encoding --min-parents \
         --max-parents",
        "--ext-diff --textconv",
        "--output",
    ),
    row(
        "git blame",
        Operands::Plain,
        "-w -M -C -l -t -s -f -n -e -p -c -b --porcelain --line-porcelain --show-name --show-number \
         --show-email --root --color-lines --color-by-age",
        "-L -S --since --date --ignore-rev --abbrev",
        "",
        "",
    ),
    row("git annotate", Operands::Plain, "-w -M -C -l -t", "-L", "", ""),
    row(
        "git grep",
        Operands::Plain,
        "-i -n -l -c -w -v -E -F -P -G -h -H -I -L -q -z -o -p -W -a --cached --untracked --no-index \
         --name-only --files-with-matches --files-without-match --ignore-case --line-number --count \
         --word-regexp --heading --break --show-function --function-context --all-match --and --or --not \
         --no-color --color --column --recurse-submodules --perl-regexp --extended-regexp --fixed-strings \
         --recursive",
        "-e -A -B -C -m --max-depth --threads --context --after-context --before-context --max-count",
        "-O --open-files-in-pager --ext-grep",
        "",
    ),
    row(
        "git branch",
        Operands::Plain,
        "-a -r -v -vv -l -d -D -m -M -c -C -f -q -i --all --remotes --verbose --list --show-current --delete \
         --move --copy --force --no-column --column --no-color --color --track --no-track --quiet \
         --unset-upstream --ignore-case --create-reflog -t",
        "-u --set-upstream-to --contains --no-contains --merged --no-merged --sort --points-at --format",
        "--edit-description",
        "",
    ),
    row(
        "git tag",
        Operands::Plain,
        "-l -d -f -a -n --list --delete --force --annotate --column --no-color --color -i --merged \
         --no-merged --contains --no-contains",
        "-m --message --sort --contains --points-at --format -n",
        "-s -u -v --sign --verify --local-user",
        "-F",
    ),
    row(
        "git add",
        Operands::Plain,
        "-A -u -n -v -f -N --all --update --dry-run --verbose --force --intent-to-add --no-all \
         --ignore-errors --refresh --renormalize --no-ignore-removal --ignore-removal -p --patch",
        "--chmod",
        "-e --edit -i --interactive",
        "",
    ),
    row(
        "git commit",
        Operands::Plain,
        "-a -q -v -n -s -p --all --amend --no-edit --quiet --verbose --signoff --no-signoff --allow-empty \
         --allow-empty-message --dry-run --no-verify --verify --short --porcelain --no-gpg-sign \
         --reset-author --no-status --patch --only --include -o -i",
        "-m --message --author --date --fixup --squash -C --reuse-message --trailer --cleanup",
        "-e --edit -S --gpg-sign -c --reedit-message -t --template",
        "-F --file",
    ),
    row(
        "git checkout",
        Operands::Plain,
        "-b -B -f -q -t -d -l -m --force --quiet --track --no-track --detach --ours --theirs --merge --guess \
         --no-guess -p --patch --orphan --ignore-skip-worktree-bits --progress --no-progress -2 -3",
        "-b -B --orphan --conflict",
        "",
        "",
    ),
    row(
        "git switch",
        Operands::Plain,
        "-c -C -f -q -t -d -m - --create --force-create --force --quiet --track --no-track --detach --merge \
         --discard-changes --guess --no-guess",
        "-c -C --create --force-create --orphan --conflict",
        "",
        "",
    ),
    row(
        "git restore",
        Operands::Plain,
        "-S -W -q -p -m --staged --worktree --quiet --patch --merge --ours --theirs --overlay --no-overlay \
         --ignore-unmerged --progress",
        "-s --source --conflict",
        "",
        "",
    ),
    row(
        "git reset",
        Operands::Plain,
        "-q -p -N --soft --mixed --hard --merge --keep --quiet --patch --intent-to-add --no-refresh",
        "",
        "",
        "",
    ),
    row(
        "git stash",
        Operands::Plain,
        "-u -a -q -k -p -S --include-untracked --all --quiet --keep-index --no-keep-index --patch --staged \
         --index --stat --name-only --oneline",
        "-m --message",
        "",
        "",
    ),
    row(
        "git fetch",
        Operands::Remote,
        "-a -p -q -v -f -t -n -k -P -4 -6 --all --prune --prune-tags --quiet --verbose --force --tags \
         --no-tags --append --keep --dry-run --unshallow --progress --no-progress --multiple --atomic \
         --update-head-ok --no-recurse-submodules",
        "-j --jobs --depth --deepen --shallow-since --refmap --filter --negotiation-tip",
        "--upload-pack -o --server-option --recurse-submodules",
        "",
    ),
    row(
        "git pull",
        Operands::Remote,
        "-q -v -r -p -t -n -f --rebase --no-rebase --ff --ff-only --no-ff --quiet --verbose --prune --tags \
         --no-tags --all --autostash --no-autostash --stat --no-stat --squash --no-squash --no-commit \
         --no-edit --unshallow --allow-unrelated-histories --force --progress --no-recurse-submodules \
         --signoff",
        "-j --jobs --depth -s --rebase --shallow-since",
        "--upload-pack -S --gpg-sign -X --strategy-option --strategy",
        "",
    ),
    row(
        "git push",
        Operands::Remote,
        "-u -f -q -v -n -d -4 -6 --set-upstream --force --force-with-lease --force-if-includes --quiet \
         --verbose --dry-run --delete --all --branches --tags --follow-tags --mirror --prune --porcelain \
         --atomic --no-verify --progress --no-progress --thin --no-thin",
        "--force-with-lease --push-option -o",
        "--receive-pack --exec --signed --recurse-submodules",
        "",
    ),
    row(
        "git clone",
        Operands::Remote,
        "-q -v -n -l -s --quiet --verbose --progress --no-checkout --bare --mirror --local --no-hardlinks \
         --shared --single-branch --no-single-branch --no-tags --shallow-submodules --sparse --dissociate",
        "-b --branch --depth -o --origin --filter --shallow-since -j --jobs --reference",
        "-u --upload-pack -c --config --template --recurse-submodules --recursive --separate-git-dir",
        "",
    ),
    row(
        "git ls-remote",
        Operands::Remote,
        "-h -t -q --heads --branches --tags --refs --quiet --exit-code --get-url --symref",
        "--sort",
        "--upload-pack --exec -o",
        "",
    ),
    row(
        "git remote",
        Operands::Remote,
        "-v -f -t --verbose --tags --no-tags --all --push --add --delete -a -n -p --prune",
        "-t -m --mirror",
        "",
        "",
    ),
    row(
        "git merge",
        Operands::Plain,
        "-q -v -n --ff --no-ff --ff-only --squash --no-squash --no-commit --commit --no-edit --quiet \
         --verbose --stat --no-stat --abort --continue --quit --log --no-log --signoff \
         --allow-unrelated-histories --autostash --no-verify --progress",
        "-m --message --into-name",
        "-s --strategy -X --strategy-option -S --gpg-sign -e --edit",
        "-F",
    ),
    row(
        "git rebase",
        Operands::Plain,
        "-q -v -f -n --continue --abort --skip --quit --quiet --verbose --stat --no-stat --autostash \
         --no-autostash --autosquash --no-autosquash --root --keep-empty --no-keep-empty --fork-point \
         --no-fork-point --rebase-merges --update-refs --no-verify --signoff --force-rebase \
         --ignore-whitespace --committer-date-is-author-date --reset-author-date",
        "--onto --empty",
        "-x --exec -i --interactive -s --strategy -X --edit-todo -S --gpg-sign",
        "",
    ),
    row(
        "git cherry-pick",
        Operands::Plain,
        "-n -x -s --no-commit --continue --abort --skip --quit --signoff --allow-empty \
         --keep-redundant-commits --ff",
        "-m --mainline",
        "-e --edit -S --gpg-sign -X --strategy",
        "",
    ),
    row(
        "git revert",
        Operands::Plain,
        "-n -s --no-edit --no-commit --continue --abort --skip --quit --signoff",
        "-m --mainline",
        "-e --edit -S --gpg-sign",
        "",
    ),
    row(
        "git rev-parse",
        Operands::Plain,
        "--short --verify --abbrev-ref --symbolic --symbolic-full-name --show-toplevel --show-prefix \
         --show-cdup --git-dir --absolute-git-dir --git-common-dir --is-inside-work-tree --is-inside-git-dir \
         --is-bare-repository --is-shallow-repository -q --quiet --all --branches --tags --remotes \
         --show-superproject-working-tree --revs-only --no-revs --flags --no-flags --show-object-format",
        "--short --abbrev-ref --default --git-path --since --until --path-format",
        "",
        "",
    ),
    row(
        "git rev-list",
        Operands::Plain,
        "--oneline --graph --all --decorate --no-decorate --merges --no-merges --first-parent --reverse \
         --follow --no-walk --branches --tags --remotes --date-order --topo-order --author-date-order \
         --show-signature --abbrev-commit --no-abbrev-commit --left-right --cherry-pick --cherry-mark \
         --cherry --boundary --full-history --simplify-merges --simplify-by-decoration --ancestry-path \
         --source --no-notes --notes --invert-grep -i --regexp-ignore-case -E --extended-regexp -F \
         --fixed-strings -g --walk-reflogs --pretty --parents --children -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 \
         --use-mailmap --no-mailmap --log-size --dense --sparse --no-color --relative-date --show-pulls \
         --count --objects --no-expand-tabs",
        "-n -L --max-count --skip --since --after --until --before --author --committer --grep --format \
         --pretty --date --decorate-refs --branches --tags --remotes --glob --exclude --encoding \
         --min-parents --max-parents",
        "",
        "",
    ),
    row(
        "git ls-files",
        Operands::Plain,
        "-c -d -m -o -i -s -u -k -z -t -v -f --cached --deleted --modified --others --ignored --stage \
         --unmerged --killed --directory --no-empty-directory --exclude-standard --full-name --error-unmatch \
         --deduplicate --eol --recurse-submodules",
        "-x -X --exclude --exclude-from --format --abbrev --with-tree",
        "",
        "",
    ),
    row(
        "git ls-tree",
        Operands::Plain,
        "-d -r -t -l -z --name-only --name-status --long --full-name --full-tree --object-only",
        "--abbrev --format",
        "",
        "",
    ),
    row(
        "git cat-file",
        Operands::Plain,
        "-p -t -s -e --batch --batch-check --batch-all-objects --unordered",
        "--batch --batch-check",
        "--textconv --filters",
        "",
    ),
    row(
        "git describe",
        Operands::Plain,
        "--tags --all --always --long --dirty --contains --first-parent --exact-match --debug",
        "--abbrev --match --exclude --candidates --dirty",
        "",
        "",
    ),
    row(
        "git show-ref",
        Operands::Plain,
        "--head --heads --branches --tags -d -s -q --verify --quiet --dereference --hash --exists",
        "--hash --abbrev",
        "",
        "",
    ),
    row(
        "git for-each-ref",
        Operands::Plain,
        "--shell --perl --python --tcl --ignore-case --omit-empty",
        "--format --sort --count --points-at --merged --no-merged --contains --no-contains --exclude",
        "",
        "",
    ),
    row("git merge-base", Operands::Plain, "-a --all --octopus --independent --is-ancestor --fork-point", "", "", ""),
    row(
        "git name-rev",
        Operands::Plain,
        "--tags --name-only --all --always --no-undefined",
        "--refs --exclude",
        "",
        "",
    ),
    row(
        "git config",
        Operands::Plain,
        "-l --list --get --get-all --get-regexp --global --local --system --worktree --show-origin \
         --show-scope --name-only -z --null --bool --int --path --includes --no-includes",
        "--type --default",
        "--unset --unset-all --add --replace-all -e --edit",
        "-f --file",
    ),
    row(
        "git worktree",
        Operands::Plain,
        "-f -b -B -d -v -n --force --detach --porcelain --checkout --no-checkout --guess-remote --track \
         --no-track --lock --dry-run --verbose -z",
        "-b -B --reason --expire",
        "",
        "",
    ),
    row(
        "git rm",
        Operands::Plain,
        "-r -f -n -q --cached --force --dry-run --quiet --ignore-unmatch --sparse",
        "",
        "",
        "",
    ),
    row("git mv", Operands::Plain, "-f -k -n -v --force --dry-run --verbose", "", "", ""),
    row(
        "git clean",
        Operands::Plain,
        "-n -f -d -x -X -q -fd -ff --dry-run --force --quiet",
        "-e --exclude",
        "-i --interactive",
        "",
    ),
    row("git init", Operands::Plain, "-q --quiet --bare", "-b --initial-branch", "--template --separate-git-dir", ""),
    row(
        "git apply",
        Operands::Plain,
        "--check --stat --numstat --summary --index --cached -R --reverse -3 --3way --verbose -v --whitespace \
         --recount --reject --allow-empty",
        "-p -C --whitespace --exclude --include --directory",
        "",
        "",
    ),
    row(
        "git diff-tree",
        Operands::Plain,
        "-p -u -s -w -b -R -a -z -M -C -B --patch --no-patch --raw --stat --shortstat --numstat --dirstat \
         --summary --name-only --name-status --color --no-color --word-diff --color-words --check \
         --no-renames --find-renames --find-copies --full-index --binary --abbrev --ignore-all-space \
         --ignore-space-change --ignore-blank-lines --ignore-space-at-eol --minimal --patience --histogram \
         --no-ext-diff --no-textconv --exit-code --quiet --patch-with-stat --compact-summary \
         --function-context -W --relative --no-prefix --pickaxe-regex --pickaxe-all --text --cc -c -m \
         --combined-all-paths --no-index --cached --staged --merge-base -q -r -t --no-commit-id --root",
        "-U -S -G -l --unified --diff-filter --stat-width --stat-count --diff-algorithm --inter-hunk-context \
         --submodule --ws-error-highlight --src-prefix --dst-prefix --color-moved --find-object",
        "--ext-diff --textconv",
        "--output",
    ),
    row("git check-ignore", Operands::Plain, "-q -v -z -n --stdin --no-index --quiet --verbose", "", "", ""),
    row("git count-objects", Operands::Plain, "-v -H --verbose --human-readable", "", "", ""),
    row(
        "git fsck",
        Operands::Plain,
        "--full --strict --no-dangling --unreachable --no-progress --connectivity-only",
        "",
        "",
        "",
    ),
    row("git gc", Operands::Plain, "--auto --aggressive --prune --quiet -q --force", "--prune", "", ""),
    row(
        "git submodule",
        Operands::Runner,
        "-q -f -N --quiet --init --recursive --remote --force --checkout --no-fetch --cached --all --progress --single-branch",
        "-b -j --branch --jobs --depth --name",
        "--rebase --merge",
        "",
    ),
    row("git bisect", Operands::Runner, "--no-checkout --first-parent", "", "", ""),
    row(
        "find",
        Operands::Plain,
        "-L -H -P -mount -xdev -depth -d -daystart -noleaf -follow -empty -executable -readable -writable \
         -true -false -print -print0 -ls -prune -quit -not -a -o -and -or -nouser -nogroup -help -version \
         -ignore_readdir_race -warn -nowarn",
        "-name -iname -path -ipath -wholename -iwholename -regex -iregex -regextype -lname -ilname -type \
         -xtype -size -mtime -atime -ctime -mmin -amin -cmin -newer -anewer -cnewer -newermt -newerct \
         -newerat -perm -user -group -uid -gid -links -inum -samefile -maxdepth -mindepth -fstype -used \
         -context -printf -D -O1 -O2 -O3",
        "-exec -execdir -ok -okdir",
        "-delete -fprint -fprint0 -fprintf -fls",
    ),
    row(
        "fd",
        Operands::Plain,
        "-H -I -u -L -a -p -i -s -g -F -0 -l -1 -q -h -V --hidden --no-ignore --no-ignore-vcs --unrestricted \
         --follow --absolute-path --full-path --ignore-case --case-sensitive --glob --fixed-strings --print0 \
         --list-details --quiet --prune --one-file-system --regex --and --show-errors --strip-cwd-prefix \
         --version --help",
        "-e -t -E -d -S -c -j -o --extension --type --exclude --max-depth --min-depth --exact-depth --size \
         --color --threads --changed-within --changed-before --owner --max-results --base-directory \
         --search-path --format",
        "-x -X --exec --exec-batch",
        "",
    ),
    row(
        "tar",
        Operands::Tar,
        "-c -x -t -v -z -j -J -f -p -k -h -O -a -m -o -w -W -l -n -r -u -A -d --create --extract --list \
         --verbose --gzip --gunzip --bzip2 --xz --zstd --file --get --append --diff --compare \
         --keep-old-files --skip-old-files --overwrite --no-same-owner --no-same-permissions \
         --same-permissions --preserve-permissions --wildcards --no-wildcards --auto-compress --to-stdout \
         --numeric-owner --dereference --sort --exclude-vcs --exclude-vcs-ignores --totals --no-recursion \
         --anchored --utc --warning --version --help --null --one-file-system --ignore-failed-read",
        "-f -C --file --directory --exclude --exclude-from -X -T --files-from --strip-components --owner \
         --group --mtime --mode --format -N --newer -b --sort --level",
        "-I --use-compress-program --to-command --checkpoint-action --rsh-command --rmt-command -F \
         --info-script --new-volume-script --checkpoint",
        "--remove-files --index-file -P --absolute-names",
    ),
    row(
        "sort",
        Operands::Plain,
        "-b -d -f -g -h -i -M -n -R -r -V -c -C -m -s -u -z --ignore-leading-blanks --dictionary-order \
         --ignore-case --general-numeric-sort --human-numeric-sort --numeric-sort --random-sort --reverse \
         --version-sort --check --merge --stable --unique --zero-terminated --debug --month-sort -0 -1 -2 -3 \
         -4 -5 -6 -7 -8 -9",
        "-k -t -S --key --field-separator --buffer-size --parallel --batch-size --sort --check \
         --random-source --files0-from",
        "--compress-program",
        "-o --output -T --temporary-directory",
    ),
    row(
        "uniq",
        Operands::SecondWritten,
        "-c -d -D -i -u -z --count --repeated --all-repeated --ignore-case --unique --zero-terminated --group",
        "-f -s -w --skip-fields --skip-chars --check-chars --group --all-repeated",
        "",
        "",
    ),
    row(
        "shuf",
        Operands::Plain,
        "-e -z -r --echo --repeat --zero-terminated",
        "-i -n --input-range --head-count --random-source",
        "",
        "-o --output",
    ),
    row("iconv", Operands::Plain, "-c -l -s --list --silent", "-f -t --from-code --to-code", "", "-o --output"),
    row(
        "split",
        Operands::Plain,
        "-d -x -e -u --numeric-suffixes --hex-suffixes --verbose --elide-empty-files",
        "-a -b -C -l -n -t --suffix-length --bytes --lines --number --additional-suffix",
        "--filter",
        "",
    ),
    row("xxd", Operands::SecondWritten, "-a -b -C -E -e -i -p -ps -u -v -h", "-c -g -l -n -o -s", "", "-r"),
    row(
        "tree",
        Operands::Plain,
        "-a -d -f -i -l -x -h -s -p -u -g -D -C -n -A -J -X -Q -r -t -F -q -N -S -U -v -c --dirsfirst --du \
         --si --noreport --gitignore --prune --inodes --device --matchdirs --ignore-case",
        "-L -I -P -H -T --filelimit --charset --timefmt --sort",
        "",
        "-o -R",
    ),
    row(
        "rg",
        Operands::Plain,
        "-i -n -l -c -v -w -x -o -F -S -s -u -uu -uuu -a -q -H -I -L -N -U -P -p -0 -h -V -b -. --files \
         --hidden --no-ignore --no-ignore-vcs --json --count --count-matches --vimgrep --heading --no-heading \
         --stats --trim --multiline --multiline-dotall --pcre2 --type-list --line-number --no-line-number \
         --ignore-case --smart-case --case-sensitive --files-with-matches --files-without-match --word-regexp \
         --line-regexp --only-matching --fixed-strings --invert-match --quiet --text --follow --no-filename \
         --with-filename --column --unrestricted --null --no-messages --passthru --pretty --crlf --debug \
         --one-file-system --version --help --no-config --byte-offset --glob-case-insensitive",
        "-e -g -t -T -A -B -C -m -f -j -M -r -d -E --glob --iglob --type --type-not --max-count --context \
         --after-context --before-context --regexp --file --threads --max-columns --replace --max-depth \
         --sort --sortr --color --colors --encoding --max-filesize --context-separator --engine --ignore-file \
         --type-add",
        "--pre --hostname-bin --search-zip -z",
        "",
    ),
    row(
        "ag",
        Operands::Plain,
        "-i -l -n -c -v -w -Q -s -S -a -u -L -H --hidden --nocolor --color --nogroup --group --nobreak \
         --literal --ignore-case --files-with-matches --column --vimgrep --nofilename",
        "-A -B -C -G -m --ignore --ignore-dir --depth",
        "--pager",
        "",
    ),
    row(
        "sed",
        Operands::Sed,
        "-n -E -r -s -u -z --quiet --silent --regexp-extended --separate --unbuffered --null-data --posix \
         --sandbox --debug --version --help",
        "-e --expression -l --line-length",
        "-f --file",
        "-i --in-place -I",
    ),
    row(
        "awk",
        Operands::Awk,
        "-P -S -c -O -V --posix --sandbox --traditional --re-interval --version --csv -k",
        "-F -v --field-separator --assign",
        "-f --file -e --source -E --exec -i --include -l --load -D --debug",
        "-o -p -d --dump-variables --pretty-print --profile",
    ),
    row(
        "gawk",
        Operands::Awk,
        "-P -S -c -O -V --posix --sandbox --traditional --re-interval --version --csv -k",
        "-F -v --field-separator --assign",
        "-f --file -e --source -E --exec -i --include -l --load -D --debug",
        "-o -p -d --dump-variables --pretty-print --profile",
    ),
    row(
        "mawk",
        Operands::Awk,
        "-P -S -c -O -V --posix --sandbox --traditional --re-interval --version --csv -k",
        "-F -v --field-separator --assign",
        "-f --file -e --source -E --exec -i --include -l --load -D --debug",
        "-o -p -d --dump-variables --pretty-print --profile",
    ),
    row(
        "nawk",
        Operands::Awk,
        "-P -S -c -O -V --posix --sandbox --traditional --re-interval --version --csv -k",
        "-F -v --field-separator --assign",
        "-f --file -e --source -E --exec -i --include -l --load -D --debug",
        "-o -p -d --dump-variables --pretty-print --profile",
    ),
    row("perl", Operands::Script, "-v --version -V -w -c", "", "-e -E -n -p -x -M -m -I -d -s -S -T", "-i"),
    row(
        "python",
        Operands::Script,
        "-V --version -VV -u -B -I -s -S -E -O -OO -v -q -b -P -h --help",
        "-W",
        "-c -m -i -x -X",
        "",
    ),
    row(
        "python2",
        Operands::Script,
        "-V --version -VV -u -B -I -s -S -E -O -OO -v -q -b -P -h --help",
        "-W",
        "-c -m -i -x -X",
        "",
    ),
    row(
        "python3",
        Operands::Script,
        "-V --version -VV -u -B -I -s -S -E -O -OO -v -q -b -P -h --help",
        "-W",
        "-c -m -i -x -X",
        "",
    ),
    row(
        "node",
        Operands::Script,
        "-v --version -h --help --test --watch --enable-source-maps --no-warnings --trace-warnings --check",
        "--max-old-space-size --stack-size",
        "-e --eval -p --print -r --require --import --loader --experimental-loader --inspect -i --interactive",
        "",
    ),
    row("nodejs", Operands::Script, "-v --version", "", "-e --eval -p --print -r --require", ""),
    row("deno", Operands::Subcommand, "--version -V -h --help", "", "eval repl", ""),
    row("bun", Operands::Subcommand, "--version -v -h --help", "", "-e --eval -p", ""),
    row("ruby", Operands::Script, "-v --version -w -W -c", "", "-e -n -p -r -I -s -x -C", "-i"),
    row("php", Operands::Script, "-v --version -l -i -m -n", "", "-r -B -R -E -F -S -d -c -a", ""),
    row("lua", Operands::Script, "-v", "", "-e -i -l", ""),
    row("luajit", Operands::Script, "-v", "", "-e -i -l", ""),
    row("tclsh", Operands::Script, "", "", "", ""),
    row("Rscript", Operands::Script, "--version --vanilla", "", "-e", ""),
    row("R", Operands::Script, "--version --vanilla --slave", "", "-e -f", ""),
    row(
        "java",
        Operands::Script,
        "-version --version -showversion",
        "",
        "-jar -cp -classpath -agentlib -agentpath -javaagent -XX",
        "",
    ),
    row("vi", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("vim", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("nvim", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("view", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("ex", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("rvim", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("gvim", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("emacs", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("nano", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("pico", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("ed", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("joe", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row("mc", Operands::Plus, "--version --help", "", "-c --cmd -S -s -e -u --eval --batch --script -l -f", "-w -W"),
    row(
        "less",
        Operands::Plus,
        "-R -S -N -F -X -i -I -r -e -E -n -g -m -M -s -w -K --version",
        "",
        "-k --lesskey-file -t -T -P",
        "-o -O --log-file",
    ),
    row(
        "more",
        Operands::Plus,
        "-R -S -N -F -X -i -I -r -e -E -n -g -m -M -s -w -K --version",
        "",
        "-k --lesskey-file -t -T -P",
        "-o -O --log-file",
    ),
    row(
        "most",
        Operands::Plus,
        "-R -S -N -F -X -i -I -r -e -E -n -g -m -M -s -w -K --version",
        "",
        "-k --lesskey-file -t -T -P",
        "-o -O --log-file",
    ),
    row(
        "pg",
        Operands::Plus,
        "-R -S -N -F -X -i -I -r -e -E -n -g -m -M -s -w -K --version",
        "",
        "-k --lesskey-file -t -T -P",
        "-o -O --log-file",
    ),
    row(
        "man",
        Operands::Plain,
        "-k -f -a -w -W -7 --where --apropos --whatis --all",
        "-s -S --sections",
        "-P --pager -H --html -l --local-file -C --config-file -p -T -r",
        "",
    ),
    row(
        "bat",
        Operands::Plain,
        "-n -p -pp -A -f -u --plain --number --show-all --list-languages --list-themes --diff --unbuffered -P \
         -V --version",
        "-l -r -m -H --language --line-range --style --color --theme --tabs --wrap --highlight-line \
         --file-name --decorations",
        "--pager --paging",
        "",
    ),
    row(
        "batcat",
        Operands::Plain,
        "-n -p -pp -A -f -u --plain --number --show-all --list-languages --list-themes --diff --unbuffered -P \
         -V --version",
        "-l -r -m -H --language --line-range --style --color --theme --tabs --wrap --highlight-line \
         --file-name --decorations",
        "--pager --paging",
        "",
    ),
    row(
        "curl",
        Operands::Curl,
        "-s -S -L -f -v -i -I -k -G -4 -6 -# -g -N -0 -1 -2 -3 -a -j -p --silent --show-error --location \
         --fail --fail-with-body --verbose --include --head --insecure --get --ipv4 --ipv6 --compressed \
         --no-buffer --http1.1 --http2 --http3 --tlsv1.2 --tlsv1.3 --ssl-reqd --progress-bar --globoff \
         --no-progress-meter --path-as-is --version -V --retry-connrefused --retry-all-errors --anyauth \
         --basic --digest --next --parallel --raw --fail-early --location-trusted",
        "-H -d -X -u -A -e -m -b -x -w -F -r -y -Y -z --header --data --data-raw --data-binary \
         --data-urlencode --json --request --user --user-agent --referer --max-time --cookie --proxy \
         --write-out --form --form-string --range --retry --retry-delay --retry-max-time --connect-timeout \
         --cacert --cert --key --resolve --limit-rate --max-redirs --url --oauth2-bearer --max-filesize \
         --interface --speed-limit --speed-time",
        "-K --config --engine --unix-socket --abstract-unix-socket -q",
        "-o -O -J -D -c -T --output --remote-name --remote-header-name --remote-name-all --output-dir \
         --create-dirs --dump-header --cookie-jar --trace --trace-ascii --stderr --libcurl --etag-save --hsts \
         --alt-svc --upload-file",
    ),
    row(
        "wget",
        Operands::Plain,
        "-q -c -v -S -nv -nc -N -k -p -np -4 -6 -qO- -O- --quiet --continue --no-verbose --no-clobber \
         --timestamping --spider --no-check-certificate --server-response --no-parent --page-requisites \
         --https-only --inet4-only --content-disposition --show-progress --no-proxy --version",
        "-t -T -w -U -l -R -A -D --tries --timeout --wait --user-agent --header --limit-rate --level --reject \
         --accept --method --body-data --post-data --max-redirect --domains",
        "--use-askpass -e --execute --config --rejected-log",
        "-O -o -a -P -i -r -m --output-document --output-file --append-output --directory-prefix --input-file \
         --save-cookies --recursive --mirror --warc-file --body-file --post-file",
    ),
    row(
        "ssh",
        Operands::SecondRun,
        "-4 -6 -A -a -C -f -g -K -k -M -N -n -q -s -T -t -V -v -X -x -Y -G",
        "-p -l -i -b -c -e -m -D -L -R -W -J -B",
        "-o -F -E -I -P -S -Q -w",
        "",
    ),
    row("scp", Operands::Plain, "-3 -4 -6 -A -B -C -O -p -q -R -r -s -T -v", "-P -i -l -c -J", "-o -S -F -D -b", ""),
    row("sftp", Operands::Plain, "-3 -4 -6 -A -B -C -O -p -q -R -r -s -T -v", "-P -i -l -c -J", "-o -S -F -D -b", ""),
    row(
        "rsync",
        Operands::Plain,
        "-a -v -z -r -l -p -t -g -o -D -n -h -u -c -H -A -X -x -W -S -P -q -i -m -R -0 -k -K -L -d -E -O -J \
         -I -8 -C -F --archive --verbose --compress --recursive --links --perms --times --group --owner \
         --devices --dry-run --human-readable --update --checksum --progress --partial --stats --delete \
         --delete-after --delete-before --delete-during --delete-excluded --itemize-changes --ignore-existing \
         --existing --size-only --inplace --numeric-ids --relative --exclude --prune-empty-dirs --no-owner \
         --no-group --no-perms --whole-file --list-only --copy-links --append --mkpath --force --version \
         --hard-links --acls --xattrs --sparse --one-file-system",
        "--exclude --include --exclude-from --include-from --files-from --bwlimit --timeout --port --max-size \
         --min-size --filter -f --chmod --chown --compare-dest --link-dest --copy-dest --info --out-format \
         --max-delete --compress-level -B",
        "-e --rsh --rsync-path --daemon --config -M --remote-option --early-input",
        "--log-file --backup-dir --temp-dir -T --write-batch --partial-dir --password-file -b --backup \
         --suffix",
    ),
    row(
        "zip",
        Operands::Plain,
        "-r -q -v -9 -8 -7 -6 -5 -4 -3 -2 -1 -0 -j -m -u -f -y -D -e -l -o -FS --recurse-paths --quiet",
        "-x -i -b -n -s -P --exclude --include",
        "-T -TT --unzip-command -TI",
        "",
    ),
    row(
        "cpio",
        Operands::Plain,
        "-i -o -t -v -d -u -m -a -0 -p -L --extract --create --list --verbose --make-directories --null \
         --quiet --no-absolute-filenames",
        "-H --format",
        "--rsh-command -F --file -I",
        "-O -D",
    ),
    row(
        "make",
        Operands::Assignments,
        "-k -n -s -B -i -w -q -t -r -R -d -p -S -e -v -j -l -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 --dry-run \
         --just-print --silent --quiet --always-make --keep-going --question --no-print-directory \
         --print-directory --jobs --trace --version --help --output-sync -O --no-builtin-rules \
         --warn-undefined-variables",
        "-j -l --jobs --load-average --output-sync",
        "--eval -E",
        "-C -f -I -o -W --file --makefile --directory --include-dir",
    ),
    row(
        "gmake",
        Operands::Assignments,
        "-k -n -s -B -j --dry-run --silent -0 -1 -2 -3 -4 -5 -6 -7 -8 -9",
        "-j",
        "--eval -f -C",
        "",
    ),
    row(
        "cargo",
        Operands::Handed,
        "-q -v -vv -r -F -h -V -p -j --quiet --verbose --release --all --workspace --all-targets \
         --all-features --no-default-features --lib --bins --tests --benches --examples --doc --no-run \
         --no-fail-fast --locked --offline --frozen --open --no-deps --document-private-items --check \
         --version --help --keep-going --list --format-version --dry-run --allow-dirty --allow-staged --allow-no-vcs --fix \
         --ignore-rust-version --future-incompat-report --edges --duplicates -d --invert --timings --dev \
         --build --optional --no-optional --depth --prefix --no-dedupe --aggressive -w --force -f --debug \
         --bin --test --example --bench --new --edition --vcs",
        "-p -j -e -F -i --format-version --package --exclude --bin --test --example --bench --features --profile --target \
         --jobs --color --message-format --edition --depth --edges --invert --format --rename --prune \
         --charset --prefix --name --vcs --precise --version -E --run-ignored --retries --partition \
         --test-threads",
        "--config -Z --artifact-dir --index --registry --git --path",
        "-C --manifest-path --target-dir --out-dir --root --lockfile-path",
    ),
    row(
        "npm",
        Operands::Handed,
        "-s -d -g -D -E -P -O -S -f -h -v -l -y -q --silent --quiet --save --save-dev --save-exact \
         --save-prod --save-optional --no-save --global --force --production --dev --legacy-peer-deps \
         --no-audit --no-fund --ignore-scripts --json --long --parseable --all --dry-run --offline \
         --prefer-offline --if-present --version --help --yes --workspaces --no-optional --audit --fund \
         --package-lock-only --include-workspace-root --verbose",
        "--depth --omit --include --loglevel -w --workspace --tag --access --otp --audit-level",
        "--script-shell --prefix -C --userconfig --globalconfig --node-options --registry -c --call --shell \
         --git --editor --viewer --browser",
        "--cache",
    ),
    row(
        "pnpm",
        Operands::Handed,
        "-s -D -r -w -E -O -P -g --silent --save-dev --recursive --frozen-lockfile --no-frozen-lockfile \
         --prod --dev --parallel --stream --if-present --json --offline --prefer-offline --ignore-scripts \
         --version --help --workspace-root --save-exact --latest",
        "-F --filter --depth --reporter --workspace-concurrency",
        "--script-shell -C --dir --shell-mode -c",
        "--store-dir",
    ),
    row(
        "yarn",
        Operands::Handed,
        "-s -D -E -W --silent --dev --exact --frozen-lockfile --immutable --production --json --offline \
         --ignore-scripts --check-files --non-interactive --version --help --all -A -p -v --verbose",
        "--pattern --mode",
        "--script-shell --cwd --use-yarnrc --registry --cache-folder --modules-folder",
        "",
    ),
    row(
        "pip",
        Operands::Plain,
        "-q -v -U -V -h -y --quiet --verbose --upgrade --user --no-cache-dir --no-deps --pre --dry-run \
         --outdated --uptodate --format --version --help --yes --disable-pip-version-check --no-input \
         --require-hashes --not-required --local --force-reinstall --all --files -l -o",
        "-r -c --requirement --constraint --format --timeout --retries --only-binary --no-binary \
         --python-version --platform --exclude --progress-bar",
        "--python --proxy --index-url -i --extra-index-url -f --find-links -e --editable --trusted-host \
         --config-settings --global-option --editor",
        "--log -t --target --root --prefix --src --cache-dir -d --dest -w --report",
    ),
    row(
        "pip3",
        Operands::Plain,
        "-q -v -U -V -h -y --quiet --verbose --upgrade --user --no-cache-dir --no-deps --pre --dry-run \
         --outdated --uptodate --format --version --help --yes --disable-pip-version-check --no-input \
         --require-hashes --not-required --local --force-reinstall --all --files -l -o",
        "-r -c --requirement --constraint --format --timeout --retries --only-binary --no-binary \
         --python-version --platform --exclude --progress-bar",
        "--python --proxy --index-url -i --extra-index-url -f --find-links -e --editable --trusted-host \
         --config-settings --global-option --editor",
        "--log -t --target --root --prefix --src --cache-dir -d --dest -w --report",
    ),
    row("go", Operands::Subcommand, "version help", "", "-C", ""),
    row(
        "go test",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go build",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go vet",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go list",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime -f -format",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go mod",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go fmt",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go get",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go doc",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go install",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go clean",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go version",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row(
        "go generate_never",
        Operands::Plain,
        "-v -x -n -race -msan -asan -cover -short -failfast -json -a -trimpath -benchmem -shuffle=on -i -u -m \
         -f -e -deps -find -test -compiled -versions -retracted -fix -d -l -s -h -help -all -cmd -src",
        "-run -bench -count -timeout -tags -p -parallel -cpu -benchtime -covermode -coverpkg -skip -list -mod \
         -vet -shuffle -buildvcs -fuzz -fuzztime",
        "-exec -toolexec -vettool -overlay -ldflags -gcflags -asmflags -compiler -gccgoflags -modfile -pgo",
        "-o -c -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir -w -work \
         -C",
    ),
    row("go env", Operands::Plain, "-json -changed", "", "", "-w -u"),
    row(
        "go run",
        Operands::Handed,
        "-v -x -race -a -n -trimpath",
        "-tags -mod -p",
        "-exec -toolexec -overlay -ldflags -C",
        "",
    ),
    row(
        "psql",
        Operands::Plain,
        "-l -A -t -q -x -X -1 -w -W -e -a -b -E --list --tuples-only --no-align --quiet --expanded \
         --no-psqlrc --version --csv",
        "-h -p -U -d -F -R -P --host --port --username --dbname",
        "-c --command -f --file -v --set",
        "-o --output -L --log-file",
    ),
    row(
        "mysql",
        Operands::Plain,
        "-N -B -s -t -v -V -p --batch --silent --table --version",
        "-h -P -u -D --host --port --user --database",
        "-e --execute --pager --init-command --plugin-dir",
        "--tee",
    ),
    row(
        "sqlite3",
        Operands::SecondRun,
        "-header -noheader -csv -json -line -list -column -readonly -version -markdown -table -box -batch",
        "-separator -nullvalue",
        "-cmd -init -A",
        "",
    ),
    row(
        "ip",
        Operands::Plain,
        "-4 -6 -br -brief -c -s -o -j -d -h -p -json -details -stats -oneline -color",
        "",
        "-b -batch -force -n -netns",
        "",
    ),
    row(
        "tcpdump",
        Operands::Plain,
        "-n -nn -v -vv -vvv -e -q -t -tt -A -X -XX -x -l -p -S -D -K -N -O -U",
        "-c -i -s -r",
        "-z",
        "-w -W -G -C -F",
    ),
    row(
        "nmap",
        Operands::Plain,
        "-sn -sT -sV -Pn -F -n -v -vv -4 -6 -p- --open -R -r",
        "-p -T --top-ports --exclude --max-retries -T4 -T3",
        "--script --interactive --resume --datadir --servicedb",
        "-oN -oX -oG -oA -oS",
    ),
    row("dd", Operands::Dd, "", "", "", ""),
    row(
        "patch",
        Operands::Plain,
        "-N -R -s -f -t -E -u -l -Z --dry-run --forward --reverse --silent --verbose --batch -p0 -p1 -p2 -p3",
        "-p -i --strip --input --fuzz -F",
        "-e --ed -d --directory",
        "-o --output -r -B -b --backup -z -V",
    ),
    row(
        "install",
        Operands::Plain,
        "-d -D -v -p -c -C --directory --verbose --preserve-timestamps",
        "-m -o -g --mode --owner --group",
        "--strip-program -s",
        "-t -S -b",
    ),
    row("docker exec", Operands::Elsewhere, "", "", "", ""),
    row("docker run", Operands::Elsewhere, "", "", "", ""),
    row("docker compose", Operands::Compose, "", "", "", ""),
    row("docker create", Operands::Elsewhere, "", "", "", ""),
    row("podman exec", Operands::Elsewhere, "", "", "", ""),
    row("podman run", Operands::Elsewhere, "", "", "", ""),
    row("podman compose", Operands::Compose, "", "", "", ""),
    row("podman create", Operands::Elsewhere, "", "", "", ""),
    row("kubectl exec", Operands::Elsewhere, "", "", "", ""),
    row("kubectl run", Operands::Elsewhere, "", "", "", ""),
    row("kubectl debug", Operands::Elsewhere, "", "", "", ""),
    row("vagrant ssh", Operands::Elsewhere, "", "", "", ""),
    row("gcloud compute", Operands::Elsewhere, "", "", "", ""),
    row("aws ssm", Operands::Elsewhere, "", "", "", ""),
];
