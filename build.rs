//! Lists the files under `rules/` for `src/rules/load.rs`, so that a new one needs no line of Rust, and puts each as
//! JSON beside its text: the program reads that many times faster when it starts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=rules");
    let mut files = Vec::new();
    collect(Path::new("rules"), &mut files)?;
    files.sort();
    let root = env::current_dir()?;
    let mut list = String::from("&[\n");
    for file in &files {
        println!("cargo:rerun-if-changed={}", file.display());
        let name = file.to_string_lossy().replace('\\', "/");
        let path = root.join(file);
        let path = path.display();
        let json = as_json(file)?;
        writeln!(list, "    Shipped {{ name: r#\"{name}\"#, text: include_str!(r#\"{path}\"#), {json} }},")
            .map_err(io::Error::other)?;
    }
    list.push_str("]\n");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(PathBuf::from(out).join("shipped_rules.rs"), list)
}

/// The fields `json` and `library` of a file, as Rust.
fn as_json(file: &Path) -> io::Result<String> {
    let wrong = |message: String| io::Error::other(format!("{}: {message}", file.display()));
    let table: toml::Table = toml::from_str(&fs::read_to_string(file)?).map_err(|error| wrong(error.to_string()))?;
    let json = serde_json::to_string(&table).map_err(|error| wrong(error.to_string()))?;
    let library = match table.get("library") {
        Some(library) => {
            let json = serde_json::to_string(library).map_err(|error| wrong(error.to_string()))?;
            format!("Some(r####\"{json}\"####)")
        }
        None => "None".to_owned(),
    };
    Ok(format!("json: r####\"{json}\"####, library: {library}"))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
