//! Statements, expressions, functions and classes.

use super::{assert_lowers, dumped, module_of};
use crate::facts::ir::StatementKind;

#[test]
fn imports() {
    assert_lowers(
        "import os, a.b.c\nimport a.b as c\nfrom a.b import c as d, e\nfrom .config import X\nfrom ..x import (y,\n  z)\n\
         from . import w\nfrom m import *\nfrom __future__ import annotations\n",
        &[
            "import os as os",
            "import a as a",
            "import a.b as c",
            "import a.b#c as d",
            "import a.b#e as e",
            "import .config#X as X",
            "import ..x#y as y",
            "import ..x#z as z",
            "import .#w as w",
            "import m#* ",
            "import __future__#annotations as annotations",
        ]
        .map(str::trim_end),
    );
}

#[test]
fn a_token_exchange_with_requests() {
    assert_lowers(
        "import requests\n\ndef exchange(host, token):\n    url = 'https://{}/ims/exchange/jwt'.format(host)\n    \
         res = requests.post(url, data={'client_id': CID, \"jwt_token\": token}, **options)\n    \
         return res.json()['access_token']\n",
        &[
            "import requests as requests",
            "free exchange(host, token)",
            r#" url = "https://{}/ims/exchange/jwt".format(host)"#,
            r#" res = requests.post(url, data={"client_id": CID, "jwt_token": token}, **options)"#,
            r#" return res.json()["access_token"]"#,
        ],
    );
}

#[test]
fn a_dictionary_built_by_subscript() {
    assert_lowers(
        "p = {}\np['exp'] = time.time() + 60\np[f'{base}/s/x'] = True\np.update(iss=org)\np |= {'a': 1}\nq = {**p, 'k': v}\np[1:2] = x\ny = p[1:]\nz = p[a, b]",
        &[
            "p = {}",
            r#"p["exp"] = concat(time.time(), 60)"#,
            r#"p[concat(base, "/s/x")] = true"#,
            "p.update(iss=org)",
            r#"p = ?(p, {"a": 1})"#,
            r#"q = {**p, "k": v}"#,
            "p[?(1, 2)] = x",
            "y = ?(p, ?(1))",
            "z = p[[a, b]]",
        ],
    );
}

#[test]
fn assignments() {
    assert_lowers(
        "a = b = c\nx, (y, *z) = f()\nself.a, d['k'] = 1, 2\nn: Optional[str] = None\nm: int\ns += 'x'\ni -= 1\n*h, last = v",
        &[
            "a = b = c",
            "<x, <y, *z>> = f()",
            r#"<self.a, d["k"]> = [1, 2]"#,
            "n: str = null",
            "declare m: int",
            r#"s += "x""#,
            "i = ?(i, 1)",
            "<*h> = v",
        ],
    );
}

#[test]
fn with_and_async_with() {
    assert_lowers(
        "with open('k') as f, lock:\n    key = f.read()\nasync def g():\n    async with s.post(u) as (a, b):\n        return await a.json()\n\
         with (open(x) as p, open(y) as q):\n    pass\n",
        &[
            "block",
            r#" f = open("k")"#,
            " lock",
            " key = f.read()",
            "free g()",
            " block",
            "  <a, b> = s.post(u)",
            "  return await a.json()",
            "block",
            " p = open(x)",
            " q = open(y)",
        ],
    );
}

#[test]
fn a_class_with_attributes() {
    assert_lowers(
        "class Client(base.Session, Generic[T], metaclass=Meta):\n    '''Docs.'''\n    URL = 'u'\n    A = B = 1\n    X, Y = 1, 2\n    \
         timeout: int = 3\n    name: str\n    def __init__(self, cid, *, secret=None):\n        super().__init__()\n        \
         self.cid: str = cid\n    def token(self) -> 'Token':\n        return self.cid\n    class Inner:\n        pass\n",
        &[
            "class Client(base.Session, Generic)",
            r#" field URL = "u""#,
            " field A = 1",
            " field B = 1",
            " field timeout: int = 3",
            " field name: str",
            " Meta",
            r#" "Docs.""#,
            " <X, Y> = [1, 2]",
            " class Inner() in Client",
            " constructor __init__[self](cid, secret=null)",
            "  super.__init__()",
            "  self.cid = cid",
            " method token[self]() -> Token",
            "  return self.cid",
        ],
    );
}

