"""A producer of one's own: produce.py BROKERS TOPIC CODEC FILE. A line has partition, key and value between tabs."""

import sys

from confluent_kafka import Producer

brokers, topic, codec, path = sys.argv[1:]
failures = []


def delivered(error, _message):
    if error is not None:
        failures.append(error)


producer = Producer(
    {"bootstrap.servers": brokers, "compression.type": codec, "enable.idempotence": True}
)
with open(path, encoding="utf-8") as lines:
    for line in lines:
        partition, key, value = line.rstrip("\n").split("\t", 2)
        place = {} if partition == "-" else {"partition": int(partition)}
        producer.produce(
            topic, value, key=None if key == "-" else key, on_delivery=delivered, **place
        )
        producer.poll(0)
left = producer.flush(30)
if failures or left:
    sys.exit(f"{left} records were not sent in 30 s; refused: {failures[:3]}")
