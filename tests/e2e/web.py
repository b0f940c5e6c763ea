"""A small HTTP client that keeps its cookie, as a browser would."""
import http.client
import json
import urllib.parse

import contract


class Answer:
    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The stable word of a problem."""
        return self.json["code"]

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Client:
    source = None  # an address of this machine to connect from, such as 127.0.2.1

    def __init__(self, address, source=None):
        self.address, self.cookie, self.source = address, None, source

    def request(self, method, path, body=None, headers=None):
        """`body`: text or bytes as they are, anything else as JSON."""
        sent = {"Accept": "application/json"} | ({"Cookie": self.cookie} if self.cookie else {})
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(*self.address, timeout=15,
                                                source_address=(self.source, 0) if self.source else None)
        try:
            connection.request(method, path, body, sent | (headers or {}))
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        contract.check(method, path, answer)
        if "Set-Cookie" in answer.headers:
            kept = dict(part.split("=", 1) for part in (self.cookie or "").split("; ") if part)
            kept |= dict(set_.split(";")[0].split("=", 1) for set_ in answer.headers.get_all("Set-Cookie"))
            self.cookie = "; ".join(f"{name}={value}" for name, value in kept.items())
        return answer

    def get(self, path, headers=None, **query):
        query = {k.rstrip("_"): v for k, v in query.items()}
        return self.request("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""), headers=headers)

    def post(self, path, body=None, headers=None):
        return self.request("POST", path, body, headers)

    def put(self, path, body=None, headers=None):
        return self.request("PUT", path, body, headers)

    def patch(self, path, body=None, headers=None):
        return self.request("PATCH", path, body, headers)

    def delete(self, path, headers=None):
        return self.request("DELETE", path, headers=headers)

    def sign_in(self, email, password):
        return self.post("/api/v1/session", {"email": email, "password": password})
