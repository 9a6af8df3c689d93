//! What users may wish of a rewrite: the library that it produces for each platform, and the scopes.

use std::str::FromStr;

use super::scopes::Configured;
use crate::finding::Platform;

/// A library or a form that a rewrite produces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// PassportJS, for Node.
    Passport,
    /// openid-client, for Node.
    OpenidClient,
    /// Spring Security, for Java.
    SpringSecurity,
    /// Authlib, for Python.
    Authlib,
    /// The HTTP client that is there already.
    Keep,
    /// The server-to-server form of the SDK that is there already. Nobody wishes it: it is taken where there is one.
    Sdk,
}

impl Target {
    /// The name in flags and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::OpenidClient => "openid-client",
            Self::SpringSecurity => "spring-security",
            Self::Authlib => "authlib",
            Self::Keep => "keep",
            Self::Sdk => "sdk",
        }
    }

    /// Those of a platform, the default first.
    pub fn of(platform: Platform) -> &'static [Self] {
        match platform {
            Platform::Node => &[Self::Passport, Self::OpenidClient, Self::Keep],
            Platform::Java => &[Self::SpringSecurity, Self::Keep],
            Platform::Python => &[Self::Authlib, Self::Keep],
        }
    }
}

/// The wish for one platform, as it is typed: `node=passport`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The platform.
    pub platform: Platform,
    /// What it is to become.
    pub target: Target,
}

impl FromStr for Wish {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let platforms = [("node", Platform::Node), ("java", Platform::Java), ("python", Platform::Python)];
        let names = |platform| Target::of(platform).iter().map(|target| target.name()).collect::<Vec<_>>().join(" or ");
        let (named, target) = text.split_once('=').unwrap_or((text, ""));
        let Some((name, platform)) = platforms.into_iter().find(|(name, _)| *name == named) else {
            return Err("write it as PLATFORM=TARGET, such as node=passport; platforms: node, java, python".to_owned());
        };
        match Target::of(platform).iter().find(|known| known.name() == target) {
            Some(target) => Ok(Self { platform, target: *target }),
            None => Err(format!("for {name} it is {}", names(platform))),
        }
    }
}

/// What planners are to keep to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// For Node.
    pub node: Target,
    /// For Java.
    pub java: Target,
    /// For Python.
    pub python: Target,
    /// The scopes to ask for; empty where nobody said.
    pub scopes: Vec<String>,
    /// The scopes that the configuration file names.
    pub configured: Vec<Configured>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            node: Target::Passport,
            java: Target::SpringSecurity,
            python: Target::Authlib,
            scopes: Vec::new(),
            configured: Vec::new(),
        }
    }
}

impl Options {
    /// With wishes; the last one for a platform counts.
    pub fn with(wishes: &[Wish], scopes: Vec<String>) -> Self {
        let mut options = Self { scopes, ..Self::default() };
        for wish in wishes {
            match wish.platform {
                Platform::Node => options.node = wish.target,
                Platform::Java => options.java = wish.target,
                Platform::Python => options.python = wish.target,
            }
        }
        options
    }

    /// The target of a platform.
    pub fn target(&self, platform: Platform) -> Target {
        match platform {
            Platform::Node => self.node,
            Platform::Java => self.java,
            Platform::Python => self.python,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_names_a_platform_and_a_target_of_it() {
        assert_eq!("java=keep".parse(), Ok(Wish { platform: Platform::Java, target: Target::Keep }));
        assert_eq!("node=authlib".parse::<Wish>(), Err("for node it is passport or openid-client or keep".to_owned()));
        assert!("ruby=keep".parse::<Wish>().is_err() && "keep".parse::<Wish>().is_err());
        let options = Options::with(&["node=openid-client".parse().unwrap()], vec!["openid".to_owned()]);
        assert_eq!((options.target(Platform::Node), options.python), (Target::OpenidClient, Target::Authlib));
    }

    #[test]
    fn the_default_comes_first() {
        for platform in [Platform::Node, Platform::Java, Platform::Python] {
            assert_eq!(Target::of(platform)[0], Options::default().target(platform));
        }
    }
}
