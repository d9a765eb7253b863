//! Whatever is wrong with the input: exit code 2, one line on standard error that says so, nothing written.

use std::fs;
use std::path::Path;

use crate::bad_files::folder;
use crate::process::mislabel;
use tempfile::TempDir;

/// A command line and a part of the message that it must end in.
type Case = (&'static str, &'static str);

const FILES: &[Case] = &[
    ("detect --embeddings missing.npy --labels y.npy --out o.csv", "missing.npy: No such file"),
    ("detect --embeddings x.npy --labels missing.npy --out o.csv", "missing.npy: No such file"),
    ("detect --embeddings folder.npy --labels y.npy --out o.csv", "folder.npy: there is no table in it"),
    ("detect --embeddings x.npy --labels folder.npy --out o.csv", "folder.npy: there is no table in it"),
    ("detect --embeddings empty.npy --labels y.npy --out o.csv", "empty.npy is empty"),
    ("detect --embeddings empty.csv --labels y.npy --out o.csv", "empty.csv is empty"),
    ("detect --embeddings x.npy --labels empty.txt --out o.csv", "empty.txt is empty"),
    ("detect --embeddings text.npy --labels y.npy --out o.csv", "text.npy: "),
    ("detect --embeddings half_header.npy --labels y.npy --out o.csv", "half_header.npy: "),
    (
        "detect --embeddings half_data.npy --labels y.npy --out o.csv",
        "the header promises 48 bytes of data, there are 20",
    ),
    (
        "detect --embeddings more_data.npy --labels y.npy --out o.csv",
        "the header promises 48 bytes of data, there are 52",
    ),
    ("detect --embeddings huge.npy --labels y.npy --out o.csv", "huge.npy: "),
    ("detect --embeddings overflow.npy --labels y.npy --out o.csv", "overflow.npy: "),
    ("detect --embeddings object.npy --labels y.npy --out o.csv", "elements of type |O cannot be read"),
    ("detect --embeddings complex.npy --labels y.npy --out o.csv", "elements of type <c8 cannot be read"),
    ("detect --embeddings vector.npy --labels y.npy --out o.csv", "the array has the shape [12]"),
    ("detect --embeddings cube.npy --labels y.npy --out o.csv", "the array has the shape [6, 1, 2]"),
    ("detect --embeddings no_rows.npy --labels y.npy --out o.csv", "no_rows.npy"),
    ("detect --embeddings no_columns.npy --labels y.npy --out o.csv", "no_columns.npy"),
    ("detect --embeddings nan.npy --labels y.npy --out o.csv", "row 2, column 1 has the value \"NaN\""),
    ("detect --embeddings infinite.npy --labels y.npy --out o.csv", "row 5, column 0 has the value \"inf\""),
    ("detect --embeddings garbage.npz --labels y.npy --out o.csv", "garbage.npz: "),
    ("detect --embeddings garbage.parquet --labels y.npy --out o.csv", "garbage.parquet: "),
    ("detect --embeddings garbage.safetensors --labels y.npy --out o.csv", "garbage.safetensors: "),
    ("detect --embeddings two.safetensors --labels y.npy --out o.csv", "has \"a\", \"b\": name the one to read"),
    ("detect --embeddings two.safetensors --embeddings-key c --labels y.npy --out o.csv", "has no \"c\"; it has"),
    ("detect --embeddings ragged.csv --labels y.npy --out o.csv", "row 1 has 3 values where 2 are expected"),
    ("detect --embeddings word.csv --labels y.npy --out o.csv", "row 1, column v has the value \"two\""),
    ("detect --embeddings header_only.csv --labels y.npy --out o.csv", "header_only.csv is empty"),
    ("detect --embeddings labels.csv --labels y.npy --out o.csv", "no column is left that can be features"),
    ("detect --embeddings x.npy --labels x.csv --out o.csv", "name the column of labels with --labels-key"),
    ("detect --embeddings labeled.csv --labels labeled.csv --labels-key no --out o.csv", "has no \"no\""),
    ("detect --embeddings x.csv --leave-out no --labels y.npy --out o.csv", "has no \"no\""),
    ("detect --embeddings x.bin --labels y.npy --out o.csv", "x.bin: the extension must be one of"),
    ("detect --embeddings x --labels y.npy --out o.csv", "the extension must be one of"),
    ("detect --embeddings x.npy --labels y.bin --out o.csv", "y.bin: the extension must be one of"),
];

