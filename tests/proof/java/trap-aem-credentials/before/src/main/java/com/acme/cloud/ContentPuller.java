package com.acme.cloud;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;

/** Pulls content from AEM as a Cloud Service with the service credentials of its developer console. */
public class ContentPuller {

  public static void main(String[] args) throws Exception {
    JsonNode integration = new ObjectMapper().readTree(serviceToken()).path("integration");
    JsonNode account = integration.path("technicalAccount");
    String ims = "https://" + integration.path("imsEndpoint").asText();
    String clientId = account.path("clientId").asText();

    JWTCreator.Builder jwt = JWT.create()
        .withIssuer(integration.path("org").asText())
        .withSubject(integration.path("id").asText())
        .withAudience(ims + "/c/" + clientId)
        .withExpiresAt(Instant.now().plusSeconds(300));
    for (String metascope : integration.path("metascopes").asText().split(",")) {
      jwt.withClaim(ims + "/s/" + metascope, true);
    }
    String assertion = jwt.sign(Algorithm.RSA256(null, privateKey(integration.path("privateKey").asText())));

    String form = "client_id=" + encode(clientId)
        + "&client_secret=" + encode(account.path("clientSecret").asText())
        + "&jwt_token=" + assertion;
    HttpResponse<String> response = HttpClient.newHttpClient().send(
        HttpRequest.newBuilder(URI.create(ims + "/ims/exchange/jwt"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build(),
        HttpResponse.BodyHandlers.ofString());
    System.out.println("Bearer " + new ObjectMapper().readTree(response.body()).path("access_token").asText());
  }

  /** The service credentials file: from the path given, or made up of the environment where it is not mounted as one. */
  private static String serviceToken() throws Exception {
    String path = System.getenv("AEM_SERVICE_TOKEN");
    if (path != null) {
      return Files.readString(Path.of(path));
    }
    ObjectMapper mapper = new ObjectMapper();
    var token = mapper.createObjectNode();
    var integration = token.putObject("integration");
    integration.put("imsEndpoint", "ims-na1.adobelogin.com");
    integration.put("metascopes", "ent_aem_cloud_api,ent_cloudmgr_sdk");
    integration.put("org", System.getenv("AEM_ORG"));
    integration.put("id", System.getenv("AEM_ID"));
    integration.put("privateKey", Files.readString(Path.of(System.getenv("AEM_PRIVATE_KEY"))));
    var account = integration.putObject("technicalAccount");
    account.put("clientId", System.getenv("AEM_CLIENT_ID"));
    account.put("clientSecret", System.getenv("AEM_CLIENT_SECRET"));
    return mapper.writeValueAsString(token);
  }

  private static RSAPrivateKey privateKey(String pem) throws Exception {
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
    return (RSAPrivateKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
