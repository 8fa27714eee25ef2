//! Prepared folders with a small program that behaves like a target, each wrong in one way.

use super::*;

#[test]
fn edges_are_read_from_the_line_of_libfuzzer() {
    let output = "INFO: Seed: 1337\nINFO: Loaded 1 modules   (88941 inline 8-bit counters): 88941 \
                  [0x5649ba974dc0, 0x5649ba98a92d), \nINFO: Loaded 1 PC tables (7 PCs): 7 [0x1,0x2), \n";
    assert_eq!(edges(output), Some(88_941));
    assert_eq!(edges("INFO: Seed: 1337\n"), None);
}

#[test]
fn calls_of_asan_are_told_from_jumps_and_other_calls() {
    assert!(is_call_of_asan("  4a1b20:\tcall   29ad40 <__asan_report_load8>"));
    assert!(is_call_of_asan("  4a1b20:\tbl\t29ad40 <__asan_report_load8>"));
    assert!(!is_call_of_asan("  4a1b20:\tjmp    29ad40 <__asan_report_load8+0x10>"));
    assert!(!is_call_of_asan("  4a1b20:\tcall   29ad40 <memcpy>"));
    assert!(!is_call_of_asan("000000000029ad40 <__asan_report_load8>:"));
}

#[test]
fn libraries_beyond_the_compilers_are_foreign() {
    let ldd = "\tlinux-vdso.so.1 (0x00007f1b16880000)\n\
               \tlibssl.so.3 => /lib/x86_64-linux-gnu/libssl.so.3 (0x00007f1b16000000)\n\
               \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f1b1668d000)\n\
               \tlibcrypto.so.3 => not found\n\
               \t/lib64/ld-linux-x86-64.so.2 (0x00007f1b16882000)\n";
    assert_eq!(foreign(ldd), ["libssl.so.3", "libcrypto.so.3"]);
    assert!(foreign("\tstatically linked\n").is_empty());
}

#[test]
fn a_reason_is_one_line_that_no_terminal_obeys() {
    let ended =
        |output: &str| Ended { is_success: false, output: output.to_owned(), artifact: None };
    let panic = "INFO: x\n\nthread '<unnamed>' panicked at a.rs:1:2:\n\u{1b}[2Jboom\nERROR: y\n";
    assert_eq!(reason(&ended(panic)), "thread '<unnamed>' panicked at a.rs:1:2:");
    assert_eq!(reason(&ended("first\n\u{1b}[2Jlast\n")), "[2Jlast");
    assert_eq!(reason(&ended("")), "it says nothing");
}

/// Needs a C compiler, which building Rust needs too, and the objdump and ldd beside it.
#[cfg(target_os = "linux")]
mod prepared {
    use std::path::PathBuf;

    use super::*;
    use crate::repository::Repository;

    /// Prints what libFuzzer prints, and crashes on a seed that begins with `crash`.
    const PROGRAM: &str = r#"
#include <dirent.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const char *data, unsigned long size) { return data && size ? 0 : 1; }
__attribute__((noinline)) void __asan_report_load8(void) { __asm__(""); }
#define TEN(x) x x x x x x x x x x
void calls(void) { CALLS(__asan_report_load8();) }

static int crashes(const char *folder, const char *artifacts) {
  char path[4096], octets[64];
  DIR *entries = opendir(folder);
  for (struct dirent *entry; entries && (entry = readdir(entries));) {
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    FILE *seed = entry->d_name[0] == '.' ? 0 : fopen(path, "rb");
    size_t size = seed ? fread(octets, 1, sizeof octets, seed) : 0;
    if (size < 5 || memcmp(octets, "crash", 5)) continue;
    snprintf(path, sizeof path, "%scrash-1", artifacts);
    fwrite(octets, 1, size, fopen(path, "wb"));
    return 1;
  }
  return 0;
}

int main(int count, char **arguments) {
  fprintf(stderr, "INFO: Loaded 1 modules   (%d inline 8-bit counters): %d [0x1, 0x2), \n", EDGES, EDGES);
  for (int at = 1; at < count; at++) {
    const char *argument = arguments[at];
    if (!strncmp(argument, "-dict=", 6) && !fopen(argument + 6, "rb")) return 1;
    if (*argument != '-' && crashes(argument, strchr(arguments[at - 1], '=') + 1)) {
      fprintf(stderr, "==1== ERROR: libFuzzer: deadly signal\n");
      return 77;
    }
  }
  fprintf(stderr, "Done 4 runs in 0 second(s)\n");
  return 0;
}
"#;

