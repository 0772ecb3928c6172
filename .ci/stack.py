"""Build the images of docker-compose.yml, use the stack as a person would, break one part of it, take it down.

Run by `.ci/docker`, which says in DOCKER and COMPOSE how to reach an engine. Standard library only.
"""

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOCKER = os.environ.get("DOCKER", "docker")
COMPOSE = [*os.environ.get("COMPOSE", "docker compose").split(), "--project-name", "sdp-ci"]
VICTIM = "ingest-odds"
ONE_SHOT = "migrate"
STARTED = time.monotonic()

passed = 0


def say(text: str) -> None:
    """Print a line with the time since the start."""
    print(f"docker: {text} ({time.monotonic() - STARTED:.0f} s)", flush=True)


def check(what: str, well: bool, why: object = "") -> None:
    """Count a check; the first that fails ends the run."""
    global passed
    if not well:
        raise SystemExit(f"docker: FAILED: {what}: {why}")
    passed += 1
    say(f"ok: {what}")


def run(*command: str, check_exit: bool = True, text_in: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in the checkout and return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, input=text_in)
    if check_exit and done.returncode:
        raise SystemExit(f"docker: FAILED: {' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-6000:]}")
    return done


def compose(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run compose on this stack."""
    return run(*COMPOSE, *arguments, **options)


def inside(service: str, *command: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in a service's container."""
    return compose("exec", "-T", service, *command, **options)


def build(services: dict[str, Any]) -> None:
    """Build every image once; services that share an image share the build."""
    recipes = {s["image"]: s["build"] for s in services.values() if "build" in s}
    for image, recipe in recipes.items():
        began = time.monotonic()
        arguments = [f"--build-arg={name}={value}" for name, value in recipe.get("args", {}).items()]
        run(DOCKER, "build", "--quiet", "--file", recipe["dockerfile"], *arguments, "--tag", image, ".")
        size = int(run(DOCKER, "image", "inspect", "--format", "{{.Size}}", image).stdout)
        say(f"built {image}: {size / 1e6:.0f} MB in {time.monotonic() - began:.0f} s")


def containers() -> dict[str, dict[str, Any]]:
    """What the engine says of every container of the stack, by service."""
    ids = compose("ps", "--all", "--quiet").stdout.split()
    known = json.loads(run(DOCKER, "inspect", *ids).stdout) if ids else []
    return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in known}


