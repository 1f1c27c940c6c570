#!/usr/bin/env bash
# Checks one source: clang_tidy.sh REPORT SOURCE FLAGS… The report stays empty where nothing was found.
set -uo pipefail

report=$1 source=$2
shift 2
if ! clang-tidy --quiet "$source" -- "$@" >"$report.out" 2>&1; then
  cat "$report.out"
  exit 1
fi
: >"$report"
