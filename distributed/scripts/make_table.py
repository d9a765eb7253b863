"""make_table.py FOLDER ROWS FEATURES CLASSES FILES: synthetic rows, 8% of their labels wrong, in FOLDER/sorted as Parquet sorted by label, and as
FOLDER/embeddings.npy and FOLDER/labels.npy. Needs numpy and pyarrow."""
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

out, (n, d, k, files) = sys.argv[1], map(int, sys.argv[2:6])
os.makedirs(out + "/sorted", exist_ok=True)
g = np.random.default_rng(7)
means = g.normal(size=(k, d)).astype(np.float32) * .6
spread = g.normal(size=(k, 8, d)).astype(np.float32) * .5
per = n // k
given = np.repeat(np.arange(k), per); given = np.concatenate([given, np.full(n - len(given), k - 1)])
wrong = g.random(n) < .08
true = np.where(wrong, (given + 1 + g.integers(0, k - 1, n)) % k, given)
x = np.lib.format.open_memmap(out + "/embeddings.npy", mode="w+", dtype=np.float32, shape=(n, d))
for s in range(0, n, 20000):
    t = true[s:s + 20000]
    z = g.standard_normal((len(t), 8), dtype=np.float32)
    b = g.standard_normal((len(t), d), dtype=np.float32)
    for c in np.unique(t):
        r = t == c
        b[r] += means[c] + z[r] @ spread[c]
    x[s:s + 20000] = b / np.linalg.norm(b, axis=1, keepdims=True)
np.save(out + "/labels.npy", given)
bounds = [int(given.searchsorted(c)) for c in np.linspace(0, k, files + 1)]
for f in range(files):
    a, b = bounds[f], bounds[f + 1]
    w = None
    for s in range(a, b, 100000):
        e = min(b, s + 100000)
        emb = pa.FixedSizeListArray.from_arrays(pa.array(x[s:e].ravel()), d)
        t = pa.table({"id": pa.array(np.arange(s, e)), "label": pa.array(given[s:e]), "embedding": emb})
        w = w or pq.ParquetWriter(f"{out}/sorted/part-{f:03}.parquet", t.schema, compression="none", use_dictionary=False)
        w.write_table(t, row_group_size=8192)
    w.close()
