"""Ask what patterns play, as a program would: `livecoder query` reads JSON and answers JSON.

Usage: python examples/query.py
"""

import json
import subprocess
import sys

CASES = [
    {"mini": "bd*2 [sn hh]", "begin": 0, "end": 1},
    {"expr": 'n("0 2 4").scale("c:minor").every(2, rev)', "begin": 0, "end": 2},
    {"mini": "bd [sn", "begin": 0, "end": 1},
]

if __name__ == "__main__":
    asked = subprocess.run(
        [sys.executable, "-m", "livecoder", "query"],
        input=json.dumps(CASES),
        capture_output=True,
        text=True,
        check=True,
    )
    for case, answer in zip(CASES, json.loads(asked.stdout), strict=True):
        print(case.get("mini") or case.get("expr"))
        if "error" in answer:
            print(answer["error"])
        for hap in answer.get("haps", []):
            print(f"  {hap['part'][0]:>4} to {hap['part'][1]:<4} {hap['value']}")
