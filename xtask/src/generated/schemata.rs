//! Mutant schemata: all mutants of a file in one text, each behind a switch that is asked at run time.
//!
//! cargo-mutants says where a mutant is and what stands there instead. Building each one alone costs
//! a compilation; here one build holds them all, and `crate::mutant::is(N)` chooses. What cannot be
//! put behind a switch (a constant, a condition with `let`) is left out and reported.

use std::collections::BTreeMap;
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::Visit;

/// A mutant as cargo-mutants describes it.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    /// Its number, from 1.
    pub(crate) id: usize,
    /// `FnValue`, `BinaryOperator`, `UnaryOperator`, `MatchArm` or `MatchArmGuard`.
    pub(crate) genre: String,
    /// Line and column of what is replaced, both from 1.
    pub(crate) start: (usize, usize),
    /// What stands there instead.
    pub(crate) replacement: String,
}

/// A change of the text: an insertion, or an expression with its alternatives.
#[derive(Clone, Debug)]
enum Site {
    Insert(String),
    Choose(Vec<(usize, String)>),
}

/// The text with every mutant behind its switch, and the numbers of those that are in it.
///
/// # Errors
/// The parser's message when the text is no Rust.
pub(crate) fn weave(text: &str, mutants: &[Mutant]) -> Result<(String, Vec<usize>), syn::Error> {
    let file = syn::parse_file(text)?;
    let mut weaver = Weaver {
        text,
        lines: line_starts(text),
        at: BTreeMap::new(),
        sites: Vec::new(),
        woven: Vec::new(),
    };
    for mutant in mutants {
        weaver.at.entry(mutant.start).or_default().push(mutant.clone());
    }
    weaver.visit_file(&file);
    let Weaver { mut sites, mut woven, .. } = weaver;
    // Outer expressions first, so that inner ones are woven into what is left of them; what is put in
    // front of an expression stays in front.
    sites.sort_by_key(|(range, _)| (range.start, !range.is_empty(), usize::MAX - range.end));
    let mut out = String::new();
    let mut queue = sites.into_iter().peekable();
    print(text, 0..text.len(), &mut queue, &mut out);
    woven.sort_unstable();
    woven.dedup();
    Ok((out, woven))
}

type Queue = std::iter::Peekable<std::vec::IntoIter<(Range<usize>, Site)>>;

/// Writes a range of the text, with the sites that stand in it.
fn print(text: &str, range: Range<usize>, queue: &mut Queue, out: &mut String) {
    let mut at = range.start;
    while let Some((site, _)) = queue.peek() {
        if site.start >= range.end {
            break;
        }
        let Some((site, change)) = queue.next() else { break };
        out.push_str(text.get(at..site.start).unwrap_or_default());
        at = site.end;
        match change {
            Site::Insert(more) => out.push_str(&more),
            Site::Choose(alternatives) => {
                out.push('(');
                for (id, alternative) in alternatives {
                    out.push_str(&format!("if crate::mutant::is({id}) {{ {alternative} }} else "));
                }
                out.push_str("{ ");
                print(text, site, queue, out);
                out.push_str(" })");
            }
        }
    }
    out.push_str(text.get(at..range.end).unwrap_or_default());
}

fn line_starts(text: &str) -> Vec<usize> {
    let after = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(after).collect()
}

struct Weaver<'a> {
    text: &'a str,
    lines: Vec<usize>,
    at: BTreeMap<(usize, usize), Vec<Mutant>>,
    sites: Vec<(Range<usize>, Site)>,
    woven: Vec<usize>,
}

impl Weaver<'_> {
    /// The mutants of one genre that stand where a span starts.
    fn take(&self, span: proc_macro2::Span, genre: &str) -> Vec<Mutant> {
        let start = span.start();
        let all = self.at.get(&(start.line, start.column + 1));
        all.into_iter().flatten().filter(|mutant| mutant.genre == genre).cloned().collect()
    }

    fn range(&self, span: proc_macro2::Span) -> Range<usize> {
        self.offset(span.start())..self.offset(span.end())
    }

    /// Columns are counted in characters.
    fn offset(&self, place: proc_macro2::LineColumn) -> usize {
        let start = self.lines.get(place.line - 1).copied().unwrap_or(self.text.len());
        let line = self.text.get(start..).unwrap_or_default();
        start + line.char_indices().nth(place.column).map_or(line.len(), |(at, _)| at)
    }

    fn source(&self, span: proc_macro2::Span) -> &str {
        self.text.get(self.range(span)).unwrap_or_default()
    }

    fn body(&mut self, block: &syn::Block) {
        let Some(first) = block.stmts.first() else { return };
        for mutant in self.take(first.span(), "FnValue") {
            let at = self.offset(first.span().start());
            let text = format!(
                "if crate::mutant::is({}) {{ return {}; }} ",
                mutant.id, mutant.replacement
            );
            self.sites.push((at..at, Site::Insert(text)));
            self.woven.push(mutant.id);
        }
    }

    fn choose(&mut self, whole: proc_macro2::Span, alternatives: Vec<(usize, String)>) {
        if alternatives.is_empty() {
            return;
        }
        self.woven.extend(alternatives.iter().map(|(id, _)| *id));
        self.sites.push((self.range(whole), Site::Choose(alternatives)));
    }
}