const KEYS: &[Case] = &[
    ("detect --embeddings x.npy --embeddings-key a --labels y.npy --out o.csv", "--embeddings-key is of no use"),
    ("detect --embeddings x.npy --leave-out a --labels y.npy --out o.csv", "--leave-out is of no use"),
    ("detect --embeddings x.npy --labels y.npy --labels-key a --out o.csv", "a key for the labels is of no use"),
    ("evaluate --issues good.csv --given y.npy --given-key a --true-labels y.npy", "a key for the labels is of no use"),
    (
        "detect --embeddings x.npy --labels labeled.csv --labels-key no --out o.csv",
        "has no \"no\"; it has \"u\", \"label\"",
    ),
    ("difficulty --embeddings x.npy --label-free --labels-key a", "cannot be used with"),
    ("difficulty --embeddings x.npy --label-free --class-names names.txt", "cannot be used with"),
];

const LABELS: &[Case] = &[
    ("detect --embeddings x.npy --labels short.npy --out o.csv", "short.npy has 5 labels, x.npy has 6 embeddings"),
    ("difficulty --embeddings x.npy --labels short.npy", "short.npy has 5 labels, x.npy has 6 embeddings"),
    ("detect --embeddings x.npy --labels one_class.npy --out o.csv", "one_class.npy: 1 of 1 classes have samples"),
    ("difficulty --embeddings x.npy --labels one_class.npy", "one_class.npy: 1 of 1 classes have samples"),
    ("detect --embeddings x.npy --labels measured.txt --out o.csv", "row 0, column 0 has the value \"0.25\""),
    ("detect --embeddings x.npy --labels none.txt --out o.csv", "none.txt: no sample has a label"),
    ("detect --embeddings x.npy --labels x.npy --out o.csv", "x.npy: the array has the shape [6, 2]"),
    (
        "detect --embeddings x.npy --labels y.npy --class-names one.txt --out o.csv",
        "row 3 has the label 1, there is 1 class name",
    ),
    (
        "detect --embeddings x.npy --labels y.npy --class-names twice.txt --out o.csv",
        "row 1, column 0 has the value \"cat\"",
    ),
    ("detect --embeddings x.npy --labels y.npy --class-names latin1.txt --out o.csv", "be UTF-8"),
    ("detect --embeddings x.npy --labels y.npy --class-names missing.txt --out o.csv", "missing.txt: No such file"),
    (
        "detect --embeddings x.npy --labels words.txt --class-names names.txt --out o.csv",
        "row 5, column 0 has the value \"emu\"",
    ),
    ("evaluate --issues good.csv --given y.npy --true-labels words.txt", "give the class names"),
    ("evaluate --issues good.csv --given y.npy --true-labels short.npy", "short.npy has 5 labels, y.npy has 6 labels"),
];

