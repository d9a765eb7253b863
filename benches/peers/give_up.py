"""Finds the sizes at which cleanlab gives up, and runs ours on the same files.

    python benches/peers/give_up.py [classes] [seconds] [GiB]     (default 1000 600 16; needs cleanlab 2.9.0 from PyPI)

For growing numbers of samples, `mislabel generate` writes predicted probabilities as f32; every tool then judges the file in
a process of its own, limited to so many seconds and GiB of its own memory (pages of mapped files are free), until it
fails. Prints per size and tool the wall seconds, the peak resident memory, and why it ended. The file is removed; the largest
takes 4 bytes times samples times classes.

Tools: cleanlab with the file mapped, cleanlab with the file in memory, cleanlab's find_label_issues_batched (its answer to
data larger than memory), and `mislabel detect --method confident`. MISLABEL names the command, built with
`cargo build --release -p mislabel-cli`; FOLDER where the files go.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
MISLABEL = os.environ.get("MISLABEL", str(TARGET / "release" / "mislabel"))
SIZES = [10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_281_167]

LOAD = "import sys, numpy as np; from cleanlab.{module} import {name}; labels = np.load('given.npy'); "
CLEANLAB = {
    "cleanlab, mapped": LOAD.format(module="filter", name="find_label_issues")
    + "find_label_issues(labels, np.load('probs.npy', mmap_mode='r'), n_jobs={jobs})",
    "cleanlab, in memory": LOAD.format(module="filter", name="find_label_issues")
    + "find_label_issues(labels, np.load('probs.npy'), n_jobs={jobs})",
    "cleanlab, batched": LOAD.format(
        module="experimental.label_issues_batched", name="find_label_issues_batched"
    )
    + "find_label_issues_batched(labels_file='given.npy', pred_probs_file='probs.npy', n_jobs={jobs})",
}


def generate(samples, classes, folder):
    arguments = [f"--samples={samples}", "--features=2", f"--classes={classes}", "--noise-rate=0.1"]
    files = ["--out=rows.npy", "--labels=given.npy", "--true-labels=true.npy", "--pred-probs=probs.npy"]
    subprocess.run([MISLABEL, "generate", *arguments, *files], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def measured(command, folder, seconds, gibibytes):
    """(wall seconds, peak memory in bytes, what went wrong) of a command in a process of its own."""

    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (gibibytes << 30, gibibytes << 30))

    with tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, preexec_fn=limit, stdout=subprocess.DEVNULL, stderr=errors)
        pid, late = 0, False
        while pid == 0:
            time.sleep(0.01)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid == 0 and not late and time.monotonic() - start > seconds:
                process.kill()
                late = True
        process.returncode = os.waitstatus_to_exitcode(status)
        wall, peak = time.monotonic() - start, usage.ru_maxrss * 1024
        if late:
            return wall, peak, f"not done after {seconds} s"
        if process.returncode == 0:
            return wall, peak, None
        errors.seek(0)
        lines = errors.read().strip().splitlines() or [f"exit status {process.returncode}"]
        return wall, peak, lines[-1][:100]


def main():
    classes, seconds, gibibytes = (int(value) for value in (sys.argv[1:] + ["1000", "600", "16"][len(sys.argv) - 1 :]))
    jobs = os.cpu_count()
    tools = {name: [sys.executable, "-c", code.format(jobs=jobs)] for name, code in CLEANLAB.items()}
    ours = ["detect", "--method", "confident", "--pred-probs=probs.npy", "--labels=given.npy", "--out=issues.csv"]
    tools["ours"] = [MISLABEL, *ours]
    print(f"{classes} classes, at most {seconds} s and {gibibytes} GiB\n")
    print("| samples | tool | wall s | peak MiB, pages of mapped files included | |")
    print("|---|---|---|---|---|")
    for samples in SIZES:
        with tempfile.TemporaryDirectory(dir=os.environ.get("FOLDER")) as folder:
            generate(samples, classes, folder)
            for name in list(tools):
                wall, peak, failure = measured(tools[name], folder, seconds, gibibytes)
                print(f"| {samples:,} | {name} | {wall:.2f} | {peak / 2**20:.0f} | {failure or ''} |", flush=True)
                if failure:
                    del tools[name]
        if list(tools) == ["ours"]:
            print(f"\nAll peers gave up at {samples:,} samples or before.")


if __name__ == "__main__":
    main()
