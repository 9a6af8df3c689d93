//! A file: its bytes, its text, its lines, and the view of it that reports draw.
