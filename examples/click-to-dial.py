#!/usr/bin/env python3
"""Rings an agent's phone and then a number, and says how it ended. Standard library only.

    GATEWAY_TOKEN=... ./click-to-dial.py PJSIP/agent001 3125551234
"""
import argparse
import json
import os
import sys
import urllib.error
import urllib.request

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("agent", help="channel that rings first, such as PJSIP/agent001")
parser.add_argument("number", help="extension dialled when the agent answers")
parser.add_argument("--context", default="from-internal")
parser.add_argument("--caller-id", default=None, help='what the agent sees: "Name" <number>')
options = parser.parse_args()

body = {"channel": options.agent, "context": options.context, "extension": options.number}
if options.caller_id:
    body["callerId"] = options.caller_id
request = urllib.request.Request(
    os.environ.get("GATEWAY_URL", "http://localhost:3000") + "/calls",
    data=json.dumps(body).encode(),
    headers={
        "authorization": "Bearer " + os.environ.get("GATEWAY_TOKEN", ""),
        "content-type": "application/json",
        "prefer": "wait=60",
    },
)
try:
    with urllib.request.urlopen(request, timeout=70) as answer:
        call = json.load(answer)
except urllib.error.HTTPError as error:
    problem = json.load(error)
    sys.exit(f"{problem['status']} {problem['code']}: {problem['detail']}")
except urllib.error.URLError as error:
    sys.exit(f"No gateway: {error.reason}")

print(f"call {call['id']}: {call['disposition'] or call['status']}")
sys.exit(0 if call["status"] == "answered" else 1)
