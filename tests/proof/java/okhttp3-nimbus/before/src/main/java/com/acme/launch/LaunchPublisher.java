package com.acme.launch;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Date;

public class LaunchPublisher {

  private static final String IMS = "https://ims-na1.adobelogin.com";

  private final OkHttpClient http = new OkHttpClient();
  private final Gson gson = new Gson();

  public static void main(String[] args) {
    LaunchPublisher publisher = new LaunchPublisher();
    try {
      String token = publisher.getAccessToken();
      System.out.println("publishing as " + token);
      System.out.println(publisher.librariesRequest(token).header("Authorization"));
    } catch (IOException e) {
      System.err.println("Could not publish: " + e.getMessage());
      System.exit(1);
    }
  }

  private Request librariesRequest(String token) {
    return new Request.Builder()
        .url("https://reactor.adobe.io/libraries")
        .header("Authorization", "Bearer " + token)
        .header("x-api-key", System.getProperty("adobe.clientId"))
        .build();
  }

  private String getAccessToken() throws IOException {
    RequestBody form = new FormBody.Builder()
        .add("client_id", System.getProperty("adobe.clientId"))
        .add("client_secret", System.getProperty("adobe.clientSecret"))
        .add("jwt_token", createJwt())
        .build();
    Request request = new Request.Builder().url(IMS + "/ims/exchange/jwt").post(form).build();
    try (Response response = http.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        throw new IOException("IMS: " + response.code() + " " + response.message());
      }
      return gson.fromJson(response.body().string(), JsonObject.class).get("access_token").getAsString();
    }
  }

  private String createJwt() throws IOException {
    JWTClaimsSet claims = new JWTClaimsSet.Builder()
        .issuer(System.getProperty("adobe.orgId"))
        .subject(System.getProperty("adobe.technicalAccountId"))
        .audience(IMS + "/c/" + System.getProperty("adobe.clientId"))
        .expirationTime(new Date(System.currentTimeMillis() + 120_000))
        .claim(IMS + "/s/ent_reactor_admin_sdk", true)
        .build();
    String pem = new String(Files.readAllBytes(Paths.get(System.getProperty("adobe.privateKey"))), StandardCharsets.UTF_8);
    try {
      SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
      jwt.sign(new RSASSASigner(PrivateKeys.parse(pem)));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IOException(e);
    }
  }
}
