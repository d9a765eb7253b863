"""beside_plain.py WORKER MISLABEL FOLDER GIVEN ROWS [OPTION ...]: the first ROWS samples of a data set, searched by WORKER (mislabel-worker) as a
Parquet table and by MISLABEL as arrays, and how much the results differ. FOLDER has embeddings.npy, true_labels.npy, and the labels GIVEN.
Further options go to both. Needs numpy and pyarrow."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

worker, plain, data, given, rows, *options = sys.argv[1:]
data, rows = Path(data), int(rows)
embeddings = np.load(data / "embeddings.npy")[:rows].astype(np.float32)
labels = np.load(data / given)[:rows].astype(np.int64)
wrong = labels != np.load(data / "true_labels.npy")[:rows]


def average_precision(quality):
    found = wrong[np.argsort(quality, kind="stable")]
    return float((np.cumsum(found) / np.arange(1, rows + 1))[found].mean())


with tempfile.TemporaryDirectory() as folder:
    folder = Path(folder)
    np.save(folder / "e.npy", embeddings)
    np.save(folder / "l.npy", labels)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(embeddings.ravel()), embeddings.shape[1])
    (folder / "table").mkdir()
    pq.write_table(pa.table({"id": range(rows), "label": labels, "embedding": lists}), folder / "table" / "part-0.parquet")
    run = [worker, "detect", "--quiet", "--table", folder / "table", "--work", folder / "run", *options]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    arrays = ["--embeddings", folder / "e.npy", "--labels", folder / "l.npy", "--out", folder / "issues.csv"]
    subprocess.run([plain, "detect", *arrays, *options], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    there = pq.read_table(folder / "run" / "issues").sort_by("id")
    here = pa.csv.read_csv(folder / "issues.csv").sort_by("index")

quality = [np.asarray(table["quality"]) for table in (there, here)]
flags = [np.asarray(table["is_issue"].combine_chunks().cast(pa.int8())) for table in (there, here)]
print(f"table: {flags[0].sum()} flags, average precision {average_precision(quality[0]):.4f}")
print(f"plain: {flags[1].sum()} flags, average precision {average_precision(quality[1]):.4f}")
print(f"{(flags[0] != flags[1]).sum()} flags differ; qualities differ by at most {np.abs(quality[0] - quality[1]).max():.2g}")
