//! Parameters are written and read, and what is no parameter is refused.

use mislabel_methods::{Error, METHODS, from_report, from_toml, method, parameterized};
use serde_json::json;

#[test]
fn parameters_of_every_method_read_back_from_json_and_toml() {
    for entry in &METHODS {
        let written = entry.seeded(7).parameters();
        assert_eq!(entry.parameterized(&written).unwrap().parameters(), written, "{}", entry.name);
        let default = entry.seeded(0).parameters();
        assert_eq!(from_toml(entry.name, &entry.default_toml()).unwrap().parameters(), default, "{}", entry.name);
        assert_eq!(parameterized(entry.name, &json!({})).unwrap().parameters(), default, "{}", entry.name);
    }
}

#[test]
fn a_stored_report_names_its_method_and_its_parameters() {
    for entry in &METHODS {
        let parameters = entry.seeded(7).parameters();
        let stored = json!({ "method": entry.name, "parameters": parameters, "issues": null });
        let again = from_report(&stored).unwrap();
        assert_eq!((again.name(), again.parameters()), (entry.name, parameters));
    }
    assert_eq!(from_report(&json!({})).unwrap_err().to_string(), r#"this is no report: it has no field "method""#);
    assert!(matches!(from_report(&json!({ "method": "rer" })), Err(Error::NotAReport { field: "parameters" })));
}

#[test]
fn an_unknown_parameter_is_refused_by_its_name() {
    for entry in &METHODS {
        let error = entry.parameterized(&json!({ "no_such_parameter": 1 })).unwrap_err();
        assert!(matches!(error, Error::Parameters { .. }), "{}", entry.name);
        assert!(error.to_string().contains("no_such_parameter"), "{error}");
    }
}

#[test]
fn an_unknown_method_is_refused_with_the_names_there_are() {
    let error = method("no such method").unwrap_err();
    assert!(error.to_string().contains("posterior"), "{error}");
}

#[test]
fn a_consensus_takes_members_by_name_and_with_parameters_but_none_twice() {
    let members = json!({ "members": ["rer", { "name": "knn", "parameters": { "judge": { "neighbors": 5 } } }] });
    let consensus = parameterized("consensus", &members).unwrap();
    assert_eq!(consensus.parameters()["members"][1]["parameters"]["judge"]["neighbors"], 5);
    let twice = json!({ "members": ["rer", "rer"] });
    assert!(matches!(parameterized("consensus", &twice), Err(Error::RepeatedMember { member: "rer" })));
    for wrong in [
        json!({ "members": "rer" }),
        json!({ "members": [] }),
        json!({ "members": ["consensus"] }),
        json!({ "members": [{ "name": "rer", "paramters": {} }] }),
        json!({ "member": ["rer"] }),
    ] {
        assert!(matches!(parameterized("consensus", &wrong), Err(Error::Parameters { .. })), "{wrong}");
    }
}
