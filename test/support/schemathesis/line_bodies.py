"""Lines of JSON, which Schemathesis doesn't know how to send."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def serialize_lines(_context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
