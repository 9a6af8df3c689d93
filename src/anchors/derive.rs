//! What literals a rule needs, computed from its patterns.
//!
//! An anchor is a condition on bytes that every file satisfies in which the rule can find something on its own. It has
//! the form: any of these groups, and of a group every member, and of a member any literal. Literals in code are split
//! and moved, so a URL is looked for by its end, or by its host and its longest segment in two places, and a claim by its
//! parts.

use std::collections::BTreeSet;

use crate::finding::Platform;
use crate::rules::credential::CredentialKind;
use crate::rules::pattern::{TextPattern, UrlPattern};
use crate::rules::schema::{DependencyRole, Ecosystem, Library, LibraryKind, SUPPRESSION_MARK, Type};
use crate::rules::{AssertionPattern, Catalog, CompiledRule, RequestPattern};

/// Any of these literals.
pub(super) type Member = BTreeSet<String>;

/// All of these members.
pub(super) type Group = BTreeSet<Member>;

/// The shortest text that is worth looking for on its own.
const SHORTEST: usize = 3;

/// The shortest name of a publisher that is worth looking for.
const SHORTEST_NAME: usize = 5;

/// The longest name of two words that ordinary code uses for its own things, such as `getToken`.
const LONGEST_ORDINARY: usize = 12;

/// The groups of the SDKs: the name of the package, and what the name of a call is made of below it.
///
/// The publisher's name is a member of its own: every file that holds the package holds it too, and the search has one
/// literal to look for instead of one for each package.
pub(super) fn of_sdks(catalog: &Catalog) -> BTreeSet<Group> {
    sdk_groups(catalog, |_| true)
}

/// The same for choosing what the search begins with: of the names of calls those that no ordinary code uses.
pub(super) fn keys_of_sdks(catalog: &Catalog) -> BTreeSet<Group> {
    sdk_groups(catalog, |part| part.chars().skip(1).any(|c| !c.is_ascii_lowercase()) && part.len() > LONGEST_ORDINARY)
}

fn sdk_groups(catalog: &Catalog, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<Group> {
    let mut groups = BTreeSet::new();
    for platform in [Platform::Node, Platform::Java, Platform::Python] {
        for (library, types, calls) in catalog.libraries(platform).sdks() {
            let packages: Member = library.packages.iter().cloned().collect();
            let publishers: Option<Member> = packages.iter().map(|package| publisher(package, platform)).collect();
            let mut common = Group::from([packages.clone()]);
            common.extend(publishers.filter(|publishers| !publishers.is_empty()));
            for name in calls.iter().flat_map(|call| call.of.as_slice()) {
                let mut group = common.clone();
                group.extend(parts(name, &packages, types).into_iter().filter(|part| is_wanted(part)).map(one));
                groups.insert(group);
            }
        }
    }
    groups
}

/// Who publishes a package: `@adobe/…`, `com.adobe.…`, `adobe.…`. A short name is no name to look for.
fn publisher(package: &str, platform: Platform) -> Option<String> {
    let name = match platform {
        Platform::Node => package.strip_prefix('@')?.split_once('/')?.0,
        Platform::Java => package.split('.').nth(1)?,
        Platform::Python => package.split_once('.')?.0,
    };
    (name.len() >= SHORTEST_NAME).then(|| name.to_owned())
}

/// What a file holds that makes the call, besides the package: every part of a path that is written out. What is called
/// on an object of a type is there by its last name alone.
fn parts<'name>(name: &'name str, packages: &Member, types: &[Type]) -> Vec<&'name str> {
    let package =
        packages.iter().filter(|package| name.starts_with(package.as_str())).max_by_key(|package| package.len());
    let of_object = types.iter().any(|known| name.strip_prefix(&known.name).is_some_and(|rest| rest.starts_with('.')));
    let parts = name[package.map_or(0, String::len)..].split(['.', '/']).filter(|part| part.len() >= SHORTEST);
    let mut parts: Vec<&str> = parts.collect();
    if of_object {
        parts.drain(..parts.len().saturating_sub(1));
    }
    parts
}

/// The groups of the rules about comments that silence findings: they stand in any file.
pub(super) fn of_suppressions(catalog: &Catalog) -> Option<Group> {
    let mut rules = catalog.rules().iter();
    rules.any(|rule| rule.rule.matches.suppression.is_some()).then(|| BTreeSet::from([one(SUPPRESSION_MARK)]))
}

