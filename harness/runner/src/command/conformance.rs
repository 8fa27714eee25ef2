//! `touchstone conformance`: the main job.

mod meeting;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Args;
use report::format::{FORMATS, Format};
use report::{Baseline, Record, Run, TargetSummary};
use runner::client;
use runner::conduct::{Conduct, conduct};
use runner::plan::{self, DEFAULT_PROFILES, Plan, Selection};
use runner::{RunError, exit};

use wanted::{Spec, Wanted, targets};

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A folder of `harness/adapters/`; repeatable. Installed first if need be.
    #[arg(long)]
    target: Vec<String>,
    /// A command that speaks the adapter protocol, such as 'python3 my_adapter.py'.
    #[arg(long)]
    command: Option<String>,
    /// The issuer of an authorization server that is asked over HTTP. Clients are registered by its
    /// management API (the token in TOUCHSTONE_MANAGEMENT_TOKEN) or dynamically (RFC 7591).
    #[arg(long)]
    issuer: Option<String>,
    /// A file that says how an authorization server is reached, and as which clients.
    #[arg(long)]
    server: Option<PathBuf>,
    /// A PEM file with the certificate of a server that no public authority vouches for.
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// A command that gets tokens from us with client assertions, as the environment variables
    /// TOUCHSTONE_ISSUER, …_TOKEN_ENDPOINT, …_CLIENT_ID, …_KEY_FILE, …_ALG, …_KID and …_COUNT say;
    /// `{issuer}`, `{token_endpoint}` and so on in its words are filled in.
    #[arg(long)]
    client: Option<String>,
    /// Give the client a token endpoint by TLS, and our authority's certificate in
    /// TOUCHSTONE_CA_FILE.
    #[arg(long)]
    client_https: bool,
    /// How long a client may take to get its tokens, in milliseconds.
    #[arg(long, default_value_t = 60_000, value_parser = clap::value_parser!(u64).range(1..))]
    client_deadline_ms: u64,
    /// The profile to judge under; repeatable. By default those of the target's manifest, or `rfc`,
    /// `bcp` and `rfc7523`.
    #[arg(long)]
    profile: Vec<String>,
    /// Only the cases whose id matches, such as 'jwe-tag/*'; repeatable.
    #[arg(long)]
    filter: Vec<String>,
    /// Only this cell, as reports print it.
    #[arg(long)]
    cell: Option<String>,
    /// Of each case only the cells that show every value of its axes once, without budgets and slow
    /// cases; for a first look.
    #[arg(long)]
    quick: bool,
    /// Another target that is asked to open what the target makes; repeatable. By default two that
    /// are there.
    #[arg(long)]
    opener: Vec<String>,
    /// Every target makes tokens and every other one opens them: prints who reads whom. By default
    /// the libraries that are embedded or installed.
    #[arg(long, conflicts_with_all = ["fail_fast", "baseline", "command", "issuer", "server", "client", "opener"])]
    grid: bool,
    /// End the run at the first finding. No baseline is looked at.
    #[arg(long, conflicts_with = "baseline")]
    fail_fast: bool,
    /// FORMAT=PATH, where FORMAT is text, jsonl or junit and PATH may be `-`; repeatable.
    #[arg(long)]
    report: Vec<String>,
    /// What is tolerated, instead of the target's own baseline.toml.
    #[arg(long)]
    baseline: Option<PathBuf>,
    /// Processes of each target at a time; the machine's cores by default.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Part i of n, as i/n.
    #[arg(long)]
    shard: Option<String>,
    /// Seed of the order in which questions are asked.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long one answer may take, in milliseconds.
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u64).range(1..))]
    deadline_ms: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<i32, RunError> {
    let root = super::root()?;
    let outputs: Vec<(&Format, PathBuf)> =
        arguments.report.iter().map(|text| output(text)).collect::<Result<_, _>>()?;
    let baseline = arguments.baseline.as_deref().map(Baseline::load).transpose()?;
    let wanted = targets(arguments, &root)?;
    let mut profiles = arguments.profile.clone();
    if profiles.is_empty() {
        profiles.extend(DEFAULT_PROFILES.map(str::to_owned));
        profiles.extend(wanted.iter().flat_map(Wanted::profiles).cloned());
    }
    // The grid is about what is made.
    let made = (arguments.grid && arguments.filter.is_empty()).then(|| "produce-*".to_owned());
    let selection = Selection {
        filters: arguments.filter.iter().cloned().chain(made).collect(),
        cell: arguments.cell.clone(),
        profiles,
        shard: arguments.shard.as_deref().map(shard).transpose()?,
        quick: arguments.quick,
    };
    let suites = suite::Suites::load(&root)?;
    // What is asked over HTTP is forged when it is asked.
    let plan = if wanted.iter().any(Wanted::is_library) {
        Plan::make(&suites, &selection)?
    } else {
        Plan::empty(plan::profiles(&suites, &selection.profiles)?)
    };
    if arguments.grid {
        return meeting::run(arguments, &root, &plan, &outputs);
    }
    let deadline = Duration::from_millis(arguments.deadline_ms);
    let others = if plan.shows_tokens() {
        wanted::openers(&root, &arguments.opener, deadline)?
    } else {
        Vec::new()
    };
    for (_, path) in &outputs {
        probe(path)?;
    }
    let mut specs = Vec::new();
    let mut summaries = Vec::new();
    for wanted in wanted {
        match wanted.prepare(arguments, baseline.as_ref(), &suites, &others) {
            Ok(spec) => specs.push(spec),
            // One target that cannot be had does not keep the others from being asked.
            Err(error @ RunError::Target { .. }) => {
                say!("error: {}", report::printable(&error.to_string(), 8000));
                summaries.push(TargetSummary {
                    name: wanted.name(),
                    failure: Some(error.to_string()),
                    exit: exit::TARGET,
                    ..TargetSummary::default()
                });
            }
            Err(error) => return Err(error),
        }
    }

    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    // Only a second handler in one process could fail; then Ctrl-C just ends us.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        say!("\nstopping; the journal keeps what was judged");
    });
    let folder = root.join("target/touchstone");
    let journal = Journal::create(&folder.join("journal.jsonl"))?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let how = Conduct { jobs: arguments.jobs.map_or(cores, usize::from), seed: arguments.seed };
    if !plan.questions.is_empty() {
        say!(
            "{} questions of {} cases, {} requests, seed {}",
            plan.questions.len(),
            plan.questions.iter().map(|question| &question.case.id).collect::<BTreeSet<_>>().len(),
            plan.requests.len(),
            arguments.seed
        );
    }
    let mut run = Run { header: header(arguments, &plan), ..Run::default() };
    journal.line(&run.first_line());
    let has_failed = AtomicBool::new(false);
    for spec in specs {
        let each = |record: &Record| {
            journal.line(&Run::record_line(record));
            if arguments.fail_fast && record.verdict.is_finding() {
                has_failed.store(true, Ordering::Relaxed);
                stop.store(true, Ordering::Relaxed);
            }
        };
        let (summary, records) = match spec {
            Spec::Library(spec) => conduct(&plan, &spec, &how, &stop, &each),
            Spec::Client(spec) => client::conduct(&suites, &selection, &spec, &stop, &each)?,
            Spec::Server(server) => server.conduct(&suites, &selection, &stop, &each)?,
        };
        summaries.push(summary);
        run.records.extend(records);
        if has_failed.load(Ordering::Relaxed) {
            break;
        }
        if stop.load(Ordering::Relaxed) {
            say!("stopped; see {}", folder.join("journal.jsonl").display());
            return Ok(130);
        }
    }
    run.exit = exit::gravest(summaries.iter().map(|summary| summary.exit));
    if has_failed.into_inner() && run.exit == exit::NOTHING {
        // Nothing was accepted yet, which says nothing of what was not asked any more.
        run.exit = exit::FINDINGS;
    }
    run.targets = summaries;
    journal.line(&run.last_line());
    journal.finish()?;

    let text = render("text", &run);
    let to_stdout = |path: &Path| path == Path::new("-");
    if !outputs.iter().any(|(_, path)| to_stdout(path)) {
        super::print(&text)?;
    }
    write(&folder.join("report.jsonl"), &render("jsonl", &run))?;
    write(&folder.join("report.txt"), &text)?;
    for (format, path) in &outputs {
        let text = (format.render)(&run);
        if to_stdout(path) {
            super::print(&text)?;
        } else {
            write(path, &text)?;
        }
    }
    say!("reports: {}", folder.join("report.{jsonl,txt}").display());
    Ok(run.exit)
}