impl<'ast> Visit<'ast> for Weaver<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if function.sig.constness.is_none() {
            self.body(&function.block);
            syn::visit::visit_item_fn(self, function);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if function.sig.constness.is_none() {
            self.body(&function.block);
            syn::visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.body(block);
        }
        syn::visit::visit_trait_item_fn(self, function);
    }

    // What is computed while compiling cannot ask a switch.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        if !has_let(&binary.left) && !has_let(&binary.right) {
            let (left, right) = (self.source(binary.left.span()), self.source(binary.right.span()));
            let alternatives = self
                .take(binary.op.span(), "BinaryOperator")
                .into_iter()
                .map(|mutant| (mutant.id, format!("{left} {} {right}", mutant.replacement)))
                .collect();
            self.choose(binary.span(), alternatives);
        }
        syn::visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        let operand = self.source(unary.expr.span());
        let alternatives = self
            .take(unary.op.span(), "UnaryOperator")
            .into_iter()
            .map(|mutant| (mutant.id, format!("{} {operand}", mutant.replacement)))
            .collect();
        self.choose(unary.span(), alternatives);
        syn::visit::visit_expr_unary(self, unary);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        for mutant in self.take(arm.span(), "MatchArm") {
            let switch = format!("!crate::mutant::is({})", mutant.id);
            let (at, text) = match &arm.guard {
                // The guard is parsed first, so that what is in front of it cannot change it.
                Some((_, guard)) if !has_let(guard) => {
                    (self.offset(guard.span().start()), format!("{switch} && "))
                }
                Some(_) => continue,
                None => (self.offset(arm.pat.span().end()), format!(" if {switch}")),
            };
            self.sites.push((at..at, Site::Insert(text)));
            self.woven.push(mutant.id);
        }
        if let Some((_, guard)) = &arm.guard
            && !has_let(guard)
        {
            let alternatives = self
                .take(guard.span(), "MatchArmGuard")
                .into_iter()
                .map(|mutant| (mutant.id, mutant.replacement))
                .collect();
            self.choose(guard.span(), alternatives);
        }
        syn::visit::visit_arm(self, arm);
    }
}

/// Whether a condition binds: `let` cannot stand inside another expression.
fn has_let(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(id: usize, genre: &str, start: (usize, usize), replacement: &str) -> Mutant {
        Mutant { id, genre: genre.to_owned(), start, replacement: replacement.to_owned() }
    }

    #[test]
    fn operators_are_nested() {
        let text = "fn f(a: u8, b: u8) -> bool { a < b && !x(a) }\n";
        let mutants = [
            mutant(1, "BinaryOperator", (1, 32), ">"),
            mutant(2, "BinaryOperator", (1, 36), "||"),
            mutant(3, "UnaryOperator", (1, 39), ""),
            mutant(4, "FnValue", (1, 30), "true"),
        ];
        let (woven, ids) = weave(text, &mutants).unwrap();
        assert_eq!(ids, [1, 2, 3, 4]);
        assert_eq!(
            woven,
            "fn f(a: u8, b: u8) -> bool { if crate::mutant::is(4) { return true; } \
             (if crate::mutant::is(2) { a < b || !x(a) } else { \
             (if crate::mutant::is(1) { a > b } else { a < b }) && \
             (if crate::mutant::is(3) {  x(a) } else { !x(a) }) }) }\n"
        );
    }

    #[test]
    fn arms_and_guards_are_switched_and_constants_left_out() {
        let text = "const A: u8 = 1 + 2;\nfn f(a: u8) -> u8 {\n    match a {\n        1 if a > 0 => 2,\n        _ => 3,\n    }\n}\n";
        let mutants = [
            mutant(1, "BinaryOperator", (1, 17), "-"),
            mutant(2, "MatchArm", (4, 9), ""),
            mutant(3, "MatchArmGuard", (4, 14), "true"),
        ];
        let (woven, ids) = weave(text, &mutants).unwrap();
        assert_eq!(ids, [2, 3]);
        assert!(woven.contains(
            "1 if !crate::mutant::is(2) && (if crate::mutant::is(3) { true } else { a > 0 }) => 2,"
        ));
    }
}
