"""Times cleanlab's default filter and ours on the same probabilities, in one run, and compares the flags.

    python benches/peers/confident.py [samples classes]      (default 100000 1000; needs cleanlab 2.9.0 from PyPI)

Prints seconds (first and best of three, CPU per run), the growth of resident memory while working, and how many samples only one
of the two flags: with more than 256 classes cleanlab breaks ties in rounding the counts by the accidents of an
unstable sort, we by index.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from cleanlab.filter import find_label_issues

ROOT = Path(__file__).resolve().parents[2]


def made_up(n, k):
    """Softmax probabilities whose true class stands out, and labels of which a tenth are wrong."""
    random = np.random.default_rng(51)
    truth = random.integers(0, k, n)
    probs = random.normal(size=(n, k))
    probs[np.arange(n), truth] += random.normal(6, 1.5, n)
    np.exp(probs, out=probs)
    probs /= probs.sum(axis=1, keepdims=True)
    labels = np.where(random.random(n) < 0.1, random.integers(0, k, n), truth)
    return labels, probs


def pss(process):
    """Proportional memory of a process in bytes: a page that n processes share counts 1/n."""
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def children(process):
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            pass
    return found


class PeakMemory:
    """Watches the memory of this process and its children, each page counted once (PSS)."""

    def __enter__(self):
        self.before = self.peak = self.now()
        self.running = True
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def now(self):
        return sum(pss(process) for process in [os.getpid(), *children(os.getpid())])

    def watch(self):
        while self.running:
            self.peak = max(self.peak, self.now())
            time.sleep(0.02)

    def __exit__(self, *_):
        self.running = False
        self.thread.join()
        self.growth = (self.peak - self.before) / 1e6


def ties_by_index():
    """Makes NumPy order tied keys by index where it sorts more than 256: there its order follows from partitions."""
    argsort = np.argsort
    np.argsort = lambda keys, *_, **__: argsort(keys, kind="stable" if len(keys) > 256 else None)


def timed(work, repeats=3):
    seconds = []
    cpu = cpu_seconds()
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return seconds[0], min(seconds), (cpu_seconds() - cpu) / repeats, result


def cpu_seconds():
    """Seconds that this process and its finished children have run."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main():
    n, k = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (100_000, 1_000)
    labels, probs = made_up(n, k)
    # The memory of the runs that are timed comes and goes; measure it before any has been left behind.
    with PeakMemory() as memory:
        find_label_issues(labels, probs)
    print(f"cleanlab: {memory.growth:.0f} MB more", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        np.save(folder / "probs.npy", probs)
        np.save(folder / "labels.npy", labels)
        for name, options in [("cleanlab, default", {}), ("cleanlab, n_jobs=1", {"n_jobs": 1})]:
            first, best, cpu, theirs = timed(lambda: find_label_issues(labels, probs, **options))
            print(f"{name}: {first:.3f} s at first, {best:.3f} s at best, {cpu:.3f} CPU s, {theirs.sum()} flagged", flush=True)
        command = ["cargo", "run", "-q", "--release", "-p", "mislabel-experiments", "--example", "large", "--"]
        files = [str(folder / name) for name in ("probs.npy", "labels.npy", "flags.txt")]
        del probs
        subprocess.run([*command, *files], cwd=ROOT, check=True)
        ours = np.loadtxt(folder / "flags.txt", dtype=int, ndmin=1)
        differing = len(np.setxor1d(ours, np.flatnonzero(theirs)))
        print(f"{differing} samples flagged by one of the two only", flush=True)
        ties_by_index()
        probs = np.load(folder / "probs.npy")
        theirs = find_label_issues(labels, probs, n_jobs=1)
        differing = len(np.setxor1d(ours, np.flatnonzero(theirs)))
        print(f"{differing} once cleanlab, too, breaks ties of more than 256 by index")


if __name__ == "__main__":
    main()
