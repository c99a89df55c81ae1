package io.github.tfkfac.tools.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.render.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything needed to repeat a run, and its outcome; the content of {@code run.json}.
 *
 * @param command the subcommand
 * @param arguments the command line as typed
 * @param options every option's value in effect, given or default
 * @param seeds by what they seed
 * @param data what was trained on: names, sizes and content hashes
 * @param environment machine and software
 * @param started time of the start, ISO 8601
 * @param result final numbers; empty while the run continues
 * @param remarks sentences for the run's report
 */
public record RunRecord(
    String command,
    List<String> arguments,
    Map<String, Object> options,
    Map<String, Long> seeds,
    Map<String, String> data,
    Environment environment,
    String started,
    Map<String, Object> result,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> remarks) {

  /** Names of options that older records have, with the names of today. */
  private static final Map<String, String> FORMER_NAMES =
      Map.of("normalisation-blocks", "normalization-blocks");

  public RunRecord {
    Objects.requireNonNull(command, "no command");
    Objects.requireNonNull(environment, "no environment");
    Objects.requireNonNull(started, "no time of its start");
    arguments = List.copyOf(arguments);
    options = ordered(renamed(options));
    seeds = ordered(seeds);
    data = ordered(data);
    result = ordered(result);
    remarks = remarks == null ? List.of() : List.copyOf(remarks);
  }

  /** A run without remarks. */
  public RunRecord(
      String command,
      List<String> arguments,
      Map<String, Object> options,
      Map<String, Long> seeds,
      Map<String, String> data,
      Environment environment,
      String started,
      Map<String, Object> result) {
    this(command, arguments, options, seeds, data, environment, started, result, List.of());
  }

  /** This run with its outcome. */
  public RunRecord withResult(Map<String, Object> result) {
    return new RunRecord(
        command, arguments, options, seeds, data, environment, started, result, remarks);
  }

  /** This run with other remarks. */
  public RunRecord withRemarks(List<String> remarks) {
    return new RunRecord(
        command, arguments, options, seeds, data, environment, started, result, remarks);
  }

  /** Whether a detector is trained, not a classifier. */
  public boolean trainsDetector() {
    return options.containsKey("detector");
  }

  /**
   * Rejects a run that trains something else.
   *
   * @param detector whether it is to be a detector's run
   * @throws UserError naming the command that it is of
   */
  public void requireTraining(RunFolder folder, boolean detector) {
    if (trainsDetector() != detector) {
      throw new UserError(
          "expected the run of %s, found one of 'kfac %s' in %s; %s"
              .formatted(
                  detector ? "a detector" : "a classifier",
                  command,
                  folder.path(),
                  detector
                      ? "classifiers have 'kfac train', 'finetune' and 'eval'"
                      : "detectors have 'kfac detect train', 'eval' and 'predict'"));
    }
  }

  /**
   * Reads the record of a folder.
   *
   * @throws UserError if it is not a record
   * @throws IOException if it cannot be read
   */
  public static RunRecord read(RunFolder folder) throws IOException {
    try {
      return Json.read(Files.readString(folder.record()), RunRecord.class);
    } catch (IllegalArgumentException | CharacterCodingException broken) {
      throw new UserError(
          folder.record() + ": not the record of a run: " + broken.getMessage(), broken);
    }
  }

  /** Writes {@code run.json}, replacing an earlier one in one step. */
  public void write(RunFolder folder) throws IOException {
    Path part = folder.path().resolve("run.json.part");
    Files.writeString(part, Json.text(this) + "\n");
    Files.move(
        part, folder.record(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(folder.starting());
  }

  private static @Nullable Map<String, Object> renamed(@Nullable Map<String, Object> options) {
    if (options == null) {
      return null;
    }
    Map<String, Object> today = new LinkedHashMap<>();
    options.forEach((name, value) -> today.put(FORMER_NAMES.getOrDefault(name, name), value));
    return today;
  }

  /** A part that an older record lacks is empty. */
  private static <V> Map<String, V> ordered(@Nullable Map<String, V> entries) {
    return entries == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }
}
