#!/usr/bin/env python3
"""Gives `ours` to the real clients, has them change something, and keeps what they write in `theirs`.

usage: make.py [CLIENT ...]

CLIENT is one of the functions below; without one, all run that need no server. `label_studio` needs the command of its
server in LABEL_STUDIO (requirements.txt says how to install everything). Every check is an assertion: a client that does not
read what mislabel writes ends the run. The tests of the crate read `theirs`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
OURS, THEIRS, IMAGES = HERE / "ours", HERE / "theirs", HERE / "imgs"
CLASSES = ["cat", "dog", "a & b"]
IDS = [f"{i:04}" for i in range(12)]


def given(i):
    return CLASSES[i % 3]


def suggested(i):
    return CLASSES[(i + 1) % 3] if i % 3 == 0 else CLASSES[i % 3]


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def scrub(folder, *texts):
    """Paths of the machine go out of what is kept."""
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix in (".json", ".csv", ".xml", ".jsonl"):
            content = path.read_text(encoding="utf-8")
            for text in texts:
                content = content.replace(str(text), "/data").replace(str(text).replace("/", "\\/"), "\\/data")
            path.write_text(content, encoding="utf-8")


def pandas():
    import pandas as pd

    tables = [pd.read_csv(OURS / "table.csv"), pd.read_csv(OURS / "table.tsv", sep="\t")]
    tables += [pd.read_json(OURS / "table.jsonl", lines=True), pd.read_parquet(OURS / "table.parquet")]
    for table in tables:
        assert list(table["index"]) == list(range(12)), table
        assert list(table["given_label"]) == [given(i) for i in range(12)]
        assert list(table["suggested_label"]) == [suggested(i) for i in range(12)]
        assert table["quality"].dtype == "float64" and table["is_issue"].dtype == "bool", table.dtypes
        assert table["is_issue"].sum() == 4
    texts = pd.read_csv(OURS / "texts.csv")
    assert texts["text"][0] == 'a, "b" <c> & d\n=é 猫', texts["text"][0]
    # What pandas writes: an index without a name, numbers as floats because one is missing.
    table = tables[0].copy()
    table["true_label"] = [suggested(i) if i < 6 else None for i in range(12)]
    fresh(THEIRS / "pandas")
    table.drop(columns=["index"]).to_csv(THEIRS / "pandas" / "table.csv")
    table["index"] = table["index"].astype("float64")
    table.to_parquet(THEIRS / "pandas" / "table.parquet")
    table.set_index("index").to_parquet(THEIRS / "pandas" / "indexed.parquet")
    table.to_json(THEIRS / "pandas" / "table.jsonl", orient="records", lines=True)


def fiftyone():
    import fiftyone as fo

    folder = Path(tempfile.mkdtemp())
    shutil.copytree(OURS / "fiftyone", folder / "ours")
    shutil.copytree(IMAGES, folder / "ours" / "imgs")
    dataset = fo.Dataset.from_dir(str(folder / "ours"), dataset_type=fo.types.FiftyOneDataset)
    assert len(dataset) == 12
    assert dataset.values("ground_truth.label") == [given(i) for i in range(12)]
    assert dataset.values("mislabel_suggested.label") == [suggested(i) for i in range(12)]
    assert dataset.values("prediction_resnet.confidence") == [0.75] * 12
    assert dataset.values("station") == [f"S-{i % 2}" for i in range(12)]
    assert dataset.first().tags == ["night", "wet"] and dataset.default_classes == CLASSES
    suspects = dataset.load_saved_view("suspects")
    assert suspects.values("mislabel_id") == ["0000", "0003", "0006", "0009"], suspects.values("mislabel_id")
    assert len(dataset.take(5)) == 5 and len(dataset.shuffle(seed=51)) == 12
    assert all(Path(path).is_file() for path in dataset.values("filepath"))
    dataset.match({"mislabel_id": "0007"}).tag_labels("odd", label_fields="ground_truth")
    assert dataset.count_label_tags() == {"odd": 1}

    dataset.save()
    merge(folder)

    samples = {sample.mislabel_id: sample for sample in dataset}
    for key, label in {"0000": "dog", "0003": "a & b"}.items():
        samples[key].ground_truth.label = label
    for key, tag in {"0000": "reviewed", "0001": "reviewed", "0004": "unsure", "0005": "exclude"}.items():
        samples[key].tags.append(tag)
    for sample in samples.values():
        sample["detections"] = fo.Detections(detections=[fo.Detection(label="x", bounding_box=[0, 0, 1, 1])])
        sample.save()
    out = fresh(THEIRS / "fiftyone")
    dataset.export(
        export_dir=str(out / "dataset"), dataset_type=fo.types.FiftyOneDataset, export_media=False, rel_dir=str(folder / "ours")
    )
    fields = ["mislabel_index", "mislabel_id", "mislabel_given", "filepath", "tags", "ground_truth.label", "ground_truth.tags"]
    dataset.export(
        labels_path=str(out / "view.csv"), dataset_type=fo.types.CSVDataset, export_media=False, abs_paths=True, fields=fields
    )
    dataset.export(
        export_dir=str(out / "classification"),
        dataset_type=fo.types.FiftyOneImageClassificationDataset,
        label_field="ground_truth",
    )
    shutil.rmtree(out / "classification" / "data")
    several = fo.Dataset()
    labels = fo.Classifications(classifications=[fo.Classification(label="cat"), fo.Classification(label="dog")])
    several.add_sample(fo.Sample(filepath=str(IMAGES / "0000.png"), ground_truth=labels))
    several.export(
        export_dir=str(out / "several"), dataset_type=fo.types.FiftyOneDataset, export_media=False, rel_dir=str(HERE)
    )
    mistaken(out)
    scrub(out, folder / "ours", HERE)


def merge(folder):
    """load.py adds our fields to a dataset that has two of our samples and one of its own."""
    import fiftyone as fo

    other = fo.Dataset("mislabel-golden-other", overwrite=True)
    paths = [folder / "ours" / "imgs" / name for name in ("0000.png", "0001.png")] + [IMAGES / "0002.png"]
    other.add_samples([fo.Sample(filepath=str(path)) for path in paths])
    script = [sys.executable, str(folder / "ours" / "load.py"), other.name, "--merge"]
    said = subprocess.run(script, check=True, capture_output=True, text=True).stdout
    assert "2 samples matched" in said and "10 paths of ours are unknown to it, 1 of its samples" in said, said
    other.reload()
    assert other.values("mislabel_quality") == [0.0, 0.53125, None], other.values("mislabel_quality")
    assert other.values("mislabel_suggested.label") == ["dog", "dog", None]
    other.delete()


def mistaken(out):
    """The mistakenness of FiftyOne's brain."""
    import fiftyone as fo
    import fiftyone.brain as brain
    import numpy as np

    dataset = fo.Dataset()
    for i in range(4):
        label = fo.Classification(label=given(i))
        odds = np.full(3, -3.0)
        odds[(i % 3 + (i == 3)) % 3] = 3.0
        predicted = fo.Classification(label=CLASSES[int(odds.argmax())], confidence=0.9, logits=odds)
        dataset.add_sample(fo.Sample(filepath=str(IMAGES / f"{i:04}.png"), ground_truth=label, predicted=predicted))
    brain.compute_mistakenness(dataset, "predicted", label_field="ground_truth", use_logits=True)
    dataset.export(
        export_dir=str(out / "mistakenness"), dataset_type=fo.types.FiftyOneDataset, export_media=False, rel_dir=str(HERE)
    )


