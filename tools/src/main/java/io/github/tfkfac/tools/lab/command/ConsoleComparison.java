package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.command.ConsoleRun;
import io.github.tfkfac.tools.command.LimitedFactors;
import io.github.tfkfac.tools.command.ResumedRuns;
import io.github.tfkfac.tools.command.RunSummary;
import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.compare.ComparedRuns;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.RecordedRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A comparison with progress on the console, ended early by Ctrl-C.
 *
 * @param console where to write
 * @param arms what is compared
 * @param seeds of each arm's runs
 * @param folder of the comparison
 * @param arguments the command line
 */
record ConsoleComparison(
    Console console, List<Arm> arms, List<Long> seeds, Path folder, List<String> arguments) {

  /** Trains what is not finished, then reports; returns the exit code. */
  int run() throws IOException {
    DataSettings.Loaded images = arms.get(0).settings(seeds.get(0)).data().load();
    arms.forEach(arm -> arm.settings(seeds.get(0)).requireFits(images));
    ComparedRuns runs =
        new ComparedRuns(
            folder, images, arguments, problem -> ResumedRuns.skipped(problem, console), List.of());
    List<Arm> limited =
        arms.stream()
            .map(
                arm ->
                    arm.with(
                        LimitedFactors.advice(
                            arm.settings(seeds.get(0)),
                            arm.options(),
                            images,
                            Optional.empty(),
                            console)))
            .toList();
    for (long seed : seeds) {
      for (Arm arm : limited) {
        int exitCode = run(arm, seed, runs);
        if (exitCode != 0) {
          return exitCode;
        }
      }
    }
    return new ComparisonFiles(console, folder).report(Map.of());
  }

  private int run(Arm arm, long seed, ComparedRuns runs) throws IOException {
    String name = arm.label() + " seed " + seed;
    Optional<RecordedRun<ClassificationRun, ClassificationRun.Outcome>> open = runs.open(arm, seed);
    if (open.isEmpty()) {
      console.err().println(name + ": finished before");
      return 0;
    }
    return new ConsoleRun(console, name)
        .runAmongOthers(open.get(), outcome -> summary(name, outcome, open.get().task()));
  }

  private String summary(String name, ClassificationRun.Outcome outcome, ClassificationRun run) {
    return outcome.finished()
        ? name + ": " + RunSummary.accuracy(outcome.training())
        : RunSummary.interrupted(outcome.training(), run, goOn());
  }

  private List<String> goOn() {
    List<String> words = new ArrayList<>(List.of("./kfac"));
    words.addAll(arguments);
    if (arguments.stream().noneMatch(word -> word.equals("--out") || word.startsWith("--out="))) {
      words.addAll(List.of("--out", ShellWords.path(folder)));
    }
    return words;
  }
}
