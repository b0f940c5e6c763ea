#!/usr/bin/env python3
"""Holds api/openapi.yaml against the tables of routes in the program. Runs as a test.

    openapi.py DUMP_ROUTES ROOT

DUMP_ROUTES prints the tables as JSON. Compared are paths and methods, who may,
fields and parameters with their kinds, limits and words, and the codes of
problems; and every code that src/ fails with has to be one of these.
"""
import json
import pathlib
import re
import subprocess
import sys

import yaml

METHODS = ("get", "post", "put", "patch", "delete")
MEMBER = {"401", "403", "404"}
ANSWERS = {"public": {"400"}, "anybody": {"400"}, "signed_in": {"400", "401"}, "operator": {"400", "401", "403"}}
# A code in a fault that no request can meet: the command line's and the settings'.
NOT_HTTP = re.compile(r"(edge/cli|edge/coap|edge/outgoing|main)/|base/setting|service/core/store_secret|store/sqlite/store_lock")
FAILURE = re.compile(r'\bfail\(\s*[^;]*?STATUS_\w+,\s*"([a-z0-9_]+)"', re.S)


class Contract:
    def __init__(self, path):
        self.root = yaml.safe_load(path.read_text())

    def resolve(self, node):
        """The node, with what it refers to; what stands beside a reference wins."""
        if "$ref" not in node:
            return node
        found = self.root
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return {**self.resolve(found), **{key: value for key, value in node.items() if key != "$ref"}}

    def operations(self):
        for path, item in self.root["paths"].items():
            base = item.get("servers", self.root["servers"])[0]["url"].rstrip("/")
            for method in METHODS:
                if method in item:
                    shared = item.get("parameters", [])
                    yield (method.upper(), base + path), Operation(self, item[method], shared)


class Operation:
    def __init__(self, contract, node, shared):
        self.contract, self.node = contract, node
        self.parameters = [contract.resolve(p) for p in shared + node.get("parameters", [])]

    def body(self):
        content = self.node.get("requestBody", {}).get("content", {})
        return self.contract.resolve(content["application/json"]["schema"]) if content else None

    def body_fields(self):
        schema = self.body() or {}
        return {name: (field, name in schema.get("required", []))
                for name, field in schema.get("properties", {}).items()}

    def query_fields(self):
        return {p["name"]: (p["schema"], p.get("required", False)) for p in self.parameters if p["in"] == "query"}

    def names(self, where):
        return {p["name"] for p in self.parameters if p["in"] == where}


def wanted_schema(field, source):
    """What the contract has to say of a field of the program."""
    kind, least, most = field["kind"], field["least"], field["most"]
    if kind == "text":
        return {"type": "string", "minLength": least, "maxLength": most}
    if kind == "word":
        return {"type": "string", "enum": sorted(field["words"])}
    if kind == "texts":
        return {"type": "array", "maxItems": field["most_items"],
                **({"minItems": field["least_items"]} if field["least_items"] else {}),
                "items": {"type": "string", "minLength": least, "maxLength": most}}
    if kind == "objects":
        return {"type": "array", "maxItems": field["most_items"]}
    if kind == "object":
        return {"type": "object", "additionalProperties": False}
    if kind == "int64":
        return {"type": "integer", "format": "int64", "minimum": least, "maximum": most}
    if kind == "real":
        return {"type": "number", "minimum": least, "maximum": most}
    if kind == "duration":
        return {"type": "string", "x-least-seconds": least, "x-most-seconds": most}
    return {"bool": {"type": "boolean"}, "time": {"type": "string", "format": "date-time"},
            "date": {"type": "string", "format": "date"}, "id": source["Id"]}[kind]


