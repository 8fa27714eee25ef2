//! What the processes of a group have used, read from `/proc`: CPU time and memory. Linux only.

use std::fs;
use std::path::Path;

/// What a group has used until now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// CPU time of user and kernel in milliseconds, of children that ended too, in steps of
    /// [`TICK_MS`].
    pub cpu_ms: u64,
    /// The sum of the peaks of resident memory in KiB, since [`forget_peaks`].
    pub peak_kib: u64,
}

/// Milliseconds of a tick in which the kernel counts CPU time for programs.
pub const TICK_MS: u64 = 10;

/// Whether this machine has what is read here.
#[must_use]
pub fn is_available() -> bool {
    Path::new("/proc/self/stat").exists() && Path::new("/proc/self/clear_refs").exists()
}

/// Reads what the processes of a group have used. `None` when the group has none any more.
#[must_use]
pub fn read(group: u32) -> Option<Usage> {
    let mut usage = None;
    for (process, cpu_ms) in members(group) {
        let sum: &mut Usage = usage.get_or_insert_default();
        sum.cpu_ms += cpu_ms;
        sum.peak_kib += peak_kib(process).unwrap_or_default();
    }
    usage
}

/// Sets the peaks of a group back to what is resident at this moment.
pub fn forget_peaks(group: u32) {
    for (process, _) in members(group) {
        // Where this is not allowed, the peak is that of the process's life: never too low.
        let _ = fs::write(format!("/proc/{process}/clear_refs"), "5");
    }
}

/// The processes of a group and the CPU time of each, with that of its children that ended.
fn members(group: u32) -> Vec<(u32, u64)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|process| Some((process, cpu_ms(process, group)?)))
        .collect()
}

/// `/proc/PID/stat` (proc(5)), of which the name in parentheses may hold anything.
fn cpu_ms(process: u32, group: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    if fields.get(PROCESS_GROUP)?.parse() != Ok(group) {
        return None;
    }
    let ticks: u64 = fields.get(TIMES)?.iter().filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Some(ticks * TICK_MS)
}

fn peak_kib(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Index of the process group behind the name.
const PROCESS_GROUP: usize = 2;
/// Indices of `utime`, `stime`, `cutime` and `cstime` behind the name.
const TIMES: std::ops::RangeInclusive<usize> = 11..=14;

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::*;

    #[test]
    fn a_child_that_computed_is_seen_to_have() {
        if !is_available() {
            return;
        }
        let script = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exec sleep 30";
        let mut child = Command::new("sh").args(["-c", script]).process_group(0).spawn().unwrap();
        let mut seen = Usage::default();
        while seen.cpu_ms < TICK_MS {
            seen = read(child.id()).unwrap();
        }
        assert!(seen.peak_kib > 100, "{seen:?}");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(read(child.id()), None);
    }
}
