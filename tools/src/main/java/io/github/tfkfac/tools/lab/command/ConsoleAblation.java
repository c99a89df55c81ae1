package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.command.ConsoleRun;
import io.github.tfkfac.tools.command.ResumedRuns;
import io.github.tfkfac.tools.detect.DetectorOutcome;
import io.github.tfkfac.tools.detect.DetectorRun;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.ablation.AblationPlan;
import io.github.tfkfac.tools.lab.ablation.AblationReport;
import io.github.tfkfac.tools.lab.ablation.AblationRun;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunCurves;
import io.github.tfkfac.tools.run.RunRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The step-size study with progress on the console.
 *
 * @param console where to write
 * @param plan the runs
 * @param folder of the runs and the report
 * @param arguments the command line, for records
 */
record ConsoleAblation(Console console, AblationPlan plan, Path folder, List<String> arguments) {

  /** Trains what is not finished; false if it was interrupted. */
  boolean train() throws IOException {
    for (AblationPlan.Run run : plan.runs()) {
      Optional<RecordedRun<DetectorRun, DetectorOutcome>> open = open(run);
      if (open.isEmpty()) {
        console.err().println(run.folder() + ": finished before");
      } else if (new ConsoleRun(console, run.folder()).runAmongOthers(open.get(), outcome -> "")
          != 0) {
        return false;
      }
    }
    return true;
  }

  private Optional<RecordedRun<DetectorRun, DetectorOutcome>> open(AblationPlan.Run run)
      throws IOException {
    Path path = folder.resolve(run.folder());
    if (!Files.exists(path)) {
      return Optional.of(
          RecordedDetectorRun.start(
              RunFolder.create(path), run.settings(), "detect ablation", arguments));
    }
    RecordedDetectorRun before =
        RecordedDetectorRun.open(RunFolder.existing(path), run.settings().options());
    return before.complete()
        ? Optional.empty()
        : Optional.of(before.resumed(ResumedRuns.start(before.run(), console)));
  }

  /** The runs that are complete. */
  List<AblationRun> finished() throws IOException {
    List<AblationRun> finished = new ArrayList<>();
    for (AblationPlan.Run run : plan.runs()) {
      RunFolder of = folder(run);
      if (Files.isRegularFile(of.record())) {
        RunRecord record = RunRecord.read(of);
        if (!record.result().isEmpty()) {
          finished.add(new AblationRun(run, record));
        }
      }
    }
    return finished;
  }

  private RunFolder folder(AblationPlan.Run run) {
    return new RunFolder(folder.resolve(run.folder()));
  }

  /** Writes the report of the finished runs. */
  Path report() throws IOException {
    List<AblationRun> finished = finished();
    if (finished.isEmpty()) {
      throw new UserError("expected finished runs in " + folder + ", found none; train some");
    }
    Map<String, List<Curve>> losses = new LinkedHashMap<>();
    Map<String, String> data = new LinkedHashMap<>();
    for (AblationRun one : finished) {
      AblationPlan.Run run = one.run();
      data.putAll(one.record().data());
      losses
          .computeIfAbsent(run.detector() + " " + run.rule(), name -> new ArrayList<>())
          .add(
              RunCurves.smoothed(
                  run.rule(), RunCurves.of(RunRows.read(folder(run).metrics()), "loss")));
    }
    List<Curve> curves = new ArrayList<>();
    losses.forEach((name, all) -> curves.add(Curve.mean(name, all)));
    return new AblationReport(plan, finished, curves, data).write(folder);
  }
}
