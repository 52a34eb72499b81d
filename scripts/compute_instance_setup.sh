#!/usr/bin/env bash
# Runs once as root when a compute instance is created; its arguments are the repositories to clone.
# A failure here would fail the creation of the instance, so what is only nice to have is said and skipped.
# The variables are those of how-to-customize-compute-instance: CI_LOCAL_UBUNTU_USER, CI_NAME, CI_WORKSPACE.
set -euo pipefail

user=${CI_LOCAL_UBUNTU_USER:-azureuser}
home=${CI_HOME:-/home/$user}
code=$home/cloudfiles/code # the file share of the workspace, with a folder below Users for everybody who works there

echo "tools"
export DEBIAN_FRONTEND=noninteractive
if ! { timeout 300 apt-get update -qq && timeout 300 apt-get install -y -qq --no-install-recommends git-lfs jq tmux; }; then
  echo "  not installed: is the package index reachable from here?"
fi

echo "repositories"
folder=$home/repos
if [ -d "$code/Users" ] && [ -n "${CI_NAME:-}" ]; then
  folder=$code/Users/$CI_NAME/repos # no variable names the owner, and another folder there may be somebody else's
fi
mkdir -p "$folder"
for repository in "$@"; do
  target=$folder/$(basename "$repository" .git)
  if [ -d "$target/.git" ]; then
    echo "  $repository is there already"
  elif timeout 300 git clone --quiet --depth 1 -- "$repository" "$target"; then
    echo "  $repository is in $target"
  else
    rm -rf "$target"
    echo "  not cloned: $repository; clone it later, the instance works without it"
  fi
done
chown -R "$user:$user" "$folder" 2>/dev/null || true # the file share keeps no owners

echo "done"
