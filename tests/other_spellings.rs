//! What an entry spells out, said in another spelling, by a setting or by a default: never "no".
#![cfg(feature = "shell")]
#![allow(clippy::unwrap_used, clippy::panic)]

use kruxos_policy::shell::{List, Script, Verdict};

fn any(entry: &str, text: &str) -> Verdict {
    List::read([entry]).unwrap().runs_any(&Script::of_text(text))
}

/// An entry, and a command that says the same or may.
const SAME: &[(&str, &str)] = &[
    ("chown root", "chown root: f"),
    ("chown root", "chown root:root f"),
    ("chown root", "chown :root f"),
    ("chown root", "chown 0 f"),
    ("chown root", "chown +0:+0 f"),
    ("chown root", "chown \"$U\" f"),
    ("chown root", "chown --reference=/etc/passwd f"),
    ("chgrp root", "chgrp 0 f"),
    ("install -o root", "install -o 0 a b"),
    ("install --owner=root", "install -o +0 a b"),
    ("sudo -u root", "sudo -u '#0' ls"),
    ("sudo --user=root", "sudo -u '#0' ls"),
    ("chmod 777", "chmod 0777 f"),
    ("chmod 777", "chmod a=rwx f"),
    ("chmod 777", "chmod --reference=a f"),
    ("kill -9", "kill -KILL 1"),
    ("kill -9", "kill -SIGKILL 1"),
    ("kill -9", "kill -s 9 1"),
    ("kill -9", "kill -n 9 1"),
    ("systemctl stop sshd", "systemctl stop sshd.service"),
    ("systemctl stop sshd.service", "systemctl stop sshd"),
    ("docker rm web", "docker rm 4c01db0b339c"),
    ("docker stop web", "docker container stop 4c01db0b339c"),
    ("apt install x", "apt install x=1.0"),
    ("apt install x", "apt install x/stable"),
    ("apt remove", "apt install x-"),
    ("apt-get purge", "apt-get install x_"),
    ("npm install left-pad", "npm install left-pad@1.0"),
    ("pip install requests", "pip install 'requests[socks]==2.0'"),
    ("docker run ubuntu", "docker run ubuntu:24.04"),
    ("git push origin main", "git push"),
    ("git push origin main", "git push origin HEAD:main"),
    ("git push origin main", "git push origin HEAD:refs/heads/main"),
    ("git branch -D", "git branch -d -f x"),
    ("git branch -D", "git branch --delete --force x"),
    ("docker compose up db", "docker compose up"),
    ("kubectl delete ns", "kubectl delete namespaces x"),
    ("kubectl delete ns", "kubectl delete ns/x"),
    ("kubectl delete ns", "kubectl delete pods,ns x"),
    ("kubectl delete namespace", "kubectl delete ns x"),
    ("kubectl delete ns", "kubectl delete -f x.yaml"),
    ("su root", "su"),
    ("kill -9", "kill -s kILL 1"),
    ("kill -9", "kill -s ' 9' 1"),
    ("kill -9", "kill -n +9 1"),
    ("pkill -9", "pkill --signal=kIll x"),
    ("killall -9", "killall -s kIll x"),
    ("timeout -s KILL", "timeout -s 9 5 ls"),
    ("timeout -s KILL", "timeout --signal=SIGKILL 5 ls"),
    ("docker kill -s KILL", "docker kill --signal 9 x"),
    ("terraform destroy", "terraform apply -destroy=true"),
    ("terraform destroy", "TF_CLI_ARGS=-destroy terraform apply"),
    ("ip link delete", "ip link del x"),
    ("ip link delete", "ip l d x"),
    ("ip addr flush", "ip a f dev x"),
    ("npm test", "npm tes"),
    ("npm run-script", "npm runS x"),
    ("gem install", "gem ins x"),
    ("composer global", "composer g x"),
    ("gradle publish", "gradle pub"),
    ("gradle publish", "gradle :app:publish"),
    ("brew install", "brew instal x"),
    ("docker stack rm", "docker stack down x"),
    ("docker build", "docker builder build ."),
    ("docker run -v /:/host", "docker run -v /.:/host i"),
    ("docker run -v /:/host", "docker run -v /:/host:rw i"),
    ("redis-cli flushall", "redis-cli <<< flushall"),
    ("gh pr merge", "gh alias set m 'pr merge' && gh m"),
    ("npm install -g", "npm i -L=global x"),
    ("pip install", "perl -S pip install x"),
    ("bash deploy.sh", "bash ./deploy.sh"),
    ("git checkout .", "git checkout ./"),
    ("kubectl delete ns", "kubectl delete Namespace x"),
    ("reboot", "systemctl enable --now reboot.target"),
];

