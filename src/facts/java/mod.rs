//! Lowers java syntax trees to the intermediate form.
