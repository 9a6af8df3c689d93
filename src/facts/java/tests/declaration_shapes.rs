//! Shapes of files, classes and members: one test a shape.

use super::assert_file;

#[test]
fn http_url_connection() {
    assert_file(
        r#"
package com.example;
import java.net.URL;
import java.net.HttpURLConnection;
import java.io.*;
class Exchange {
    private final String host = "https://ims-na1.adobelogin.com";
    String send(String id, String jwt) throws IOException {
        URL url = new URL(host + "/ims/exchange/jwt");
        HttpURLConnection c = (HttpURLConnection) url.openConnection();
        c.setRequestMethod("POST");
        c.setDoOutput(true);
        String body = "client_id=" + URLEncoder.encode(id, "UTF-8") + "&jwt_token=" + jwt;
        try (OutputStream out = c.getOutputStream()) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        }
        return read(c.getInputStream());
    }
}
"#,
        r#"
package com.example
import java.net / URL as URL
import java.net / HttpURLConnection as HttpURLConnection
import java.io / Wildcard as -
class Exchange
  field host: String = "https://ims-na1.adobelogin.com"
  method send(id: String, jwt: String) -> String
    let url: URL = new URL(concat(host, "/ims/exchange/jwt"))
    let c: HttpURLConnection = url.openConnection()
    c.setRequestMethod("POST")
    c.setDoOutput(true)
    let body: String = concat("client_id=", URLEncoder.encode(id, "UTF-8"), "&jwt_token=", jwt)
    try
      let out: OutputStream = c.getOutputStream()
      out.write(body.getBytes(StandardCharsets.UTF_8))
    return read(c.getInputStream())
"#,
    );
}

#[test]
fn feign_interface() {
    assert_file(
        r#"
@FeignClient(name = "ims", url = "${ims.url}")
interface Ims extends feign.Api<Token>, Closeable {
    String PATH = "/ims/exchange/jwt";
    @RequestLine("POST " + PATH)
    @Headers({"Content-Type: application/x-www-form-urlencoded", "Accept: */*"})
    @Body("client_id={id}")
    Token exchange(@Param("id") String id, @Param(value = "jwt") final String jwt);
    default Token twice() { return exchange("a", "b"); }
    static Ims create() { return Feign.builder().target(Ims.class, Ims.PATH); }
}
"#,
        r#"
@FeignClient(name="ims", url="${ims.url}")
interface Ims : feign.Api, Closeable
  static PATH: String = "/ims/exchange/jwt"
  @RequestLine(concat("POST ", PATH))
  @Headers(["Content-Type: application/x-www-form-urlencoded", "Accept: */*"])
  @Body("client_id={id}")
  method exchange(@Param("id") id: String, @Param(value="jwt") jwt: String) -> Token ;
  method twice() -> Token
    return exchange("a", "b")
  static create() -> Ims
    return Feign.builder().target(opaque(Ims), Ims.PATH)
"#,
    );
}

#[test]
fn retrofit_interface() {
    assert_file(
        r#"
public interface Api {
    @retrofit2.http.FormUrlEncoded
    @POST("ims/exchange/jwt")
    Call<Map<String, Object>> exchange(@Field("client_id") String id, @FieldMap Map<String, String> rest, @Tag int[]... tags);
}
"#,
        r#"
interface Api
  @retrofit2.http.FormUrlEncoded()
  @POST("ims/exchange/jwt")
  method exchange(@Field("client_id") id: String, @FieldMap() rest: Map, @Tag() ...tags: int[][]) -> Call ;
"#,
    );
}

#[test]
fn records() {
    assert_file(
        r#"
record Credentials(@Key("id") String id, List<String> scopes) implements Named {
    static final Credentials NONE = new Credentials("", List.of());
    Credentials(String id) { this(id, List.of()); }
    public String id() { return id.trim(); }
}
"#,
        r#"
class Credentials : Named
  @Key("id")
  field id: String
  field scopes: List
  static NONE: Credentials = new Credentials("", List.of())
  constructor Credentials(id: String, scopes: List)
    (this.id = id)
    (this.scopes = scopes)
  method scopes() -> List
    return this.scopes
  constructor Credentials(id: String)
    this(id, List.of())
  method id() -> String
    return id.trim()
"#,
    );
}

#[test]
fn compact_record_constructor() {
    assert_file(
        r#"
record Id(String value) { Id { value = value.trim(); } }
"#,
        r#"
class Id
  field value: String
  method value() -> String
    return this.value
  constructor Id(value: String)
    (value = value.trim())
    (this.value = value)
"#,
    );
}

#[test]
fn enums() {
    assert_file(
        r#"
enum Region implements Named {
    @Deprecated NA("https://na") { @Override String path() { return "/na"; } },
    EU;
    private String host = "https://eu";
    Region() {}
    Region(String host) { this.host = host; }
    String path() { return host + "/"; }
}
"#,
        r#"
class Region : Named
  @Deprecated()
  static NA: Region = new Region("https://na") { class - : Region; @Override(); method path() -> String; return "/na" }
  static EU: Region = new Region()
  field host: String = "https://eu"
  constructor Region()
  constructor Region(host: String)
    (this.host = host)
  method path() -> String
    return concat(host, "/")
"#,
    );
}