const OPTIONS: &[Case] = &[
    ("find", "unrecognized subcommand 'find'"),
    ("demo extra", "unexpected argument 'extra'"),
    ("demo --rate 1.5", "invalid value '1.5' for '--rate <R>': it must be a number from 0 to 1"),
    ("demo --rate -0.1", "it must be a number from 0 to 1"),
    ("demo --rate nan", "it must be a number from 0 to 1"),
    ("demo --rate many", "it must be a number from 0 to 1"),
    ("demo --seed -1", "invalid value '-1' for '--seed <N>': it must be a whole number from 0 to"),
    ("demo --threads 0", "it must be a whole number from 1 to 1024"),
    ("detect", "required arguments were not provided: --out <FILE> --embeddings <FILE> --labels <FILE>"),
    ("detect --embeddings x.npy --labels y.npy", "required arguments were not provided: --out <FILE>"),
    (
        "detect --embeddings x.npy --labels y.npy --out o.csv --method magic",
        "[possible values: rer, centroid, autoencoder, gaussian, posterior, consensus, confident, mistakenness, zero-shot, simifeat,",
    ),
    ("detect --embeddings x.npy --labels y.npy --out o.csv --alpha 0", "it must be a number from 0.000001 to 1000000"),
    ("detect --embeddings x.npy --labels y.npy --out o.csv --alpha -3", "it must be a number from 0.000001 to 1000000"),
    (
        "detect --embeddings x.npy --labels y.npy --out o.csv --alpha inf",
        "it must be a number from 0.000001 to 1000000",
    ),
    (
        "detect --embeddings x.npy --labels y.npy --out o.csv --components -1",
        "it must be a whole number from 0 to 1000000",
    ),
    (
        "detect --embeddings x.npy --labels y.npy --out o.csv --components 1.5",
        "it must be a whole number from 0 to 1000000",
    ),
    ("detect --embeddings x.npy --labels y.npy --out o.csv --trim 0", "it must be a positive number"),
    ("detect --embeddings x.npy --labels y.npy --out o.csv --trim nan", "it must be a positive number"),
    ("detect --embeddings x.npy --labels y.npy --out o.csv --trim 1.1 --no-trim", "cannot be used with"),
    ("detect --embeddings x.npy --labels y.npy --out o.csv --threads -2", "it must be a whole number from 1 to 1024"),
    (
        "detect --embeddings x.npy --labels y.npy --out o.csv --threads 99999999",
        "it must be a whole number from 1 to 1024",
    ),
    (
        "detect --method rer --embeddings x.npy --labels y.npy --out o.csv --threshold best",
        "it must be published, mixture or a positive number",
    ),
    (
        "detect --method rer --embeddings x.npy --labels y.npy --out o.csv --threshold -1",
        "it must be published, mixture or a positive number",
    ),
    ("detect --embeddings x.npy --labels y.npy --device gpu --out o.csv", "it must be cpu, cuda or cuda:N"),
    (
        "detect --method rer --embeddings x.npy --labels y.npy --device cuda:4096 --out o.csv",
        "--device cuda:4096 cannot be used: ",
    ),
    (
        "detect --embeddings x.npy --labels y.npy --method knn --device cuda --out o.csv",
        "--device is no option of the method knn",
    ),
    (
        "detect --embeddings x.npy --labels y.npy --out o.csv --method centroid --alpha 3",
        "--alpha is no option of the method centroid",
    ),
    ("detect --embeddings x.npy --labels y.npy --out o.csv --sed 3", "unexpected argument '--sed'"),
    ("difficulty --embeddings x.npy", "required arguments were not provided: --labels <FILE>"),
    ("difficulty --embeddings x.npy --labels y.npy --label-free", "cannot be used with"),
    ("difficulty --embeddings x.npy --labels y.npy --clusters 3", "cannot be used with"),
    ("difficulty --embeddings x.npy --label-free --clusters 1", "it must be a whole number from 2 to 1000000"),
    ("difficulty --embeddings x.npy --label-free --clusters 7", "clusters is 7: it must be at least 2 and at most"),
    ("difficulty --embeddings x.npy --labels y.npy --calibration 1:0", "bounds LOW:HIGH with LOW < HIGH"),
    ("difficulty --embeddings x.npy --labels y.npy --curve", "the finite-sample part is undefined"),
    ("noise --labels y.npy --kind odd --rate 0.1 --out o.npy", "[possible values: symmetric, asymmetric"),
    ("noise --labels y.npy --kind symmetric --rate 2 --out o.npy", "it must be a number from 0 to 1"),
    ("noise --labels y.npy --kind symmetric --out o.npy", "--kind symmetric needs --rate"),
    ("noise --labels y.npy --kind transition --out o.npy", "--kind transition needs --transition"),
    (
        "noise --labels y.npy --kind transition --transition t.npy --rate 0.1 --out o.npy",
        "--rate is no option of --kind transition",
    ),
    ("noise --labels y.npy --kind transition --transition x.npy --out o.npy", "x.npy: "),
    (
        "noise --labels y.npy --kind confidence --rate 0.1 --pred-probs t.npy --out o.npy",
        "y.npy has 6 labels, t.npy has 2 predictions",
    ),
    (
        "noise --labels y.npy --kind recorded --recorded short.npy --out o.npy",
        "short.npy has 5 labels, y.npy has 6 labels",
    ),
    (
        "noise --labels y.npy --kind recorded --recorded y.npy --rate 0.5 --out o.npy",
        "at most the share of recorded labels",
    ),
    (
        "noise --labels y.npy --kind instance --embeddings vector.npy --rate 0.1 --out o.npy",
        "the array has the shape [12]",
    ),
    ("noise --labels one_class.npy --kind symmetric --rate 0.5 --out o.npy", "1 of 1 classes have samples"),
    ("noise --labels words.txt --kind symmetric --rate 0.5 --out o.npy", "the labels are strings: write them as .txt"),
];

