//! Python: modules and packages beside the file, or below a folder above it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

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
                if let Some(path) = self.python_file(base, &specifier[dots..]) {
                    found.push(Resolved { specifier, path });
                }
            }
            return found;
        }
        let is_library = self.libraries.iter().any(|known| {
            module == known || module.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('.'))
        });
        let bases = self.python_bases(file, root);
        // A folder with the name of a library somewhere above is most likely something else.
        let within = if is_library { &bases[..bases.len().min(1)] } else { &bases[..] };
        let base = within.iter().find(|base| {
            self.python_file(base, module).is_some()
                || !is_library && self.disk.is_folder(&base.join(module.replace('.', "/")))
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
            if let Some(path) = self.python_file(base, &specifier) {
                found.push(Resolved { specifier, path });
            }
        }
        found
    }

    /// The folders below which a module may stand that a file imports, nearest first.
    fn python_bases(&self, file: &Path, root: &Path) -> Arc<Vec<PathBuf>> {
        let Some(own) = file.parent() else { return Arc::default() };
        if let Some(known) = self.cache().python_bases.get(own) {
            return Arc::clone(known);
        }
        // A folder with an `__init__.py` is a package: modules are named from the folder above it.
        let (packages, others): (Vec<&Path>, Vec<&Path>) = own
            .ancestors()
            .take_while(|folder| folder.starts_with(root))
            .partition(|folder| self.disk.is_file(&folder.join("__init__.py")));
        let folders = others.into_iter().chain(packages);
        let bases = Arc::new(folders.flat_map(|folder| [folder.to_owned(), folder.join("src")]).collect());
        self.cache().python_bases.insert(own.to_owned(), Arc::clone(&bases));
        bases
    }

    /// The file of a module below a folder.
    fn python_file(&self, base: &Path, dotted: &str) -> Option<PathBuf> {
        let path = if dotted.is_empty() { base.to_owned() } else { base.join(dotted.replace('.', "/")) };
        let package = path.join("__init__.py");
        if self.disk.is_file(&package) {
            return Some(package);
        }
        if dotted.is_empty() {
            return None;
        }
        let module = path.with_file_name(format!("{}.py", path.file_name()?.to_str()?));
        self.disk.is_file(&module).then_some(module)
    }
}
