//! Rules over facts: evidence, flows, findings.
