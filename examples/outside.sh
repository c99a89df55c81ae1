#!/usr/bin/env bash
# Installs the library into a repository of its own, makes a project outside of the checkout from README's coordinates and code as printed,
# compiles and runs it, then does the same with the examples by way of the bill of materials and with the Kotlin starter.
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

echo "the command of the examples' README"
command=$(awk '/^```/ { on = !on; next } on' "$root/examples/README.md")
case $command in
  "mvn -q compile exec:java -Dexec.mainClass=example."*) ;;
  *) echo "examples/README.md: expected one command of Maven, found: $command" >&2 && exit 1 ;;
esac
# shellcheck disable=SC2086 # words
(cd "$root/examples" && maven ${command#mvn }) | grep -o 'losses \[.*' | cut -c 1-100

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
version=$(sed -n 's|^  <version>\(.*\)</version>|\1|p' "$root/pom.xml")
bom='<dependencyManagement><dependencies><dependency><groupId>io.github.tfkfac</groupId><artifactId>tf-kfac-bom</artifactId><version>'$version'</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>'
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

echo "the Kotlin starter"
mkdir -p "$work/kotlin" && cd "$work/kotlin"
cp -r "$root/examples/starters/kotlin/src" .
kotlin=$(sed -n 's/.*kotlin("jvm") version "\(.*\)"/\1/p' "$root/examples/starters/kotlin/build.gradle.kts")
standard='<dependency><groupId>org.jetbrains.kotlin</groupId><artifactId>kotlin-stdlib</artifactId><version>'$kotlin'</version></dependency>'
compiler='<plugin><groupId>org.jetbrains.kotlin</groupId><artifactId>kotlin-maven-plugin</artifactId><version>'$kotlin'</version>
  <configuration><jvmTarget>17</jvmTarget></configuration><executions><execution><goals><goal>compile</goal></goals></execution></executions></plugin>'
sed -e "s|<dependencies>|&$standard|" -e 's|<build>|&<sourceDirectory>src/main/kotlin</sourceDirectory>|' "$root/examples/starters/maven/pom.xml" |
  awk -v plugin="$compiler" '/<\/pluginManagement>/ { print; print "<plugins>" plugin "</plugins>"; next } { print }' > pom.xml
build
java -cp "target/classes:$(cat target/classpath)" MainKt > target/losses.txt
awk 'NR == 1 { first = $1 } END { print NR " losses, from " first " to " $1; exit !(NR == 100 && $1 < first / 2) }' target/losses.txt
