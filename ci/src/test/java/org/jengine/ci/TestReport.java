package org.jengine.ci;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Judges one Maven run by its log and its surefire reports. Maven calls a run good in which nothing ran; this does not. Runs without
 * being compiled first, as {@code java TestReport.java [--require LANE,LANE] ROOT LOG}, and so imports nothing but the JDK.
 */
final class TestReport {
    /**
     * What a test may lack, as {@code --require} calls it, with the words that name it in the reason of an aborted test. A reason must
     * hold one of them: otherwise requiring the lane would miss the test.
     */
    static final Map<String, Set<String>> LANES = new TreeMap<>(Map.ofEntries(
            Map.entry("bf16", Set.of("bf16", "bfloat16")),
            Map.entry("cuda", Set.of("cuda")),
            Map.entry("cudnn", Set.of("cudnn")),
            Map.entry("data", Set.of("data", "cifar")),
            Map.entry("jar", Set.of("jar")),
            Map.entry("nvcc", Set.of("nvcc", "ptxas")),
            Map.entry("oclgrind", Set.of("oclgrind")),
            Map.entry("once", Set.of("once")),
            Map.entry("opencl", Set.of("opencl")),
            Map.entry("shellcheck", Set.of("shellcheck")),
            Map.entry("softcuda", Set.of("softcuda", "compiler", "gcc"))));

    private static final List<Pattern> UNWANTED = Stream.of("WARNING:.*restricted method", "--enable-native-access",
            "terminally deprecated", "sun\\.misc\\.Unsafe", "Using incubator module", "\\bSLF4J\\b", "\\bVM warning:",
            "Java agent has been loaded dynamically", "^\\[WARNING\\].*deprecated", "Corrupted (STDOUT|channel)",
            // What the software CUDA device finds in our own code; tests of the device keep the output of their programs to themselves.
            "^softcuda: [a-z ]+: ")
            .map(Pattern::compile).toList();
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final Pattern MODULE_TIME = Pattern.compile("^\\[INFO] (\\S+) \\.* ?[A-Z]+ \\[\\s*([0-9:.]+) (s|min)]");
    private static final Pattern TEST =
            Pattern.compile("@(Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property|ArchTest)\\b");
    /** What JUnit says in place of a reason. */
    private static final String NO_REASON = "^(assumption is not (true|false)|.* is @Disabled)$";
    private static final Pattern MACHINERY =
            Pattern.compile("\\s+at (java\\.base/|org\\.junit\\.|org\\.apache\\.maven\\.|net\\.jqwik\\.|com\\.tngtech\\.)");
    private static final int NAMES_SHOWN = 4;
    private static final int STACK_LINES = 14;
    private static final int ERROR_LINES = 60;

    private final Path root;
    private final List<String> log;
    private final Set<String> required;
    private final PrintStream out;
    private final List<String> problems = new ArrayList<>();
    /** Aborted tests by class and reason, since a lack makes many give up alike. */
    private final Map<String, List<String>> aborted = new LinkedHashMap<>();
    private boolean testFailed;

    /** One test as surefire reports it; {@code reason} is null unless it was aborted, {@code failure} unless it failed. */
    private record Result(String owner, String name, double seconds, String reason, String failure) {
    }

    TestReport(Path root, List<String> log, Set<String> required, PrintStream out) {
        this.root = root;
        this.log = log;
        this.required = required;
        this.out = out;
    }

    public static void main(String[] args) throws IOException {
        List<String> words = new ArrayList<>(Arrays.asList(args));
        Set<String> required = Set.of();
        if (words.size() == 4 && words.get(0).equals("--require")) {
            required = Arrays.stream(words.get(1).split(",")).map(String::strip).filter(w -> !w.isEmpty()).collect(Collectors.toSet());
            words.subList(0, 2).clear();
        }
        if (words.size() != 2) {
            throw new IllegalArgumentException("usage: java TestReport.java [--require LANE,LANE] ROOT LOG");
        }
        List<String> log = Files.readAllLines(Path.of(words.get(1)));
        List<String> problems = new TestReport(Path.of(words.get(0)), log, required, System.out).judge();
        System.exit(problems.isEmpty() ? 0 : 1);
    }

