package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Results of the runs in the folder of a comparison.
 *
 * @param arms in the order in which they were started
 * @param unfinished folders of runs that have not ended
 */
public record ComparisonResult(List<ArmResult> arms, List<String> unfinished) {

  public ComparisonResult {
    arms = List.copyOf(arms);
    unfinished = List.copyOf(unfinished);
  }

  /**
   * Reads the runs below a folder.
   *
   * @throws UserError if none has ended
   * @throws IOException if a file cannot be read
   */
  public static ComparisonResult read(Path folder) throws IOException {
    List<FinishedRun> runs = new ArrayList<>();
    List<String> unfinished = new ArrayList<>();
    for (Path path : runFolders(folder)) {
      FinishedRun.read(path)
          .ifPresentOrElse(runs::add, () -> unfinished.add(path.getFileName().toString()));
    }
    if (runs.isEmpty()) {
      throw new UserError(
          "expected finished runs (folders <arm>-seed<number> with a result in run.json) in "
              + folder
              + ", found none");
    }
    runs.sort(Comparator.comparing(run -> run.record().started()));
    Map<String, List<FinishedRun>> byArm = new LinkedHashMap<>();
    runs.forEach(run -> byArm.computeIfAbsent(run.arm(), label -> new ArrayList<>()).add(run));
    List<ArmResult> arms = new ArrayList<>();
    byArm.forEach(
        (label, ofArm) -> {
          ofArm.sort(Comparator.comparingLong(FinishedRun::seed));
          arms.add(new ArmResult(label, ofArm));
        });
    return new ComparisonResult(arms, unfinished);
  }

  private static List<Path> runFolders(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).filter(FinishedRun::isRun).sorted().toList();
    }
  }

  /** All runs that have ended, arm by arm. */
  public List<FinishedRun> runs() {
    return arms.stream().flatMap(arm -> arm.runs().stream()).toList();
  }

  /** The seeds of all runs. */
  public Set<Long> seeds() {
    Set<Long> seeds = new TreeSet<>();
    runs().forEach(run -> seeds.add(run.seed()));
    return seeds;
  }

  /** Every value of an option among the runs, in order; what a run lacks is left out. */
  public Set<String> optionValues(String name) {
    Set<String> values = new TreeSet<>();
    for (FinishedRun run : runs()) {
      Object value = run.record().options().get(name);
      if (value != null) {
        values.add(value.toString());
      }
    }
    return values;
  }
}
