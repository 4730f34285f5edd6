# Sourced by run.sh and test.sh: the Debian and Ubuntu packages that InferLab is built from, and installing
# those that are missing. Names hold on Debian 12 and Ubuntu 24.04; NAME|OTHER is one thing that releases call
# by different names.

inferlab_build_packages=(
  cmake ninja-build g++ pkg-config ccache
  nlohmann-json3-dev libcli11-dev libsentencepiece-dev libutf8proc-dev libssl-dev
  qt6-base-dev "qt6-svg-dev|libqt6svg6-dev" libqt6sql6-sqlite
  fonts-open-sans
  python3-pip ca-certificates
)
inferlab_test_packages=(doctest-dev clang-format-14)

# is_installed NAME[|OTHER]
is_installed() {
  local name
  for name in ${1//|/ }; do
    dpkg-query -W -f='${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed && return 0
  done
  return 1
}

# missing_packages NAME...: prints those that dpkg does not have installed.
missing_packages() {
  local name
  for name in "$@"; do
    is_installed "$name" || printf '%s\n' "$name"
  done
}

# this_release NAME[|OTHER]: the name under which this release's apt knows it.
this_release() {
  local name
  for name in ${1//|/ }; do
    if [ -n "$(apt-cache show "$name" 2>/dev/null)" ]; then
      printf '%s\n' "$name"
      return
    fi
  done
  printf '%s\n' "${1%%|*}" # apt says that it is missing
}

# install_packages NAME...: installs what is missing, as root or through sudo; one clear line when it cannot.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "inferlab: these packages are missing, and there is neither root nor sudo to install them: ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "inferlab: installing ${missing[*]}" >&2
  local log name names=()
  log=$(mktemp)
  if "${as_root[@]}" apt-get update -qq >"$log" 2>&1; then
    for name in "${missing[@]}"; do
      names+=("$(this_release "$name")")
    done
    if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
         apt-get install -y -qq --no-install-recommends "${names[@]}" >"$log" 2>&1; then
      rm -f "$log"
      return 0
    fi
  fi
  tail -n 5 "$log" >&2
  rm -f "$log"
  echo "inferlab: apt-get could not install: ${missing[*]} (offline?)" >&2
  return 1
}
