package com.acme.async;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

final class Env {

  static final String CLIENT_ID = System.getenv("AEP_CLIENT_ID");
  static final String CLIENT_SECRET = System.getenv("AEP_CLIENT_SECRET");
  static final String ORG_ID = System.getenv("AEP_ORG_ID");
  static final String TECHNICAL_ACCOUNT = System.getenv("AEP_TECHNICAL_ACCOUNT");

  private Env() {
  }

  static PrivateKey privateKey() {
    try {
      String base64 = Files.readString(Path.of(System.getenv("AEP_PRIVATE_KEY"))).replaceAll("-----[^-]+-----|\\s", "");
      return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
