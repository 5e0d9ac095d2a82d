//! Names of evaluations as the configuration has them.

/// A name that no evaluation has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind} evaluation \"{name}\"{}", hint(near.as_deref(), known))]
pub struct UnknownEvaluation {
    /// `free` or `paid`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The known name that is like it.
    pub near: Option<String>,
    /// All known names.
    pub known: Vec<&'static str>,
}

fn hint(near: Option<&str>, known: &[&str]) -> String {
    match near {
        Some(near) => format!(", did you mean \"{near}\"?"),
        None => format!(", known are {}", known.join(", ")),
    }
}

/// What the names stand for, each once, in the order in which they are named first.
pub(super) fn resolve<T>(
    kind: &'static str,
    names: &[String],
    known: &[&'static str],
    make: impl Fn(&'static str) -> Option<T>,
) -> Result<Vec<T>, UnknownEvaluation> {
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for name in names {
        let Some(made) = known.iter().find(|k| **k == name.as_str()).and_then(|k| make(k)) else {
            let like = |k: &&&str| strsim::jaro_winkler(k, &name.to_lowercase());
            let near = known.iter().max_by(|a, b| like(a).total_cmp(&like(b))).filter(|k| like(k) > 0.75);
            let near = near.map(ToString::to_string);
            return Err(UnknownEvaluation { kind, name: name.clone(), near, known: known.to_vec() });
        };
        if !seen.contains(&name.as_str()) {
            seen.push(name);
            found.push(made);
        }
    }
    Ok(found)
}
