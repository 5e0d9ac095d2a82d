//! A few languages together.

use crate::language::Tag;

/// Languages that a set holds; further ones are left out.
const MAX: usize = 4;

/// A small set of languages, in the order in which they were added.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tags {
    tags: [Tag; MAX],
    len: u8,
}

impl Default for Tags {
    fn default() -> Self {
        Tags { tags: [Tag::UND; MAX], len: 0 }
    }
}

impl Tags {
    /// A set of one.
    pub fn one(tag: Tag) -> Self {
        let mut tags = Tags::default();
        tags.add(tag);
        tags
    }

    /// Adds a language, unless it is there, is none, or there is no room.
    pub fn add(&mut self, tag: Tag) {
        if !tag.is_language() || self.iter().any(|known| known == tag) {
            return;
        }
        if let Some(free) = self.tags.get_mut(usize::from(self.len)) {
            *free = tag;
            self.len += 1;
        }
    }

    /// Adds all of another set.
    pub fn merge(&mut self, other: &Tags) {
        other.iter().for_each(|tag| self.add(tag));
    }

    /// The languages.
    pub fn iter(&self) -> impl Iterator<Item = Tag> {
        self.tags.iter().take(usize::from(self.len)).copied()
    }

    /// The first.
    pub fn first(&self) -> Option<Tag> {
        self.iter().next()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl std::fmt::Debug for Tags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
