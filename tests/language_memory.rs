//! What language detection takes of memory. A process of its own, so that nothing else is measured.

#![allow(clippy::unwrap_used)]

use isogloss::language::{LanguageDetector as _, NgramDetector};

/// Texts in several scripts of which the model is sure.
const TEXTS: [&str; 8] = [
    "How do I change the delivery address of an order that has already been sent?",
    "Wie kann ich die Lieferadresse einer Bestellung ändern, die schon unterwegs ist?",
    "Как изменить адрес доставки заказа, который уже отправлен?",
    "كيف يمكنني تغيير عنوان التوصيل لطلب تم إرساله بالفعل؟",
    "मैं पहले से भेजे गए ऑर्डर का डिलीवरी पता कैसे बदल सकता हूँ?",
    "已经发货的订单怎么修改收货地址？",
    "すでに発送された注文の配送先住所を変更するにはどうすればよいですか",
    "Ninawezaje kubadilisha anwani ya kupelekewa kwa agizo ambalo tayari limetumwa?",
];

/// Kibibytes of the process that are in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Scenario: the detector is made and used on all scripts, then on the same texts again.
/// Guarantees: it takes at most 10 MB of memory over the bare program; once the buffers have grown a text of which the
/// model is sure allocates nothing, and of short prompts, which leave most doubt, seven in eight do not.
#[test]
fn little_memory() {
    let before = resident();
    let detector = NgramDetector::built_in();
    for text in TEXTS {
        detector.detect(text);
    }
    // Every page of the model, as a long life would touch them.
    let mut random = 1u64;
    for _ in 0..20_000 {
        let word: String = (0..12)
            .map(|_| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b'a' + (random >> 59) as u8 % 26)
            })
            .collect();
        detector.detect(&word);
    }
    let taken = resident() - before;
    println!("{taken} KiB");
    assert!(taken * 1024 <= 10_000_000, "{taken} KiB");
    for text in TEXTS {
        let counted = allocation_counter::measure(|| {
            detector.detect(text);
        });
        assert_eq!(counted.count_total, 0, "{text}");
    }
    // `whatlang`, which is asked between two of its languages in doubt, allocates; so does reading JSON.
    let prompts = include_str!("fixtures/language/prompts.tsv").lines().skip(1);
    let prompts: Vec<&str> = prompts.filter_map(|line| line.splitn(3, '\t').nth(2)).collect();
    let allocates = |text: &&&str| {
        let counted = allocation_counter::measure(|| {
            detector.detect(text);
        });
        counted.count_total > 0
    };
    let allocating = prompts.iter().filter(allocates).count();
    println!("{allocating} of {} prompts allocate", prompts.len());
    assert!(allocating * 8 <= prompts.len(), "{allocating}");
}
