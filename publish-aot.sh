#!/usr/bin/env bash
# The command line as one native file that needs no .NET: artifacts/aot/longt5, the embedded model beside it. Takes a few
# minutes. It asks for AVX2, as processors have since 2013; for AVX-512: ./publish-aot.sh x86-64-v4, for older ones x86-64-v2.
# With --server before it the file has serve and mcp too, and is a sixth larger.
# On Debian and Ubuntu the linker comes by: apt-get install clang zlib1g-dev
set -euo pipefail
cd "$(dirname "$0")"
command -v clang >/dev/null || command -v gcc >/dev/null || { echo "publish-aot: a C linker is needed: apt-get install clang zlib1g-dev" >&2; exit 1; }

serves=false
if [ "${1:-}" = --server ]; then serves=true; shift; fi
dotnet publish src/LongT5.Cli -c Release --ucr -p:Native=true -p:Serves=$serves ${1:+-p:IlcInstructionSet=$1} -o artifacts/aot -v quiet --nologo
mv artifacts/aot/LongT5.Cli artifacts/aot/longt5
# Parquet is read by a program that needs .NET: in a file that needs none it is absent, and says so.
rm -f artifacts/aot/*.dbg artifacts/aot/*.pdb artifacts/aot/*.xml artifacts/aot/LongT5.Parquet*
size=$(wc -c <artifacts/aot/longt5)
printf 'artifacts/aot/longt5: %d.%02d MB\n' $((size / 1000000)) $((size / 10000 % 100))
# What makes it grow, a map tells: IlcGenerateMapFile=true ./publish-aot.sh
$serves || [ "$size" -le 30000000 ] || { echo "publish-aot: that is more than 30 MB" >&2; exit 1; }
