//! Which comment above an entry is its own, and goes with it.

use super::View;

/// The shortest word of a key by which a comment names it.
const TELLING: usize = 3;

/// Where an entry begins with the comment above it that is its own; the beginning of its line where there is none.
///
/// A comment may be the heading of several entries: it goes with one only where no other follows it, or where it names
/// that one and not the next. What stands at the top of a file is about the file, unless it names the entry.
pub(super) fn own_start(view: &View<'_>, entry: usize, line: usize, behind: usize) -> usize {
    let mut start = line;
    while start > 0 {
        let above = view.line_start(start - 1);
        let content = view.text[above..start].trim_start();
        let at = start - content.len();
        let is_comment =
            !content.trim_end().is_empty() && view.document.comments.iter().any(|comment| comment.start == at);
        if !is_comment || indentation(&view.text[above..]) != indentation(&view.text[line..]) {
            break;
        }
        start = above;
    }
    if start == line {
        return line;
    }
    let comment = view.text[start..line].to_lowercase();
    let next = next_entry(view, entry, behind);
    let own = words(view.held(entry).key_text().unwrap_or_default());
    let others = next.map(|next| words(view.held(next).key_text().unwrap_or_default())).unwrap_or_default();
    let is_named = own.iter().any(|word| !others.contains(word) && comment.contains(word.as_str()));
    let is_alone = next.is_none() && start > 0;
    if is_named || is_alone { start } else { line }
}

fn indentation(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// The entry on the line behind, if there is one and it stands beside this one.
fn next_entry(view: &View<'_>, entry: usize, behind: usize) -> Option<usize> {
    let line = view.text.get(behind..)?;
    let at = behind + indentation(line);
    let end = view.line_end(behind);
    let parent = view.held(entry).parent;
    let mut beside = parent.map(|parent| view.document.children(parent)).unwrap_or_default().iter().copied();
    beside.find(|&other| other != entry && (at..end.max(at)).contains(&view.held(other).key.start))
}

/// The words of a key, in lower case.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for character in key.chars() {
        if !character.is_alphanumeric() || (character.is_uppercase() && was_small) {
            words.push(String::new());
        }
        was_small = character.is_lowercase();
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| word.len() >= TELLING);
    words
}
