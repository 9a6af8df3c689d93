package com.acme.async;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Date;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

class Ingest {

  private static final String IMS_TOKEN = "https://ims-na1.adobelogin.com/ims/exchange/jwt";

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();

  public static void main(String[] args) {
    Ingest ingest = new Ingest();
    String header = ingest.accessToken()
        .thenApply(token -> "Bearer " + token)
        .join();
    System.out.println(header);
  }

  /** Does not block: the caller composes it with the upload. */
  CompletableFuture<String> accessToken() {
    HttpRequest request = HttpRequest.newBuilder()
        .uri(URI.create(IMS_TOKEN))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(
            "client_id=" + encode(Env.CLIENT_ID)
                + "&client_secret=" + encode(Env.CLIENT_SECRET)
                + "&jwt_token=" + jwt(Env.privateKey())))
        .build();
    return client.sendAsync(request, BodyHandlers.ofString())
        .thenApply(response -> {
          if (response.statusCode() != 200) {
            throw new CompletionException(new IllegalStateException("IMS answered " + response.statusCode()));
          }
          try {
            return mapper.readTree(response.body()).path("access_token").asText();
          } catch (JsonProcessingException e) {
            throw new CompletionException(e);
          }
        });
  }

  private static String jwt(PrivateKey key) {
    return JWT.create()
        .withIssuer(Env.ORG_ID)
        .withSubject(Env.TECHNICAL_ACCOUNT)
        .withAudience("https://ims-na1.adobelogin.com/c/" + Env.CLIENT_ID)
        .withExpiresAt(new Date(System.currentTimeMillis() + 60_000))
        .withClaim("https://ims-na1.adobelogin.com/s/ent_dataservices_sdk", true)
        .sign(Algorithm.RSA256(null, (RSAPrivateKey) key));
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