const OUTPUTS: &[Case] = &[
    ("detect --embeddings x.npy --labels y.npy --out o.doc", "o.doc: the extension must be one of csv"),
    ("detect --embeddings missing.npy --labels y.npy --out o.doc", "o.doc: the extension must be one of csv"),
    ("detect --embeddings x.npy --labels y.npy --out o", "o: the extension must be one of csv"),
    ("detect --embeddings x.npy --labels y.npy --out none/o.csv", "the folder none does not exist"),
    ("detect --embeddings x.npy --labels y.npy --out y.npy/o.csv", "the folder y.npy does not exist"),
    ("detect --embeddings x.npy --labels y.npy --out folder.csv", "folder.csv: is a directory"),
    ("detect --embeddings x.csv --labels y.npy --out ./x.csv", "would be overwritten"),
    ("noise --labels y.npy --kind symmetric --rate 0.1 --out y.npy", "would be overwritten"),
    ("noise --labels y.npy --kind symmetric --rate 0.1 --out o.csv", "o.csv: the extension must be one of npy, txt"),
    #[cfg(target_os = "linux")]
    ("detect --embeddings x.npy --labels y.npy --out /proc/o.csv", "/proc/o.csv: "),
    #[cfg(target_os = "linux")]
    ("noise --labels y.npy --kind symmetric --rate 0.1 --out /proc/o.txt", "/proc/o.txt: "),
];

