package com.acme.trace;

import com.fasterxml.jackson.databind.JsonNode;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.springframework.util.LinkedMultiValueMap;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

public class Login {

  private final TracedRestTemplate rest = new TracedRestTemplate();

  public static void main(String[] args) throws Exception {
    Login login = new Login();
    System.out.println(login.token());
    System.out.println("calls: " + login.rest.calls());
  }

  String token() throws Exception {
    LinkedMultiValueMap<String, String> form = new LinkedMultiValueMap<>();
    form.add("client_id", System.getenv("ADOBE_CLIENT_ID"));
    form.add("client_secret", System.getenv("ADOBE_CLIENT_SECRET"));
    form.add("jwt_token", assertion());
    JsonNode answer = rest.postForObject("https://ims-na1.adobelogin.com/ims/exchange/jwt", form, JsonNode.class);
    return answer.get("access_token").asText();
  }

  private static String assertion() throws Exception {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(System.getenv("ADOBE_ORG_ID"));
    claims.setSubject(System.getenv("ADOBE_TECHNICAL_ACCOUNT_ID"));
    claims.setAudience("https://ims-na1.adobelogin.com/c/" + System.getenv("ADOBE_CLIENT_ID"));
    claims.setExpirationTimeMinutesInTheFuture(2);
    claims.setClaim("https://ims-na1.adobelogin.com/s/ent_user_sdk", true);
    JsonWebSignature jws = new JsonWebSignature();
    jws.setPayload(claims.toJson());
    String base64 = Files.readString(Path.of(System.getenv("ADOBE_PRIVATE_KEY_FILE"))).replaceAll("-----[^-]+-----|\\s", "");
    jws.setKey(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64))));
    jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
    return jws.getCompactSerialization();
  }
}
