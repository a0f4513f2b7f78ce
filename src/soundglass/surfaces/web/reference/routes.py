"""The API's description as a page that needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import HTMLResponse

from soundglass.core.types import Json
from soundglass.surfaces.web.pages import page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an operation can be asked with."""

    name: str
    place: str
    kind: str
    required: bool
    default: str
    says: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address and what it does."""

    method: str
    path: str
    summary: str
    says: str
    parameters: tuple[Parameter, ...]
    shape: str


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a shape."""

    name: str
    kind: str
    shape: str


@router.get("/api")
def reference(request: Request) -> HTMLResponse:
    """Show every operation with its parameters and the shape of its answer."""
    app: FastAPI = request.app
    described = app.openapi()
    shapes = described.get("components", {}).get("schemas", {})
    own = {name: shape for name, shape in shapes.items() if "properties" in shape and "Error" not in name}
    return page(
        request,
        "reference.html.j2",
        groups=_groups(described["paths"]),
        shapes={name: (shape.get("description", ""), _fields(shape)) for name, shape in sorted(own.items())},
    )


def _groups(paths: Mapping[str, Json]) -> dict[str, list[Operation]]:
    groups: dict[str, list[Operation]] = {}
    for path, methods in paths.items():
        first = path.strip("/").removeprefix("api/").partition("/")[0]
        for method, operation in methods.items():
            groups.setdefault(first, []).append(_operation(method, path, operation))
    return dict(sorted(groups.items()))


def _operation(method: str, path: str, operation: Mapping[str, Json]) -> Operation:
    says = operation.get("description", "")
    answer = operation.get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
    return Operation(
        method.upper(),
        path,
        operation.get("summary", ""),
        says.partition("\n\n")[0],
        tuple(_parameter(one) for one in operation.get("parameters", [])),
        _shape_name(answer.get("schema", {})),
    )


def _parameter(one: Mapping[str, Json]) -> Parameter:
    schema = one.get("schema", {})
    default = schema.get("default")
    return Parameter(
        one["name"],
        one["in"],
        kind_of(schema),
        bool(one.get("required")),
        "" if default is None or default == [] else str(default),
        one.get("description", "").replace("`", ""),
    )


def _fields(shape: Mapping[str, Json]) -> list[Field]:
    return [Field(name, kind_of(schema), _shape_name(schema)) for name, schema in shape["properties"].items()]


def _shape_name(schema: Mapping[str, Json]) -> str:
    """Name the shape a schema speaks of, if it is one of ours."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return _shape_name(schema["items"]) if isinstance(schema.get("items"), dict) else ""


def kind_of(schema: Mapping[str, Json]) -> str:
    """Say in a few words what values a schema takes."""
    if name := _shape_name(schema):
        return f"list of {name}" if schema.get("type") == "array" else name
    if "anyOf" in schema:
        kinds = [kind_of(one) for one in schema["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    low, high = (schema.get(f"{end}imum") for end in ("min", "max"))
    if low is not None and high is not None:
        return f"{kind}, {low} to {high}"
    return f"{kind}, at least {low}" if low is not None else kind
