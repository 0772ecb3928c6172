"""The direction rules that an import graph cannot see, read off the syntax trees."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(
    p for pattern in ("libs/*", "jobs/*", "services/*", "apps/cli") for p in ROOT.glob(f"{pattern}/src/sdp_*")
)
SOURCES = sorted(f for package in PACKAGES for f in package.rglob("*.py"))
PURE = [f for f in SOURCES if {"sdp_engine", "sdp_sports"} & set(f.parts)]
VAGUE = {"utils", "util", "helpers", "helper", "misc", "manager", "core", "data", "common"}
CLOCKS = {"now", "utcnow", "today", "time", "perf_counter", "monotonic"}
GENERATORS = {"default_rng", "Generator", "SeedSequence", "BitGenerator", "Philox", "PCG64", "PCG64DXSM", "SFC64"}
SQL_WORDS = ("select ", "insert into ", "update ", "delete from ", "create table ", "copy ")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for a chain of attributes, else ''."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def impurities(path: Path) -> list[str]:
    """Return every read of the world, of the clock and of global randomness."""
    found = []
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call | ast.Attribute):
            continue
        word = dotted(node.func if isinstance(node, ast.Call) else node)
        head, _, last = word.rpartition(".")
        if isinstance(node, ast.Call) and (word in {"open", "print", "input"} or last in {"read_csv", "read_parquet"}):
            found.append(f"{node.lineno}: {word}()")
        elif word in {"os.environ", "os.getenv", "sys.argv"}:
            found.append(f"{node.lineno}: {word}")
        elif (
            isinstance(node, ast.Call) and head in {"datetime", "date", "time", "datetime.datetime"} and last in CLOCKS
        ):
            found.append(f"{node.lineno}: {word}()")
        elif head in {"np.random", "numpy.random"} and last not in GENERATORS:
            found.append(f"{node.lineno}: {word}")
        elif isinstance(node, ast.Call) and word.endswith("default_rng") and not node.args:
            found.append(f"{node.lineno}: {word}() without a seed")
    if "random" in imported(path):
        found.append("imports random")
    return found


@pytest.mark.parametrize("path", PURE, ids=name)
def test_the_core_is_pure(path: Path) -> None:
    assert impurities(path) == []


def test_the_purity_check_sees_what_it_should(tmp_path: Path) -> None:
    dirty = tmp_path / "dirty.py"
    dirty.write_text(
        "import os, random\nimport numpy as np\nfrom datetime import datetime\n"
        "a = os.environ['X']\nb = open('f')\nc = datetime.now()\nd = np.random.rand(3)\ne = np.random.default_rng()\n"
    )
    assert len(impurities(dirty)) >= 6


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_sql_has_one_home(path: Path) -> None:
    if {"store", "db"} & set(path.parts):
        return
    strings = [n for n in ast.walk(tree(path)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    found = [s.lineno for s in strings if s.value.lstrip().startswith(tuple(w.upper() for w in SQL_WORDS))]
    assert found == [], f"SQL outside sdp_common/store and db at lines {found}"
    allowed = {"sdp_common", "sdp_api", "sdp_cli"}
    if not allowed & set(path.parts):
        assert not {"psycopg", "alembic"} & imported(path)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_the_network_has_one_home(path: Path) -> None:
    if path.name == "http.py" and "sdp_common" in path.parts:
        return
    assert not {"httpx", "requests", "urllib3", "aiohttp"} & imported(path)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_modules_have_telling_names(path: Path) -> None:
    assert path.stem not in VAGUE


def test_every_package_is_typed() -> None:
    assert [name(p) for p in PACKAGES if not (p / "py.typed").exists()] == []
