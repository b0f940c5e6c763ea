"""Holds each answer of the program against api/openapi.yaml: its status, its media type and its JSON."""
import gzip
import json
import pathlib
import re

import jsonschema
import yaml

FILE = pathlib.Path(__file__).parents[2] / "api/openapi.yaml"
MOST_BYTES = 200_000  # a longer answer takes too long to check
JSON_TYPES = ("application/json", "application/problem+json")


class Contract:
    def __init__(self, root):
        self.root = closed(root, root)
        self.resolver = jsonschema.RefResolver("", self.root)
        self.operations = [(method.upper(), pattern(item, path, root), item[method])
                           for path, item in self.root["paths"].items()
                           for method in ("get", "post", "put", "patch", "delete") if method in item]

    def resolve(self, node):
        return self.resolver.resolve(node["$ref"])[1] if "$ref" in node else node

    def operation(self, method, path):
        """The operation, or None: an address that is not in the contract. The longest template wins."""
        method = "GET" if method == "HEAD" else method
        found = [(len(expression.pattern), operation) for verb, expression, operation in self.operations
                 if verb == method and expression.fullmatch(path)]
        return max(found, key=lambda one: one[0])[1] if found else None

    def fault(self, method, path, answer):
        """What the contract does not allow about this answer, or None."""
        operation = self.operation(method, path.split("?")[0])
        if not operation:
            return None
        if answer.status == 421:
            return None  # the host of the request is wrong: no operation has been looked for
        if str(answer.status) not in operation["responses"]:
            return f"the status {answer.status} is not in the contract"
        said = self.resolve(operation["responses"][str(answer.status)])
        media = answer.headers.get("Content-Type", "").split(";")[0]
        if not answer.body:
            return f"a body is missing: {sorted(said['content'])}" if "content" in said and method != "HEAD" else None
        if media == "text/html" and "application/problem+json" in said.get("content", {}):
            return None  # for a browser
        if media not in said.get("content", {}):
            return f"{media} is not in the contract for the status {answer.status}"
        if media not in JSON_TYPES or len(answer.body) > MOST_BYTES:
            return None
        schema = said["content"][media].get("schema", {})
        validator = jsonschema.Draft202012Validator(schema, resolver=self.resolver)
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(plain(answer)))]
        return "; ".join(errors[:3]) or None


def plain(answer):
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(answer.body) if packed else answer.body


def pattern(item, path, root):
    """Prefers words to parameters: a word makes the expression longer."""
    base = item.get("servers", root["servers"])[0]["url"].rstrip("/")
    return re.compile("".join(r"[^/]+" if part.startswith("{") else re.escape(part)
                              for part in re.split(r"(\{\w+\})", base + path)))


def closed(node, root):
    """The same, and objects have no fields but those that they name. A part of allOf stays open for the other parts."""
    if isinstance(node, list):
        return [closed(each, root) for each in node]
    if not isinstance(node, dict):
        return node
    if "allOf" in node:
        schemas = root["components"]["schemas"]
        parts = [schemas[part["$ref"].split("/")[-1]] if "$ref" in part else part for part in node["allOf"]]
        return node | {"allOf": parts, "unevaluatedProperties": False}
    node = {key: closed(value, root) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and "object" in node.get("type", ""):
        node.setdefault("unevaluatedProperties", False)
    return node


CONTRACT = Contract(yaml.safe_load(FILE.read_text()))


def check(method, path, answer):
    """Fails the test that got an answer which the contract does not allow."""
    fault = CONTRACT.fault(method, path, answer)
    assert not fault, f"{method} {path} against api/openapi.yaml: {fault}\n{answer!r}"
