//! A real Prometheus scrapes the program.

mod support;

use support::Program;
use support::peers::{send_grpc, send_http};
use support::prometheus::Prometheus;
use support::spans::{chat, request};

const INDONESIAN: &str = "Halo, saya ingin mengubah alamat pengiriman untuk pesanan saya. Apakah masih bisa?";
const GOOD: &str = "Ya, alamat pesanan Anda masih bisa diubah karena paketnya belum keluar dari gudang kami.";
const REFUSAL: &str = "Maaf, saya tidak dapat membantu permintaan tersebut.";

/// Scenario: Prometheus scrapes from the start; then Indonesian turns arrive over gRPC and HTTP, one in four of them
/// refused, in a language that was never seen before; later its very first wrong-language answer arrives.
/// Guarantees: PromQL gives the refusal ratio of the language over what was sent, and `increase()` counts the first
/// failure of a series that is born while it is watched.
#[tokio::test(flavor = "multi_thread")]
async fn ratio_of_one_language() {
    let program = Program::start("[turn]\nquiet = \"100ms\"\n");
    let prometheus = Prometheus::start(program.admin).await;
    prometheus.query_until("up{job=\"isogloss\"}", |up| up == 1.0).await;

    for turn in 0..8 {
        let answer = if turn % 4 == 0 { REFUSAL } else { GOOD };
        let request = request("shop", vec![chat(INDONESIAN, answer)]);
        if turn % 2 == 0 {
            send_grpc(program.grpc, request).await.unwrap();
        } else {
            assert_eq!(send_http(program.http, &request).await, 200);
        }
    }
    let asked = "sum(increase(isogloss_refusals_total{language=\"id\",outcome=~\"refused|answered\"}[5m]))";
    prometheus.query_until("sum(isogloss_refusals_total{language=\"id\"})", |n| n == 8.0).await;
    prometheus.query_until(asked, |n| n > 7.0).await;
    let ratio = prometheus
        .query_until(
            "sum(increase(isogloss_refusals_total{language=\"id\",outcome=\"refused\"}[5m])) \
             / sum(increase(isogloss_refusals_total{language=\"id\",outcome=~\"refused|answered\"}[5m]))",
            |_| true,
        )
        .await;
    assert!((ratio - 0.25).abs() < 0.01, "{ratio}");

    // The first failure of this language: its series has been there at 0, so the step is seen.
    send_grpc(
        program.grpc,
        request(
            "shop",
            vec![chat(
                INDONESIAN,
                "The address can still be changed because the parcel has not left our warehouse yet.",
            )],
        ),
    )
    .await
    .unwrap();
    let failures =
        "sum(increase(isogloss_evaluations_total{evaluation=\"language_match\",language=\"id\",outcome=\"fail\"}[5m]))";
    prometheus.query_until(failures, |n| n > 0.9).await;

    // A language of which the very first turn is a failure.
    send_grpc(
        program.grpc,
        request(
            "shop",
            vec![chat(
                "Wie kann ich bitte die Lieferadresse meiner Bestellung noch ändern?",
                "The address can still be changed because the parcel has not left our warehouse yet.",
            )],
        ),
    )
    .await
    .unwrap();
    let failures =
        "sum(increase(isogloss_evaluations_total{evaluation=\"language_match\",language=\"de\",outcome=\"fail\"}[5m]))";
    prometheus.query_until(failures, |n| n > 0.9).await;
}
