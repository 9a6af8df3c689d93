package com.acme.stock;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Searches Adobe Stock. No dependencies on purpose.
 */
public class StockSearch {
	private static final String IMS_HOST = "https://ims-na1.adobelogin.com";
	private static final String TOKEN_URL = IMS_HOST + "/ims/exchange/v1/jwt";
	private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"]+)\"");

	private final HttpClient client = HttpClient.newHttpClient();
	private final Map<String, String> env = System.getenv();

	public static void main(String[] args) throws Exception {
		StockSearch search = new StockSearch();
		HttpRequest request = search.request("lighthouse at night", search.token());
		System.out.println(request.uri().getRawQuery());
		System.out.println(request.headers().firstValue("Authorization").orElseThrow());
	}

	HttpRequest request(String words, String token) {
		String query = form(Map.of("words", words));
		return HttpRequest.newBuilder(URI.create("https://stock.adobe.io/Rest/Media/1/Search/Files?" + query))
				.header("x-api-key", env.get("STOCK_API_KEY"))
				.header("Authorization", "Bearer " + token)
				.build();
	}

	String token() throws IOException, InterruptedException, GeneralSecurityException {
		String form = form(Map.of(
				"client_id", env.get("STOCK_API_KEY"),
				"client_secret", env.get("STOCK_SECRET"),
				"jwt_token", jwt()));
		HttpRequest request = HttpRequest.newBuilder(URI.create(TOKEN_URL))
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(HttpRequest.BodyPublishers.ofString(form))
				.build();
		HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
		Matcher matcher = ACCESS_TOKEN.matcher(response.body());
		if (response.statusCode() != 200 || !matcher.find()) {
			throw new IOException("no token: " + response.statusCode());
		}
		return matcher.group(1);
	}

	private String jwt() throws IOException, GeneralSecurityException {
		String header = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
		String payload = "{\"exp\":" + (Instant.now().getEpochSecond() + 300)
				+ ",\"iss\":\"" + env.get("STOCK_ORG_ID") + "\""
				+ ",\"sub\":\"" + env.get("STOCK_TECHNICAL_ACCOUNT_ID") + "\""
				+ ",\"aud\":\"" + IMS_HOST + "/c/" + env.get("STOCK_API_KEY") + "\""
				+ ",\"" + IMS_HOST + "/s/ent_stocksearch_sdk\":true}";
		String content = base64(header.getBytes(StandardCharsets.UTF_8)) + "." + base64(payload.getBytes(StandardCharsets.UTF_8));

		String pem = Files.readString(Path.of(env.get("STOCK_PRIVATE_KEY")));
		byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
		Signature signature = Signature.getInstance("SHA256withRSA");
		signature.initSign(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der)));
		signature.update(content.getBytes(StandardCharsets.US_ASCII));
		return content + "." + base64(signature.sign());
	}

	private static String base64(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	private static String form(Map<String, String> fields) {
		return fields.entrySet().stream()
				.map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
				.collect(Collectors.joining("&"));
	}
}
