"""Compose, Kubernetes, Helm and Terraform describe the same processes, and none of them is careless.

Everything is parsed or rendered by the tool that will read it. `terraform validate` would need the providers, which
cannot be had offline: `terraform fmt` checks the form where the program is there, python-hcl2 parses it everywhere.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sdp_cli.postgres import LAPTOP

ROOT = Path(__file__).parents[1]
CHART = ROOT / "deploy/helm/sdp"
TERRAFORM = ROOT / "infra/terraform"
Documents = list[dict[str, Any]]

PROCESSES = {
    "db", "redis", "migrate", "ingest-dfs", "ingest-odds", "ingest-weather", "ingest-injury", "ingest-stats",
    "features", "training", "inference", "sim-engine", "optimizer", "backend-api", "frontend",
}  # fmt: skip
HELM_VALUES: dict[str, dict[str, Any]] = {
    "dev": {"database": {"secret": "sdp-database", "inside": True}},
    "prod": {"database": {"secret": "sdp-database"}, "artifacts": {"storageClass": "efs"}},
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return document


def _tool(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _kustomize(overlay: str) -> Documents:
    folder = ROOT / "deploy/k8s/overlays" / overlay
    done = subprocess.run([_tool("kubectl"), "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def _helm(environment: str) -> Documents:
    helm = pytest.importorskip("helm_python", reason="helm-python-sdk is not installed")
    with helm.Chart.load(str(CHART)) as chart:
        rendered = chart.render(HELM_VALUES[environment], name="sdp", namespace="sdp")
    texts = [text for path, text in rendered.items() if path.endswith(".yaml")]
    return [document for text in texts for document in yaml.safe_load_all(text) if document]


RENDERERS = {"kustomize": _kustomize, "helm": _helm}


@pytest.fixture(scope="module", params=[(tool, env) for tool in RENDERERS for env in ("dev", "prod")], ids="-".join)
def rendered(request: pytest.FixtureRequest) -> tuple[str, Documents]:
    """The environment's name and what would be applied."""
    tool, environment = request.param
    return environment, RENDERERS[tool](environment)


def _workloads(documents: Documents) -> dict[str, dict[str, Any]]:
    """Pod templates by the name of the process."""
    kinds = {"Deployment", "StatefulSet", "Job"}
    found = [d["spec"]["template"] for d in documents if d["kind"] in kinds]
    named = {pod["metadata"]["labels"]["app.kubernetes.io/name"]: pod for pod in found}
    assert len(named) == len(found), "two workloads have one name"
    return named


