package com.acme.feed;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestTemplate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;
import java.util.Map;

public class Feed implements AdobeEndpoints {

  private final RestTemplate rest;
  private final Map<String, String> settings;

  Feed(RestTemplate rest, Map<String, String> settings) {
    this.rest = rest;
    this.settings = settings;
  }

  public static void main(String[] args) throws Exception {
    Feed feed = new Feed(new RestTemplate(), System.getenv());
    Map<String, Object> token = feed.requestToken();
    System.out.println("GET " + TRAITS);
    System.out.println(token.get("token_type") + " " + token.get("access_token"));
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> requestToken() throws Exception {
    MultiValueMap<String, String> params = new LinkedMultiValueMap<>();
    params.add("client_id", settings.get("AAM_CLIENT_ID"));
    params.add("client_secret", settings.get("AAM_CLIENT_SECRET"));
    params.add("jwt_token", createAssertion());
    HttpHeaders headers = new HttpHeaders();
    headers.setContentType(MediaType.APPLICATION_FORM_URLENCODED);
    @SuppressWarnings("rawtypes")
    ResponseEntity<Map> response = rest.exchange(TOKEN, HttpMethod.POST, new HttpEntity<>(params, headers), Map.class);
    return response.getBody();
  }

  private String createAssertion() throws Exception {
    return Jwts.builder()
        .setIssuer(settings.get("AAM_ORG_ID"))
        .setSubject(settings.get("AAM_TECHNICAL_ACCOUNT"))
        .setAudience(AUDIENCE + settings.get("AAM_CLIENT_ID"))
        .setExpiration(new Date(System.currentTimeMillis() + 60_000L))
        .claim(METASCOPE, true)
        .signWith(key(), SignatureAlgorithm.RS256)
        .compact();
  }

  private Key key() throws Exception {
    byte[] der = Base64.getMimeDecoder().decode(
        Files.readString(Path.of(settings.get("AAM_PRIVATE_KEY"))).replaceAll("-----[A-Z ]+-----", ""));
    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
  }
}
