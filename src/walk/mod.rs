//! Which files, and why not the others.
