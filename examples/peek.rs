fn main() {
    let c = grantshift::rules::Catalog::load(&[]).unwrap();
    let s =
        grantshift::scan::Settings { paths: std::env::args().skip(1).map(Into::into).collect(), ..Default::default() };
    let r = grantshift::scan::scan(&s, &c, &Default::default()).unwrap();
    println!("{} seen {} cand", r.files_seen, r.files_candidate);
    for f in r.findings {
        println!(
            "{:?} {:?} {}:{} {} | {:?} | {:?}",
            f.context,
            f.confidence,
            f.path,
            f.span.start.line,
            f.rule,
            f.details,
            f.flow.iter().map(|e| format!("{}@{}", e.role.name(), e.span.start.line)).collect::<Vec<_>>().join(" ")
        );
    }
    for e in r.errors {
        println!("ERR {:?}", e)
    }
}
#[test]
fn t() {}