    /** Prints the table, the aborted tests and the problems; returns the problems. */
    List<String> judge() throws IOException {
        for (String lane : new TreeSet<>(required)) {
            if (!LANES.containsKey(lane)) {
                problems.add("no lane '" + lane + "' can be required; known are " + String.join(", ", LANES.keySet()));
            }
        }
        table();
        judgeLog();
        if (!aborted.isEmpty()) {
            out.println();
            out.println("not run:");
            aborted.forEach((what, names) -> out.println("  " + what + "\n      " + shorten(names)));
        }
        if (!problems.isEmpty()) {
            out.println();
            problems.forEach(p -> out.println("FAILED  " + p));
        }
        return problems;
    }

    private void table() throws IOException {
        out.printf(Locale.ROOT, "%-10s %7s %8s %10s %10s%n", "module", "tests", "not run", "in tests", "in all");
        int tests = 0;
        int lacking = 0;
        double testSeconds = 0;
        double seconds = 0;
        Matcher m = MODULE.matcher(Files.readString(root.resolve("pom.xml")));
        while (m.find()) {
            String module = m.group(1);
            List<Result> results = results(root.resolve(module).resolve("target/surefire-reports"));
            int notRun = (int) results.stream().filter(r -> r.reason != null).count();
            double inTests = results.stream().mapToDouble(Result::seconds).sum();
            double inAll = moduleSeconds("jengine-" + module);
            out.printf(Locale.ROOT, "%-10s %7d %8d %8.1f s %8.1f s%n", module, results.size() - notRun, notRun, inTests, inAll);
            tests += results.size() - notRun;
            lacking += notRun;
            testSeconds += inTests;
            seconds += inAll;
            judgeModule(module, results);
        }
        out.printf(Locale.ROOT, "%-10s %7d %8d %8.1f s %8.1f s%n", "total", tests, lacking, testSeconds, seconds);
    }

    private void judgeModule(String module, List<Result> results) throws IOException {
        for (Result r : results) {
            if (r.failure != null) {
                testFailed = true;
                problems.add(module + ": " + r.owner + "." + r.name + indented(r.failure));
            } else if (r.reason != null) {
                aborted.computeIfAbsent(module + ": " + r.owner + ": " + (r.reason.isBlank() ? "(no reason given)" : r.reason),
                        key -> new ArrayList<>()).add(r.name);
                judgeAborted(module, r);
            }
        }
        Set<String> owners = results.stream().filter(r -> r.reason == null).map(r -> r.owner.replaceFirst("\\$.*", ""))
                .collect(Collectors.toSet());
        Set<String> abortedOwners = results.stream().map(r -> r.owner.replaceFirst("\\$.*", "")).collect(Collectors.toSet());
        Set<String> classes = testClasses(root.resolve(module).resolve("src/test/java"));
        if (!classes.isEmpty() && owners.isEmpty()) {
            problems.add(module + ": not one test ran, though there are " + classes.size() + " test classes");
        }
        for (String name : classes) {
            if (!abortedOwners.contains(name)) {
                problems.add(module + ": " + name + " has tests, but none was run; surefire takes classes named *Test");
            }
        }
    }

    private static String shorten(List<String> names) {
        List<String> shown = names.stream().map(n -> n.isEmpty() ? "the whole class" : n).toList();
        return shown.size() <= NAMES_SHOWN ? String.join(", ", shown)
                : String.join(", ", shown.subList(0, NAMES_SHOWN)) + " and " + (shown.size() - NAMES_SHOWN) + " more";
    }

    private void judgeAborted(String module, Result r) {
        if (r.reason.isBlank()) {
            problems.add(module + ": " + r.owner + "." + r.name + " was aborted without a reason");
            return;
        }
        Set<String> words = new HashSet<>(Arrays.asList(r.reason.toLowerCase(Locale.ROOT).split("[^a-z0-9]+")));
        List<String> lanes = LANES.keySet().stream().filter(lane -> !Collections.disjoint(LANES.get(lane), words)).toList();
        if (lanes.isEmpty()) {
            problems.add(module + ": " + r.owner + "." + r.name + " was aborted for a reason that names none of "
                    + String.join(", ", LANES.keySet()) + ": " + r.reason);
        }
        for (String lane : lanes) {
            if (required.contains(lane)) {
                problems.add(module + ": " + r.owner + "." + r.name + " was aborted, but '" + lane + "' is required: " + r.reason);
            }
        }
    }

