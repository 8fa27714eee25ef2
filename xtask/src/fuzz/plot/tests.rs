//! The picture.

use super::*;

fn row(elapsed_s: f64, coverage: u64, features: u64) -> Row {
    Row {
        elapsed_s,
        cpu_s: elapsed_s,
        executions: 10,
        executions_per_cpu_s: 1.0,
        coverage,
        features,
        corpus_files: 1,
        findings: 0,
    }
}

/// Every tag that opens closes, in order, and no character data has `<` or a bare `&`.
fn is_well_formed(xml: &str) -> bool {
    let mut open = Vec::new();
    for piece in xml.split('<').skip(1) {
        let Some((tag, data)) = piece.split_once('>') else { return false };
        let entities = ["&amp;", "&lt;", "&gt;"];
        let bare = entities.iter().fold(data.to_owned(), |data, entity| data.replace(entity, ""));
        if bare.contains(['&', '>']) || tag.matches('"').count() % 2 == 1 {
            return false;
        }
        match tag.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => return false,
            Some(_) => {}
            None if tag.ends_with('/') => {}
            None => open.extend(tag.split_whitespace().next()),
        }
    }
    open.is_empty()
}

#[test]
fn the_check_of_form_can_fail() {
    for bad in ["<a>", "<a></b>", "<a>&</a>", "<a b=\">\"></a>", "<a>x > y</a>"] {
        assert!(!is_well_formed(bad), "{bad}");
    }
    assert!(is_well_formed("<a b=\"c\"><d/>x &lt; y</a>"));
}

#[test]
fn lines_go_from_the_first_row_to_the_last() {
    let svg = picture("json", &[row(0.0, 100, 0), row(50.0, 200, 600), row(100.0, 400, 800)]);
    assert!(is_well_formed(&svg), "{svg}");
    assert!(svg.contains("points=\"60.0,220.0 360.0,160.0 660.0,40.0\""), "edges: {svg}");
    assert!(svg.contains("points=\"60.0,280.0 360.0,100.0 660.0,40.0\""), "features: {svg}");
    assert!(svg.contains("json: 400 edges, 800 features, 10 executions in 100 CPU-seconds"));
}

#[test]
fn a_picture_of_nothing_is_well_formed() {
    assert!(is_well_formed(&picture("json", &[])));
}

#[test]
fn a_name_is_escaped() {
    let svg = picture("<script>&\u{1}\"", &[row(1.0, 1, 1)]);
    assert!(is_well_formed(&svg) && svg.contains("&lt;script&gt;&amp; \""), "{svg}");
}
