#!/usr/bin/env python3
"""The soft linear reconstructor with one trim, in NumPy: what the Rust one is measured against.

usage: OPENBLAS_NUM_THREADS=1 soft_linear.py FOLDER GIVEN

Reads FOLDER/embeddings.npy, FOLDER/GIVEN.npy and FOLDER/true_labels.npy and prints one line: average precision, and
seconds from the embeddings in memory as f32 to the ratios. Needs numpy alone. Straightforward and without loops over
samples: eigendecompositions in f64, products of the rows in f32, 50 components for the other classes.
"""
import sys
import time

import numpy as np

SHRINKAGE, COMPONENTS, TRIM = 10.0, 50, 1.06


def class_spectrum(centered):
    """Eigenvalues (descending) and eigenvectors (d, r) of the scatter matrix, and leverages as a function of a ridge."""
    n, d = centered.shape
    if n < d:
        values, left = np.linalg.eigh((centered @ centered.T).astype(np.float64))
        values, left = values[::-1], left[:, ::-1]
        used = values > 1e-8 * values[0]
        values, left = values[used], left[:, used]
        right = (centered.T @ (left / np.sqrt(values))).astype(np.float32)
        return values, right, lambda ridge: (left**2) @ (values / (values + ridge))
    values, right = np.linalg.eigh((centered.T @ centered).astype(np.float64))
    values, right = np.maximum(values[::-1], 0.0), right[:, ::-1].astype(np.float32)
    return values, right, lambda ridge: ((centered @ right).astype(np.float64) ** 2) @ (1.0 / (values + ridge))


def errors(rows, given, keep):
    """Errors (k, n): leave-one-out for the kept samples of a class, the plain formula otherwise."""
    classes, d = int(given.max()) + 1, rows.shape[1]
    members = [np.flatnonzero((given == c) & keep) for c in range(classes)]
    means = [rows[m].mean(0) for m in members]
    variances = [((rows[m] - mean) ** 2).sum() / len(m) for m, mean in zip(members, means)]
    alpha = SHRINKAGE * float(np.median(variances)) / d
    norms = np.einsum("ij,ij->i", rows, rows)
    squared = np.empty((classes, len(rows)), np.float32)
    for c, (own, mean) in enumerate(zip(members, means)):
        n = len(own)
        values, vectors, leverages = class_spectrum(rows[own] - mean)
        values, vectors = values[:COMPONENTS], vectors[:, :COMPONENTS]
        projected = rows @ vectors - mean @ vectors
        weights = (values / (values + n * alpha)).astype(np.float32)
        squared[c] = norms - 2.0 * (rows @ mean) + mean @ mean - projected**2 @ weights
        h = leverages((n - 1) * alpha)
        squared[c, own] = alpha * n**2 / (n - 1) * h / np.maximum(1.0 - h * n / (n - 1), 1e-6)
    return np.sqrt(np.maximum(squared, 1e-12))


def ratios(error, given):
    samples = np.arange(len(given))
    own = error[given, samples]
    error[given, samples] = np.inf
    return own / np.maximum(error.min(0), 1e-12)


def kept(ratio, given):
    """Samples whose ratio is at most TRIM, and in every class the least suspect half."""
    keep = ratio <= TRIM
    for c in np.unique(given):
        members = np.flatnonzero(given == c)
        least = -(-len(members) // 2)
        if keep[members].sum() < least:
            keep[members] = False
            keep[members[np.argsort(ratio[members], kind="stable")[:least]]] = True
    return keep


def average_precision(wrong, ratio):
    """Ties are passed together, as in scikit-learn."""
    order = np.argsort(-ratio, kind="stable")
    found = np.cumsum(wrong[order])
    ends = np.flatnonzero(np.append(np.diff(ratio[order]) != 0, True))
    precision, recall = found[ends] / (ends + 1), found[ends] / found[-1]
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def main(folder, name):
    rows = np.load(f"{folder}/embeddings.npy").astype(np.float32)
    given, true = np.load(f"{folder}/{name}.npy"), np.load(f"{folder}/true_labels.npy")
    processor, wall = time.process_time(), time.perf_counter()
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    first = ratios(errors(rows, given, np.ones(len(given), bool)), given)
    ratio = ratios(errors(rows, given, kept(first, given)), given)
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    precision = average_precision(given != true, ratio)
    print(f"average_precision {precision:.4f} cpu_seconds {processor:.4f} wall_seconds {wall:.4f}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    main(*sys.argv[1:])
