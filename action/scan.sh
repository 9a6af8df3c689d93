#!/usr/bin/env bash
# Step 2 of the action: one scan, with all reports. Its exit code becomes the output `exit-code`, for verdict.sh: the reports of a scan
# that has found something are to be uploaded first. Whatever else goes wrong fails the step.
#
# Inputs come through the environment and are words of their own from there on. Works with bash 3.2, which macOS has.
set -euo pipefail

# A job summary may hold 1 MiB.
readonly summary_limit=1048576

fail() {
  printf '::error title=grantshift::%s\n' "$1"
  exit 1
}

output() {
  printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# The bash of Windows and the programs of Windows agree only on paths such as D:/a/_temp.
native() {
  if command -v cygpath >/dev/null 2>&1; then cygpath -m "$1"; else printf '%s\n' "$1"; fi
}
# And that bash does not rewrite arguments that look like paths.
export MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'

# Whether the input called $1 with the value $2 is true. No other word is taken for either.
is_true() {
  case $2 in
    true) return 0 ;;
    false) return 1 ;;
    *) fail "the input $1 is true or false" ;;
  esac
}

reports=$(mktemp -d "$(native "$RUNNER_TEMP")/grantshift-reports.XXXXXX")
sarif=$reports/grantshift.sarif
audit=$reports/grantshift.md
log=$reports/grantshift.jsonl

options=(--output "jsonl=$log")
if is_true annotations "$INPUT_ANNOTATIONS"; then options+=(--format github); else options+=(--format human); fi
if is_true sarif "$INPUT_SARIF"; then options+=(--output "sarif=$sarif"); fi
if is_true summary "$INPUT_SUMMARY"; then options+=(--output "markdown=$audit"); fi
if is_true allow-incomplete "$INPUT_ALLOW_INCOMPLETE"; then options+=(--allow-incomplete); fi
[[ -z $INPUT_FAIL_ON ]] || options+=("--fail-on=$INPUT_FAIL_ON")
[[ -z $INPUT_MIN_CONFIDENCE ]] || options+=("--min-confidence=$INPUT_MIN_CONFIDENCE")
[[ -z $INPUT_BASELINE ]] || options+=("--baseline=$INPUT_BASELINE")
[[ -z $INPUT_CATEGORY ]] || options+=("--category=$INPUT_CATEGORY")
[[ -z $INPUT_CONFIG ]] || options+=("--config=$INPUT_CONFIG")
case $INPUT_MODE in
  full)
    [[ -z $INPUT_CHANGED_SINCE ]] || fail "the input changed-since needs mode: changed"
    ;;
  changed)
    if [[ -n $INPUT_CHANGED_SINCE ]]; then
      options+=("--changed=$INPUT_CHANGED_SINCE")
    elif [[ -n ${GITHUB_BASE_REF:-} ]]; then
      options+=("--changed=origin/$GITHUB_BASE_REF")
    else
      options+=(--changed)
    fi
    ;;
  *) fail "the input mode is full or changed" ;;
esac
while IFS= read -r line; do
  line=${line%$'\r'}
  [[ -z $line ]] || options+=("$line")
done <<<"$INPUT_ARGS"

paths=()
while IFS= read -r line; do
  line=${line%$'\r'}
  # A dash alone would be standard input.
  [[ $line != - ]] || line=./-
  [[ -z $line ]] || paths+=("$line")
done <<<"$INPUT_PATHS"
[[ ${#paths[@]} -gt 0 ]] || fail "the input paths names nothing"

folder=$INPUT_WORKING_DIRECTORY
# Nor is it the folder before.
[[ $folder != - ]] || folder=./-
CDPATH='' cd -- "$folder" >/dev/null || fail "there is no folder of the name that the input working-directory has"
# The folder may belong to another user, as in a container.
root=$(git -c safe.directory='*' rev-parse --show-toplevel 2>/dev/null) || root=$(native "$PWD")

# Lines of a scanned file are no commands to the runner. Annotations are commands.
if [[ $INPUT_ANNOTATIONS != true ]]; then
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
fi
code=0
"$GRANTSHIFT" scan "${options[@]}" -- "${paths[@]}" </dev/null || code=$?
if [[ -n ${token:-} ]]; then printf '::%s::\n' "$token"; fi

# The last line of the log counts. Without it nothing was scanned, and that is no success.
counts=''
[[ ! -s $log ]] || counts=$(tail -n 1 "$log")
summary='^\{"type":"summary".*"findings":([0-9]+).*"suppressed":([0-9]+)'
if [[ $counts =~ $summary ]]; then
  output findings "${BASH_REMATCH[1]}"
  output suppressed "${BASH_REMATCH[2]}"
elif [[ $code == 0 ]]; then
  fail "grantshift ended with 0 and wrote no report"
fi
if [[ -s $sarif ]]; then
  output sarif-file "$sarif"
  output root "$root"
fi
if [[ -s $audit ]]; then
  output report-file "$audit"
  size=$(wc -c <"$audit")
  if [[ $size -le $summary_limit ]]; then
    cat "$audit" >>"$GITHUB_STEP_SUMMARY"
  else
    # shellcheck disable=SC2016 # the words in backquotes are Markdown
    printf '# grantshift\n\nThe audit has %d bytes, more than a job summary holds (%d). It is the file of the output `report-file`: upload it with `actions/upload-artifact`.\n' \
      "$size" "$summary_limit" >>"$GITHUB_STEP_SUMMARY"
  fi
fi
output exit-code "$code"
