#!/usr/bin/env bash
# Installs the library into a repository of its own, makes a project outside of the checkout from README's coordinates and code as printed,
# compiles and runs it, then does the same with the examples by way of the bill of materials.
#
#   SEED=~/.m2/repository   begins with (hard links to) what is there already
#   MAVEN_OPTIONS=-o        options for Maven, such as offline
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/outside.XXXXXX")
trap 'rm -rf "$work"' EXIT
repository=$work/repository
if [ -n "${SEED:-}" ]; then
  cp -al -- "$SEED" "$repository" 2>/dev/null || cp -a -- "$SEED" "$repository"
  rm -rf "$repository/io/github/tfkfac"
fi
maven() {
  mvn -B -q -ntp ${MAVEN_OPTIONS:-} -Dmaven.repo.local="$repository" "$@"
}
block() { # the first block of a language in README
  awk -v mark="\`\`\`$1" '$0 == mark { on = 1; next } on && /^```/ { exit } on' "$root/README.md"
}
run() { # a class of the project here; its losses must fall
  java -cp "target/classes:$(cat target/classpath)" "$1" | tee "target/$1.txt" | tail -n 1 | cut -c 1-100
  awk -v name="$1" '/losses \[/ { gsub(/.*\[|\].*/, ""); n = split($0, loss, ", "); if (loss[n] < loss[1]) good++; else bad++ }
    END { if (!good || bad) { print name ": the losses do not fall" > "/dev/stderr"; exit 1 } }' "target/$1.txt"
}
build() {
  maven compile dependency:build-classpath -Dmdep.outputFile=target/classpath
}

echo "installing"
(cd "$root" && maven install -DskipTests && maven -f bom install)

echo "README's code"
sources=src/main/java/example
mkdir -p "$work/mine/$sources" && cd "$work/mine"
cp "$root/examples/$sources/"{Digits,Network}.java $sources/
{
  sed '/Optimizer optimizer = /,$d' "$root/examples/$sources/DropIn.java"
  block java
  sed '1,/^      }$/d' "$root/examples/$sources/DropIn.java"
} > $sources/DropIn.java
{
  sed '/<dependencies>/q' "$root/examples/starters/maven/pom.xml"
  block xml
  sed -n '/<\/dependencies>/,$p' "$root/examples/starters/maven/pom.xml"
} > pom.xml
build
run example.DropIn

echo "the examples"
mkdir -p "$work/examples" && cd "$work/examples"
cp -r "$root/examples/src/main" . && mkdir src && mv main src/
bom='<dependencyManagement><dependencies><dependency><groupId>io.github.tfkfac</groupId><artifactId>tf-kfac-bom</artifactId><version>0.1.0-SNAPSHOT</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>'
detection='<dependency><groupId>io.github.tfkfac</groupId><artifactId>tf-kfac-detection</artifactId></dependency>'
{
  sed '/<dependencies>/,$d' "$root/examples/starters/maven/pom.xml"
  echo "$bom<dependencies>$detection"
  sed -n '/tensorflow<\/groupId>/,$p' "$root/examples/starters/maven/pom.xml" | sed '1i<dependency>'
} > pom.xml
build
for example in $(grep -l 'void main' $sources/*.java); do
  name=$(basename "$example" .java)
  [ "$name" = DetectorOnCoco ] || run "example.$name" # which wants a data set
done
