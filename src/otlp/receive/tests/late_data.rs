use super::*;
use tokio::io::BufReader;

const HEADERS: u8 = 1;
const DATA: u8 = 0;
const END: u8 = 1;

/// One HTTP/2 frame, by hand: an HTTP library's client would stop sending when it has its answer.
fn h2_frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The header block of a gRPC export, without compression.
fn header_block() -> Vec<u8> {
    let path = u8::try_from(TRACES.len()).unwrap();
    let content_type = b"application/grpc";
    [&[0x83, 0x86, 0x04, path], TRACES.as_bytes(), &[0x01, 1, b'x', 0x0f, 0x10, 16], content_type].concat()
}

/// Reads one frame: kind, flags.
async fn next(read: &mut (impl AsyncReadExt + Unpin)) -> (u8, u8) {
    let mut head = [0; 9];
    read.read_exact(&mut head).await.expect("the connection lives");
    let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
    read.read_exact(&mut payload).await.expect("the connection lives");
    (head[3], head[4])
}

/// Scenario: 2,000 calls on one connection, each too large, 100 at a time; their bodies arrive after the refusals.
/// Guarantees: every call is answered and the connection lives. Streams that are reset while their data is on the way are
/// held against the client by HTTP/2 libraries, until the whole connection goes, and every other request with it.
#[tokio::test]
async fn late_data_of_refused_calls_does_not_cost_the_connection() {
    let (handler, mut seen) = accepting();
    let mut options = options();
    options.max_request_bytes = 10_000;
    let server = Server::start(options, handler).await;
    let stream = TcpStream::connect(server.grpc).await.unwrap();
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    write.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    write.write_all(&h2_frame(4, 0, 0, &[])).await.unwrap();
    // Announces 20,000 bytes and brings the first of them.
    let begin = [&[0, 0, 0, 0x4e, 0x20][..], &[7; 2_000]].concat();
    let talk = async {
        // The connection's window is raised before it is used.
        while next(&mut read).await.0 != 8 {}
        for round in 0..20u32 {
            let streams = (0..100).map(|i| 1 + 2 * (round * 100 + i));
            for id in streams.clone() {
                write.write_all(&h2_frame(HEADERS, 4, id, &header_block())).await.unwrap();
                write.write_all(&h2_frame(DATA, 0, id, &begin)).await.unwrap();
            }
            let mut answered = 0;
            while answered < 100 {
                let (kind, flags) = next(&mut read).await;
                assert_ne!(kind, 7, "GOAWAY after {round} rounds");
                answered += usize::from(kind == HEADERS && flags & END == END);
            }
            for id in streams {
                write.write_all(&h2_frame(DATA, END, id, &[7; 10_000])).await.unwrap();
            }
        }
        // A ping's answer comes after everything else has been dealt with.
        write.write_all(&h2_frame(6, 0, 0, &[0; 8])).await.unwrap();
        loop {
            match next(&mut read).await {
                (6, 1) => break,
                (kind, _) => assert_ne!(kind, 7, "GOAWAY"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, talk).await.expect("all answers in time");
    assert!(seen.try_recv().is_err());
    assert_eq!(*server.records.refused.lock(), vec!["too_large"; 2_000]);
}
