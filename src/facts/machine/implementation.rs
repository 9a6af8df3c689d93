//! Methods without a body that one class of the program gives one: what an interface that is injected stands for.

use super::Machine;
use super::value::{ObjectId, ScopeId, Value};
use crate::facts::ir::{ClassId, FunctionId};

impl Machine<'_> {
    /// The method that a method without a body stands for, with the instance it is called on and its scope: nothing where
    /// no class of the program has it, or several have.
    pub(super) fn sole_implementation(&mut self, method: FunctionId) -> Option<(FunctionId, ScopeId, ObjectId)> {
        if let Some(known) = self.implementations.get(&method) {
            return *known;
        }
        // A search that comes back here finds nothing.
        self.implementations.insert(method, None);
        let found = self.find_implementation(method);
        self.implementations.insert(method, found);
        found
    }

    fn find_implementation(&mut self, method: FunctionId) -> Option<(FunctionId, ScopeId, ObjectId)> {
        let module = self.module;
        let declared = module.function(method);
        let owner = declared.class?;
        let owner_name = module.class(owner).name.as_deref()?;
        let name = declared.name.as_deref()?;
        let mut found = Vec::new();
        for (class, number) in module.classes.iter().zip(0..) {
            let id = ClassId(number);
            let mentions = class.bases.iter().any(|base| base.rsplit('.').next() == Some(owner_name));
            if !mentions || class.is_interface || id == owner || class.outer.is_some() {
                continue;
            }
            let scope = self.load(self.unit_of_class(id));
            if !self.ancestors(id).contains(&owner) {
                continue;
            }
            let own = class.methods.iter().copied().find(|own| {
                let function = module.function(*own);
                function.name.as_deref() == Some(name)
                    && function.parameters.len() == declared.parameters.len()
                    && !self.is_abstract(*own)
            });
            if let Some(own) = own {
                found.push((own, id, scope));
            }
        }
        let [(own, class, root)] = found[..] else { return None };
        let name = module.class(class).name.as_deref()?;
        let Some(Value::Class(_, scope)) = self.scopes[root.0].name(name).cloned() else { return None };
        let instance = self.standing_instance(class, self.class_scope(class, scope));
        Some((own, self.class_scope(class, scope), instance))
    }
}
