#!/bin/bash -eu
# Builds every fuzz target into $OUT, with its seeds, its options and the dictionaries: what OSS-Fuzz
# and ClusterFuzzLite call, and `cargo xtask fuzz check-oss-fuzz` without them.
#
# $TARGETS, names between spaces, builds those alone.

cd "$SRC/touchstone/fuzz"
cargo fetch --locked # a lock file that is behind ends here, and is not changed

# Those that need a feature are left out: they link libraries that the machines of a fleet do not have.
metadata=$(cargo metadata --no-deps --format-version 1)
names='.packages[].targets[] | select(.kind == ["bin"] and (."required-features" // []) == []) | .name'
targets=${TARGETS:-$(jq -r "$names" <<<"$metadata")}

# The toolchain is $RUSTUP_TOOLCHAIN's: `cargo +name` would pass by the image's wrapper of cargo, which
# builds for coverage. The sanitizer is in $RUSTFLAGS.
build=(cargo fuzz build --fuzz-dir . --sanitizer none -O --debug-assertions)
if [ -z "${TARGETS:-}" ]; then
  "${build[@]}"
else
  for target in $targets; do "${build[@]}" "$target"; done
fi
binaries=$(jq -r .target_directory <<<"$metadata")/$ARCHITECTURE-unknown-linux-gnu/release

cp dict/*.dict "$OUT/"
for target in $targets; do
  cp "$binaries/$target" "$OUT/"
  options=options/$target.options
  if [ ! -f "$options" ]; then options=options/default.options; fi
  cp "$options" "$OUT/$target.options"
  inputs=()
  for folder in "seeds/$target" "regressions/$target"; do
    if [ -d "$folder" ]; then inputs+=("$folder"); fi
  done
  if [ ${#inputs[@]} -gt 0 ]; then
    zip -qr --filesync "$OUT/${target}_seed_corpus.zip" "${inputs[@]}"
  fi
done
