//! Java: classes by their packages, below the source roots of the repository's modules.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Resolved, Resolver};
use crate::project::imports::Wanted;

/// How deep below the root of a repository modules are looked for.
const DEEPEST_MODULE: usize = 4;

/// How many modules are looked at.
const MOST_ROOTS: usize = 256;

impl Resolver<'_> {
    pub(super) fn java(&self, file: &Path, root: &Path, package: &str, text: &str, wanted: &[Wanted]) -> Vec<Resolved> {
        let named = names(text);
        let roots = self.source_roots(file, root, package);
        let mut found = Vec::new();
        let mut add = |full: String| {
            // `a.b.Outer.Inner` stands in the file of `Outer`.
            let mut class = full.as_str();
            while class.rsplit('.').next().is_some_and(|last| last.starts_with(char::is_uppercase)) {
                let relative = format!("{}.java", class.replace('.', "/"));
                if let Some(path) = roots.iter().map(|root| root.join(&relative)).find(|path| self.disk.is_file(path)) {
                    found.push(Resolved { specifier: class.to_owned(), path });
                    return;
                }
                let Some((outer, _)) = class.rsplit_once('.') else { return };
                class = outer;
            }
        };
        for wanted in wanted {
            match wanted.name.as_deref() {
                Some("*") => {
                    // Only what the file names.
                    let folder = wanted.module.replace('.', "/");
                    for root in roots.iter() {
                        for name in self.listing(&root.join(&folder)).iter() {
                            if let Some(class) = name.strip_suffix(".java").filter(|class| named.contains(*class)) {
                                add(format!("{}.{class}", wanted.module));
                            }
                        }
                    }
                    // `import static a.B.*`
                    add(wanted.module.to_string());
                }
                Some(name) => {
                    add(format!("{}.{name}", wanted.module));
                    add(wanted.module.to_string());
                }
                None => add(wanted.module.to_string()),
            }
        }
        // Classes of the same package need no import.
        let folder = package.replace('.', "/");
        for root in roots.iter() {
            for name in self.listing(&root.join(&folder)).iter() {
                if let Some(class) = name.strip_suffix(".java").filter(|class| named.contains(*class)) {
                    add(if package.is_empty() { class.to_owned() } else { format!("{package}.{class}") });
                }
            }
        }
        found.sort_by(|one, other| one.specifier.cmp(&other.specifier));
        found.dedup_by(|one, other| one.specifier == other.specifier);
        found
    }

    /// The folders that packages are below: the file's own first, then those of the other modules.
    fn source_roots(&self, file: &Path, root: &Path, package: &str) -> Vec<PathBuf> {
        let depth = if package.is_empty() { 0 } else { package.split('.').count() };
        let own = file.ancestors().nth(depth + 1).filter(|own| own.starts_with(root));
        let mut roots: Vec<PathBuf> = own.map(Path::to_owned).into_iter().collect();
        for other in self.modules_of(root).iter() {
            if !roots.contains(other) {
                roots.push(other.clone());
            }
        }
        roots
    }

    /// The `src/main/java` folders of a repository.
    fn modules_of(&self, root: &Path) -> Arc<Vec<PathBuf>> {
        if let Some(known) = self.cache().java_roots.get(root) {
            return Arc::clone(known);
        }
        let mut roots = Vec::new();
        let mut folders = vec![(root.to_owned(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            let sources = folder.join("src/main/java");
            // Asked for by itself: what stands beside it in `src` need not be listed.
            if sources.is_dir() {
                roots.push(sources);
            }
            if roots.len() >= MOST_ROOTS {
                break;
            }
            if depth < DEEPEST_MODULE {
                for name in self.listing(&folder).iter().rev() {
                    let below = folder.join(name);
                    let is_module = !name.starts_with('.') && name != "src" && !self.kinds.is_left_out(name.as_ref());
                    // Only a folder with a build file, or one that holds such, can be a module.
                    if is_module && self.disk.is_folder(&below) {
                        folders.push((below, depth + 1));
                    }
                }
            }
        }
        let roots = Arc::new(roots);
        self.cache().java_roots.insert(root.to_owned(), Arc::clone(&roots));
        roots
    }
}

/// The names in a text that could be those of classes.
fn names(text: &str) -> BTreeSet<&str> {
    text.split(|character: char| !(character.is_alphanumeric() || character == '_' || character == '$'))
        .filter(|word| word.starts_with(char::is_uppercase))
        .collect()
}
