//! Fills in the variables that a script sets.

use std::collections::BTreeMap;

use super::{DEEPEST, Part, Script, Word};

/// The longest text that variables are filled into, and the most parts of it.
const LONGEST: usize = 64 << 10;

/// The variables of a script, by their names.
#[derive(Debug)]
pub struct Variables<'a> {
    script: &'a Script,
    /// The assignments of each, in the order of their places.
    by_name: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Variables<'a> {
    /// Those of a script.
    pub fn new(script: &'a Script) -> Self {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, assignment) in script.assignments.iter().enumerate() {
            // `X="$X"` says nothing new.
            if !assignment.value.is_only(&assignment.name) {
                by_name.entry(&assignment.name).or_default().push(index);
            }
        }
        Self { script, by_name }
    }

    /// A word with the variables filled in. What stays a variable is not known.
    pub fn resolved(&self, word: &Word) -> Word {
        let mut resolved = Word { parts: Vec::new(), range: word.range };
        let mut room = LONGEST;
        self.fill(&word.parts, word.range.start, DEEPEST, &mut room, &mut resolved);
        resolved
    }

    fn fill(&self, parts: &[Part], at: usize, depth: usize, room: &mut usize, into: &mut Word) {
        for part in parts {
            let size = if let Part::Literal(text, _) = part { text.len() } else { 0 };
            *room = room.saturating_sub(size.max(1));
            if *room == 0 {
                return;
            }
            match part {
                Part::Literal(text, range) => into.push(text, *range),
                Part::Variable(name, default, _) if depth > 0 => match self.assigned(name, at) {
                    Some(indexes) => {
                        for index in indexes {
                            let assignment = &self.script.assignments[*index];
                            self.fill(&assignment.value.parts, assignment.at, depth - 1, room, into);
                        }
                    }
                    None if default.is_empty() => into.parts.push(part.clone()),
                    None => self.fill(default, at, depth - 1, room, into),
                },
                other => into.parts.push(other.clone()),
            }
        }
    }

    /// The assignments that hold for a variable at a place, with those that they are put behind: the last one before it,
    /// else the first one behind it, as a function may be called after what stands below it.
    fn assigned(&self, name: &str, at: usize) -> Option<&[usize]> {
        let known = self.by_name.get(name)?;
        let before = known.partition_point(|index| self.script.assignments[*index].at < at);
        if let Some(last) = before.checked_sub(1) {
            let first = known[..before].iter().rposition(|index| !self.script.assignments[*index].appends).unwrap_or(0);
            return Some(&known[first..=last]);
        }
        let behind = known.iter().position(|index| self.script.assignments[*index].at > at)?;
        Some(&known[behind..=behind])
    }
}

impl Word {
    /// Whether it only repeats a variable.
    fn is_only(&self, name: &str) -> bool {
        matches!(self.parts.as_slice(), [Part::Variable(own, default, _)] if own == name && default.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::shell;
    use crate::finding::ByteRange;

    #[test]
    fn what_doubles_at_every_step_ends() {
        let mut text = String::from("A0=$X$X\n");
        for step in 1..40 {
            text.push_str(&format!("A{step}=$A{0}$A{0}$A{0}\n", step - 1));
        }
        text.push_str("curl $A39 $A15\n");
        let script = shell(&text, ByteRange::new(0, text.len()));
        let variables = Variables::new(&script);
        for word in &script.commands[0].words {
            assert!(variables.resolved(word).parts.len() <= LONGEST);
        }
    }

    #[test]
    fn many_variables_take_no_square_of_time() {
        let text = format!("{}{}", "A=1 ; B=$A\n".repeat(50_000), "curl $A $B\n".repeat(50_000));
        let script = shell(&text, ByteRange::new(0, text.len()));
        let variables = Variables::new(&script);
        let words = script.commands.iter().flat_map(|command| &command.words).map(|word| variables.resolved(word));
        assert_eq!(words.count(), 150_000);
    }
}
