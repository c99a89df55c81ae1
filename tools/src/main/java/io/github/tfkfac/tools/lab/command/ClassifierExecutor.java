package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.command.ConsoleRun;
import io.github.tfkfac.tools.command.LimitedFactors;
import io.github.tfkfac.tools.command.ResumedRuns;
import io.github.tfkfac.tools.command.RunSummary;
import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.compare.ComparedRuns;
import io.github.tfkfac.tools.lab.experiment.PlannedRun;
import io.github.tfkfac.tools.lab.experiment.RunExecutor;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trains an experiment's classifiers with progress on the console, ended early by Ctrl-C.
 *
 * @param console where to write
 * @param probes of every run
 * @param arguments the command line, for records
 */
record ClassifierExecutor(Console console, List<RunProbe> probes, List<String> arguments)
    implements RunExecutor {

  @Override
  public void requireUsable(List<PlannedRun> runs) {
    runs.forEach(run -> run.arm().settings(run.seed()));
  }

  @Override
  public boolean train(List<PlannedRun> runs, Path folder) throws IOException {
    if (runs.isEmpty()) {
      return true;
    }
    PlannedRun first = runs.get(0);
    DataSettings.Loaded images = first.arm().settings(first.seed()).images();
    runs.forEach(run -> run.arm().settings(run.seed()).requireFits(images));
    ComparedRuns compared =
        new ComparedRuns(
            folder.resolve(first.series()),
            images,
            arguments,
            problem -> ResumedRuns.skipped(problem, console),
            probes);
    Map<Arm, Arm> limited = new HashMap<>();
    for (PlannedRun run : runs) {
      Arm arm =
          limited.computeIfAbsent(
              run.arm(),
              same ->
                  same.with(
                      LimitedFactors.advice(
                          same.settings(run.seed()),
                          same.options(),
                          images,
                          Optional.empty(),
                          console)));
      if (!ended(run, arm, compared)) {
        return false;
      }
    }
    return true;
  }

  private boolean ended(PlannedRun planned, Arm arm, ComparedRuns compared) throws IOException {
    Optional<RecordedRun<ClassificationRun, ClassificationRun.Outcome>> open =
        compared.open(arm, planned.seed());
    if (open.isEmpty()) {
      console.err().println(planned.name() + ": finished before");
      return true;
    }
    return new ConsoleRun(console, planned.name())
            .runAmongOthers(
                open.get(),
                outcome ->
                    outcome.finished()
                        ? planned.name() + ": " + RunSummary.accuracy(outcome.training())
                        : planned.name() + ": interrupted\n")
        == 0;
  }
}