def unwell(states: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The services that are not as they should be, and how they are."""
    found = {}
    for name, one in states.items():
        state = one["State"]
        if name == ONE_SHOT:
            if state["Status"] != "exited" or state["ExitCode"] != 0:
                found[name] = f"{state['Status']}, exit code {state['ExitCode']}"
        elif state.get("Health", {}).get("Status") != "healthy":
            found[name] = f"{state['Status']}, {state.get('Health', {}).get('Status')}"
    return found


def wait_well(seconds: float) -> dict[str, dict[str, Any]]:
    """Return the containers once all are healthy.

    Raises:
        SystemExit: They are not in time; the logs of those that are not are printed.
    """
    deadline = time.monotonic() + seconds
    while faults := unwell(states := containers()):
        if time.monotonic() > deadline:
            for name in faults:
                sys.stderr.write(compose("logs", "--tail", "40", name, check_exit=False).stdout)
            raise SystemExit(f"docker: FAILED: not healthy after {seconds:.0f} s: {faults}")
        time.sleep(1)
    return states


class Browser:
    """A person at the published port: keeps its cookies, speaks JSON."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def open(self, path: str, body: Any = None) -> http.client.HTTPResponse:
        """Ask for a path, with a JSON body where there is one; raises `urllib.error.HTTPError` on a refusal."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Origin": self.base} if data else {}
        request = urllib.request.Request(self.base + path, data, headers)
        answer: http.client.HTTPResponse = self._opener.open(request, timeout=120)
        return answer

    def json(self, path: str, body: Any = None) -> Any:
        """Return a JSON answer."""
        with self.open(path, body) as answer:
            return json.load(answer)

    def status(self, path: str) -> int:
        """Return the status alone."""
        try:
            with self.open(path) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def follow(self, run_id: int) -> tuple[int, dict[str, Any]]:
        """Follow a run by server-sent events to its end; returns at how many moments events came, and the run."""
        moments: set[int] = set()
        last: dict[str, Any] = {}
        with self.open(f"/api/runs/{run_id}/events") as answer:
            for line in answer:
                if line.startswith(b"data:"):
                    moments.add(int(time.monotonic() * 10))
                    last = json.loads(line[5:])
        return len(moments), last


def sign_in(browser: Browser) -> None:
    """Open the app, make the first administrator, sign in."""
    with browser.open("/") as page:
        html = page.read().decode()
    check("the web app is served", 'id="root"' in html and "/assets/" in html, html[:300])
    script = html.split('src="')[1].split('"')[0]
    with browser.open(script) as answer:
        kind, kept = answer.headers["Content-Type"], answer.headers["Cache-Control"]
    check("its scripts may be kept for ever", "javascript" in kind and "immutable" in kept, (kind, kept))
    with browser.open("/slates/1/players") as page:
        check("a page's address leads to the app", page.read().decode() == html)
    check("nobody is let in unasked", browser.status("/api/slates") == 401)
    check("the first run wants an administrator", browser.json("/api/setup")["needed"] is True)
    account = {"username": "ci", "password": secrets.token_urlsafe(16)}
    browser.json("/api/setup", account)
    browser.json("/api/session", account)
    check("signed in through the published port", browser.json("/api/session")["user"]["is_admin"] is True)


def check_walls(states: dict[str, dict[str, Any]]) -> None:
    """No container is root, may gain rights or write where it should not."""
    for name, one in states.items():
        user = one["Config"]["User"]
        if not user or user.split(":")[0] in {"0", "root"}:
            check(f"{name} is not root", False, user)
        host = one["HostConfig"]
        if (
            not host["ReadonlyRootfs"]
            or host["CapDrop"] != ["ALL"]
            or "no-new-privileges:true" not in host["SecurityOpt"]
        ):
            check(f"{name} is hardened", False, host["SecurityOpt"])
    check("no container is root or may become it", True)
    write = "open('/artifacts/probe', 'w').close()"
    inside("training", "python", "-c", write + "; import os; os.remove('/artifacts/probe')")
    refused = inside("inference", "python", "-c", write, check_exit=False)
    check("artifacts are written by training alone", "Read-only file system" in refused.stderr, refused.stderr)
    write = write.replace("artifacts", "draws")
    inside("sim-engine", "python", "-c", write + "; import os; os.remove('/draws/probe')")
    refused = inside("optimizer", "python", "-c", write, check_exit=False)
    check("draws are written by the sim-engine alone", "Read-only file system" in refused.stderr, refused.stderr)
    reach = "exec 3<>/dev/tcp/db/5432"
    check(
        "the frontend cannot reach the database",
        inside("frontend", "bash", "-c", reach, check_exit=False).returncode != 0,
    )
    lookup = "import socket; socket.create_connection(('db', 5432), 3)"
    check("the API can", inside("backend-api", "python", "-c", lookup).returncode == 0)


def main_job(browser: Browser) -> None:
    """From packaged box scores to an upload file: the data over the queue, the rest as a person asks for it."""
    user_id = browser.json("/api/session")["user"]["id"]
    source = (ROOT / ".ci/main_job.py").read_text("utf-8")
    done = inside("backend-api", "python", "-", str(user_id), text_in=source)
    for line in done.stdout.splitlines()[:-1]:
        say(line)
    slate_id = json.loads(done.stdout.splitlines()[-1])["slate_id"]
    asked = browser.json("/api/runs/simulate", {"slate_id": slate_id, "worlds": 2000})
    moments, simulated = browser.follow(asked["id"])
    check("a slate was simulated", simulated["status"] == "succeeded", simulated.get("error"))
    check("its progress was told as it happened", moments >= 2, f"{moments} moments")
    rules = {"lineups": 5, "stack": "qb_two", "min_unique": 2}
    body = {"slate_id": slate_id, "projection_set_id": simulated["result"]["projection_set_id"], "rules": rules}
    _, optimized = browser.follow(browser.json("/api/runs/optimize", body)["id"])
    check("lineups were built", optimized["status"] == "succeeded", optimized.get("error"))
    set_id = optimized["result"]["lineup_set_id"]
    with browser.open(f"/api/lineup-sets/{set_id}/upload.csv") as answer:
        lines = answer.read().decode().splitlines()
    check("the upload file holds them", len(lines) >= 6, lines[:3])


@contextmanager
def answering(browser: Browser) -> Iterator[list[int]]:
    """Collect the API's answers to a request every quarter of a second, from a thread."""
    import threading

    answers: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.wait(0.25):
            answers.append(browser.status("/api/ready"))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        stop.set()
        thread.join()


def kill_one(browser: Browser, before: dict[str, dict[str, Any]]) -> None:
    """Kill the odds feed from inside and see that nothing else notices, and that it comes back."""
    # Through the engine it would count as stopped on purpose. The first process cannot be killed from within; its
    # child, which does the work, can.
    kill = "import os, pathlib; os.kill(int(pathlib.Path('/proc/1/task/1/children').read_text().split()[0]), 9)"
    with answering(browser) as answers:
        inside(VICTIM, "python", "-c", kill, check_exit=False)
        deadline = time.monotonic() + 60
        while (now := containers()[VICTIM])["RestartCount"] == 0 and time.monotonic() < deadline:
            time.sleep(0.2)
        check(f"{VICTIM} was killed and started again", now["RestartCount"] == 1, now["State"])
        after = wait_well(90)
    check("the API answered all the while", bool(answers) and set(answers) == {200}, answers)
    changed = [
        name
        for name, one in after.items()
        if name != VICTIM
        and (one["State"]["StartedAt"], one["RestartCount"]) != (before[name]["State"]["StartedAt"], 0)
    ]
    check("nothing else noticed", not changed, changed)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    """Do all of it; the stack is gone afterwards, however it ended, unless `--keep` was given."""
    keep = "--keep" in sys.argv
    port = free_port()
    os.environ |= {
        "POSTGRES_PASSWORD": secrets.token_hex(16),
        "WEB_PORT": str(port),
        "IMAGE_TAG": "ci",
        "INGESTION_REQUIREMENTS": "ingestion-demo",
    }
    build(json.loads(compose("config", "--format", "json").stdout)["services"])
    browser = Browser(port)
    try:
        compose("up", "--detach", "--no-build", check_exit=False)  # what is amiss is said below, with its logs
        states = wait_well(420)
        check(f"{len(states)} containers are healthy", True)
        check_walls(states)
        sign_in(browser)
        main_job(browser)
        kill_one(browser, states)
    finally:
        if keep:
            say(f"the stack stays up at {browser.base}, password of the database {os.environ['POSTGRES_PASSWORD']}")
        else:
            compose("down", "--volumes", "--remove-orphans", "--timeout", "10", check_exit=False)
    left = run(DOCKER, "ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project=sdp-ci").stdout
    check("nothing is left of the stack", keep or not left.strip(), left)
    print(f"docker: {passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
