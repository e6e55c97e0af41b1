#!/bin/sh
# Fetches the console's style sheet, htmx and ECharts anew, and writes the manifest that a test compares with what is
# here. Needs npm; users of the product do not.
#
# Tabler 1.0.0, and not a later one: from 1.2 on its colours need color-mix(), from 1.5 on light-dark(),
# and then oklch(), which the browsers of many offices (Chromium 86 to 108 inside other names) do not know.
set -eu
tabler=1.0.0
htmx=2.0.11
echarts=6.1.0
target=$(cd "$(dirname "$0")" && pwd)/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent "@tabler/core@$tabler" >/dev/null
tar xzf "tabler-core-$tabler.tgz" package/LICENSE package/dist/css/tabler.min.css
sed '/^\/\*# sourceMappingURL=/d' package/dist/css/tabler.min.css >"$target/tabler.min.css"
cp package/LICENSE "$target/tabler.LICENSE.txt"
npm pack --silent "htmx.org@$htmx" >/dev/null
tar xzf "htmx.org-$htmx.tgz" package/LICENSE package/dist/htmx.min.js
cp package/dist/htmx.min.js "$target/htmx.min.js"
cp package/LICENSE "$target/htmx.LICENSE.txt"
rm -r package
npm pack --silent "echarts@$echarts" >/dev/null
tar xzf "echarts-$echarts.tgz" package/LICENSE package/NOTICE package/licenses/LICENSE-d3 package/dist/echarts.common.min.js
cp package/dist/echarts.common.min.js "$target/echarts.common.min.js"
cat package/LICENSE package/NOTICE package/licenses/LICENSE-d3 >"$target/echarts.LICENSE.txt"
cd "$target"
sha256sum echarts.LICENSE.txt echarts.common.min.js htmx.LICENSE.txt htmx.min.js tabler.LICENSE.txt tabler.min.css >manifest.sha256
