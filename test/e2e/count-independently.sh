#!/bin/sh
# Counts NGINX JSON access logs without any of the project's code: gzip and awk alone.
# Prints client, integration, hour (UTC, seconds), status class, requests, request bytes, response bytes.
gzip -dc "$@" | LC_ALL=C awk -F'"' '
  $8 != "" {
    hour = int($4 / 3600) * 3600
    key = $8 "\t" $12 "\t" hour "\t" substr($24, 1, 1)
    split($27, request, /[:,]/)
    split($29, response, /[:,]/)
    requests[key] += 1
    request_bytes[key] += request[2]
    response_bytes[key] += response[2]
  }
  END {
    for (key in requests) printf "%s\t%d\t%.0f\t%.0f\n", key, requests[key], request_bytes[key], response_bytes[key]
  }
' | LC_ALL=C sort
