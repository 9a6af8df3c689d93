//! Node: relative specifiers, path aliases of `tsconfig.json`, packages of the same workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jsonc_parser::ParseOptions;
use serde_json::Value;

use super::{Resolved, Resolver};
use crate::contents::Contents;

/// What a specifier without an extension may have, in the order of preference.
const EXTENSIONS: [&str; 9] = ["ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "json"];

/// How many `extends` of a configuration are followed.
const LONGEST_EXTENDS: usize = 4;

/// How large a manifest may be.
const MOST_BYTES: u64 = 1 << 20;

/// The path aliases that hold for a folder: a pattern and the paths it stands for.
#[derive(Debug, Default)]
pub(super) struct Aliases(Vec<(String, Vec<PathBuf>)>);

impl Resolver<'_> {
    pub(super) fn node(&self, file: &Path, root: &Path, specifier: &str) -> Option<Resolved> {
        let found = |path| Some(Resolved { specifier: specifier.to_owned(), path });
        let folder = file.parent()?;
        if specifier.starts_with('.') {
            return found(module_file(self.contents, &folder.join(specifier))?);
        }
        if let Some(path) = self.alias(folder, root, specifier) {
            return found(path);
        }
        let workspace = self.workspace(folder, root);
        let mut segments = specifier.splitn(if specifier.starts_with('@') { 3 } else { 2 }, '/');
        let first = segments.next()?;
        let name = if specifier.starts_with('@') { format!("{first}/{}", segments.next()?) } else { first.to_owned() };
        let package = workspace.get(&name)?;
        found(match segments.next() {
            Some(below) => module_file(self.contents, &package.join(below))
                .or_else(|| module_file(self.contents, &package.join("src").join(below)))?,
            None => package_file(self.contents, package)?,
        })
    }

    fn alias(&self, folder: &Path, root: &Path, specifier: &str) -> Option<PathBuf> {
        let aliases = self.aliases(folder, root);
        for (pattern, targets) in &aliases.0 {
            let matched = match pattern.split_once('*') {
                Some((head, tail)) => {
                    specifier.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail)).map(str::to_owned)
                }
                None => (specifier == pattern).then(String::new),
            };
            let Some(matched) = matched else { continue };
            for target in targets {
                let path = PathBuf::from(target.to_string_lossy().replace('*', &matched));
                if let Some(path) = module_file(self.contents, &path) {
                    return Some(path);
                }
            }
        }
        None
    }

    /// The aliases of the nearest configuration that has any.
    fn aliases(&self, folder: &Path, root: &Path) -> Arc<Aliases> {
        if let Some(known) = self.cache().aliases.get(folder) {
            return Arc::clone(known);
        }
        let mut aliases = Aliases::default();
        'search: for above in folder.ancestors().take_while(|above| above.starts_with(root)) {
            for name in ["tsconfig.json", "jsconfig.json", "tsconfig.base.json"] {
                read_aliases(self.contents, &above.join(name), &mut aliases, 0);
                if !aliases.0.is_empty() {
                    break 'search;
                }
            }
        }
        // The most exact pattern wins.
        aliases.0.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.split('*').next().map_or(0, str::len)));
        let aliases = Arc::new(aliases);
        self.cache().aliases.insert(folder.to_owned(), Arc::clone(&aliases));
        aliases
    }

    /// The packages of the workspace that a folder lies in, by their names; its own package too.
    fn workspace(&self, folder: &Path, root: &Path) -> Arc<BTreeMap<String, PathBuf>> {
        if let Some(known) = self.cache().workspaces.get(folder) {
            return Arc::clone(known);
        }
        let mut packages = BTreeMap::new();
        for above in folder.ancestors().take_while(|above| above.starts_with(root)) {
            let Some(manifest) = read(self.contents, &above.join("package.json")) else { continue };
            if let Some(name) = manifest.get("name").and_then(Value::as_str) {
                packages.entry(name.to_owned()).or_insert_with(|| above.to_owned());
            }
            let patterns = workspace_patterns(self.contents, &manifest, above);
            if patterns.is_empty() {
                continue;
            }
            for package in patterns.iter().flat_map(|pattern| self.expanded(above, pattern)) {
                let name = read(self.contents, &package.join("package.json"))
                    .and_then(|it| Some(it.get("name")?.as_str()?.to_owned()));
                if let Some(name) = name {
                    packages.insert(name, package);
                }
            }
            break;
        }
        let packages = Arc::new(packages);
        self.cache().workspaces.insert(folder.to_owned(), Arc::clone(&packages));
        packages
    }

    /// The folders that a workspace pattern stands for: `packages/*`, `apps/**`, `tools/cli`.
    fn expanded(&self, root: &Path, pattern: &str) -> Vec<PathBuf> {
        let mut folders = vec![root.to_owned()];
        for step in pattern.trim_start_matches("./").split('/').filter(|step| !step.is_empty()) {
            if !step.contains('*') {
                folders.iter_mut().for_each(|folder| folder.push(step));
                continue;
            }
            let mut below = Vec::new();
            for folder in &folders {
                for name in self.listing(folder).iter() {
                    let path = folder.join(name);
                    if !name.starts_with('.') && !self.kinds.is_left_out(name.as_ref()) && path.is_dir() {
                        below.push(path);
                    }
                }
            }
            folders = below;
        }
        folders
    }
}

