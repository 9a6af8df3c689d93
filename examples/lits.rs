fn main() {
    let t = std::time::Instant::now();
    let c = grantshift::rules::Catalog::load(&[]).unwrap();
    println!("{:?}", t.elapsed());
    let f = grantshift::anchors::Filter::new(&c).unwrap();
    println!("{:?}", t.elapsed());
    println!("{:?}", grantshift::anchors::literals(&c));
    let _ = f;
}
