package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A detector's run by NKFAC, interrupted and resumed, has what other runs have. */
@Tag("slow")
@Tag("detector")
class DetectLikeOthersTest {

  private static final double LONG_STEP = 1000;
  private static final Program OTHER_DATA = new Program();
  private static final Program RESUMED = new Program();

  @TempDir static Path folder;
  private static RunFolder run;

  @BeforeAll
  static void trainInTwoParts() throws IOException {
    TinyShapes data = TinyShapes.write(folder.resolve("data"));
    run = RunFolder.create(folder.resolve("run"));
    Map<String, String> options = new HashMap<>();
    options.put("data", data.folder().toString());
    options.put("exact-solver", "auto");
    options.put("steps", "2");
    options.put("batch", "1");
    options.put("short-side", "64");
    options.put("diagnostics", "1");
    options.put("threads", "1");
    StopSignal stop = new StopSignal();
    TrainingListener stopper =
        new TrainingListener() {
          @Override
          public void stepped(StepReport report) {
            stop.request();
          }
        };
    RecordedDetectorRun.start(run, DetectionSettings.of(options), "detect train", List.of())
        .run(List.of(stopper), line -> {}, stop);
    makeTheFirstStepLong();

    TinyShapes other = TinyShapes.write(folder.resolve("other"));
    other.change(all -> ((ObjectNode) all.get("annotations").get(0)).put("area", 1.5));
    OTHER_DATA.run("detect", "train", "--resume=" + run.path(), "--data=" + other.folder());
    assertThat(RESUMED.run("detect", "train", "--resume=" + run.path())).as(RESUMED.err()).isZero();
  }

  private static void makeTheFirstStepLong() throws IOException {
    List<String> lines = Files.readAllLines(run.metrics());
    int seconds = List.of(lines.get(0).split(",", -1)).indexOf("seconds");
    String[] cells = lines.get(1).split(",", -1);
    cells[seconds] = Double.toString(LONG_STEP);
    Files.write(run.metrics(), List.of(lines.get(0), String.join(",", cells)));
  }

  @Test
  void theSolverIsMeasuredAndTheChoiceRecorded() throws IOException {
    assertThat(RunRecord.read(run).options().get("exact-solver"))
        .asString()
        .startsWith("auto:64=")
        .contains(",256=", ",1024=");
  }

  @Test
  void otherImagesAreRejected() {
    assertThat(OTHER_DATA.errorLine())
        .contains("expected the images that the run was started with (train_sha256 = ");
  }

  @Test
  void theTimeOfBothPartsCounts() throws IOException {
    assertThat((double) RunRecord.read(run).result().get("wall_seconds")).isGreaterThan(LONG_STEP);
  }

  @Test
  void thereAreEventsForTensorBoard() throws IOException {
    try (Stream<Path> files = Files.list(run.events())) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(2);
    }
    try (Stream<Path> files = Files.list(run.events().resolve("diagnostics"))) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void everyLayerIsDiagnosed() throws IOException {
    List<String> lines = Files.readAllLines(run.diagnostics());
    assertThat(lines).anyMatch(line -> line.startsWith("1,roi_heads/"));
    assertThat(lines).anyMatch(line -> line.startsWith("2,roi_heads/"));
    assertThat(MetricsCsv.read(run.metrics())).hasSize(3);
  }
}
