//! Rewrites of Java on small programs: what the compiler insists on, and the ways in which a form is written.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::process::Command;

const KEY: &str = r#"
    private static PrivateKey key() throws GeneralSecurityException {
        byte[] der = Base64.getMimeDecoder().decode(System.getenv("PRIVATE_KEY"));
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    }
"#;

/// A class with the imports of the old flow, rewritten.
fn rewritten(target: &str, release: u32, imports: &str, members: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("src/main/java/com/acme/Login.java");
    fs::create_dir_all(source.parent().unwrap()).unwrap();
    let pom = format!(
        "<project><properties><maven.compiler.release>{release}</maven.compiler.release></properties></project>\n"
    );
    fs::write(folder.path().join("pom.xml"), pom).unwrap();
    let class = format!(
        "package com.acme;\n\nimport io.jsonwebtoken.Jwts;\nimport io.jsonwebtoken.SignatureAlgorithm;\n{imports}\nimport java.security.GeneralSecurityException;\n\
         import java.security.KeyFactory;\nimport java.security.PrivateKey;\nimport java.security.spec.PKCS8EncodedKeySpec;\n\
         import java.util.Base64;\n\nclass Login {{\n{members}{KEY}\n    private static String jwt() throws GeneralSecurityException {{\n        \
         return Jwts.builder().setIssuer(\"1@AdobeOrg\").setSubject(\"1@techacct.adobe.com\").setAudience(\"https://ims-na1.adobelogin.com/c/id\")\n                \
         .claim(\"https://ims-na1.adobelogin.com/s/ent_user_sdk\", true).signWith(key(), SignatureAlgorithm.RS256).compact();\n    }}\n}}\n"
    );
    fs::write(&source, class).unwrap();
    let target = format!("java={target}");
    let done = Command::new(env!("CARGO_BIN_EXE_grantshift"))
        .args([
            "fix",
            "--write",
            "--unsafe",
            "--allow-dirty",
            "--fail-on",
            "never",
            "--scopes",
            "openid,AdobeID",
            "--target",
            &target,
            ".",
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let text = fs::read_to_string(&source).unwrap();
    assert!(
        text.contains("/ims/token/v3"),
        "{}\n{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    text
}

const APACHE: &str = "import org.apache.http.client.entity.UrlEncodedFormEntity;\nimport org.apache.http.client.methods.CloseableHttpResponse;\n\
    import org.apache.http.client.methods.HttpPost;\nimport org.apache.http.impl.client.CloseableHttpClient;\nimport org.apache.http.impl.client.HttpClients;\n\
    import org.apache.http.message.BasicNameValuePair;\nimport org.apache.http.util.EntityUtils;\nimport org.json.JSONObject;\n\nimport java.io.IOException;\nimport java.util.Arrays;\n";

#[test]
fn an_exception_that_nothing_throws_any_more_is_not_caught() {
    let text = rewritten(
        "keep",
        8,
        APACHE,
        r#"    String token() {
        HttpPost post = new HttpPost("https://ims-na1.adobelogin.com/ims/exchange/jwt");
        try (CloseableHttpClient client = HttpClients.createDefault()) {
            post.setEntity(new UrlEncodedFormEntity(Arrays.asList(
                    new BasicNameValuePair("client_id", "id"),
                    new BasicNameValuePair("client_secret", System.getenv("SECRET")),
                    new BasicNameValuePair("jwt_token", jwt()))));
            try (CloseableHttpResponse response = client.execute(post)) {
                return new JSONObject(EntityUtils.toString(response.getEntity())).getString("access_token");
            }
        } catch (IOException | GeneralSecurityException e) {
            return null;
        }
    }
"#,
    );
    assert!(text.contains("} catch (IOException e) {"), "{text}");
    assert!(text.contains("new BasicNameValuePair(\"grant_type\", \"client_credentials\"),\n"), "{text}");
    for gone in ["GeneralSecurityException", "jsonwebtoken", "KeyFactory", "jwt"] {
        assert!(!text.contains(gone), "{gone}: {text}");
    }
}

const PLAIN: &str = "import org.json.JSONObject;\n\nimport java.io.IOException;\nimport java.io.InputStream;\nimport java.io.OutputStream;\n\
    import java.net.HttpURLConnection;\nimport java.net.URL;\n";

const SEND: &str = r#"
        HttpURLConnection connection = (HttpURLConnection) new URL("https://ims-na1.adobelogin.com/ims/exchange/jwt").openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body.getBytes());
        }
        try (InputStream in = connection.getInputStream()) {
            return new JSONObject(new String(in.readAllBytes())).getString("access_token");
        }
    }
"#;

#[test]
fn a_secret_in_a_text_is_encoded_in_the_form_of_the_release() {
    let body = r#"    String token(String secret) throws IOException, GeneralSecurityException {
        String body = "client_id=id&client_secret=" + secret + "&jwt_token=" + jwt();"#;
    let members = format!("{body}{SEND}");
    let text = rewritten("keep", 8, PLAIN, &members);
    assert!(
        text.contains(
            "URLEncoder.encode(secret, \"UTF-8\") + \"&grant_type=client_credentials&scope=openid,AdobeID\";"
        ),
        "{text}"
    );
    assert!(text.contains("import java.net.URL;\nimport java.net.URLEncoder;\n"), "{text}");
    let text = rewritten("keep", 17, PLAIN, &members);
    assert!(text.contains("URLEncoder.encode(secret, StandardCharsets.UTF_8)"), "{text}");
    assert!(text.contains("import java.nio.charset.StandardCharsets;\n"), "{text}");
}

#[test]
fn a_parameter_of_a_private_method_goes_with_its_arguments() {
    let members = format!(
        r#"    String token() throws IOException, GeneralSecurityException {{
        return exchange("id", jwt());
    }}

    private static String exchange(String id, String assertion) throws IOException {{
        String body = String.format("client_id=%s&jwt_token=%s&client_secret=x", id, assertion);{SEND}"#
    );
    let text = rewritten("keep", 17, PLAIN, &members);
    assert!(text.contains("return exchange(\"id\");"), "{text}");
    assert!(text.contains("private static String exchange(String id) throws IOException {"), "{text}");
    assert!(text.contains("client_id=%s&grant_type=client_credentials&scope=%s&"), "{text}");
    assert!(text.contains("id, \"openid,AdobeID\");"), "{text}");
}

#[test]
fn a_method_that_gives_the_token_asks_spring_for_it() {
    let members = format!(
        r#"    String token(String id, String secret) throws IOException, GeneralSecurityException {{
        String body = "client_id=" + id + "&client_secret=" + secret + "&jwt_token=" + jwt();{SEND}"#
    );
    let text = rewritten("spring-security", 17, PLAIN, &members);
    assert!(text.contains(".tokenUri(\"https://ims-na1.adobelogin.com/ims/token/v3\")\n"), "{text}");
    assert!(text.contains(".clientSecret(secret)\n"), "{text}");
    assert!(text.contains("} catch (OAuth2AuthorizationException e) {\n            throw new IOException("), "{text}");
    assert!(!text.contains("HttpURLConnection"), "{text}");
}
