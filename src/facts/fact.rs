//! The facts: what a program sends and signs, in a form that no language and no library has touched.
//!
//! Facts are plain data. Rules are matched against them; where they come from is the business of
//! [`super::machine`].

use std::collections::BTreeSet;

use super::program::UnitId;
use crate::finding::ByteRange;
use crate::rules::pattern::Piece;
use crate::rules::sdk_rewriting::SdkRewrite;

/// What one file does, as far as rules ask.
#[derive(Debug, Default)]
pub struct Facts {
    /// Requests that are sent, and calls of unknown functions that may send one. One place may stand here several
    /// times, once for every way it was reached.
    pub requests: Vec<Request>,
    /// Assertions that are signed, and maps that look like the claims of one.
    pub assertions: Vec<Assertion>,
    /// Calls that make an SDK exchange the old credential.
    pub grants: Vec<Grant>,
    /// Arithmetic that reads the lifetime of a token as milliseconds.
    pub lifetimes: Vec<Lifetime>,
    /// Calls of the program's own functions: the function's place and the call's.
    pub calls: BTreeSet<(ByteRange, ByteRange)>,
    /// Data files whose content was read, each with the file that reads it; as units.
    pub data: BTreeSet<(UnitId, UnitId)>,
    /// Where a member of the answer to a request is read: the request's place, the member and its place.
    pub reads: Vec<Read>,
}

/// Which of its two forms a call has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// It is given the new credential.
    New,
    /// Its arguments leave it open.
    Open,
    /// It is given the old credential.
    Old,
}

/// A call of an SDK that makes the exchange, or would with the old credential.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The call.
    pub site: ByteRange,
    /// What is called, as written.
    pub callee: String,
    /// The SDK, by the name its rule file gives it.
    pub library: String,
    /// The rule whose finding it is.
    pub rule: String,
    /// Which form its arguments show.
    pub form: Form,
    /// Whether it only goes on with what another call gave the SDK.
    pub part: bool,
    /// The name under which the SDK keeps the credential.
    pub name: Value,
    /// The assertions that it is given, by their places; nothing where the SDK signs them itself.
    pub assertions: Option<Vec<ByteRange>>,
    /// The client id.
    pub client_id: Value,
    /// The texts that the metascopes are made of.
    pub metascopes: Vec<Text>,
    /// The private key.
    pub key: Value,
    /// Literals that must not be shown.
    pub secrets: Vec<ByteRange>,
    /// The path of the file that holds the credential.
    pub file: Value,
    /// The statements that built what it is given, in order.
    pub trail: Vec<ByteRange>,
    /// The calls that go on with what it gives the SDK.
    pub parts: Vec<ByteRange>,
    /// The function it stands in, as [`Request::symbol`].
    pub symbol: String,
    /// What its rule file says becomes of it.
    pub rewrite: Option<SdkRewrite>,
}

/// Arithmetic that reads the lifetime of a token as milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lifetime {
    /// The call that sent the request.
    pub request: ByteRange,
    /// The expression.
    pub range: ByteRange,
}

/// A member of an answer that is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    /// The call that sent the request.
    pub request: ByteRange,
    /// The member's name.
    pub name: String,
    /// Where it is read.
    pub range: ByteRange,
}

/// A request that is sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// The call that asks for it: the one that sends it, or that hands its parts to a function of another file which does.
    pub site: ByteRange,
    /// The call that sends it, where that is another.
    pub sender: Option<ByteRange>,
    /// What is called, as written.
    pub callee: String,
    /// The library whose call it is; nothing for an unknown function that is handed the parts of a request.
    pub library: Option<String>,
    /// Its verb, where that is known.
    pub method: Option<String>,
    /// Whether a known call sends it. Otherwise it is what an unknown function was handed, or a request that was built
    /// and not seen to be sent.
    pub sent: bool,
    /// What its URL may be.
    pub urls: Vec<Text>,
    /// Texts that an unresolved part of the URL was made of.
    pub urls_nearby: Vec<Text>,
    /// The fields of its form, body and query.
    pub fields: Vec<Field>,
    /// The statements that built it, in order.
    pub trail: Vec<ByteRange>,
    /// The function it stands in: `Class.method`, `function`, or empty at the top level.
    pub symbol: String,
}

