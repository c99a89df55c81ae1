package io.github.tfkfac.tools.command;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tfkfac.tools.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replays recorded sessions, {@code src/test/resources/recorded}, and compares what the program
 * writes: exit codes, both streams, run records, settings of checkpoints, metrics.
 *
 * <p>A line of a session that begins with {@code $} is a command line, with {@code @} something
 * that happens between commands, and what follows is expected. Times and machines are left out,
 * measured numbers are compared up to rounding. A session that differs is written to {@code
 * target/recorded}; copied over the recorded one it becomes the new expectation.
 */
class RecordedCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path RECORDED = Path.of("src/test/resources/recorded");
  private static final Path DIFFERENT = Path.of("target/recorded");
  private static final double ROUNDING = 1e-3;
  private static final Pattern MEASURED = Pattern.compile("-?\\d+\\.\\d+(E-?\\d+)?");
  private static final Pattern PROGRESS =
      Pattern.compile(
          "step \\d+/\\d+ |refreshing the inverses, |^(WARNING: All|I0000|E0000|W0000)");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"train", "compare", "experiment", "finetune", "inspect", "data"})
  void theProgramWritesWhatItWrote(String session) throws IOException {
    replay(session);
  }

  @Test
  @Tag("slow")
  @Tag("detector")
  void theDetectorsProgramWritesWhatItWrote() throws IOException {
    replay("detect");
  }

  private void replay(String session) throws IOException {
    List<String> expected = Files.readAllLines(RECORDED.resolve(session + ".txt"));
    List<String> found = new ArrayList<>();
    for (String line : expected) {
      if (line.startsWith("$ ")) {
        found.add(line);
        found.addAll(run(line.substring(2)));
      } else if (line.startsWith("@ ")) {
        found.add(line);
        found.addAll(happens(line.substring(2).split(" ", 3)));
      }
    }
    if (!alike(expected, found)) {
      Files.createDirectories(DIFFERENT);
      Files.write(DIFFERENT.resolve(session + ".txt"), found);
      assertThat(found).isEqualTo(expected);
    }
  }

  private List<String> run(String line) {
    String[] arguments =
        Stream.of(line.split(" ", -1))
            .map(word -> word.replace("TMP", folder.toString()))
            .toArray(String[]::new);
    CommandRun run = CommandRun.of(arguments);
    List<String> written = new ArrayList<>(List.of("exit " + run.exitCode()));
    untimedTable(run.out()).map(this::stable).map(one -> "out| " + one).forEach(written::add);
    run.err()
        .lines()
        .filter(one -> !PROGRESS.matcher(one).find())
        .map(this::stable)
        .map(one -> "err| " + one)
        .forEach(written::add);
    return written;
  }

  /** Lines without the columns of times at a table's end. */
  private static Stream<String> untimedTable(String text) {
    int times = text.lines().mapToInt(line -> line.indexOf("s/step (")).max().orElse(-1);
    return times < 0
        ? text.lines()
        : text.lines()
            .map(
                line ->
                    line.startsWith("report")
                        ? line
                        : line.substring(0, Math.min(times, line.length())));
  }

  private String stable(String line) {
    return line.replace(folder.toString(), "TMP").stripTrailing();
  }

  private List<String> happens(String... words) throws IOException {
    Path path = folder.resolve(words[1]);
    switch (words[0]) {
      case "file" -> Files.writeString(path, words[2].replace("\\n", "\n") + "\n");
      case "shapes" -> TinyShapes.write(path);
      case "saved-model" -> TinySavedModel.write(path, 10);
      case "unfinish" -> unfinish(path, Integer.parseInt(words[2]));
      case "show" -> {
        return show(path);
      }
      default -> throw new IllegalArgumentException(words[0]);
    }
    return List.of();
  }

  /** Leaves a run as if it had been interrupted after a step. */
  private static void unfinish(Path run, int step) throws IOException {
    Path file = run.resolve("run.json");
    ObjectNode record = (ObjectNode) JSON.readTree(file.toFile());
    record.putObject("result");
    JSON.writeValue(file.toFile(), record);
    for (Path checkpoint : files(run.resolve("checkpoints"))) {
      String name = run.resolve("checkpoints").relativize(checkpoint).getName(0).toString();
      if (Integer.parseInt(name.substring("step-".length())) > step) {
        Files.delete(checkpoint);
      }
    }
    try (Stream<Path> all = Files.list(run.resolve("checkpoints"))) {
      for (Path one : all.toList()) {
        if (files(one).isEmpty()) {
          Files.delete(one);
        }
      }
    }
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).sorted(Comparator.naturalOrder()).toList();
    }
  }

  /** Names of all files of a run, and what of their contents repeats. */
  private List<String> show(Path run) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : Files.exists(run) ? files(run) : List.<Path>of()) {
      String name = run.relativize(file).toString();
      if (name.contains("checkpoints") && !name.endsWith("checkpoint.properties")) {
        continue;
      }
      lines.add("   " + name.replaceFirst("tfevents\\..*", "tfevents"));
      switch (String.valueOf(file.getFileName())) {
        case "run.json" -> lines.addAll(record(file));
        case "checkpoint.properties" -> lines.addAll(settings(file));
        case "metrics.csv" -> lines.addAll(untimed(file));
        case "diagnostics.csv", "stages.csv", "summary.csv", "results.csv" ->
            lines.add("      " + Files.readAllLines(file).get(0));
        default -> {}
      }
    }
    return lines;
  }

  private List<String> record(Path file) throws IOException {
    ObjectNode record = (ObjectNode) JSON.readTree(file.toFile());
    record.remove(List.of("environment", "started"));
    if (record.get("result") instanceof ObjectNode result) {
      result.remove(List.of("wall_seconds", "ended"));
    }
    List<String> lines = new ArrayList<>();
    flat("", record, lines);
    return lines.stream().sorted().map(line -> "      " + stable(line)).toList();
  }

  private static void flat(String name, JsonNode node, List<String> lines) {
    if (node.isObject()) {
      node.properties()
          .forEach(entry -> flat(name + "/" + entry.getKey(), entry.getValue(), lines));
    } else {
      lines.add(name + " " + node);
    }
  }

  private List<String> settings(Path file) throws IOException {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    TreeMap<String, String> kept = new TreeMap<>();
    properties.forEach((name, value) -> kept.put(name.toString(), value.toString()));
    return kept.entrySet().stream()
        .filter(entry -> entry.getKey().contains("setting") || entry.getKey().contains("position"))
        .map(entry -> "      " + stable(entry.getKey() + " = " + entry.getValue()))
        .toList();
  }

  /** A table without its columns of times. */
  private static List<String> untimed(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<String> columns = List.of(lines.get(0).split(",", -1));
    return lines.stream()
        .map(
            line -> {
              String[] cells = line.split(",", -1);
              return IntStream.range(0, cells.length)
                  .filter(i -> !columns.get(i).contains("second"))
                  .mapToObj(i -> cells[i])
                  .collect(joining(",", "      ", ""));
            })
        .toList();
  }

  /** Whether two sessions are the same but for the last digits of measured numbers. */
  private static boolean alike(List<String> expected, List<String> found) {
    if (expected.size() != found.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      Matcher one = MEASURED.matcher(expected.get(i));
      Matcher other = MEASURED.matcher(found.get(i));
      if (!one.replaceAll("#").equals(other.replaceAll("#"))) {
        return false;
      }
      one.reset();
      other.reset();
      while (one.find() && other.find()) {
        double then = Double.parseDouble(one.group());
        double now = Double.parseDouble(other.group());
        if (Math.abs(then - now) > ROUNDING * Math.max(1, Math.abs(then))) {
          return false;
        }
      }
    }
    return true;
  }
}
