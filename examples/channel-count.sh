#!/usr/bin/env bash
# Prints how many channels are live. Needs curl; GATEWAY_TOKEN, and GATEWAY_URL where it is not on this machine.
set -euo pipefail
curl --fail-with-body -sS "${GATEWAY_URL:-http://localhost:3000}/channels?limit=1" \
  -H "authorization: Bearer ${GATEWAY_TOKEN:-}" | grep -o '"total":[0-9]*' | cut -d: -f2
