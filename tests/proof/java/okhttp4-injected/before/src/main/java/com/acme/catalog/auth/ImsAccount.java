package com.acme.catalog.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;

public class ImsAccount {

    private final String imsUrl;
    private final String clientId;
    private final String clientSecret;
    private final String organization;
    private final String technicalAccount;
    private final PrivateKey privateKey;

    private ImsAccount(Map<String, String> env) throws IOException {
        this.imsUrl = env.getOrDefault("IMS_URL", "https://ims-na1.adobelogin.com");
        this.clientId = env.get("IMS_CLIENT_ID");
        this.clientSecret = env.get("IMS_CLIENT_SECRET");
        this.organization = env.get("IMS_ORG");
        this.technicalAccount = env.get("IMS_TECHNICAL_ACCOUNT");
        this.privateKey = readKey(Path.of(env.get("IMS_PRIVATE_KEY")));
    }

    public static ImsAccount fromEnvironment() throws IOException {
        return new ImsAccount(System.getenv());
    }

    private static PrivateKey readKey(Path path) throws IOException {
        String base64 = Files.readString(path).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        try {
            return KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
        } catch (GeneralSecurityException e) {
            throw new IOException("Bad private key: " + path, e);
        }
    }

    public String getImsUrl() {
        return imsUrl;
    }

    public String getClientId() {
        return clientId;
    }

    public String getClientSecret() {
        return clientSecret;
    }

    public String getOrganization() {
        return organization;
    }

    public String getTechnicalAccount() {
        return technicalAccount;
    }

    public PrivateKey getPrivateKey() {
        return privateKey;
    }
}
