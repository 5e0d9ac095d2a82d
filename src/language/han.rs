//! Which way of writing Chinese a text uses, told by the characters that the other ways do not have.

use super::Tag;

/// Characters of simplified writing, and of traditional writing, pairwise. Characters that the other writing also
/// has in another meaning (后, 里, 面, 干, 只, 台, 云 ...) are left out.
const SIMPLIFIED: &str = "们个这说时为来对会过后发还没么经头学现动两样问实电开无长话员与关点业机气给从门间进产车体东书见应义记让处认别儿变战听觉军张报论万当亲议总热场乐写决设远华银钱难传园团图热备带师帮帐广庆庄庙废异归录择护报拥担拟挂换据损摄数断旧显晓术权条构标树楼欢毕毛汉沟泽洁济浏测湿满滚灭灯灵炼烟烦热爱牵犹独狱猎环现电画畅疗疮盐盖盘监码矿础确碍礼种积称稳穷窃竞笔签简粮紧纪约级纯纳纸纹线练组细织终绍经绑结绕绘给络绝统继绩绪续维绿缓编缘缩网罗罚罢职联聪肃肤胀胁胜胶脑脚脸脱艺节芦苏药荐莲获营蓝虑虽补袭装观规视览触计订讨训讯讲许访证评识诉词译试诗诚详语误请读谁调谈谢谱贝负财责败货质贩贫购贴贵贷费贺资赏赔赖赚赛赞赵趋跃轮软轻载较辆输辞边达迁运还这远违连迟适选递逻遗邮邻郑酱释针钟钢钥铁铜链销锁错键镇闪闭闲闹闻阅队阳阴阵阶际陆陈险随隐难雾静韩页顶项顺须顾顿预领频题颜额风飞饭饮饰馆驱驾验骑骗鱼鲜鸟鸡麦黄齐龙龟";
const TRADITIONAL: &str = "們個這說時為來對會過發還沒麼經頭學現動兩樣問實電開無長話員與關點業機氣給從門間進產車體東書見應義記讓處認別兒變戰聽覺軍張報論萬當親議總熱場樂寫決設遠華銀錢難傳園團圖備帶師幫帳廣慶莊廟廢異歸錄擇護擁擔擬掛換據損攝數斷舊顯曉術權條構標樹樓歡畢漢溝澤潔濟瀏測濕滿滾滅燈靈煉煙煩愛牽猶獨獄獵環畫暢療瘡鹽蓋盤監碼礦礎確礙禮種積稱穩窮竊競筆簽簡糧緊紀約級純納紙紋線練組細織終紹綁結繞繪絡絕統繼績緒續維綠緩編緣縮網羅罰罷職聯聰肅膚脹脅勝膠腦腳臉脫藝節蘆蘇藥薦蓮獲營藍慮雖補襲裝觀規視覽觸計訂討訓訊講許訪證評識訴詞譯試詩誠詳語誤請讀誰調談謝譜貝負財責敗貨質販貧購貼貴貸費賀資賞賠賴賺賽贊趙趨躍輪軟輕載較輛輸辭邊達遷運違連遲適選遞邏遺郵鄰鄭醬釋針鐘鋼鑰鐵銅鏈銷鎖錯鍵鎮閃閉閒鬧聞閱隊陽陰陣階際陸陳險隨隱霧靜韓頁頂項順須顧頓預領頻題顏額風飛飯飲飾館驅駕驗騎騙魚鮮鳥雞麥黃齊龍龜後裡麵隻臺雲於";
/// Characters that only Japanese writing has.
const JAPANESE: &str = "気対図広売読実験沢戻円経済発効労働単様応変県黒歳択拠鉄駅込働辺込峠畑栃枠匂腺喩訳釈塩歩毎渋掲覚闘徳弐勧歓斎斉恵拝剣圏巻権検険黙総帯渇";
/// Characters of written Cantonese.
const CANTONESE: &str = "嘅咗佢喺嗰冇啲哋嚟唔嘢俾咁乜睇攞噉";

/// The tag for a text of Han characters without kana, and whether its characters say so.
pub(super) fn writing(text: &str) -> (&'static str, bool) {
    let mut seen = Seen::default();
    for c in text.chars() {
        seen.count(c);
    }
    let Seen { han, simplified, traditional, japanese, cantonese } = seen;
    if cantonese >= 2 || cantonese * 12 > han {
        ("yue", true)
    } else if japanese > 0 && simplified == 0 && japanese >= traditional {
        ("ja", true)
    } else if simplified > traditional * 4 {
        ("zh-Hans", true)
    } else if traditional > simplified * 4 {
        ("zh-Hant", true)
    } else {
        ("zh", han >= 4)
    }
}

/// Characters below which a text without one that is particular to it is not said to be Cantonese or Wu.
const MIN_PARTICULAR: usize = 4;

/// The tag of a text of Han characters that a model told to be `language`: with its way of writing where the characters
/// say it, and Mandarin where neither its length nor its characters speak for another.
pub fn variant(language: Tag, text: &str) -> Tag {
    let (said, told) = writing(text);
    match language.as_str() {
        "zh" if told => Tag::literal(said),
        "yue" | "wuu" if said == "yue" || text.chars().count() >= MIN_PARTICULAR => language,
        "zh" | "yue" | "wuu" => Tag::literal(if matches!(said, "yue" | "ja") { "zh" } else { said }),
        _ => language,
    }
}

#[derive(Default)]
struct Seen {
    han: usize,
    simplified: usize,
    traditional: usize,
    japanese: usize,
    cantonese: usize,
}

impl Seen {
    fn count(&mut self, c: char) {
        if c < '\u{3400}' {
            return;
        }
        self.han += 1;
        let (s, t) = (SIMPLIFIED.contains(c), TRADITIONAL.contains(c));
        // A character in both lists says nothing.
        self.simplified += usize::from(s && !t);
        self.traditional += usize::from(t && !s);
        self.japanese += usize::from(JAPANESE.contains(c) && !s && !t);
        self.cantonese += usize::from(CANTONESE.contains(c));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: sentences in simplified, traditional, Cantonese, Japanese without kana, and of shared characters.
    /// Guarantees: each way of writing is told; shared characters stay plain Chinese.
    #[test]
    fn ways_of_writing() {
        for (text, tag) in [
            ("请问这个订单什么时候发货", "zh-Hans"),
            ("請問這個訂單什麼時候發貨", "zh-Hant"),
            ("這間飯店的房間安靜", "zh-Hant"),
            ("我没有访问权限", "zh-Hans"),
            ("佢哋喺邊度", "yue"),
            ("東京駅発売", "ja"),
            ("中文大小", "zh"),
        ] {
            assert_eq!(writing(text).0, tag, "{text}");
        }
    }
}
