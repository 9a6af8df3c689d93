#!/usr/bin/env bash
# Step 1 of the action: brings grantshift to the runner and says where it is, in the output `binary`.
#
# A release is run only if its SHA-256 stands in checksums.txt beside this file. Works with bash 3.2, which macOS has.
set -euo pipefail

# Where releases are; tests name another place.
release_base=${GRANTSHIFT_RELEASE_BASE:-https://github.com/grantshift/grantshift/releases/download}

fail() {
  printf '::error title=grantshift::%s\n' "$1"
  exit 1
}

# The bash of Windows and the programs of Windows agree only on paths such as D:/a/_temp.
native() {
  if command -v cygpath >/dev/null 2>&1; then cygpath -m "$1"; else printf '%s\n' "$1"; fi
}

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

target() {
  case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
    Linux-X64) printf 'x86_64-unknown-linux-musl\n' ;;
    Linux-ARM64) printf 'aarch64-unknown-linux-musl\n' ;;
    macOS-X64) printf 'x86_64-apple-darwin\n' ;;
    macOS-ARM64) printf 'aarch64-apple-darwin\n' ;;
    Windows-X64) printf 'x86_64-pc-windows-msvc\n' ;;
    *) return 1 ;;
  esac
}

# Puts the release into the folder $1.
download() {
  local folder=$1 version=${INPUT_VERSION#v} archive platform wanted found
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "the input version is neither a release, such as 0.1.0, nor 'installed'"
  platform=$(target) || fail "there is no release for ${RUNNER_OS:-this system} on ${RUNNER_ARCH:-this processor}: leave the input version empty to build it"
  archive=grantshift-$version-$platform.tar.gz
  wanted=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$GITHUB_ACTION_PATH/action/checksums.txt")
  [[ $wanted =~ ^[0-9a-f]{64}$ ]] || fail "this version of the action has no checksum of $archive: use the version of the action that came with the release"
  local protocols='=https'
  [[ $release_base == https://* ]] || protocols='=https,http,file'
  curl --fail --silent --show-error --location --retry 3 --proto "$protocols" --output "$folder/$archive" \
    "$release_base/v$version/$archive" || fail "$archive cannot be downloaded"
  found=$(sha256 "$folder/$archive")
  [[ $found == "$wanted" ]] || fail "$archive has the SHA-256 $found, not $wanted: it is not run"
  mkdir "$folder/bin"
  tar -xzf - -C "$folder/bin" <"$folder/$archive"
}

# Builds the version that the workflow has asked for with `uses:` into the folder $1.
build() {
  command -v cargo >/dev/null 2>&1 || fail "cargo is needed to build grantshift: install Rust in a step before, or set the input version"
  CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$1/target} \
    cargo install --locked --path "$(native "$GITHUB_ACTION_PATH")" --root "$1" --bin grantshift || fail "grantshift cannot be built"
}

if [[ ${INPUT_VERSION:-} == installed ]]; then
  binary=$(command -v grantshift) || fail "no grantshift is on the PATH: install it in a step before"
else
  folder=$(mktemp -d "$(native "$RUNNER_TEMP")/grantshift.XXXXXX")
  if [[ -n ${INPUT_VERSION:-} ]]; then download "$folder"; else build "$folder"; fi
  binary=$folder/bin/grantshift
  [[ -x $binary ]] || binary=$binary.exe
  [[ -x $binary ]] || fail "there is no program in what was installed"
fi
"$binary" --version || fail "$binary does not run here"
printf 'binary=%s\n' "$binary" >>"$GITHUB_OUTPUT"
