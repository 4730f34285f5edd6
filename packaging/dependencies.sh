# Sourced by run.sh and test.sh: the Debian and Ubuntu packages that InferLab is built from, and installing
# those that are missing. Names hold on Debian 12 and Ubuntu 24.04.

inferlab_build_packages=(
  cmake ninja-build g++ pkg-config ccache
  nlohmann-json3-dev libcli11-dev libsentencepiece-dev libutf8proc-dev libssl-dev
  qt6-base-dev qt6-charts-dev libqt6svg6-dev libgl1-mesa-dev
  fonts-open-sans
  python3-pip ca-certificates
)
inferlab_test_packages=(doctest-dev clang-format unzip)

# missing_packages NAME...: prints those that dpkg does not have installed.
missing_packages() {
  local name
  for name in "$@"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || printf '%s\n' "$name"
  done
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
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update -qq &&
         "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    echo "inferlab: apt-get could not install: ${missing[*]} (offline?)" >&2
    return 1
  fi
  rm -f "$log"
}
