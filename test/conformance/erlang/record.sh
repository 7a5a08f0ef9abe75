#!/bin/sh
# Writes down what real Erlang does, item by item: sh record.sh [module...]. Needs erl and erlc.
set -eu
cd "$(dirname "$0")"
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
erlc -o "$built" ./*.erl
[ $# -gt 0 ] || set -- $(ls ./*.erl | sed 's|^\./||; s|\.erl$||' | grep -v -e '^observe$' -e "^record$" -e "^overseer$" -e "^worker$" -e "^gated$" -e "^servers_2_")
erl -noshell -pa "$built" -run record main ../recorded "$@"
# What is Elixir's is recorded by programs in Elixir, where that is installed.
if command -v elixir >/dev/null; then for program in ./*.exs; do elixir -pa "$built" "$program"; done; fi
