#!/usr/bin/env python3
"""Rings an agent's phone, then dials a number, and says how the agent's leg went. Standard library only.

    GATEWAY_TOKEN=... ./click-to-dial.py 101 "+1 312 555 1234"

Status 0: the agent answered. 1: they did not, or the gateway refused. 2: wrong arguments.
"""
import argparse
import json
import os
import sys
import urllib.error
import urllib.request

WAIT_SECONDS = 60

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("agent", help="phone that rings first: a user's extension (101) or an endpoint (PJSIP/agent001)")
parser.add_argument("number", help="number as people write it, dialled when the agent answers")
parser.add_argument("--caller-id", default=None, help='what the agent sees: "Name" <number>')
options = parser.parse_args()


def refusal(error):
    """A problem document (RFC 9457) in one line; a proxy on the way may answer with something else."""
    try:
        problem = json.load(error)
        text = f"{problem['status']} {problem['code']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"{error.code} {error.reason}: not an answer of the gateway"
    # The call may be under way all the same; it can be looked up and is never dialled again.
    return f"{text} (see GET /calls/{problem['callId']})" if "callId" in problem else text


body = {"from": options.agent, "to": options.number}
if options.caller_id:
    body["callerId"] = options.caller_id
request = urllib.request.Request(
    os.environ.get("GATEWAY_URL", "http://localhost:3000").rstrip("/") + "/calls",
    data=json.dumps(body).encode(),
    headers={
        "authorization": "Bearer " + os.environ.get("GATEWAY_TOKEN", "").strip(),
        "content-type": "application/json",
        "prefer": f"wait={WAIT_SECONDS}",
    },
)
try:
    with urllib.request.urlopen(request, timeout=WAIT_SECONDS + 10) as answer:
        call = json.load(answer)
except urllib.error.HTTPError as error:
    sys.exit(refusal(error))
except OSError as error:  # no route, refused, timed out, cut off
    sys.exit(f"No gateway: {getattr(error, 'reason', error)}")

# Null until the call has ended: an agent who answered and hung up at once has answered.
print(f"call {call['id']}: {call['disposition'] or call['status']}")
sys.exit(0 if "answered" in (call["status"], call["disposition"]) else 1)
