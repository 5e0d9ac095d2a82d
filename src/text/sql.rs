//! Statements of SQL within a prompt: how far one goes, so that the words around it are left.

use super::head;

/// Bytes of a statement that are looked at.
const LONGEST: usize = 1024;

/// Words that begin a statement, with one that follows it.
const VERBS: [(&str, &[&str]); 8] = [
    ("SELECT", &["FROM"]),
    ("INSERT", &["INTO"]),
    ("UPDATE", &["SET"]),
    ("DELETE", &["FROM"]),
    ("CREATE", &["TABLE", "INDEX", "VIEW", "DATABASE"]),
    ("ALTER", &["TABLE"]),
    ("DROP", &["TABLE", "INDEX", "VIEW", "DATABASE"]),
    ("WITH", &["SELECT"]),
];

#[rustfmt::skip]
const KEYWORDS: [&str; 73] = [
    "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "NULL", "ORDER", "GROUP", "BY", "HAVING", "LIMIT", "OFFSET", "AS", "ON", "IN",
    "IS", "LIKE", "ILIKE", "BETWEEN", "EXISTS", "DISTINCT", "ALL", "ANY", "UNION", "CASE", "WHEN", "THEN", "ELSE", "END", "ASC",
    "DESC", "JOIN", "LEFT", "RIGHT", "INNER", "OUTER", "FULL", "CROSS", "USING", "INSERT", "INTO", "VALUES", "UPDATE", "SET",
    "DELETE", "CREATE", "TABLE", "INDEX", "VIEW", "DATABASE", "ALTER", "ADD", "COLUMN", "DROP", "IF", "PRIMARY", "FOREIGN", "KEY",
    "REFERENCES", "UNIQUE", "DEFAULT", "CONSTRAINT", "CASCADE", "TRUE", "FALSE", "COUNT", "SUM", "AVG", "MIN", "MAX", "WITH",
    "RETURNING",
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Lexeme<'t> {
    Word(&'t str),
    /// A number or a string.
    Literal,
    /// What a name may follow.
    Operator,
    Comma,
    Opening,
    Closing,
    Semicolon,
}

/// The length of the statement at the beginning of `rest`, or how many bytes were looked at in vain. Keywords count in
/// capitals, as people write them; in small letters they are words like others, but for `select *`.
pub(super) fn statement(rest: &str) -> Result<usize, usize> {
    let text = head(rest, LONGEST);
    let Some((Lexeme::Word(verb), mut at)) = next(text, 0) else { return Err(0) };
    let any_case = verb == "select" && text.get(at..).is_some_and(|rest| rest.trim_start().starts_with('*'));
    let keyword = |word: &str| match any_case {
        true => KEYWORDS.iter().any(|known| known.eq_ignore_ascii_case(word)),
        false => KEYWORDS.contains(&word),
    };
    let is_verb = |known: &str| known == verb || any_case && known.eq_ignore_ascii_case(verb);
    let Some((_, partners)) = VERBS.iter().find(|(known, _)| is_verb(known)) else { return Err(0) };
    let (mut is_whole, mut wants_name, mut comma, mut depth) = (false, true, false, 0);
    while let Some((lexeme, end)) = next(text, at) {
        match lexeme {
            Lexeme::Semicolon => {
                (is_whole, at) = (true, end);
                break;
            }
            Lexeme::Word(word) if keyword(word) => {
                is_whole |= partners.iter().any(|partner| partner.eq_ignore_ascii_case(word));
                wants_name = true;
            }
            // A name behind a name is an alias, if the statement goes on behind it; and a comma may be the person's.
            Lexeme::Word(_) if depth == 0 && (comma || !wants_name) && !goes_on(text, end, keyword) => break,
            Lexeme::Opening => (depth, wants_name) = (depth + 1, true),
            Lexeme::Closing if depth > 0 => (depth, wants_name) = (depth - 1, false),
            Lexeme::Word(_) | Lexeme::Literal | Lexeme::Closing => wants_name = false,
            Lexeme::Operator | Lexeme::Comma => wants_name = true,
        }
        comma = lexeme == Lexeme::Comma;
        at = end;
    }
    if is_whole { Ok(at) } else { Err(at) }
}

fn goes_on(text: &str, at: usize, keyword: impl Fn(&str) -> bool) -> bool {
    match next(text, at) {
        Some((Lexeme::Word(word), _)) => keyword(word),
        Some((Lexeme::Literal, _)) | None => false,
        Some(_) => true,
    }
}

/// The lexeme from `at` on, and where it ends; `None` at the end and before what SQL has not got.
fn next(text: &str, at: usize) -> Option<(Lexeme<'_>, usize)> {
    let rest = text.get(at..)?;
    let at = at + rest.len() - rest.trim_start().len();
    let rest = rest.trim_start();
    let first = *rest.as_bytes().first()?;
    let upto = |inside: fn(u8) -> bool| rest.bytes().take_while(|byte| inside(*byte)).count();
    let (lexeme, length) = match first {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
            let length = upto(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$'));
            // A word that goes on in other letters is none of SQL's.
            if rest.get(length..)?.starts_with(|c: char| !c.is_ascii() && c.is_alphanumeric()) {
                return None;
            }
            // The full stop that ends a sentence is not the name's.
            let length = rest.get(..length)?.trim_end_matches('.').len();
            (Lexeme::Word(rest.get(..length)?), length)
        }
        b'0'..=b'9' => (Lexeme::Literal, upto(|byte| byte.is_ascii_alphanumeric() || byte == b'.')),
        b'\'' | b'"' | b'`' => (Lexeme::Literal, memchr::memchr(first, rest.get(1..)?.as_bytes())? + 2),
        b';' => (Lexeme::Semicolon, 1),
        b')' | b']' => (Lexeme::Closing, 1),
        b',' => (Lexeme::Comma, 1),
        b'(' | b'[' => (Lexeme::Opening, 1),
        b'=' | b'<' | b'>' | b'!' | b'+' | b'-' | b'*' | b'/' | b'%' | b'|' | b'@' | b'$' | b':' => {
            (Lexeme::Operator, 1)
        }
        _ => return None,
    };
    Some((lexeme, at + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: statements with words of a person behind them.
    /// Guarantees: the statement is taken to its end, and no word behind it.
    #[test]
    fn statements() {
        for (sql, behind) in [
            ("SELECT name FROM users", " yang usianya di atas 30"),
            ("SELECT u.name, COUNT(*) FROM users u JOIN orders AS o ON o.user_id = u.id WHERE u.age > 30", " merci"),
            ("SELECT * FROM t WHERE a = 'x y' AND b IN (1, 2) ORDER BY c DESC LIMIT 10;", " dankeschön"),
            ("SELECT a, b, c FROM t ORDER BY a,", " te rog"),
            ("SELECT 1;", " was heißt das"),
            ("INSERT INTO t (a, b) VALUES (1, 'x')", " nu merge"),
            ("UPDATE users SET name = 'x' WHERE id = 42", " não funciona"),
            ("DELETE FROM users", ". Varför?"),
            ("CREATE TABLE t (id INT PRIMARY KEY, name TEXT)", "\nerklär mir das"),
            ("select * from users where id = 1", " pourquoi ça échoue"),
        ] {
            assert_eq!(statement(&format!("{sql}{behind}")), Ok(sql.len()), "{sql}{behind}");
        }
    }

    /// Scenario: words of people that begin as a statement would.
    /// Guarantees: none is taken for one.
    #[test]
    fn people() {
        for text in
            ["SELECT an option", "select a seat from the list", "DELETE MY ACCOUNT", "UPDATE: es geht", "", "WITH love"]
        {
            assert!(statement(text).is_err(), "{text}");
        }
    }
}
