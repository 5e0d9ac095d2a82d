//! The records of one trace, put in order to be read.

use super::record::{Record, StoredText, TextTable};
use super::tree::Tree;

/// Records in time order, with their relations.
pub(super) struct Reading<'a> {
    pub records: &'a [Record],
    pub table: &'a TextTable,
    pub tree: Tree,
    /// Places in order of start; of equal starts the one that arrived first.
    pub by_start: Vec<usize>,
    checks: Vec<bool>,
}

impl<'a> Reading<'a> {
    pub fn new(records: &'a [Record], table: &'a TextTable) -> Self {
        let tree = Tree::new(records);
        let mut by_start: Vec<usize> = (0..records.len()).collect();
        by_start.sort_by_key(|&place| records.get(place).map_or(0, |record| record.start));
        let checks = (0..records.len()).map(|place| tree.is_check(place, records)).collect();
        Reading { records, table, tree, by_start, checks }
    }

    pub fn record(&self, place: usize) -> Option<&'a Record> {
        self.records.get(place)
    }

    pub fn text(&self, index: u32) -> Option<&'a StoredText> {
        self.table.get(index)
    }

    /// Records in time order that work for the answer, not for a check of it.
    pub fn working(&self) -> impl Iterator<Item = (usize, &'a Record)> {
        self.by_start
            .iter()
            .filter(|&&place| !self.checks.get(place).copied().unwrap_or(false))
            .filter_map(|&place| self.records.get(place).map(|record| (place, record)))
    }

    /// All records in time order.
    pub fn all(&self) -> impl Iterator<Item = (usize, &'a Record)> {
        self.by_start.iter().filter_map(|&place| self.records.get(place).map(|record| (place, record)))
    }
}
