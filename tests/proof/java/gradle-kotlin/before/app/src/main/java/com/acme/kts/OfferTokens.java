package com.acme.kts;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;
import java.util.List;

@Component
class OfferTokens {

    private final ObjectMapper mapper = new ObjectMapper();

    @Value("${adobe.clientId}")
    private String clientId;
    @Value("${adobe.clientSecret}")
    private String clientSecret;
    @Value("${adobe.orgId}")
    private String orgId;
    @Value("${adobe.technicalAccountId}")
    private String technicalAccountId;
    @Value("${adobe.privateKeyFile}")
    private Path privateKeyFile;

    String fetch() throws Exception {
        HttpPost post = new HttpPost("https://ims-na1.adobelogin.com/ims/exchange/jwt");
        post.setEntity(new UrlEncodedFormEntity(List.of(
                new BasicNameValuePair("client_id", clientId),
                new BasicNameValuePair("client_secret", clientSecret),
                new BasicNameValuePair("jwt_token", signed()))));
        try (CloseableHttpClient client = HttpClients.createDefault()) {
            return client.execute(post, response ->
                    mapper.readTree(EntityUtils.toString(response.getEntity())).get("access_token").asText());
        }
    }

    private String signed() throws Exception {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(orgId)
                .subject(technicalAccountId)
                .audience("https://ims-na1.adobelogin.com/c/" + clientId)
                .expirationTime(new Date(System.currentTimeMillis() + 300_000))
                .claim("https://ims-na1.adobelogin.com/s/ent_target_sdk", true)
                .build();
        String pem = Files.readString(privateKeyFile).replaceAll("-----[^-]+-----", "");
        SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
        jwt.sign(new RSASSASigner(KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem)))));
        return jwt.serialize();
    }
}
