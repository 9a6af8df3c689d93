//! Lowers python syntax trees to the intermediate form.
