"""Finds the sizes at which cleanlab and scikit-learn give up, and runs ours on the same files.

    python benches/peers/give_up.py [classes] [CPU seconds] [GiB]     (default 1000 600 16; needs cleanlab 2.9.0 and
                                                                       scikit-learn from PyPI)

For growing numbers of samples, `mislabel generate` writes predicted probabilities as f32, or embeddings of 64 features as
f16; every tool then judges the file in a process of its own, limited to so many CPU seconds and GiB of its own memory (pages
of mapped files are free), until it fails. Prints per size and tool the CPU and wall seconds, the peak resident memory, and
why it ended. The files are removed; the largest takes 4 bytes times samples times classes.

On probabilities: cleanlab with the file mapped, cleanlab with the file in memory, cleanlab's find_label_issues_batched (its
answer to data larger than memory), and `mislabel detect --method confident`. On embeddings: scikit-learn's
LogisticRegression in five folds with cleanlab after it (cleanlab's own recipe) beside `--method confident`, and its exact
NearestNeighbors beside `--method knn`; ours alone: `--method rer`. MISLABEL names the command, built with
`cargo build --release -p mislabel-cli`; FOLDER where the files go.
"""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
MISLABEL = os.environ.get("MISLABEL", str(TARGET / "release" / "mislabel"))
SIZES = [10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_281_167]
FEATURES = 64

LOAD = "import numpy as np; from cleanlab.{module} import {name}; labels = np.load('given.npy'); "
FILTER = LOAD.format(module="filter", name="find_label_issues")
BATCHED = LOAD.format(module="experimental.label_issues_batched", name="find_label_issues_batched")
ROWS = "rows = np.load('rows.npy').astype(np.float32); "

JOBS = os.cpu_count()
PEERS_ON_PROBABILITIES = {
    "cleanlab, mapped": FILTER + f"find_label_issues(labels, np.load('probs.npy', mmap_mode='r'), n_jobs={JOBS})",
    "cleanlab, in memory": FILTER + f"find_label_issues(labels, np.load('probs.npy'), n_jobs={JOBS})",
    "cleanlab, batched": BATCHED
    + f"find_label_issues_batched(labels_file='given.npy', pred_probs_file='probs.npy', n_jobs={JOBS})",
}
PEERS_ON_EMBEDDINGS = {
    "scikit-learn, logistic regression, and cleanlab": FILTER
    + ROWS
    + "from sklearn.linear_model import LogisticRegression; from sklearn.model_selection import cross_val_predict; "
    + "probs = cross_val_predict(LogisticRegression(max_iter=1000), rows, labels, cv=5, method='predict_proba'); "
    + f"find_label_issues(labels, probs, n_jobs={JOBS})",
    "scikit-learn, nearest neighbors": "import numpy as np; from sklearn.neighbors import NearestNeighbors; "
    + ROWS
    + f"NearestNeighbors(n_neighbors=51, metric='cosine', n_jobs={JOBS}).fit(rows).kneighbors(rows)",
}
OURS_ON_PROBABILITIES = {"ours, confident": ["--method=confident", "--pred-probs=probs.npy"]}
OURS_ON_EMBEDDINGS = {
    "ours, confident": ["--method=confident", "--embeddings=rows.npy"],
    "ours, knn": ["--method=knn", "--embeddings=rows.npy"],
    "ours, rer": ["--method=rer", "--embeddings=rows.npy"],
}


def generate(samples, classes, folder, files):
    arguments = [f"--samples={samples}", f"--classes={classes}", "--noise-rate=0.1", *files]
    labels = ["--out=rows.npy", "--labels=given.npy", "--true-labels=true.npy"]
    subprocess.run([MISLABEL, "generate", *arguments, *labels], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def measured(command, folder, seconds, gibibytes):
    """(CPU seconds, wall seconds, peak memory in bytes, what went wrong) of a command in a process of its own."""

    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (gibibytes << 30, gibibytes << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        os.setsid()

    with tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, preexec_fn=limit, stdout=subprocess.DEVNULL, stderr=errors)
        pid, late = 0, False
        while pid == 0:
            time.sleep(0.01)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            # A pool whose workers the limits killed waits for ever.
            if pid == 0 and not late and time.monotonic() - start > 4 * seconds:
                os.killpg(process.pid, signal.SIGKILL)
                late = True
        process.returncode = os.waitstatus_to_exitcode(status)
        # What a process that failed leaves running is stopped with it.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        wall, peak = time.monotonic() - start, usage.ru_maxrss * 1024
        cpu = usage.ru_utime + usage.ru_stime
        if late or process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            return cpu, wall, peak, f"not done after {seconds} CPU s" if not late else f"stuck for {4 * seconds} s"
        if process.returncode == 0:
            return cpu, wall, peak, None
        errors.seek(0)
        lines = errors.read().strip().splitlines() or [f"exit status {process.returncode}"]
        return cpu, wall, peak, lines[-1][:100]


def sweep(title, files, peers, ours, classes, seconds, gibibytes):
    tools = {name: [sys.executable, "-c", code] for name, code in peers.items()}
    tools |= {name: [MISLABEL, "detect", *how, "--labels=given.npy", "--out=issues.csv"] for name, how in ours.items()}
    print(f"\n{title}: {classes} classes, at most {seconds} CPU s and {gibibytes} GiB\n")
    print("| samples | tool | CPU s | wall s | peak MiB, pages of mapped files included | |")
    print("|---|---|---|---|---|---|")
    for samples in SIZES:
        with tempfile.TemporaryDirectory(dir=os.environ.get("FOLDER")) as folder:
            generate(samples, classes, folder, files)
            for name in list(tools):
                cpu, wall, peak, failure = measured(tools[name], folder, seconds, gibibytes)
                row = f"| {samples:,} | {name} | {cpu:.1f} | {wall:.1f} | {peak / 2**20:.0f} | {failure or ''} |"
                print(row, flush=True)
                if failure:
                    del tools[name]
        if not tools:
            break


def main():
    given = sys.argv[1:] + ["1000", "600", "16"][len(sys.argv) - 1 :]
    limits = [int(value) for value in given]
    sweep(
        "Predicted probabilities",
        ["--features=2", "--pred-probs=probs.npy"],
        PEERS_ON_PROBABILITIES,
        OURS_ON_PROBABILITIES,
        *limits,
    )
    sweep("Embeddings", [f"--features={FEATURES}"], PEERS_ON_EMBEDDINGS, OURS_ON_EMBEDDINGS, *limits)


if __name__ == "__main__":
    main()