#[test]
fn an_operand_in_another_spelling_is_not_denied() {
    for (entry, text) in SAME {
        assert_ne!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
}

#[test]
fn another_thing_is_denied() {
    for (entry, text) in [
        ("chown root", "chown alice x"),
        ("chown root", "chown alice:users /srv/root"),
        ("systemctl stop sshd", "systemctl stop nginx"),
        ("apt remove", "apt install x"),
        ("npm install left-pad", "npm install lodash"),
        ("git push origin main", "git push origin feature"),
        ("docker run ubuntu", "docker run nginx"),
        ("kubectl delete ns", "kubectl delete pod x"),
        ("kill -9", "kill -TERM 1"),
    ] {
        assert_eq!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
}

#[test]
fn a_setting_that_may_say_an_option_or_operand_does_not_deny_it() {
    for (entry, text) in [
        ("git fetch -f", "git -c remote.o.fetch=+a:b fetch"),
        ("git fetch --prune", "git -c fetch.prune=true fetch"),
        ("git push --tags", "git -c push.followTags=true push"),
        ("git push origin", "git -c remote.pushDefault=origin push"),
        ("git commit -S", "git -c commit.gpgSign=true commit"),
        ("git push --force", "git config remote.origin.push +HEAD:main && git push origin"),
        ("git push --force", "git config alias.x 'push --force' && git x"),
        ("git push --mirror", "git remote add --mirror=push o u && git push o"),
        ("ssh prod", "ssh -o HostName=prod x"),
        ("apt-get install -y", "apt-get -o APT::Get::Assume-Yes=true install x"),
        ("pip install --break-system-packages", "PIP_BREAK_SYSTEM_PACKAGES=1 pip install x"),
        ("terraform apply -auto-approve", "TF_CLI_ARGS_apply=-auto-approve terraform apply"),
        ("git update-ref -d", "git update-ref --stdin"),
        ("git fetch -f", "git fetch --stdin o"),
        ("git rm x", "git rm --pathspec-from-file=-"),
        ("redis-cli flushall", "redis-cli --pipe"),
        ("reboot", "service reboot start"),
        ("sudo -u root", "sudo ls"),
        ("iptables -F", "iptables-legacy -F"),
        ("iptables -F", "ip6tables-nft -F"),
        ("nmcli con delete", "nmcli c d x"),
        ("nmcli con delete", "nmcli connection delete x"),
        ("nmcli connection delete", "nmcli con del x"),
    ] {
        assert_ne!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
    for (entry, text) in [
        ("git push --force", "git -c color.ui=never push origin x"),
        ("git push --force", "git -c user.name=x push origin x"),
        ("git push --force", "git -c push.default=current fetch"),
        ("git push --force", "git -C sub status && git push origin x"),
        ("git push --force", "git config user.name x && git push origin x"),
        ("git push --force", "git remote add o u && git push o x"),
    ] {
        assert_eq!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
}

/// An entry, and a command that says the same in the way that the row of one of them knows, or may.
const OTHER_WAYS: &[(&str, &str)] = &[
    ("docker-compose down", "docker compose down"),
    ("npx rimraf", "npm exec rimraf x"),
    ("npx", "npm x rimraf"),
    ("python -m pytest", "pytest -q"),
    ("python -m pip install", "pip install x"),
    ("bunx", "bun x y"),
    ("uvx", "uv tool run x"),
    ("git-push", "git push"),
    ("systemctl reboot", "reboot"),
    ("npm test", "npm run test"),
    ("npm run test", "npm t"),
    ("yarn run deploy", "yarn deploy"),
    ("pnpm run build", "pnpm build"),
    ("bun run deploy", "bun deploy"),
    ("cargo publish", "cargo watch -x publish"),
    ("cargo publish", "cargo watch -x 'publish --no-verify'"),
    ("cargo publish", "cargo hack publish"),
    ("curl -X POST", "curl -d x y"),
    ("curl -X POST", "curl --json x y"),
    ("git add", "git stage ."),
    ("git init", "git init-db"),
    ("git log", "git whatchanged"),
    ("git blame", "git annotate x"),
    ("gh pr create", "gh pr new"),
    ("npm config set", "npm set x y"),
    ("npm token revoke", "npm token rm x"),
    ("rustup toolchain install", "rustup install x"),
    ("docker stack deploy", "docker stack up x"),
    ("docker info", "docker system info"),
    ("docker run --network host", "docker run --net=host i"),
    ("docker run -u root", "docker run -u 0 i"),
    ("gcloud run deploy", "gcloud beta run deploy x"),
    ("git push origin main", "git push origin"),
    ("git push origin main", "git push origin HEAD"),
    ("git push origin main", "git push --all origin"),
    ("git push origin main", "git push origin 'refs/heads/*:refs/heads/*'"),
    ("git add .", "git add :/"),
    ("git checkout .", "git checkout -- '*'"),
    ("systemctl stop nginx", "systemctl stop 'ngin*'"),
    ("vercel deploy", "vercel"),
    ("vercel deploy --prod", "vercel --prod"),
    ("yarn install", "yarn"),
    ("yarn install", "yarn --frozen-lockfile"),
    ("bundle install", "bundle"),
    ("pnpm add", "pnpm i x"),
    ("bun add", "bun install x"),
    ("yarn add", "yarn workspace x add y"),
    ("yarn add", "yarn global add x"),
    ("composer require", "composer global require y"),
    ("sudo", "sudoedit f"),
    ("sudo -e", "sudoedit f"),
    ("curl http://evil", "curl --url http://evil"),
    ("mount -o bind", "mount -B a b"),
    ("systemctl stop nginx", "service nginx stop"),
    ("systemctl stop nginx", "/etc/init.d/nginx stop"),
    ("service nginx stop", "/etc/init.d/nginx stop"),
    ("service nginx stop", "systemctl stop nginx"),
    ("systemctl stop nginx", "systemctl disable --now nginx"),
    ("systemctl stop nginx", "systemctl --now mask nginx"),
    ("systemctl start nginx", "systemctl enable --now nginx"),
    ("systemctl restart nginx", "service nginx restart"),
    ("systemctl restart nginx", "systemctl reload-or-restart nginx"),
    ("systemctl restart", "systemctl condrestart x"),
    // Kinds of things with their plural, short, slash and dotted forms, alone and in a list.
    ("kubectl get secrets", "kubectl get secret x"),
    ("kubectl get secrets", "kubectl get secret/x"),
    ("kubectl get secrets", "kubectl get -A secret"),
    ("kubectl get secrets", "kubectl get all,secret"),
    ("kubectl get secrets", "kubectl get Secret"),
    ("kubectl get pods", "kubectl get all"),
    ("kubectl describe secret", "kubectl describe secrets x"),
    ("kubectl scale deployment", "kubectl scale deploy/x"),
    ("kubectl scale deployment", "kubectl scale deployments.apps x"),
    ("kubectl edit configmap", "kubectl edit cm x"),
    ("kubectl label ns", "kubectl label namespace x a=b"),
    ("kubectl delete configmap", "oc delete cm x"),
    ("oc delete configmap", "oc delete cm x"),
    ("kubectl delete job", "kubectl delete jobs x"),
    ("kubectl delete statefulset", "kubectl delete sts x"),
    ("kubectl delete ingress", "kubectl delete ing x"),
    ("kubectl delete networkpolicies", "kubectl delete netpol/x"),
    ("kubectl delete ns", "kubectl delete pods,namespaces x"),
    ("kubectl create namespace", "kubectl create ns x"),
    // A global option behind a subcommand.
    ("gcloud --project prod", "gcloud compute instances list --project=prod"),
    ("gcloud --quiet", "gcloud compute instances delete x -q"),
    ("az --subscription prod", "az vm list --subscription prod"),
    ("poetry -C x", "poetry install -C x"),
    ("composer -d x", "composer install --working-dir=x"),
    ("rm", "echo 'rm y' > x.sh; sh x.sh"),
    ("rm", "echo \"$X\" > x.sh; sh x.sh"),
    ("rm", "printf 'rm y' > x.sh && bash ./x.sh"),
    ("rm", "tee x.sh <<< 'rm y'; sh x.sh"),
    ("rm", "cp /bin/rm x && ./x y"),
    ("rm", "ln -s /bin/rm x; ./x y"),
];

#[test]
fn the_other_of_two_ways_is_not_denied_either() {
    for (entry, text) in OTHER_WAYS {
        assert_ne!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
    for (entry, text) in [
        ("docker-compose down", "docker compose up"),
        ("npm run test", "npm run build"),
        ("vercel deploy", "vercel ls"),
        ("yarn install", "yarn add x"),
        ("bundle install", "bundle exec rake"),
        ("pnpm add", "pnpm install"),
        ("composer require", "composer global show"),
        ("systemctl stop nginx", "service nginx status"),
        ("kubectl get secrets", "kubectl get configmaps"),
        ("kubectl delete ns", "kubectl delete po -l a=b"),
        ("kubectl delete ns", "kubectl delete deploy/x"),
        ("systemctl stop nginx", "systemctl disable nginx"),
        ("systemctl stop", "systemctl enable --now nginx"),
        ("gcloud --project prod", "gcloud compute instances list --project=dev"),
        ("git -C x", "git commit -C x"),
        ("curl -X POST", "curl -s http://localhost"),
        ("git push origin main", "git push origin feature"),
        ("rm", "echo hello > x.sh; sh x.sh"),
        ("rm", "cc -o app app.c && ./app"),
        ("rm", "echo \"$X\" > log; sh x.sh"),
    ] {
        assert_eq!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
}

/// A letter that may have a value behind a `=` alone has none in a cluster.
#[test]
fn letters_behind_one_that_takes_a_value_by_equals_are_options() {
    for (entry, text) in [
        ("kubectl delete -f", "kubectl delete -Rf x"),
        ("kubectl delete -n prod", "kubectl delete po -An prod"),
        ("kubectl exec -it", "kubectl exec -ti p -- sh"),
        ("kubectl run -it", "kubectl run -ti x --image=y"),
        ("docker compose run -v /:/h", "docker compose run -iv /:/h web"),
        ("docker compose exec -u root", "docker compose exec -itu root web sh"),
        ("npm install -D", "npm i -fD x"),
        ("sudo -s", "sudo -Es"),
        ("sudo -i", "sudo -Ei"),
    ] {
        assert_ne!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
    let only = |entry: &str, text: &str| List::read([entry]).unwrap().runs_only(&Script::of_text(text));
    for (entry, text) in [
        ("kubectl", "kubectl get po -As https://evil"),
        ("kubectl", "kubectl get po -A\"$X\""),
        ("pandoc", "pandoc -sL x.lua a"),
        ("sudo root", "sudo -Eu root rm x"),
    ] {
        assert_ne!(only(entry, text), Verdict::Yes, "{entry}: {text}");
    }
    assert_eq!(only("kubectl", "kubectl exec -i=false p -- ls"), Verdict::Yes);
}
