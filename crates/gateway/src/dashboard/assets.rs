//! What pages are made of besides HTML: embedded, served under names that hold a digest of the content, so that browsers
//! may keep them for ever.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kruxos_approvals::Digest;

/// An embedded file: name, extension, media type, content.
type File = (&'static str, &'static str, &'static str, &'static [u8]);

const FILES: [File; 4] = [
    ("style", "css", "text/css; charset=utf-8", include_bytes!("../../assets/style.css")),
    ("app", "js", "text/javascript; charset=utf-8", include_bytes!("../../assets/app.js")),
    ("sign-in", "js", "text/javascript; charset=utf-8", include_bytes!("../../assets/sign-in.js")),
    ("icon", "svg", "image/svg+xml", include_bytes!("../../assets/icon.svg")),
];

/// Where the files are.
#[derive(Debug)]
pub(crate) struct Assets {
    pub(crate) style: String,
    pub(crate) script: String,
    pub(crate) sign_in: String,
    pub(crate) icon: String,
}

/// Where the files are, in this build.
pub(crate) fn all() -> &'static Assets {
    static ALL: OnceLock<Assets> = OnceLock::new();
    ALL.get_or_init(|| {
        let [style, script, sign_in, icon] = FILES.map(|file| format!("/assets/{}", hashed(&file)));
        Assets { style, script, sign_in, icon }
    })
}

fn digest(content: &[u8]) -> String {
    Digest::of(content).to_string().chars().skip("sha256:".len()).take(16).collect()
}

fn hashed((name, extension, _, content): &File) -> String {
    format!("{name}.{}.{extension}", digest(content))
}

/// `GET /assets/{name}`.
pub(crate) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some((_, _, kind, content)) = FILES.iter().find(|file| hashed(file) == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", digest(content));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let about = [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_TYPE, kind),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    if known { (StatusCode::NOT_MODIFIED, about).into_response() } else { (about, *content).into_response() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_served_under_its_own_name_only_and_not_twice() {
        let name = all().style.trim_start_matches("/assets/").to_owned();
        let first = serve(Path(name.clone()), HeaderMap::new()).await;
        assert_eq!(first.status(), StatusCode::OK);
        let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone())]);
        assert_eq!(serve(Path(name), known).await.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(serve(Path("style.css".to_owned()), HeaderMap::new()).await.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn nothing_comes_from_elsewhere() {
        for (name, _, _, content) in FILES {
            let text = String::from_utf8_lossy(content).replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("://"), "{name}");
        }
    }
}
