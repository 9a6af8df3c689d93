//! What was typed and what it means; one file a command.
