"""Writes scikit_learn.json: small rankings and flags, and what scikit-learn says of them.

Run: python3 scikit_learn.py   (scikit-learn 1.9.1; any recent version gives the same values)
"""

import json
import pathlib

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve

BINS = 10


def curves(errors, suspicion):
    out = {}
    for name, drop in [("all", False), ("corners", True)]:
        fpr, tpr, roc_thresholds = metrics.roc_curve(errors, suspicion, drop_intermediate=drop)
        precision, recall, thresholds = metrics.precision_recall_curve(errors, suspicion, drop_intermediate=drop)
        out[name] = {
            "false_positive_rate": fpr.tolist(),
            "true_positive_rate": tpr.tolist(),
            "roc_thresholds": [None] + roc_thresholds[1:].tolist(),
            "precision": precision.tolist(),
            "recall": recall.tolist(),
            "thresholds": thresholds.tolist(),
        }
    return out


def calibration_error(errors, probability):
    """Sum over bins of |share of errors - mean probability|, weighted by the bins' counts."""
    edges = np.linspace(0, 1, BINS + 1)
    rate, mean = calibration_curve(errors, probability, n_bins=BINS, strategy="uniform")
    bins = np.searchsorted(edges[1:-1], probability)
    counts = np.bincount(bins, minlength=BINS)
    return float(np.sum(counts[counts > 0] * np.abs(rate - mean)) / len(errors))


def case(name, rng, n, rate, distinct):
    errors = rng.random(n) < rate
    errors[0], errors[-1] = True, False
    suspicion = 0.35 * errors + 0.65 * rng.random(n)
    if distinct:
        suspicion = np.round(suspicion * distinct) / distinct
    order = rng.permutation(n)
    errors, suspicion = errors[order], suspicion[order]
    flags = rng.random(n) < np.where(errors, 0.7, 0.15)
    weight = np.where(flags, suspicion, 1 - suspicion)
    relevance = [errors.astype(float)]
    # Ties in order of index, as Ties::ByIndex has them: strictly decreasing places.
    by_index = [-np.argsort(np.argsort(-suspicion, kind="stable"))]
    budgets = sorted({min(k, n) for k in (1, 5, n // 2, n)})
    return {
        "name": name,
        "errors": errors.tolist(),
        "suspicion": suspicion.tolist(),
        "flags": flags.tolist(),
        "auroc": metrics.roc_auc_score(errors, suspicion),
        "average_precision": metrics.average_precision_score(errors, suspicion),
        "f1": metrics.f1_score(errors, flags),
        "precision": metrics.precision_score(errors, flags),
        "recall": metrics.recall_score(errors, flags),
        "confidence_weighted_f1": metrics.f1_score(errors, flags, sample_weight=weight),
        "best_f1": max(metrics.f1_score(errors, suspicion >= t) for t in np.unique(suspicion)),
        "ndcg": [[k, metrics.ndcg_score(relevance, [suspicion], k=k)] for k in budgets],
        "ndcg_by_index": [[k, metrics.ndcg_score(relevance, by_index, k=k, ignore_ties=True)] for k in budgets],
        "expected_calibration_error": calibration_error(errors, suspicion),
        "curves": curves(errors, suspicion),
    }


def main():
    rng = np.random.default_rng(51)
    cases = [
        case("random scores", rng, 120, 0.2, 0),
        case("few distinct scores", rng, 120, 0.2, 7),
        case("rare errors", rng, 90, 0.03, 25),
        case("mostly errors", rng, 60, 0.9, 12),
        case("two scores", rng, 40, 0.3, 1),
        case("two samples", rng, 2, 0.5, 0),
        case("one tie of everything", rng, 30, 0.4, 1e-9),
    ]
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"bins": BINS, "cases": cases}) + "\n")


main()
