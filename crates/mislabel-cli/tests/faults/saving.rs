//! Decisions on the page: what is called saved is in the journal, whatever the disk does.

use std::path::Path;

use crate::faults::{Fault, logged, most, variables};
use crate::fixture::Fixture;
use crate::process::serve_with;

/// Operations of a session: each decides on a row of its own, the last on three.
const OPERATIONS: u32 = 8;

fn rows(operation: u32) -> Vec<u32> {
    if operation + 1 == OPERATIONS { (operation..operation + 3).collect() } else { vec![operation] }
}

/// What became of a session.
struct Session {
    /// What the command said, if it did not begin to serve.
    refused: Option<String>,
    /// The operations that were called saved.
    saved: Vec<u32>,
    /// The others, and the answers to them; none of a server that is gone.
    failed: Vec<(u32, Option<u16>)>,
}

fn session(fixture: &Fixture, variables: &[(&'static str, String)]) -> Session {
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut session = Session { refused: None, saved: Vec::new(), failed: Vec::new() };
    let served = match serve_with(fixture.folder(), &Fixture::arguments(&[]), &variables) {
        Ok(served) => served,
        Err(said) => {
            session.refused = Some(said);
            return session;
        }
    };
    for operation in 0..OPERATIONS {
        let answer = served.try_decide(&format!("op {operation}"), &rows(operation), "keep", None);
        match answer.ok().map(|answer| answer.status) {
            Some(200) => session.saved.push(operation),
            status => session.failed.push((operation, status)),
        }
    }
    served.kill();
    session
}

/// How many whole lines of the journal are of `operation`.
fn recorded(fixture: &Fixture, operation: u32) -> usize {
    let text = std::fs::read_to_string(fixture.path("review.jsonl")).unwrap_or_default();
    let name = format!("\"op\":\"op {operation}\"");
    text.split_inclusive('\n').filter(|line| line.ends_with('\n') && line.contains(&name)).count()
}

fn survived(log: &Path, calls: &[String], fault: Fault) -> (bool, Session) {
    let fixture = Fixture::new(30, 3);
    let folder = fixture.folder().canonicalize().unwrap();
    std::fs::create_dir(folder.join("tmp")).unwrap();
    let _ = std::fs::remove_file(log);
    let disturbed = session(&fixture, &variables(&folder, log, Some(fault)));
    let met = logged(log).1;
    let name = calls.get(fault.call).map_or("", String::as_str);
    let about = format!("{fault:?} ({name}): {:?}, {:?}, {:?}", disturbed.saved, disturbed.failed, disturbed.refused);
    assert!(!fault.kind.passes() || disturbed.saved.len() == OPERATIONS as usize, "{about}");
    assert!(disturbed.refused.as_ref().is_none_or(|said| said.is_empty() || said.contains("error: ")), "{about}");
    assert!(disturbed.refused.as_ref().is_none_or(|said| fault.kind.ends_the_process() || !said.is_empty()), "{about}");
    // A disk that fails is the cause that the page is told, not a server that is gone.
    let told = |(_, status): &(u32, Option<u16>)| matches!(status, Some(500 | 507));
    assert!(fault.kind.ends_the_process() || disturbed.failed.iter().all(told), "{about}");
    for operation in &disturbed.saved {
        assert_eq!(recorded(&fixture, *operation), rows(*operation).len(), "operation {operation}: {about}");
    }
    // The page sends again what was not called saved; what was is recorded already.
    let again = session(&fixture, &[]);
    assert!(
        again.refused.is_none() && again.failed.is_empty(),
        "{about}\nagain: {:?} {:?}",
        again.refused,
        again.failed
    );
    for operation in 0..OPERATIONS {
        assert_eq!(recorded(&fixture, operation), rows(operation).len(), "operation {operation}: {about}");
    }
    (met, disturbed)
}

#[test]
fn a_decision_that_is_called_saved_survives_every_fault() {
    let place = tempfile::tempdir().unwrap();
    let log = place.path().join("log");
    let fixture = Fixture::new(30, 3);
    let folder = fixture.folder().canonicalize().unwrap();
    std::fs::create_dir(folder.join("tmp")).unwrap();
    let whole = session(&fixture, &variables(&folder, &log, None));
    assert_eq!(whole.saved.len(), OPERATIONS as usize, "{:?} {:?}", whole.failed, whole.refused);
    let calls = logged(&log).0;
    // A process that ends does not lose what the system has not written yet, but a power cut does.
    let forced = calls.iter().filter(|call| *call == "fdatasync").count();
    assert!(forced >= OPERATIONS as usize, "{forced} times something was forced to the disk");
    let (mut met, mut ended, mut refused) = (0, 0, 0);
    for fault in Fault::chosen(&calls, most(), 7) {
        let (once, disturbed) = survived(&log, &calls, fault);
        met += usize::from(once);
        ended += usize::from(fault.kind.ends_the_process());
        refused += usize::from(disturbed.refused.is_some());
    }
    println!("app: {} calls, {met} faults met, {ended} of them end it, {refused} before it served", calls.len());
}
