#!/bin/sh
# n8n looks for packages in its own folder, which is a volume and outlives the image: what this image brings goes there at each start.
set -eu
packages="${N8N_USER_FOLDER:-$HOME}/.n8n/nodes/node_modules"
mkdir -p "$packages"
rm -rf "$packages/n8n-nodes-parley"
cp -R /opt/n8n-nodes-parley "$packages/n8n-nodes-parley"
exec /docker-entrypoint.sh "$@"