/// A named value: a form field, a claim.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: Text,
    /// What it may be.
    pub value: Value,
}

/// What a value may be, as far as rules ask.
#[derive(Debug, Clone, Default)]
pub struct Value {
    /// As a text.
    pub texts: Vec<Text>,
    /// The places of the assertions it is made of.
    pub assertions: Vec<ByteRange>,
    /// The places of all literals it is made of, however deep: what must not be shown where the value is a secret.
    pub literals: Vec<ByteRange>,
    /// For a private key: the texts that it is made of, however deep; a file that it is read from is a hole in one.
    pub made_of: Vec<Text>,
}

/// An assertion.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// The call that signs it; for claims that nobody was seen to sign, the place where they are made.
    pub site: ByteRange,
    /// The library that signs it.
    pub library: Option<String>,
    /// Whether it is signed here.
    pub signed: bool,
    /// Its claims.
    pub claims: Vec<Field>,
    /// The private key.
    pub key: Value,
    /// The statements that built it, in order.
    pub trail: Vec<ByteRange>,
    /// The function it stands in, as [`Request::symbol`].
    pub symbol: String,
}

/// A text of which parts may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    /// Its parts in order.
    pub parts: Vec<Part>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Known characters and where they stand.
    Literal(String, ByteRange),
    /// Something unknown.
    Hole(Origin, ByteRange),
}

/// Where something unknown comes from. The text of the `manual` reason follows from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A parameter of a function that nobody here calls.
    Parameter(String),
    /// An environment variable.
    Environment(String),
    /// A key of the configuration.
    Configuration(String),
    /// A file that is read at run time.
    File(String),
    /// Something of another module.
    Import(String),
    /// What an unknown call gives.
    Call(String),
    /// A member of something unknown, or a field that nothing in this file sets.
    Member(String),
    /// Computed from known things in a way that cannot be read: a digest, a time, a signature.
    Derived,
    /// The answer to the request that this place sends.
    Response(ByteRange),
    /// It depends on itself.
    Recursion,
    /// Finding out would take longer than a file may take.
    Budget,
}

impl Origin {
    /// A short name for a reader: `IMS_HOST`, `options.host`.
    pub fn name(&self) -> &str {
        match self {
            Self::Parameter(name)
            | Self::Environment(name)
            | Self::Configuration(name)
            | Self::File(name)
            | Self::Import(name)
            | Self::Call(name)
            | Self::Member(name) => name,
            Self::Derived | Self::Response(_) => "computed",
            Self::Recursion => "recursion",
            Self::Budget => "unknown",
        }
    }
}

impl Text {
    /// The pieces, for the patterns of the rules.
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Literal(text, _) => Piece::Literal(text),
                Part::Hole(..) => Piece::Hole,
            })
            .collect()
    }

    /// The whole text, where nothing of it is unknown.
    pub fn literal(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Literal(text, _) => Some(text.as_str()),
                Part::Hole(..) => None,
            })
            .collect()
    }

    /// The text with `{name}` for what is unknown.
    pub fn display(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal, _) => text.push_str(literal),
                Part::Hole(origin, _) => {
                    text.push('{');
                    text.push_str(origin.name());
                    text.push('}');
                }
            }
        }
        text
    }

    /// Where its last known part stands.
    pub fn last_range(&self) -> Option<ByteRange> {
        self.parts.iter().rev().find_map(|part| match part {
            Part::Literal(text, range) if !text.is_empty() => Some(*range),
            _ => None,
        })
    }

    /// Where its first known part stands.
    pub fn range(&self) -> Option<ByteRange> {
        self.parts.iter().find_map(|part| match part {
            Part::Literal(text, range) if !text.is_empty() => Some(*range),
            _ => None,
        })
    }
}
