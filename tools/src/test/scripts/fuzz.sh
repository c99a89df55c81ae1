#!/usr/bin/env bash
# Fuzzes the readers of files, guided by the code that each input reaches, all or some of them in turns in one process; no part of the build.
# What is found stays in the folder: new inputs in corpus, from which a second run continues, and in crash-*, timeout-* and oom-* what broke the
# property (behind the byte that chose the reader). Such an input belongs among the test resources
# (tools/src/test/resources/.../fuzz/CLASSInputs/TARGET), where every build replays it.
#
#   tools/src/test/scripts/fuzz.sh FOLDER SECONDS [CLASS.TARGET,...]      FOLDER is made; CocoFuzzTest.polygons,DataFuzzTest.image for instance
#   LONGEST: seconds that one input may take by the clock, 20 by default; more on a busy machine
#   TEST_CLASSPATH: class path of the tests of tools with a JUnit launcher; by default Maven tells it
set -eu
root=$(cd -- "$(dirname -- "$0")/../../../.." && pwd -P)
folder=$(mkdir -p "$1/corpus" && cd -- "$1" && pwd -P)
seconds=$2
targets=${3:-}
package=io.github.tfkfac.tools.fuzz
seeds=$root/tools/src/test/resources/${package//.//}
if [ -z "${TEST_CLASSPATH:-}" ]; then
  (cd "$root" && mvn -q -B test-compile dependency:build-classpath -Dmdep.outputFile="$folder/libraries" -Dmdep.regenerateFile=true)
  modules=$(for module in tools detection models tf-kfac; do printf '%s:' "$root/$module/target/classes"; done)
  TEST_CLASSPATH=$root/tools/target/test-classes:$modules$(cat "$folder/libraries")
fi
java -Dfuzz.targets="$targets" -cp "$TEST_CLASSPATH" $package.EveryReader "$seeds" "$folder/corpus"
cd "$folder"
memory=$([ -d /dev/shm ] && echo /dev/shm || echo /tmp)
TF_CPP_MIN_LOG_LEVEL=3 nice -n 10 java -Xmx1g -Djava.io.tmpdir="$memory" -Djava.awt.headless=true -XX:+UseSerialGC -Dfuzz.table="$folder/table.txt" -Dfuzz.targets="$targets" \
  -Djava.util.concurrent.ForkJoinPool.common.parallelism=1 -cp "$TEST_CLASSPATH" com.code_intelligence.jazzer.Jazzer \
  --target_class=$package.EveryReader --instrumentation_excludes="$package.**" \
  --instrumentation_includes='io.github.tfkfac.**:us.hebi.**:com.twelvemonkeys.**:org.yaml.**' --custom_hook_includes='io.github.tfkfac.**' \
  --reproducer_path="$folder" --keep_going=1000 -max_total_time="$seconds" -timeout="${LONGEST:-20}" -max_len=4096 -rss_limit_mb=4096 \
  -print_final_stats=1 "$folder/corpus" > "$folder/log.txt" 2>&1 || true
[ ! -f table.txt ] || { printf '%-36s %12s %8s %6s\n' target executions seconds faults; cat table.txt; }
grep -E '^stat::number_of_executed_units' log.txt || tail -3 log.txt