#[test]
fn decorators_decide_what_a_method_is() {
    assert_lowers(
        "class C:\n    @staticmethod\n    def s(a): return a\n    @classmethod\n    def c(cls, a): return cls(a)\n    @property\n    def p(self): return 1\n    \
         @functools.cached_property\n    def q(self): return 2\n    @p.setter\n    def p(self, v): pass\n    def __new__(cls): pass\n    \
         if X:\n        def late(self): pass\n    @retry(times=3)\n    def r(self, /, a, *args, k, **kw): pass\n    def odd(*args): pass\n",
        &[
            "class C()",
            " branch X",
            " arm",
            " @staticmethod",
            " static s(a)",
            "  return a",
            " @classmethod",
            " static c[cls](a)",
            "  return cls(a)",
            " @property",
            " getter p[self]()",
            "  return 1",
            " @functools.cached_property",
            " getter q[self]()",
            "  return 2",
            " @p.setter",
            " method p[self](v)",
            " constructor __new__[cls]()",
            " method late[self]()",
            " @retry(times=3)",
            " method r[self](a, *args, k, **kw)",
            " method odd(*args)",
        ],
    );
}

#[test]
fn decorated_functions_and_classes() {
    let source = "@app.route('/x', methods=['POST'])\n@login\nasync def f(): pass\n@dataclass(frozen=True)\nclass D:\n    a: 'int' = 1\n";
    assert_lowers(
        source,
        &[
            r#"@app.route("/x", methods=["POST"])"#,
            "@login",
            "free f()",
            "@dataclass(frozen=true)",
            "class D()",
            " field a: int = 1",
        ],
    );
    let module = module_of(source);
    let range = module.functions[0].range;
    assert!(source[range.start..range.end].starts_with("@app"));
    assert!(source[range.start..range.end].ends_with("pass"));
}

#[test]
fn interfaces() {
    assert_lowers(
        "class P(typing.Protocol[T]):\n    def send(self, x: bytes) -> None:\n        '''Sends.'''\n        ...\nclass Q(ABC):\n    def f(self): return 1\nclass R:\n    pass\n",
        &[
            "interface P(typing.Protocol)",
            " method send[self](x: bytes)",
            r#"  "Sends.""#,
            "  null",
            "class Q(ABC)",
            " method f[self]()",
            "  return 1",
            "class R()",
        ],
    );
}

#[test]
fn type_hints() {
    assert_lowers(
        "def f(a: requests.Session, b: Optional['X'], c: 'a.X | None' = None, d: Union[X, None] = 1, e: Dict[str, Any] = {}, f: X | Y = 2, \
         *g: str, **h: list[int]) -> typing.Optional[X]: pass",
        &["free f(a: requests.Session, b: X, c: a.X=null, d: X=1, e: Dict={}, f=2, *g: str, **h: list) -> X"],
    );
}

#[test]
fn branches() {
    assert_lowers(
        "if a == 'x':\n    f()\nelif not b:  # why\n    g()\nelse:\n    h()\nif __name__ == \"__main__\": main()\n",
        &[
            r#"branch ?(a, "x"); ?(b) exhaustive"#,
            "arm",
            " f()",
            "arm",
            " g()",
            "arm",
            " h()",
            r#"branch ?(__name__, "__main__")"#,
            "arm",
            " main()",
        ],
    );
}

#[test]
fn match_statements() {
    assert_lowers(
        "match env:\n    case 'prod' | Stage.LIVE:\n        u = 'p'\n    case {'host': h, **rest} if h:\n        u = h\n    case Point(x=0, y=yy) as pt:\n        u = yy\n    case _:\n        u = 's'\nmatch e:\n    case 1: pass\n",
        &[
            r#"branch env; "prod"; Stage.LIVE; "host"; h; Point; 0 exhaustive"#,
            "arm",
            r#" u = "p""#,
            "arm",
            " h = ?()",
            " rest = ?()",
            " u = h",
            "arm",
            " yy = ?()",
            " pt = ?()",
            " u = yy",
            "arm",
            r#" u = "s""#,
            "branch e; 1",
            "arm",
        ],
    );
}

#[test]
fn loops() {
    assert_lowers(
        "for k, v in d.items():\n    if k: continue\n    break\nelse:\n    f()\nwhile x:\n    y()\nasync def g():\n    async for i in s: await i\n",
        &[
            "loop <k, v> in d.items()",
            " branch k",
            " arm",
            "  leave",
            " leave",
            "branch ",
            "arm",
            " f()",
            "loop x",
            " y()",
            "free g()",
            " loop i in s",
            "  await i",
        ],
    );
}