def _containers(pod: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from pod["spec"].get("initContainers", [])
    yield from pod["spec"]["containers"]


def _image(reference: str) -> str:
    return reference.rsplit(":", 1)[0]


def test_compose_has_every_container_of_the_architecture(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == PROCESSES


def test_kubernetes_has_the_processes_of_compose(rendered: tuple[str, Documents], compose: dict[str, Any]) -> None:
    environment, documents = rendered
    outside = {"db"} if environment == "prod" else set()
    pods = _workloads(documents)
    assert set(pods) == set(compose["services"]) - outside
    for name, pod in pods.items():
        service, main = compose["services"][name], pod["spec"]["containers"][0]
        assert _image(main["image"]) == _image(service["image"].replace("${IMAGE_TAG:-dev}", "dev")), name
        assert main.get("command", main.get("args")) == service.get("command"), name  # args: by the image's entrypoint


def test_the_database_of_containers_is_set_as_the_embedded_one(compose: dict[str, Any]) -> None:
    told = dict(word.split("=") for word in compose["services"]["db"]["command"] if "=" in word)
    embedded = {name: LAPTOP[name] for name in told.keys() - {"shared_buffers"}}  # which follows the machine's memory
    assert {name: told[name] for name in embedded} == embedded


def test_terraform_has_the_processes_of_compose(compose: dict[str, Any]) -> None:
    processes = _strip(_hcl(TERRAFORM / "modules/release/main.tf")["locals"][0]["processes"])
    built = {n: _image(s["image"].split(":")[0] + ":x") for n, s in compose["services"].items() if "build" in s}
    assert processes == built
    declared = {kind.strip('"') for block in _hcl(TERRAFORM / "modules/database/main.tf")["resource"] for kind in block}
    assert "aws_db_instance" in declared, "compose's db is a managed one"


def test_one_process_machine_runs_the_same(compose: dict[str, Any]) -> None:
    processes = pytest.importorskip("sdp_cli.processes")
    own = {name for name, service in compose["services"].items() if "build" in service}
    assert set(processes.MODULES) == own - {"migrate", "frontend"}
    for name, (module, *arguments) in processes.MODULES.items():
        program, *rest = compose["services"][name]["command"]
        assert rest == arguments, name
        assert _scripts()[program] == f"{module}:main", name


def test_image_installs_the_package_that_its_command_is_in(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        arguments = service.get("build", {}).get("args")
        if arguments is None:
            continue
        folder = ROOT / arguments["PACKAGE"]
        assert f'{service["command"][0]} = "' in (folder / "pyproject.toml").read_text("utf-8"), name
        pinned = re.sub(r"\$\{\w+:-(.+)\}", r"\1", arguments["REQUIREMENTS"])
        assert pinned == folder.name, name
        assert (ROOT / f"requirements/{pinned}.txt").exists(), name


def test_kubernetes_accepts_the_manifests(rendered: tuple[str, Documents]) -> None:
    validate = pytest.importorskip("kubernetes_validate")
    newest = validate.latest_version()
    foreign = [d for d in rendered[1] if d["apiVersion"].startswith("external-secrets.io/")]
    for document in rendered[1]:
        if document not in foreign:
            validate.validate(document, newest, strict=True)
    assert len(foreign) <= 1, "only the external secret is of a kind that Kubernetes does not know"


def test_nobody_is_root_or_may_become_it(rendered: tuple[str, Documents]) -> None:
    for name, pod in _workloads(rendered[1]).items():
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] >= 100, name
        assert spec["automountServiceAccountToken"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), name
        for container in _containers(pod):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert {"cpu", "memory"} <= set(container["resources"]["limits"]), name
            assert ":" in container["image"], f"{name} has no version"


def test_every_process_is_watched(rendered: tuple[str, Documents]) -> None:
    for name, pod in _workloads(rendered[1]).items():
        if name != "migrate":
            assert all("livenessProbe" in container for container in _containers(pod)), name


@pytest.mark.parametrize(
    ("volume", "writer", "readers"),
    [("artifacts", "training", ["inference", "backend-api"]), ("draws", "sim-engine", ["optimizer"])],
)
def test_models_and_draws_are_written_by_their_makers_alone(
    rendered: tuple[str, Documents], compose: dict[str, Any], volume: str, writer: str, readers: list[str]
) -> None:
    mounts = {
        name: mount.get("readOnly", False)
        for name, pod in _workloads(rendered[1]).items()
        for container in _containers(pod)
        for mount in container.get("volumeMounts", [])
        if mount["mountPath"] == f"/{volume}"
    }
    assert mounts == {writer: False, **dict.fromkeys(readers, True)}
    volumes = {name: [v for v in s.get("volumes", []) if f"/{volume}" in v] for name, s in compose["services"].items()}
    assert {name: v for name, v in volumes.items() if v} == {
        writer: [f"{volume}:/{volume}"],
        **{reader: [f"{volume}:/{volume}:ro"] for reader in readers},
    }


def test_secrets_are_referred_to_and_never_written(rendered: tuple[str, Documents]) -> None:
    documents = rendered[1]
    assert not [d for d in documents if d["kind"] == "Secret"]
    for name, pod in _workloads(documents).items():
        for container in _containers(pod):
            for variable in container.get("env", []):
                secret = re.search(r"PASSWORD|SECRET|TOKEN|DATABASE_URL", variable["name"])
                assert not secret or "secretKeyRef" in variable.get("valueFrom", {}), (name, variable["name"])


def test_selectors_and_policies_find_what_they_mean(rendered: tuple[str, Documents]) -> None:
    documents = rendered[1]
    pods = [pod["metadata"]["labels"] for pod in _workloads(documents).values()]
    for document in documents:
        if document["kind"] == "Service":
            assert [p for p in pods if document["spec"]["selector"].items() <= p.items()], document["metadata"]["name"]
    scaled = {d["spec"]["scaleTargetRef"]["name"] for d in documents if d["kind"] == "HorizontalPodAutoscaler"}
    assert scaled == {"sim-engine", "optimizer", "inference"}
    policies = [d["spec"] for d in documents if d["kind"] == "NetworkPolicy"]
    assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in policies, "nothing is allowed by default"
    assert [d for d in documents if d["kind"] == "PodDisruptionBudget"]


def test_compose_is_hardened(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"]), name
        assert "build" in service or service["user"].split(":")[0].isdigit(), name
        assert not service.get("privileged"), name
    networks = {name: set(service["networks"]) for name, service in compose["services"].items()}
    assert networks["frontend"] == {"edge"}
    assert {name for name, on in networks.items() if "edge" in on} == {"frontend", "backend-api"}
    assert {name for name, on in networks.items() if "outside" in on} == {
        n for n in PROCESSES if n.startswith("ingest-")
    }
    assert compose["networks"]["inner"]["internal"] is True
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"frontend"}
    assert compose["services"]["frontend"]["ports"][0].startswith("${WEB_ADDRESS:-127.0.0.1}:")


def test_compose_waits_for_what_it_needs(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if "build" in service and name not in {"migrate", "frontend"}:
            needs = service["depends_on"]
            assert needs["migrate"] == {"condition": "service_completed_successfully"}, name
            assert needs["db"] == {"condition": "service_healthy"}, name
    assert compose["services"]["frontend"]["depends_on"]["backend-api"] == {"condition": "service_healthy"}


def test_compose_has_no_default_secret(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    assert re.findall(r"\$\{POSTGRES_PASSWORD[^}]?", text), "it is asked for"
    assert set(re.findall(r"\$\{POSTGRES_PASSWORD(..)", text)) == {":?"}, "and refused where it is missing"


def test_compose_hands_on_every_setting(compose: dict[str, Any]) -> None:
    """What .env may set reaches a container; what the containers fix is known here."""
    settings = pytest.importorskip("sdp_common.settings").Settings
    fixed_by_image = {"SDP_ARTIFACTS_DIR", "SDP_DRAWS_DIR", "SDP_METRICS_PORT"}
    served_by_frontend = {"SDP_WEB_DIR"}
    of_one_laptop = {"SDP_HOME", "SDP_POSTGRES_PORT"}
    known = {f"SDP_{name.upper()}" for name in settings.model_fields}
    handed = {variable for service in compose["services"].values() for variable in service.get("environment", {})}
    assert known - fixed_by_image - served_by_frontend - of_one_laptop - handed == set()
    document = (ROOT / "docker-compose.yml").read_text("utf-8")
    told = (ROOT / ".env.example").read_text("utf-8")
    assert [name for name in set(re.findall(r"\$\{([A-Z_]+)", document)) if f"{name}=" not in told] == []
    assert {variable for variable in handed if variable.startswith("SDP_")} <= known


def test_dockerfiles_are_plain_and_not_root() -> None:
    files = sorted((ROOT / "deploy/docker").glob("*.Dockerfile"))
    assert len(files) == 2
    for file in files:
        text = file.read_text("utf-8")
        assert not re.search(r"^# *syntax=|--link\b|<<", text, re.MULTILINE), f"{file.name} needs a newer builder"
        stages = re.split(r"^FROM ", text, flags=re.MULTILINE)
        assert len(stages) > 2, f"{file.name} has one stage"
        assert re.search(r"^USER \d+:\d+$", stages[-1], re.MULTILINE), f"{file.name} ends as root"
        assert "HEALTHCHECK" in stages[-1], file.name


def test_no_committed_file_names_a_registry() -> None:
    names = (
        "docker.io/",
        "ghcr.io",
        "quay.io",
        "gcr.io",
        "dkr.ecr",
        *(f"{a}.org" for a in ("pypi", "npmjs", "pythonhosted")),
    )
    hosts = re.compile("|".join(re.escape(name) for name in names))
    rooms = ("deploy", "infra", "requirements", ".ci", "docker-compose.yml", "Makefile")
    for room in rooms:
        path = ROOT / room
        for file in [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file() and f.suffix != ".pyc"]:
            found = hosts.search(file.read_text("utf-8"))
            assert not found, f"{file}: {found}"


def test_helm_refuses_bad_values() -> None:
    helm = pytest.importorskip("helm_python", reason="helm-python-sdk is not installed")
    with helm.Chart.load(str(CHART)) as chart:
        for values in (
            {"database": {"secret": "x", "pasword": "y"}},
            {"processes": {"ingest-tips": {"kind": "ingest", "image": "x", "command": ["x"]}}},
            {"processes": {"training": {"artifacts": "everything"}}},
            {"settings": {"SDP_DATABASE_URL": "postgresql://in/the/open"}},
        ):
            with pytest.raises(helm.HelmError):
                chart.render(
                    values | {"database": {"secret": "x"} | values.get("database", {})}, name="s", namespace="s"
                )
        with pytest.raises(helm.HelmError, match=r"database\.secret"):
            chart.render({}, name="sdp", namespace="sdp")


def test_helm_lint_is_content() -> None:
    helm = pytest.importorskip("helm_python", reason="helm-python-sdk is not installed")
    report = helm.lint(str(CHART))
    messages = [m for m in report["messages"] or [] if "database.secret" not in json.dumps(m)]
    assert not [m for m in messages if str(m.get("severity", "")).lower() in {"error", "warning", "2", "3"}], messages


def test_terraform_is_in_its_own_form() -> None:
    done = subprocess.run(
        [_tool("terraform"), "fmt", "-check", "-diff", "-recursive", str(TERRAFORM)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_terraform_wires_what_the_modules_declare() -> None:
    """Every module call names every variable without a default, and none that there is not."""
    for environment in ("dev", "prod"):
        folder = TERRAFORM / "environments" / environment
        calls = {n.strip('"'): c for b in _hcl(folder / "main.tf")["module"] for n, c in b.items()}
        assert set(calls) == {"network", "cluster", "database", "storage", "release"}
        for name, call in calls.items():
            declared = _variables((folder / call["source"].strip('"')).resolve())
            given = {key for key in call if not key.startswith("__")} - {"source"}
            assert given <= set(declared), (environment, name)
            assert {v for v, has_default in declared.items() if not has_default} <= given, (environment, name)


def test_terraform_has_no_secret_default() -> None:
    for file in TERRAFORM.rglob("variables.tf"):
        for name, has_default in _variables(file.parent).items():
            assert not (has_default and re.search("password|url|token", name)), f"{file}: {name}"


def _variables(folder: Path) -> dict[str, bool]:
    """Whether each variable of a module has a default."""
    return {n.strip('"'): "default" in v for b in _hcl(folder / "variables.tf")["variable"] for n, v in b.items()}


def _hcl(file: Path) -> dict[str, Any]:
    hcl2 = pytest.importorskip("hcl2", reason="python-hcl2 is not installed")
    with file.open(encoding="utf-8") as stream:
        document: dict[str, Any] = hcl2.load(stream)
    return document


def _strip(table: dict[str, str]) -> dict[str, str]:
    return {key.strip('"'): value.strip('"') for key, value in table.items() if not key.startswith("__")}


def _scripts() -> dict[str, str]:
    import tomllib

    scripts: dict[str, str] = {}
    for group in ("jobs", "services"):
        for file in (ROOT / group).glob("*/pyproject.toml"):
            scripts |= tomllib.loads(file.read_text("utf-8"))["project"].get("scripts", {})
    return scripts
