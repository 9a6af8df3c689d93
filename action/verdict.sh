#!/usr/bin/env bash
# The last step of the action: ends with the exit code of the scan. No code is no success.
set -euo pipefail

code=${EXIT_CODE:-}
if ! [[ $code =~ ^(0|[1-9][0-9]{0,2})$ ]] || [[ $code -gt 255 ]]; then
  printf '::error title=grantshift::the scan did not run to its end, so it is not known whether there are findings\n'
  exit 1
fi
case $code in
  0) ;;
  1) printf 'grantshift: findings at or above the gate\n' ;;
  2) printf '::error title=grantshift::exit code 2: a wrong input, configuration or baseline, or a path that does not exist; nothing was checked\n' ;;
  3) printf '::error title=grantshift::exit code 3: something that could have mattered was not read whole\n' ;;
  4) printf '::error title=grantshift::exit code 4: no file of a kind that any rule reads was seen; check the input paths\n' ;;
  *) printf '::error title=grantshift::exit code %d: the scan was ended from outside, or has failed\n' "$code" ;;
esac
exit "$code"
