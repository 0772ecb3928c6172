#!/bin/sh
# Start nginx with the address of the API, the resolver of this network and the proxies before us filled in.
set -eu
conf=/tmp/nginx.conf
resolver=$(awk '$1 == "nameserver" { print ($2 ~ /:/ ? "[" $2 "]" : $2); exit }' /etc/resolv.conf)
trusted=
for network in ${SDP_TRUSTED_PROXIES:-}; do trusted="${trusted}set_real_ip_from ${network}; "; done
sed -e "s|@TRUSTED@|${trusted}|g" -e "s|@UPSTREAM@|${SDP_API_UPSTREAM}|g" -e "s|@RESOLVER@|${resolver:-127.0.0.11}|g" /etc/sdp/nginx.conf >"$conf"
exec nginx -c "$conf" -e /dev/stderr -g 'daemon off;'
