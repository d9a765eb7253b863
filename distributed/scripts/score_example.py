#!/usr/bin/env python3
"""Scores batches of rows with the model of a run, as Spark's mapInArrow would, without Spark.

usage: score_example.py WORKER

Makes a table of two clusters with two wrong labels in a temporary folder, runs `WORKER detect` on it, and pipes the rows as an Arrow
stream through `WORKER score`. Fails unless as many rows come back, in their order, with the ratios of the run's own table. Needs
pyarrow.
"""

import itertools
import json
import math
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


# docs/distributed.md shows this function: batches in, batches out, one process for all of them.
def scored(batches, worker, model, features):
    batches = (fixed(batch, features) for batch in batches)
    first = next(batches, None)
    if first is None:
        return
    with subprocess.Popen([worker, "score", "--model", model], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def feed():
            with process.stdin, pa.ipc.new_stream(process.stdin, first.schema) as stream:
                for batch in itertools.chain([first], batches):
                    stream.write_batch(batch)

        feeder = threading.Thread(target=feed)
        feeder.start()
        yield from pa.ipc.open_stream(process.stdout)
        feeder.join()
    if process.returncode != 0:
        raise RuntimeError(f"{worker} score failed")


# Spark has lists of any length; the program takes lists of one length, in f32.
def fixed(batch, features):
    at = batch.schema.get_field_index("embedding")
    lists = batch.column(at).cast(pa.list_(pa.float32(), features))
    return batch.set_column(at, "embedding", lists)


WRONG = [7, 40]
ROWS, FEATURES = 60, 8


def samples():
    def feature(row, at):
        center = 1.0 if (row % 2 == 0) == (at < 4) else 0.0
        return center + 0.1 * math.sin(row * 7919 + at * 104_729)

    rows = [[feature(row, at) for at in range(FEATURES)] for row in range(ROWS)]
    labels = ["cat" if (row % 2 == 0) == (row not in WRONG) else "dog" for row in range(ROWS)]
    return pa.table({"id": range(ROWS), "label": labels, "embedding": pa.array(rows, pa.list_(pa.float64()))})


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    worker, table = sys.argv[1], samples()
    with tempfile.TemporaryDirectory() as folder:
        location, work = Path(folder, "table"), Path(folder, "run")
        location.mkdir()
        pq.write_table(table, location / "part-0.parquet")
        detect = [worker, "detect", "--quiet", "--table", location]
        subprocess.run([*detect, "--method", "rer", "--work", work], check=True, stdout=subprocess.DEVNULL)
        model = str(work / "model-1")
        batches = list(scored(table.to_batches(max_chunksize=17), worker, model, FEATURES))
        issues = pq.read_table(work / "issues", columns=["id", "ratio"]).sort_by("id")
        assert list(scored([], worker, model, FEATURES)) == []

        run = subprocess.run([*detect, "--json", "--work", f"{work}-2"], check=True, stdout=subprocess.PIPE)
        report = json.loads(run.stdout)
        judged = pa.Table.from_batches(scored(table.to_batches(), worker, report["model"], FEATURES))
        expected = pq.read_table(f"{work}-2/issues", columns=["id", "quality"]).sort_by("id")
        assert judged["quality"].to_pylist() == expected["quality"].to_pylist(), "other probabilities than those of the run"

    found = pa.Table.from_batches(batches)
    assert found.column_names == ["id", "label", "suggested", "own", "least", "second"], found.column_names
    assert found["id"].to_pylist() == table["id"].to_pylist(), "rows came back in another order"
    assert found["label"].to_pylist() == table["label"].to_pylist()
    ratios = [own / least for own, least in zip(found["own"].to_pylist(), found["least"].to_pylist())]
    assert ratios == issues["ratio"].to_pylist(), "the scores differ from those of the run"
    suspect = sorted(range(ROWS), key=lambda row: -ratios[row])[: len(WRONG)]
    assert sorted(suspect) == WRONG, suspect
    print(f"{found.num_rows} rows in {len(batches)} batches came back in order; the most suspect are {suspect}")


if __name__ == "__main__":
    main()