/// The groups of a rule, any of which lets a file through.
pub(super) fn groups(rule: &CompiledRule, catalog: &Catalog) -> BTreeSet<Group> {
    let mut groups = BTreeSet::new();
    // What reads the lifetime of a token beside the old exchange passes by the exchange's own literals.
    if let Some(lifetime) = &rule.lifetime {
        let members: Member = lifetime.members.iter().cloned().collect();
        for endpoint in &lifetime.endpoints {
            // The host keeps ordinary words from being what the search begins with.
            groups.insert(BTreeSet::from([ends(endpoint), members.clone(), one(stem(endpoint.domain()))]));
        }
    }
    for request in &rule.requests {
        of_request(request, &mut groups);
    }
    for assertion in &rule.assertions {
        of_assertion(assertion, rule, catalog, &mut groups);
    }
    groups
}

/// The strong anchors: texts that belong to the old flow wherever they stand. Every place that holds one is accounted
/// for, in any file.
pub(super) fn strong(catalog: &Catalog) -> BTreeSet<Group> {
    let urls = catalog.rules().iter().flat_map(|rule| &rule.requests).filter_map(|request| request.url.as_ref());
    let mut groups: BTreeSet<Group> = urls.map(|url| BTreeSet::from([ends(url)])).collect();
    for platform in [Platform::Node, Platform::Java, Platform::Python] {
        let retired = catalog.libraries(platform).libraries().iter().filter(|library| is_retired(library));
        groups.extend(retired.map(|library| {
            let publishers: Option<Member> = library.packages.iter().map(|name| publisher(name, platform)).collect();
            let mut group = Group::from([library.packages.iter().cloned().collect()]);
            group.extend(publishers.filter(|publishers| !publishers.is_empty()));
            group
        }));
    }
    groups
}

/// The literals of the strong anchors: the ends of endpoints and the names of packages.
pub(super) fn strong_literals(catalog: &Catalog) -> Member {
    let urls = catalog.rules().iter().flat_map(|rule| &rule.requests).filter_map(|request| request.url.as_ref());
    let mut literals: Member = urls.flat_map(ends).collect();
    for platform in [Platform::Node, Platform::Java, Platform::Python] {
        let retired = catalog.libraries(platform).libraries().iter().filter(|library| is_retired(library));
        literals.extend(retired.flat_map(|library| library.packages.iter().cloned()));
    }
    literals
}

/// Whether an SDK has no new form: its very name belongs to the old flow.
fn is_retired(library: &Library) -> bool {
    library.sdk.as_ref().is_some_and(|sdk| sdk.since.is_none() && !sdk.inventory)
}

/// What gives a configuration file, a manifest or a script away.
pub(super) fn of_documents(catalog: &Catalog) -> BTreeSet<Group> {
    let mut groups = strong(catalog);
    groups.extend(of_credentials(catalog));
    groups.extend(of_packages(catalog));
    groups.extend(of_suppressions(catalog));
    of_commands(catalog, &mut groups);
    groups
}

/// What the kinds of credential files and configurations need.
fn of_credentials(catalog: &Catalog) -> impl Iterator<Item = Group> {
    let groups = catalog.credentials().iter().filter_map(CredentialKind::anchors);
    groups.map(|group| group.iter().map(|member| member.iter().cloned().collect()).collect())
}

/// The names of SDKs that have had, or still have, the old flow alone. What signs, and what does either in any version, is in
/// very many manifests for other reasons: those are read when code gives them away.
fn of_packages(catalog: &Catalog) -> Option<Group> {
    let sdks = catalog
        .dependencies()
        .iter()
        .filter(|model| model.role == DependencyRole::Sdk && (model.since.is_none() || model.old_below.is_some()));
    let spellings = sdks.flat_map(|model| {
        model.names.iter().flat_map(|name| match model.ecosystem {
            Ecosystem::Npm => vec![name.clone()],
            Ecosystem::Pypi => vec![name.clone(), name.replace('-', "_")],
            // A pom writes group and artifact apart.
            Ecosystem::Maven => name.split(':').take(1).map(str::to_owned).collect(),
        })
    });
    let names: Member = spellings.collect();
    (!names.is_empty()).then(|| BTreeSet::from([names]))
}

/// What commands, CI steps and requests of collections hold.
fn of_commands(catalog: &Catalog, groups: &mut BTreeSet<Group>) {
    for rule in catalog.rules().iter().filter(|rule| rule.rule.platforms.is_empty()) {
        rule.requests.iter().for_each(|request| of_request(request, groups));
    }
    groups.extend(catalog.commands().anchors().map(|anchor| BTreeSet::from([one(anchor)])));
}