    /// 1,000 calls of AddressSanitizer, and 100 edges: the least.
    const GOOD: [&str; 2] = ["-DCALLS(x)=TEN(TEN(TEN(x)))", "-DEDGES=100"];

    /// A folder with the target `parser`, its options and its dictionary.
    fn prepared(test: &str, definitions: [&str; 2]) -> (Sandbox, PathBuf) {
        let repository = Repository::locate().expect("the repository");
        let folder = std::env::temp_dir().join(format!("touchstone-{}-{test}", std::process::id()));
        let out = folder.join("out");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&out).expect("a folder");
        let source = folder.join("parser.c");
        fs::write(&source, PROGRAM).expect("the program");
        let mut cc = Command::new("cc");
        cc.args(definitions).args(["-O0", "-o"]).arg(out.join("parser")).arg(source);
        assert!(cc.status().expect("a C compiler").success());
        fs::write(out.join("parser.options"), "[libfuzzer]\ndict = words.dict\n").expect("options");
        fs::write(out.join("words.dict"), "\"alg\"\n").expect("a dictionary");
        (Sandbox::new(&repository, out, folder.join("scratch")), folder)
    }

    #[track_caller]
    fn check_found(sandbox: &Sandbox, expected: &str) {
        assert_eq!(check(sandbox, "parser", false), Err(vec![expected.to_owned()]));
    }

    #[test]
    fn a_good_build_is_good() {
        let (sandbox, folder) = prepared("good", GOOD);
        let figures = Figures { edges: 100, calls: 1000, seeds: 0 };
        assert_eq!(check(&sandbox, "parser", false), Ok(figures));
        let _ = fs::remove_dir_all(folder);
    }

    #[test]
    fn a_missing_sanitizer_is_found() {
        let (sandbox, folder) = prepared("asan", ["-DCALLS(x)=TEN(x)", GOOD[1]]);
        check_found(
            &sandbox,
            "it is built without AddressSanitizer: 10 calls of it, 1000 are the least",
        );
        let _ = fs::remove_dir_all(folder);
    }

    #[test]
    fn a_missing_dictionary_is_found() {
        let (sandbox, folder) = prepared("dictionary", GOOD);
        fs::remove_file(sandbox.path("words.dict")).expect("the dictionary");
        check_found(&sandbox, "its dictionary is missing: words.dict");
        fs::write(sandbox.path("parser.options"), "[libfuzzer]\n").expect("options");
        check_found(&sandbox, "parser.options names no dictionary");
        let _ = fs::remove_dir_all(folder);
    }

    #[test]
    fn a_crashing_seed_is_found_by_name() {
        let (sandbox, folder) = prepared("seed", GOOD);
        let corpus = folder.join("corpus");
        fs::create_dir_all(&corpus).expect("a folder");
        for (name, content) in [("one", "fine"), ("two", "also fine")] {
            fs::write(corpus.join(name), content).expect("a seed");
        }
        assert_eq!(seeds(&sandbox, "parser", &[], &corpus), Ok(2));
        fs::write(corpus.join("three"), "crash here").expect("a seed");
        let found = "a seed crashes it: three: ==1== ERROR: libFuzzer: deadly signal";
        assert_eq!(seeds(&sandbox, "parser", &[], &corpus), Err(found.to_owned()));
        let _ = fs::remove_dir_all(folder);
    }

    #[test]
    fn missing_seeds_too_few_edges_and_no_program_are_found() {
        let (sandbox, folder) = prepared("rest", [GOOD[0], "-DEDGES=99"]);
        check_found(&sandbox, "99 edges are instrumented, 100 are the least");
        let found = check(&sandbox, "parser", true).expect_err("the tree has seeds");
        assert!(found.contains(&"no parser_seed_corpus.zip, but the tree has seeds".to_owned()));
        fs::write(sandbox.path("parser"), "#!/bin/sh\n").expect("a script");
        check_found(&sandbox, "it is no ELF file");
        fs::remove_file(sandbox.path("parser")).expect("the script");
        let found = check(&sandbox, "parser", false).expect_err("no program");
        assert!(found.concat().starts_with("it was not built: "), "{found:?}");
        let _ = fs::remove_dir_all(folder);
    }
}
