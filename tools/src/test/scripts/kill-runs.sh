#!/usr/bin/env bash
# Kills runs by SIGKILL at random moments, resumes them, kills them again, until a run has had its kills; then it is resumed to its end, and its last
# checkpoint must equal, byte for byte, that of the run that was never cut, as must its metrics but for the times in them. Then a run whose disk is
# full or whose folder cannot be written: it must end with one line and leave the last good checkpoint intact. No part of the build.
#
#   tools/src/test/scripts/kill-runs.sh FOLDER [KILLS] [KIND...]    FOLDER is made; KILLS of each kind, 34 by default; kinds: train finetune detect full
#   KFAC: the program, by default ./kfac of this checkout; LONGEST: seconds until a kill at most, 8 by default
#   MODEL: a SavedModel for images of 8x8 with 3 channels; DATA: a folder in COCO's layout; a kind without its input is left out
set -eu
root=$(cd -- "$(dirname -- "$0")/../../../.." && pwd -P)
folder=$(mkdir -p "$1" && cd -- "$1" && pwd -P)
kills=${2:-34}
shift $(($# > 1 ? 2 : 1))
kinds=${*:-train finetune detect full}
kfac=${KFAC:-$root/kfac}
longest=${LONGEST:-8}
small=(--image-size=8 --train-images=64 --test-images=32 --batch=16 --epochs=60 --eval-every=20 --checkpoint-every=1 --threads=1)
failures=0

arguments() { # kind
  case $1 in
    train) echo train --model=mlp --optimizer=nkfac --stat-period=2 --inverse-period=4 "${small[@]}" ;;
    finetune) echo finetune "$MODEL" --stat-period=2 --inverse-period=4 "${small[@]}" ;;
    detect) echo detect train --data="$DATA" --optimizer=sgdm --steps=40 --batch=1 --short-side=64 --eval-every=0 --checkpoint-every=2 --threads=1 ;;
  esac
}

command() { case $1 in detect) echo detect train ;; *) echo "$1" ;; esac; }

failed() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

last() { find "$1/checkpoints" -maxdepth 1 -name 'step-*' ! -name '*.*' | sort | tail -1; }

# Metrics but for columns of times.
metrics() { awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) keep[i] = $i !~ /second|_ms|time|per_second|images_per/ } { line = ""; for (i = 1; i <= NF; i++) if (keep[i]) line = line "," $i; print line }' "$1/metrics.csv"; }

for kind in $kinds; do
  [ "$kind" = full ] && continue
  if { [ "$kind" = finetune ] && [ -z "${MODEL:-}" ]; } || { [ "$kind" = detect ] && [ -z "${DATA:-}" ]; }; then
    echo "$kind: no input"
    continue
  fi
  read -ra start <<< "$(arguments "$kind")"
  read -ra again <<< "$(command "$kind")"
  "$kfac" "${start[@]}" --runs="$folder" --name="$kind-whole" > "$folder/$kind-whole.log" 2>&1 || failed "$kind: the whole run"
  done=0
  runs=0
  while [ $done -lt "$kills" ]; do
    runs=$((runs + 1))
    run=$folder/$kind-$runs
    first=yes
    while :; do
      if [ $first = yes ]; then
        "$kfac" "${start[@]}" --runs="$folder" --name="$kind-$runs" > "$run.log" 2>&1 &
      else
        "$kfac" "${again[@]}" --resume="$run" >> "$run.log" 2>&1 &
      fi
      pid=$!
      [ -f "$run/run.json" ] || until [ -f "$run/run.json" ] || ! kill -0 $pid 2> /dev/null; do sleep 0.1; done
      first=no
      if [ $done -lt "$kills" ]; then
        sleep "$((RANDOM % longest)).$((RANDOM % 10))"
        if kill -KILL $pid 2> /dev/null; then
          wait $pid 2> /dev/null || true
          done=$((done + 1))
          continue
        fi
      fi
      wait $pid || failed "$kind-$runs: resuming after $done kills, see $run.log"
      break
    done
    diff -r "$(last "$folder/$kind-whole")" "$(last "$run")" || failed "$kind-$runs: the last checkpoint differs"
    diff <(metrics "$folder/$kind-whole") <(metrics "$run") > /dev/null || failed "$kind-$runs: the metrics differ"
    echo "$kind-$runs: equal after $done kills of this kind so far, failures $failures"
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
  if mount -t tmpfs -o size=400k tmpfs "$folder/small" 2> /dev/null; then
    full "full disk" "$folder/small" "$folder/full.log"
    good=$(last "$folder/small/full" 2> /dev/null || true)
    echo "full disk: last checkpoint ${good:-none}"
    if [ -n "$good" ]; then
      cp -r "$folder/small/full" "$folder/full-resumed"
      "$kfac" train --resume="$folder/full-resumed" > "$folder/full-resumed.log" 2>&1 || failed "full disk: resuming elsewhere"
      [ ! -d "$folder/train-whole" ] || diff -r "$(last "$folder/train-whole")" "$(last "$folder/full-resumed")" || failed "full disk: differs"
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
