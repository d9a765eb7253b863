//! The script that adds our fields to a dataset that FiftyOne has already.

/// The script; it needs nothing but FiftyOne.
pub(super) const LOAD_SCRIPT: &str = r#""""Loads these samples into FiftyOne, or adds their mislabel fields to a dataset that is there.

usage: python load.py NAME             makes the dataset NAME of this folder
       python load.py NAME --merge     adds the fields to the dataset NAME; samples are matched by the path of their file

Reviewing: change `ground_truth` in the app, or tag samples `reviewed`, `unsure` or `exclude`. Then
    dataset.export(export_dir="reviewed", dataset_type=fo.types.FiftyOneDataset, export_media=False)
    mislabel import --format fiftyone reviewed --out verified.csv
"""

import json
import os
import sys

import fiftyone as fo

HERE = os.path.dirname(os.path.abspath(__file__))


def made(name):
    dataset = fo.Dataset.from_dir(HERE, dataset_type=fo.types.FiftyOneDataset, name=name)
    dataset.persistent = True
    print(f"{name}: {len(dataset)} samples")


def path_of(sample):
    path = sample["filepath"]
    return path if os.path.isabs(path) else os.path.join(HERE, path)


def value_of(value):
    if isinstance(value, dict) and value.get("_cls") == "Classification":
        return fo.Classification(label=value["label"], confidence=value.get("confidence"))
    return value


def merged(name):
    dataset = fo.load_dataset(name)
    with open(os.path.join(HERE, "metadata.json"), encoding="utf-8") as file:
        fields = {f["name"]: f["ftype"] for f in json.load(file)["sample_fields"] if f["name"] != "ground_truth"}
    with open(os.path.join(HERE, "samples.json"), encoding="utf-8") as file:
        samples = {path_of(sample): sample for sample in json.load(file)["samples"]}
    known = set(dataset.values("filepath"))
    common = {path: sample for path, sample in samples.items() if path in known}
    for field, kind in fields.items():
        values = {path: value_of(sample[field]) for path, sample in common.items() if field in sample}
        kind = getattr(fo, kind.rsplit(".", 1)[1])
        if kind is not fo.EmbeddedDocumentField and not dataset.has_sample_field(field):
            dataset.add_sample_field(field, kind)
        if values:
            dataset.set_values(field, values, key_field="filepath")
    print(f"{name}: {len(common)} samples matched")
    print(f"{len(samples) - len(common)} paths of ours are unknown to it, {len(known) - len(common)} of its samples are not among ours")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--merge"]):
        sys.exit(__doc__)
    (merged if sys.argv[2:] else made)(sys.argv[1])
"#;
