"""Times scikit-learn's cross_val_predict and our cross-validated probabilities, alternately, at the same objective.

    python benches/peers/probe.py [DATA [LAMBDA ...]]      (default ../shared/data/banking77_minilm, 1 and 0.1)

Both predict every sample from a multinomial logistic regression on the other four of the same five stratified folds, rows
as f32 in memory, C = 1/lambda, each with its own default tolerance (1e-4 on the gradient of the mean objective), on all
cores. scikit-learn runs as it comes (its BLAS takes all cores), with one BLAS thread, and with a process per core. Prints
median seconds, their ratios, the relative difference of the objectives of the folds, and how far probabilities differ.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import PredefinedSplit, StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ["-p", "mislabel-experiments", "--example", "cross_validation"]
RUNS = 3


def objective(model, rows, labels):
    p = model.predict_proba(rows).astype(float)
    places = np.searchsorted(model.classes_, labels)
    loss = -np.log(p[np.arange(len(labels)), places]).sum()
    return (loss + (model.coef_.astype(float) ** 2).sum() / (2 * model.C)) / len(labels)


def theirs(rows, labels, folds, strength, jobs=None, threads=None):
    """Wall and CPU seconds (without those of other processes), and the probabilities."""
    model = LogisticRegression(C=1 / strength, max_iter=10_000)
    with threadpool_limits(threads):
        wall, cpu = time.perf_counter(), time.process_time()
        probabilities = cross_val_predict(
            model, rows, labels, cv=PredefinedSplit(folds), method="predict_proba", n_jobs=jobs
        )
        return (time.perf_counter() - wall, time.process_time() - cpu), probabilities


SETTINGS = [
    ("as it comes", {}),
    ("one BLAS thread", {"threads": 1}),
    (f"{os.cpu_count()} processes", {"jobs": os.cpu_count()}),
]


def compare(name, rows, labels, folds, strength, folder):
    np.save(folder / "rows.npy", rows)
    np.save(folder / "labels.npy", labels)
    np.save(folder / "folds.npy", folds)
    command = ["cargo", "run", "-q", "--release", *EXAMPLE, "--"]
    files = [str(folder / f"{stem}.npy") for stem in ("rows", "labels", "folds")]
    their_times, our_times = {name: [] for name, _ in SETTINGS}, []
    for _ in range(RUNS):
        for setting, options in SETTINGS:
            times, probabilities = theirs(rows, labels, folds, strength, **options)
            their_times[setting].append(times)
        run = subprocess.run(
            [*command, *files, str(strength), str(folder / "out.npy")], cwd=ROOT, check=True, capture_output=True, text=True
        )
        lines = [line.split() for line in run.stdout.splitlines()]
        our_times += [[float(value) for value in line[1:]] for line in lines if line[0] == "time"]
        ours = np.array([float(line[1]) for line in lines if line[0] == "objective"])
        steps = [int(line[2]) for line in lines if line[0] == "objective"]
    found, their_steps = [], []
    for fold in range(5):
        kept = folds != fold
        model = LogisticRegression(C=1 / strength, max_iter=10_000).fit(rows[kept], labels[kept])
        found.append(objective(model, rows[kept], labels[kept]))
        their_steps.append(int(model.n_iter_.max()))
    differ = np.abs(np.load(folder / "out.npy") - probabilities).max()
    our_wall, our_cpu = np.median(our_times, axis=0)
    print(f"{name}, {rows.shape[0]} x {rows.shape[1]}, {labels.max() + 1} classes, lambda {strength}")
    print(f"  ours: {our_wall:.2f} s, {our_cpu:.2f} CPU s, {steps} steps; scikit-learn {their_steps} steps")
    for setting, times in their_times.items():
        wall, cpu = np.median(times, axis=0)
        print(f"  scikit-learn, {setting}: {wall:.2f} s, {cpu:.2f} CPU s; ours {wall / our_wall:.1f} times faster")
    gaps = ours / np.array(found) - 1
    print(f"  objective, ours less theirs: {gaps.min():+.1e} to {gaps.max():+.1e} of it; probabilities differ by at most {differ:.1e}", flush=True)


def main():
    arguments = sys.argv[1:] or [str(ROOT.parent / "shared/data/banking77_minilm")]
    data, strengths = Path(arguments[0]), [float(a) for a in arguments[1:]] or [1.0, 0.1]
    if not data.exists():
        print(f"skipped: no folder {data}")
        return
    subprocess.run(["cargo", "build", "-q", "--release", *EXAMPLE], cwd=ROOT, check=True)
    rows = np.load(data / "embeddings.npy").astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    for given in sorted(data.glob("given_*.npy"))[:1]:
        labels = np.load(given)
        folds = np.zeros(len(labels), dtype=np.int64)
        for fold, (_, held_out) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(rows, labels)):
            folds[held_out] = fold
        with tempfile.TemporaryDirectory() as folder:
            for strength in strengths:
                compare(f"{data.name}, {given.stem}", rows, labels, folds, strength, Path(folder))


if __name__ == "__main__":
    main()
