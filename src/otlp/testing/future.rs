//! A trace request with fields that no version of OTLP has, on every level, in an unusual order, with padded
//! lengths, duplicates, groups and empty envelopes.

use crate::otlp::wire::{put_bytes, put_fixed64, put_tag, put_uint};

/// One message of the request: its bytes, with a field from the future before and behind what `fill` writes.
fn message(fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    put_uint(&mut out, 1000, 7);
    fill(&mut out);
    put_bytes(&mut out, 2001, "später".as_bytes());
    put_tag(&mut out, 3002, 3);
    put_fixed64(&mut out, 1, 99);
    put_tag(&mut out, 3002, 4);
    out
}

/// A length-delimited field whose tag and length are padded by one byte each.
fn put_padded(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    out.extend_from_slice(&[number << 3 | 2 | 0x80, 0x00]);
    let mut len = Vec::new();
    crate::otlp::wire::put_varint(&mut len, bytes.len() as u64);
    if let Some(last) = len.last_mut() {
        *last |= 0x80;
    }
    len.push(0);
    out.extend_from_slice(&len);
    out.extend_from_slice(bytes);
}

fn key_value(key: &str) -> Vec<u8> {
    message(|kv| {
        let value = message(|any| put_bytes(any, 1, b"value"));
        put_padded(kv, 2, &value);
        put_bytes(kv, 1, key.as_bytes());
    })
}

fn span(number: u8) -> Vec<u8> {
    message(|span| {
        put_bytes(span, 15, &message(|status| put_uint(status, 3, 2)));
        put_bytes(span, 9, &key_value("a"));
        put_bytes(span, 11, &message(|event| put_bytes(event, 3, &key_value("e"))));
        put_bytes(span, 13, &message(|link| put_bytes(link, 4, &key_value("l"))));
        put_bytes(span, 9, &key_value("a"));
        put_bytes(span, 1, &[number; 16]);
        put_bytes(span, 2, &[number; 8]);
        put_bytes(span, 5, b"first name");
        put_bytes(span, 5, b"name");
    })
}

/// The request, with `spans` spans in each of three scopes of each of two resources.
pub(in crate::otlp) fn trace_from_the_future(spans: u8) -> Vec<u8> {
    message(|request| {
        for padded in [false, true] {
            let put = if padded {
                put_padded
            } else {
                |out: &mut Vec<u8>, number: u8, bytes: &[u8]| put_bytes(out, u32::from(number), bytes)
            };
            let resource = message(|resource_spans| {
                // An empty scope first, then the spans before the scope that they belong to.
                put(resource_spans, 2, &[]);
                for scope in 0..3 {
                    let scope = message(|scope_spans| {
                        for number in 0..spans {
                            put(scope_spans, 2, &span(number * 3 + scope + 1));
                        }
                        put(scope_spans, 1, &message(|scope| put_bytes(scope, 3, &key_value("s"))));
                        put(scope_spans, 2, &[]);
                    });
                    put(resource_spans, 2, &scope);
                }
                put(resource_spans, 1, &message(|resource| put_bytes(resource, 1, &key_value("r"))));
            });
            put(request, 1, &resource);
            put(request, 1, &[]);
        }
    })
}
