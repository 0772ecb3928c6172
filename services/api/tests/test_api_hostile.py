"""Every operation of the contract is asked with values that no form sends: it answers, and never breaks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

CONTRACT: dict[str, Any] = json.loads((Path(__file__).parents[3] / "contracts/openapi.json").read_text("utf-8"))
NUMBERS = [0, -1, 2**63, 10**40, 0.5]
TEXTS = ["\0", "x" * 3_000, "../../etc/passwd", "'; DROP TABLE users; --", "\ud800"]
HOSTILE: list[Any] = [*NUMBERS, *TEXTS, "", None, True, [], {"x": 1}]
WORST: list[Any] = [10**40, "a\0b", "\ud800", None, {"x": 1}]
"""For the parts of parts, of which there are many."""
ENDS_OR_STREAMS = {("delete", "/api/session"), ("get", "/api/feeds/events"), ("post", "/api/setup")}
OPERATIONS = sorted(
    (method, path)
    for path, operations in CONTRACT["paths"].items()
    for method in operations
    if (method, path) not in ENDS_OR_STREAMS
)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that a reference or a choice stands for, the first that is not null."""
    while True:
        if "$ref" in schema:
            schema = CONTRACT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif choices := schema.get("anyOf") or schema.get("oneOf"):
            schema = next((one for one in choices if one.get("type") != "null"), choices[0])
        else:
            return schema


def plain(schema: dict[str, Any]) -> Any:
    """Return a small value of a schema, every member of an object given."""
    schema = resolved(schema)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    if kind == "object":
        return {name: plain(member) for name, member in schema.get("properties", {}).items()}
    if kind == "array":
        return [plain(schema.get("items", {}))] * max(1, schema.get("minItems", 0))
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return {"boolean": False, "string": "x" * max(1, schema.get("minLength", 1))}.get(str(kind))


def spoilt(value: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the value with one of its parts replaced, for every part and every hostile value."""
    yield from (HOSTILE, HOSTILE, WORST)[depth] if depth < 3 else WORST[:1]
    if isinstance(value, dict):
        for name, member in value.items():
            yield from (value | {name: other} for other in spoilt(member, depth + 1))
            yield {key: kept for key, kept in value.items() if key != name}
    elif isinstance(value, list) and value:
        yield from ([other, *value[1:]] for other in spoilt(value[0], depth + 1))


def addresses(path: str, parameters: list[dict[str, Any]], known: dict[str, int]) -> Iterator[str]:
    """Yield the path with one parameter hostile at a time, the others as they should be."""
    named = [p["name"] for p in parameters if p["in"] == "path"]
    good = path.format(**{name: known.get(name, 1) for name in named})
    yield good
    odd = [quote(str(value), safe="", errors="replace") for value in [*NUMBERS, *TEXTS]] + ["%ff"]
    for name in named:
        for value in odd:
            yield path.format(**{other: known.get(other, 1) for other in named} | {name: value})
    for parameter in parameters:
        if parameter["in"] == "query":
            yield from (f"{good}?{parameter['name']}={value}" for value in odd)


def check(answer: httpx.Response, body: str = "") -> None:
    asked = f"{answer.request.method} {answer.request.url!s:.200} {body:.300}"
    assert answer.status_code < 500, f"{asked}: {answer.status_code} {answer.text[:300]}"
    if answer.status_code >= 400:
        assert answer.json().get("message"), f"{asked}: {answer.text[:300]} does not say what is wrong"


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_whatever_is_asked_is_answered(method: str, path: str, admin: httpx.Client, world: Any) -> None:
    operation = CONTRACT["paths"][path][method]
    # No such run, and no such user: to follow one takes as long as it runs, and to change one locks somebody out.
    known = {"slate_id": world.slate_id, "set_id": world.set_id, "run_id": 999_999, "user_id": 999_999}
    known["draftable_id"] = min(world.draftables.values())
    bodies = operation.get("requestBody", {}).get("content", {})
    base = plain(bodies["application/json"]["schema"]) if "application/json" in bodies else None
    for address in addresses(path, operation.get("parameters", []), known):
        if method == "delete" and address == path.format(**{"token_id": 1, **known}):
            continue  # the others need it
        files = {"file": ("x.csv", b"\xff\xfe\0" * 9)} if "multipart/form-data" in bodies else None
        check(admin.request(method, address, json=base, files=files))
    if base is not None:
        good = next(addresses(path, operation.get("parameters", []), known))
        for body in spoilt(base):
            told = json.dumps(body)
            check(admin.request(method, good, content=told, headers={"content-type": "application/json"}), told)
