//! What the demo's users ask and its agent answers, in fourteen languages.

/// One language of the demo.
pub struct Language {
    /// BCP-47 tag.
    pub tag: &'static str,
    /// Turns out of a thousand.
    pub share: u32,
    /// Percentage of its turns that the agent declines.
    pub refused: u32,
    /// Percentage of its turns that the agent answers in English.
    pub in_english: u32,
    /// Percentage of its turns without any answer.
    pub empty: u32,
    /// Questions with their answers; `{n}` is an order number.
    pub turns: [(&'static str, &'static str); 2],
    /// How the agent declines.
    pub refusal: &'static str,
}

const fn healthy(
    tag: &'static str,
    share: u32,
    turns: [(&'static str, &'static str); 2],
    refusal: &'static str,
) -> Language {
    Language { tag, share, refused: 2, in_english: 1, empty: 1, turns, refusal }
}

/// What the agent's knowledge base holds, in English for everybody.
pub const DOCUMENTS: [&str; 2] = [
    "Orders can be changed free of charge until the parcel leaves the warehouse. Afterwards the customer has to wait for the delivery and send the goods back.",
    "Refunds are paid to the original means of payment within five working days after the goods have arrived in our warehouse.",
];

/// The answer of an agent that forgot its user's language.
pub const ENGLISH_ANSWER: &str = "You can change the order until it leaves the warehouse, and the refund arrives on your account within five working days.";

/// The agent's instructions.
pub const SYSTEM: &str = "You are the support agent of an online shop. Answer in the language of the customer.";

