#!/usr/bin/env bash
# Loses a worker of two at random moments, by kill -9 and by SIGSTOP, ten times each worker and signal: one in four within ten seconds after the
# start, the others in a random epoch. Every time all must end within the limit with one line and without a crash, and the resumed run must equal,
# bit for bit, the one that was not cut. No part of the build.
#
#   tools/src/test/scripts/lose-workers.sh FOLDER [TIMES]      FOLDER is made; KFAC names the program, by default ./kfac, which must be built
#   STARTED=local: workers of one command (the default); STARTED=apart: two commands with --workers, of which nobody watches the other
set -eu
root=$(cd -- "$(dirname -- "$0")/../../../.." && pwd -P)
kfac=${KFAC:-$root/kfac}
mkdir -p "$1"
folder=$(cd -- "$1" && pwd -P)
times=${2:-10}
limit=${LIMIT:-20} # seconds of a step, and until all have started
epochs=25 # of four steps
last=checkpoints/step-00000100
train=(train --model=mlp --image-size=8 --train-images=64 --test-images=32 --batch=16 --epochs=$epochs --eval-every=10 --checkpoint-every=1
  --threads=1 --start-timeout="$limit" --step-timeout="$limit" --runs="$folder")
cd "$folder" # where a crash would leave its file

run() { # arguments: runs both workers, returns the exit code of the one that was not killed
  if [ "${STARTED:-local}" = local ]; then
    "$kfac" "$@" --local-workers=2
    return
  fi
  local port=$((20000 + RANDOM % 10000 * 2)) workers=() code=0 found worker
  for worker in 0 1; do
    "$kfac" "$@" --workers="127.0.0.1:$port,127.0.0.1:$((port + 1))" --worker="$worker" &
    workers+=($!)
  done
  for worker in "${workers[@]}"; do
    found=0
    wait "$worker" || found=$?
    [ $found = 137 ] || code=$((found > code ? found : code))
  done
  return $code
}

run "${train[@]}" --name=whole > whole.log 2>&1
echo "the whole run took $SECONDS s"

losses=0 failures=0 longest=0
check() { # what, condition's exit code
  [ "$2" = 0 ] || { echo "FAILED: $1" >&2; failures=$((failures + 1)); }
}

saved() { # epochs that the run has saved
  local newest
  newest=$(ls "$name/checkpoints" 2> /dev/null | grep -Ex 'step-[0-9]+' | tail -1)
  echo $((10#0${newest#step-} / 4))
}

for ((i = 0; i < times; i++)); do
  for signal in KILL STOP; do
    for worker in 0 1; do
      name=$signal-$worker-$i
      run "${train[@]}" --name="$name" > "$name.log" 2>&1 &
      run=$!
      moment="in the first seconds"
      if [ $((RANDOM % 4)) = 0 ]; then
        sleep $((RANDOM % 10)).$((RANDOM % 10))
      else
        moment="after epoch $((RANDOM % (epochs - 1) + 1))"
        until [ "$(saved)" -ge ${moment##* } ] || ! kill -0 $run 2> /dev/null; do sleep 0.2; done
        sleep 0.$((RANDOM % 10))
      fi
      lost=
      until [ -n "$lost" ] || ! kill -0 $run 2> /dev/null; do
        sleep 0.1
        lost=$(pgrep -f -- "tools.Main .*--name=$name .*--worker[ =]$worker" | head -1)
      done
      if [ -z "$lost" ]; then
        echo "$name: it had ended"
        wait $run || check "$name: exit code without a loss" 1
        continue
      fi
      kill -$signal "$lost"
      start=$SECONDS
      if [ "${STARTED:-local}" = apart ]; then
        while pgrep -f -- "tools.Main .*--name=$name .*--worker=$((1 - worker))" > /dev/null && ((SECONDS - start < 10 * limit)); do sleep 0.2; done
        ended=$SECONDS
        pkill -KILL -f -- "tools.Main .*--name=$name " || true # the one that was stopped, and what has not ended by now
      fi
      code=0
      wait $run || code=$?
      took=$((${ended:-$SECONDS} - start))
      if [ $code = 0 ] && grep -q "^log  *$name/metrics.csv" "$name.log"; then
        echo "$name: worker $worker was lost after the last step, the run is complete"
        diff -r "whole/$last" "$name/$last" || check "$name: equal" 1
        continue
      fi
      losses=$((losses + 1))
      longest=$((took > longest ? took : longest))
      check "$name: exit code $code" $((code == 0))
      check "$name: took $took s" $((took > limit + 30))
      check "$name: one line" $(($(grep -c 'kfac: error: ' "$name.log") != 1))
      grep -Eq "kfac: error: .*(worker $worker of 2|a worker ended with exit code 137)" "$name.log" || check "$name: names the worker" 1
      check "$name: a process goes on" "$(pgrep -f -- "--name=$name " > /dev/null && echo 1 || echo 0)"
      again=("${train[@]}" --name="$name")
      from="the start"
      if [ -e "$name/run.json" ]; then
        again=(train --resume "$name")
        from=$(ls "$name/checkpoints" 2> /dev/null | tail -1)
      fi
      run "${again[@]}" >> "$name.log" 2>&1 || grep -q 'kfac: error: the run .* is complete' "$name.log" || check "$name: going on" 1
      diff -r "whole/$last" "$name/$last" || check "$name: equal" 1
      check "$name: crashed" "$(ls hs_err* core* > /dev/null 2>&1 && echo 1 || echo 0)"
      echo "$name: lost $moment, ended with $code after $took s, went on from ${from:-the start}"
    done
  done
done
echo "$losses losses, the longest took $longest s to end, $failures failures"
[ $failures = 0 ]