#[test]
fn tries() {
    assert_lowers(
        "try:\n    r = f()\nexcept requests.HTTPError as e:\n    raise Broken(e) from e\nexcept (A, B):\n    raise\nexcept:\n    pass\nelse:\n    g(r)\nfinally:\n    h()\n",
        &[
            "try",
            " r = f()",
            " g(r)",
            "except e: requests.HTTPError",
            " requests.HTTPError",
            " e",
            " throw Broken(e)",
            "except",
            " [A, B]",
            " throw nothing",
            "except",
            "finally",
            " h()",
        ],
    );
    assert_lowers("try: f()\nexcept* E as group:\n    g()\n", &["try", " f()", "except group: E", " E", " g()"]);
}

#[test]
fn comprehensions() {
    assert_lowers(
        "q = '&'.join('%s=%s' % (k, v) for k, v in p.items() if v)\na = [x + y for x in xs for y in ys]\nb = {k: f(v) for k, v in d}\nc = {x for x in 1, 2}\n",
        &[
            r#"q = "&".join(each(<k, v> in p.items(): (v ? percent("%s=%s"; k, v))))"#,
            "a = each(x in xs: each(y in ys: concat(x, y)))",
            "b = each(<k, v> in d: {k: f(v)})",
            "c = each(x in [1, 2]: x)",
        ],
    );
}

#[test]
fn small_expressions() {
    assert_lowers(
        "a = b or c\na = b and c\na = x if y else z\na = -1\na = (b)\na = [1, *b, ...]\na = (1,)\na = {1, 2}\na = 1, None\nf(*a, **k)\nf((yield))\na.b.c()()",
        &[
            "a = (b or c)",
            "a = (b ? c)",
            "a = (y ? x | z)",
            "a = ?(1)",
            "a = b",
            "a = [1, *b, null]",
            "a = [1]",
            "a = [1, 2]",
            "a = [1, null]",
            "f(*a, **k)",
            "f(?())",
            "a.b.c()()",
        ],
    );
}

#[test]
fn argparse() {
    assert_lowers(
        "parser = argparse.ArgumentParser(description='d')\nparser.add_argument('-c', '--client-id', required=True, default=os.environ.get('CID', ''))\nargs = parser.parse_args()\nrun(args.client_id)\n",
        &[
            r#"parser = argparse.ArgumentParser(description="d")"#,
            r#"parser.add_argument("-c", "--client-id", required=true, default=os.environ.get("CID", ""))"#,
            "args = parser.parse_args()",
            "run(args.client_id)",
        ],
    );
}

#[test]
fn walrus() {
    assert_lowers("if (r := get()) and r.ok:\n    print(r)\n", &["branch (r = get() ? r.ok)", "arm", " print(r)"]);
}

#[test]
fn lambdas() {
    assert_lowers(
        "f = lambda h, p='/': 'https://' + h + p\ng(key=lambda *a: a)\nclass C:\n    m = lambda self: 1\n",
        &[
            r#"f = lambda f(h, p="/") {return concat("https://", h, p)}"#,
            "g(key=lambda(*a) {return a})",
            "class C()",
            " field m = lambda m(self) {return 1}",
        ],
    );
}

#[test]
fn yields() {
    assert_lowers(
        "def f():\n    yield x\n    yield\n    y = yield z\n    yield from g()\n    return a, b\n",
        &["free f()", " return x", " return nothing", " y = ?(z)", " return g()", " return [a, b]"],
    );
}

