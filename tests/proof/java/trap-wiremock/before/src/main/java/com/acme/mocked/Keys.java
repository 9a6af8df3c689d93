package com.acme.mocked;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

class Keys {

    static PrivateKey read(Path file) throws Exception {
        byte[] der = Base64.getMimeDecoder().decode(Files.readString(file).replaceAll("-----[^-]+-----", ""));
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
