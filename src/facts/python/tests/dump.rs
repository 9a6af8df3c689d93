//! A compact printer of the intermediate form, so that a test shows a whole program in a few lines.

use std::fmt::Write as _;

use crate::facts::ir::{
    Annotation, Argument, Block, ClassId, Element, Entry, ExpressionId, ExpressionKind, FunctionId, Import, Imported,
    Module, Parameter, Pattern, Spread, StatementKind,
};

/// All statements of a module, one a line, what stands inside indented by one blank.
pub(super) fn dump(module: &Module) -> String {
    let mut printer = Printer { module, lines: String::new() };
    printer.block(&module.body, 0);
    printer.lines
}

struct Printer<'module> {
    module: &'module Module,
    lines: String,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        writeln!(self.lines, "{}{text}", " ".repeat(depth)).expect("a string takes all");
    }

    fn block(&mut self, block: &Block, depth: usize) {
        for statement in &block.0 {
            self.statement(&statement.kind, depth);
        }
    }

    fn statement(&mut self, kind: &StatementKind, depth: usize) {
        match kind {
            StatementKind::Expression(value) => self.line(depth, &self.expression(*value)),
            StatementKind::Declare { pattern, value } => {
                assert!(value.is_none(), "a Python declaration has no value");
                self.line(depth, &format!("declare {}", self.pattern(pattern)));
            }
            StatementKind::Return(value) => self.line(depth, &format!("return {}", self.optional(*value))),
            StatementKind::Throw(value) => self.line(depth, &format!("throw {}", self.optional(*value))),
            StatementKind::Leave => self.line(depth, "leave"),
            StatementKind::Branch { conditions, arms, exhaustive } => {
                let conditions: Vec<String> = conditions.iter().map(|id| self.expression(*id)).collect();
                let mark = if *exhaustive { " exhaustive" } else { "" };
                self.line(depth, &format!("branch {}{mark}", conditions.join("; ")));
                for arm in arms {
                    self.line(depth, "arm");
                    self.block(arm, depth + 1);
                }
            }
            StatementKind::Loop { each, conditions, body } => {
                let each = each.as_ref().map(|(p, i)| format!(" {} in {}", self.pattern(p), self.expression(*i)));
                let conditions: String = conditions.iter().map(|id| format!(" {}", self.expression(*id))).collect();
                self.line(depth, &format!("loop{}{conditions}", each.unwrap_or_default()));
                self.block(body, depth + 1);
            }
            StatementKind::Try { body, handlers, finally } => {
                self.line(depth, "try");
                self.block(body, depth + 1);
                for (pattern, block) in handlers {
                    let pattern = pattern.as_ref().map(|p| format!(" {}", self.pattern(p))).unwrap_or_default();
                    self.line(depth, &format!("except{pattern}"));
                    self.block(block, depth + 1);
                }
                if !finally.0.is_empty() {
                    self.line(depth, "finally");
                    self.block(finally, depth + 1);
                }
            }
            StatementKind::Block(block) => {
                self.line(depth, "block");
                self.block(block, depth + 1);
            }
            StatementKind::Function(id) => self.function(*id, depth),
            StatementKind::Class(id) => self.class(*id, depth),
            StatementKind::Import(import) => self.line(depth, &format!("import {}", describe_import(import))),
            StatementKind::Export { .. } | StatementKind::Reexport { .. } => panic!("Python has no exports"),
        }
    }

    fn function(&mut self, id: FunctionId, depth: usize) {
        let function = self.module.function(id);
        for annotation in &function.annotations {
            self.line(depth, &self.annotation(annotation));
        }
        let receiver = function.receiver.as_ref().map(|name| format!("[{name}]")).unwrap_or_default();
        let returns = function.returns.as_ref().map(|name| format!(" -> {name}")).unwrap_or_default();
        let name = function.name.as_deref().unwrap_or("?");
        let kind = format!("{:?}", function.kind).to_lowercase();
        self.line(depth, &format!("{kind} {name}{receiver}({}){returns}", self.parameters(&function.parameters)));
        if let Some(body) = &function.body {
            self.block(body, depth + 1);
        }
    }

    fn class(&mut self, id: ClassId, depth: usize) {
        let class = self.module.class(id);
        for annotation in &class.annotations {
            self.line(depth, &self.annotation(annotation));
        }
        let kind = if class.is_interface { "interface" } else { "class" };
        let outer = class.outer.map(|outer| format!(" in {}", self.module.class(outer).name.as_deref().unwrap_or("?")));
        let name = class.name.as_deref().unwrap_or("?");
        self.line(depth, &format!("{kind} {name}({}){}", class.bases.join(", "), outer.unwrap_or_default()));
        for field in &class.fields {
            assert!(field.is_static, "Python's class-level fields are static");
            let declared = field.declared.as_ref().map(|name| format!(": {name}")).unwrap_or_default();
            let value = field.value.map(|value| format!(" = {}", self.expression(value))).unwrap_or_default();
            self.line(depth + 1, &format!("field {}{declared}{value}", field.name));
        }
        self.block(&class.body, depth + 1);
        for inner in &class.classes {
            self.class(*inner, depth + 1);
        }
        for method in &class.methods {
            assert_eq!(self.module.function(*method).class, Some(id));
            self.function(*method, depth + 1);
        }
    }

    fn annotation(&self, annotation: &Annotation) -> String {
        if annotation.arguments.is_empty() {
            return format!("@{}", annotation.name);
        }
        format!("@{}({})", annotation.name, self.arguments(&annotation.arguments))
    }

    fn parameters(&self, parameters: &[Parameter]) -> String {
        let parameters: Vec<String> = parameters
            .iter()
            .map(|parameter| {
                let default = parameter.default.map(|value| format!("={}", self.expression(value)));
                let stars = stars(parameter.spread);
                format!("{stars}{}{}", self.pattern(&parameter.pattern), default.unwrap_or_default())
            })
            .collect();
        parameters.join(", ")
    }

    fn optional(&self, id: Option<ExpressionId>) -> String {
        id.map_or_else(|| "nothing".to_owned(), |id| self.expression(id))
    }

    fn all(&self, ids: &[ExpressionId], separator: &str) -> String {
        ids.iter().map(|id| self.expression(*id)).collect::<Vec<_>>().join(separator)
    }

    fn arguments(&self, arguments: &[Argument]) -> String {
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| {
                let keyword = argument.keyword.as_ref().map(|name| format!("{name}=")).unwrap_or_default();
                format!("{keyword}{}{}", stars(argument.spread), self.expression(argument.value))
            })
            .collect();
        arguments.join(", ")
    }

    fn expression(&self, id: ExpressionId) -> String {
        match &self.module.expression(id).kind {
            ExpressionKind::Text(text) => format!("{text:?}"),
            ExpressionKind::Number(text) => text.to_string(),
            ExpressionKind::Boolean(value) => value.to_string(),
            ExpressionKind::Null => "null".to_owned(),
            ExpressionKind::Name(name) => name.to_string(),
            ExpressionKind::Super => "super".to_owned(),
            ExpressionKind::Member { object, name, .. } => format!("{}.{name}", self.expression(*object)),
            ExpressionKind::Index { object, index } => {
                format!("{}[{}]", self.expression(*object), self.expression(*index))
            }
            ExpressionKind::Concat(parts) => format!("concat({})", self.all(parts, ", ")),
            ExpressionKind::Percent { template, arguments } => {
                format!("percent({}; {})", self.expression(*template), self.all(arguments, ", "))
            }
            ExpressionKind::Call { callee, arguments } => {
                format!("{}({})", self.expression(*callee), self.arguments(arguments))
            }
            ExpressionKind::Map(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|entry| match entry {
                        Entry::Keyed { key, value } => {
                            format!("{}: {}", self.expression(*key), self.expression(*value))
                        }
                        Entry::Spread(value) => format!("**{}", self.expression(*value)),
                    })
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            ExpressionKind::List(elements) => {
                let elements: Vec<String> = elements
                    .iter()
                    .map(|element| match element {
                        Element::Item(value) => self.expression(*value),
                        Element::Spread(value) => format!("*{}", self.expression(*value)),
                    })
                    .collect();
                format!("[{}]", elements.join(", "))
            }
            ExpressionKind::Function(id) => {
                let function = self.module.function(*id);
                let name = function.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
                let mut inside = Printer { module: self.module, lines: String::new() };
                inside.block(function.body.as_ref().expect("a lambda has a body"), 0);
                format!("lambda{name}({}) {{{}}}", self.parameters(&function.parameters), inside.lines.trim())
            }
            ExpressionKind::Choice { condition, options } => {
                format!("({} ? {})", self.optional(*condition), self.all(options, " | "))
            }
            ExpressionKind::Default { value, fallback } => {
                format!("({} or {})", self.expression(*value), self.expression(*fallback))
            }
            ExpressionKind::Store { target, append, value } => {
                let sign = if *append { "+=" } else { "=" };
                format!("{} {sign} {}", self.pattern(target), self.expression(*value))
            }
            ExpressionKind::Each { target, iterable, element } => {
                let (target, iterable) = (self.pattern(target), self.expression(*iterable));
                format!("each({target} in {iterable}: {})", self.expression(*element))
            }
            ExpressionKind::Await(value) => format!("await {}", self.expression(*value)),
            ExpressionKind::Arithmetic { left, right, .. } => format!("?({})", self.all(&[*left, *right], ", ")),
            ExpressionKind::Opaque(children) => format!("?({})", self.all(children, ", ")),
            ExpressionKind::This
            | ExpressionKind::Import(_)
            | ExpressionKind::Class(_)
            | ExpressionKind::Construct { .. } => panic!("no Python expression"),
        }
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::Name { name, declared, .. } => {
                format!("{name}{}", declared.as_ref().map(|declared| format!(": {declared}")).unwrap_or_default())
            }
            Pattern::Place(id) => self.expression(*id),
            Pattern::List { elements, rest } => {
                let mut parts: Vec<String> = elements
                    .iter()
                    .map(|element| element.as_ref().map(|inner| self.pattern(inner)).unwrap_or_default())
                    .collect();
                parts.extend(rest.as_ref().map(|rest| format!("*{}", self.pattern(rest))));
                format!("<{}>", parts.join(", "))
            }
            Pattern::Ignore => "_ignored".to_owned(),
            Pattern::Map { .. } | Pattern::Default { .. } => panic!("no Python pattern"),
        }
    }
}

fn stars(spread: Spread) -> &'static str {
    match spread {
        Spread::None => "",
        Spread::Sequence => "*",
        Spread::Mapping => "**",
    }
}

fn describe_import(import: &Import) -> String {
    let what = match &import.imported {
        Imported::Module => String::new(),
        Imported::Name(name) => format!("#{name}"),
        Imported::Wildcard => "#*".to_owned(),
        Imported::Default | Imported::Effect => panic!("no Python import"),
    };
    let local = import.local.as_ref().map(|name| format!(" as {name}")).unwrap_or_default();
    format!("{}{what}{local}", import.module)
}
