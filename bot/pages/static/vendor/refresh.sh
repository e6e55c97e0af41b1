#!/bin/sh
# Fetch the parts of WeUI that the pages use, and write down what they are. Run it in this folder; needs npm.
# The style sheet is WeUI's own files one after the other, unchanged: raise VERSION, run this, look at the pages.
set -eu
VERSION=2.6.26
PARTS="base/base widget/weui-button/weui-button widget/weui-cell/weui-cell"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm pack --silent --pack-destination "$folder" "weui@$VERSION" >/dev/null
tar -xzf "$folder/weui-$VERSION.tgz" -C "$folder"
for part in $PARTS; do
  cat "$folder/package/dist/style/$part.min.css"
  echo
done >weui.css
cp "$folder/package/LICENSE.txt" weui.LICENSE.txt
sha256sum weui.css weui.LICENSE.txt >MANIFEST.sha256
