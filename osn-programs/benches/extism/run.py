"""Calls a plugin through Extism's own host, as the bench `assess` asks for: what another house's sandbox takes for the same rules.

`python run.py FOLDER` loads `plugin.wasm`, passes it each `text-N` of FOLDER in turn, writes `answer-0` and prints the seconds of
its best round as a line of JSON. The plugin is made once and kept; a call is stopped after ten seconds, as ours is.
"""

import json
import os
import sys
import time

import extism

ROUNDS = 7


def main(folder):
    def read(name):
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()

    texts = [read(name) for name in sorted(os.listdir(folder)) if name.startswith("text-")]
    manifest = {"wasm": [{"path": os.path.join(folder, "plugin.wasm")}], "timeout_ms": 10_000}
    best = float("inf")
    with extism.Plugin(manifest, wasi=False) as plugin:
        answer = plugin.call("assess", texts[0])
        for _ in range(ROUNDS):
            began = time.perf_counter()
            for text in texts:
                plugin.call("assess", text)
            best = min(best, time.perf_counter() - began)
    with open(os.path.join(folder, "answer-0"), "wb") as file:
        file.write(answer)
    print(json.dumps({"seconds": best}))


if __name__ == "__main__":
    main(sys.argv[1])
