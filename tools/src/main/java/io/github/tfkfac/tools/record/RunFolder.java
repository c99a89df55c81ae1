package io.github.tfkfac.tools.record;

import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of one run and the names of what lies in it.
 *
 * @param path the folder
 */
public record RunFolder(Path path) {
  private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /**
   * Creates {@code <root>/<timestamp>-<name>}.
   *
   * @throws UserError if the folder is there already or the name is not fit for a file name
   * @throws IOException if it cannot be created
   */
  public static RunFolder create(Path root, String name, Clock clock) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new UserError(
          "expected a run name of letters, digits, '.', '_' and '-', found '" + name + "'");
    }
    return create(root.resolve(TIMESTAMP.format(LocalDateTime.now(clock)) + "-" + name));
  }

  /**
   * Creates the folder {@code path} itself.
   *
   * @throws UserError if something is there already
   * @throws IOException if it cannot be created
   */
  public static RunFolder create(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent != null) {
      requireFolder(parent);
      Files.createDirectories(parent);
    }
    RunFolder folder = new RunFolder(absolute);
    if (folder.isAbandoned()) {
      delete(absolute);
    }
    try {
      Files.createDirectory(absolute);
    } catch (FileAlreadyExistsException there) {
      throw new UserError(alreadyThere(path), there);
    }
    Files.writeString(folder.starting(), identity(ProcessHandle.current()));
    return folder;
  }

  /**
   * Rejects a path for a new run, before anything costly is done for it.
   *
   * @throws UserError if something is there already
   */
  public static void requireAbsent(Path path) {
    if (Files.exists(path) && !new RunFolder(path).isAbandoned()) {
      throw new UserError(alreadyThere(path));
    }
  }

  /**
   * Rejects a place for new runs that is none.
   *
   * @throws UserError if it is a file
   */
  public static void requireFolder(Path root) {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new UserError(
          "expected a folder for new runs, found the file " + root + "; choose another");
    }
  }

  /** Whether a process made the folder and was killed before it recorded the run. */
  private boolean isAbandoned() {
    if (Files.exists(record()) || !Files.isRegularFile(starting())) {
      return false;
    }
    try {
      String maker = Files.readString(starting());
      return ProcessHandle.allProcesses().noneMatch(process -> identity(process).equals(maker));
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** Number and start of a process: containers give the same numbers again. */
  private static String identity(ProcessHandle process) {
    return process.pid() + " " + process.info().startInstant().map(Instant::toString).orElse("");
  }

  private static String alreadyThere(Path path) {
    return "the run folder " + path + " is there already; choose another or resume it";
  }

  /**
   * The folder of an earlier run.
   *
   * @throws UserError if it holds no run
   */
  public static RunFolder existing(Path path) {
    RunFolder folder = new RunFolder(path.toAbsolutePath().normalize());
    if (!Files.isRegularFile(folder.record())) {
      throw new UserError("expected the folder of a run, found no run.json in " + path);
    }
    return folder;
  }

  /**
   * Removes a folder in which nothing was trained; one with metrics or checkpoints stays.
   *
   * @return whether it is gone
   */
  public boolean discard() throws IOException {
    if (Files.exists(metrics()) || Files.exists(checkpoints())) {
      return false;
    }
    delete(path);
    return true;
  }

  /** Removes what was measured in steps that are done once more, from the first on. */
  public void forgetSteps() throws IOException {
    for (Path measured : List.of(metrics(), stages(), diagnostics(), events())) {
      if (Files.exists(measured)) {
        delete(measured);
      }
    }
  }

  private static void delete(Path all) throws IOException {
    try (Stream<Path> files = Files.walk(all)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The process that made the folder, until the run is recorded. */
  Path starting() {
    return path.resolve(".starting");
  }

  /** File of the {@link RunRecord}. */
  public Path record() {
    return path.resolve("run.json");
  }

  /** {@link MetricsCsv}. */
  public Path metrics() {
    return path.resolve("metrics.csv");
  }

  /** Folder of the TensorBoard files, {@link EventFile}. */
  public Path events() {
    return path.resolve("events");
  }

  /** {@link DiagnosticsCsv}. */
  public Path diagnostics() {
    return path.resolve("diagnostics.csv");
  }

  /** {@link MetricsCsv} of the seconds of a step's stages. */
  public Path stages() {
    return path.resolve("stages.csv");
  }

  /** Plot of the metrics. */
  public Path curves() {
    return path.resolve("curves.png");
  }

  /** Report to open in a browser. */
  public Path report() {
    return path.resolve("report.html");
  }

  /** Folder of the checkpoints. */
  public Path checkpoints() {
    return path.resolve("checkpoints");
  }
}
