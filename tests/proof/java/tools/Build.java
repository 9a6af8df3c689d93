import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Makes a Java program of the proof ready to run: its class path from Maven, its classes from the compiler with every lint on.
 *
 * <p>{@code java Build.java CACHE PROJECT...} leaves in the folder {@code target} of each project {@code run.args}, so that
 * {@code java @target/run.args MAIN} runs it, and {@code warnings}, one line each, without line numbers. The class paths
 * are kept in CACHE under the hash of the poms; those of all the projects named are resolved by one run of Maven, so that no
 * two of them may be states of the same one.
 *
 * <p>A folder {@code .driver} of a project is code that calls it and is no part of it: its users, or its container. A
 * {@code pom.xml} in there takes the place of the project's own build, where that is not Maven's.
 *
 * <p>It does not know what a program does, and does not use Maven's own compiler: a JVM for each would be too slow.
 */
public final class Build {
    private static final String RESOLVE = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath";
    private static final String LINT = "-Xlint:all,-path,-options,-processing,-classfile";
    private static final List<String> FAST = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    private static final Pattern RELEASE =
            Pattern.compile("<(maven\\.compiler\\.release|maven\\.compiler\\.source|java\\.version|release|source)>([^<]+)<");

    private final Path cache;

    private Build(Path cache) {
        this.cache = cache;
    }

    public static void main(String[] args) throws Exception {
        Build build = new Build(Files.createDirectories(Path.of(args[0])).toAbsolutePath());
        List<Path> projects = Arrays.stream(args).skip(1).map(Path::of).map(Path::toAbsolutePath).toList();
        build.resolve(projects);
        boolean compiled = true;
        for (Path project : projects) {
            compiled &= build.compile(project);
        }
        System.exit(compiled ? 0 : 1);
    }

