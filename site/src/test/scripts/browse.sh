#!/usr/bin/env bash
# Opens the pages that mvn -Psite -DskipTests package made in headless Chromium: fails if one writes an error to the console
# or if the search does not find. usage: site/src/test/scripts/browse.sh [FOLDER]; CHROMIUM names the browser.
set -euo pipefail
site=$(cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../../../target/site}" && pwd)
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)} || {
  echo "browse.sh: expected a browser, found none; install Chromium or set CHROMIUM" >&2
  exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The page's document on stdout, what the browser logs in $work/log.
open() {
  timeout 60 "$browser" --headless=new --no-sandbox --disable-gpu --user-data-dir="$work/profile" --enable-logging=stderr \
    --dump-dom "$1" 2> "$work/log"
}

failed=0 pages=0
while IFS= read -r page; do
  open "file://$page" > "$work/dom" || { echo "browse.sh: $page did not open" >&2; failed=1; }
  if grep -E 'CONSOLE|Uncaught|ERR_' "$work/log" >&2; then
    echo "browse.sh: $page writes to the console" >&2
    failed=1
  fi
  pages=$((pages + 1))
done < <(
  find "$site" -name '*.html' -not -path "$site/api/*"
  find "$site/api" -name 'Kfac*.html' -o -name index.html -path "$site/api/index.html"
)

for found in damping=docs/guide/damping.html KfacOptions=api/io/github/tfkfac/KfacOptions.html; do
  if ! open "file://$site/docs/guide/periods.html?q=${found%%=*}" | grep -q "<li><a href=\"../../${found#*=}"; then
    echo "browse.sh: expected the search for ${found%%=*} to find ${found#*=}" >&2
    failed=1
  fi
done
echo "browse.sh: $pages pages opened"
exit $failed
