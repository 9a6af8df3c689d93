//! Who calls the function that makes an exchange: the wrapper's users, and how many there are.
//!
//! A function that only its own file calls is a part of the wrapper: then those who call the callers count.

use std::collections::BTreeSet;

use super::Subject;
use crate::facts::fact::Facts;
use crate::finding::{ByteRange, Context};

/// How many calls away from the exchange a caller may be.
const FARTHEST: usize = 4;

/// The calls that lead to a place, nearest first.
pub(super) fn of(subject: &Subject<'_>, facts: &Facts, site: ByteRange) -> Vec<ByteRange> {
    let own = subject.program.place(site).map(|(unit, _)| unit);
    let mut functions: BTreeSet<ByteRange> = enclosing(subject, site).collect();
    let mut calls: Vec<ByteRange> = Vec::new();
    let mut new = functions.clone();
    for _ in 0..FARTHEST {
        let mut found: Vec<ByteRange> = facts
            .calls
            .iter()
            .filter(|(function, call)| new.contains(function) && *call != site && !call.contains(site))
            .map(|(_, call)| *call)
            .filter(|call| subject.place(*call).is_some_and(|(source, _)| source.context == Context::Source))
            .collect();
        found.retain(|call| !calls.contains(call));
        found.dedup();
        new =
            found.iter().flat_map(|call| enclosing(subject, *call)).filter(|range| functions.insert(*range)).collect();
        let is_elsewhere = |call: &ByteRange| subject.program.place(*call).map(|(unit, _)| unit) != own;
        let reached = found.iter().any(is_elsewhere);
        calls.extend(found);
        if new.is_empty() || reached {
            break;
        }
    }
    calls
}

/// The functions around a place.
fn enclosing<'a>(subject: &'a Subject<'_>, range: ByteRange) -> impl Iterator<Item = ByteRange> + 'a {
    let functions = &subject.program.arena.functions;
    functions.iter().map(|function| function.range).filter(move |function| function.contains(range))
}
