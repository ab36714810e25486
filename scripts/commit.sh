# shellcheck shell=bash
# Sourced by scripts that build what is installed.

# The commit of this folder, with "-dirty" if tracked files are changed; nothing outside git, as in a source
# archive. TRAINER_COMMIT, if it is set, wins.
current_commit() {
  if [[ -n ${TRAINER_COMMIT-} ]]; then
    echo "$TRAINER_COMMIT"
  elif [[ -e .git ]] && command -v git >/dev/null; then
    git describe --always --abbrev=12 --dirty --exclude='*'
  fi
}
