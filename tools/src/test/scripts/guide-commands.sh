#!/usr/bin/env bash
# Runs every block of commands in README and the guide as it is printed, by a shell, in a folder where what the documents name in capitals lies: FOLDER, COCO,
# MODEL, RUN, FILE. A stand-in for ./kfac passes the words on to the real one with few, small images and one epoch. No part of the build; minutes.
#
#   tools/src/test/scripts/guide-commands.sh FOLDER [DOCUMENT...]    FOLDER is made; README.md and docs/guide/*.md by default
#   KFAC_DATA: folder with cifar-10-batches-bin and coco-tiny, as for the tests
#   MODEL: a SavedModel for CIFAR-10's images with 10 classes whose convolutions are named conv*
#   KFAC: the program, by default ./kfac of this checkout
#
# What is not run here, and why:
#   detection.md, ./kfac detect       DetectionGuideTest runs them, one after the other, with real images
#   --mode training                   wants a model with a function for training, as Keras 2 saves it; RealFinetuningTest trains one
#   mvn verify                        what continuous integration runs
#   blocks of Java, XML and Kotlin    DocumentsTest finds them in examples, which the build runs, and in starters, which examples/outside.sh compiles and runs
#   YAML and JSON                     DocumentsTest reads them as the program does; the configuration file is used here
#   the line "kfac: error: ..."       is the program's answer to a lost worker (lose-workers.sh)
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../../.." && pwd -P)
work=$(mkdir -p "$1" && cd -- "$1" && pwd -P)
shift
export REAL=${KFAC:-$root/kfac}
cd "$root"
documents=("$@")
[ $# -gt 0 ] || documents=(README.md docs/guide/*.md)

# A functional model of Keras 3 does, whose variables have the layers' names (conv1/kernel), put out by model.export("MODEL").
for name in KFAC_DATA MODEL; do
  [ -d "${!name:-}" ] || { echo "guide-commands: $name: expected a folder, found '${!name:-}'" >&2; exit 2; }
done
ln -sfn "$(cd -- "$MODEL" && pwd)" "$work/MODEL"
ln -sfn "$(cd -- "$KFAC_DATA" && pwd)/cifar-10-batches-bin" "$work/cifar-10-batches-bin"
mkdir -p "$work/FOLDER" "$work/bin"
ln -sf "$work"/cifar-10-batches-bin/* "$work/FOLDER/"
export DATA=$work/FOLDER RUNS=$work/runs PATH=$work/bin:$PATH

cat > "$work/kfac" << 'END'
#!/usr/bin/env bash
# Passes a command on, made small; what was passed is kept in commands.txt.
set -euo pipefail
words=()
small=()
first=$1
given=" $* "
while [ $# -gt 0 ]; do
  case $1 in
    --epochs) shift ;;
    --seeds) words+=(--seeds 1) && shift ;;
    --batch) words+=(--batch 8) && shift ;;
    --export) words+=(--export "exported-$$") && shift ;; # a new folder
    --name) words+=(--name "$2-$$$PPID") && shift ;;
    --model) [ "$first" = bench ] && words+=(--model resnet20) || words+=(--model "$2"); shift ;; # wide layers take minutes
    --workers) words+=(--workers "127.0.0.1:$PORT,127.0.0.1:$((PORT + 1))") && shift ;;
    *) words+=("$1") ;;
  esac
  shift
done
case $first in
  train | finetune | compare)
    small+=(--epochs=1 --train-images=16 --test-images=16) # the image folder has 20
    case $given in *" --threads "*) ;; *) small+=(--threads=1) ;; esac
    case $given in *" --batch "*) ;; *) small+=(--batch=16) ;; esac
    case $given in *image-folder*) small+=(--image-size=32) ;; *" --data "* | *" MODEL "*) ;; *) small+=(--image-size=8) ;; esac
    case $given in
      *" --model "* | *linear/* | *" MODEL "* | *" --config "*) ;;
      *) small+=(--model=mlp) ;;
    esac
    case $given in *" --resume "*) small=() ;; esac
    ;;
  bench) small+=(--rounds=1 --threads=1) ;;
esac
echo "${words[*]} ${small[*]}" >> commands.txt
case $given in
  *" --worker 0 "*) # goes on while the next worker starts
    "$REAL" "${words[@]}" "${small[@]}" > worker-0.log 2>&1 &
    echo $! > worker-0.pid
    ;;
  *" --worker 1 "*)
    "$REAL" "${words[@]}" "${small[@]}"
    tail --pid="$(cat worker-0.pid)" -f /dev/null
    grep -q accuracy worker-0.log
    ;;
  *) exec "$REAL" "${words[@]}" ${small[@]+"${small[@]}"} ;;
esac
END
cat > "$work/bin/mvn" << 'END'
#!/bin/sh
[ "$*" = verify ]
END
# Slurm's two commands that the guide uses, for two processes here.
cat > "$work/bin/scontrol" << 'END'
#!/bin/sh
[ "$*" = "show hostnames" ] && printf 'host0\nhost1\n'
END
cat > "$work/bin/srun" << 'END'
#!/usr/bin/env bash
set -eu
[ "$WORKERS" = host0:2222,host1:2222 ]
SLURM_PROCID=0 "$@"
SLURM_PROCID=1 "$@"
END
chmod +x "$work/kfac" "$work"/bin/*

# The configuration file, an image folder of five classes beside CIFAR-10's files, and a run that was ended in the middle.
awk '/^```yaml/ { on = 1; next } on && /^```/ { exit } on' docs/guide/program.md > "$work/FILE"
pictures=("$KFAC_DATA"/coco-tiny/train2017/*.jpg)
for class in 0 1 2 3 4; do
  for part in train val; do
    mkdir -p "$work/FOLDER/$part/class$class"
    ln -sf "${pictures[@]:4 * class:4}" "$work/FOLDER/$part/class$class/"
  done
done
interrupted() {
  (cd "$work" && exec "$REAL" train --model mlp --optimizer sgdm --lr 0.001 --image-size 8 --train-images 64 --test-images 16 --batch 16 --epochs 200 --checkpoint-every 1 --threads 1 --name cut) > "$work/cut.log" 2>&1 &
  local run=$!
  until ls "$work"/runs/cut/checkpoints/step-* > /dev/null 2>&1; do
    kill -0 $run || { cat "$work/cut.log" >&2; exit 1; }
    sleep 0.2
  done
  kill -TERM $run
  wait $run && exit 1
  ln -sfn "$work/runs/cut" "$work/RUN"
}

number=0
failed=0
for document in "${documents[@]}"; do
  rm -f "$work"/block-*.sh
  awk -v to="$work/block-" '/^```/ { if (on) { on = 0; close(file) } else { on = 1; file = $0 == "```" ? sprintf("%s%02d.sh", to, ++n) : "/dev/null" } next } on { print > file }' "$document"
  for block in "$work"/block-*.sh; do
    [ -f "$block" ] || continue
    case $document:$(head -n 1 "$block") in
      *:"{"* | *:"kfac: "*) continue ;;
    esac
    sed -i -e '/^\.\/kfac detect /d' -e '/--mode training/d' "$block"
    grep -q '[^[:space:]]' "$block" || continue
    ! grep -q RUN "$block" || [ -e "$work/RUN" ] || interrupted
    number=$((number + 1))
    export PORT=$((20000 + RANDOM % 20000))
    if (cd "$work" && bash -euo pipefail "$block") > "$work/output-$number.txt" 2>&1; then
      echo "ok      $document: $(head -n 1 "$block" | cut -c 1-100)"
    else
      failed=$((failed + 1))
      echo "FAILED  $document: $(cat "$block")"
      tail -n 5 "$work/output-$number.txt"
    fi
  done
done
echo "$number blocks, $(wc -l < "$work/commands.txt") commands, $failed blocks failed"
[ $failed = 0 ]