/// The file that a path without an extension, or a folder, stands for.
fn module_file(contents: &Contents, path: &Path) -> Option<PathBuf> {
    let path = crate::walk::normal(path);
    if path.is_file() {
        return Some(path);
    }
    let name = path.file_name()?.to_str()?;
    // TypeScript imports `./a.js` where the file is `a.ts`.
    for (written, meant) in
        [(".js", ["ts", "tsx"]), (".mjs", ["mts", "ts"]), (".cjs", ["cts", "ts"]), (".jsx", ["tsx", "ts"])]
    {
        if let Some(stem) = name.strip_suffix(written) {
            let found = meant
                .iter()
                .map(|extension| path.with_file_name(format!("{stem}.{extension}")))
                .find(|path| path.is_file());
            if found.is_some() {
                return found;
            }
        }
    }
    let with = EXTENSIONS.iter().map(|extension| path.with_file_name(format!("{name}.{extension}")));
    if let Some(found) = with.into_iter().find(|path| path.is_file()) {
        return Some(found);
    }
    if path.is_dir() { package_file(contents, &path) } else { None }
}

/// The file that importing a folder gives.
fn package_file(contents: &Contents, folder: &Path) -> Option<PathBuf> {
    if let Some(manifest) = read(contents, &folder.join("package.json")) {
        for key in ["source", "main", "module"] {
            if let Some(main) = manifest.get(key).and_then(Value::as_str) {
                let path = folder.join(main);
                // What a build makes is not there, or not read: its source has the same name.
                let source =
                    main.replacen("dist/", "src/", 1).replacen("lib/", "src/", 1).replacen("build/", "src/", 1);
                let source = Path::new(&source).with_extension("");
                if let Some(found) = [folder.join(source), path].iter().find_map(|path| {
                    let index = path.join("index");
                    if path.is_file() {
                        Some(path.clone())
                    } else {
                        by_extension(path).or_else(|| by_extension(&index))
                    }
                }) {
                    return Some(found);
                }
            }
        }
    }
    by_extension(&folder.join("index")).or_else(|| by_extension(&folder.join("src/index")))
}

fn by_extension(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    EXTENSIONS.iter().map(|extension| path.with_file_name(format!("{name}.{extension}"))).find(|path| path.is_file())
}

/// A JSON file, comments allowed; nothing where it is not there or is none.
fn read(contents: &Contents, path: &Path) -> Option<Value> {
    if contents.size(path).ok()? > MOST_BYTES {
        return None;
    }
    let text = contents.read_to_string(path).ok()?;
    jsonc_parser::parse_to_serde_value(&text, &ParseOptions::default()).ok()
}

fn read_aliases(contents: &Contents, path: &Path, aliases: &mut Aliases, depth: usize) {
    let Some(configuration) = read(contents, path) else { return };
    let Some(folder) = path.parent() else { return };
    let options = configuration.get("compilerOptions");
    let base = options.and_then(|options| options.get("baseUrl")).and_then(Value::as_str);
    let from = folder.join(base.unwrap_or("."));
    if let Some(paths) = options.and_then(|options| options.get("paths")).and_then(Value::as_object) {
        for (pattern, targets) in paths {
            let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
            aliases.0.push((pattern.clone(), targets.map(|target| from.join(target)).collect()));
        }
    }
    if base.is_some() {
        aliases.0.push(("*".to_owned(), vec![from.join("*")]));
    }
    if depth < LONGEST_EXTENDS
        && let Some(extended) = configuration.get("extends").and_then(Value::as_str)
        && extended.starts_with('.')
    {
        let path = folder.join(extended);
        let path = if path.extension().is_some() { path } else { path.with_extension("json") };
        read_aliases(contents, &path, aliases, depth + 1);
    }
}

/// The workspace patterns of a manifest, of pnpm's file or of lerna's beside it.
fn workspace_patterns(contents: &Contents, manifest: &Value, folder: &Path) -> Vec<String> {
    let listed = |value: Option<&Value>| -> Vec<String> {
        value.and_then(Value::as_array).into_iter().flatten().filter_map(|it| Some(it.as_str()?.to_owned())).collect()
    };
    let workspaces = manifest.get("workspaces");
    let mut patterns = listed(workspaces);
    patterns.extend(listed(workspaces.and_then(|workspaces| workspaces.get("packages"))));
    if let Ok(text) = contents.read_to_string(&folder.join("pnpm-workspace.yaml")) {
        // A list under `packages:`, one item a line.
        let items = text.lines().filter_map(|line| line.trim_start().strip_prefix("- "));
        patterns.extend(items.map(|item| item.trim().trim_matches(['"', '\'']).to_owned()));
    }
    if let Some(lerna) = read(contents, &folder.join("lerna.json")) {
        patterns.extend(listed(lerna.get("packages")));
    }
    patterns.retain(|pattern| !pattern.starts_with('!'));
    patterns
}
