package com.acme.aem.core;

public interface AdobeTokenService {

  /** The access token for Adobe's APIs, or null when Adobe cannot be reached. */
  String getAccessToken();
}
