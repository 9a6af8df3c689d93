//! What programs become: the source on one side, the lowered module on the other.

mod dump;

use super::lower;
use crate::facts::ir::{ExpressionId, ExpressionKind, Module, StatementKind};
use crate::finding::Language;

fn lowered(language: Language, source: &str) -> Module {
    let mut parser = tree_sitter::Parser::new();
    parser
        .set_language(&crate::syntax::grammar(language).expect("code has a grammar"))
        .expect("the grammar fits the library");
    let tree = parser.parse(source, None).expect("parsing has no limit here");
    lower(&tree, source, language)
}

#[track_caller]
fn check(language: Language, source: &str, expected: &[&str]) {
    assert_eq!(dump::dump(&lowered(language, source)), expected.join("\n"), "for {source}");
}

/// The same in all three grammars.
#[track_caller]
fn everywhere(source: &str, expected: &[&str]) {
    for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
        check(language, source, expected);
    }
}

#[track_caller]
fn typescript(source: &str, expected: &[&str]) {
    for language in [Language::TypeScript, Language::Tsx] {
        check(language, source, expected);
    }
}

/// What an expression is written as.
fn written<'source>(module: &Module, source: &'source str, id: ExpressionId) -> &'source str {
    let range = module.expression(id).range;
    &source[range.start..range.end]
}

