//! The choice of the keys: what the first look is for, so that no group escapes it.
//!
//! It runs whenever the program starts, over some hundred groups, so that it counts what a choice changes and compares
//! texts once.

use std::collections::{BTreeMap, BTreeSet};

use super::contains;
use super::derive::{Group, Member};

/// One member of every group, so that a file without any of their literals can satisfy none.
///
/// The search slows down with the number of its patterns: with 37 it takes three to five times as long as with ten. So
/// the members are chosen together, cheapest first for the groups that they settle. A literal that contains another key
/// is left to it.
pub(super) fn keys(groups: &BTreeSet<Group>) -> Vec<String> {
    let texts = Texts::new(groups);
    let mut by_cost: Vec<usize> = (0..texts.members.len()).collect();
    // The members are in order already.
    by_cost.sort_by_key(|member| texts.cost(*member));
    let mut covered = Covered::new(&texts);
    let mut chosen: Vec<usize> = Vec::new();
    loop {
        let open = covered.open();
        // The cost for one group, compared as fractions without dividing.
        let mut best: Option<(usize, usize, usize)> = None;
        let asked_for: Vec<usize> = by_cost.iter().copied().filter(|member| covered.is_asked_for(*member)).collect();
        for member in asked_for {
            let cost = texts.cost(member);
            if best.is_some_and(|(least, settled, _)| cost * settled >= least * open) {
                // Not even all groups at once would make up for it, here and behind.
                break;
            }
            covered.add(member);
            let settles = open - covered.open();
            covered.remove(member);
            if settles > 0 && best.is_none_or(|(least, settled, _)| cost * settled < least * settles) {
                best = Some((cost, settles, member));
            }
        }
        let Some((_, _, best)) = best else { break };
        covered.add(best);
        chosen.push(best);
    }
    // What was chosen early may have become needless.
    for position in (0..chosen.len()).rev() {
        covered.remove(chosen[position]);
        if covered.open() == 0 {
            chosen.remove(position);
        } else {
            covered.add(chosen[position]);
        }
    }
    let keys: BTreeSet<usize> = chosen.iter().flat_map(|member| &texts.members[*member]).copied().collect();
    let is_left_to_another = |text: &usize| keys.iter().any(|key| key != text && texts.containers[*key].contains(text));
    keys.iter().filter(|text| !is_left_to_another(text)).map(|text| texts.texts[*text].to_owned()).collect()
}

/// The literals of the groups, each once, and what contains what.
struct Texts<'groups> {
    texts: Vec<&'groups str>,
    /// Of a text all that contain it, with itself.
    containers: Vec<Vec<usize>>,
    /// Of a member its texts; behind the members that the groups name, what all texts of one of them share.
    members: Vec<Vec<usize>>,
    /// How many members the groups name.
    written: usize,
    /// Of a text the members that hold it.
    members_of: Vec<Vec<usize>>,
    /// Of a member the groups that ask for it.
    groups_of: Vec<Vec<usize>>,
    groups: usize,
}

impl<'groups> Texts<'groups> {
    fn new(groups: &'groups BTreeSet<Group>) -> Self {
        let distinct: BTreeSet<&Member> = groups.iter().flatten().collect();
        // Spellings of one thing, such as an address with its slashes escaped, are found by what they share.
        let shared: Vec<Option<&str>> = distinct.iter().map(|member| shared(member)).collect();
        let written = distinct.iter().copied().flatten().map(String::as_str);
        let texts: BTreeSet<&str> = written.chain(shared.iter().copied().flatten()).collect();
        let text_position: BTreeMap<&str, usize> = texts.iter().copied().zip(0..).collect();
        let member_position: BTreeMap<&Member, usize> = distinct.iter().copied().zip(0..).collect();
        let mut members: Vec<Vec<usize>> =
            distinct.iter().map(|member| member.iter().map(|text| text_position[text.as_str()]).collect()).collect();
        let mut groups_of = vec![Vec::new(); members.len()];
        for (number, group) in groups.iter().enumerate() {
            group.iter().for_each(|member| groups_of[member_position[member]].push(number));
        }
        let written = members.len();
        for (member, shared) in shared.iter().enumerate() {
            if let Some(shared) = shared {
                members.push(vec![text_position[shared]]);
                groups_of.push(groups_of[member].clone());
            }
        }
        let mut members_of = vec![Vec::new(); texts.len()];
        for (member, held) in members[..written].iter().enumerate() {
            held.iter().for_each(|text| members_of[*text].push(member));
        }
        let texts: Vec<&str> = texts.into_iter().collect();
        // A text with a byte that another one lacks is not in it: that tells nearly all pairs apart.
        let bytes: Vec<u64> =
            texts.iter().map(|text| text.bytes().fold(0, |set, byte| set | 1 << (byte % 64))).collect();
        let containers = texts
            .iter()
            .zip(&bytes)
            .map(|(text, held)| {
                let may_hold = |other: &usize| held & !bytes[*other] == 0 && texts[*other].len() >= text.len();
                (0..texts.len()).filter(may_hold).filter(|other| contains(texts[*other], text)).collect()
            })
            .collect();
        Self { texts, containers, members, written, members_of, groups_of, groups: groups.len() }
    }

