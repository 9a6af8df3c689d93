package com.acme.audience;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;
import org.apache.http.HttpStatus;
import org.apache.http.NameValuePair;
import org.apache.http.client.entity.UrlEncodedFormEntity;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.message.BasicNameValuePair;
import org.apache.http.util.EntityUtils;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Hands out the access token and keeps it until shortly before it expires.
 */
public class TokenSource {

  private static final long MARGIN_MS = 60_000;

  private final Properties config;
  private final String clientSecret;
  private final Path privateKey;
  private final ObjectMapper mapper = new ObjectMapper();

  private String token;
  private long expiresAt;

  public TokenSource(Properties config, String clientSecret, Path privateKey) {
    this.config = config;
    this.clientSecret = clientSecret;
    this.privateKey = privateKey;
  }

  public synchronized String getToken() throws IOException {
    if (token == null || System.currentTimeMillis() > expiresAt - MARGIN_MS) {
      refresh();
    }
    return token;
  }

  /** Minutes until a new token will be fetched. */
  public synchronized long minutesLeft() {
    return Math.round((expiresAt - System.currentTimeMillis()) / 60_000.0);
  }

  private void refresh() throws IOException {
    String url = "https://" + config.getProperty("ims.host") + config.getProperty("ims.endpoint");
    HttpPost post = new HttpPost(url);
    List<NameValuePair> form = new ArrayList<>();
    form.add(new BasicNameValuePair("client_id", config.getProperty("api.key")));
    form.add(new BasicNameValuePair("client_secret", clientSecret));
    form.add(new BasicNameValuePair("jwt_token", assertion()));
    post.setEntity(new UrlEncodedFormEntity(form, StandardCharsets.UTF_8));

    try (CloseableHttpClient client = HttpClients.createDefault();
         CloseableHttpResponse response = client.execute(post)) {
      String body = EntityUtils.toString(response.getEntity(), StandardCharsets.UTF_8);
      if (response.getStatusLine().getStatusCode() != HttpStatus.SC_OK) {
        throw new IOException("No access token: " + body);
      }
      JsonNode json = mapper.readTree(body);
      token = json.get("access_token").asText();
      // expires_in is in milliseconds
      expiresAt = System.currentTimeMillis() + json.get("expires_in").asLong();
    }
  }

  private String assertion() throws IOException {
    String ims = "https://" + config.getProperty("ims.host");
    Map<String, Object> claims = new HashMap<>();
    for (String metascope : config.getProperty("metascopes").split(",")) {
      claims.put(ims + "/s/" + metascope.trim(), Boolean.TRUE);
    }
    long lifetime = Long.parseLong(config.getProperty("jwt.lifetime"));
    return Jwts.builder()
        .addClaims(claims)
        .setIssuer(config.getProperty("org.id"))
        .setSubject(config.getProperty("technical.account.id"))
        .setAudience(ims + "/c/" + config.getProperty("api.key"))
        .setExpiration(Date.from(Instant.now().plusSeconds(lifetime)))
        .signWith(readKey(), SignatureAlgorithm.RS256)
        .compact();
  }

  private PrivateKey readKey() throws IOException {
    try {
      String pem = new String(Files.readAllBytes(privateKey), StandardCharsets.UTF_8);
      String base64 = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s+", "");
      return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    } catch (GeneralSecurityException e) {
      throw new IOException("Unreadable key " + privateKey, e);
    }
  }
}
