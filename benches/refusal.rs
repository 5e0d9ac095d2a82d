//! Refusals told by their words, with the grammars of all languages at hand, on answers of 300 characters.
//!
//! `cargo bench --bench refusal` prints times; `memchr` over the same bytes is there to compare with.
#![allow(clippy::unwrap_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use isogloss::language::{Certainty, Tag};
use isogloss::refusal::{Detector, Signals};
use std::hint::black_box;

/// Answers, and refusals, of some 300 characters.
const ANSWERS: [(&str, &str, &str); 6] = [
    (
        "en",
        "answer",
        "Your order was sent on Monday and will arrive within three working days. You can follow it on the page of the carrier with the number in the mail that we sent you. If nobody is at home, the parcel waits at the nearest shop for a week, and after that it comes back to us and you get your money back.",
    ),
    (
        "en",
        "refusal",
        "I'm sorry, but I can't help with that. If there is anything else that you would like to know about your order, your account or our products, just ask, and I will do my best to find it out for you as quickly as possible. Our shops are open from nine to six on all days but Sunday and public holidays.",
    ),
    (
        "de",
        "answer",
        "Ihre Bestellung ist am Montag losgeschickt worden und kommt innerhalb von drei Werktagen an. Mit der Nummer aus unserer Nachricht können Sie sie auf der Seite des Zustellers verfolgen. Ist niemand zu Hause, wartet das Paket eine Woche lang im nächsten Laden, danach kommt es zu uns zurück.",
    ),
    (
        "ru",
        "answer",
        "Ваш заказ отправлен в понедельник и придёт в течение трёх рабочих дней. По номеру из письма его можно отследить на странице службы доставки. Если никого не будет дома, посылка неделю пролежит в ближайшем магазине, а потом вернётся к нам, и мы вернём вам деньги за неё в тот же самый день.",
    ),
    (
        "hi",
        "answer",
        "आपका ऑर्डर सोमवार को भेज दिया गया है और तीन कार्य दिवसों में पहुँच जाएगा। हमारे संदेश में दिए नंबर से आप इसे कूरियर के पेज पर देख सकते हैं। अगर घर पर कोई नहीं होगा तो पार्सल एक सप्ताह तक पास की दुकान में रहेगा और उसके बाद हमारे पास लौट आएगा, फिर आपके पैसे वापस कर दिए जाएँगे।",
    ),
    (
        "ja",
        "answer",
        "ご注文の商品は月曜日に発送され、三営業日以内に届きます。お送りしたメールの番号で、配送会社のページから状況を確認できます。ご不在の場合は、最寄りの店舗で一週間お預かりし、その後は当店に戻り、代金を全額返金いたします。ほかにご質問がありましたら、いつでもお気軽にお知らせください。",
    ),
];

fn check(c: &mut Criterion) {
    let detector = Detector::new().unwrap();
    let signals = Signals::default();
    for (language, kind, text) in ANSWERS {
        let mut group = c.benchmark_group(format!("{language} {kind}, {} characters", text.chars().count()));
        group.bench_function("language known", |b| {
            b.iter(|| detector.check(black_box(text), Tag::literal(language), Certainty::High, &signals));
        });
        group.bench_function("language unknown", |b| {
            b.iter(|| detector.check(black_box(text), Tag::UND, Certainty::Low, &signals));
        });
        group.bench_function("memchr", |b| b.iter(|| memchr::memchr(b'\0', black_box(text.as_bytes()))));
        group.finish();
    }
    let mut group = c.benchmark_group("a megabyte");
    for unit in ["I can't ", "can't cannot won't help ", "お手伝いできません", "\"", "a"] {
        let text = unit.repeat((1 << 20) / unit.len());
        group.bench_function(format!("{unit:?}"), |b| {
            b.iter(|| detector.check(black_box(&text), Tag::UND, Certainty::Low, &signals));
        });
    }
    group.finish();
}

fn start(c: &mut Criterion) {
    c.bench_function("start: compiling the grammars", |b| b.iter(|| Detector::new().unwrap()));
}

criterion_group!(benches, check, start);
criterion_main!(benches);
