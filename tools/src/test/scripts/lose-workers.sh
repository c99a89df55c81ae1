#!/usr/bin/env bash
# Loses a worker of two at random moments, by kill -9 and by SIGSTOP, ten times each worker and signal; every time all must end within the limit
# with one line, and the resumed run must equal, bit for bit, the one that was not cut. Takes about two hours; no part of the build.
#
#   tools/src/test/scripts/lose-workers.sh FOLDER [TIMES]      FOLDER is made; ./kfac must be built
set -eu
root=$(cd -- "$(dirname -- "$0")/../../../.." && pwd -P)
folder=$1
times=${2:-10}
limit=20 # seconds of a step
last=checkpoints/step-00000400
train=(train --model=mlp --image-size=8 --train-images=64 --test-images=32 --batch=16 --epochs=100 --eval-every=25 --checkpoint-every=1
  --threads=1 --local-workers=2 --step-timeout=$limit --runs="$folder")
mkdir -p "$folder"
"$root/kfac" "${train[@]}" --name=whole > "$folder/whole.log" 2>&1

failures=0
check() { # what, condition's exit code
  [ "$2" = 0 ] || { echo "FAILED: $1" >&2; failures=$((failures + 1)); }
}

for signal in KILL STOP; do
  for worker in 0 1; do
    for ((i = 0; i < times; i++)); do
      name=$signal-$worker-$i
      "$root/kfac" "${train[@]}" --name="$name" > "$folder/$name.log" 2>&1 &
      run=$!
      until [ -d "$folder/$name/checkpoints/step-00000004" ] || ! kill -0 $run; do sleep 0.1; done
      sleep "$((RANDOM % 8)).$((RANDOM % 10))"
      lost=$(pgrep -f -- "--name=$name .*--worker $worker" | head -1)
      if [ -z "$lost" ]; then
        echo "$name: had ended before"
        wait $run
        continue
      fi
      kill -$signal "$lost"
      start=$SECONDS
      code=0
      wait $run || code=$?
      took=$((SECONDS - start))
      check "$name: exit code $code" $((code == 0))
      check "$name: took $took s" $((took > limit + 15))
      check "$name: one line" $(($(grep -c 'kfac: error: ' "$folder/$name.log") != 1))
      grep -q "lost worker $worker of 2 .*--resume" "$folder/$name.log" || check "$name: names the worker" 1
      "$root/kfac" train --resume "$folder/$name" --local-workers=2 >> "$folder/$name.log" 2>&1 || check "$name: resume" 1
      diff -r "$folder/whole/$last" "$folder/$name/$last" || check "$name: equal" 1
      echo "$name: ended with $code after $took s"
    done
  done
done
echo "$failures failures"
[ $failures = 0 ]
