//! Python: modules and packages beside the file, or below a folder above it.

use std::path::{Path, PathBuf};

use super::{Resolved, Resolver};
use crate::project::imports::Wanted;

impl Resolver<'_> {
    pub(super) fn python(&self, file: &Path, root: &Path, wanted: &Wanted) -> Vec<Resolved> {
        let module: &str = &wanted.module;
        let mut found = Vec::new();
        let dots = module.chars().take_while(|character| *character == '.').count();
        // `from package import name`: the name may be a module below.
        let below = wanted
            .name
            .as_deref()
            .filter(|name| *name != "*")
            .map(|name| if module.ends_with('.') { format!("{module}{name}") } else { format!("{module}.{name}") });
        let specifiers = [Some(module.to_owned()), below].into_iter().flatten();
        if dots > 0 {
            let Some(base) = file.ancestors().nth(dots) else { return found };
            for specifier in specifiers {
                if let Some(path) = module_file(base, &specifier[dots..]) {
                    found.push(Resolved { specifier, path });
                }
            }
            return found;
        }
        let is_library = self.libraries.iter().any(|known| {
            module == known || module.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('.'))
        });
        let mut bases: Vec<PathBuf> = Vec::new();
        // A folder with an `__init__.py` is a package: modules are named from the folder above it.
        let folders = || file.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
        let is_package = |folder: &&Path| folder.join("__init__.py").is_file();
        for folder in folders().filter(|folder| !is_package(folder)).chain(folders().filter(is_package)) {
            bases.push(folder.to_owned());
            // A folder with the name of a library somewhere above is most likely something else.
            if is_library {
                break;
            }
            bases.push(folder.join("src"));
        }
        let base = bases.into_iter().find(|base| {
            module_file(base, module).is_some() || base.join(module.replace('.', "/")).is_dir() && !is_library
        });
        let Some(base) = base else { return found };
        // `import a.b.c` runs `a` and `a.b` too, and reaches `c` over them.
        let mut paths: Vec<String> = specifiers.collect();
        let mut above = module;
        while let Some((parent, _)) = above.rsplit_once('.') {
            paths.push(parent.to_owned());
            above = parent;
        }
        for specifier in paths {
            if let Some(path) = module_file(&base, &specifier) {
                found.push(Resolved { specifier, path });
            }
        }
        found
    }
}

/// The file of a module below a folder.
fn module_file(base: &Path, dotted: &str) -> Option<PathBuf> {
    let path = if dotted.is_empty() { base.to_owned() } else { base.join(dotted.replace('.', "/")) };
    let package = path.join("__init__.py");
    if package.is_file() {
        return Some(package);
    }
    if dotted.is_empty() {
        return None;
    }
    let module = path.with_file_name(format!("{}.py", path.file_name()?.to_str()?));
    module.is_file().then_some(module)
}
