//! Which options belong to which method.

const RATIO: &[&str] = &["threshold", "denominator"];
const LINEAR: &[&str] = &["alpha", "components", "trim", "no-trim", "scaling", "search"];
const TRAINING: &[&str] = &["folds", "in-sample", "l2"];
const NETWORK: &[&str] = &[
    "alpha",
    "trim",
    "no-trim",
    "preset",
    "hidden",
    "latent",
    "activation",
    "output-activation",
    "tied",
    "dropout",
    "input-noise",
    "epochs",
    "steps",
    "batch",
    "learning-rate",
    "patience",
    "input-scaling",
];
const SEARCH: &[&str] = &["neighbors-search", "searched-cells"];
const PROBE: &[&str] = &["folds", "in-sample", "l2", "no-prune"];
const PREDICTIONS: &[&str] = &["pred-probs", "logits", "predictions-key", "predictions-header"];
const NEIGHBORS: &[&str] = &["neighbors", "distance"];
const SUBSETS: &[&str] = &["draws", "share"];
const CONFIDENT: &[&str] =
    &["filter-by", "score", "adjust-pred-probs", "noise-fraction", "min-examples-per-class", "num-to-remove-per-class"];
const FLAGS: &[&str] = &["budget", "precision", "noise-rate", "boundary", "interval", "verified"];

/// The options that each method understands beside the general ones, by their long names.
const UNDERSTOOD: [(&str, &[&[&str]]); 17] = [
    ("rer", &[LINEAR, RATIO, &["device", "metric", "metric-ridge"]]),
    ("centroid", &[&["scaling"], RATIO]),
    ("autoencoder", &[NETWORK, TRAINING, RATIO, &["device"]]),
    ("gaussian", &[LINEAR, &["threshold"]]),
    ("posterior", &[LINEAR, FLAGS, NEIGHBORS, &["metric", "metric-ridge"]]),
    ("consensus", &[&["members", "verified"]]),
    ("confident", &[PREDICTIONS, PROBE, CONFIDENT]),
    ("mistakenness", &[PREDICTIONS, PROBE, &["certainty", "threshold"]]),
    (
        "zero-shot",
        &[&[
            "class-texts",
            "class-texts-key",
            "text-model",
            "text-model-preset",
            "temperature",
            "certainty",
            "threshold",
        ]],
    ),
    ("simifeat", &[NEIGHBORS, SUBSETS, SEARCH]),
    ("simifeat-vote", &[NEIGHBORS, SUBSETS, SEARCH]),
    ("knn", &[NEIGHBORS, &["weighting"], SEARCH]),
    ("selfclean", &[NEIGHBORS, SEARCH]),
    ("wann", &[NEIGHBORS, SEARCH]),
    ("relation", &[NEIGHBORS, SEARCH]),
    ("shapley", &[NEIGHBORS, SEARCH]),
    ("coreset", &[PREDICTIONS, PROBE, &["importance", "threshold"]]),
];

/// Whether `method` understands the option called `option`.
pub(crate) fn understands(method: &str, option: &str) -> bool {
    UNDERSTOOD.iter().any(|(name, groups)| *name == method && groups.iter().any(|group| group.contains(&option)))
}

/// Whether the option called `option` belongs to a method, not to the command.
pub(crate) fn is_of_methods(option: &str) -> bool {
    UNDERSTOOD.iter().any(|(method, _)| understands(method, option))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use mislabel::methods::METHODS;

    use super::*;
    use crate::arguments::Arguments;

    #[test]
    fn every_method_has_its_options() {
        for entry in &METHODS {
            assert!(UNDERSTOOD.iter().any(|(name, _)| *name == entry.name), "{}", entry.name);
        }
    }

    #[test]
    fn every_option_that_is_understood_is_one_of_detect() {
        let command = Arguments::command();
        let detect = command.find_subcommand("detect").expect("a command");
        for option in UNDERSTOOD.iter().flat_map(|(_, groups)| groups.iter().copied().flatten()) {
            assert!(detect.get_arguments().any(|argument| argument.get_long() == Some(option)), "--{option}");
        }
    }

    #[test]
    fn every_option_under_the_heading_of_methods_is_understood_by_one() {
        let command = Arguments::command();
        let detect = command.find_subcommand("detect").expect("a command");
        for argument in detect.get_arguments() {
            let of_methods = argument.get_help_heading().is_some_and(|heading| heading.starts_with("Options of"));
            let name = argument.get_long().unwrap_or_default();
            assert_eq!(of_methods, is_of_methods(name), "--{name}");
        }
    }
}
