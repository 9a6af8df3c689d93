package com.acme.mobile;

import android.content.Context;
import android.util.Base64;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.json.JSONException;
import org.json.JSONObject;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Date;

public class AdobeSession {

    public interface Listener {
        void onToken(String accessToken);

        void onError(String message);
    }

    private final OkHttpClient client = new OkHttpClient();
    private final Context context;

    public AdobeSession(Context context) {
        this.context = context;
    }

    public void start(Listener listener) throws GeneralSecurityException {
        FormBody form = new FormBody.Builder()
                .add("client_id", context.getString(R.string.adobe_client_id))
                .add("client_secret", context.getString(R.string.adobe_client_secret))
                .add("jwt_token", jwt())
                .build();
        Request request = new Request.Builder().url("https://ims-na1.adobelogin.com/ims/exchange/jwt").post(form).build();
        client.newCall(request).enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException e) {
                listener.onError(e.getMessage());
            }

            @Override
            public void onResponse(Call call, Response response) throws IOException {
                try {
                    listener.onToken(new JSONObject(response.body().string()).getString("access_token"));
                } catch (JSONException e) {
                    listener.onError(e.getMessage());
                }
            }
        });
    }

    private String jwt() throws GeneralSecurityException {
        byte[] der = Base64.decode(context.getString(R.string.adobe_private_key), Base64.DEFAULT);
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        return Jwts.builder()
                .setIssuer(context.getString(R.string.adobe_org_id))
                .setSubject(context.getString(R.string.adobe_technical_account))
                .setAudience("https://ims-na1.adobelogin.com/c/" + context.getString(R.string.adobe_client_id))
                .setExpiration(new Date(System.currentTimeMillis() + 60_000))
                .claim("https://ims-na1.adobelogin.com/s/ent_stocksearch_sdk", true)
                .signWith(key, SignatureAlgorithm.RS256)
                .compact();
    }
}