/// Program and arguments of a command line, split as a shell would, without one.
pub(crate) fn words(text: &str) -> Result<Vec<String>, RunError> {
    match shlex::split(text) {
        Some(words) if !words.is_empty() => Ok(words),
        _ => Err(RunError::Usage(format!("`{text}` is no command: check its quotes"))),
    }
}

fn header(arguments: &Arguments, plan: &Plan) -> BTreeMap<String, serde_json::Value> {
    let profiles: Vec<&String> = plan.profiles.iter().collect();
    BTreeMap::from([
        ("harness".to_owned(), env!("CARGO_PKG_VERSION").into()),
        ("protocol".to_owned(), protocol::VERSION.into()),
        ("seed".to_owned(), arguments.seed.into()),
        ("profiles".to_owned(), serde_json::json!(profiles)),
        ("filters".to_owned(), serde_json::json!(arguments.filter)),
        ("shard".to_owned(), serde_json::json!(arguments.shard)),
        ("quick".to_owned(), arguments.quick.into()),
        ("deadline_ms".to_owned(), arguments.deadline_ms.into()),
        ("questions".to_owned(), plan.questions.len().into()),
    ])
}

fn output(text: &str) -> Result<(&'static Format, PathBuf), RunError> {
    let formats: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    let known = formats.join(", ");
    let Some((name, path)) = text.split_once('=') else {
        return Err(RunError::Usage(format!("--report wants FORMAT=PATH; formats: {known}")));
    };
    match Format::named(name) {
        Some(format) if !path.is_empty() => Ok((format, PathBuf::from(path))),
        _ => Err(RunError::Usage(format!("--report {text}: formats are {known}"))),
    }
}