/// A value as it is and URL-encoded: by its last parts, so that a cut between others does not hide it.
fn encoded(literal: &str) -> Member {
    let parts: Vec<&str> = literal.split(':').collect();
    let tail = &parts[parts.len().saturating_sub(2)..];
    [":", "%3A", "%3a"].iter().map(|sign| tail.join(sign)).collect()
}

fn one(literal: &str) -> Member {
    BTreeSet::from([literal.to_owned()])
}

fn of_request(request: &RequestPattern, groups: &mut BTreeSet<Group>) {
    let mut form: Group = request.form.iter().map(|field| one(field)).collect();
    for (name, value) in &request.fields {
        form.insert(one(name));
        form.extend(value.literals().map(encoded));
    }
    match &request.url {
        None => {
            groups.insert(form);
        }
        Some(url) if form.is_empty() => {
            groups.insert(BTreeSet::from([ends(url)]));
            groups.insert(BTreeSet::from([one(stem(url.domain())), one(longest_segment(url))]));
        }
        // With a form, a part of the URL is enough.
        Some(url) => {
            let mut parts = ends(url);
            parts.insert(stem(url.domain()).to_owned());
            parts.insert(longest_segment(url).to_owned());
            let mut group = form;
            group.insert(parts);
            groups.insert(group);
        }
    }
}

/// The ends of the paths, without the first segment, which code often keeps with the host; also as JSON escapes them.
fn ends(url: &UrlPattern) -> Member {
    let mut ends = Member::new();
    for path in url.paths() {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let tail = if segments.len() > 2 { &segments[1..] } else { &segments[..] };
        ends.insert(tail.join("/"));
        if tail.len() > 1 {
            ends.insert(tail.join("\\/"));
        }
    }
    ends
}

/// A host by the label that names it: `adobelogin` of `adobelogin.com`.
fn stem(domain: &str) -> &str {
    domain.split('.').max_by_key(|label| label.len()).unwrap_or(domain)
}

fn longest_segment(url: &UrlPattern) -> &str {
    url.paths().iter().flat_map(|path| path.split('/')).max_by_key(|segment| segment.len()).unwrap_or("")
}

fn of_assertion(assertion: &AssertionPattern, rule: &CompiledRule, catalog: &Catalog, groups: &mut BTreeSet<Group>) {
    let parts = [&assertion.claim, &assertion.audience, &assertion.issuer, &assertion.subject];
    let literals: Vec<&str> = parts.into_iter().flatten().flat_map(TextPattern::literals).collect();
    let mut whole: Group = literals.iter().map(|literal| one(literal)).collect();
    // The same literals, each put together by the code from two pieces.
    let mut split: Group = literals.iter().flat_map(|literal| pieces(literal, catalog)).collect();
    if assertion.signed {
        let libraries = signing_libraries(rule, catalog);
        whole.insert(libraries.clone());
        split.insert(libraries);
    }
    groups.insert(whole);
    groups.insert(split);
}

/// The pieces that a literal is often put together from: cut behind its last slash but one. A piece that is too short
/// to look for stands for the metascopes that begin with it.
fn pieces(literal: &str, catalog: &Catalog) -> Vec<Member> {
    let trimmed = literal.trim_end_matches('/');
    let Some(cut) = trimmed.find('/') else { return vec![one(literal)] };
    let (head, tail) = literal.split_at(cut);
    if head.is_empty() {
        // `/s/ent_`: the claim's path, then the metascope.
        let Some(end) = literal[1..].find('/').map(|end| end + 2) else { return vec![one(literal)] };
        let (path, rest) = literal.split_at(end);
        let named: Member = catalog
            .metascopes()
            .filter(|metascope| metascope.name.starts_with(rest))
            .map(|metascope| metascope.name.clone())
            .collect();
        return if rest.is_empty() || named.is_empty() { vec![one(literal)] } else { vec![one(path), named] };
    }
    vec![one(head), one(tail)].into_iter().filter(|member| member.iter().all(|piece| piece.len() >= SHORTEST)).collect()
}

/// What the import of a signing library looks like.
fn signing_libraries(rule: &CompiledRule, catalog: &Catalog) -> Member {
    rule.rule
        .platforms
        .iter()
        .flat_map(|platform| catalog.libraries(*platform).libraries())
        .filter(|library| library.kind == LibraryKind::Signing)
        .flat_map(|library| library.packages.iter().cloned())
        .collect()
}
