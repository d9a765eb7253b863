"""Reference values of cleanlab 2.9.0 (PyPI), numpy 2.4.6 on x86-64 with AVX2, for the tests of mislabel-confident.

    python make_reference.py              writes synthetic.json, which the tests always read
    python make_reference.py DATA         also writes tests/tests/reference/benchmark.json of the workspace from DATA/pred_probs
"""

import json
import sys
import warnings
from pathlib import Path

import cleanlab.internal.multiannotator_utils as annotator_utils
import cleanlab.internal.util as util
import cleanlab.multiannotator as multiannotator
import numpy as np
from cleanlab import count, dataset, rank
from cleanlab.filter import find_label_issues
from sklearn.metrics import roc_auc_score

warnings.simplefilter("ignore")
HERE = Path(__file__).resolve().parent
FILTERS = [
    "prune_by_noise_rate",
    "prune_by_class",
    "both",
    "confident_learning",
    "predicted_neq_given",
    "low_normalized_margin",
    "low_self_confidence",
]
SCORES = ["self_confidence", "normalized_margin", "confidence_weighted_entropy"]
WEIGHTINGS = ["uniform", "accuracy", "log_loss_search"]


def listed(values):
    return np.asarray(values).tolist()


def flagged(labels, probs, **options):
    return listed(np.flatnonzero(find_label_issues(labels, probs, n_jobs=1, **options)))


def latent(joint, labels):
    found = []
    for method in ["cnt", "eqn", "marginal", "marginal_ps"]:
        for consistent in [False, True]:
            try:
                prior, noise, inverse = count.estimate_latent(
                    joint, labels, py_method=method, converge_latent_estimates=consistent
                )
            except np.linalg.LinAlgError:
                found.append({"method": method, "consistent": consistent, "singular": True})
                continue
            found.append(
                {
                    "method": method,
                    "consistent": consistent,
                    "prior": listed(prior),
                    "noise": listed(noise),
                    "inverse": listed(inverse),
                }
            )
    return found


def health(labels, probs):
    classes = dataset.rank_classes_by_label_quality(labels, probs)
    pairs = dataset.find_overlapping_classes(labels, probs)
    directed = dataset.find_overlapping_classes(labels, probs, asymmetric=True)
    return {
        "score": float(dataset.overall_label_health_score(labels, probs, verbose=False)),
        "classes": {name: listed(classes[name]) for name in classes.columns},
        "pairs": {name: listed(pairs[name]) for name in pairs.columns},
        "directed": {name: listed(directed[name]) for name in directed.columns},
    }


def scores(labels, probs):
    found = {}
    for score in SCORES:
        found[score] = listed(rank.get_label_quality_scores(labels, probs, method=score))
        if score != "confidence_weighted_entropy":
            adjusted = rank.get_label_quality_scores(labels, probs, method=score, adjust_pred_probs=True)
            found[score + "_adjusted"] = listed(adjusted)
    return found


