"""What Schemathesis has to be told of the service: rules that no schema can hold.

Used by fuzz.e2e.test.ts. https://schemathesis.readthedocs.io/en/stable/reference/hooks/
"""

import json
from datetime import datetime, timedelta
from urllib.parse import urlencode

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET

@schemathesis.serializer("application/x-ndjson")
def _to_lines(context, value):
    if isinstance(value, bytes):
        return value
    items = value if isinstance(value, list) else [value]
    return "".join(f"{json.dumps(item)}\n" for item in items).encode()


# Node takes 16 KiB of a request before its body; more is 431 whatever is asked, and the rest of the head needs room too.
_MOST_OF_QUERY = 12_000


@schemathesis.hook
def filter_case(context, case):
    if len(urlencode(case.query or {}, doseq=True)) > _MOST_OF_QUERY:
        return False
    return case.meta is None or case.meta.generation.mode == GenerationMode.POSITIVE or not _is_binary_event(case)


# At last, as in a sequence of requests values from answers come in after all other hooks.
@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    query = case.query or {}
    # Only the service makes cursors.
    query.pop("cursor", None)
    if "from" in query and "to" in query:
        query["from"], query["to"] = sorted((query["from"], query["to"]), key=datetime.fromisoformat)
    # Of an object whose members are parameters it takes any name.
    known = {parameter["name"] for parameter in case.operation.definition.raw.get("parameters", ()) if "name" in parameter}
    for name in [name for name in query if name not in known and not name.startswith("metadata.")]:
        del query[name]
    # They bind nothing that an index serves.
    if any(name.startswith("metadata") for name in query) and "userId" not in query and "from" not in query:
        query["userId"] = ["123"]
    if case.operation.path == "/api/logs/stats":
        _make_countable(query)
    # What is required of an event stands in its headers where its body is its data.
    if _is_binary_event(case):
        case.headers.update(_EVENT)
    # It is the id when the body has none.
    if isinstance(case.body, dict) and "id" in case.body and case.headers:
        case.headers.pop("Idempotency-Key", None)
    # What is assigned to is judged again, also a body that is left out: it would count as bad.
    if isinstance(case.body, (dict, list)):
        case.body = _with_sound_keys(case.body)


def _make_countable(query):
    """A zone goes with units of time, of which not too many are counted."""
    if query.get("by") in ("type", "userId"):
        query.pop("timezone", None)
        return
    # Most that look like a zone's name are none.
    if "timezone" in query:
        query["timezone"] = "Europe/Berlin"
    begin = datetime.fromisoformat(query.get("from", "2026-11-01T00:00:00+00:00"))
    query["from"], query["to"] = (moment.isoformat() for moment in (begin, begin + timedelta(days=9)))


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


def _with_sound_keys(value):
    """Without the keys that metadata may not have at any depth."""
    if isinstance(value, list):
        return [_with_sound_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _with_sound_keys(member)
        for key, member in value.items()
        if key not in ("__proto__", "constructor") and "\0" not in key
    }


def _rfc3339(moment, offset, digits):
    fraction = f".{moment.microsecond:06d}"[: digits + 1] if digits > 0 else ""
    zone = "Z" if offset == 0 else f"{'+' if offset > 0 else '-'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}{zone}"


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