#[test]
fn inner_and_local_classes() {
    assert_file(
        r#"
class Outer {
    class Inner { String f() { return Outer.this.name; } }
    static class Nested<T> extends Map.Entry<T, Inner[]> {}
    void m(Outer other) {
        class Local extends Inner { Local() { other.super(); } }
        Inner inner = other.new Inner();
        java.util.Map<String, int[]> map = new java.util.HashMap<>();
        Outer.super.run();
    }
}
"#,
        r#"
class Outer
  method m(other: Outer) -> void
    class Local : Inner
      constructor Local()
        other
        super()
    let inner: Inner = new other.Inner()
    let map: java.util.Map = new java.util.HashMap()
    Outer.super.run()
  class Inner
    method f() -> String
      return Outer.this.name
  class Nested : Map.Entry
"#,
    );
}

#[test]
fn anonymous_classes() {
    assert_file(
        r#"
class A {
    Interceptor i = new Interceptor.Base<String>("x") {
        int calls;
        @Override public Response intercept(Chain chain) { return chain.proceed(A.this.request); }
    };
}
"#,
        r#"
class A
  field i: Interceptor = new Interceptor.Base("x") { class - : Interceptor.Base; field calls: int; @Override(); method intercept(chain: Chain) -> Response; return chain.proceed(A.this.request) }
"#,
    );
}

#[test]
fn imports() {
    assert_file(
        r#"
package com . example;
import java.net.URL;
import java.util.Map.Entry;
import java.net.*;
import static io.jsonwebtoken.SignatureAlgorithm.RS256;
import static org.example.Values.*;
import Lonely;
"#,
        r#"
package com.example
import java.net / URL as URL
import java.util.Map / Entry as Entry
import java.net / Wildcard as -
import io.jsonwebtoken.SignatureAlgorithm / RS256 as RS256
import org.example.Values / Wildcard as -
import  / Lonely as Lonely
"#,
    );
}

#[test]
fn fields_and_initialisers() {
    assert_file(
        r#"
class A {
    private static String a = "x", b[] = {"y", z()}, c;
    @Value("${ims.host}") protected java.lang.String host;
    static { a = "changed"; }
    { host += "/"; }
}
"#,
        r#"
class A
  static a: String = "x"
  static b: String[] = ["y", z()]
  static c: String
  @Value("${ims.host}")
  field host: java.lang.String
  body
    block
      (a = "changed")
    block
      (host += "/")
"#,
    );
}

#[test]
fn annotations() {
    assert_file(
        r#"
@interface Endpoint {
    String value() default "/x";
    Class<?>[] types() default {A.class, B.class};
    int level();
    int LOW = 1;
    String TWO = LOW + "2";
}
@Endpoints({@Endpoint("a"), @Endpoint(value = "b", level = Endpoint.LOW)})
abstract class Client { @Get abstract String get(); }
"#,
        r#"
interface Endpoint
  static LOW: int = 1
  static TWO: String = concat(LOW, "2")
  method value() -> String
    return "/x"
  method types() -> Class[]
    return [opaque(A), opaque(B)]
  method level() -> int ;
@Endpoints([new Endpoint("a"), new Endpoint(value="b", level=Endpoint.LOW)])
interface Client
  @Get()
  method get() -> String ;
"#,
    );
}

#[test]
fn constructors_and_receivers() {
    assert_file(
        r#"
class A extends B {
    A(A this, int... numbers) { super(numbers); }
    A() { this(1, 2); }
    <T> T id(T value)[] { return value; }
    native static void f();
}
"#,
        r#"
class A : B
  constructor A(...numbers: int[])
    super(numbers)
  constructor A()
    this(1, 2)
  method id(value: T) -> T[]
    return value
  static f() -> void ;
"#,
    );
}

#[test]
fn missing_braces() {
    assert_file(
        r#"
class A {
    String url = "https://x";
    void m() {
        if (a) {
            send(url);
    }
    void n() { after(); }
"#,
        r#"
class A
  field url: String = "https://x"
  method m() -> void
    branch a or none
    arm
      send(url)
    let n: void
    block
      after()
"#,
    );
}

#[test]
fn torn_members() {
    assert_file(
        r#"
    private static final String URL = "https://x";
    public static void main(String[] arguments) { send(URL); }
    void other() { }
"#,
        r#"
let URL: String = "https://x"
static main(arguments: String[]) -> void
  send(URL)
free other() -> void
"#,
    );
}

#[test]
fn class_without_a_name() {
    assert_file(
        r#"
import a.B;
class extends C {
    String url = "https://x";
    void m() { send(url); }
}
"#,
        r#"
import a / B as B
class extends
  field url: String = "https://x"
  method m() -> void
    send(url)
"#,
    );
}
