//! Writes the JSON Schemas.

use kruxos_policy::schema::{SchemaKind, json};

use crate::root;

/// Writes every schema to its file under `schemas/`.
pub(crate) fn run(_args: &[String]) -> Result<(), String> {
    let folder = root().join("schemas");
    std::fs::create_dir_all(&folder).map_err(|error| format!("`schemas`: {error}"))?;
    for kind in SchemaKind::all() {
        let path = folder.join(kind.file_name());
        std::fs::write(&path, json(kind)).map_err(|error| format!("`{}`: {error}", path.display()))?;
    }
    Ok(())
}
