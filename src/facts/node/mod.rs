//! Lowers node syntax trees to the intermediate form.
