//! Prints a lowered module in one line a statement, so that the tests can show what a program becomes.

use crate::facts::ir::{
    Annotation, Argument, Block, Class, ClassId, Element, Entry, ExpressionId, ExpressionKind, FunctionId,
    FunctionKind, Import, Imported, Module, Pattern, Spread, Statement, StatementKind,
};

/// The statements of the top level, a line each.
pub(super) fn dump(module: &Module) -> String {
    let dump = Dump { module };
    module.body.0.iter().map(|statement| dump.statement(statement)).collect::<Vec<_>>().join("\n")
}

struct Dump<'module> {
    module: &'module Module,
}

impl Dump<'_> {
    fn list<T>(&self, items: &[T], print: impl Fn(&Self, &T) -> String) -> String {
        items.iter().map(|item| print(self, item)).collect::<Vec<_>>().join(", ")
    }

    fn values(&self, ids: &[ExpressionId]) -> String {
        self.list(ids, |dump, id| dump.expression(*id))
    }

    fn block(&self, block: &Block) -> String {
        let statements: Vec<_> = block.0.iter().map(|statement| self.statement(statement)).collect();
        if statements.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", statements.join("; ")) }
    }

    fn optional(&self, prefix: &str, id: Option<ExpressionId>) -> String {
        id.map(|id| format!("{prefix}{}", self.expression(id))).unwrap_or_default()
    }

    fn statement(&self, statement: &Statement) -> String {
        match &statement.kind {
            StatementKind::Expression(id) => self.expression(*id),
            StatementKind::Declare { pattern, value } => {
                format!("let {}{}", self.pattern(pattern), self.optional(" = ", *value))
            }
            StatementKind::Return(value) => format!("return{}", self.optional(" ", *value)),
            StatementKind::Throw(value) => format!("throw{}", self.optional(" ", *value)),
            StatementKind::Leave => "leave".to_owned(),
            StatementKind::Branch { conditions, arms, exhaustive } => {
                let arms: Vec<_> = arms.iter().map(|arm| self.block(arm)).collect();
                let name = if *exhaustive { "branch!" } else { "branch" };
                format!("{name}({}) {}", self.values(conditions), arms.join(" | "))
            }
            StatementKind::Loop { each, conditions, body } => {
                let each = each
                    .as_ref()
                    .map(|(target, over)| format!("{} of {}", self.pattern(target), self.expression(*over)));
                format!("loop({}) {}", each.unwrap_or_else(|| self.values(conditions)), self.block(body))
            }
            StatementKind::Try { body, handlers, finally } => {
                let mut line = format!("try {}", self.block(body));
                for (binding, handler) in handlers {
                    let binding = binding.as_ref().map(|binding| self.pattern(binding)).unwrap_or_default();
                    line += &format!(" catch({binding}) {}", self.block(handler));
                }
                if !finally.0.is_empty() {
                    line += &format!(" finally {}", self.block(finally));
                }
                line
            }
            StatementKind::Block(block) => self.block(block),
            StatementKind::Function(id) => self.function(*id),
            StatementKind::Class(id) => self.class(*id),
            StatementKind::Import(import) => print_import(import),
            StatementKind::Export { name, value } => format!("export {name} = {}", self.expression(*value)),
            StatementKind::Reexport { name, module, imported } => format!(
                "reexport {} from {module:?} as {}",
                imported.as_deref().unwrap_or("*"),
                name.as_deref().unwrap_or("*")
            ),
        }
    }

    fn expression(&self, id: ExpressionId) -> String {
        match &self.module.expression(id).kind {
            ExpressionKind::Text(text) => format!("{text:?}"),
            ExpressionKind::Number(number) => number.to_string(),
            ExpressionKind::Boolean(value) => value.to_string(),
            ExpressionKind::Null => "null".to_owned(),
            ExpressionKind::Name(name) => name.to_string(),
            ExpressionKind::This => "this".to_owned(),
            ExpressionKind::Super => "super".to_owned(),
            ExpressionKind::Member { object, name, .. } => format!("{}.{name}", self.expression(*object)),
            ExpressionKind::Index { object, index } => {
                format!("{}[{}]", self.expression(*object), self.expression(*index))
            }
            ExpressionKind::Concat(parts) => format!("concat({})", self.values(parts)),
            ExpressionKind::Percent { template, arguments } => {
                format!("percent({}, {})", self.expression(*template), self.values(arguments))
            }
            ExpressionKind::Call { callee, arguments } => {
                format!("{}({})", self.expression(*callee), self.arguments(arguments))
            }
            ExpressionKind::Construct { class, arguments, .. } => {
                format!("new {}({})", self.expression(*class), self.arguments(arguments))
            }
            ExpressionKind::Map(entries) => format!("{{{}}}", self.list(entries, Self::entry)),
            ExpressionKind::List(elements) => format!("[{}]", self.list(elements, Self::element)),
            ExpressionKind::Function(id) => self.function(*id),
            ExpressionKind::Class(id) => self.class(*id),
            ExpressionKind::Choice { condition, options } => {
                let condition = condition.map(|id| self.expression(id)).unwrap_or_default();
                let options: Vec<_> = options.iter().map(|id| self.expression(*id)).collect();
                format!("choice({condition} ? {})", options.join(" | "))
            }
            ExpressionKind::Default { value, fallback } => {
                format!("default({}, {})", self.expression(*value), self.expression(*fallback))
            }
            ExpressionKind::Store { target, append, value } => {
                let sign = if *append { "+=" } else { "=" };
                format!("({} {sign} {})", self.pattern(target), self.expression(*value))
            }
            ExpressionKind::Each { target, iterable, element } => format!(
                "each({} of {}: {})",
                self.pattern(target),
                self.expression(*iterable),
                self.expression(*element)
            ),
            ExpressionKind::Import(specifier) => format!("import({})", self.expression(*specifier)),
            ExpressionKind::Await(value) => format!("await {}", self.expression(*value)),
            ExpressionKind::Arithmetic { left, right, .. } => format!("opaque({})", self.values(&[*left, *right])),
            ExpressionKind::Opaque(children) => format!("opaque({})", self.values(children)),
        }
    }

    fn arguments(&self, arguments: &[Argument]) -> String {
        self.list(arguments, |dump, argument| {
            format!("{}{}", print_spread(argument.spread), dump.expression(argument.value))
        })
    }

    fn entry(&self, entry: &Entry) -> String {
        match entry {
            Entry::Keyed { key, value } => format!("{}: {}", self.expression(*key), self.expression(*value)),
            Entry::Spread(value) => format!("...{}", self.expression(*value)),
        }
    }

    fn element(&self, element: &Element) -> String {
        match element {
            Element::Item(value) => self.expression(*value),
            Element::Spread(value) => format!("...{}", self.expression(*value)),
        }
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::Name { name, declared, .. } => match declared {
                Some(declared) => format!("{name}: {declared}"),
                None => name.to_string(),
            },
            Pattern::Place(place) => self.expression(*place),
            Pattern::Map { entries, rest } => {
                let mut parts: Vec<_> = entries
                    .iter()
                    .map(|(key, inner, default)| {
                        format!("{key} -> {}{}", self.pattern(inner), self.optional(" = ", *default))
                    })
                    .collect();
                parts.extend(rest.iter().map(|rest| format!("...{}", self.pattern(rest))));
                format!("{{{}}}", parts.join(", "))
            }
            Pattern::List { elements, rest } => {
                let mut parts: Vec<_> = elements
                    .iter()
                    .map(|element| element.as_ref().map_or("_".to_owned(), |inner| self.pattern(inner)))
                    .collect();
                parts.extend(rest.iter().map(|rest| format!("...{}", self.pattern(rest))));
                format!("[{}]", parts.join(", "))
            }
            Pattern::Default { pattern, value } => {
                format!("{} = {}", self.pattern(pattern), self.expression(*value))
            }
            Pattern::Ignore => "_".to_owned(),
        }
    }

    fn annotations(&self, annotations: &[Annotation]) -> String {
        annotations
            .iter()
            .map(|annotation| format!("@{}({}) ", annotation.name, self.arguments(&annotation.arguments)))
            .collect()
    }

    fn function(&self, id: FunctionId) -> String {
        let function = self.module.function(id);
        let kind = match function.kind {
            FunctionKind::Free => "fn",
            FunctionKind::Method => "method",
            FunctionKind::Static => "static",
            FunctionKind::Constructor => "constructor",
            FunctionKind::Getter => "getter",
        };
        let name = function.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
        let parameters = self.list(&function.parameters, |dump, parameter| {
            format!(
                "{}{}{}{}",
                dump.annotations(&parameter.annotations),
                print_spread(parameter.spread),
                dump.pattern(&parameter.pattern),
                dump.optional(" = ", parameter.default)
            )
        });
        let returns = function.returns.as_deref().map(|name| format!(": {name}")).unwrap_or_default();
        let body = function.body.as_ref().map(|body| format!(" {}", self.block(body))).unwrap_or_default();
        format!("{}{kind}{name}({parameters}){returns}{body}", self.annotations(&function.annotations))
    }

    fn class(&self, id: ClassId) -> String {
        let Class { name, is_interface, bases, fields, methods, body, annotations, .. } = self.module.class(id);
        let kind = if *is_interface { "interface" } else { "class" };
        let bases = if bases.is_empty() { String::new() } else { format!(" < {}", bases.join(", ")) };
        let mut members: Vec<_> = fields
            .iter()
            .map(|field| {
                format!(
                    "{}{}{}{}{}",
                    self.annotations(&field.annotations),
                    if field.is_static { "static " } else { "" },
                    field.name,
                    field.declared.as_deref().map(|declared| format!(": {declared}")).unwrap_or_default(),
                    self.optional(" = ", field.value)
                )
            })
            .collect();
        members.extend(methods.iter().map(|method| self.function(*method)));
        members.extend(body.0.iter().map(|statement| self.statement(statement)));
        let name = name.as_deref().unwrap_or("_");
        format!("{}{kind} {name}{bases} {{ {} }}", self.annotations(annotations), members.join("; "))
    }
}

fn print_spread(spread: Spread) -> &'static str {
    match spread {
        Spread::None => "",
        Spread::Sequence => "...",
        Spread::Mapping => "**",
    }
}

fn print_import(import: &Import) -> String {
    let imported = match &import.imported {
        Imported::Module => "module".to_owned(),
        Imported::Default => "default".to_owned(),
        Imported::Name(name) => format!("{{{name}}}"),
        Imported::Wildcard => "*".to_owned(),
        Imported::Effect => "effect".to_owned(),
    };
    let local = import.local.as_deref().map(|local| format!(" as {local}")).unwrap_or_default();
    let types = if import.types_only { "type " } else { "" };
    format!("import {types}{imported} of {:?}{local}", import.module)
}
