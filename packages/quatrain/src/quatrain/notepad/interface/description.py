"""The interface in the words of OpenAPI 3.1, made from the table of routes."""

from __future__ import annotations

import functools
import re
from typing import Any

from ... import __version__
from . import shapes
from .route import PARTS, Route
from .table import ROUTES, STREAMS

FAULTS = {400: "Not JSON", 403: "Not from this page", 404: "Not there", 409: "Not possible now", 413: "Too large",
          415: "Not JSON", 422: "Does not fit", 503: "Not ready", 507: "Cannot be stored"}  # fmt: skip
"""What may go wrong with any request, and never 500."""


@functools.cache
def openapi() -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The notepad's server", "version": __version__},
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Quatrain-Token"}}},
        "security": [{"token": []}],
    }


def _operation(route: Route) -> dict[str, Any]:
    varying = [
        {"name": part, "in": "path", "required": True, "schema": PARTS[part]}
        for part in re.findall(r"\{(\w+)\}", route.path)
    ]
    asked = [{"name": name, "in": "query", "schema": shape} for name, (shape, _) in route.query.items()]
    operation: dict[str, Any] = {"summary": route.summary, "parameters": varying + asked}
    if route.takes is not None:
        operation["requestBody"] = _content("application/json", route.takes) | {"required": True}
    if route.file:
        operation["requestBody"] = _content("application/octet-stream", {}) | {"required": True}
    answers = {str(status): {"description": text} | _content("application/json", shapes.ERROR)
               for status, text in FAULTS.items()}  # fmt: skip
    for status, shape in route.gives.items():
        answers[str(status)] = {"description": route.summary} | (
            _content("application/json", shape) if shape is not None else _content(_media(route), {})
        )
    if route.path == "/api/table/{part}":
        answers["304"] = {"description": "As it was"}
    return operation | {"responses": answers}


def _media(route: Route) -> str:
    return "text/event-stream" if route.path in STREAMS else "*/*"


def _content(media: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"content": {media: {"schema": shape}}}