def hugging_face():
    from datasets import ClassLabel, Dataset, Features, Image, Value, load_dataset

    out = fresh(THEIRS / "huggingface")
    for name in ("huggingface/metadata.csv", "huggingface-jsonl/metadata.jsonl"):
        folder = Path(tempfile.mkdtemp())
        shutil.copy(OURS / name, folder)
        shutil.copytree(IMAGES, folder / "imgs")
        loaded = load_dataset("imagefolder", data_dir=str(folder), split="train", cache_dir=tempfile.mkdtemp())
        loaded = loaded.sort("mislabel_index")
        assert loaded["label"][:] == [given(i) for i in range(12)], loaded["label"]
        assert loaded["mislabel_suggested"][:] == [suggested(i) for i in range(12)]
        assert loaded[3]["image"].size == (8, 6)
    os.chdir(HERE)
    for name, kind in (("train", "image"), ("texts", "text")):
        file = str(OURS / "huggingface" / f"{name}.parquet")
        loaded = load_dataset("parquet", data_files=file, split="train", cache_dir=tempfile.mkdtemp())
        assert loaded.features["label"] == ClassLabel(names=CLASSES), loaded.features
        assert loaded.features["mislabel_suggested"] == ClassLabel(names=CLASSES)
        assert loaded["label"][:] == [i % 3 for i in range(12)]
        assert loaded.sort("mislabel_quality")["mislabel_id"][:2] == ["0000", "0003"]
        if kind == "image":
            assert isinstance(loaded.features["image"], Image) and loaded[3]["image"].size == (8, 6)
        else:
            assert loaded[0]["text"] == 'a, "b" <c> & d\n=é 猫'
        # Relabel two rows, as a user would.
        edited = loaded.map(lambda row: {"label": (row["label"] + 1) % 3 if row["mislabel_index"] in (0, 3) else row["label"]})
        edited.to_parquet(str(out / f"{name}.parquet"))
    paths = {"image": [str(IMAGES / f"{i:04}.png") for i in range(3)], "label": [1, -1, 0], "extra": [1.5, None, 2.5]}
    features = Features({"image": Image(), "label": ClassLabel(names=CLASSES), "extra": Value("float32")})
    plain = Dataset.from_dict(paths, features=features)
    plain.cast_column("image", Image(decode=False)).map(
        lambda row: {"image": {"bytes": Path(row["image"]["path"]).read_bytes(), "path": Path(row["image"]["path"]).name}}
    ).cast_column("image", Image()).to_parquet(str(out / "bytes.parquet"))
    plain.save_to_disk(str(out / "saved"))
    for file in (out / "saved").glob("*.arrow"):
        file.unlink()
    scrub(out, HERE)
    moved = load_dataset("imagefolder", data_dir=str(OURS / "imagefolder"), split="train", cache_dir=tempfile.mkdtemp())
    assert sorted(moved.features["label"].names) == sorted(CLASSES) and len(moved) == 12, moved.features


