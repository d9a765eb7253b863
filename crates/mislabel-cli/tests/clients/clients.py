"""What the clients of other tools do between two calls of mislabel, for the test `clients` (main.rs).

usage: clients.py STEP, in a folder that the steps share. Every check is an assertion.
"""

import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ["cat", "dog", "a & b"]
ROWS = 60
# Rows that the steps relabel, with the label that they get.
RELABELED = {3: 2, 13: 0, 23: 1}


def given(row):
    """Every tenth label is wrong."""
    return (row + (row % 10 == 3)) % 3


def png(row):
    """A square of the color of its true class, with noise of its own."""
    random = np.random.default_rng(row)
    pixels = random.integers(0, 60, size=(24, 24, 3))
    pixels[4:20, 4:20, row % 3] += 150
    out = io.BytesIO()
    Image.fromarray(pixels.astype("uint8")).save(out, "PNG")
    return out.getvalue()


def same(image, row):
    return np.array_equal(np.asarray(image), np.asarray(Image.open(io.BytesIO(png(row)))))


def make():
    """The same samples as a dataset of Hugging Face, with bytes and with paths, and as shards of webdataset."""
    import webdataset
    from datasets import ClassLabel, Dataset, Features
    from datasets import Image as Pictures

    Path("pictures").mkdir()
    paths = [str(Path("pictures", f"{row:04}.png").absolute()) for row in range(ROWS)]
    for row, path in enumerate(paths):
        Path(path).write_bytes(png(row))
    features = Features({"image": Pictures(), "label": ClassLabel(names=CLASSES)})
    dataset = Dataset.from_dict({"image": paths, "label": [given(row) for row in range(ROWS)]}, features=features)
    dataset.to_parquet("paths.parquet")
    embedded = dataset.cast_column("image", Pictures(decode=False)).map(
        lambda row: {"image": {"bytes": Path(row["image"]["path"]).read_bytes(), "path": Path(row["image"]["path"]).name}}
    )
    embedded = embedded.cast_column("image", Pictures())
    # Groups of 7 rows, and two files: a row is found in any.
    embedded.to_parquet("bytes.parquet", batch_size=7)
    Path("several").mkdir()
    embedded.select(range(25)).to_parquet("several/train-00000-of-00002.parquet")
    embedded.select(range(25, ROWS)).to_parquet("several/train-00001-of-00002.parquet")
    Path("shards").mkdir()
    with webdataset.ShardWriter("shards/part-%06d.tar", maxcount=25, verbose=0) as shards:
        for row in range(ROWS):
            more = {"row": row, "kind": CLASSES[given(row)]}
            shards.write({"__key__": f"{row:04}", "png": png(row), "cls": given(row), "json": more})


def hugging_face():
    """Reads what was exported, looks at it, relabels three rows, and writes it back."""
    from datasets import ClassLabel, load_dataset

    loaded = load_dataset("parquet", data_files="sent.parquet", split="train", cache_dir="cache")
    assert loaded.features["label"] == ClassLabel(names=CLASSES), loaded.features
    assert len(loaded) == ROWS, len(loaded)
    for row in loaded:
        index = row["mislabel_index"]
        assert row["label"] == given(index), row
        assert same(row["image"], index), index
    suspects = loaded.sort("mislabel_quality")["mislabel_index"][:6]
    assert sorted(suspects) == [3, 13, 23, 33, 43, 53], suspects
    edited = loaded.map(lambda row: {"label": RELABELED.get(row["mislabel_index"], row["label"])})
    edited.to_parquet("returned.parquet")


def datumaro():
    """Reads both exports, relabels three items, and writes them back."""
    import shutil

    import datumaro as dm
    from datumaro.components.annotation import Label

    shutil.copytree("pictures", "sent-datumaro/images/default/pictures")
    shutil.copytree("pictures", "sent-cvat/images/pictures")
    for name, folder in (("datumaro", "sent-datumaro"), ("cvat", "sent-cvat")):
        dataset = dm.Dataset.import_from(folder, name)
        names = [label.name for label in dataset.categories()[dm.AnnotationType.label]]
        assert sorted(names) == sorted(CLASSES) and len(dataset) == ROWS, (names, len(dataset))
        for item in list(dataset):
            row = int(item.id[-4:])
            (label,) = item.annotations
            assert names[label.label] == CLASSES[given(row)], item
            assert float(label.attributes["mislabel_quality"]) <= 1.0, label
            assert same(item.media.data[:, :, ::-1], row), row
            if row in RELABELED:
                new = Label(names.index(CLASSES[RELABELED[row]]), attributes=label.attributes)
                dataset.put(item.wrap(annotations=[new]))
        dataset.export(f"returned-{name}", name, save_media=False)


def webdataset():
    """Reads the shards: their pictures and labels are those of the rows, in order."""
    import webdataset as wds

    shards = sorted(str(path) for path in Path("shards").glob("*.tar"))
    rows = []
    for sample in wds.WebDataset(shards, shardshuffle=False):
        about = json.loads(sample["json"])
        assert int(sample["cls"]) == given(about["row"]), sample["__key__"]
        assert sample["png"] == png(about["row"]), sample["__key__"]
        rows.append(about["row"])
    assert rows == list(range(ROWS)), rows


if __name__ == "__main__":
    {step.__name__: step for step in (make, hugging_face, datumaro, webdataset)}[sys.argv[1]]()