const METHODS: &[Case] = &[
    (
        "detect --method confident --labels y.npy --out o.csv",
        "required arguments were not provided: --embeddings <FILE>",
    ),
    (
        "detect --method rer --pred-probs p.npy --labels y.npy --out o.csv",
        "--pred-probs is no option of the method rer",
    ),
    ("detect --method confident --pred-probs missing.npy --labels y.npy --out o.csv", "missing.npy: No such file"),
    ("detect --method confident --pred-probs p.npy --logits p.npy --labels y.npy --out o.csv", "cannot be used with"),
    (
        "detect --method confident --pred-probs x.npy --labels y.npy --out o.csv",
        "x.npy: row 0, column 0 has the value \"3\": it must lie in [0, 1]",
    ),
    (
        "detect --method confident --pred-probs nan.npy --labels y.npy --out o.csv",
        "nan.npy: row 0, column 0 has the value \"3\"",
    ),
    (
        "detect --method confident --pred-probs off.npy --labels y.npy --out o.csv",
        "off.npy: predicted probabilities: row 2 sums to",
    ),
    ("detect --method confident --logits nan.npy --labels y.npy --out o.csv", "nan.npy"),
    (
        "detect --method confident --pred-probs p.npy --labels short.npy --out o.csv",
        "short.npy has 5 labels, p.npy has 6",
    ),
    ("detect --method confident --pred-probs vector.npy --labels y.npy --out o.csv", "the array has the shape [12]"),
    (
        "detect --method confident --pred-probs p.npy --labels three.npy --out o.csv",
        "p.npy: it has 2 columns, the labels show 3 classes, 0 to 2",
    ),
    (
        "detect --method confident --pred-probs p.npy --labels y.npy --class-names four.txt --out o.csv",
        "p.npy: it is for 2 classes, the class names are 4",
    ),
    ("detect --method confident --pred-probs p.npy --labels y.npy --out p.npy", "the extension must be one of csv"),
    ("detect --method confident --pred-probs p.csv --labels y.npy --out p.csv", "would be overwritten"),
    ("detect --method confident --pred-probs p.npy --folds 3 --labels y.npy --out o.csv", "--folds is of no use where"),
    (
        "detect --method confident --pred-probs p.npy --predictions-key a --labels y.npy --out o.csv",
        "--predictions-key is of",
    ),
    (
        "detect --method confident --embeddings x.npy --predictions-key a --labels y.npy --out o.csv",
        "needs --pred-probs",
    ),
    ("detect --method confident --pred-probs p.npy --filter-by best --labels y.npy --out o.csv", "prune_by_noise_rate"),
    (
        "detect --method confident --pred-probs p.npy --score best --labels y.npy --out o.csv",
        "[possible values: self_confid",
    ),
    ("detect --method confident --pred-probs p.npy --frac-noise 2 --labels y.npy --out o.csv", "a number from 0 to 1"),
    (
        "detect --method confident --pred-probs p.npy --num-to-remove-per-class 1 --labels y.npy --out o.csv",
        "1 entries, expected 2",
    ),
    (
        "detect --method confident --pred-probs p.npy --frac-noise 0.5 --filter-by predicted_neq_given --labels y.npy --out o.csv",
        "noise_fraction",
    ),
    (
        "detect --method confident --pred-probs p.npy --score confidence_weighted_entropy --adjust-pred-probs --labels y.npy --out o.csv",
        "adjust",
    ),
    ("detect --method confident --embeddings x.npy --folds 1 --labels y.npy --out o.csv", "folds"),
    ("detect --method confident --embeddings x.npy --folds 9 --labels y.npy --out o.csv", "folds"),
    (
        "detect --method confident --embeddings x.npy --l2 -1 --labels y.npy --out o.csv",
        "it must be a number of at least 0",
    ),
    (
        "detect --method confident --embeddings x.npy --in-sample --folds 2 --labels y.npy --out o.csv",
        "cannot be used with",
    ),
    (
        "detect --method mistakenness --pred-probs p.npy --threshold mixture --labels y.npy --out o.csv",
        "must be a number",
    ),
    ("detect --method mistakenness --pred-probs p.npy --threshold 3 --labels y.npy --out o.csv", "threshold is 3"),
    (
        "detect --method mistakenness --pred-probs p.npy --certainty odd --labels y.npy --out o.csv",
        "[possible values: entropy",
    ),
    (
        "detect --method zero-shot --embeddings x.npy --labels y.npy --out o.csv",
        "the method zero-shot needs --class-texts",
    ),
    (
        "detect --method zero-shot --embeddings x.npy --class-texts missing.npy --labels y.npy --out o.csv",
        "missing.npy: No",
    ),
    (
        "detect --method zero-shot --embeddings x.npy --class-texts no_rows.npy --labels y.npy --out o.csv",
        "no_rows.npy",
    ),
    ("detect --method zero-shot --embeddings x.npy --class-texts nan.npy --labels y.npy --out o.csv", "nan.npy"),
    (
        "detect --method zero-shot --embeddings x.npy --class-texts t3.npy --labels y.npy --out o.csv",
        "2 entries, expected 3",
    ),
    (
        "detect --method zero-shot --embeddings x.npy --class-texts t.npy --temperature 0 --labels y.npy --out o.csv",
        "it must be a positive number",
    ),
    (
        "detect --method knn --embeddings x.npy --neighbors 0 --labels y.npy --out o.csv",
        "a whole number from 1 to 1000000",
    ),
    (
        "detect --method knn --embeddings x.npy --draws 3 --alpha 2 --labels y.npy --out o.csv",
        "is no option of the method knn",
    ),
    (
        "detect --method knn --embeddings x.npy --distance manhattan --labels y.npy --out o.csv",
        "[possible values: cosine",
    ),
    (
        "detect --method simifeat --embeddings x.npy --share 0 --labels y.npy --out o.csv",
        "a number above 0 and up to 1",
    ),
    (
        "detect --method simifeat --embeddings x.npy --neighbors 1 --labels y.npy --out o.csv",
        "neighbors is 1: it must be",
    ),
    (
        "detect --method autoencoder --embeddings x.npy --latent 0 --labels y.npy --out o.csv",
        "a whole number from 1 to",
    ),
    (
        "detect --method autoencoder --embeddings x.npy --hidden 4,0 --labels y.npy --out o.csv",
        "a whole number from 1 to",
    ),
    (
        "detect --method autoencoder --embeddings x.npy --epochs 1 --steps 1 --labels y.npy --out o.csv",
        "cannot be used with",
    ),
    ("detect --method autoencoder --embeddings x.npy --dropout 1 --labels y.npy --out o.csv", "from 0 to below 1"),
    (
        "detect --method autoencoder --embeddings x.npy --preset best --labels y.npy --out o.csv",
        "[possible values: default, paper]",
    ),
    (
        "detect --method autoencoder --embeddings x.npy --scaling none --labels y.npy --out o.csv",
        "--scaling is no option of",
    ),
    ("detect --method autoencoder --embeddings x.npy --learning-rate 1e30 --labels y.npy --out o.csv", "class"),
    (
        "detect --method coreset --pred-probs p.npy --importance lewis --labels y.npy --out o.csv",
        "--importance lewis has no use for predictions",
    ),
    (
        "detect --method coreset --embeddings x.npy --importance odd --labels y.npy --out o.csv",
        "[possible values: class-l",
    ),
    (
        "detect --embeddings x.npy --labels y.npy --out o.csv --explain 6",
        "--explain 6: the samples are numbered from 0 to 5",
    ),
    ("detect --embeddings x.npy --labels y.npy --out o.csv --explain 1,two", "invalid value 'two'"),
    (
        "detect --method confident --pred-probs p.npy --labels y.npy --out o.csv --explain 1",
        "--explain needs --embeddings",
    ),
    (
        "detect --embeddings x.npy --labels y.npy --out o.csv --members rer",
        "--members is no option of the method posterior",
    ),
    (
        "detect --method consensus --members rer,rer --embeddings x.npy --labels y.npy --out o.csv",
        "--members has rer twice",
    ),
    (
        "detect --method consensus --members consensus --embeddings x.npy --labels y.npy --out o.csv",
        "invalid value 'consensus'",
    ),
    ("difficulty --embeddings x.npy --labels y.npy --method knn", "[possible values: rer, centroid, autoencoder]"),
    ("compare --embeddings x.npy --given y.npy", "required arguments were not provided: --true-labels <FILE>"),
    ("compare --embeddings x.npy --given y.npy --true-labels short.npy", "short.npy has 5 labels, y.npy has 6 labels"),
    ("compare --embeddings x.npy --given short.npy --true-labels short.npy", "short.npy has 5 labels, x.npy has 6"),
    ("compare --embeddings x.npy --given y.npy --true-labels y.npy --methods magic", "invalid value 'magic'"),
    (
        "compare --embeddings x.npy --given y.npy --true-labels y.npy --methods rer,",
        "a value is required for '--methods",
    ),
    (
        "compare --embeddings x.npy --given y.npy --true-labels y.npy --methods rer,knn --draws 3",
        "--draws is no option of any of the methods rer, knn",
    ),
];

