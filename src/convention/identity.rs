//! Which service a request comes from.

use crate::otlp::view::{Resource, Scope};

/// The service: `service.name`, else traceAI's `project_name`, else the scope's name, else `unknown`.
///
/// The SDKs' placeholder `unknown_service...` gives way to anything better.
pub fn service_name<'a>(resource: &Resource<'a>, scope: &Scope<'a>) -> &'a str {
    let given = |key| resource.attributes.str(key).map(str::trim).filter(|name| !name.is_empty());
    let service = given("service.name");
    let named = service.filter(|name| !name.starts_with("unknown_service"));
    let scope = Some(scope.name.trim()).filter(|name| !name.is_empty());
    named
        .or_else(|| given("project_name"))
        .or_else(|| given("openinference.project.name"))
        .or(service)
        .or(scope)
        .unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otlp::view::Attribute;
    use crate::otlp::wire::put_bytes;

    fn name(attributes: &[(&str, &str)], scope: &str) -> String {
        let raw: Vec<Vec<u8>> = attributes
            .iter()
            .map(|(key, value)| {
                let mut any = Vec::new();
                put_bytes(&mut any, 1, value.as_bytes());
                let mut message = Vec::new();
                put_bytes(&mut message, 1, key.as_bytes());
                put_bytes(&mut message, 2, &any);
                message
            })
            .collect();
        let mut resource = Resource::default();
        for message in &raw {
            resource.attributes.push(Attribute::read(message).unwrap());
        }
        service_name(&resource, &Scope { name: scope, version: "" }).to_owned()
    }

    /// Scenario: resources with a service name, with a placeholder, of traceAI, and with nothing.
    /// Guarantees: the best name that there is is taken, and there always is one.
    #[test]
    fn best_name() {
        assert_eq!(name(&[("service.name", "bot"), ("project_name", "p")], "s"), "bot");
        assert_eq!(name(&[("service.name", "unknown_service:python"), ("project_name", "p")], "s"), "p");
        assert_eq!(name(&[("service.name", "unknown_service")], "s"), "unknown_service");
        assert_eq!(name(&[("service.name", " "), ("project_name", "p")], "s"), "p");
        assert_eq!(name(&[], "traceai_openai"), "traceai_openai");
        assert_eq!(name(&[], ""), "unknown");
    }
}
