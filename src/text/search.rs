//! Looking for marks by their first bytes.

/// A table of bytes: true for those named.
pub(super) const fn bytes(named: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < named.len() {
        table[named[at] as usize] = true;
        at += 1;
    }
    table
}

/// Where the first byte stands, at or after `from`, that is in the table and that `is_it` takes.
pub(super) fn find_byte(
    text: &str,
    from: usize,
    table: &[bool; 256],
    is_it: impl Fn(usize, u8) -> bool,
) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let (found, &byte) = bytes.get(at..)?.iter().enumerate().find(|&(_, &byte)| table[usize::from(byte)])?;
        at += found;
        if is_it(at, byte) {
            return Some(at);
        }
        at += 1;
    }
}