def cleanlab():
    import numpy as np
    import pandas as pd
    from cleanlab import Datalab
    from cleanlab.classification import CleanLearning

    ours = pd.read_csv(OURS / "cleanlab.csv", index_col=0)
    assert ours["is_label_issue"].dtype == "bool" and ours["label_score"].dtype == "float64", ours.dtypes
    assert list(ours["given_label"]) == [given(i) for i in range(12)] and list(ours.index) == list(range(12))
    parquet = pd.read_parquet(OURS / "cleanlab.parquet")
    assert (parquet.reset_index(drop=True) == ours).all().all(), parquet

    random = np.random.default_rng(51)
    labels = np.array([given(i) for i in range(60)])
    features = np.eye(3)[np.arange(60) % 3] * 4 + random.normal(size=(60, 3))
    labels[[0, 20, 41]] = labels[[1, 21, 42]]
    lab = Datalab({"y": list(labels)}, label_name="y", verbosity=0)
    odds = np.exp(features)
    # Datalab's classes are in sorted order: a & b, cat, dog.
    lab.find_issues(pred_probs=(odds / odds.sum(1, keepdims=True))[:, [2, 0, 1]], features=features)
    out = fresh(THEIRS / "cleanlab")
    issues = lab.get_issues("label")
    issues.to_csv(out / "datalab.csv")
    issues.to_parquet(out / "datalab.parquet")
    assert issues["is_label_issue"].sum() == 3, issues
    saved = Path(tempfile.mkdtemp()) / "lab"
    lab.save(str(saved))
    (out / "saved").mkdir()
    shutil.copy(saved / "issues.csv", out / "saved" / "issues.csv")
    numbers = np.array([CLASSES.index(label) for label in labels])
    CleanLearning(seed=51).find_label_issues(features, numbers).to_csv(out / "cleanlearning.csv")


