//! A place in a scanned file, as a link.

use crate::report::{Base, Repository};

/// Where something stands, and how to get there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Place {
    /// For a reader: the path and the line.
    pub(in crate::report) label: String,
    /// A relative URL, percent-encoded, from the folder that the program ran in.
    pub(in crate::report) href: String,
}

impl Place {
    /// A line of a file, whose path is shown below its repository where one is given.
    pub(in crate::report) fn line(repository: Option<&Repository>, path: &str, line: usize) -> Self {
        let inside = repository.map_or(path, |repository| repository.inside(path));
        Self { label: format!("{inside}:{line}"), href: format!("{}#L{line}", Base::default().uri(path)) }
    }

    /// A file or a folder.
    pub(in crate::report) fn of(repository: Option<&Repository>, path: &str) -> Self {
        let inside = repository.map_or(path, |repository| repository.inside(path));
        Self { label: inside.to_owned(), href: Base::default().uri(path) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_below_its_repository_and_linked_from_here() {
        let repository = Repository { path: "../one".to_owned(), name: "one".to_owned(), is_git: true };
        let place = Place::line(Some(&repository), "../one/a b/javascript:x.js", 7);
        assert_eq!(place.label, "a b/javascript:x.js:7");
        assert_eq!(place.href, "../one/a%20b/javascript%3Ax.js#L7");
        assert_eq!(Place::of(None, "dist").href, "dist");
    }
}
