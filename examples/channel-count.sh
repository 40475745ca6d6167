#!/usr/bin/env bash
# Prints how many channels are live. Needs curl; GATEWAY_TOKEN, and GATEWAY_URL where it is not on this machine.
set -euo pipefail

# One item is enough: `total` counts all that match, also beyond the page.
answer=$(curl --fail-with-body -sS "${GATEWAY_URL:-http://localhost:3000}/channels?limit=1" \
  -H "authorization: Bearer ${GATEWAY_TOKEN:-}") || {
  printf '%s\n' "$answer" >&2
  exit 1
}
# Quotes inside JSON text are escaped, so no value can pass for this member.
total=$(grep -oE '"total" *: *[0-9]+' <<<"$answer" | grep -oE '[0-9]+$') || {
  echo 'The answer has no total' >&2
  exit 1
}
echo "$total"
