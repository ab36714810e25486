#!/usr/bin/env bash
# Trains with several learning rates and seeds, one run after another: examples/sweep.sh
# It can be started again at any time: complete runs are skipped, interrupted ones are resumed.
#
# TRAINER           the binary (default: trainer in PATH)
# TRAINER_OPTIONS   options of `trainer train`, separated by spaces
# RUNS              the folder of the runs (default: runs/sweep)
# LEARNING_RATES, SEEDS   lists separated by spaces
#
# Exit codes: 0 if all runs are complete, 1 if one failed, 75 or 130 if it was interrupted.
set -euo pipefail

read -ra options <<<"${TRAINER_OPTIONS:-}"
read -ra learning_rates <<<"${LEARNING_RATES:-0.0005 0.001 0.002}"
read -ra seeds <<<"${SEEDS:-0 1 2 3 4}"
runs=${RUNS:-runs/sweep}

# Ctrl-C in a terminal, `timeout` and schedulers signal the whole process group. The trainer then writes a
# checkpoint, and this shell outlives it. A signal to this shell alone takes effect after the current run.
signaled=0
trap 'signaled=130' INT
trap 'signaled=75' TERM

failed=0
for learning_rate in "${learning_rates[@]}"; do
  for seed in "${seeds[@]}"; do
    run=$runs/lr-$learning_rate-seed-$seed
    # The metrics of a complete run end with the event "end".
    if [[ -e $run/metrics.jsonl && $(tail -n 1 "$run/metrics.jsonl") == *'"event":"end"'* ]]; then
      echo "$run is complete"
      continue
    fi
    echo "$run"
    code=0
    "${TRAINER:-trainer}" --output "$run" --resume --learning-rate "$learning_rate" --seed "$seed" \
      "${options[@]}" || code=$?
    case $code in
      0) ;;
      75 | 130)
        signaled=$code
        ;;
      *)
        echo "sweep: $run failed with exit code $code" >&2
        failed=1
        ;;
    esac
    if ((signaled)); then
      echo "sweep: interrupted; start it again to resume" >&2
      exit "$signaled"
    fi
  done
done
exit "$failed"
