"""Independent clients against a living server, as `cargo xtask clients` starts them: schemathesis on our own document, once for
each kind of staff, and on the official OpenAPI file of HSDS 3.2.3.

`python run.py OSN PROGRAMS SECONDS`: plays the demonstration with the executable OSN and the packed PROGRAMS into a folder that
goes away, and gives each run at most SECONDS. The official files are read from OSN_HSDS_DIR; without it that part is left out and
said so. Ends with 1 where a client found a server error, an answer of another type, or one that its document does not describe.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request

CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance"
# Whose hands reach what; the two operations that take a program's bytes have no body that a client could make up.
STAFF = {
    "coordinator": "",
    "finance": "operations|expenses|claims|commitments|suppliers|irregular|settle",
    "host": "programs|rule-sets|journal",
}
BYTES = r"^/api/v1/(programs|rule-sets)$"


def post(address, path, body):
    request = urllib.request.Request(
        address + path, data=json.dumps(body).encode(), headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def schemathesis(folder, location, seconds, *more):
    command = [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run", location]
    command += ["--phases", "coverage,fuzzing", "--checks", CHECKS, "--max-time", seconds, "--seed", "7"]
    command += ["--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off", "--no-color"]
    # It keeps notes where it stands.
    return subprocess.run([*command, *more], cwd=folder).returncode == 0


def official(folder, into):
    """The official files with their references to another host turned to the files beside them."""

    def here(value):
        if isinstance(value, list):
            return [here(one) for one in value]
        if not isinstance(value, dict):
            return value
        return {key: beside(one) if key == "$ref" else here(one) for key, one in value.items()}

    def beside(reference):
        named = isinstance(reference, str) and re.search(r"([a-z_]+\.json)(#.*)?$", reference)
        return f"file://{into}/{named[1]}{named[2] or ''}" if named and not reference.startswith("#") else reference

    for name in os.listdir(folder):
        with open(os.path.join(folder, name)) as file:
            document = here(json.load(file))
        with open(os.path.join(into, name), "w") as file:
            json.dump(document, file)
    return os.path.join(into, "openapi.json")


def main(osn, programs, seconds):
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["demo", "--json", "--listen", "127.0.0.1:0", "--data-dir", os.path.join(folder, "data")]
        environment = {**os.environ, "OSN_PROGRAMS": programs}
        server = subprocess.Popen([osn, *arguments], stdout=subprocess.PIPE, text=True, env=environment)
        try:
            summary = json.loads(server.stdout.readline())
            address = summary["address"].rstrip("/")
            passwords = {account["login"]: account["password"] for account in summary["accounts"]}
            fine = True
            for login, paths in STAFF.items():
                token = post(address, "/api/v1/sessions", {"login": login, "password": passwords[login]})["token"]
                more = ["--header", f"Authorization: Bearer {token}", "--exclude-path-regex", f"sessions|accounts|{BYTES}"]
                more += ["--include-path-regex", paths] if paths else []
                print(f"\n== our own document, as {login}", flush=True)
                fine &= schemathesis(folder, f"{address}/api/v1/openapi.json", seconds, *more)
            standard = os.environ.get("OSN_HSDS_DIR")
            if standard:
                print("\n== the official file of HSDS", flush=True)
                into = os.path.join(folder, "hsds")
                os.mkdir(into)
                fine &= schemathesis(folder, official(os.path.join(standard, "schema"), into), seconds, "--url", f"{address}/hsds")
            else:
                print("\n== the official file of HSDS: left out, OSN_HSDS_DIR names no folder", flush=True)
            return 0 if fine else 1
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
