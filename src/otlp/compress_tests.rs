use super::*;
use crate::otlp::admission::{Budget, REQUEST_OVERHEAD};
use crate::otlp::observe::NoObserver;
use std::sync::Arc;

const CODECS: [Codec; 2] = [Codec::Gzip, Codec::Zstd];

fn budget(max: usize) -> Arc<Budget> {
    Budget::new(max, Arc::new(NoObserver))
}

/// Bytes that no codec shrinks to nothing.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8 & 0x3f
        })
        .collect()
}

/// Zeros, packed as tightly as the codec can.
fn bomb(codec: Codec, len: usize) -> Bytes {
    let zeros = vec![0; len];
    match codec {
        Codec::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(&zeros).unwrap();
            encoder.finish().unwrap().into()
        }
        Codec::Zstd => zstd::encode_all(&zeros[..], 3).unwrap().into(),
    }
}

/// Scenario: bodies of many sizes, around every step and limit, there and back in both codecs.
/// Guarantees: what was compressed comes back byte for byte, also when it is exactly as large as the limit.
#[tokio::test]
async fn round_trip() {
    let budget = budget(usize::MAX);
    for codec in CODECS {
        for len in [0, 1, 1023, 1024, 1025, STEP_IN, STEP_OUT - 1, STEP_OUT + 1, 3 * STEP_OUT] {
            let body = noise(len);
            let packed = compress(codec, &body).await.unwrap();
            let permit = budget.enter().unwrap();
            let back = decompress(codec, packed, len.max(1), &permit).await.unwrap();
            assert!(back == body, "{codec:?} {len}");
            assert!(permit.held() >= REQUEST_OVERHEAD + len, "{codec:?} {len}");
        }
    }
    assert_eq!(budget.used(), 0);
}

/// Scenario: one byte more than the limit, and 68 MB of zeros in some ten or sixty kilobytes.
/// Guarantees: both are refused as too large, and no more than the limit (and the window) was ever charged.
#[tokio::test]
async fn bombs_stop_at_the_limit() {
    for codec in CODECS {
        let budget = budget(usize::MAX);
        let permit = budget.enter().unwrap();
        let packed = compress(codec, &noise(1001)).await.unwrap();
        let read = decompress(codec, packed, 1000, &permit).await;
        assert!(matches!(read, Err(DecompressError::TooLarge)), "{codec:?} {read:?}");

        let bomb = bomb(codec, 68_000_000);
        assert!(bomb.len() < 70_000, "{codec:?}: {}", bomb.len());
        let permit = budget.enter().unwrap();
        let read = decompress(codec, bomb, 4 << 20, &permit).await;
        assert!(matches!(read, Err(DecompressError::TooLarge)), "{codec:?}");
        assert!(permit.held() <= (4 << 20) + REQUEST_OVERHEAD, "{codec:?}: {}", permit.held());
    }
}

/// Scenario: a body that fits the limit but not the budget, while another request is in flight.
/// Guarantees: refused as over budget, not as too large or broken.
#[tokio::test]
async fn decompressed_bytes_count_against_the_budget() {
    for codec in CODECS {
        let budget = budget(12 << 20);
        let _other = budget.enter().unwrap();
        let packed = compress(codec, &vec![7; 16 << 20]).await.unwrap();
        let permit = budget.enter().unwrap();
        let read = decompress(codec, packed, 64 << 20, &permit).await;
        assert!(matches!(read, Err(DecompressError::OverBudget(_))), "{codec:?}");
    }
}

/// Scenario: plain bytes, a truncated body, and a body with rubbish behind it, each said to be compressed.
/// Guarantees: broken, never a shorter or longer success.
#[tokio::test]
async fn broken_bodies() {
    let budget = budget(usize::MAX);
    for codec in CODECS {
        let packed = compress(codec, &noise(100_000)).await.unwrap();
        let truncated = packed.slice(..packed.len() - 9);
        let trailing: Bytes = [&packed[..], b"rubbish rubbish rubbish"].concat().into();
        for body in [Bytes::from(noise(5000)), Bytes::from_static(&[1]), truncated, trailing] {
            let permit = budget.enter().unwrap();
            let read = decompress(codec, body, 1 << 20, &permit).await;
            assert!(matches!(read, Err(DecompressError::Broken { .. })), "{codec:?} {read:?}");
        }
    }
}

/// Scenario: several gzip members and zstd frames behind each other, among them tens of thousands of empty ones.
/// Guarantees: their contents are joined, across the pauses that the pacing makes.
#[tokio::test]
async fn members_are_joined() {
    let budget = budget(usize::MAX);
    for codec in CODECS {
        let (one, empty, two) = (noise(300_000), compress(codec, b"").await.unwrap(), noise(10));
        let mut body = compress(codec, &one).await.unwrap().to_vec();
        for _ in 0..20_000 {
            body.extend_from_slice(&empty);
        }
        body.extend_from_slice(&compress(codec, &two).await.unwrap());
        let permit = budget.enter().unwrap();
        let read = decompress(codec, body.into(), 1 << 20, &permit).await.unwrap();
        assert!(read == [one, two].concat(), "{codec:?}");
    }
}

/// Scenario: a zstd frame header of a few bytes that asks for a window of 2 GiB, and a small first frame that is
/// followed by one with a larger window.
/// Guarantees: neither gets its window.
#[tokio::test]
async fn zstd_windows_are_bounded() {
    let budget = budget(usize::MAX);
    let huge = Bytes::from_static(&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00]);
    let permit = budget.enter().unwrap();
    let read = decompress(Codec::Zstd, huge, 1 << 20, &permit).await;
    assert!(matches!(read, Err(DecompressError::Broken { .. })), "{read:?}");

    let mut body = zstd::encode_all(&b"small"[..], 1).unwrap();
    let mut wide = zstd::Encoder::new(&mut body, 1).unwrap();
    wide.window_log(22).unwrap();
    wide.write_all(&noise(3 << 20)).unwrap();
    wide.finish().unwrap();
    let read = decompress(Codec::Zstd, body.into(), 8 << 20, &permit).await;
    assert!(matches!(read, Err(DecompressError::Broken { .. })), "{read:?}");
}

/// Scenario: frames of the zstd library at all levels that clients use, with and without a known size.
/// Guarantees: the window read from the header is enough to decode them.
#[tokio::test]
async fn zstd_levels_up_to_nineteen() {
    let budget = budget(usize::MAX);
    let body = noise(700_000);
    for level in [-5, 1, 3, 9, 19] {
        for sized in [false, true] {
            let mut encoder = zstd::Encoder::new(Vec::new(), level).unwrap();
            if sized {
                encoder.set_pledged_src_size(Some(body.len() as u64)).unwrap();
            }
            encoder.write_all(&body).unwrap();
            let packed = encoder.finish().unwrap();
            let permit = budget.enter().unwrap();
            let back = decompress(Codec::Zstd, packed.into(), 1 << 20, &permit).await.unwrap();
            assert!(back == body, "level {level} sized {sized}");
        }
    }
}
