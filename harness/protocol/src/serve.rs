//! The loop of an adapter that is written in Rust.

use std::io::{self, BufRead, Write};

use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::request::Request;

/// Reads requests from standard input until it closes and answers each with `handler`.
///
/// `handler` gets the operation's name and its input. A panic in it ends the process: that is what
/// the harness has to see.
///
/// # Errors
/// Reading or writing failed, or a line is not a request; the harness never sends such a line.
pub fn serve(handler: impl FnMut(&str, &Map<String, Value>) -> Answer) -> io::Result<()> {
    serve_on(io::stdin().lock(), io::stdout().lock(), handler)
}

/// [`serve`] on any pair of streams.
///
/// # Errors
/// As for [`serve`].
pub fn serve_on(
    input: impl BufRead,
    mut output: impl Write,
    mut handler: impl FnMut(&str, &Map<String, Value>) -> Answer,
) -> io::Result<()> {
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let request: Request = serde_json::from_str(&line)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let answer = handler(&request.op, &request.input);
        writeln!(output, "{}", answer.to_line(request.id))?;
        output.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_answered_once_and_in_order() {
        let input = "{\"id\":0,\"op\":\"hello\",\"in\":{}}\n\n{\"id\":5,\"op\":\"x\"}\n";
        let mut output = Vec::new();
        serve_on(input.as_bytes(), &mut output, |op, _| Answer::unsupported("op", op)).unwrap();
        assert_eq!(
            String::from_utf8(output).unwrap(),
            "{\"id\":0,\"unsupported\":{\"value\":\"hello\",\"what\":\"op\"}}\n\
             {\"id\":5,\"unsupported\":{\"value\":\"x\",\"what\":\"op\"}}\n"
        );
    }

    #[test]
    fn a_line_that_is_no_request_ends_the_loop() {
        let error = serve_on("nonsense\n".as_bytes(), Vec::new(), |op, _| Answer::error(op, ""))
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