def datumaro():
    import datumaro as dm
    from datumaro.components.annotation import Label

    out = fresh(THEIRS / "datumaro")
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(OURS / "datumaro", folder / "ours")
    for subset in ("train", "test"):
        shutil.copytree(IMAGES, folder / "ours" / "images" / subset / "imgs")
    dataset = dm.Dataset.import_from(str(folder / "ours"), "datumaro")
    assert len(dataset) == 12, len(dataset)
    names = [label.name for label in dataset.categories()[dm.AnnotationType.label]]
    assert names == CLASSES, names
    for item in dataset:
        (label,) = item.annotations
        i = int(label.attributes["mislabel_index"])
        assert label.label == i % 3 and label.attributes["mislabel_suggested"] == suggested(i)
        assert item.subset == ("train" if i < 9 else "test")
    for item in list(dataset):
        (label,) = item.annotations
        if label.attributes["mislabel_id"] in ("0000", "0003"):
            dataset.put(item.wrap(annotations=[Label((label.label + 1) % 3, attributes=label.attributes)]))
    dataset.export(str(folder / "dm"), "datumaro", save_media=False)
    shutil.copytree(folder / "dm" / "annotations", out / "annotations")

    task = folder / "cvat"
    shutil.copytree(IMAGES, task / "images" / "imgs")
    shutil.copy(OURS / "cvat.xml", task / "annotations.xml")
    cvat = dm.Dataset.import_from(str(task), "cvat")
    assert len(cvat) == 12
    for item in cvat:
        (label,) = item.annotations
        assert label.label == int(item.id[-4:]) % 3, item
        assert label.attributes["mislabel_id"] == item.id[-4:], label.attributes
    item = next(item for item in cvat if item.id.endswith("0000"))
    cvat.put(item.wrap(annotations=[Label(1, attributes=item.annotations[0].attributes)]))
    cvat.export(str(folder / "cvat-out"), "cvat", save_media=False)
    (written,) = (folder / "cvat-out").rglob("*.xml")
    shutil.copy(written, out / "cvat.xml")
    scrub(out, folder)


def argilla():
    from argilla import Record, Response
    from argilla.records._io import JsonIO

    records = JsonIO._records_from_json(OURS / "argilla.json")
    assert len(records) == 12
    for i, record in enumerate(records):
        assert record.id == f"{i:04}" and record.metadata["mislabel_index"] == i
        assert record.suggestions["label"].value == suggested(i) and record.suggestions["label"].agent == "rer"
    assert records[0].fields["text"] == 'a, "b" <c> & d\n=é 猫'
    user = "6d69736c-0000-4000-8000-000000000051"
    dictionaries = []
    for i, record in enumerate(records):
        if i in (0, 1):
            record.responses.add(Response("label", "dog", user_id=user))
        dictionary = record.to_dict()
        # The server sets the status once a response is submitted.
        dictionary["status"] = "completed" if i == 0 or i == 1 else "pending"
        dictionaries.append(dictionary)
    assert Record.from_dict(dictionaries[0]).responses["label"][0].value == "dog"
    out = fresh(THEIRS / "argilla")
    (out / "records.json").write_text(json.dumps(dictionaries), encoding="utf-8")


