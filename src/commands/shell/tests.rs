//! Commands, variables and here documents as people write them, and texts that nobody would.

use proptest::prelude::*;

use super::*;
use crate::commands::Variables;

/// The commands, `|` between words, variables as `{name}`.
fn commands(text: &str) -> Vec<String> {
    let script = shell(text, ByteRange::new(0, text.len()));
    script.commands.iter().map(|command| shown(&script, &command.words)).collect()
}

fn shown(script: &Script, words: &[Word]) -> String {
    let word = |word: &Word| -> String {
        let shown = Variables::new(script).resolved(word).parts.into_iter().map(|part| match part {
            Part::Literal(text, _) => text,
            Part::Variable(name, ..) => format!("{{{name}}}"),
            Part::Unknown(_) => "{}".to_owned(),
        });
        shown.collect()
    };
    words.iter().map(word).collect::<Vec<_>>().join("|")
}

#[test]
fn commands_are_split() {
    for (text, expected) in [
        ("curl -d 'a b' \"x y\"", &["curl|-d|a b|x y"][..]),
        ("a; b && c || d | e &", &["a", "b", "c", "d", "e"]),
        ("a \\\n  b \\\r\n c\nd", &["a|b|c", "d"]),
        ("# curl x\na # curl y\nb#c", &["a", "b#c"]),
        ("X=$(curl -s \"$U\") || exit 1", &["curl|-s|{U}", "exit|1"]),
        ("echo \"got $(curl \"a b\")\" `curl c`", &["curl|a b", "curl|c", "echo|got {}|{}"]),
        ("if ! curl a; then b; fi", &["curl|a", "b"]),
        ("f() { curl \"$1\"; }\nf x", &["f", "curl|{1}", "f|x"]),
        ("for i in 1 2; do curl $i; done", &["for|i|in|1|2", "curl|{i}"]),
        ("case $x in a) curl a ;; esac", &["case|{x}|in|a", "curl|a", "esac"]),
        ("curl a > out.json 2>&1 < in", &["curl|a"]),
        ("(cd x && curl a)", &["cd|x", "curl|a"]),
        ("curl 'it'\"'\"'s' a\\ b $'c\\'d'", &["curl|it's|a b|c'd"]),
        ("curl ${{ secrets.URL }}/x {{host}}/y", &["curl|{secrets.URL}/x|{host}/y"]),
        ("curl -d \"{\\\"a\\\": \\\"$B\\\"}\"", &["curl|-d|{\"a\": \"{B}\"}"]),
        ("curl 'unclosed\nmore", &["curl|unclosed\nmore"]),
        ("echo $((1 + 2)) x", &["echo|{}|x"]),
    ] {
        assert_eq!(commands(text), expected, "{text}");
    }
}

#[test]
fn variables_are_filled_in() {
    for (text, expected) in [
        ("H=https://h\nexport U=\"$H/p\"\ncurl $U", "curl|https://h/p"),
        ("curl ${U:-https://d/p}", "curl|https://d/p"),
        ("U=${U:-https://d/p}; curl \"${U}\"", "curl|https://d/p"),
        ("A=(-d x)\nA+=(-d \"y z\")\ncurl \"${A[@]}\"", "curl|-d x-d y z"),
        ("D=a\nD+=b\ncurl $D", "curl|ab"),
        ("X=1 curl $Y", "curl|{Y}"),
        ("A=$B; B=$A; curl $A", "curl|{A}"),
        ("f() { curl $U; }\nU=u", "curl|u"),
    ] {
        let all = commands(text);
        assert_eq!(all.iter().find(|one| one.starts_with("curl")).map(String::as_str), Some(expected), "{text}");
    }
}

#[test]
fn here_documents_belong_to_their_command() {
    let text = "curl -d @- u <<EOF | jq .\na=$A&b\nEOF\nbash <<-'X'\n\tcurl $y\n\tX\ncat <<< \"s $T\"\nnext";
    let script = shell(text, ByteRange::new(0, text.len()));
    let input = |index: usize| shown(&script, &script.commands[index].input);
    assert_eq!(input(0), "a={A}&b\n");
    assert_eq!(shown(&script, &script.commands[1].words), "jq|.");
    assert_eq!(input(2), "\tcurl $y\n");
    assert_eq!(input(3), "s {T}");
    assert_eq!(shown(&script, &script.commands[4].words), "next");
}

#[test]
fn deep_nesting_ends() {
    for text in ["${a:-", "$(", "\"$(", "`", "<(", "${{", "a=(", "${a:-\"", "$((", "<<a;", "'", "$'"] {
        let text = text.repeat(50_000);
        for dialect in [Dialect::Shell, Dialect::Make] {
            read(&text, ByteRange::new(0, text.len()), dialect);
        }
    }
}

#[test]
fn ranges_hold_the_command() {
    let text = "x=1; T=$(curl -d a \\\n  b) ; c";
    let script = shell(text, ByteRange::new(0, text.len()));
    let range = script.commands[0].range;
    assert_eq!(&text[range.start..range.end], "curl -d a \\\n  b");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[a-c$(){}\\[\\]\"'`\\\\#&|;<>=@ \n\r\t\u{e9}+:-]{0,60}") {
        let script = shell(&text, ByteRange::new(0, text.len()));
        let variables = Variables::new(&script);
        for command in &script.commands {
            prop_assert!(text.get(command.range.start..command.range.end).is_some());
            for word in &command.words {
                let _ = variables.resolved(word);
            }
        }
    }
}
