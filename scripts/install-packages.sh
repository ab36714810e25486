# shellcheck shell=bash
# Sourced by the other scripts in this folder: installs missing packages, and checks for Swift.

# Exit codes of sysexits.h.
readonly EX_UNAVAILABLE=69

# Whether a package is installed, according to dpkg or, without dpkg, to its files.
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
    libzip-dev)
      [[ -e /usr/include/zip.h ]]
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

# What the build and the tests need.
# shellcheck disable=SC2034 # read by the scripts that source this one
readonly BUILD_PACKAGES=(
  libopenblas-dev libpng-dev libprotobuf-c-dev libssl-dev libyaml-dev libzip-dev zlib1g-dev
  dataset-fashion-mnist
)

# Installs the given packages that are missing, without asking.
install_packages() {
  local package missing=() as_root=()
  for package in "$@"; do
    has_package "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  if ! command -v apt-get >/dev/null; then
    echo "error: missing: ${missing[*]}. This system has no apt-get: install the packages under the names" \
      "that they have on this system." >&2
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
  # The package index is updated only if the installation fails without an update.
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

# Exits with an error if Swift is not installed.
require_swift() {
  if ! command -v swift >/dev/null; then
    echo "error: no swift in PATH. Swift 6.2 or later is needed: https://www.swift.org/install/linux" >&2
    exit "$EX_UNAVAILABLE"
  fi
}
