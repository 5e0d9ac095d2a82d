//! The letters beyond ASCII that a language is written with: what cannot be that language, and what nearly must.

use crate::text::script;

/// Tag, its letters beyond `a` to `z` (loan words' accents included), and those that few other languages have.
type Alphabet = (&'static str, &'static str, &'static str);

/// The languages of one script that the trigram profiles know.
pub(super) struct Group {
    pub languages: &'static [Alphabet],
    /// Evidence that comes with the script alone: the fewer other languages write it, the more.
    pub prior: f32,
    /// Whether languages of the script are told by short words about as in English.
    pub wordy: bool,
}

#[rustfmt::skip]
const LATIN_LANGUAGES: &[Alphabet] = &[
    ("en", "éèêëïöüçñáàâóíäæœô", ""),
    ("es", "áéíóúñü", "ñ"),
    ("fr", "àâæçéèêëîïôœùûüÿ", "œ"),
    ("de", "äöüßéàè", "ß"),
    ("pt", "áâãàçéêíóôõúü", "ãõ"),
    ("it", "àèéìíîòóùú", ""),
    ("nl", "éëïóöüáèêç", ""),
    ("af", "êëéèïôöûüáíîó", ""),
    ("ca", "àçéèíïóòúü", ""),
    ("ro", "ăâîșşțţ", "țțăș"),
    ("pl", "ąćęłńóśźż", "łąęśżźń"),
    ("cs", "áčďéěíňóřšťúůýž", "řěů"),
    ("sk", "áäčďéíĺľňóôŕšťúýž", "ľĺŕ"),
    ("sl", "čšžćđ", ""),
    ("sh", "čćđšž", ""),
    ("hu", "áéíóöőúüű", "őű"),
    ("fi", "äöåšž", ""),
    ("et", "äõöüšž", "õ"),
    ("lv", "āčēģīķļņšūžōŗ", "āēīūļņķģ"),
    ("lt", "ąčęėįšųūž", "ėįų"),
    ("sv", "åäöéáàüè", "å"),
    ("da", "æøåéáèêöä", "æø"),
    ("no", "æøåéòóôèêàäö", "æø"),
    ("tr", "çğıöşüâîû", "ğış"),
    ("az", "əçğıöşü", "ə"),
    ("tk", "çäňöşüýž", ""),
    ("uz", "ʻʼçşğıöü", ""),
    ("vi", "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ", "ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựỳýỷỹỵ"),
    ("id", "é", ""),
    ("jv", "éèêâå", ""),
    ("tl", "áàâéèêëíìîóòôúùûñ", ""),
    ("la", "āēīōūăĕĭŏŭæœë", ""),
    ("eo", "ĉĝĥĵŝŭ", "ĉĝĥĵŝ"),
    ("cy", "âêîôûŵŷáéíóúàèìòùäëïöü", "ŵŷ"),
    ("sn", "", ""),
    ("zu", "", ""),
    ("ak", "ɛɔã", "ɛɔ"),
];

#[rustfmt::skip]
const CYRILLIC_LANGUAGES: &[Alphabet] = &[
    ("ru", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "ёы"),
    ("uk", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "їєґ"),
    ("be", "абвгдеёжзіійклмнопрстуўфхцчшыьэюя", "ў"),
    ("bg", "абвгдежзийклмнопрстуфхцчшщъьюяѝ", "ъ"),
    ("mk", "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ", "ѓќѕ"),
    ("sr", "абвгдђежзијклљмнњопрстћуфхцчџш", "ђћ"),
];

#[rustfmt::skip]
const ARABIC_LANGUAGES: &[Alphabet] = &[
    ("ar", "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأإؤئةىٱ", "ةىإ"),
    ("fa", "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیءآأؤئۀةيك", "ژ"),
    ("ur", "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھیےءآأؤئۂۓة", "ٹڈڑںےہھ"),
];

/// Scripts whose letters are shared by all: only words and trigrams tell.
const DEVANAGARI_LANGUAGES: &[Alphabet] = &[("hi", "", ""), ("mr", "", "ळ"), ("ne", "", "")];

/// As above; Yiddish writes ligatures and points that Hebrew does not.
const HEBREW_LANGUAGES: &[Alphabet] = &[("he", "", ""), ("yi", "", "ײױװ")];

pub(super) static LATIN: Group = Group { languages: LATIN_LANGUAGES, prior: 0.0, wordy: true };
pub(super) static CYRILLIC: Group = Group { languages: CYRILLIC_LANGUAGES, prior: 0.08, wordy: false };
pub(super) static ARABIC: Group = Group { languages: ARABIC_LANGUAGES, prior: 0.12, wordy: false };
pub(super) static DEVANAGARI: Group = Group { languages: DEVANAGARI_LANGUAGES, prior: 0.12, wordy: false };
pub(super) static HEBREW: Group = Group { languages: HEBREW_LANGUAGES, prior: 0.25, wordy: false };

/// Letters beyond ASCII of a text, each once with how often it occurs, so that a text is read once for all alphabets.
pub(super) struct Letters {
    counts: Vec<(char, usize)>,
}

impl Letters {
    pub fn of(text: &str) -> Self {
        let mut counts: Vec<(char, usize)> = Vec::new();
        for c in text.chars().filter(|&c| !c.is_ascii() && script::is_letter(c) && !is_vowel_mark(c)) {
            match counts.iter_mut().find(|(known, _)| *known == c) {
                Some((_, count)) => *count += 1,
                None => counts.push((c, 1)),
            }
        }
        Letters { counts }
    }

    /// How many of them the alphabet does not have. An alphabet without letters has none of them.
    pub fn foreign_to(&self, alphabet: &str) -> usize {
        self.counts.iter().filter(|(c, _)| !alphabet.contains(*c)).map(|(_, count)| count).sum()
    }
}

/// Arabic marks that Unicode calls alphabetic; any text may carry them.
fn is_vowel_mark(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}')
}
