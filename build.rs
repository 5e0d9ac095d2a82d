//! Gathers the refusal grammars, so that adding a language is adding its file.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    refusal_languages(Path::new("src/refusal/languages"))
}

/// Writes `refusal_languages.rs`: the text of every language file in the folder, by name.
fn refusal_languages(folder: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(fs::canonicalize(path)?);
        }
    }
    files.sort();
    let lines: String = files.iter().map(|path| format!("    include_str!({path:?}),\n")).collect();
    let out = PathBuf::from(env::var("OUT_DIR")?).join("refusal_languages.rs");
    fs::write(out, format!("&[\n{lines}]\n"))?;
    Ok(())
}
