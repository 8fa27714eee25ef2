#!/bin/sh
# Fetches the packages of Debian 13 that $1 lists and unpacks them below $2. Nothing is installed.
# The mirror is that of the machine; apt keeps its lists and settings for this below $2 as well.
set -eu
sums=$(realpath "$1")
cd "$2"
mkdir -p apt/sources apt/lists/partial apt/cache/archives/partial unpacked
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
    grep -v -i security | head -n 1)
if [ -z "$mirror" ]; then
    echo "apt has no mirror of Debian: see /etc/apt/sources.list.d" >&2
    exit 1
fi
{
    echo "Types: deb"
    echo "URIs: $mirror"
    echo "Suites: trixie"
    echo "Components: main"
} > apt/sources/trixie.sources
apt() {
    apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$PWD/apt/sources" \
        -o Dir::State::Lists="$PWD/apt/lists" -o Dir::Cache="$PWD/apt/cache" \
        -o Acquire::Languages=none "$@"
}
apt update
# name_version_architecture.deb: apt is asked for that version.
while read -r _ file; do
    name=${file%%_*}
    version=${file#*_}
    apt download "$name=${version%_*}"
done < "$sums"
sha256sum --quiet --check "$sums"
for file in *.deb; do dpkg -x "$file" unpacked; done
