#!/usr/bin/env bash
# Kills runs by SIGKILL at random moments (in the first seconds, in an epoch, at the end: the last evaluation, the report, the export), resumes them,
# kills them again, until a run comes to its end; then its last checkpoint and its exported model must equal, byte for byte, those of the run that
# was never cut, as must its metrics but for the times in them. Then a run whose disk is full or whose folder cannot be written: it must end with one
# line and leave the last good checkpoint intact. No part of the build.
#
#   tools/src/test/scripts/kill-runs.sh FOLDER [KILLS] [KIND...]    FOLDER is made; KILLS of each kind, 34 by default; kinds: train finetune detect full
#   KFAC: the program, by default ./kfac of this checkout; FIRST: how many seconds are the first ones, 8 by default
set -eu
root=$(cd -- "$(dirname -- "$0")/../../../.." && pwd -P)
folder=$(mkdir -p "$1" && cd -- "$1" && pwd -P)
kills=${2:-34}
shift $(($# > 1 ? 2 : 1))
kinds=${*:-train finetune detect full}
kfac=${KFAC:-$root/kfac}
small=(--image-size=8 --train-images=64 --test-images=32 --batch=16 --threads=1)
failures=0

arguments() { # kind
  case $1 in
    train) echo train --model=mlp --optimizer=nkfac --stat-period=2 --inverse-period=4 "${small[@]}" --epochs=30 --eval-every=2 --checkpoint-every=1 ;;
    finetune) echo finetune "$folder/model" --head=10 --stat-period=2 --inverse-period=4 "${small[@]}" --epochs=30 --eval-every=2 --checkpoint-every=1 ;;
    detect) echo detect train --optimizer=sgdm --steps=24 --batch=1 --short-side=64 --eval-every=8 --checkpoint-every=2 --threads=1 ;;
  esac
}

command() { case $1 in detect) echo detect train ;; *) echo "$1" ;; esac; }

failed() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

newest() { # run: sets the name of its last checkpoint
  newest=none
  local each
  for each in "$1"/checkpoints/step-????????; do [ ! -d "$each" ] || newest=${each##*/}; done
}

# Waits for a random moment of a run; ends at once when the run does.
await() { # run, process
  local changes seen
  case $((RANDOM % 6)) in
    0)
      moment="in the first seconds"
      sleep $((RANDOM % ${FIRST:-8})).$((RANDOM % 10))
      ;;
    1)
      moment="at the end"
      until [ -d "$1/checkpoints/$last" ] || ! kill -0 "$2" 2> /dev/null; do sleep 0.1; done
      sleep $((RANDOM % 3)).$((RANDOM % 10))
      ;;
    *)
      moment="in an epoch"
      for ((changes = RANDOM % 6; changes >= 0; changes--)); do
        newest "$1"
        seen=$newest
        while [ "$newest" = "$seen" ] && kill -0 "$2" 2> /dev/null; do
          sleep 0.1
          newest "$1"
        done
      done
      sleep 0.$((RANDOM % 10))
      ;;
  esac
}

# Metrics but for columns of times.
metrics() { awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) keep[i] = $i !~ /second|_ms|time/ } { line = ""; for (i = 1; i <= NF; i++) if (keep[i]) line = line "," $i; print line }' "$1/metrics.csv"; }

for kind in $kinds; do
  [ "$kind" != full ] || continue
  whole=$folder/$kind-whole
  [ "$kind" != finetune ] || [ -d "$folder/model" ] || unzip -q "$root/models/src/test/resources/keras/conv_batchnorm.zip" 'model/*' -d "$folder"
  read -ra start <<< "$(arguments "$kind")"
  read -ra again <<< "$(command "$kind")"
  [ -f "$whole.log" ] || "$kfac" "${start[@]}" --runs="$folder" --name="$kind-whole" > "$whole.log" 2>&1 || failed "$kind: the whole run"
  newest "$whole"
  last=$newest
  done=0
  runs=0
  while [ $done -lt "$kills" ]; do
    runs=$((runs + 1))
    run=$folder/$kind-$runs
    of_run=0
    while :; do
      going=("${start[@]}" --runs="$folder" --name="$kind-$runs")
      [ ! -f "$run/run.json" ] || going=("${again[@]}" --resume="$run")
      "$kfac" "${going[@]}" >> "$run.log" 2>&1 &
      pid=$!
      if [ $done -lt "$kills" ]; then
        await "$run" $pid
        if kill -KILL $pid 2> /dev/null; then
          wait $pid 2> /dev/null || true
          done=$((done + 1))
          of_run=$((of_run + 1))
          newest "$run"
          unfinished=$(find "$run" -name '*.unfinished*' 2> /dev/null | wc -l)
          echo "$kind-$runs killed $moment, after $newest, $unfinished unfinished files" >> "$folder/$kind-kills.txt"
          continue
        fi
      fi
      # One that was killed behind its end says that it is complete.
      wait $pid || tail -n 1 "$run.log" | grep -q ' is complete' || failed "$kind-$runs: resuming after $of_run kills, see $run.log"
      break
    done
    newest "$run"
    diff -r "$whole/checkpoints/$last" "$run/checkpoints/$newest" || failed "$kind-$runs: the last checkpoint differs"
    [ ! -d "$whole/model" ] || diff -r "$whole/model" "$run/model" || failed "$kind-$runs: the exported model differs"
    diff <(metrics "$whole") <(metrics "$run") || failed "$kind-$runs: the metrics differ"
    echo "$kind-$runs: $of_run kills, $done of this kind so far, failures $failures"
  done
done

full() { # name, run's folder's parent, log
  local code=0
  read -ra start <<< "$(arguments train)"
  "$kfac" "${start[@]}" --runs="$2" --name=full > "$3" 2>&1 || code=$?
  local lines
  lines=$(grep -c 'kfac: error: ' "$3" || true)
  { [ $code != 0 ] && [ "$lines" = 1 ]; } || failed "$1: exit code $code and $lines lines of an error, see $3"
  echo "$1: exit code $code, $(grep 'kfac: error: ' "$3" | head -1)"
}

case " $kinds " in *" full "*)
  mkdir -p "$folder/small"
  if mount -t tmpfs -o size=20m tmpfs "$folder/small" 2> /dev/null; then
    full "full disk" "$folder/small" "$folder/full.log"
    newest "$folder/small/full"
    echo "full disk: last checkpoint $newest"
    if [ "$newest" != none ]; then
      cp -r "$folder/small/full" "$folder/full-resumed"
      "$kfac" train --resume="$folder/full-resumed" > "$folder/full-resumed.log" 2>&1 || failed "full disk: resuming elsewhere"
      newest "$folder/full-resumed"
      [ ! -d "$folder/train-whole" ] || diff -r "$folder/train-whole/checkpoints/$newest" "$folder/full-resumed/checkpoints/$newest" || failed "full disk: differs"
    fi
    umount "$folder/small"
  else
    echo "full disk: no right to mount a small file system; left out"
  fi
  mkdir -p "$folder/closed"
  if mount -t tmpfs -o ro,size=1m tmpfs "$folder/closed" 2> /dev/null; then
    full "read-only folder" "$folder/closed" "$folder/closed.log"
    umount "$folder/closed"
  else
    echo "read-only folder: no right to mount; left out"
  fi
  ;;
esac
echo "$failures failures"
[ $failures = 0 ]
