"""Reference values of scikit-learn 1.9.1 (numpy 2.4.6) for tests/scikit_learn.rs: writes softmax.json.

    python make.py

Every case: rows exact in f32, labels, sample weights or null, lambda = 1/C, and what LogisticRegression(C) finds in f64:
coefficients and intercepts of every class (of two classes scikit-learn gives the difference of ours), probabilities,
and the objective sum w (-log p) + lambda/2 |coefficients|^2.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression


def case(name, n, d, k, strength, weighted, seed, scale=1.0, offset=0.0):
    random = np.random.default_rng(seed)
    truth = np.arange(n) % k
    centers = random.normal(size=(k, d))
    rows = (centers[truth] + random.normal(size=(n, d))) * scale + offset
    rows = np.round(rows * 64 / scale) / 64 * scale
    rows = rows.astype(np.float32).astype(np.float64)
    labels = np.where(random.random(n) < 0.15, random.integers(0, k, n), truth)
    weights = np.round(random.exponential(size=n), 3) if weighted else None
    model = LogisticRegression(C=1 / strength, tol=1e-12, max_iter=100_000, solver="newton-cg")
    model.fit(rows, labels, sample_weight=weights)
    probabilities = model.predict_proba(rows)
    w = np.ones(n) if weights is None else weights
    loss = -(w * np.log(probabilities[np.arange(n), labels])).sum()
    return {
        "name": name,
        "rows": rows.tolist(),
        "labels": labels.tolist(),
        "classes": k,
        "weights": None if weights is None else weights.tolist(),
        "lambda": strength,
        "coefficients": model.coef_.tolist(),
        "intercepts": model.intercept_.tolist(),
        "probabilities": probabilities.tolist(),
        "objective": loss + strength / 2 * (model.coef_**2).sum(),
    }


def main():
    cases = [
        case("three classes", 60, 4, 3, 1.0, False, 1),
        case("three classes, weighted", 60, 4, 3, 1.0, True, 2),
        case("two classes", 40, 3, 2, 0.5, False, 3),
        case("two classes, weighted", 40, 3, 2, 2.0, True, 4),
        case("a weak penalty", 80, 3, 4, 0.01, False, 5),
        case("a strong penalty", 40, 5, 5, 100.0, True, 6),
        case("one feature", 30, 1, 3, 0.1, False, 7),
        case("large features, off the origin", 60, 3, 3, 1000.0, False, 8, scale=64.0, offset=512.0),
        case("more features than rows", 16, 24, 3, 1.0, False, 9),
    ]
    path = Path(__file__).with_name("softmax.json")
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    model = LogisticRegression(C=1.0, tol=1e-12, max_iter=100_000).fit(np.arange(6.0)[:, None], [0, 0, 1, 0, 1, 1])
    print("documentation example:", model.coef_, model.intercept_)


if __name__ == "__main__":
    main()
