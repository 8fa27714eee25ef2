//! Of two identical assertions one is accepted, across `kill -9` and a restart.

use std::collections::HashMap;
use std::sync::{Barrier, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use reference::assertion::{Assertion, CLIENT_ASSERTION_TYPE};

use super::support::{API, Answer, Program, agent, audit, now, post, private_key};

const PAIRS: usize = 1000;
/// Couples of threads; each couple sends both copies of a pair at the same instant.
const COUPLES: usize = 8;

/// How far it is.
#[derive(Default)]
struct Progress {
    answers: usize,
    starts: usize,
}

#[test]
fn of_each_pair_one_is_accepted_across_a_kill_and_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let mut program = Program::start(data.path(), 0, &[]);
    let port = program.port();
    program.create_api();
    let client_id = program.create_client_with_key();
    let assertions = assertions(&client_id, &program.issuer);
    let url = format!("{}oauth/token", program.issuer);
    let (progress, changed) = (Mutex::new(Progress::default()), Condvar::new());
    let barriers: Vec<Barrier> = (0..COUPLES).map(|_| Barrier::new(2)).collect();

    let answers: Vec<(usize, Answer)> = thread::scope(|scope| {
        let (assertions, barriers, url) = (&assertions, &barriers, &url);
        let (progress, changed) = (&progress, &changed);
        let senders: Vec<_> = (0..2 * COUPLES)
            .map(|sender| {
                scope.spawn(move || {
                    let agent = agent();
                    let mine = (sender / 2..PAIRS).step_by(COUPLES);
                    let send = |pair: usize| {
                        barriers[sender / 2].wait();
                        (pair, insist(&agent, url, &assertions[pair], progress, changed))
                    };
                    mine.map(send).collect::<Vec<_>>()
                })
            })
            .collect();
        // In the middle: SIGKILL, and the same folder and port again.
        let until = changed
            .wait_timeout_while(progress.lock().unwrap(), LONG, |seen| seen.answers < PAIRS)
            .unwrap();
        assert!(!until.1.timed_out(), "{} answers", until.0.answers);
        drop(until);
        program.child.kill().unwrap();
        program.child.wait().unwrap();
        program = Program::start(data.path(), port, &[]);
        progress.lock().unwrap().starts += 1;
        changed.notify_all();
        senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect()
    });

    assert_eq!(answers.len(), 2 * PAIRS);
    let mut seen = vec![0; PAIRS];
    for (pair, answer) in &answers {
        match answer.status {
            200 => seen[*pair] += 1,
            401 => assert!(answer.text.contains("accepted before"), "{answer:?}"),
            _ => panic!("{answer:?}"),
        }
    }
    assert!(seen.iter().all(|accepted| *accepted <= 1), "{seen:?}");
    // An acceptance of which nobody heard was under way when the process died.
    let unheard = seen.iter().filter(|accepted| **accepted == 0).count();
    assert!(unheard <= 2 * COUPLES, "{unheard}");

    // The first ones were used up by the process that was killed.
    let agent = agent();
    for assertion in assertions.iter().take(50) {
        let answer = post(&agent, &url, &form(assertion)).unwrap();
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(answer.text.contains("accepted before"), "{answer:?}");
    }

    program.end();
    let mut accepted: HashMap<String, usize> = HashMap::new();
    for entry in audit(data.path()) {
        if entry["event"] == "authentication" && entry["outcome"] == "accepted" {
            *accepted.entry(entry["jti"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert_eq!(accepted.len(), PAIRS);
    assert!(accepted.values().all(|count| *count == 1));
}

/// Sends until there is an answer; a restart ends the wait for the next attempt.
fn insist(
    agent: &ureq::Agent,
    url: &str,
    assertion: &str,
    progress: &Mutex<Progress>,
    changed: &Condvar,
) -> Answer {
    let attempt = |_| {
        let starts = progress.lock().unwrap().starts;
        let answer = post(agent, url, &form(assertion));
        let mut guard = progress.lock().unwrap();
        if answer.is_some() {
            guard.answers += 1;
            changed.notify_all();
        } else {
            let wait = changed.wait_timeout_while(guard, SHORT, |seen| seen.starts == starts);
            drop(wait.unwrap());
        }
        answer
    };
    (0..60).find_map(attempt).unwrap()
}

fn form(assertion: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "client_credentials"),
        ("audience", API),
        ("client_assertion_type", CLIENT_ASSERTION_TYPE),
        ("client_assertion", assertion),
    ]
}

/// Distinct assertions that live as long as they may, made on all cores.
fn assertions(client_id: &str, issuer: &str) -> Vec<String> {
    let key = private_key("rsa-2048-a");
    let made: Vec<Vec<String>> = thread::scope(|scope| {
        let makers: Vec<_> = (0..4)
            .map(|seed| {
                let assertion =
                    Assertion { lifetime: 300, ..Assertion::new(client_id, issuer, &key, now()) };
                let mut rng = ChaCha20Rng::seed_from_u64(seed);
                scope.spawn(move || assertion.build_many(PAIRS / 4, &mut rng).unwrap())
            })
            .collect();
        makers.into_iter().map(|maker| maker.join().unwrap()).collect()
    });
    made.into_iter().flatten().collect()
}

/// How long half of the answers may take.
const LONG: Duration = Duration::from_secs(120);
/// How long a sender waits for a restart before it tries again.
const SHORT: Duration = Duration::from_secs(1);
