//! The pattern files, one per language.

/// Every language with patterns. Adding one is adding its file and its line.
pub(super) const FILES: &[&str] = &[
    include_str!("patterns/ar.toml"),
    include_str!("patterns/bn.toml"),
    include_str!("patterns/de.toml"),
    include_str!("patterns/en.toml"),
    include_str!("patterns/es.toml"),
    include_str!("patterns/fr.toml"),
    include_str!("patterns/hi.toml"),
    include_str!("patterns/id.toml"),
    include_str!("patterns/it.toml"),
    include_str!("patterns/ja.toml"),
    include_str!("patterns/ko.toml"),
    include_str!("patterns/nl.toml"),
    include_str!("patterns/pl.toml"),
    include_str!("patterns/pt.toml"),
    include_str!("patterns/ru.toml"),
    include_str!("patterns/sw.toml"),
    include_str!("patterns/th.toml"),
    include_str!("patterns/tr.toml"),
    include_str!("patterns/vi.toml"),
    include_str!("patterns/zh.toml"),
];
