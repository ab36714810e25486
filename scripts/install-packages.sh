# shellcheck shell=bash
# Sourced by the scripts beside it: makes sure that Swift and the system's packages are there.

# Exit codes of sysexits.h.
readonly EX_UNAVAILABLE=69

# Whether a package is installed, by Debian's records or, where there are none, by its files.
has_package() {
  if command -v dpkg-query >/dev/null; then
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]] && return
  fi
  case $1 in
    libopenblas-dev)
      compgen -G '/usr/include/*openblas*/cblas.h' >/dev/null ||
        compgen -G '/usr/include/*/*openblas*/cblas.h' >/dev/null ||
        { command -v pkg-config >/dev/null && pkg-config --exists openblas; }
      ;;
    zlib1g-dev)
      [[ -e /usr/include/zlib.h ]]
      ;;
    libssl-dev)
      [[ -e /usr/include/openssl/evp.h ]]
      ;;
    libprotobuf-c-dev)
      [[ -e /usr/include/protobuf-c/protobuf-c.h ]]
      ;;
    libyaml-dev)
      [[ -e /usr/include/yaml.h ]]
      ;;
    libpng-dev)
      [[ -e /usr/include/png.h ]]
      ;;
    libopenmpi-dev)
      command -v pkg-config >/dev/null && pkg-config --exists ompi-c
      ;;
    openmpi-bin)
      command -v mpirun >/dev/null
      ;;
    python3)
      command -v python3 >/dev/null
      ;;
    dataset-fashion-mnist)
      [[ -e /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz ]]
      ;;
    *)
      return 1
      ;;
  esac
}

# Installs those of the packages named that are missing; asks nothing.
install_packages() {
  local package missing=() as_root=()
  for package in "$@"; do
    has_package "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  if ! command -v apt-get >/dev/null; then
    echo "error: missing: ${missing[*]}. There is no apt-get here: install them by the names that" \
      "this system has for them." >&2
    exit "$EX_UNAVAILABLE"
  fi
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "error: missing: ${missing[*]}. As root run: apt-get install ${missing[*]}" >&2
      exit "$EX_UNAVAILABLE"
    fi
    as_root=(sudo)
  fi

  echo "Installing ${missing[*]}" >&2
  # A package index that is not there, or too old, is fetched; one that serves is left alone.
  apt_install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install --yes --no-install-recommends "${missing[@]}" >&2
  }
  if ! apt_install 2>/dev/null; then
    "${as_root[@]}" apt-get update >&2 || true
    if ! apt_install; then
      echo "error: apt-get could not install ${missing[*]}" >&2
      exit "$EX_UNAVAILABLE"
    fi
  fi
}

# Stops where there is no Swift to build with.
require_swift() {
  if ! command -v swift >/dev/null; then
    echo "error: no swift in PATH. Swift 6.2 or later is needed: https://www.swift.org/install/linux" >&2
    exit "$EX_UNAVAILABLE"
  fi
}
