#!/usr/bin/env bash
# The soft linear run beside its NumPy twin, alternately, so that the machine's moods hit both alike.
#
# usage: benches/peers/side_by_side.sh [DATA_FOLDER] [RUNS]      (default ../shared/data, 5)
#
# Prints per dataset: average precision of both; the medians of the CPU seconds on one thread and of their ratio, pair
# by pair; and how much faster by the wall clock two threads are than one, with the CPU seconds that two threads took.
# Needs a quiet machine of at least two cores, and numpy for the twin (PYTHON names the interpreter).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=${1:-../shared/data}
runs=${2:-5}
python=${PYTHON:-python3}
[ -d "$data" ] || { echo "skipped: $data is absent"; exit 0; }

cargo build --quiet --release -p mislabel-benches --bin soft_linear
ours=${CARGO_TARGET_DIR:-target}/release/soft_linear

value() { # NAME, from a line of names and values
    awk -v name="$1" '{ for (i = 1; i < NF; i += 2) if ($i == name) print $(i + 1) }'
}
median() {
    sort -g | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

format='%-22s %-28s %9s %9s %11s %10s %10s %12s %13s\n'
printf "$format" dataset given "AP numpy" "AP ours" "CPU s numpy" "CPU s ours" "CPU ratio" "2 threads x" "CPU s (2 thr)"
while read -r folder given; do
    [ -f "$data/$folder/$given.npy" ] || { echo "skipped: $data/$folder/$given.npy is absent"; continue; }
    numpy_cpu=() ours_cpu=() ratio=() speedup=() two_cpu=()
    for ((run = 0; run < runs; run++)); do
        theirs=$(OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 "$python" benches/peers/soft_linear.py "$data/$folder" "$given")
        one=$("$ours" "$data/$folder" "$given" --threads 1)
        two=$("$ours" "$data/$folder" "$given" --threads 2)
        numpy_cpu+=("$(value cpu_seconds <<<"$theirs")")
        ours_cpu+=("$(value cpu_seconds <<<"$one")")
        two_cpu+=("$(value cpu_seconds <<<"$two")")
        ratio+=("$(awk -v a="${ours_cpu[-1]}" -v b="${numpy_cpu[-1]}" 'BEGIN { printf "%.3f", a / b }')")
        speedup+=("$(awk -v a="$(value wall_seconds <<<"$one")" -v b="$(value wall_seconds <<<"$two")" \
            'BEGIN { printf "%.2f", a / b }')")
    done
    of() { printf '%s\n' "$@" | median; }
    printf "$format" "$folder" "${given#given_}" "$(value average_precision <<<"$theirs")" \
        "$(value average_precision <<<"$one")" "$(of "${numpy_cpu[@]}")" "$(of "${ours_cpu[@]}")" \
        "$(of "${ratio[@]}")" "$(of "${speedup[@]}")" "$(of "${two_cpu[@]}")"
done <<'ROWS'
digits given_symmetric_0.1_seed51
digits given_asymmetric_0.2_seed51
fashion_pixels_5k given_symmetric_0.1_seed51
fashion_pixels_5k given_asymmetric_0.2_seed51
banking77_minilm given_symmetric_0.1_seed51
banking77_minilm given_asymmetric_0.2_seed51
cifar10_efflite0_10k given_human_worse
cifar10_efflite0_10k given_human_aggregate
ROWS