/// Every language of the demo. Indonesian is the one that does badly.
pub const LANGUAGES: [Language; 14] = [
    healthy(
        "en",
        400,
        [
            (
                "Hello, I would like to change the delivery address of my order {n}. Is that still possible?",
                "Yes, the address of order {n} can still be changed, because the parcel has not left our warehouse yet.",
            ),
            (
                "When will I get my money back for the order {n} that I returned last week?",
                "The refund for order {n} was sent yesterday and should be on your account within five working days.",
            ),
        ],
        "I'm sorry, but I can't help with that request.",
    ),
    healthy(
        "es",
        110,
        [
            (
                "Hola, quisiera cambiar la dirección de entrega de mi pedido {n}. ¿Todavía es posible?",
                "Sí, la dirección del pedido {n} todavía se puede cambiar, porque el paquete aún no ha salido del almacén.",
            ),
            (
                "¿Cuándo me devolverán el dinero del pedido {n} que envié de vuelta la semana pasada?",
                "El reembolso del pedido {n} salió ayer y debería llegar a su cuenta en un plazo de cinco días laborables.",
            ),
        ],
        "Lo siento, pero no puedo ayudarle con esa solicitud.",
    ),
    healthy(
        "fr",
        80,
        [
            (
                "Bonjour, je voudrais modifier l'adresse de livraison de ma commande {n}. Est-ce encore possible ?",
                "Oui, l'adresse de la commande {n} peut encore être modifiée, car le colis n'a pas quitté notre entrepôt.",
            ),
            (
                "Quand serai-je remboursé pour la commande {n} que j'ai renvoyée la semaine dernière ?",
                "Le remboursement de la commande {n} est parti hier et arrivera sur votre compte dans les cinq jours ouvrables.",
            ),
        ],
        "Je suis désolé, mais je ne peux pas vous aider avec cette demande.",
    ),
    healthy(
        "de",
        80,
        [
            (
                "Hallo, ich möchte die Lieferadresse meiner Bestellung {n} ändern. Geht das noch?",
                "Ja, die Adresse der Bestellung {n} lässt sich noch ändern, weil das Paket unser Lager noch nicht verlassen hat.",
            ),
            (
                "Wann bekomme ich mein Geld für die Bestellung {n} zurück, die ich letzte Woche zurückgeschickt habe?",
                "Die Erstattung für die Bestellung {n} ging gestern hinaus und sollte innerhalb von fünf Werktagen auf Ihrem Konto sein.",
            ),
        ],
        "Es tut mir leid, aber dabei kann ich Ihnen nicht helfen.",
    ),
    healthy(
        "pt",
        60,
        [
            (
                "Olá, gostaria de alterar o endereço de entrega do meu pedido {n}. Isso ainda é possível?",
                "Sim, o endereço do pedido {n} ainda pode ser alterado, porque o pacote não saiu do nosso armazém.",
            ),
            (
                "Quando vou receber de volta o dinheiro do pedido {n} que devolvi na semana passada?",
                "O reembolso do pedido {n} foi enviado ontem e deve chegar à sua conta em até cinco dias úteis.",
            ),
        ],
        "Sinto muito, mas não posso ajudar com essa solicitação.",
    ),
    healthy(
        "it",
        40,
        [
            (
                "Buongiorno, vorrei cambiare l'indirizzo di consegna del mio ordine {n}. È ancora possibile?",
                "Sì, l'indirizzo dell'ordine {n} può ancora essere cambiato, perché il pacco non ha lasciato il nostro magazzino.",
            ),
            (
                "Quando riceverò il rimborso per l'ordine {n} che ho restituito la settimana scorsa?",
                "Il rimborso dell'ordine {n} è partito ieri e dovrebbe arrivare sul suo conto entro cinque giorni lavorativi.",
            ),
        ],
        "Mi dispiace, ma non posso aiutarla con questa richiesta.",
    ),
    healthy(
        "ru",
        40,
        [
            (
                "Здравствуйте, я хотел бы изменить адрес доставки заказа {n}. Это ещё возможно?",
                "Да, адрес заказа {n} ещё можно изменить, потому что посылка пока не покинула наш склад.",
            ),
            (
                "Когда мне вернут деньги за заказ {n}, который я отправил обратно на прошлой неделе?",
                "Деньги за заказ {n} отправлены вчера и поступят на ваш счёт в течение пяти рабочих дней.",
            ),
        ],
        "К сожалению, я не могу помочь с этим запросом.",
    ),
    healthy(
        "hi",
        30,
        [
            (
                "नमस्ते, मैं अपने ऑर्डर {n} का डिलीवरी पता बदलना चाहता हूँ। क्या यह अभी भी संभव है?",
                "हाँ, ऑर्डर {n} का पता अभी बदला जा सकता है, क्योंकि पार्सल अभी हमारे गोदाम से नहीं निकला है।",
            ),
            (
                "पिछले हफ़्ते लौटाए गए ऑर्डर {n} के पैसे मुझे कब वापस मिलेंगे?",
                "ऑर्डर {n} की राशि कल भेज दी गई है और पाँच कार्य दिवसों में आपके खाते में आ जाएगी।",
            ),
        ],
        "मुझे खेद है, लेकिन मैं इस अनुरोध में आपकी मदद नहीं कर सकता।",
    ),
    healthy(
        "ja",
        40,
        [
            (
                "こんにちは。注文番号{n}の配送先住所を変更したいのですが、まだ間に合いますか。",
                "はい、注文番号{n}の荷物はまだ倉庫を出ていませんので、住所を変更できます。",
            ),
            (
                "先週返品した注文番号{n}の返金はいつになりますか。",
                "注文番号{n}の返金は昨日手続きが完了し、五営業日以内に口座に入金されます。",
            ),
        ],
        "申し訳ありませんが、そのご依頼にはお応えできません。",
    ),
    healthy(
        "zh",
        40,
        [
            (
                "你好，我想修改订单{n}的送货地址，现在还来得及吗？",
                "可以的，订单{n}的包裹还没有离开我们的仓库，所以地址还可以修改。",
            ),
            (
                "我上周退回的订单{n}什么时候可以收到退款？",
                "订单{n}的退款昨天已经发出，预计五个工作日内会到达您的账户。",
            ),
        ],
        "很抱歉，我无法协助处理这个请求。",
    ),
    healthy(
        "ar",
        25,
        [
            (
                "مرحبا، أود تغيير عنوان التسليم للطلب رقم {n}. هل ما زال ذلك ممكنا؟",
                "نعم، ما زال من الممكن تغيير عنوان الطلب رقم {n} لأن الطرد لم يغادر المستودع بعد.",
            ),
            (
                "متى سأستعيد المبلغ الذي دفعته للطلب رقم {n} الذي أعدته الأسبوع الماضي؟",
                "تم إرسال المبلغ الخاص بالطلب رقم {n} أمس وسيصل إلى حسابك خلال خمسة أيام عمل.",
            ),
        ],
        "أنا آسف، لكن لا يمكنني المساعدة في هذا الطلب.",
    ),
    healthy(
        "tr",
        20,
        [
            (
                "Merhaba, {n} numaralı siparişimin teslimat adresini değiştirmek istiyorum. Bu hâlâ mümkün mü?",
                "Evet, {n} numaralı siparişin adresi hâlâ değiştirilebilir, çünkü paket henüz depomuzdan çıkmadı.",
            ),
            (
                "Geçen hafta iade ettiğim {n} numaralı siparişin parasını ne zaman geri alacağım?",
                "{n} numaralı siparişin iadesi dün gönderildi ve beş iş günü içinde hesabınıza geçecek.",
            ),
        ],
        "Üzgünüm, ancak bu konuda size yardımcı olamıyorum.",
    ),
    healthy(
        "vi",
        15,
        [
            (
                "Xin chào, tôi muốn thay đổi địa chỉ giao hàng của đơn hàng {n}. Bây giờ còn kịp không?",
                "Vâng, địa chỉ của đơn hàng {n} vẫn có thể thay đổi vì kiện hàng chưa rời khỏi kho của chúng tôi.",
            ),
            (
                "Khi nào tôi nhận lại được tiền của đơn hàng {n} mà tôi đã trả lại tuần trước?",
                "Khoản hoàn tiền cho đơn hàng {n} đã được gửi hôm qua và sẽ đến tài khoản của bạn trong vòng năm ngày làm việc.",
            ),
        ],
        "Rất tiếc, tôi không thể giúp bạn với yêu cầu này.",
    ),
    Language {
        tag: "id",
        share: 20,
        refused: 22,
        in_english: 18,
        empty: 4,
        turns: [
            (
                "Halo, saya ingin mengubah alamat pengiriman untuk pesanan nomor {n}. Apakah masih bisa?",
                "Ya, alamat pesanan nomor {n} masih bisa diubah karena paketnya belum keluar dari gudang kami.",
            ),
            (
                "Kapan uang saya dikembalikan untuk pesanan nomor {n} yang saya kirim balik minggu lalu?",
                "Pengembalian dana untuk pesanan nomor {n} sudah dikirim kemarin dan akan masuk ke rekening Anda dalam lima hari kerja.",
            ),
        ],
        refusal: "Maaf, saya tidak dapat membantu permintaan tersebut.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the shares are added up and the languages counted.
    /// Guarantees: a thousand turns have a thousand places, and the demo shows at least twelve languages.
    #[test]
    fn shares_add_up() {
        assert_eq!(LANGUAGES.iter().map(|language| language.share).sum::<u32>(), 1000);
        assert!(LANGUAGES.len() >= 12);
    }
}
