#!/usr/bin/env bash
# The command line as one native file that needs no .NET: artifacts/aot/longt5. Takes a few minutes.
# On Debian and Ubuntu the linker comes by: apt-get install clang zlib1g-dev
set -euo pipefail
cd "$(dirname "$0")"
command -v clang >/dev/null || command -v gcc >/dev/null || { echo "publish-aot: a C linker is needed: apt-get install clang zlib1g-dev" >&2; exit 1; }

dotnet publish src/LongT5.Cli -c Release --ucr -p:Native=true -o artifacts/aot -v quiet --nologo
mv artifacts/aot/LongT5.Cli artifacts/aot/longt5
rm -f artifacts/aot/*.dbg artifacts/aot/*.pdb artifacts/aot/*.xml
echo "artifacts/aot/longt5: $(du -m artifacts/aot/longt5 | cut -f 1) MB"