    private void judgeLog() {
        Set<String> seen = new LinkedHashSet<>();
        for (String line : log) {
            if (UNWANTED.stream().anyMatch(p -> p.matcher(line).find())) {
                seen.add(line);
            }
        }
        seen.forEach(line -> problems.add("unwanted in the output: " + line));
        if (log.stream().noneMatch(line -> line.contains("BUILD SUCCESS"))) {
            List<String> errors = log.stream().filter(l -> l.startsWith("[ERROR]")).distinct().limit(ERROR_LINES).toList();
            problems.add("the build failed" + (testFailed && errors.isEmpty() ? "" : indented(String.join("\n", errors))));
        }
    }

    private double moduleSeconds(String artifact) {
        for (String line : log) {
            Matcher m = MODULE_TIME.matcher(line);
            if (m.find() && m.group(1).equals(artifact)) {
                double value = 0;
                for (String part : m.group(2).split(":")) {
                    value = value * 60 + Double.parseDouble(part);
                }
                return value;
            }
        }
        return 0;
    }

    /** Names of the classes with tests of their own; a suite that others extend is run under their names. */
    private static Set<String> testClasses(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                String text = Files.readString(file).replaceAll("(?s)/\\*.*?\\*/|//[^\n]*", "");
                String path = folder.relativize(file).toString().replace('\\', '/');
                String name = path.substring(0, path.length() - ".java".length()).replace('/', '.');
                String simple = name.substring(name.lastIndexOf('.') + 1);
                boolean suite = Pattern.compile("\\b(abstract\\s+(sealed\\s+)?class|interface|@interface)\\s+" + simple + "\\b")
                        .matcher(text).find();
                if (!suite && TEST.matcher(text).find()) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static List<Result> results(Path folder) throws IOException {
        List<Result> results = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return results;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.getFileName().toString().matches("TEST-.*\\.xml")).sorted().toList()) {
                NodeList cases = parse(file).getElementsByTagName("testcase");
                for (int i = 0; i < cases.getLength(); i++) {
                    results.add(result((Element) cases.item(i)));
                }
            }
        }
        return results;
    }

    private static Result result(Element test) {
        Element skipped = child(test, "skipped");
        Element failed = child(test, "failure") != null ? child(test, "failure") : child(test, "error");
        String seconds = test.getAttribute("time").replace(",", "");
        return new Result(test.getAttribute("classname"), test.getAttribute("name"), seconds.isEmpty() ? 0 : Double.parseDouble(seconds),
                skipped == null ? null : reason(skipped),
                failed == null ? null : failed.getTextContent().isBlank() ? failed.getAttribute("message") : failed.getTextContent());
    }

    /** Surefire puts the reason of a disabled test in an attribute, and that of an aborted one in the text, as a stack trace. */
    private static String reason(Element skipped) {
        String message = skipped.getAttribute("message");
        String first = message.isEmpty() ? skipped.getTextContent().strip().lines().findFirst().orElse("") : message;
        return first.replaceFirst("^org\\.opentest4j\\.TestAbortedException(: )?", "").replaceFirst("^Assumption failed: ", "")
                .replaceFirst(NO_REASON, "");
    }

    private static Element child(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return found.getLength() == 0 ? null : (Element) found.item(0);
    }

    private static Element parse(Path file) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()).getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + " is not a surefire report: " + e.getMessage(), e);
        }
    }

    /** A stack trace without the frames of the test machinery, which say nothing about the failure. */
    private static String indented(String text) {
        return text.lines().filter(l -> !MACHINERY.matcher(l).lookingAt())
                .limit(text.startsWith("[ERROR]") ? ERROR_LINES : STACK_LINES).map(l -> "\n        " + l).collect(Collectors.joining());
    }
}
