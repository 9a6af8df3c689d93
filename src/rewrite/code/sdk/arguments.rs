//! What a call is given: the keys of an object, keywords, and arguments by their position.

use tree_sitter::Node;

use super::super::keep::Refusal;
use super::super::lines::{indentation, line_start, newline};
use super::super::names::{Declaration, Kind, Names, range};
use super::{Call, Rewrite, children};
use crate::finding::{ByteRange, Platform};
use crate::rules::sdk_rewriting::SdkRewrite;

impl<'a> Rewrite<'_, 'a> {
    /// Changes the keys of the object that a call is given.
    pub(super) fn object(&mut self, call: Call<'a>, position: usize, model: &SdkRewrite) -> Result<(), Refusal> {
        let given = call.node.child_by_field_name("arguments").map(children).unwrap_or_default();
        let before = self.draft.doubts.len();
        let objects = given.get(position).map(|given| self.literals(call, *given, model)).unwrap_or_default();
        // What comes from elsewhere may be the old credential still.
        if objects.is_empty() || self.draft.doubts.len() > before {
            return Err(unseen(model));
        }
        for object in objects {
            self.keys(call, object, model)?;
        }
        Ok(())
    }

    /// The object literals that an argument is, or that the variable of this file that it names is set to. What else is done
    /// with that variable is seen to.
    pub(super) fn literals(&mut self, call: Call<'a>, given: Node<'a>, model: &SdkRewrite) -> Vec<Node<'a>> {
        if given.kind() == "object" {
            return vec![given];
        }
        if given.kind() != "identifier" {
            return Vec::new();
        }
        let Some(names) = self.names_of(call) else { return Vec::new() };
        let Some(mention) = names.mentions.iter().find(|mention| mention.range == range(given)) else {
            return Vec::new();
        };
        let declared: Vec<&Declaration> =
            names.declarations_of(mention).into_iter().map(|position| &names.declarations[position]).collect();
        let mut found = Vec::new();
        for declaration in &declared {
            let value = declaration.value.and_then(|value| call.root.descendant_for_byte_range(value.start, value.end));
            match value {
                Some(value) if value.kind() == "object" && declaration.kind == Kind::Variable => found.push(value),
                None if declaration.kind == Kind::Variable => {}
                _ => {
                    let name = &call.text[given.byte_range()];
                    self.draft
                        .doubts
                        .insert(format!("`{name}` may also come from elsewhere: there too {}", told(model)));
                }
            }
        }
        if let Some(declaration) = declared.first() {
            self.settings(call, &names, declaration, model);
        }
        found
    }

    /// Statements that set a key that goes, on the variable that holds the object, go.
    pub(super) fn settings(&mut self, call: Call<'a>, names: &Names, declaration: &Declaration, model: &SdkRewrite) {
        for mention in names.mentions_of(declaration) {
            let node = call.root.descendant_for_byte_range(mention.range.start, mention.range.end);
            let member = node.and_then(|node| node.parent()).filter(|outer| outer.kind() == "member_expression");
            let Some(member) = member else { continue };
            let Some(key) = member.child_by_field_name("property").map(|key| &call.text[key.byte_range()]) else {
                continue;
            };
            if !model.drop.iter().any(|name| name == key) {
                continue;
            }
            let assignment = member.parent().filter(|outer| {
                outer.kind() == "assignment_expression" && outer.child_by_field_name("left") == Some(member)
            });
            let statement =
                assignment.and_then(|outer| outer.parent()).filter(|outer| outer.kind() == "expression_statement");
            match statement {
                Some(statement) => self.draft.remove(call.unit, range(statement)),
                None => {
                    self.draft.doubts.insert(format!("`{key}` is read elsewhere in the file, and is given no more"));
                }
            }
        }
    }

    /// Changes the keys of one object.
    pub(super) fn keys(&mut self, call: Call<'a>, object: Node<'a>, model: &SdkRewrite) -> Result<(), Refusal> {
        let items = children(object);
        let mut scoped = false;
        let mut last = None;
        let mut present = Vec::new();
        for item in &items {
            let Some((key, value)) = key_of(*item, call.text) else {
                last = Some(*item);
                if item.kind() == "spread_element" {
                    let rest = &call.text[item.byte_range()];
                    self.draft.doubts.insert(format!("`{rest}` may bring more: there too {}", told(model)));
                }
                continue;
            };
            let from = model.scopes.as_ref().and_then(|scopes| scopes.from.as_deref());
            if Some(key) == from
                && let Some(scopes) = &model.scopes
            {
                let expression = self.scopes(call, range(*item), scopes.list)?;
                self.draft.give_up(call.unit, range(value));
                self.draft.replace(call.unit, range(*item), format!("{}: {expression}", scopes.key));
                scoped = true;
            } else if model.drop.iter().any(|name| name == key) {
                self.draft.remove(call.unit, range(*item));
                continue;
            } else if model.rename.contains_key(key) || model.lists.iter().any(|name| name == key) {
                let name = model.rename.get(key).map_or(key, String::as_str);
                let written = &call.text[value.byte_range()];
                let is_list = model.lists.iter().any(|name| name == key);
                let written = if is_list { format!("[{written}]") } else { written.to_owned() };
                self.draft.replace(call.unit, range(*item), format!("{name}: {written}"));
            }
            present.push(key);
            last = Some(*item);
        }
        let mut more = Vec::new();
        if let (Some(scopes), false) = (&model.scopes, scoped) {
            let expression = self.scopes(call, range(object), scopes.list)?;
            more.push(format!("{}: {expression}", scopes.key));
        }
        for (key, variable) in &model.environment {
            if !present.contains(&key.as_str()) {
                let value = self.variable(call, variable, false);
                self.draft.doubts.insert(format!("`{key}` is new, and is read from {variable}"));
                more.push(format!("{key}: {value}"));
            }
        }
        let Some(last) = last else { return Err(unseen(model)) };
        self.behind(call, last, &more);
        Ok(())
    }

    /// Puts items behind another one of a list.
    fn behind(&mut self, call: Call<'_>, last: Node<'_>, more: &[String]) {
        let start = line_start(call.text, last.start_byte());
        let own_line = call.text[start..last.start_byte()].trim().is_empty();
        let between = if own_line {
            format!(",{}{}", newline(call.text), indentation(call.text, last.start_byte()))
        } else {
            ", ".to_owned()
        };
        let said: String = more.iter().map(|item| format!("{between}{item}")).collect();
        if !said.is_empty() {
            let at = ByteRange::new(last.end_byte(), last.end_byte());
            self.draft.replace(call.unit, at, said);
        }
    }

    /// Changes keywords and arguments by their position.
    pub(super) fn arguments(&mut self, call: Call<'a>, model: &SdkRewrite) -> Result<(), Refusal> {
        let Some(list) = call.node.child_by_field_name("arguments") else { return Err(unseen(model)) };
        let mut scoped = false;
        let mut last = None;
        let mut kept = 0;
        let mut named = false;
        for (position, argument) in children(list).into_iter().enumerate() {
            if argument.kind().contains("splat") || argument.kind() == "spread_element" {
                return Err(unseen(model));
            }
            let is_keyword = argument.kind() == "keyword_argument";
            let key = match argument.child_by_field_name("name").filter(|_| is_keyword) {
                Some(name) => &call.text[name.byte_range()],
                None => match model.positions.get(position) {
                    Some(name) => name.as_str(),
                    None => return Err(unseen(model)),
                },
            };
            let scopes = model.scopes.as_ref().filter(|scopes| scopes.from.as_deref() == Some(key));
            if let Some(scopes) = scopes {
                let expression = self.scopes(call, range(argument), scopes.list)?;
                self.draft.give_up(call.unit, range(argument));
                self.draft.replace(call.unit, range(argument), format!("{}={expression}", scopes.key));
                scoped = true;
                named = true;
            } else if model.drop.iter().any(|name| name == key) {
                self.draft.remove(call.unit, range(argument));
                continue;
            } else if !is_keyword {
                let new = model.rename.get(key).map_or(key, String::as_str);
                if !named && model.becomes.get(kept).map(String::as_str) == Some(new) {
                    kept += 1;
                } else {
                    named = true;
                    let at = ByteRange::new(argument.start_byte(), argument.start_byte());
                    self.draft.replace(call.unit, at, format!("{new}="));
                }
            } else if let (Some(new), Some(name)) = (model.rename.get(key), argument.child_by_field_name("name")) {
                self.draft.replace(call.unit, range(name), new.clone());
            }
            last = Some(argument);
        }
        let Some(last) = last else { return Err(unseen(model)) };
        let by_name = self.plan.grammar.platform == Platform::Python;
        let item = |key: &str, value: String| if by_name { format!("{key}={value}") } else { value };
        let mut more = Vec::new();
        for (key, variable) in &model.environment {
            let value = self.variable(call, variable, false);
            self.draft.doubts.insert(format!("`{key}` is new, and is read from {variable}"));
            more.push(item(key, value));
        }
        if let (Some(scopes), false) = (&model.scopes, scoped) {
            let expression = self.scopes(call, range(call.node), scopes.list)?;
            more.push(item(&scopes.key, expression));
        }
        self.behind(call, last, &more);
        Ok(())
    }
}

