package com.acme.feign;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.databind.ObjectMapper;
import feign.Feign;
import feign.form.FormEncoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;

public class Audiences {

    private final Ims ims = Feign.builder().encoder(new FormEncoder()).target(Ims.class, System.getenv("IMS_HOST"));

    public static void main(String[] args) throws Exception {
        System.out.println("token " + new Audiences().token());
    }

    private String token() throws IOException, GeneralSecurityException {
        String answer = ims.exchange(System.getenv("ADOBE_CLIENT_ID"), System.getenv("ADOBE_CLIENT_SECRET"), jwt());
        return new ObjectMapper().readTree(answer).get("access_token").asText();
    }

    private static String jwt() throws IOException, GeneralSecurityException {
        byte[] der = Base64.getMimeDecoder().decode(Files.readString(Path.of(System.getenv("ADOBE_KEY_PATH"))).replaceAll("-----[A-Z ]+-----", ""));
        return JWT.create()
                .withIssuer(System.getenv("ADOBE_ORG_ID"))
                .withSubject(System.getenv("ADOBE_ACCOUNT_ID"))
                .withAudience("https://ims-na1.adobelogin.com/c/" + System.getenv("ADOBE_CLIENT_ID"))
                .withExpiresAt(new Date(System.currentTimeMillis() + 300_000))
                .withClaim("https://ims-na1.adobelogin.com/s/ent_audiencemanagerplatform_sdk", true)
                .sign(Algorithm.RSA256(null, (RSAPrivateKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der))));
    }
}
