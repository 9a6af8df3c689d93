package com.acme.users;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

final class Keys {

    private Keys() {
    }

    static RSAPrivateKey load(Path file) throws IOException, GeneralSecurityException {
        var pem = Files.readString(file);
        var base64 = pem.lines().filter(line -> !line.startsWith("-----")).reduce("", String::concat);
        var spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64));
        return (RSAPrivateKey) KeyFactory.getInstance("RSA").generatePrivate(spec);
    }
}