#[test]
fn strings_are_decoded() {
    everywhere(r#"f("a\n\x41\u0042\u{1F600}\ud83d\ude00\'\/\0", 'it"s', "")"#, &[r#"f("a\nAB😀😀'/\0", "it\"s", "")"#]);
    everywhere("f(\"one\\\ntwo\", 'tab\\t')", &[r#"f("onetwo", "tab\t")"#]);
    everywhere(r#"f("// no comment", ' /* nor this */ ')"#, &[r#"f("// no comment", " /* nor this */ ")"#]);
}

#[test]
fn templates_are_concatenations() {
    everywhere("f(`plain\\n`, `a\r\nb`, ``)", &[r#"f("plain\n", "a\nb", "")"#]);
    everywhere("f(`https://${host}/ims/${path}`)", &[r#"f(concat("https://", host, "/ims/", path))"#]);
    everywhere("f(`${a}`)", &["f(concat(a))"]);
    everywhere("f(`a${`b${c}` + `d`}e`)", &[r#"f(concat("a", concat(concat("b", c), "d"), "e"))"#]);
    everywhere("const q = sql`x ${y}`", &[r#"let q = opaque(sql, concat("x ", y))"#]);
}

#[test]
fn plain_values() {
    everywhere(
        "x = [1, 0x1F, -5, true, false, null, undefined, void 0, /re/g, this]",
        &["(x = [1, 0x1F, -5, true, false, null, null, null, opaque(), this])"],
    );
}

#[test]
fn plus_chains_are_flat_and_other_operators_are_opaque() {
    everywhere("x = 'a' + b + 'c' + d()", &[r#"(x = concat("a", b, "c", d()))"#]);
    everywhere("x = a + (b + c) + d", &["(x = concat(a, concat(b, c), d))"]);
    everywhere("x = a + b - c + d", &["(x = concat(opaque(concat(a, b), c), d))"]);
    everywhere("x = a === b", &["(x = opaque(a, b))"]);
    everywhere("x = typeof a", &["(x = opaque(a))"]);
}

#[test]
fn long_chains_need_no_deep_stack() {
    let source = format!("x = {}'end'", "a + ".repeat(20_000));
    let module = std::thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(move || lowered(Language::JavaScript, &source))
        .expect("a thread can be started")
        .join()
        .expect("lowering ends");
    let lengths = module.expressions.iter().filter_map(|expression| match &expression.kind {
        ExpressionKind::Concat(parts) => Some(parts.len()),
        _ => None,
    });
    assert_eq!(lengths.max(), Some(20_001));
}

#[test]
fn choices_and_defaults() {
    everywhere("x = a || b || 'c'", &[r#"(x = default(default(a, b), "c"))"#]);
    everywhere("x = a ?? b", &["(x = default(a, b))"]);
    everywhere("x = a && b", &["(x = choice(a ? b))"]);
    everywhere("x = a ? b : c", &["(x = choice(a ? b | c))"]);
    everywhere("x = (a, b)", &["(x = choice(a ? b))"]);
    everywhere("x = (a, b, c)", &["(x = choice(opaque(a, b) ? c))"]);
}

#[test]
fn calls_and_members() {
    everywhere("a?.b?.(c, ...d)?.[e]", &["a.b(c, ...d)[e]"]);
    everywhere("(0, m.default)(x)", &["choice(0 ? m.default)(x)"]);
    everywhere("new Foo; new a.B(c)", &["new Foo()", "new a.B(c)"]);
    everywhere("import.meta.url", &["opaque().url"]);
    typescript("a!.b<T>(c as D, e satisfies F)", &["a.b(c, e)"]);
    typescript("new Map<string, number>(); x = f<T>", &["new Map()", "(x = f)"]);
    check(Language::TypeScript, "x = <any>y", &["(x = y)"]);
}

#[test]
fn chained_promises() {
    everywhere(
        "fetch(u, { method: 'POST' }).then(r => r.json()).then(({ token }) => { return token }).catch(log)",
        &[concat!(
            r#"fetch(u, {"method": "POST"}).then(fn(r) { return r.json() })"#,
            ".then(fn({token -> token}) { return token }).catch(log)"
        )],
    );
}

#[test]
fn commonjs_modules() {
    everywhere("const client = require('client')", &[r#"let client = import("client")"#]);
    everywhere("const client = require('client').default", &[r#"let client = import("client").default"#]);
    everywhere(
        "const { sign: s, verify = x, ...others } = require(\"signing\")",
        &[r#"let {sign -> s, verify -> verify = x, ...others} = import("signing")"#],
    );
    everywhere("require('settings').config()", &[r#"import("settings").config()"#]);
    everywhere("require.resolve('x')", &[r#"require.resolve("x")"#]);
    everywhere(
        "module.exports = { token, other: 1 }; exports.a = function named() {}",
        &[r#"(module.exports = {"token": token, "other": 1})"#, "(exports.a = fn named() {})"],
    );
    everywhere("x = import(`./${y}`)", &[r#"(x = import(concat("./", y)))"#]);
    everywhere("(await import('m')).default(1)", &[r#"await import("m").default(1)"#]);
}

#[test]
fn imports() {
    everywhere("import 'side'", &[r#"import effect of "side""#]);
    everywhere("import * as ns from 'ns'", &[r#"import module of "ns" as ns"#]);
    everywhere(
        "import d, { a, b as c, default as e, 'f-g' as h } from 'm'",
        &[
            r#"import default of "m" as d"#,
            r#"import {a} of "m" as a"#,
            r#"import {b} of "m" as c"#,
            r#"import default of "m" as e"#,
            r#"import {f-g} of "m" as h"#,
        ],
    );
    typescript(
        "import type T from 't'; import { type U, v } from 'u'; import type { W } from 'w'; import x = require('y')",
        &[
            r#"import type default of "t" as T"#,
            r#"import type {U} of "u" as U"#,
            r#"import {v} of "u" as v"#,
            r#"import type {W} of "w" as W"#,
            r#"import module of "y" as x"#,
        ],
    );
    typescript("import a = B.c.d", &["let a = B.c.d"]);
}

#[test]
fn exports() {
    everywhere(
        "export const q = 1, { w: [z] } = o",
        &["let q = 1", "let {w -> [z]} = o", "export q = q", "export z = z"],
    );
    everywhere("export async function f() {}", &["fn f() {}", "export f = f"]);
    everywhere("export default function f() {}", &["fn f() {}", "export default = f"]);
    everywhere("export default class A {}", &["class A {  }", "export default = A"]);
    everywhere("export default async () => {}", &["export default = fn() {}"]);
    everywhere("export default { a }", &[r#"export default = {"a": a}"#]);
    everywhere(
        "export { a, b as c, d as default, e as 'f-g' }",
        &["export a = a", "export c = b", "export default = d", "export f-g = e"],
    );
    everywhere(
        "export * from 'm'; export * as n from 'm'; export { a as b, default } from 'm'",
        &[
            r#"reexport * from "m" as *"#,
            r#"reexport * from "m" as n"#,
            r#"reexport a from "m" as b"#,
            r#"reexport default from "m" as default"#,
        ],
    );
    typescript("export = f", &["(module.exports = f)"]);
    typescript("export declare const a: string; export type T = { a: 1 }", &["let a: string", "export a = a"]);
}

#[test]
fn object_literals() {
    everywhere(
        "x = { a, 'b-c': 1, [k]: 2, ['d']: 3, 4: 5, ...e }",
        &[r#"(x = {"a": a, "b-c": 1, k: 2, "d": 3, "4": 5, ...e})"#],
    );
    everywhere(
        "x = { async m(a) { return a }, get z() { return 2 }, set z(v) {}, f: () => 1 }",
        &[concat!(
            r#"(x = {"m": method m(a) { return a }, "z": getter z() { return 2 }, "set z": method set z(v) {}, "#,
            r#""f": fn f() { return 1 }})"#
        )],
    );
}

#[test]
fn array_literals() {
    everywhere("x = [1, , ...q, 2,]", &["(x = [1, null, ...q, 2])"]);
    everywhere("x = [,]", &["(x = [null])"]);
}

#[test]
fn functions_and_parameters() {
    everywhere(
        "const f = async ({ id, secret = env.S, a: { b } }, [p, , q], c = 1, ...r) => await g(id)",
        &[concat!(
            "let f = fn f({id -> id, secret -> secret = env.S, a -> {b -> b}}, [p, _, q], c = 1, ...r) ",
            "{ return await g(id) }"
        )],
    );
    everywhere(
        "handler = function () {}; const g = function own() {}",
        &["(handler = fn handler() {})", "let g = fn own() {}"],
    );
    everywhere("function* gen() { const r = yield a; yield* b }", &["fn gen() { let r = await a; await b }"]);
    typescript(
        "function f(this: A, a?: B<C>, b: string | null = 'x', ...r: D): Promise<E> {}",
        &["fn f(a: B, b = \"x\", ...r: D): Promise {}"],
    );
    typescript("function f(a: string): void; function f(a: any) {}", &["fn f(a: any) {}"]);
    typescript("declare function f(): client.Instance", &["fn f(): client.Instance"]);
}

#[test]
fn assignments() {
    everywhere(
        "x += 1; x.y ||= 2; x[0] ??= 3; x -= 1; x++",
        &["(x += 1)", "(x.y = default(x.y, 2))", "(x[0] = default(x[0], 3))", "(x = opaque(x, 1))", "opaque(x)"],
    );
    everywhere("[x, y.z] = [y, x]; ({ q, w: e.r = 5 } = z)", &["([x, y.z] = [y, x])", "({q -> q, w -> e.r = 5} = z)"]);
    everywhere("a = b = c", &["(a = (b = c))"]);
    typescript("(x as any).y = 1; z! = 2", &["(x.y = 1)", "(z = 2)"]);
}

#[test]
fn declarations() {
    everywhere("var a = 1, b; let [c, , d = 2, ...e] = f", &["let a = 1", "let b", "let [c, _, d = 2, ...e] = f"]);
    typescript("let a: A.B<C>, b: string | null, c: D[], d!: E", &["let a: A.B", "let b", "let c", "let d: E"]);
}

#[test]
fn branches() {
    everywhere("if (a) b(); else if (c) { d() } else e()", &["branch!(a, c) { b() } | { d() } | { e() }"]);
    everywhere("if (a) return; else if (b) {}", &["branch(a, b) { return } | {}"]);
    everywhere(
        "switch (x) { case 1: case 2: f(); break; case 3: { g(); break } default: h() }",
        &["branch!(x, 1, 2, 3) { f() } | { g() } | { h() }"],
    );
    everywhere("switch (x) { case 1: if (a) break; return 1 }", &["branch(x, 1) { branch(a) { leave }; return 1 }"]);
}

#[test]
fn loops() {
    everywhere("for (let i = 0; i < n; i++) { f(i) }", &["{ let i = 0; loop(opaque(i, n), opaque(i)) { f(i) } }"]);
    everywhere("for (;;) {}", &["loop() {}"]);
    everywhere("for (const [k, v] of pairs) f(k)", &["loop([k, v] of pairs) { f(k) }"]);
    everywhere("for await (x of xs) f(x)", &["loop(x of xs) { f(x) }"]);
    everywhere(
        "for (const k in o) f(k); for (k in o) f(k)",
        &["loop(o) { let k = opaque(); f(k) }", "loop(o) { (k = opaque()); f(k) }"],
    );
    everywhere("out: while (a) { continue out }", &["loop(a) { leave }"]);
    everywhere("do f(); while (a)", &["loop(a) { f() }"]);
}

#[test]
fn exceptions() {
    everywhere(
        "try { a() } catch ({ message }) { b() } finally { c() }",
        &["try { a() } catch({message -> message}) { b() } finally { c() }"],
    );
    everywhere("try { throw new E('x') } catch {}", &[r#"try { throw new E("x") } catch() {}"#]);
    typescript("try {} catch (e: unknown) {}", &["try {} catch(e: unknown) {}"]);
}

#[test]
fn javascript_classes() {
    everywhere(
        "class A extends lib.B { static #n = 1; x = () => this.y; #m() { return this.#m() } constructor(a) { super(a) } \
         static async s() {} get g() { return 1 } set g(v) {} static { init() } }",
        &[concat!(
            "class A < lib.B { static #n = 1; x = fn() { return this.y }; method #m() { return this.#m() }; ",
            "constructor constructor(a) { super(a) }; static s() {}; getter g() { return 1 }; method set g(v) {}; ",
            "{ init() } }"
        )],
    );
    everywhere("const K = class extends mix(Q) {}", &["let K = class K { mix(Q) }"]);
    check(
        Language::JavaScript,
        "@Injectable() export class A { @Get('x') m() {} @Input() f = 1 }",
        &["@Injectable() class A { @Input() f = 1; @Get(\"x\") method m() {} }", "export A = A"],
    );
}

#[test]
fn typescript_classes() {
    typescript(
        "@Controller('auth') export class Auth extends Base<T> implements I, N.J<K> { \
         private readonly url?: string = 'q'; static s: A.B<C> = 1; \
         constructor(@Inject(TOKEN) private readonly http: Service, public b = 1, c?: string) { super(); go() } \
         @Post(':id', { a: 1 }) async find(@Param('id') id: string): Promise<any> { return this.http.post<F>(id) } }",
        &[
            concat!(
                r#"@Controller("auth") class Auth < Base, I, N.J { url: string = "q"; static s: A.B = 1; "#,
                "http: Service; b; ",
                "constructor constructor(@Inject(TOKEN) http: Service, b = 1, c: string) ",
                "{ (this.http = http); (this.b = b); super(); go() }; ",
                r#"@Post(":id", {"a": 1}) method find(@Param("id") id: string): Promise "#,
                "{ return this.http.post(id) } }"
            ),
            "export Auth = Auth",
        ],
    );
    typescript(
        "abstract class A { abstract m(): string; n(a: string): void; n(a: any) {} }",
        &["class A { method m(): string; method n(a: any) {} }"],
    );
}

#[test]
fn interfaces_and_enums() {
    typescript(
        "interface I extends J<K>, L.M { a: string; m(x: number): Promise<string>; [k: string]: any }",
        &["interface I < J, L.M { a: string; method m(x: number): Promise }"],
    );
    typescript(
        "enum E { A, B = 5, C, D = 'x', F } const enum G { H = 'h' }",
        &[
            r#"class E { static A = 0; static B = 5; static C = 6; static D = "x"; static F }"#,
            r#"class G { static H = "h" }"#,
        ],
    );
}

#[test]
fn namespaces() {
    typescript(
        "namespace N.S { export const y = 1 } declare module 'foo' { const x: number }",
        &["{ let y = 1; export y = y }", "{ let x: number }"],
    );
}

#[test]
fn markup() {
    for language in [Language::JavaScript, Language::Tsx] {
        check(
            language,
            concat!(
                "const v = <Foo.Bar a=\"x&amp;y\" b={u} {...p} c><div k='2'>{v} text {/* no */}</div>",
                "<Own on={() => go()}/></Foo.Bar>"
            ),
            &[r#"let v = opaque(Foo.Bar, "x&y", u, p, opaque("2", v), opaque(Own, fn() { return go() }))"#],
        );
        check(language, "const v = <><b/>{x}</>", &["let v = opaque(opaque(), x)"]);
    }
}

#[test]
fn comments_and_types_are_left_out() {
    everywhere(
        "/* a */ f(/* b */ a, // c\n b); const x = /* d */ g /* e */ . /* f */ h; for (/* g */ ; /* h */ a; ) {}",
        &["f(a, b)", "let x = g.h", "loop(a) {}"],
    );
    everywhere("if (/* a */ b) /* c */ d(); else /* e */ f()", &["branch!(b) { d() } | { f() }"]);
    typescript("type A = { b: typeof c.d }", &[]);
}

#[test]
fn errors_leave_the_rest() {
    everywhere(
        "const t = sign({ a: 1 }, key; send(url, { x: 1, y: }, 2)\nconst b = 2",
        &[r#"let t = sign({"a": 1}, key)"#, r#"send(url, {"x": 1, "y": opaque()}, 2)"#, "let b = 2"],
    );
    everywhere("foo(function () { a(); b(1); )", &["foo(fn() { a(); b(1) })"]);
    check(Language::JavaScript, "send(url {data}, [1 2])", &[r#"send(opaque(url), {"data": data}, [1, opaque(2)])"#]);
    // Here the whole file is one error, and the statements stand directly in it.
    check(
        Language::JavaScript,
        "foo(function() { a(); b(1); );\nsend(url);\nconst = 3;\nclass A {}",
        &["foo", "a()", "b(1)", "send(url)", "3", "class A {  }"],
    );
    everywhere("", &[]);
    everywhere("@ } )", &[]);
}

#[test]
fn no_broken_file_stops_it() {
    let source = "import a, { b as c } from 'd'; @E('f') export class G<H> extends I { @J() private k?: L = `m${n}`; \
                  constructor(private readonly o: P = { q, [r]: s, ...t }) { super(); this.o ||= u?.v?.[w] ?? x } } \
                  switch (y) { case 1: break; default: { z(); } } for (const [aa, , bb] of cc) { try { dd } catch {} } \
                  const { ee: ff = 1, ...gg } = require('hh'), ii = async (jj, ...kk) => await ll, \
                  mm = <Nn oo='pp' {...qq}>{rr}</Nn>; enum Ss { Tt = 'uu', Vv } export { ww as xx } from 'yy';";
    for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
        for cut in 0..source.len() {
            let (before, after) = source.split_at(cut);
            let gap = format!("{before}{}", after.get(7..).unwrap_or(""));
            for broken in [before, after, &gap] {
                check_soundness(&lowered(language, broken), broken);
            }
        }
    }
}

/// Children have smaller ids than their parents, and every range lies in the text.
fn check_soundness(module: &Module, source: &str) {
    for (position, expression) in module.expressions.iter().enumerate() {
        let children: Vec<ExpressionId> = match &expression.kind {
            ExpressionKind::Opaque(children) | ExpressionKind::Concat(children) => children.clone(),
            ExpressionKind::Arithmetic { left, right, .. } => vec![*left, *right],
            ExpressionKind::Member { object, .. } => vec![*object],
            ExpressionKind::Call { callee, arguments } => {
                arguments.iter().map(|argument| argument.value).chain([*callee]).collect()
            }
            ExpressionKind::Default { value, fallback } => vec![*value, *fallback],
            ExpressionKind::Choice { condition, options } => options.iter().copied().chain(*condition).collect(),
            _ => Vec::new(),
        };
        assert!(children.iter().all(|child| (child.0 as usize) < position), "in {source}");
        assert!(source.get(expression.range.start..expression.range.end).is_some(), "in {source}");
    }
}

#[test]
fn ranges_are_those_of_the_nodes() {
    let source = "const é = '1'; const u = (`a${b}` + c.d) as any, w = 2;";
    let module = lowered(Language::TypeScript, source);
    let [first, second, third] = module.body.0.as_slice() else { panic!("three declarations") };
    assert_eq!(&source[first.range.start..first.range.end], "const é = '1';");
    assert_eq!(&source[second.range.start..second.range.end], "u = (`a${b}` + c.d) as any");
    assert_eq!(&source[third.range.start..third.range.end], "w = 2");
    let StatementKind::Declare { value: Some(value), .. } = second.kind else { panic!("a declaration with a value") };
    assert_eq!(written(&module, source, value), "`a${b}` + c.d");
    let ExpressionKind::Concat(parts) = &module.expression(value).kind else { panic!("a concatenation") };
    assert_eq!(written(&module, source, parts[0]), "`a${b}`");
    let ExpressionKind::Member { name_range, .. } = module.expression(parts[1]).kind else { panic!("a member") };
    assert_eq!(&source[name_range.start..name_range.end], "d");
}

#[test]
fn functions_and_classes_stand_in_the_order_in_which_they_begin() {
    let source =
        "function a() { const b = () => { class C { d() {} } }; function e() {} } class F { g = () => 1; h() {} }";
    let module = lowered(Language::JavaScript, source);
    assert!(module.functions.is_sorted_by_key(|function| function.range.start));
    assert!(module.classes.is_sorted_by_key(|class| class.range.start));
    assert_eq!(module.functions.len(), 6);
    let method = module.functions.iter().find(|function| function.name.as_deref() == Some("h"));
    let class = method.and_then(|method| method.class).map(|class| module.class(class).name.as_deref());
    assert_eq!(class, Some(Some("F")));
}
