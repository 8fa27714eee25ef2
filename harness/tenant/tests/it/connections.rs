//! The limits below HTTP: headers, time, number.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use tenant::server::{MAX_CONNECTIONS, MAX_HEADER_OCTETS};

use super::support::Program;

fn connect(program: &Program) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", program.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// Sends octets and returns what comes until the server ends the connection.
fn exchange(program: &Program, octets: &[u8]) -> String {
    let mut stream = connect(program);
    // The server may refuse, and hang up, before it has read everything.
    let _ = stream.write_all(octets);
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..length]);
    }
    String::from_utf8(answer).unwrap()
}

fn headers_of(octets: usize) -> Vec<u8> {
    let start = "GET /.well-known/jwks.json HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx: ";
    let padding = octets - start.len() - "\r\n\r\n".len();
    format!("{start}{}\r\n\r\n", "a".repeat(padding)).into_bytes()
}

#[test]
fn headers_beyond_the_limit_are_431() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path(), 0, &[]);
    let answer = exchange(&program, &headers_of(MAX_HEADER_OCTETS));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let answer = exchange(&program, &headers_of(MAX_HEADER_OCTETS + 1));
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many: String = (0..100).map(|number| format!("x{number}: a\r\n")).collect();
    let many = format!("GET / HTTP/1.1\r\n{many}\r\n");
    let answer = exchange(&program, many.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[test]
fn a_body_that_never_ends_is_413_and_one_that_never_comes_408() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path(), 0, &[]);
    let head = "POST /oauth/token HTTP/1.1\r\nhost: a\r\n";
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let chunk = format!("8000\r\n{}\r\n", "a".repeat(0x8000));
    let chunked = format!("{head}{form}transfer-encoding: chunked\r\n\r\n{}", chunk.repeat(3));
    let answer = exchange(&program, chunked.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains(r#""error":"invalid_request""#), "{answer}");
    let promised = format!("{head}{form}expect: 100-continue\r\ncontent-length: 100000\r\n\r\n");
    let answer = exchange(&program, promised.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 "), "nobody asks for it: {answer}");
    let broken = format!("{head}{form}transfer-encoding: chunked\r\n\r\nno length\r\n");
    let answer = exchange(&program, broken.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("malformed or breaks off"), "{answer}");
    let answer = exchange(&program, format!("{head}{form}content-length: 10\r\n\r\na").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("cache-control: no-store"), "{answer}");
}

#[test]
fn headers_that_do_not_come_end_the_connection() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path(), 0, &[]);
    let answer = exchange(&program, b"GET / HTTP/1.1\r\nhost: ");
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn who_comes_when_all_slots_are_taken_waits() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path(), 0, &[]);
    let mut held: Vec<TcpStream> = (0..MAX_CONNECTIONS).map(|_| connect(&program)).collect();
    let mut late = connect(&program);
    late.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    late.write_all(&headers_of(200)).unwrap();
    let mut octet = [0];
    assert!(late.read(&mut octet).is_err(), "nobody answers yet");
    held.truncate(1);
    late.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert_eq!(late.read(&mut octet).unwrap(), 1);
    assert_eq!(octet, *b"H");
}
