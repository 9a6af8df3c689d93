//! Proof by running: small programs that get a token from a double of Adobe IMS, before and after `fix`.
//!
//! `cargo test --test proof node::` runs one language, `cargo test --test proof node::axios_promises` one program. A program
//! is a folder `tests/proof/<language>/<program>/` with the project in `before/` and a `proof.toml`, see [`program::Proof`];
//! `wanted/`, where it is there, is what a careful colleague would make of it, and is run as well.
//! `GRANTSHIFT_KEEP=1` keeps the scratch folders that the messages name.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod after;
mod command;
mod double;
mod harness;
mod java;
mod node;
mod program;
mod python;
mod strict;
mod venv;

/// One test a program, and one that none is left out.
macro_rules! programs {
    ($toolchain:expr; $($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                $crate::harness::prove(&$toolchain, &stringify!($name).replace('_', "-"));
            }
        )*

        #[test]
        fn every_program_is_run() {
            let mut named: Vec<String> = vec![$(stringify!($name).replace('_', "-")),*];
            named.sort();
            let language = $crate::harness::Toolchain::language(&$toolchain);
            assert_eq!($crate::program::listed(language), named);
        }
    };
}
use programs;