const ISSUES: &[Case] = &[
    ("evaluate --issues missing.csv --given y.npy --true-labels y.npy", "missing.csv: No such file"),
    ("evaluate --issues x.npy --given y.npy --true-labels y.npy", "x.npy: the extension must be one of csv"),
    ("evaluate --issues empty.csv --given y.npy --true-labels y.npy", "empty.csv is empty"),
    ("evaluate --issues no_quality.csv --given y.npy --true-labels y.npy", "has no \"quality\""),
    (
        "evaluate --issues quality_2.csv --given y.npy --true-labels y.npy",
        "row 1 has the quality 2: quality lies in [0, 1]",
    ),
    ("evaluate --issues quality_nan.csv --given y.npy --true-labels y.npy", "row 1 has the quality NaN"),
    ("evaluate --issues quality_word.csv --given y.npy --true-labels y.npy", "row 1 has the quality good"),
    ("evaluate --issues flag.csv --given y.npy --true-labels y.npy", "row 1 has the is_issue perhaps"),
    (
        "evaluate --issues index_twice.csv --given y.npy --true-labels y.npy",
        "row 1 has the index 0: the index appears twice",
    ),
    ("evaluate --issues index_9.csv --given y.npy --true-labels y.npy", "has the index 9"),
    ("evaluate --issues five.csv --given y.npy --true-labels y.npy", "the issue table: 5 entries, expected 6"),
    ("evaluate --issues good.csv --given flipped.npy --true-labels y.npy", "the sample has another given label"),
    ("evaluate --issues broken.jsonl --given y.npy --true-labels y.npy", "broken.jsonl"),
];