    /** One run of Maven for all projects whose class path is not known yet. */
    private void resolve(List<Path> projects) throws Exception {
        Map<Path, Path> unknown = new HashMap<>();
        Path reactor = Files.createTempDirectory(cache, "reactor");
        StringBuilder modules = new StringBuilder();
        for (Path project : projects) {
            Path kept = kept(project);
            if (!usable(kept) && !unknown.containsKey(kept)) {
                Path copy = reactor.resolve("p" + unknown.size());
                for (Path pom : poms(project)) {
                    Path to = copy.resolve(maven(project).relativize(pom));
                    Files.createDirectories(to.getParent());
                    Files.copy(pom, to);
                }
                modules.append("<module>").append(copy.getFileName()).append("</module>");
                unknown.put(kept, copy.resolve(maven(project).relativize(module(project))).resolve("classpath"));
            }
        }
        if (!unknown.isEmpty()) {
            Files.writeString(reactor.resolve("pom.xml"), "<project><modelVersion>4.0.0</modelVersion><groupId>proof</groupId>"
                    + "<artifactId>all</artifactId><version>1</version><packaging>pom</packaging><modules>" + modules
                    + "</modules></project>");
            maven(reactor, unknown.size() > 1);
            for (Map.Entry<Path, Path> entry : unknown.entrySet()) {
                Files.move(entry.getValue(), entry.getKey(), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        delete(reactor);
    }

    /** Without the network first; with it only one Maven at a time may write to the local repository. */
    private void maven(Path reactor, boolean parallel) throws Exception {
        List<String> command = new ArrayList<>(List.of("mvn", "-B", "-q", RESOLVE, "-Dmdep.outputFile=classpath"));
        if (parallel) {
            command.add("-T2");
        }
        command.add("-o");
        if (run(command, reactor).isEmpty()) {
            return;
        }
        command.remove("-o");
        try (FileChannel channel = FileChannel.open(cache.resolve("maven.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
             FileLock lock = channel.lock()) {
            String failure = run(command, reactor);
            if (!failure.isEmpty()) {
                throw new IOException("Maven does not find the dependencies (apt-get install maven, or see https://maven.apache.org): " + failure);
            }
        }
    }

    /** What the command said where it failed. */
    private static String run(List<String> command, Path folder) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("MAVEN_OPTS", String.join(" ", FAST));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes());
        return process.waitFor() == 0 ? "" : said + "exit " + process.exitValue();
    }

    private boolean compile(Path project) throws Exception {
        Path home = home(project);
        Path target = Files.createDirectories(project.resolve("target"));
        Path classes = target.resolve("classes");
        delete(classes);
        Files.createDirectories(classes);
        Path resources = home.resolve("src/main/resources");
        for (Path file : files(resources, "")) {
            Path to = classes.resolve(resources.relativize(file));
            Files.createDirectories(to.getParent());
            Files.copy(file, to);
        }
        String classpath = Files.readString(kept(project)).strip();
        List<Path> sources = new ArrayList<>(files(home.resolve("src/main/java"), ".java"));
        sources.addAll(files(home.resolve("src/test/java"), ".java"));
        sources.addAll(files(project.resolve(".driver"), ".java"));

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        StandardJavaFileManager manager = compiler.getStandardFileManager(said, null, null);
        List<String> options = List.of("--release", release(project), "-encoding", "UTF-8", "-parameters", LINT,
                "-d", classes.toString(), "-cp", classpath);
        boolean compiled = compiler.getTask(null, manager, said, options, null, manager.getJavaFileObjectsFromPaths(sources)).call();

        List<String> warnings = new ArrayList<>();
        for (Diagnostic<? extends JavaFileObject> diagnostic : said.getDiagnostics()) {
            String file = diagnostic.getSource() == null ? "" : project.relativize(Path.of(diagnostic.getSource().toUri())).toString();
            if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
                System.err.println(file + ":" + diagnostic.getLineNumber() + ": " + diagnostic.getMessage(null));
            } else if (!file.startsWith(".driver") && diagnostic.getKind() != Diagnostic.Kind.NOTE) {
                warnings.add(file + ": " + diagnostic.getMessage(null).replace('\n', ' '));
            }
        }
        Files.write(target.resolve("warnings"), warnings);
        Files.writeString(target.resolve("run.args"), String.join("\n", FAST) + "\n-cp\n\"" + classes + ":" + classpath + "\"\n");
        return compiled;
    }

    /** Where Maven's files stand. */
    private static Path maven(Path project) {
        Path driver = project.resolve(".driver");
        return Files.isRegularFile(driver.resolve("pom.xml")) ? driver : project;
    }

    /** The folder with the pom that the code belongs to. */
    private static Path module(Path project) throws IOException {
        return maven(project).equals(project) ? home(project) : maven(project);
    }

    /** The folder whose `src` holds the code: one of a project has it. */
    private static Path home(Path project) throws IOException {
        try (Stream<Path> folders = Files.walk(project, 3)) {
            return folders.filter(folder -> Files.isDirectory(folder.resolve("src/main/java"))).sorted().findFirst()
                    .orElseThrow(() -> new IOException("no code in " + project));
        }
    }

    private static List<Path> poms(Path project) throws IOException {
        Path root = maven(project);
        return files(root, "pom.xml").stream()
                .filter(pom -> !root.relativize(pom).startsWith("target"))
                .filter(pom -> root.relativize(pom).getNameCount() <= 2)
                .toList();
    }

    /** The file of the cache for what the poms of a project say. */
    private Path kept(Path project) throws IOException, GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Path pom : poms(project)) {
            digest.update(Files.readAllBytes(pom));
            digest.update((byte) 0);
        }
        return cache.resolve(HexFormat.of().formatHex(digest.digest(), 0, 8) + ".classpath");
    }

    /** Whether it is there and names jars that are. */
    private static boolean usable(Path kept) throws IOException {
        return Files.isRegularFile(kept)
                && Arrays.stream(Files.readString(kept).strip().split(":")).filter(jar -> !jar.isEmpty()).allMatch(jar -> Files.exists(Path.of(jar)));
    }

    /** What the poms say of the version of Java, the module's before its parent's. */
    private static String release(Path project) throws IOException {
        List<Path> poms = new ArrayList<>(poms(project));
        poms.sort((one, other) -> other.getNameCount() - one.getNameCount());
        for (Path pom : poms) {
            Matcher matcher = RELEASE.matcher(Files.readString(pom));
            while (matcher.find()) {
                if (!matcher.group(2).startsWith("$")) {
                    return matcher.group(2).replaceFirst("^1\\.", "");
                }
            }
        }
        throw new IOException("no version of Java in the poms of " + project);
    }

    private static List<Path> files(Path folder, String end) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(end)).sorted().toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted((one, other) -> other.compareTo(one)).forEach(file -> {
                    try {
                        Files.delete(file);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
    }
}
