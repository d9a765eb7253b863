"""Ranks the labels of every dataset by cleanlab, by nearest neighbors, and by `mislabel detect`: average precision and CPU seconds.

    python benches/peers/ranking.py [DATA [METHOD ...]]      (default ../shared/data, rer and confident; needs cleanlab 2.9.0
                                                              and scikit-learn)

cleanlab judges out-of-sample probabilities: those of scikit-learn's LogisticRegression(max_iter=400) in five folds, on rows of length
one (rows as they are, and standardized features, rank worse or the same). The score is cleanlab's default, the self-confidence. The
neighbors are scikit-learn's NearestNeighbors, exact, by cosine, 50 without the sample itself; the score is the share of them that
have the given label. MISLABEL names the command, built with
`cargo build --release -p mislabel-cli`. CPU seconds are those of all threads: of the peers from the embeddings in memory to the
scores, of the command from its start to its end, files included. One run each. The peers have one BLAS thread, which costs them the
fewest CPU seconds. Datasets that are absent are skipped.
"""

import csv
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import cleanlab
import numpy as np
import sklearn
from cleanlab.rank import get_label_quality_scores
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
MISLABEL = os.environ.get("MISLABEL", str(TARGET / "release" / "mislabel"))
DATASETS = [
    ("digits", "given_symmetric_0.1_seed51"),
    ("digits", "given_asymmetric_0.2_seed51"),
    ("fashion_pixels_5k", "given_symmetric_0.1_seed51"),
    ("fashion_pixels_5k", "given_asymmetric_0.2_seed51"),
    ("banking77_minilm", "given_symmetric_0.1_seed51"),
    ("banking77_minilm", "given_asymmetric_0.2_seed51"),
    ("cifar10_efflite0_10k", "given_human_worse"),
    ("cifar10_efflite0_10k", "given_human_aggregate"),
]


def by_cleanlab(rows, given):
    model = make_pipeline(Normalizer(), LogisticRegression(max_iter=400))
    return get_label_quality_scores(given, cross_val_predict(model, rows, given, cv=5, method="predict_proba"))


def by_neighbors(rows, given):
    near = NearestNeighbors(n_neighbors=51, metric="cosine").fit(rows).kneighbors(rows, return_distance=False)
    own = near == np.arange(len(rows))[:, None]
    own[~own.any(axis=1), -1] = True  # a duplicate took the sample's own place
    return (given[near[~own].reshape(len(rows), 50)] == given[:, None]).mean(axis=1)


def by_command(method, folder, given):
    """Quality of every sample, and the CPU seconds of the process."""
    with tempfile.TemporaryDirectory() as scratch:
        issues = Path(scratch) / "issues.csv"
        command = [MISLABEL, "detect", "--method", method, "--embeddings", folder / "embeddings.npy", "--labels", given, "--out", issues]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        with issues.open() as lines:
            quality = np.array([float(row["quality"]) for row in csv.DictReader(lines)])
    return quality, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def timed(function, *arguments):
    start = time.process_time()
    return function(*arguments), time.process_time() - start


def main():
    data = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".." / "shared" / "data")
    methods = sys.argv[2:] or ["rer", "confident"]
    warnings.filterwarnings("ignore")
    print(f"cleanlab {cleanlab.__version__}, scikit-learn {sklearn.__version__}, NumPy {np.__version__}; average precision / CPU seconds")
    print("data, given labels".ljust(50), *(name.ljust(15) for name in ["cleanlab", "neighbors", *methods]))
    for name, kind in DATASETS:
        folder, given_file = data / name, data / name / f"{kind}.npy"
        if not given_file.exists():
            print(f"{name}, {kind}: skipped, {given_file} is absent")
            continue
        rows = np.load(folder / "embeddings.npy").astype(np.float32)
        given, truth = np.load(given_file), np.load(folder / "true_labels.npy")
        runs = [timed(by_cleanlab, rows, given), timed(by_neighbors, rows, given)]
        runs += [by_command(method, folder, given_file) for method in methods]
        cells = [f"{average_precision_score(given != truth, -quality):.3f} / {seconds:.2f}" for quality, seconds in runs]
        print(f"{name}, {kind}".ljust(50), *(cell.ljust(15) for cell in cells), flush=True)


main()
