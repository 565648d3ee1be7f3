#!/usr/bin/env bash
# Installs the shippers that Debian has, for their tests. rsyslog and syslog-ng exclude each other as packages, so that
# syslog-ng is unpacked into a folder of its own: put .cache/syslog-ng/bin first on the path.
set -euo pipefail
cd "$(dirname "$0")/../../.."

missing=()
for package in rsyslogd:rsyslog nginx:nginx-light kcat:kcat; do
  PATH="$PATH:/usr/sbin" command -v "${package%%:*}" >/dev/null || missing+=("${package##*:}")
done
[ -e /usr/lib/x86_64-linux-gnu/rsyslog/omkafka.so ] || missing+=(rsyslog-kafka)

folder="$PWD/.cache/syslog-ng"
if [ -x "$folder/bin/syslog-ng" ] && [ ${#missing[@]} -eq 0 ]; then exit 0; fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
libraries=(librdkafka1 libivykis0 libnet1 libpcre3 libwrap0 libjson-c5)
apt-get install -y -qq --no-install-recommends "${missing[@]}" "${libraries[@]}"

mkdir -p "$folder/bin"
cd "$folder"
apt-get download -qq syslog-ng-core syslog-ng-mod-rdkafka
for archive in *.deb; do dpkg -x "$archive" .; done
modules=$(echo "$folder"/usr/lib/syslog-ng/[0-9]*)
cat >bin/syslog-ng <<END
#!/bin/sh
LD_LIBRARY_PATH=$folder/usr/lib/syslog-ng exec $folder/usr/sbin/syslog-ng --module-path=$modules "\$@"
END
chmod +x bin/syslog-ng
