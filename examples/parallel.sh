#!/usr/bin/env bash
# Trains the runs of sweep.sh, several at a time, with GNU parallel: JOBS=4 THREADS=8 examples/parallel.sh
# It can be started again at any time. Ctrl-C stops each run with a checkpoint; after SIGTERM, the current
# runs are completed.
#
# JOBS, THREADS     runs at a time (default: CPUs / THREADS), and threads per run (default: 1)
# TRAINER, TRAINER_OPTIONS, RUNS, LEARNING_RATES, SEEDS   as in sweep.sh
#
# The exit code is that of GNU parallel, the number of incomplete runs; 127 if GNU parallel is missing.
set -euo pipefail

if ! command -v parallel >/dev/null; then
  echo "parallel.sh: GNU parallel was not found; on Debian and Ubuntu, install the package parallel" >&2
  exit 127
fi

threads=${THREADS:-1}
cpus=$(nproc)
jobs=${JOBS:-$((cpus > threads ? cpus / threads : 1))}
read -ra learning_rates <<<"${LEARNING_RATES:-0.0005 0.001 0.002}"
read -ra seeds <<<"${SEEDS:-0 1 2 3 4}"
export RUNS=${RUNS:-runs/sweep}
export TRAINER_OPTIONS="${TRAINER_OPTIONS:-} --threads $threads"

mkdir -p "$RUNS"
# The default --termseq of GNU parallel sends SIGTERM several times, and SIGKILL after 0.4 seconds.
exec parallel --jobs "$jobs" --termseq TERM,60000,KILL --line-buffer --tagstring 'lr {1} seed {2}' \
  --joblog "$RUNS/parallel.log" 'LEARNING_RATES={1} SEEDS={2} {3}' \
  ::: "${learning_rates[@]}" ::: "${seeds[@]}" ::: "$(dirname "${BASH_SOURCE[0]}")/sweep.sh"
