import io.acme.adobe.AdobeClient;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** A program that depends on the published library and is not changed with it. */
class LibraryUser {

    public static void main(String[] args) throws Exception {
        Path file = Paths.get(System.getenv("KEY_FILE"));
        byte[] der = Base64.getMimeDecoder().decode(new String(Files.readAllBytes(file)).replaceAll("-----[^-]+-----", ""));
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        AdobeClient.Token token = AdobeClient.builder()
                .credentials(System.getenv("CLIENT_ID"), System.getenv("CLIENT_SECRET"))
                .organization(System.getenv("ORG_ID"))
                .technicalAccount(System.getenv("ACCOUNT"))
                .metascope("ent_user_sdk")
                .privateKey(key)
                .build()
                .requestToken();
        System.out.println(token.accessToken() + " for " + Math.round(token.expiresInMillis() / 60_000.0) + " minutes");
    }
}
