#!/usr/bin/env bash
# Long runs in which nothing may grow (class Soak of the tests): every preset on a small network, sessions opened and closed, a fine-tuning,
# a detector, each in a process of its own; prints a row of a table for each, leaves the looks at the process in FOLDER. No part of the build.
#
#   tools/src/test/scripts/soak.sh FOLDER [STEPS]     FOLDER is made; STEPS of a preset, 10,000 by default
#   TEST_CLASSPATH: class path of the tests of tools; by default Maven tells it. CASES: some of presets sessions finetune detect, or names of presets
set -eu
root=$(cd -- "$(dirname -- "$0")/../../../.." && pwd -P)
folder=$(mkdir -p "$1" && cd -- "$1" && pwd -P)
steps=${2:-10000}
cases=${CASES:-presets sessions finetune detect}
if [ -z "${TEST_CLASSPATH:-}" ]; then
  (cd "$root" && mvn -q -B test-compile dependency:build-classpath -Dmdep.outputFile="$folder/libraries" -Dmdep.regenerateFile=true)
  modules=$(for module in tools detection models tf-kfac; do printf '%s:' "$root/$module/target/classes"; done)
  TEST_CLASSPATH=$root/tools/target/test-classes:$modules$(cat "$folder/libraries")
fi

soak() { # name, arguments of the class
  mkdir -p "$folder/$1"
  cd "$folder/$1"
  TF_CPP_MIN_LOG_LEVEL=3 java -Xms256m -Xmx256m -XX:+AlwaysPreTouch -XX:+UseSerialGC -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 \
    -Djava.awt.headless=true -cp "$TEST_CLASSPATH" io.github.tfkfac.tools.lab.bench.Soak "${@:2}" 2> log.txt | tail -n 2 | sed "s/^| program /| $1 /" || echo "$1 FAILED, see $folder/$1/log.txt"
}

echo '| case | MiB at the end | KiB | native bytes of Java objects | files | threads | operations |'
for case in $cases; do
  case $case in
    presets)
      for preset in nkfac adankfac kfac kfac-tikhonov kfac-star skfac skfac-star ekfac two-level sgdm nesterov adamw radam adabelief muon shampoo soap; do
        soak $preset $preset "$steps"
      done
      ;;
    sessions) soak sessions sessions 200 ;;
    finetune)
      [ -d "$folder/keras/model" ] || unzip -q "$root/models/src/test/resources/keras/conv_batchnorm.zip" 'model/*' -d "$folder/keras"
      soak finetune program finetune "$folder/keras/model" --head=10 --image-size=8 --train-images=64 --test-images=32 --batch=16 --threads=1 \
        --epochs="$((steps / 20))" --eval-every=50 --checkpoint-every=50 --runs="$folder/runs"
      ;;
    detect)
      TF_DETERMINISTIC_OPS=1 soak detect program detect train --optimizer=nkfac --stat-period=10 --inverse-period=50 --steps="$((steps / 10))" \
        --batch=1 --short-side=64 --eval-every=200 --checkpoint-every=200 --threads=1 --runs="$folder/runs"
      ;;
    *) soak "$case" "$case" "$steps" ;;
  esac
done
