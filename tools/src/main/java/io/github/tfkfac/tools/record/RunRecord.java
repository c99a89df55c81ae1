package io.github.tfkfac.tools.record;

import io.github.tfkfac.tools.render.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What it takes to repeat a run, and how it ended; the content of {@code run.json}.
 *
 * @param command the subcommand
 * @param arguments the command line as typed
 * @param options every option's value in effect, given or default
 * @param seeds by what they seed
 * @param environment machine and software
 * @param started time of the start, ISO 8601
 * @param result final numbers; empty while the run goes on
 */
public record RunRecord(
    String command,
    List<String> arguments,
    Map<String, Object> options,
    Map<String, Long> seeds,
    Environment environment,
    String started,
    Map<String, Object> result) {

  public RunRecord {
    arguments = List.copyOf(arguments);
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    seeds = Collections.unmodifiableMap(new LinkedHashMap<>(seeds));
    result = Collections.unmodifiableMap(new LinkedHashMap<>(result));
  }

  /** This run with its outcome. */
  public RunRecord withResult(Map<String, Object> result) {
    return new RunRecord(command, arguments, options, seeds, environment, started, result);
  }

  /** Writes {@code run.json}, replacing an earlier one in one step. */
  public void write(RunFolder folder) throws IOException {
    Path part = folder.path().resolve("run.json.part");
    Files.writeString(part, Json.text(this) + "\n");
    Files.move(
        part, folder.record(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
