//! A short readable form of lowered code, for the tests to compare.

use crate::facts::ir::*;

/// All of a module: package, statements, classes in place.
pub(super) fn module(module: &Module) -> String {
    let mut dump = Dump { module, lines: Vec::new() };
    if let Some(package) = &module.package {
        dump.lines.push(format!("package {package}"));
    }
    dump.block(&module.body, 0);
    dump.lines.join("\n")
}

struct Dump<'module> {
    module: &'module Module,
    lines: Vec<String>,
}

impl Dump<'_> {
    fn line(&mut self, depth: usize, text: impl AsRef<str>) {
        self.lines.push(format!("{}{}", "  ".repeat(depth), text.as_ref()));
    }

    fn block(&mut self, block: &Block, depth: usize) {
        for statement in &block.0 {
            self.statement(statement, depth);
        }
    }

    /// A block on one line.
    fn inline(&self, block: &Block) -> String {
        let mut inner = Dump { module: self.module, lines: Vec::new() };
        inner.block(block, 0);
        let lines: Vec<&str> = inner.lines.iter().map(|line| line.trim()).collect();
        format!("{{ {} }}", lines.join("; "))
    }

    fn statement(&mut self, statement: &Statement, depth: usize) {
        let of = |value: &Option<ExpressionId>| value.map(|id| format!(" {}", self.expression(id))).unwrap_or_default();
        match &statement.kind {
            StatementKind::Expression(id) => self.line(depth, self.expression(*id)),
            StatementKind::Declare { pattern, value } => {
                let value = value.map(|id| format!(" = {}", self.expression(id))).unwrap_or_default();
                self.line(depth, format!("let {}{value}", self.pattern(pattern)));
            }
            StatementKind::Return(value) => self.line(depth, format!("return{}", of(value))),
            StatementKind::Throw(value) => self.line(depth, format!("throw{}", of(value))),
            StatementKind::Leave => self.line(depth, "leave"),
            StatementKind::Branch { conditions, arms, exhaustive } => {
                let end = if *exhaustive { "" } else { " or none" };
                self.line(depth, format!("branch {}{end}", self.list(conditions)));
                for arm in arms {
                    self.line(depth, "arm");
                    self.block(arm, depth + 1);
                }
            }
            StatementKind::Loop { each, conditions, body } => {
                let each = each
                    .as_ref()
                    .map(|(pattern, id)| format!(" {} of {}", self.pattern(pattern), self.expression(*id)));
                self.line(depth, format!("loop{} ({})", each.unwrap_or_default(), self.list(conditions)));
                self.block(body, depth + 1);
            }
            StatementKind::Try { body, handlers, finally } => {
                self.line(depth, "try");
                self.block(body, depth + 1);
                for (pattern, handler) in handlers {
                    let pattern = pattern.as_ref().map(|pattern| self.pattern(pattern)).unwrap_or_default();
                    self.line(depth, format!("catch {pattern}"));
                    self.block(handler, depth + 1);
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
            StatementKind::Import(import) => {
                let local = import.local.as_deref().unwrap_or("-");
                let imported = match &import.imported {
                    Imported::Name(name) => name.to_string(),
                    other => format!("{other:?}"),
                };
                self.line(depth, format!("import {} / {imported} as {local}", import.module));
            }
            StatementKind::Export { .. } | StatementKind::Reexport { .. } => unreachable!("not in Java"),
        }
    }

    fn class(&mut self, id: ClassId, depth: usize) {
        let class = self.module.class(id);
        self.annotations(&class.annotations, depth);
        let sort = if class.is_interface { "interface" } else { "class" };
        let name = class.name.as_deref().unwrap_or("-");
        let bases = if class.bases.is_empty() { String::new() } else { format!(" : {}", class.bases.join(", ")) };
        self.line(depth, format!("{sort} {name}{bases}"));
        for field in &class.fields {
            self.annotations(&field.annotations, depth + 1);
            let sort = if field.is_static { "static" } else { "field" };
            let declared = field.declared.as_deref().unwrap_or("-");
            let value = field.value.map(|id| format!(" = {}", self.expression(id))).unwrap_or_default();
            self.line(depth + 1, format!("{sort} {}: {declared}{value}", field.name));
        }
        for method in &class.methods {
            self.function(*method, depth + 1);
        }
        for inner in &class.classes {
            self.class(*inner, depth + 1);
        }
        if !class.body.0.is_empty() {
            self.line(depth + 1, "body");
            self.block(&class.body, depth + 2);
        }
    }

    fn annotations(&mut self, annotations: &[Annotation], depth: usize) {
        for annotation in annotations {
            self.line(depth, self.annotation(annotation));
        }
    }

    fn annotation(&self, annotation: &Annotation) -> String {
        format!("@{}({})", annotation.name, self.arguments(&annotation.arguments))
    }

    fn function(&mut self, id: FunctionId, depth: usize) {
        let function = self.module.function(id);
        self.annotations(&function.annotations, depth);
        let kind = format!("{:?}", function.kind).to_lowercase();
        let name = function.name.as_deref().unwrap_or("-");
        let returns = function.returns.as_ref().map(|name| format!(" -> {name}")).unwrap_or_default();
        let end = if function.body.is_some() { "" } else { " ;" };
        let parameters = self.parameters(&function.parameters);
        self.line(depth, format!("{kind} {name}({parameters}){returns}{end}"));
        if let Some(body) = &function.body {
            self.block(body, depth + 1);
        }
    }

    fn parameters(&self, parameters: &[Parameter]) -> String {
        let parameters: Vec<String> = parameters
            .iter()
            .map(|parameter| {
                let mut text: String =
                    parameter.annotations.iter().map(|annotation| self.annotation(annotation) + " ").collect();
                text += if parameter.spread == Spread::Sequence { "..." } else { "" };
                text + &self.pattern(&parameter.pattern)
            })
            .collect();
        parameters.join(", ")
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::Name { name, declared: Some(declared), .. } => format!("{name}: {declared}"),
            Pattern::Name { name, .. } => name.to_string(),
            Pattern::Place(id) => self.expression(*id),
            Pattern::Ignore => "_".to_owned(),
            _ => unreachable!("not in Java"),
        }
    }

    fn list(&self, ids: &[ExpressionId]) -> String {
        let values: Vec<String> = ids.iter().map(|id| self.expression(*id)).collect();
        values.join(", ")
    }

    fn arguments(&self, arguments: &[Argument]) -> String {
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| match &argument.keyword {
                Some(keyword) => format!("{keyword}={}", self.expression(argument.value)),
                None => self.expression(argument.value),
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
            ExpressionKind::This => "this".to_owned(),
            ExpressionKind::Super => "super".to_owned(),
            ExpressionKind::Member { object, name, .. } => format!("{}.{name}", self.expression(*object)),
            ExpressionKind::Index { object, index } => {
                format!("{}[{}]", self.expression(*object), self.expression(*index))
            }
            ExpressionKind::Concat(parts) => format!("concat({})", self.list(parts)),
            ExpressionKind::Call { callee, arguments } => {
                format!("{}({})", self.expression(*callee), self.arguments(arguments))
            }
            ExpressionKind::Construct { class, arguments, body } => {
                let body = body.map(|id| {
                    let mut inner = Dump { module: self.module, lines: Vec::new() };
                    inner.class(id, 0);
                    let lines: Vec<&str> = inner.lines.iter().map(|line| line.trim()).collect();
                    format!(" {{ {} }}", lines.join("; "))
                });
                let arguments = self.arguments(arguments);
                format!("new {}({arguments}){}", self.expression(*class), body.unwrap_or_default())
            }
            ExpressionKind::List(elements) => {
                let items: Vec<String> = elements
                    .iter()
                    .map(|element| match element {
                        Element::Item(id) | Element::Spread(id) => self.expression(*id),
                    })
                    .collect();
                format!("[{}]", items.join(", "))
            }
            ExpressionKind::Function(id) => {
                let function = self.module.function(*id);
                let name = function.name.as_deref().unwrap_or_default();
                let body = function.body.as_ref().map(|body| self.inline(body)).unwrap_or_default();
                format!("{name}({}) => {body}", self.parameters(&function.parameters))
            }
            ExpressionKind::Choice { condition, options } => {
                let condition = condition.map(|id| self.expression(id)).unwrap_or_default();
                let options: Vec<String> = options.iter().map(|id| self.expression(*id)).collect();
                format!("choice({condition} ? {})", options.join(" | "))
            }
            ExpressionKind::Store { target, append, value } => {
                let operator = if *append { "+=" } else { "=" };
                format!("({} {operator} {})", self.pattern(target), self.expression(*value))
            }
            ExpressionKind::Arithmetic { left, right, .. } => format!("opaque({})", self.list(&[*left, *right])),
            ExpressionKind::Opaque(children) => format!("opaque({})", self.list(children)),
            _ => unreachable!("not in Java"),
        }
    }
}
