package com.acme.audience;

import java.io.InputStream;
import java.nio.file.Paths;
import java.util.Properties;

public final class AudienceSync {

  private AudienceSync() {
  }

  public static void main(String[] args) throws Exception {
    Properties config = new Properties();
    try (InputStream in = AudienceSync.class.getResourceAsStream("/adobe.properties")) {
      config.load(in);
    }
    TokenSource tokens = new TokenSource(config, System.getenv("ADOBE_CLIENT_SECRET"), Paths.get(System.getenv("ADOBE_PRIVATE_KEY_FILE")));

    String first = tokens.getToken();
    System.out.println("token " + first);
    System.out.println("kept: " + first.equals(tokens.getToken()));
    System.out.println("minutes left: " + tokens.minutesLeft());
  }
}