#[test]
fn files_that_are_not_what_they_should_be_are_refused() {
    refuse_all(FILES);
}

#[test]
fn keys_that_choose_nothing_are_refused() {
    refuse_all(KEYS);
}

#[test]
fn labels_that_do_not_fit_are_refused() {
    refuse_all(LABELS);
}

#[test]
fn options_without_sense_are_refused() {
    refuse_all(OPTIONS);
}

#[test]
fn methods_without_what_they_need_are_refused() {
    refuse_all(METHODS);
}

#[test]
fn outputs_that_could_not_be_written_are_refused() {
    refuse_all(OUTPUTS);
}

#[test]
fn tables_of_issues_that_contradict_themselves_are_refused() {
    refuse_all(ISSUES);
}

#[test]
fn a_line_break_in_a_file_name_does_not_break_the_line() {
    let folder = folder();
    let output = mislabel(&folder, &["detect", "--embeddings", "a\nb.npy", "--labels", "y.npy", "--out", "o.csv"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
}

fn refuse_all(cases: &[Case]) {
    let folder = folder();
    let before = names(folder.path());
    let faults: Vec<String> = cases.iter().filter_map(|case| fault(&folder, case)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(names(folder.path()), before, "refused commands leave no files");
}

/// What is wrong with how the command was refused.
fn fault(folder: &TempDir, (line, message): &Case) -> Option<String> {
    let output = mislabel(folder, &line.split_whitespace().collect::<Vec<_>>());
    let stderr = String::from_utf8_lossy(&output.stderr);
    let refused = output.status.code() == Some(2)
        && output.stdout.is_empty()
        && stderr.starts_with("error: ")
        && stderr.ends_with('\n')
        && stderr.lines().count() == 1
        && stderr.contains(message);
    (!refused).then(|| format!("mislabel {line}\n  wanted  {message}\n  got {:?} {stderr}", output.status.code()))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
