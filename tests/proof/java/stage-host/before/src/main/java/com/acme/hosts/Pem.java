package com.acme.hosts;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

final class Pem {
  private Pem() {
  }

  static PrivateKey read(String pem) throws GeneralSecurityException {
    String base64 = pem.replaceAll("-----[^-]*-----", "").replaceAll("\\s", "");
    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
  }
}
