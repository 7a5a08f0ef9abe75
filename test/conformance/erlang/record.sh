#!/bin/sh
# Writes down what real Erlang does, item by item: sh record.sh [module...]. Needs erl and erlc; what is written in Elixir is run where elixir is.
set -eu
cd "$(dirname "$0")"
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
erlc -o "$built" ./*.erl
[ $# -gt 0 ] || set -- $(ls ./*.erl ./*.exs | sed 's|^\./||; s|\.erl$||; s|\.exs$||' | grep -v -e '^observe$' -e "^record$" -e "^overseer$" -e "^worker$")
for module; do
  if [ -f "$module.erl" ]; then erl -noshell -pa "$built" -run record main ../recorded "$module"
  elif command -v elixir >/dev/null; then elixir -pa "$built" "$module.exs"
  else echo "$module: no elixir here, what was recorded stays"
  fi
done
