//! Asks for each change set whether it is to be made, with its diff shown.

use std::io::{self, BufRead};

use super::error::Error;
use super::terminal::Terminal;
use crate::report::visible_lines;
use crate::rewrite::{Printer, Rewriting, Versions};

/// What the user may answer.
const CHOICES: &str = "Make this change? [y]es, [n]o, [a]ll from here on, [q]uit: none from here on";

/// The numbers of the change sets that the user does not want.
pub(super) fn sets(rewriting: &Rewriting<'_>, printer: &Printer<'_>, terminal: &Terminal) -> Result<Vec<usize>, Error> {
    let count = rewriting.sets.len();
    let answers = answers(count, &mut io::stdin().lock(), |position| {
        let set = &rewriting.sets[position];
        terminal.say(format_args!("\nChange set {} of {count}: {}", position + 1, rewriting.files(set).join(", ")));
        match printer.diff(&Versions::new(), &rewriting.versions([set])) {
            Ok(diff) => terminal.say(visible_lines(&diff).trim_end()),
            Err(_) => terminal.say("Its diff would show a secret and is not shown."),
        }
        terminal.say(CHOICES);
    })
    .map_err(Error::Answer)?;
    let declined = rewriting.sets.iter().zip(answers).filter(|(_, yes)| !yes);
    Ok(declined.map(|(set, _)| set.number).collect())
}

/// Asks so many questions, and gives whether the answer was yes. Where the input ends, everything from there on is no.
fn answers(count: usize, input: &mut dyn BufRead, mut question: impl FnMut(usize)) -> io::Result<Vec<bool>> {
    let mut answers = Vec::new();
    while answers.len() < count {
        question(answers.len());
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            answers.resize(count, false);
        }
        match line.trim() {
            "y" | "Y" | "yes" => answers.push(true),
            "n" | "N" | "no" => answers.push(false),
            "a" | "A" | "all" => answers.resize(count, true),
            "q" | "Q" | "quit" => answers.resize(count, false),
            _ => {}
        }
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(typed: &str) -> (Vec<bool>, Vec<usize>) {
        let mut asked = Vec::new();
        let answers = answers(3, &mut typed.as_bytes(), |position| asked.push(position)).unwrap();
        (answers, asked)
    }

    #[test]
    fn each_change_set_is_asked_for() {
        assert_eq!(given("y\nn\nyes\n"), (vec![true, false, true], vec![0, 1, 2]));
        assert_eq!(given("n\na\n"), (vec![false, true, true], vec![0, 1]));
        assert_eq!(given("y\nq\n"), (vec![true, false, false], vec![0, 1]));
        assert_eq!(given("y\n"), (vec![true, false, false], vec![0, 1]));
        assert_eq!(given("what\ny\ny\ny\n"), (vec![true, true, true], vec![0, 0, 1, 2]));
    }
}