def case(name, labels, probs):
    joint = count.compute_confident_joint(labels, probs, calibrate=False)
    calibrated = count.calibrate_confident_joint(joint, labels)
    k = probs.shape[1]
    remove = [int(c) // 5 for c in np.bincount(labels, minlength=k)]
    options = {
        "plain": {},
        "frac_noise": {"frac_noise": 0.5},
        "min_examples": {"min_examples_per_class": 25},
        "remove": {"num_to_remove_per_class": remove},
        "joint": {"confident_joint": joint},
    }
    flags = {}
    for filter_by in FILTERS:
        for option, values in options.items():
            if option == "plain" or filter_by in FILTERS[:3]:
                flags[f"{filter_by}/{option}"] = flagged(labels, probs, filter_by=filter_by, **values)
    supplied = np.arange(k * k).reshape(k, k) % 7
    return {
        "name": name,
        "labels": listed(labels),
        "probs": listed(probs),
        "thresholds": listed(count.get_confident_thresholds(labels, probs)),
        "joint": listed(joint),
        "joint_above": listed(count.compute_confident_joint(labels, probs, thresholds=np.full(k, 0.3), calibrate=False)),
        "calibrated": listed(calibrated),
        "distribution": listed(count.estimate_joint(labels, probs)),
        "supplied_calibrated": listed(count.calibrate_confident_joint(supplied, labels)),
        "latent": latent(calibrated, labels) if k < 10 else [],
        "latent_uncalibrated": latent(joint, labels) if k < 10 else [],
        "remove": remove,
        "flags": flags,
        "scores": scores(labels, probs),
        "issues": {
            "off_diagonal": int(count.num_label_issues(labels, probs)),
            "calibrated": int(count.num_label_issues(labels, probs, estimation_method="off_diagonal_calibrated")),
            "custom": int(
                count.num_label_issues(
                    labels, probs, confident_joint=supplied, estimation_method="off_diagonal_custom"
                )
            ),
        },
        "health": health(labels, probs),
    }


def predictions(random, truth, k, sharpness):
    logits = random.normal(size=(len(truth), k))
    logits[np.arange(len(truth)), truth] += sharpness
    probs = np.exp(logits)
    return probs / probs.sum(axis=1, keepdims=True)


def noisy(random, truth, classes, rate):
    wrong = random.random(len(truth)) < rate
    return np.where(wrong, random.choice(classes, len(truth)), truth)


def cases():
    random = np.random.default_rng(51)
    truth = random.integers(0, 5, 200)
    yield case("five classes", noisy(random, truth, np.arange(5), 0.2), predictions(random, truth, 5, 2.0))
    # Classes 2 and 6 have no labels, class 4 has one.
    truth = random.choice([0, 1, 3, 5], 120)
    labels = noisy(random, truth, np.array([0, 1, 3, 5]), 0.3)
    labels[7] = 4
    yield case("missing classes", labels, predictions(random, truth, 7, 1.5))
    # Many classes with few samples: rounding the calibrated joint meets many ties.
    truth = random.integers(0, 20, 260)
    labels = np.r_[np.arange(20), noisy(random, truth, np.arange(20), 0.4)[20:]]
    yield case("twenty classes", labels, predictions(random, truth, 20, 2.0))


def roundings():
    """Calibrations of random small joints: nothing but rounding and ties."""
    random = np.random.default_rng(3)
    found = []
    for k in [2, 3, 7, 10, 17, 33]:
        joint = random.integers(0, 4, (k, k))
        np.fill_diagonal(joint, joint.diagonal().clip(min=1))
        labels = np.r_[np.arange(k), random.integers(0, k, 6 * k)]
        # In the memory order of the joint that cleanlab counts.
        joint = np.asfortranarray(joint)
        found.append(
            {
                "joint": listed(joint),
                "labels": listed(labels),
                "calibrated": listed(count.calibrate_confident_joint(joint, labels)),
            }
        )
    return found


def ensemble_case():
    random = np.random.default_rng(7)
    truth = random.integers(0, 4, 80)
    labels = np.r_[np.arange(4), noisy(random, truth, np.arange(4), 0.25)[4:]]
    models = [predictions(random, truth, 4, sharpness) for sharpness in (1.0, 2.0, 3.0)]
    return {"labels": listed(labels), "models": [listed(m) for m in models], "scores": ensembles(labels, models)}


def ensembles(labels, models, summary=listed):
    found = {}
    for weighting in WEIGHTINGS + ["custom"]:
        custom = np.arange(1, len(models) + 1) / 10 if weighting == "custom" else None
        for score in SCORES:
            found[f"{weighting}/{score}"] = summary(
                rank.get_label_quality_ensemble_scores(
                    labels,
                    [m.copy() for m in models],
                    method=score,
                    weight_ensemble_members_by=weighting,
                    custom_weights=custom,
                    verbose=False,
                )
            )
    return found


original_value_counts = util.value_counts


def counts_at_their_classes(x, *, num_classes=None, multi_label=False):
    """cleanlab's value_counts puts counts of float labels at the first classes; this one where they belong."""
    return original_value_counts(np.asarray(x).astype(int), num_classes=num_classes, multi_label=multi_label)


def annotators(random, truth, k, m, accuracy):
    labels = np.full((len(truth), m), np.nan)
    for j in range(m):
        right = random.random(len(truth)) < accuracy[j]
        labels[:, j] = np.where(right, truth, random.integers(0, k, len(truth)))
        labels[random.random(len(truth)) < 0.5, j] = np.nan
    empty = np.isnan(labels).all(axis=1)
    labels[empty, 0] = truth[empty]
    return labels


def crowd(labels, models, **options):
    single = len(models) == 1
    function = (
        multiannotator.get_label_quality_multiannotator
        if single
        else multiannotator.get_label_quality_multiannotator_ensemble
    )
    probs = models[0].copy() if single else np.stack(models)
    weights = options.get("quality_method") != "agreement"
    info = function(labels, probs, return_weights=weights, verbose=False, **options)
    stats = info["annotator_stats"].sort_index()
    stats.index.name = "annotator"
    detailed = info["detailed_label_quality"].to_numpy()
    found = {
        "options": {name: value for name, value in options.items() if isinstance(value, (str, bool))},
        "consensus": listed(info["label_quality"]["consensus_label"]),
        "quality": listed(info["label_quality"]["consensus_quality_score"]),
        "agreement": listed(info["label_quality"]["annotator_agreement"]),
        "annotations": listed(info["label_quality"]["num_annotations"]),
        "detailed": [[None if np.isnan(v) else v for v in row] for row in detailed.tolist()],
        "stats": {name: [None if v != v else v for v in listed(stats[name])] for name in stats.columns},
    }
    if weights:
        found["model_weight"] = listed(np.atleast_1d(info["model_weight"]))
        found["annotator_weight"] = listed(info["annotator_weight"])
    return found


def active(labels, models, unlabeled):
    if len(models) == 1:
        return [listed(s) for s in multiannotator.get_active_learning_scores(labels, models[0], unlabeled[0])]
    stacked = np.stack(models), np.stack(unlabeled)
    return [listed(s) for s in multiannotator.get_active_learning_scores_ensemble(labels, *stacked)]


def crowd_case(seed, n, k, m):
    random = np.random.default_rng(seed)
    truth = random.integers(0, k, n)
    labels = annotators(random, truth, k, m, np.linspace(0.5, 0.95, m))
    models = [predictions(random, truth, k, sharpness) for sharpness in (1.0, 2.5)]
    unlabeled = [predictions(random, random.integers(0, k, 10), k, s) for s in (1.0, 2.5)]
    one_each = np.where(np.arange(m) == np.arange(n)[:, None] % m, truth[:, None].astype(float), np.nan)
    for module in (util, annotator_utils, multiannotator):
        module.value_counts = counts_at_their_classes
    found = {
        "annotations": [[-1 if np.isnan(v) else int(v) for v in row] for row in labels.tolist()],
        "models": [listed(p) for p in models],
        "unlabeled": [listed(p) for p in unlabeled],
        "majority": listed(multiannotator.get_majority_vote_label(labels, models[0])),
        "majority_alone": listed(multiannotator.get_majority_vote_label(labels)),
        "temperatures": [float(annotator_utils.find_best_temp_scaler(labels, p)) for p in models],
        "single": [
            crowd(labels, models[:1], **options)
            for options in (
                {},
                {"consensus_method": "majority_vote"},
                {"quality_method": "agreement"},
                {"calibrate_probs": True},
                {"label_quality_score_kwargs": {"method": "normalized_margin", "adjust_pred_probs": True}},
            )
        ],
        "ensemble": [crowd(labels, [p.copy() for p in models], **options) for options in ({}, {"calibrate_probs": True})],
        "active": active(labels, models[:1], unlabeled[:1]),
        "active_ensemble": active(labels, models, unlabeled),
        "active_one_each": active(one_each, models[:1], unlabeled[:1]),
        "one_each": [[-1 if np.isnan(v) else int(v) for v in row] for row in one_each.tolist()],
        "active_unlabeled_only": listed(multiannotator.get_active_learning_scores(None, None, unlabeled[0])[1]),
    }
    for module in (util, annotator_utils, multiannotator):
        module.value_counts = original_value_counts
    found["temperatures_of_cleanlab"] = [
        float(annotator_utils.find_best_temp_scaler(labels, p)) for p in models
    ]
    found["active_of_cleanlab"] = active(labels, models[:1], unlabeled[:1])
    return found


def fnv(indices):
    """64-bit FNV-1a of the indices as little-endian 32-bit words."""
    state = 0xCBF29CE484222325
    for byte in np.asarray(indices, dtype="<u4").tobytes():
        state = (state ^ byte) * 0x100000001B3 % 2**64
    return f"{state:016x}"


def summary(values):
    values = np.asarray(values)
    ramp = np.arange(len(values)) / len(values)
    return {
        "sum": float(values.sum()),
        "squares": float((values**2).sum()),
        "ramp": float((values * ramp).sum()),
        "first": listed(values[:5]),
        "last": listed(values[-5:]),
    }


def ranking_figures(labels, probs, errors):
    """AUROC and lift of the errors among the lowest scores, as in the published benchmark."""
    found = {}
    for name, values in scores(labels, probs).items():
        order = np.argsort(values, kind="stable")
        lift = {str(top): float(errors[order[:top]].mean() / errors.mean()) for top in (100, int(errors.sum()))}
        found[name] = {"auroc": float(roc_auc_score(errors, -np.asarray(values))), "lift": list(lift.values())}
    return found


def benchmark(folder):
    found = []
    for data, label_file in [("roman_numeral", "labels.npy"), ("cifar10n_worst", "noisy_labels.npy")]:
        models = sorted(path.name for path in (folder / data).iterdir())
        all_probs = []
        for model in models:
            labels = np.load(folder / data / model / label_file)
            probs = np.load(folder / data / model / "pred_probs.npy")
            all_probs.append(probs)
            if data == "roman_numeral":
                errors = np.load(folder / data / model / "label_errors_mask.npy").astype(bool)
            else:
                errors = np.load(folder / data / model / "true_labels.npy") != labels
            joint = count.compute_confident_joint(labels, probs)
            flags = {}
            for filter_by in FILTERS:
                indices = flagged(labels, probs, filter_by=filter_by)
                flags[filter_by] = {"count": len(indices), "fnv": fnv(indices)}
            found.append(
                {
                    "data": data,
                    "model": model,
                    "labels": label_file,
                    "thresholds": listed(count.get_confident_thresholds(labels, probs)),
                    "calibrated": listed(joint),
                    "flags": flags,
                    "ranking": ranking_figures(labels, probs, errors),
                    "scores": {name: summary(values) for name, values in scores(labels, probs).items()},
                    "issues": int(count.num_label_issues(labels, probs)),
                    "issues_calibrated": int(
                        count.num_label_issues(labels, probs, estimation_method="off_diagonal_calibrated")
                    ),
                    "health": float(dataset.overall_label_health_score(labels, probs, verbose=False)),
                }
            )
        found.append({"data": data, "labels": label_file, "models": models, "ensembles": ensembles(labels, all_probs, summary)})
    return found


def write(path, values):
    path.write_text(json.dumps(values, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    synthetic = {
        "cases": list(cases()),
        "roundings": roundings(),
        "ensemble": ensemble_case(),
        "crowds": [crowd_case(11, 60, 3, 4), crowd_case(12, 40, 5, 6)],
    }
    write(HERE / "synthetic.json", synthetic)
    if len(sys.argv) > 1:
        write(HERE.parents[3] / "tests/tests/reference/benchmark.json", benchmark(Path(sys.argv[1]) / "pred_probs"))
