//! From what the page sends to what the journal records.

use mislabel_review::{Action, Circumstances, Decision, Error, Queue, Result, Samples};

use crate::session::requests::{Choice, DecisionRequest};

/// The action of `request` on sample `row`.
pub(crate) fn action(request: &DecisionRequest, row: u32, samples: &Samples, queue: &Queue) -> Result<Action> {
    if row as usize >= samples.len() {
        return Err(Error::Unknown { what: "sample", value: row.into(), count: samples.len() });
    }
    let given = samples.given_labels().class(row as usize);
    let relabel = |class: u32| if Some(class) == given { Decision::Keep } else { Decision::Relabel(class) };
    let decision = match (request.decision, request.class) {
        (Choice::Clear, _) => return Ok(Action::Clear { row }),
        (Choice::Keep, _) => Decision::Keep,
        (Choice::Unsure, _) => Decision::Unsure,
        (Choice::Exclude, _) => Decision::Exclude,
        (Choice::Suggestion, _) => {
            let suggested = samples.suggested(row as usize);
            relabel(suggested.ok_or(Error::NothingSuggested { sample: row })? as u32)
        }
        (Choice::Relabel, Some(class)) => relabel(class),
        (Choice::Relabel, None) => {
            return Err(Error::Unknown { what: "class", value: u64::MAX, count: samples.class_count() });
        }
    };
    let circumstances = Circumstances::new(request.blind, queue.is_control(row), request.milliseconds);
    Ok(Action::Decide { row, decision, circumstances })
}