    fn cost(&self, member: usize) -> usize {
        let cost: usize = self.members[member].iter().map(|text| cost(self.texts[*text])).sum();
        // What several spellings share stands in more files than any of them.
        cost + usize::from(member >= self.written)
    }
}

/// The shortest text that may stand for several.
const SHORTEST_SHARED: usize = 4;

/// The longest text that all literals of a member hold, where there is one that is none of them and no plain word.
fn shared(member: &Member) -> Option<&str> {
    let shortest = member.iter().min_by_key(|literal| literal.len())?;
    let lengths = (SHORTEST_SHARED..shortest.len()).rev();
    let parts = lengths.flat_map(|length| (0..=shortest.len() - length).map(move |start| (start, start + length)));
    let mut parts = parts.filter_map(|(start, end)| shortest.get(start..end));
    // A plain word would stand in far more files than any of the literals.
    let is_word = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_shared = |part: &&str| !is_word(part) && member.iter().all(|literal| contains(literal, part));
    (member.len() > 1).then(|| parts.find(is_shared)).flatten()
}

/// What a literal costs the search: short ones stop it more often.
fn cost(literal: &str) -> usize {
    match literal.len() {
        0..=2 => 32,
        3 => 4,
        4 => 2,
        _ => 1,
    }
}

/// Which groups some chosen members settle. A member is covered when every file that holds one of its texts also holds a
/// key.
struct Covered<'texts> {
    texts: &'texts Texts<'texts>,
    /// Of a text, how many keys it contains.
    keys: Vec<usize>,
    /// Of a member, how many of its texts contain none.
    without: Vec<usize>,
    /// Of a group, how many of its members are covered.
    settled: Vec<usize>,
    open: usize,
}

impl<'texts> Covered<'texts> {
    fn new(texts: &'texts Texts<'texts>) -> Self {
        let without = texts.members.iter().map(Vec::len).collect();
        let (keys, settled) = (vec![0; texts.texts.len()], vec![0; texts.groups]);
        Self { texts, keys, without, settled, open: texts.groups }
    }

    /// How many groups are not settled.
    fn open(&self) -> usize {
        self.open
    }

    /// Whether a group that is not settled asks for a member. What only settled ones ask for is left: a word that is a part of
    /// their literals would cover more, but stands in far more files.
    fn is_asked_for(&self, member: usize) -> bool {
        self.texts.groups_of[member].iter().any(|group| self.settled[*group] == 0)
    }

    fn add(&mut self, member: usize) {
        for &text in self.texts.members[member].iter().flat_map(|key| &self.texts.containers[*key]) {
            self.keys[text] += 1;
            if self.keys[text] > 1 {
                continue;
            }
            for &holder in &self.texts.members_of[text] {
                self.without[holder] -= 1;
                if self.without[holder] > 0 {
                    continue;
                }
                for &group in &self.texts.groups_of[holder] {
                    self.settled[group] += 1;
                    self.open -= usize::from(self.settled[group] == 1);
                }
            }
        }
    }

    fn remove(&mut self, member: usize) {
        for &text in self.texts.members[member].iter().flat_map(|key| &self.texts.containers[*key]) {
            self.keys[text] -= 1;
            if self.keys[text] > 0 {
                continue;
            }
            for &holder in &self.texts.members_of[text] {
                self.without[holder] += 1;
                if self.without[holder] > 1 {
                    continue;
                }
                for &group in &self.texts.groups_of[holder] {
                    self.settled[group] -= 1;
                    self.open += usize::from(self.settled[group] == 0);
                }
            }
        }
    }
}
