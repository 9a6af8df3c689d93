package com.acme.bridge;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** Signs assertions for whichever service account it is given. */
class JwtSigner {

    private final RSAPrivateKey key;

    JwtSigner(Path keyFile) throws IOException, GeneralSecurityException {
        String base64 = Files.readString(keyFile).replaceAll("-----[^-]+-----|\\s", "");
        this.key = (RSAPrivateKey) KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    String sign(String issuer, String subject, String audience, Map<String, Object> claims) {
        return JWT.create()
                .withIssuer(issuer)
                .withSubject(subject)
                .withAudience(audience)
                .withPayload(claims)
                .withExpiresAt(Instant.now().plusSeconds(300))
                .sign(Algorithm.RSA256(null, key));
    }
}
