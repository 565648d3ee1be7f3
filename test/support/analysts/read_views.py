"""read_views.py HOST PORT: what a notebook asks. A line each: what it is, and values between tabs."""

import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError

host, port = sys.argv[1:]


def show(*values):
    print(*values, sep="\t")


client = clickhouse_connect.get_client(host=host, port=int(port), database="forbruk")
show("ping", client.ping())
for name, *_ in client.query("SHOW TABLES LIKE 'usage\\_%'").result_rows:
    show("view", name)
for name, _, _, _, comment, *_ in client.query("DESCRIBE usage_monthly").result_rows:
    show("column", name, comment)
top = client.query(
    "SELECT client_id, sum(requests) AS total, sum(bytes) FROM usage_monthly WHERE month = {month:String}"
    " GROUP BY client_id ORDER BY total DESC LIMIT 2",
    parameters={"month": "2026-10"},
    settings={"max_execution_time": 20},
)
for row in top.result_rows:
    show("top", *row)
# Through blocks as they arrive, and with a session of its own.
with client.query_row_block_stream("SELECT day, sum(requests) FROM usage_daily GROUP BY day ORDER BY day") as blocks:
    days = [row for block in blocks for row in block]
show("days", len(days), days[0][0].isoformat(), sum(requests for _, requests in days))
try:
    client.command("CREATE TABLE mine (a UInt8) ENGINE = Memory")
    show("written")
except DatabaseError as refused:
    show("refused", "READONLY" in str(refused))
