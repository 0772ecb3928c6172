"""Every deployable package works in an environment that holds its own pinned requirements and nothing else.

The shared development environment has everything, so a dependency that somebody forgot to declare is missed there.
"""

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements"
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"
OPTIONAL = {"ImportError", "ModuleNotFoundError"}

# Runs inside the fresh environment: every module of the package, then what its functions import when they are called.
PROBE = """
import importlib, importlib.util, pkgutil, sys
package, lazy = sys.argv[1], sys.argv[2:]
root = importlib.import_module(package)
for module in pkgutil.walk_packages(root.__path__, package + "."):
    if not module.name.endswith("__main__") and ".migrations." not in module.name:
        importlib.import_module(module.name)
for name in lazy:
    if name.startswith("sdp_"):
        importlib.import_module(name)
    elif name.split(".")[0] not in sys.stdlib_module_names and importlib.util.find_spec(name) is None:
        raise ModuleNotFoundError("No module named %r" % name, name=name)
"""


def _packages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("packages", ROOT / "deploy/packages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


packages = _packages()
DEPLOYED: dict[str, Path] = packages.deployed()


def _uv() -> str:
    beside = shutil.which("uv", path=str(Path(sys.executable).parent))
    found = beside or shutil.which("uv")
    if found is None:
        pytest.skip("uv is not installed; requirements/dev.txt brings it")
    return found


def _run(*command: str | Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, env=environment, cwd=ROOT
    )
    assert done.returncode == 0, f"{' '.join(map(str, command[:6]))} ...\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of every workspace package, built without the network."""
    folder = tmp_path_factory.mktemp("wheels")
    _run(_uv(), "build", "--quiet", "--wheel", "--all-packages", "--no-build-isolation", "--out-dir", folder)
    return folder


@pytest.fixture
def environment(request: pytest.FixtureRequest, wheels: Path) -> Iterator[Path]:
    """The python of a fresh environment with one package, its requirements and nothing else.

    All stand in the same place, one after another, so that what they share is compiled once (`_compiled`).
    """
    name, folder = request.param, wheels / "venv"
    python = folder / SCRIPTS / ("python.exe" if sys.platform == "win32" else "python")
    uv, quiet = _uv(), "--quiet"
    _run(uv, "venv", quiet, "--python", sys.executable, folder)
    install = (uv, "pip", "install", quiet, "--python", python)
    whole = REQUIREMENTS / f"{name}-features.txt"  # what stands under every image lacks what only some packages need
    _run(*install, "--require-hashes", "-r", whole if whole.exists() else REQUIREMENTS / f"{name}.txt")
    own = [packages.read(folder)["name"].replace("-", "_") for folder in packages.stands_on(DEPLOYED[name])]
    _run(*install, "--no-deps", "--no-index", *(next(wheels.glob(f"{one}-*.whl")) for one in own))
    yield python
    shutil.rmtree(folder)


def _compiled(python: Path) -> tuple[str, str]:
    """Return the option that keeps compiled modules beside the environment."""
    return "-X", f"pycache_prefix={python.parents[2] / 'compiled'}"


def _import_name(folder: Path) -> str:
    return next(path.name for path in (folder / "src").iterdir() if (path / "__init__.py").exists())


def _asked(tree: ast.AST) -> Iterator[str]:
    """Modules imported at any depth, but for type checking or with an answer to their absence."""
    if isinstance(tree, ast.If) and "TYPE_CHECKING" in ast.unparse(tree.test):
        return
    if isinstance(tree, ast.Try) and OPTIONAL & {
        name.id for handler in tree.handlers for name in ast.walk(handler) if isinstance(name, ast.Name)
    }:
        return
    if isinstance(tree, ast.Import):
        yield from (alias.name for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom) and tree.module and not tree.level:
        yield tree.module
    for child in ast.iter_child_nodes(tree):
        yield from _asked(child)


def _imports(folder: Path) -> set[str]:
    files = (file for file in (folder / "src").rglob("*.py") if "migrations" not in file.parts)
    return {name for file in files for name in _asked(ast.parse(file.read_text("utf-8")))}


def _megabytes(python: Path) -> float:
    files = (file for file in python.parents[1].rglob("*") if file.is_file() and not file.is_symlink())
    return sum(file.stat().st_size for file in files) / 1e6


@pytest.mark.parametrize(("name", "environment"), [(n, n) for n in DEPLOYED], indirect=["environment"], ids=DEPLOYED)
def test_package_works_alone(name: str, environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = DEPLOYED[name]
    megabytes = _megabytes(environment)
    with capsys.disabled():
        print(f"\n{name}: {megabytes:.0f} MB installed ", flush=True)
    _run(environment, "-I", *_compiled(environment), "-c", PROBE, _import_name(folder), *sorted(_imports(folder)))


def test_missing_dependency_is_noticed() -> None:
    """The search for imports sees those inside functions, and leaves out the declared optional ones."""
    source = """
def later():
    import absent.module
try:
    import optional
except ImportError:
    optional = None
if TYPE_CHECKING:
    import typed
"""
    assert set(_asked(ast.parse(source))) == {"absent.module"}


@pytest.mark.parametrize("name", sorted(DEPLOYED))
def test_pinned_file_satisfies_pyproject(name: str) -> None:
    known = packages.projects()
    pinned = _pinned(REQUIREMENTS / f"{name}.txt")
    everything = _pinned(REQUIREMENTS / "dev.txt")
    for folder in packages.stands_on(DEPLOYED[name]):
        for requirement in packages.read(folder).get("dependencies", []):
            wanted = packages.name_of(requirement)
            assert wanted in known or _allowed(requirement, pinned.get(wanted, set())), (
                f"{folder.name} needs {requirement}, requirements/{name}.txt has {pinned.get(wanted)}: run `make lock`"
            )
    for distribution, versions in pinned.items():
        assert versions <= everything.get(distribution, set()), f"{distribution} differs from dev.txt: run `make lock`"


def test_dev_file_satisfies_every_extra_and_group() -> None:
    import tomllib

    group = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["dev"]
    extras = [
        requirement
        for folder in packages.projects().values()
        for extra in packages.read(folder).get("optional-dependencies", {}).values()
        for requirement in extra
    ]
    pinned = _pinned(REQUIREMENTS / "dev.txt")
    for requirement in [*group, *extras]:
        assert _allowed(requirement, pinned.get(packages.name_of(requirement), set())), (
            f"{requirement}: run `make lock`"
        )


def test_requirements_name_no_host_and_no_path() -> None:
    for file in sorted(REQUIREMENTS.glob("*.txt")):
        text = file.read_text("utf-8")
        assert not re.search(r"://|^-|^\s*(\.|/|~)|\bfile:|\bsdp-", text, re.MULTILINE), file.name
        entries = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in entry for entry in entries), f"{file.name} has an entry without a hash"


def test_light_images_stay_light() -> None:
    heavy = {"ortools", "scikit-learn", "lightgbm", "scipy", "pandas"}
    for name in ("common", "ingestion", "api"):
        assert not heavy & set(_pinned(REQUIREMENTS / f"{name}.txt")), f"requirements/{name}.txt"
    assert "ortools" not in _pinned(REQUIREMENTS / "inference.txt")
    assert "lightgbm" not in _pinned(REQUIREMENTS / "optimizer.txt")


def _pinned(file: Path) -> dict[str, set[str]]:
    """Versions by distribution name; more than one where they differ by the Python that runs them."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", file.read_text("utf-8"), re.MULTILINE):
        versions.setdefault(packages.name_of(name), set()).add(version)
    return versions


def _allowed(requirement: str, versions: set[str]) -> bool:
    from packaging.requirements import Requirement

    return bool(versions) and all(Requirement(requirement).specifier.contains(v, prereleases=True) for v in versions)
