#!/usr/bin/env bash
# Runs once as root when a compute instance is created; its arguments are the repositories to clone.
# What fails here fails the creation of the instance, so every step says what it does.
set -euo pipefail

user=azureuser
home=/home/$user/cloudfiles/code
folder=$home/Users/${CI_USER:-shared}/repos

echo "tools"
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends git-lfs jq tmux; }; then
  echo "  not installed: is the package index reachable from here?" # nice to have, so the instance comes up without
fi

echo "repositories"
mkdir -p "$folder"
for repository in "$@"; do
  target=$folder/$(basename "$repository" .git)
  if [ -d "$target/.git" ]; then
    echo "  $repository is there already"
  else
    git clone --depth 1 -- "$repository" "$target"
  fi
done
chown -R "$user:$user" "$folder" || true # the file share keeps no owners

echo "done"
