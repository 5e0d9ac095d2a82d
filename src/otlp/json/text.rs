//! Writing JSON strings.

/// Appends a string with its quotes, escaping what JSON asks for and nothing else.
pub(in crate::otlp) fn put_text(out: &mut String, text: &str) {
    out.push('"');
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(text.get(copied..at).unwrap_or_default());
        copied = at + 1;
        if short.is_empty() {
            let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
            out.push_str("\\u00");
            out.extend([digit(byte >> 4), digit(byte & 15)]);
        } else {
            out.push_str(short);
        }
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out.push('"');
}
