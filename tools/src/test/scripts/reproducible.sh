#!/usr/bin/env bash
# Builds a release's artifacts twice, from the same commit in two folders of different depth, at different times, in different time zones and languages, and
# compares all jars (classes, sources, Javadoc) byte for byte. Ends with 1 and names them where two differ. No part of the build.
# Maven writes the files' modes into jars, so the file mask is the same, 022, as it must be for a release.
#
#   COMMIT=HEAD        what is built
#   MAVEN_OPTIONS=-o   options for Maven, such as offline
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/reproducible.XXXXXX")
trap 'rm -rf "$work"' EXIT

build() { # in a folder; prints the sums of its jars
  mkdir -p "$1"
  git -C "$root" archive "${COMMIT:-HEAD}" | tar -x -C "$1"
  # shellcheck disable=SC2086 # a list of options
  (cd "$1" && mvn -B -q -ntp ${MAVEN_OPTIONS:-} -Prelease -pl bom,tools -am -Dmaven.test.skip=true -Dspotless.check.skip package) >&2
  (cd "$1" && find . -path '*/target/tf-kfac*.jar' | LC_ALL=C sort | xargs sha256sum)
}

echo "the first build"
umask 022
(
  TZ=UTC LC_ALL=C build "$work/one" > "$work/one.sums"
)
echo "the second build"
(
  TZ=Asia/Tokyo LC_ALL=C.UTF-8 build "$work/two/deeper/checkout" > "$work/two.sums"
)
jars=$(wc -l < "$work/one.sums")
for kind in sources javadoc; do
  grep -q -- "-$kind.jar$" "$work/one.sums" || { echo "no jar of $kind was built" >&2; exit 1; }
done
cat "$work/one.sums"
if ! diff "$work/one.sums" "$work/two.sums"; then
  echo "the builds differ" >&2
  exit 1
fi
echo "$jars jars of two builds are equal byte for byte"
