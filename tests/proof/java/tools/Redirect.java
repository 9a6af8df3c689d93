import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Stands in for https://ims-na1.adobelogin.com while the Java programs of the proof run.
 *
 * <p>It owns the TLS end: a certificate of its own, a trust store that knows it, hosts files that name the host, and the
 * hand-over of each request to a double. It does not know what an IMS request looks like, and the programs do not know of it.
 *
 * <p>Started as {@code java Redirect.java FOLDER}, it reads one address of a double a line, with its mode
 * ({@code http://127.0.0.1:40001/comma}), and answers each with one line: the options for a JVM, to be given in
 * {@code JAVA_TOOL_OPTIONS}, that is sent to this double. It ends when its standard input does.
 */
public final class Redirect {
    private static final List<String> HOSTS = List.of("ims-na1.adobelogin.com", "ims-na1-stg1.adobelogin.com");
    private static final String PASSWORD = "redirect";
    /** What the client of the JDK sets itself and refuses to be given. */
    private static final Set<String> OWN_HEADERS =
            Set.of("host", "connection", "content-length", "expect", "upgrade", "http2-settings", "transfer-encoding");

    private final KeyStore keys;
    private final Path folder;
    private final Path trust;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, String> known = new HashMap<>();

    private Redirect(Path folder) throws Exception {
        this.folder = folder;
        this.keys = certificate(folder.resolve("redirect-keys.p12"));
        this.trust = trustStore(keys, folder.resolve("redirect-trust.p12"));
    }

    public static void main(String[] args) throws Exception {
        Redirect redirect = new Redirect(Files.createTempDirectory(Files.createDirectories(Path.of(args[0])), "redirect").toAbsolutePath());
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String to;
        while ((to = lines.readLine()) != null) {
            String options = redirect.known.get(to);
            if (options == null) {
                options = redirect.open(to);
                redirect.known.put(to, options);
            }
            System.out.println(options);
            System.out.flush();
        }
        System.exit(0);
    }

    private String open(String to) throws Exception {
        HttpsServer server = HttpsServer.create();
        server.setHttpsConfigurator(new HttpsConfigurator(tls(keys)));
        server.createContext("/", exchange -> pass(exchange, to));
        server.setExecutor(Executors.newCachedThreadPool());
        InetAddress address = bind(server);
        server.start();

        StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
        HOSTS.forEach(host -> hosts.append(address.getHostAddress()).append(' ').append(host).append('\n'));
        Path file = Files.writeString(folder.resolve("hosts-" + address.getHostAddress()), hosts);
        return "-Djdk.net.hosts.file=" + file + " -Djavax.net.ssl.trustStore=" + trust
                + " -Djavax.net.ssl.trustStorePassword=" + PASSWORD + " -Djavax.net.ssl.trustStoreType=PKCS12";
    }

    /**
     * Takes an address of 127.0.0.0/8 of its own, so that several doubles, and several runs on one machine, have a port 443
     * each. Where only 127.0.0.1 exists (macOS), takes that.
     */
    private static InetAddress bind(HttpsServer server) throws IOException {
        Random random = new Random();
        for (int attempt = 0; attempt < 8; attempt++) {
            byte[] address = {127, (byte) (1 + random.nextInt(250)), (byte) random.nextInt(250), (byte) (1 + random.nextInt(250))};
            if (attempt == 7) {
                address = new byte[] {127, 0, 0, 1};
            }
            try {
                InetAddress own = InetAddress.getByAddress(address);
                server.bind(new InetSocketAddress(own, 443), 0);
                return own;
            } catch (BindException taken) {
                continue;
            } catch (IOException denied) {
                throw new IOException("port 443 of a loopback address is not ours to bind (" + denied.getMessage()
                        + "): run as root, or `sysctl net.ipv4.ip_unprivileged_port_start=443`,"
                        + " or inside `unshare --map-root-user --net` after `ip link set lo up`", denied);
            }
        }
        throw new IOException("no loopback address has port 443 free");
    }

    private static KeyStore certificate(Path file) throws Exception {
        Files.deleteIfExists(file);
        StringBuilder names = new StringBuilder("SAN=");
        for (String host : HOSTS) {
            names.append(names.length() > 4 ? "," : "").append("dns:").append(host);
        }
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process made = new ProcessBuilder(keytool.toString(), "-genkeypair", "-keystore", file.toString(), "-storetype", "PKCS12",
                "-storepass", PASSWORD, "-alias", "redirect", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2",
                "-dname", "CN=" + HOSTS.get(0), "-ext", names.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes());
        if (made.waitFor() != 0) {
            throw new IOException("keytool made no certificate: " + said);
        }
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    private static Path trustStore(KeyStore keys, Path file) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("redirect", keys.getCertificate("redirect"));
        try (OutputStream out = Files.newOutputStream(file)) {
            trust.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private static SSLContext tls(KeyStore keys) throws Exception {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void pass(HttpExchange exchange, String to) throws IOException {
        try (exchange; InputStream body = exchange.getRequestBody()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(to + exchange.getRequestURI().toString()))
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body.readAllBytes()));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            Headers headers = exchange.getResponseHeaders();
            response.headers().map().forEach((name, values) -> {
                if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                    headers.put(name, values);
                }
            });
            exchange.sendResponseHeaders(response.statusCode(), response.body().length == 0 ? -1 : response.body().length);
            if (response.body().length > 0) {
                exchange.getResponseBody().write(response.body());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }
}
