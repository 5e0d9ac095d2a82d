//! (room: cohort)
