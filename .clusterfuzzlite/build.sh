#!/bin/bash -eu
# Builds every fuzz target into $OUT, with its seeds, its options and the dictionaries: what OSS-Fuzz
# and ClusterFuzzLite call, and `cargo xtask fuzz check-oss-fuzz` in their place.
#
# $TARGETS, names between spaces, builds those alone.

cd "$SRC/touchstone/fuzz"
cargo fetch --locked # a lock file that is behind ends here, and is not changed

# No peers: those targets link libraries that the machines of a fleet do not have.
features=(--no-default-features --features engine)
metadata=$(cargo metadata --no-deps --format-version 1)
names='.packages[] | select(.name == "fuzz") | .targets[] | select(.kind == ["bin"] and (."required-features" // []) == []) | .name'
targets=${TARGETS:-$(jq -r "$names" <<<"$metadata")}
triple=$ARCHITECTURE-unknown-linux-gnu
binaries=$(jq -r .target_directory <<<"$metadata")/$triple

# The toolchain is $RUSTUP_TOOLCHAIN's, the sanitizer stands in $RUSTFLAGS.
if [ "$SANITIZER" = coverage ]; then
  # Without cargo-fuzz, whose instrumentation is the engine's, and so without debug assertions: a
  # report is about all inputs, not about those before the first that stops.
  export RUSTFLAGS="$RUSTFLAGS -Cdebug-assertions=no --remap-path-prefix fuzz_targets=$PWD/fuzz_targets"
  cargo build --bins "${features[@]}" --target "$triple"
  binaries=$binaries/debug
else
  build=(cargo fuzz build --fuzz-dir . --sanitizer none -O --debug-assertions "${features[@]}")
  if [ -z "${TARGETS:-}" ]; then
    "${build[@]}"
  else
    for target in $targets; do "${build[@]}" "$target"; done
  fi
  binaries=$binaries/release
fi

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
