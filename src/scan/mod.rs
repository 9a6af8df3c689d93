//! The walk through the rooms: paths in, an outcome out.
