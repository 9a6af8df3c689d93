package com.acme.aem.core;

import com.google.gson.JsonParser;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;
import org.apache.http.client.entity.UrlEncodedFormEntity;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.message.BasicNameValuePair;
import org.apache.http.util.EntityUtils;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;

@Component(service = AdobeTokenService.class)
@Designate(ocd = AdobeTokenServiceImpl.Config.class)
public class AdobeTokenServiceImpl implements AdobeTokenService {

  @ObjectClassDefinition(name = "Acme - Adobe token service")
  public @interface Config {

    @AttributeDefinition(name = "IMS endpoint")
    String ims_endpoint() default "https://ims-na1.adobelogin.com";

    @AttributeDefinition(name = "Client id")
    String client_id();

    @AttributeDefinition(name = "Client secret", type = AttributeType.PASSWORD)
    String client_secret();

    @AttributeDefinition(name = "Organization")
    String org_id();

    @AttributeDefinition(name = "Technical account")
    String tech_account();

    @AttributeDefinition(name = "Private key, base64 of PKCS#8", type = AttributeType.PASSWORD)
    String private_key();
  }

  private Config config;

  @Activate
  protected void activate(Config config) {
    this.config = config;
  }

  @Override
  public String getAccessToken() {
    HttpPost post = new HttpPost(config.ims_endpoint() + "/ims/exchange/v1/jwt");
    try (CloseableHttpClient client = HttpClients.createDefault()) {
      post.setEntity(new UrlEncodedFormEntity(Arrays.asList(
          new BasicNameValuePair("client_id", config.client_id()),
          new BasicNameValuePair("client_secret", config.client_secret()),
          new BasicNameValuePair("jwt_token", jwt()))));
      try (CloseableHttpResponse response = client.execute(post)) {
        String json = EntityUtils.toString(response.getEntity());
        return JsonParser.parseString(json).getAsJsonObject().get("access_token").getAsString();
      }
    } catch (IOException | GeneralSecurityException e) {
      return null;
    }
  }

  private String jwt() throws GeneralSecurityException {
    byte[] der = Base64.getMimeDecoder().decode(config.private_key());
    PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    return Jwts.builder()
        .setIssuer(config.org_id())
        .setSubject(config.tech_account())
        .setAudience(config.ims_endpoint() + "/c/" + config.client_id())
        .setExpiration(new Date(System.currentTimeMillis() + 60_000))
        .claim(config.ims_endpoint() + "/s/ent_dataservices_sdk", true)
        .signWith(key, SignatureAlgorithm.RS256)
        .compact();
  }
}