def field_faults(where, contract, program, said):
    ids = {"Id": contract.resolve({"$ref": "#/components/schemas/Id"})}
    for name in sorted(set(said) - {field["name"] for field in program}):
        yield f"{where}: {name} is in the contract, but not read"
    for field in program:
        name = field["name"]
        if name not in said:
            yield f"{where}: {name} is read, but not in the contract"
            continue
        schema, required = contract.resolve(said[name][0]), said[name][1]
        schema = {**schema, "enum": sorted(schema["enum"])} if "enum" in schema else schema
        for key, value in wanted_schema(field, ids).items():
            if key != "description" and schema.get(key) != value:
                yield f"{where}: {name}: {key} is {value!r} in the program, {schema.get(key)!r} in the contract"
        if required != field["required"]:
            yield f"{where}: {name}: required is {field['required']} in the program"
        if field["kind"] == "objects":
            schema = contract.resolve(schema["items"])
            if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
                yield f"{where}: {name}: its items have to be objects without additionalProperties"
        inner = {key: (value, key in schema.get("required", [])) for key, value in schema.get("properties", {}).items()}
        yield from field_faults(f"{where}: {name}", contract, field["fields"], inner)


def route_faults(route, operation, contract):
    where = f"{route['method']} {route['path']}"
    access = route["access"] + (":" + route["permission"] if route["permission"] else "")
    if operation.node.get("x-access") != access:
        yield f"{where}: x-access has to be {access}"
    if (operation.node.get("security") == []) != (access == "public"):
        yield f"{where}: security does not fit its access"
    missing = (ANSWERS.get(access, MEMBER | {"400"})) - set(operation.node["responses"])
    if missing:
        yield f"{where}: the answers {sorted(missing)} are not described"
    if operation.names("path") != set(re.findall(r"\{(\w+)\}", route["path"])):
        yield f"{where}: the parameters of the path are not those of the address"
    keyed = route["writes"] and access not in ("public", "anybody")
    if ("Idempotency-Key" in operation.names("header")) != keyed:
        yield f"{where}: Idempotency-Key has to be {'there' if keyed else 'left out'}"
    body = operation.body() if not route["reads_body"] else None
    if body and (body.get("type") != "object" or body.get("additionalProperties") is not False):
        yield f"{where}: the body has to be an object without additionalProperties"
    needed = route["reads_body"] or any(field["required"] for field in route["body"])
    if operation.node.get("requestBody", {}).get("required", False) != needed:
        yield f"{where}: requestBody.required has to be {needed}"
    dry_run = {"name": "dry_run", "kind": "bool", "required": False, "least": 0, "most": 0, "words": [],
               "fields": []}
    query = route["query"] + ([dry_run] if route["dry_run"] else [])
    if not route["reads_body"]:
        yield from field_faults(where, contract, route["body"], operation.body_fields())
    yield from field_faults(where, contract, query, operation.query_fields())


def code_faults(root, contract, codes):
    said = contract.root["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    for code in sorted(set(codes) ^ set(said)):
        yield f"the code {code} stands in only one of problem_codes.c and openapi.yaml"
    for file in sorted((root / "src").rglob("*.c")):
        path = file.relative_to(root / "src").as_posix()
        if NOT_HTTP.match(path):
            continue
        for code in FAILURE.findall(file.read_text()):
            if code not in codes:
                yield f"src/{path}: the code {code} is not in src/edge/http/problem_codes.c"


def faults(tables, root):
    contract = Contract(root / "api/openapi.yaml")
    operations = dict(contract.operations())
    routes = {(route["method"], route["path"]): route for route in tables["routes"]}
    for method, path in sorted(set(routes) ^ set(operations)):
        yield f"{method} {path} stands in only one of the program and the contract"
    for key in sorted(set(routes) & set(operations)):
        yield from route_faults(routes[key], operations[key], contract)
    yield from code_faults(root, contract, tables["codes"])


if __name__ == "__main__":
    dump = json.loads(subprocess.run([sys.argv[1]], capture_output=True, check=True).stdout)
    found = list(faults(dump, pathlib.Path(sys.argv[2])))
    print("\n".join(found) or f"{len(dump['routes'])} routes agree with the contract")
    sys.exit(bool(found))
