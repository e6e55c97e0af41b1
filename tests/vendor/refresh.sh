#!/bin/sh
# Fetch axe-core, which looks for what keeps people from using a page, and write down what it is. Tests alone use it.
# Run it in this folder; needs npm. Raise VERSION, run this, run the browser tests.
set -eu
VERSION=4.14.1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm pack --silent --pack-destination "$folder" "axe-core@$VERSION" >/dev/null
tar -xzf "$folder/axe-core-$VERSION.tgz" -C "$folder"
cp "$folder/package/axe.min.js" axe.min.js
cp "$folder/package/LICENSE" axe.LICENSE.txt
cp "$folder/package/LICENSE-3RD-PARTY.txt" axe.LICENSE-3RD-PARTY.txt
sha256sum axe.min.js axe.LICENSE.txt axe.LICENSE-3RD-PARTY.txt >MANIFEST.sha256
