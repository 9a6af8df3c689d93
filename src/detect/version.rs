//! Calls of SDKs that their arguments leave open: where the versions that a package asks for have but one form, it is that.
//!
//! It reads no manifest; it is told what one asks for.

use std::path::Path;

use super::Subject;
use super::flow::Flow;
use crate::facts::fact::Grant;
use crate::finding::Confidence;
use crate::manifest::{Asked, Modes};
use crate::rules::Catalog;
use crate::rules::schema::Ecosystem;

/// Tells what the package of a file of code asks for of packages of some names.
pub type AskedFor<'a> = &'a (dyn Fn(&Path, Ecosystem, &[String]) -> Option<Asked> + Sync);

/// Lets the version of the SDK decide what its call leaves open. False where it has the new form alone.
pub(super) fn decide(subject: &Subject<'_>, flow: &mut Flow, catalog: &Catalog) -> bool {
    let Some(grant) = &flow.grant else { return true };
    let Some((source, _)) = subject.place(flow.site) else { return true };
    let Some(settled) = settled(subject, grant, &source.path, catalog) else { return true };
    match settled.modes {
        Modes::New => false,
        Modes::Old => {
            flow.confidence = settled.confidence;
            flow.version = Some(settled.version);
            true
        }
        Modes::Both | Modes::Unknown => true,
    }
}

/// What the version of an SDK settles.
struct Settled {
    modes: Modes,
    /// The version that decides: the one in a lock file, else what the manifest asks for.
    version: String,
    confidence: Confidence,
}

fn settled(subject: &Subject<'_>, grant: &Grant, path: &Path, catalog: &Catalog) -> Option<Settled> {
    let platform = subject.platform()?;
    let sdk = catalog.libraries(platform).library_named(&grant.library)?.sdk.as_ref()?;
    // Without a first new version nothing is told apart, and other providers have no old form.
    let since = sdk.since.as_deref().filter(|_| !sdk.inventory && !sdk.manifest.is_empty())?;
    let ecosystem = Ecosystem::ALL.into_iter().find(|ecosystem| ecosystem.platform() == platform)?;
    let of_sdk = || sdk.manifest.iter().filter_map(|name| catalog.dependency(ecosystem, name));
    let own = (subject.asked)(path, ecosystem, &sdk.manifest)
        .map(|asked| (asked.versions().modes_between(ecosystem, Some(since), sdk.removed.as_deref()), asked));
    // Packages that bring the SDK with them count their versions alike.
    let (modes, asked) = own.or_else(|| {
        let model = of_sdk().find(|model| model.since.is_some())?;
        let asked = (subject.asked)(path, ecosystem, &model.names)?;
        Some((asked.versions().modes(model), asked))
    })?;
    // An SDK with other uses may be one of those here, and what is not locked may be installed otherwise.
    let is_certain = asked.locked.is_some() && !of_sdk().any(|model| model.general);
    let confidence = if is_certain { Confidence::Certain } else { Confidence::Likely };
    Some(Settled { modes, version: asked.locked.or(asked.requirement)?, confidence })
}
