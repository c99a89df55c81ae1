package io.github.tfkfac.tools.detect;

import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.render.PlotRenderer;
import io.github.tfkfac.tools.run.RunCurves;
import io.github.tfkfac.tools.run.RunRows;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** The curves of a detector's run, from its metrics file. */
public final class DetectorCurves {

  private DetectorCurves() {}

  /** Draws losses and precisions against the step into the run's {@code curves.png}. */
  static void write(RunFolder folder) throws IOException {
    List<Plot> plots = plots(RunRows.read(folder.metrics()));
    if (!plots.isEmpty()) {
      Files.write(folder.curves(), PlotRenderer.png(plots));
    }
  }

  /** Losses and precisions against the step; none before the first step. */
  public static List<Plot> plots(List<MetricsRow> rows) {
    Curve loss = RunCurves.smoothed("loss", RunCurves.of(rows, DetectorMetrics.LOSS));
    if (loss.points().isEmpty()) {
      return List.of();
    }
    List<Curve> precisions = new ArrayList<>();
    for (String prefix : List.of(DetectorMetrics.BOX, DetectorMetrics.MASK)) {
      for (String name : List.of("AP", "AP50", "AP75")) {
        List<Curve.Point> points = RunCurves.of(rows, prefix + name);
        if (!points.isEmpty()) {
          precisions.add(new Curve(prefix.replace("_", " ") + name, points));
        }
      }
    }
    List<Plot> plots = new ArrayList<>();
    plots.add(new Plot("Loss", "step", "loss", Plot.Scale.LINEAR, List.of(loss)));
    if (!precisions.isEmpty()) {
      plots.add(new Plot("Average precision", "step", "precision", Plot.Scale.LINEAR, precisions));
    }
    return plots;
  }
}
