package com.acme.hosts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Reads event journals of several organizations, one token each. */
public class JournalReader {

  private static final ObjectMapper JSON = new ObjectMapper();

  // one entry an organization; stage tokens are not valid on production
  private static final Map<String, Token> TOKENS = new ConcurrentHashMap<>();

  private record Token(String value, long validUntil) {
  }

  private static String imsHost() {
    return System.getProperty("ims.host", Optional.ofNullable(System.getenv("IMS_HOST")).orElse("https://ims-na1.adobelogin.com"));
  }

  public static void main(String[] args) throws Exception {
    for (String org : System.getProperty("orgs").split(",")) {
      System.out.println(org + ": " + token(org));
      System.out.println(org + " again: " + token(org));
    }
    long left = TOKENS.values().iterator().next().validUntil() - System.currentTimeMillis();
    System.out.println("minutes left: " + Math.round(left / 60_000.0));
  }

  static String token(String org) throws Exception {
    Token token = TOKENS.get(org);
    if (token != null && token.validUntil() > System.currentTimeMillis() + 30_000) {
      return token.value();
    }
    JsonNode answer = exchange(org);
    long now = System.currentTimeMillis();
    token = new Token(answer.path("access_token").asText(), now + answer.path("expires_in").asLong());
    TOKENS.put(org, token);
    return token.value();
  }

  private static JsonNode exchange(String org) throws Exception {
    HttpURLConnection http = (HttpURLConnection) URI.create(imsHost() + "/ims/exchange/jwt").toURL().openConnection();
    http.setRequestMethod("POST");
    http.setDoOutput(true);
    String body = "client_id=" + enc(System.getProperty("client.id"))
        + "&client_secret=" + enc(System.getProperty("client.secret"))
        + "&jwt_token=" + enc(jwt(org));
    try (OutputStream out = http.getOutputStream()) {
      out.write(body.getBytes(StandardCharsets.UTF_8));
    }
    try (InputStream in = http.getResponseCode() < 400 ? http.getInputStream() : http.getErrorStream()) {
      JsonNode json = JSON.readTree(in);
      if (json.has("error")) {
        throw new IOException(json.path("error_description").asText());
      }
      return json;
    } finally {
      http.disconnect();
    }
  }

  private static String jwt(String org) throws Exception {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("iss", org);
    payload.put("sub", System.getProperty("technical.account"));
    payload.put("aud", imsHost() + "/c/" + System.getProperty("client.id"));
    payload.put("exp", System.currentTimeMillis() / 1000 + 180);
    payload.put(imsHost() + "/s/ent_adobeio_sdk", true);
    JWSObject jws = new JWSObject(new JWSHeader(JWSAlgorithm.RS256), new Payload(payload));
    jws.sign(new RSASSASigner(Pem.read(Files.readString(Path.of(System.getProperty("private.key"))))));
    return jws.serialize();
  }

  private static String enc(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