#[test]
fn small_statements() {
    assert_lowers(
        "def f():\n    global A, B\n    nonlocal C\n    del a[k], b\n    assert x == y, 'm'\n    pass\n    return\n    a; b\n    1, 2\n",
        &["free f()", " ?([a[k], b])", r#" ?(?(x, y), "m")"#, " return nothing", " a", " b", " [1, 2]"],
    );
}

#[test]
fn functions_stand_in_the_order_in_which_they_begin() {
    let module = module_of(
        "@d(lambda: 1)\ndef outer(a=lambda: 2):\n    def inner(): pass\n    class C:\n        def m(self): pass\ndef next(): pass\n",
    );
    let starts: Vec<usize> = module.functions.iter().map(|function| function.range.start).collect();
    assert_eq!(starts.len(), 6);
    assert!(starts.is_sorted());
    assert!(module.functions[4].class.is_some());
    assert!(module.functions[3].class.is_none());
}

#[test]
fn python_two() {
    assert_lowers(
        "print 'Bearer %s' % token\nprint >>sys.stderr, 'x', y\nexec 'code' in ns\ntry:\n    f()\nexcept E, e:\n    raise E, 'm'\ndef g((a, b), c=1): pass\nu = ur'x'\n",
        &[
            r#"print(percent("Bearer %s"; token))"#,
            r#"print(file=sys.stderr, "x", y)"#,
            r#"?("code", ns)"#,
            "try",
            " f()",
            "except e: E",
            " E",
            r#" throw [E, "m"]"#,
            "free g(<a, b>, c=1)",
            r#"u = "x""#,
        ],
    );
}

#[test]
fn comments_and_continuations_are_left_out() {
    assert_lowers(
        "# head\nr = requests.post(  # call\n    url,\n    # body\n    data=d,  # tail\n) \\\n  .json()\nx = [  # first\n  1]\nif a:  # here\n    # there\n    b\n",
        &["r = requests.post(url, data=d).json()", "x = [1]", "branch a", "arm", " b"],
    );
}

#[test]
fn what_stands_around_a_syntax_error_is_kept() {
    let found = dumped("a = 1\ndef f(:\n    return post('u', data=b)\nc = d(\n");
    assert!(found.contains("a = 1"), "{found}");
    assert!(found.contains("\"u\""), "{found}");
    let found =
        dumped("class C:\n    def m(self):\n        x = post('u')\n        y = = 3\n    def n(self): return g()\n");
    assert!(found.contains("x = post(\"u\")"), "{found}");
    assert!(found.contains("method n[self]"), "{found}");
}

#[test]
fn an_error_between_the_parts_of_a_statement_is_kept() {
    let found = dumped("if r = post('u'):\n    f()\nwhile x = get('v'):\n    g()\n");
    for kept in ["post(\"u\")", "get(\"v\")", "f()", "g()"] {
        assert!(found.contains(kept), "{kept}\n{found}");
    }
}

#[test]
fn no_torn_source_makes_it_panic() {
    let source = "@a.b(1)\nclass C(B[T], k=1):\n    x: int = f'{a!r:{w}}' 'b'\n    async def m(self, *a, k: str = 'é', **o) -> 'X':\n        \
                  with a as b, (c): x = [*y, {**z, 'k': v} for p, *q in r if s]\n        match x:\n            case {'a': b, **r} if c: del d[1:2]\n        \
                  try: a = b = yield c\n        except (E, F) as e: raise X from e\n        return lambda x: not (y := z) if a else b % (c, d)\n";
    for end in (0..=source.len()).filter(|end| source.is_char_boundary(*end)) {
        dumped(&source[..end]);
        dumped(&source[end..]);
        let mut without = source.to_owned();
        if end < source.len() && source.is_char_boundary(end + 1) {
            without.remove(end);
            dumped(&without);
        }
    }
}

#[test]
fn ranges_are_those_of_the_text() {
    let source = "import a, b\n\nx = f('é', y)  # é\n";
    let module = module_of(source);
    let texts: Vec<&str> = module.body.0.iter().map(|s| &source[s.range.start..s.range.end]).collect();
    assert_eq!(texts, ["import a, b", "import a, b", "x = f('é', y)"]);
    let StatementKind::Expression(store) = module.body.0[2].kind else { panic!("no expression") };
    assert_eq!(store.0 as usize, module.expressions.len() - 1);
}

#[test]
fn deep_trees_are_lowered() {
    // As deep as a caller lets through; an ordinary thread's two megabytes are too few without optimisation.
    let lowering = std::thread::Builder::new().stack_size(8 * 1024 * 1024).spawn(|| {
        for source in [
            format!("a = b{}", ".c()".repeat(750)),
            format!("a = {}1{}", "[".repeat(1500), "]".repeat(1500)),
            format!("a = b{}", " | c".repeat(1500)),
            format!("a = {}1{}", "{'k': ".repeat(750), "}".repeat(750)),
            format!("a = {}1{}", "f(k=".repeat(500), ")".repeat(500)),
            format!("a = {}1", "lambda: ".repeat(1500)),
        ] {
            assert!(module_of(&source).expressions.len() > 500);
        }
    });
    lowering.expect("a thread").join().expect("no panic");
}
