//! A picture of coverage over time, as SVG.

use std::fmt::Write;

use super::statistics::Row;

/// Edges and features of a target over the time that it was fuzzed.
pub(super) fn picture(target: &str, rows: &[Row]) -> String {
    let last = rows.last();
    let seconds = last.map_or(1.0, |row| row.elapsed_s).max(1.0);
    let coverage = rows.iter().map(|row| row.coverage).max().unwrap_or_default();
    let features = rows.iter().map(|row| row.features).max().unwrap_or_default();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <path d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}V{TOP}\" fill=\"none\" stroke=\"gray\"/>\n"
    );
    let title = format!(
        "{target}: {coverage} edges, {features} features, {} executions in {:.0} CPU-seconds",
        last.map_or(0, |row| row.executions),
        last.map_or(0.0, |row| row.cpu_s)
    );
    text(&mut svg, (LEFT, TOP - 12.0), "start", &title);
    text(&mut svg, (LEFT - 4.0, TOP + 4.0), "end", &coverage.to_string());
    text(&mut svg, (LEFT - 4.0, BOTTOM), "end", "0");
    text(&mut svg, (RIGHT + 4.0, TOP + 4.0), "start", &features.to_string());
    text(&mut svg, (LEFT, BOTTOM + 16.0), "start", "0 s");
    text(&mut svg, (RIGHT, BOTTOM + 16.0), "end", &format!("{seconds:.0} s"));
    let of = |figure: fn(&Row) -> u64| {
        rows.iter().map(move |row| (row.elapsed_s / seconds, figure(row) as f64))
    };
    line(&mut svg, FEATURES, features, of(|row| row.features));
    line(&mut svg, EDGES, coverage, of(|row| row.coverage));
    legend(&mut svg, 0.0, EDGES, "edges, left");
    legend(&mut svg, 110.0, FEATURES, "features, right");
    svg.push_str("</svg>\n");
    svg
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    // Writing to a string does not fail.
    let _ =
        writeln!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>", escape(text));
}

/// A line through points whose first part is a share of the width, and whose second is at most `most`.
fn line(svg: &mut String, colour: &str, most: u64, points: impl Iterator<Item = (f64, f64)>) {
    let most = most.max(1) as f64;
    let place = |(across, up): (f64, f64)| {
        let x = LEFT + across.clamp(0.0, 1.0) * (RIGHT - LEFT);
        let y = BOTTOM - up / most * (BOTTOM - TOP);
        format!("{x:.1},{y:.1}")
    };
    let mut points: Vec<_> = points.map(place).collect();
    // A picture has no more points than pixels.
    points.dedup();
    let _ = writeln!(
        svg,
        "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" points=\"{}\"/>",
        points.join(" ")
    );
}

fn legend(svg: &mut String, right: f64, colour: &str, words: &str) {
    let (x, y) = (LEFT + 200.0 + right, BOTTOM + 16.0);
    let _ = writeln!(svg, "<path d=\"M{} {}h14\" stroke=\"{colour}\"/>", x - 18.0, y - 4.0);
    text(svg, (x, y), "start", words);
}

/// Text as character data of XML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // XML has no control characters.
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 660.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 280.0;
const EDGES: &str = "#1f5fa8";
const FEATURES: &str = "#c06a1b";

#[cfg(test)]
mod tests;