fn shard(text: &str) -> Result<(usize, usize), RunError> {
    let parts = text.split_once('/').and_then(|(part, parts)| {
        Some((part.parse::<usize>().ok()?, parts.parse::<usize>().ok()?))
    });
    match parts {
        Some((part, parts)) if (1..=parts).contains(&part) => Ok((part, parts)),
        _ => Err(RunError::Usage(format!("--shard {text}: wants i/n with 1 ≤ i ≤ n"))),
    }
}

fn render(name: &str, run: &Run) -> String {
    Format::named(name).map(|format| (format.render)(run)).unwrap_or_default()
}

/// Finds out before a long run that a report cannot be written after it.
fn probe(path: &Path) -> Result<(), RunError> {
    if path == Path::new("-") {
        return Ok(());
    }
    let fail = |source| RunError::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    File::options().append(true).create(true).open(path).map(drop).map_err(fail)
}

fn write(path: &Path, text: &str) -> Result<(), RunError> {
    let fail = |source| RunError::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    fs::write(path, text).map_err(fail)
}

/// The records of a run, on disk as soon as they are judged.
struct Journal {
    path: PathBuf,
    file: Mutex<(File, Option<std::io::Error>)>,
}

impl Journal {
    fn create(path: &Path) -> Result<Self, RunError> {
        let fail = |source| RunError::File { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(fail)?;
        }
        let file = File::create(path).map_err(fail)?;
        Ok(Self { path: path.to_owned(), file: Mutex::new((file, None)) })
    }

    fn line(&self, text: &str) {
        let Ok(mut file) = self.file.lock() else { return };
        if file.1.is_none()
            && let Err(error) = file.0.write_all(format!("{text}\n").as_bytes())
        {
            file.1 = Some(error);
        }
    }

    /// Reports a write that failed: a full disk.
    fn finish(self) -> Result<(), RunError> {
        match self.file.into_inner() {
            Ok((_, None)) => Ok(()),
            Ok((_, Some(source))) => Err(RunError::File { path: self.path, source }),
            Err(_) => Ok(()),
        }
    }
}