def labelbox():
    from labelbox import types
    from labelbox.data.serialization import NDJsonConverter

    lines = []
    for file in sorted((OURS / "labelbox").glob("*.ndjson")):
        lines += [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len({line["uuid"] for line in lines}) == 12
    labels = []
    for i, line in enumerate(lines):
        answer = types.ClassificationAnswer(name=suggested(i), confidence=line["answer"]["confidence"])
        annotation = types.ClassificationAnnotation(name="label", value=types.Radio(answer=answer))
        labels.append(types.Label(data={"global_key": f"{i:04}"}, annotations=[annotation]))
    theirs = list(NDJsonConverter.serialize(labels))
    # The SDK has no reader of lines: what it writes for the same labels must be what mislabel writes.
    without_uuid = [{key: value for key, value in line.items() if key != "uuid"} for line in theirs]
    assert without_uuid == [{k: v for k, v in line.items() if k != "uuid"} for line in lines], (theirs[0], lines[0])
    out = fresh(THEIRS / "labelbox")
    with open(out / "prelabels.ndjson", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in theirs)


def scale():
    from nucleus import CategoryAnnotation, CategoryPrediction, DatasetItem

    def lines(name):
        return [json.loads(line) for line in (OURS / "scale" / name).read_text(encoding="utf-8").splitlines()]

    items = [DatasetItem.from_json(line) for line in lines("nucleus-items.jsonl")]
    annotations = [CategoryAnnotation.from_json(line) for line in lines("nucleus-annotations.jsonl")]
    predictions = [CategoryPrediction.from_json(line) for line in lines("nucleus-predictions.jsonl")]
    for i in range(12):
        assert items[i].reference_id == f"{i:04}" and items[i].metadata["mislabel_index"] == i
        assert annotations[i].label == given(i) and annotations[i].reference_id == f"{i:04}"
        assert predictions[i].label == suggested(i)
    batches = [lines(name) for name in ("calibration.jsonl", "batch-0001.jsonl", "batch-0002.jsonl")]
    assert [len(batch) for batch in batches] == [3, 5, 4]
    assert sorted(task["unique_id"] for batch in batches for task in batch) == IDS
    out = fresh(THEIRS / "scale")
    payloads = [prediction.to_payload() for prediction in predictions]
    (out / "nucleus-predictions.json").write_text(json.dumps(payloads), encoding="utf-8")


def label_studio():
    """Starts a server, imports the tasks, decides as people do, exports."""
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(IMAGES, folder / "root" / "imgs")
    port, token = 8147, "0123456789012345678901234567890123456789"
    host = f"http://127.0.0.1:{port}"
    environment = dict(
        os.environ,
        HOME=str(folder),
        LABEL_STUDIO_BASE_DATA_DIR=str(folder / "data"),
        LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED="true",
        LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT=str(folder / "root"),
        COLLECT_ANALYTICS="false",
        SENTRY_DSN="",
        FRONTEND_SENTRY_DSN="",
    )
    command = [os.environ["LABEL_STUDIO"], "start", "-b", "-p", str(port), "--internal-host", "127.0.0.1", "--host", host]
    command += ["--username", "a@b.co", "--password", "golden-files", "--user-token", token, "--enable-legacy-api-token"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.time() + 300
        while True:
            try:
                urllib.request.urlopen(f"{host}/health", timeout=5)
                break
            except OSError:
                assert time.time() < deadline and server.poll() is None, "the server does not start"
                time.sleep(2)
        out = fresh(THEIRS / "label-studio")
        project(host, token, "label-studio", folder, out)
        project(host, token, "label-studio-texts", None, out)
        scrub(out, folder)
    finally:
        server.terminate()
        server.wait()


def project(host, token, name, folder, out):
    def call(method, path, body=None, raw=False):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(host + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            content = answer.read()
        return content if raw else json.loads(content)

    config = (OURS / name / "config.xml").read_text(encoding="utf-8")
    key = call("POST", "/api/projects", {"title": name, "label_config": config})["id"]
    for file in sorted((OURS / name).glob("tasks-*.json")):
        answer = call("POST", f"/api/projects/{key}/import", json.loads(file.read_text(encoding="utf-8")))
        assert answer["prediction_count"] == 3 * answer["task_count"], answer
    # Below the document root: the root itself is refused.
    if folder:
        storage = {"project": key, "path": str(folder / "root" / "imgs"), "use_blob_urls": True, "regex_filter": ".*png"}
        call("POST", "/api/storages/localfiles", storage)
    tasks = {t["data"]["mislabel_id"]: t for t in call("GET", f"/api/tasks?project={key}&page_size=100")["tasks"]}
    assert len(tasks) == 12, len(tasks)
    if folder:
        assert call("GET", tasks["0003"]["data"]["image"], raw=True).startswith(b"\x89PNG")
    control = "image" if folder else "text"

    def annotate(sample, choices, **more):
        result = [{"from_name": "label", "to_name": control, "type": "choices", "value": {"choices": choices}}]
        call("POST", f"/api/tasks/{tasks[sample]['id']}/annotations/", {"result": result, **more})

    annotate("0000", ["dog"])
    annotate("0001", ["dog"])
    annotate("0003", ["a & b"])
    annotate("0004", ["mislabel:unsure"])
    annotate("0005", ["mislabel:exclude"])
    annotate("0006", ["cat"])
    annotate("0006", ["dog"])
    annotate("0007", ["cat"], was_cancelled=True)
    for kind, extension in (("JSON", "json"), ("JSON_MIN", "min.json"), ("CSV", "csv"), ("TSV", "tsv")):
        content = call("GET", f"/api/projects/{key}/export?exportType={kind}&download_all_tasks=true", raw=True)
        (out / f"{name}.{extension}").write_bytes(content)
    annotate("0008", ["cat", "dog"])
    content = call("GET", f"/api/projects/{key}/export?exportType=JSON", raw=True)
    (out / f"{name}-several.json").write_bytes(content)


ALL = [pandas, hugging_face, cleanlab, datumaro, argilla, labelbox, scale, fiftyone]


def main():
    known = {function.__name__: function for function in [*ALL, label_studio]}
    for name in sys.argv[1:] or [function.__name__ for function in ALL]:
        if name not in known:
            sys.exit(__doc__)
        known[name]()
        print(f"{name}: read what mislabel writes", flush=True)


if __name__ == "__main__":
    main()