/// A key of an object and its value.
fn key_of<'t, 's>(item: Node<'t>, text: &'s str) -> Option<(&'s str, Node<'t>)> {
    match item.kind() {
        "pair" => {
            let key = item.child_by_field_name("key")?;
            Some((text.get(key.byte_range())?.trim_matches(['"', '\'']), item.child_by_field_name("value")?))
        }
        "shorthand_property_identifier" => Some((text.get(item.byte_range())?, item)),
        _ => None,
    }
}

/// What has to become of keys, in words.
pub(super) fn told(model: &SdkRewrite) -> String {
    let mut said = format!("{} go", listed(&model.drop));
    for (old, new) in &model.rename {
        said.push_str(&format!(", `{old}` becomes `{new}`"));
    }
    if let Some(scopes) = &model.scopes {
        match &scopes.from {
            Some(from) => said.push_str(&format!(", and `{}` takes the place of `{from}`", scopes.key)),
            None => said.push_str(&format!(", and `{}` comes", scopes.key)),
        }
    }
    for key in model.environment.keys() {
        said.push_str(&format!(", `{key}` comes"));
    }
    said
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.join(""),
    }
}

/// Why a call whose credential is made elsewhere is left.
fn unseen(model: &SdkRewrite) -> Refusal {
    format!("The credential that the call is given is made elsewhere: in it {}", told(model))
}
