//! (room: sample)
