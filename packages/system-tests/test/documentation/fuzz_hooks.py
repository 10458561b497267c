"""What Schemathesis has to be told of the service: rules that no schema can hold.

Used by fuzz.e2e.test.ts. https://schemathesis.readthedocs.io/en/stable/reference/hooks/
"""

import json
import random
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import urlencode

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET

@schemathesis.serializer("application/x-ndjson")
def _to_lines(context, value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    items = value if isinstance(value, list) else [value]
    return "".join(f"{json.dumps(item)}\n" for item in items).encode()


# Node takes 16 KiB of a request before its body; more is 431 whatever is asked, and the rest of the head needs room too.
_MOST_OF_QUERY = 12_000


@schemathesis.hook
def filter_case(context, case):
    if len(urlencode(case.query or {}, doseq=True)) > _MOST_OF_QUERY:
        return False
    return case.meta is None or case.meta.generation.mode == GenerationMode.POSITIVE or not _is_binary_event(case)


# The ids of the keys that the service has made, and that were not revoked. Only the service makes ids.
_key_ids = []

# The ids of erasures, with the headers of their project.
_erasures = []

# The ids of stored activities, with the headers of their project.
_stored = []


@schemathesis.hook
def after_call(context, case, response):
    if case.operation.path == "/api/keys" and response.status_code == 201:
        _key_ids.append(response.json()["id"])
    project = {name: value for name, value in (case.headers or {}).items() if name.lower() == "x-project"}
    if case.operation.path == "/api/users/{userId}/logs" and response.status_code == 202:
        _erasures.append((response.json()["id"], project))
    if case.operation.path == "/api/logs" and case.method == "POST" and response.status_code in (200, 201):
        _stored.append((response.json()["id"], project))


def _take(case, id, project):
    """Makes the case ask for an id, in its project."""
    case.path_parameters["id"] = id
    for name in [name for name in case.headers or {} if name.lower() == "x-project"]:
        del case.headers[name]
    case.headers.update(project)


# At last, as in a sequence of requests values from answers come in after all other hooks.
@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    if case.operation.path.startswith("/api/keys/{id}") and _key_ids:
        case.path_parameters["id"] = _key_ids.pop() if case.method == "DELETE" else _key_ids[-1]
    if case.operation.path == "/api/erasures/{id}" and _erasures:
        _take(case, *_erasures[-1])
    # The others ask for ids that are not stored, mostly.
    if case.operation.path == "/api/logs/{id}" and _stored and len(case.path_parameters["id"]) % 2 == 0:
        _take(case, *_stored[-1])
    # The list of projects has those of the service, which nobody may change.
    if case.operation.path == "/api/projects/{id}" and case.path_parameters["id"].startswith("_"):
        case.path_parameters["id"] = "shop"
    query = case.query or {}
    # A page would wait for half a minute, as there is nothing new.
    if "wait" in query:
        query["wait"] = min(int(query["wait"]), 1)
    # Only the service makes cursors.
    query.pop("cursor", None)
    # Together with a position, times must be absolute.
    if "after" in query:
        query["after"] = "2026-01-01T00:00:00Z~0197a1c2"
        query.update({name: "2026-01-01" for name in ("from", "to") if name in query})
    for name in ("from", "to"):
        if name in query and _moment(query[name]) is None:
            query[name] = _some_time(query[name])
    if "from" in query and "to" in query:
        query["from"], query["to"] = sorted((query["from"], query["to"]), key=_moment)
    # Of an object whose members are parameters it takes any name.
    known = {parameter["name"] for parameter in case.operation.definition.raw.get("parameters", ()) if "name" in parameter}
    for name in [name for name in query if name not in known and not name.startswith("metadata.")]:
        del query[name]
    # They bind nothing that an index serves.
    if any(name.startswith("metadata") for name in query) and not query.get("userId") and "from" not in query:
        query["userId"] = ["123"]
    if case.operation.path == "/api/logs/stats":
        _make_zone_known(query)
    # The schema of lines is any text.
    if case.media_type == "application/x-ndjson" and isinstance(case.body, str):
        case.body = [{"userId": "123", "type": "LOGIN", "metadata": {"text": case.body}}]
    # What is required of an event stands in its headers where its body is its data.
    if _is_binary_event(case):
        case.headers.update(_EVENT)
    # It is the id when the body has none.
    if isinstance(case.body, dict) and "id" in case.body and case.headers:
        case.headers.pop("Idempotency-Key", None)
    # What is assigned to is judged again, also a body that is left out: it would count as bad.
    if isinstance(case.body, (dict, list)):
        case.body = _sound(case.body)
    # Answers about keys have times in the future, and a key must not end in the past.
    for item in case.body if isinstance(case.body, list) else [case.body]:
        if isinstance(item, dict):
            item.update({name: "2026-01-01T00:00:00Z" for name in ("createdAt", "time") if _is_future(item.get(name))})
            if item.get("expiresAt") is not None:
                item["expiresAt"] = "2999-01-01T00:00:00Z"
    if isinstance(case.body, dict):
        _make_harmless(case.body)
    # The document leaves extensions open; CloudEvents has types for attributes.
    if case.operation.path == "/api/events" and not _is_binary_event(case):
        case.body = [_without_extensions(event) for event in case.body] if isinstance(case.body, list) else _without_extensions(case.body)


def _make_harmless(body):
    """A key with origins may only write, into one project. Small limits would refuse the requests that follow."""
    if body.get("origins"):
        # No pattern tells the default port of each scheme.
        body.update({"origins": ["https://shop.example"], "scopes": ["write"]})
        if body.get("project") == "*":
            body["project"] = "shop"
    if isinstance(body.get("limits"), dict):
        body["limits"] = {name: limit and max(limit, 10**9) for name, limit in body["limits"].items()}


def _make_zone_known(query):
    """A zone goes with units of time. Most that look like a zone's name are none."""
    if query.get("by") in ("type", "userId"):
        query.pop("timezone", None)
    elif "timezone" in query:
        query["timezone"] = "Europe/Berlin"


def _is_binary_event(case):
    """Whether the body is the data of an event: any at all, or none."""
    structured = case.body is not NOT_SET and case.media_type.startswith("application/cloudevents")
    return case.operation.path == "/api/events" and not structured


# CloudEvents in binary mode: what has to be in headers, which other kinds of body do without.
_EVENT = {
    "ce-specversion": "1.0",
    "ce-id": "A234-1234-1234",
    "ce-source": "https://shop.example/sessions",
    "ce-type": "com.example.login",
    "ce-subject": "123",
    "ce-time": "2026-11-24T08:30:00Z",
    "ce-dataschema": "https://shop.example/schemas/login.json",
}


def _sound(value):
    """Without the keys that metadata may not have at any depth, and the integers that no double writes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if _fits_double(value) else value % 2**53
    if isinstance(value, list):
        return [_sound(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _sound(member)
        for key, member in value.items()
        if key not in ("__proto__", "constructor") and "\0" not in key
    }


def _fits_double(integer):
    try:
        return Decimal(repr(float(integer))) == Decimal(integer)
    except OverflowError:
        return False


_ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data", "data_base64")


def _without_extensions(event):
    if not isinstance(event, dict):
        return event
    return {key: value for key, value in event.items() if key in _ATTRIBUTES or _is_extension(value)}


def _is_extension(value):
    if isinstance(value, str):
        return len(value) < 256 and value.isprintable()
    return isinstance(value, bool) or value is None or (isinstance(value, int) and abs(value) < 2**31)


def _rfc3339(moment, offset, digits):
    fraction = f".{moment.microsecond:06d}"[: digits + 1] if digits > 0 else ""
    zone = "Z" if offset == 0 else f"{'+' if offset > 0 else '-'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}{zone}"


# The schema of `from` and `to` is any text, as these take several forms.
_RELATIVE = re.compile(r"-([0-9]{1,5})([smhdw])")
_ABSOLUTE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d))?", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _moment(text):
    """The moment that the time of a query means, or None if it may be no time."""
    now = datetime.now(timezone.utc)
    if text == "now":
        return now
    if match := _RELATIVE.fullmatch(text):
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    if not _ABSOLUTE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _is_future(value):
    moment = _moment(value) if isinstance(value, str) else None
    return moment is not None and moment > datetime.now(timezone.utc)


def _some_time(text):
    """A time of a query instead of a text that is none: always the same one for the same text."""
    chosen = random.Random(str(text))
    moment = datetime(1000, 1, 1) + timedelta(minutes=chosen.randrange(500_000_000))
    return chosen.choice(
        (
            "now",
            f"-{chosen.randrange(50_000)}{chosen.choice('smhdw')}",
            f"{moment:%Y-%m-%d}",
            _rfc3339(moment, chosen.randrange(-840, 840), chosen.randrange(7)),
        )
    )


# Nothing happened in the future.
schemathesis.openapi.format(
    "date-time",
    st.builds(
        _rfc3339,
        st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(2026, 1, 1)),
        st.integers(min_value=-14 * 60, max_value=14 * 60),
        st.integers(min_value=0, max_value=6),
    ),
)
