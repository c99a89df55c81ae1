package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.ResultsReader;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.DetectorOutcome;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One run of four steps, interrupted after the first, of which an image cannot be read. */
@Tag("detector")
class DetectRunTest {

  private static final long STEPS = 4;
  private static final int BAD = 2;
  private static final Offset<Double> SAME = Offset.offset(1e-6);
  private static final Map<String, String> TINY =
      Map.of(
          "optimizer", "sgdm",
          "masks", "true",
          "steps", String.valueOf(STEPS),
          "batch", "1",
          "short-side", "64",
          "eval-every", "0",
          "checkpoint-every", "0",
          "threads", "1",
          "skip-bad-images", "true");

  @TempDir static Path folder;
  private static TinyShapes data;
  private static RunFolder run;
  private static final Program RESUMED = new Program();
  private final Program program = new Program();

  @BeforeAll
  static void trainInTwoParts() throws IOException {
    data = TinyShapes.write(folder.resolve("data"));
    TinyShapes.cut(data.image("train", BAD));
    run = RunFolder.create(folder.resolve("run"));
    interruptedAfter(1);
    assertThat(RunRecord.read(run).result()).isEmpty();

    int exitCode = RESUMED.run("detect", "train", "--resume=" + run.path());

    assertThat(exitCode).as(RESUMED.err()).isZero();
  }

  @Test
  void aFolderIsNoPicture() throws IOException {
    assertThat(program.run("detect", "predict", run.path().toString(), folder.toString()))
        .isEqualTo(2);
    assertThat(program.onlyLine())
        .contains(folder + ": expected an image, found a folder; name the files in it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"eval", "train --resume", "finetune --resume"})
  void commandsOfClassifiersSayThatItIsADetectors(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
    words.add(run.path().toString());

    assertThat(program.run(words.toArray(String[]::new))).isEqualTo(2);
    assertThat(program.onlyLine())
        .contains("expected the run of a classifier, found one of 'kfac ", run.path().toString());
  }

  /** Trains up to a step, as {@code detect train} does when it is interrupted there. */
  private static void interruptedAfter(long step) throws IOException {
    Map<String, String> options = new LinkedHashMap<>(TINY);
    options.put("data", data.folder().toString());
    StopSignal stop = new StopSignal();
    TrainingListener stopper =
        new TrainingListener() {
          @Override
          public void stepped(StepReport done) {
            if (done.step() == step) {
              stop.request();
            }
          }
        };
    DetectorOutcome outcome =
        RecordedDetectorRun.start(run, DetectionSettings.of(options), "detect train", List.of())
            .run(List.of(stopper), line -> {}, stop);
    assertThat(outcome.finished()).isFalse();
  }

  private static CocoDataset val() throws IOException {
    return InstancesReader.read(data.annotations("val"));
  }

  @Test
  void aReportHasItsPrecisions() throws IOException {
    Path page = folder.resolve("page.html");

    assertThat(program.run("report", run.path().toString(), "--out=" + page)).isZero();

    assertThat(page)
        .content()
        .contains("detector small trained with sgdm", "complete after 4 steps")
        .contains("<td>box AP50</td>", "<td>mask AP</td>", "<td>losses proposal boxes</td>")
        .contains("<td>--masks</td><td>true</td>")
        .contains("base64");
  }

  @Test
  void theResumedRunIsCompleteAndListsItsFiles() throws IOException {
    assertThat(RESUMED.out())
        .contains(
            "box ",
            "mask",
            "results     " + run.path().resolve("results.json"),
            "checkpoint  " + run.checkpoints().resolve("step-00000004"),
            "left out    1 image");
    assertThat(RESUMED.err()).contains("going on from step-00000001");
    assertThat(MetricsCsv.read(run.metrics()))
        .extracting(MetricsRow::step)
        .containsExactly(1L, 2L, 3L, 4L, 4L);
    assertThat(ImageIO.read(run.curves().toFile())).isNotNull();
    List<Detection> masks = ResultsReader.read(run.path().resolve("results-masks.json"), val());
    assertThat(masks).allMatch(one -> one.mask().isPresent());
    assertThat(ResultsReader.read(run.path().resolve("results.json"), val())).hasSameSizeAs(masks);
  }

  @Test
  void aRunThatWasCutBeforeItsFirstCheckpointBeginsAgain() throws IOException {
    RunFolder cut = RunFolder.create(folder.resolve("cut"));
    Map<String, String> options = new LinkedHashMap<>(TINY);
    options.put("data", data.folder().toString());
    RecordedDetectorRun.start(cut, DetectionSettings.of(options), "detect train", List.of());
    Files.writeString(cut.metrics(), "step,of,another,start\n");

    int exitCode = program.run("detect", "train", "--resume=" + cut.path());

    assertThat(exitCode).as(program.err()).isZero();
    assertThat(program.err())
        .contains("kfac: the run " + cut.path() + " has no checkpoint yet; it begins again");
    List<Double> expected = losses(run);
    List<Double> again = losses(cut);
    assertThat(again).hasSize((int) STEPS).hasSameSizeAs(expected);
    for (int i = 0; i < STEPS; i++) {
      assertThat(again.get(i)).isEqualTo(expected.get(i));
    }
  }

  private static List<Double> losses(RunFolder of) throws IOException {
    return MetricsCsv.read(of.metrics()).stream()
        .flatMap(row -> Optional.ofNullable(row.values().get("loss")).stream())
        .toList();
  }

  @Test
  void anImageThatCannotBeReadIsNamedOnceAndCounted() throws IOException {
    String bad =
        "left out " + data.image("train", BAD) + ": expected the JPEG or PNG image of id 2";
    assertThat(RESUMED.err().lines().filter(line -> line.contains(bad))).hasSize(1);
    RunRecord record = RunRecord.read(run);
    assertThat(record.result()).containsEntry("skipped_images", 1).containsEntry("steps", 4);
    assertThat(record.options()).containsEntry("skip-bad-images", "true");
    assertThat(run.path().resolve("skipped-images.txt")).content().hasLineCount(1);
  }

  @Test
  void aCompleteRunIsNotTrainedFurther() {
    rejected("is complete; start a new one", "detect", "train", "--resume=" + run.path());
    rejected(
        "the run folder " + run.path() + " is there already",
        "detect",
        "train",
        "--runs=" + folder,
        "--name=run");
  }

  @Test
  void theRunsCheckpointGivesTheRunsNumbers() throws IOException {
    int exitCode =
        program.run(
            "detect",
            "eval",
            run.path().toString(),
            "--checkpoint=" + run.checkpoints().resolve("step-00000004"),
            "--json",
            "--expect=AP=1.5",
            "--expect-masks=AR100=1.5");

    assertThat(exitCode).as(program.err()).isEqualTo(1);
    assertThat(program.err().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("kfac: expected a "))
        .anyMatch(line -> line.contains("box AP of at least 1.5000, found "))
        .anyMatch(line -> line.contains("mask AR100 of at least 1.5000, found "));
    JsonNode found = new ObjectMapper().readTree(program.out());
    assertThat(found.get("checkpoint").asText()).endsWith("step-00000004");
    Map<String, Object> result = RunRecord.read(run).result();
    for (String overlap : List.of("box", "mask")) {
      Map<?, ?> recorded = (Map<?, ?>) result.get(overlap);
      assertThat(recorded).hasSize(12);
      recorded.forEach(
          (name, value) ->
              assertThat(found.get(overlap).get((String) name).asDouble())
                  .as(overlap + " " + name)
                  .isCloseTo(((Number) value).doubleValue(), SAME));
      assertThat(found.get(overlap).get("categories")).isNotEmpty();
    }
  }

  @Test
  void predictionsAreDrawnAndWritten() throws IOException {
    Path out = folder.resolve("pictures");

    int exitCode =
        program.run("detect", "predict", run.path().toString(), "--out=" + out, "--least-score=0");

    assertThat(exitCode).as(program.err()).isZero();
    List<Path> pictures = List.of(out.resolve("000001.png"), out.resolve("000002.png"));
    assertThat(program.out().lines())
        .containsExactlyElementsOf(pictures.stream().map(Path::toString).toList());
    for (Path picture : pictures) {
      assertThat(ImageIO.read(picture.toFile())).isNotNull();
    }
    assertThat(ResultsReader.read(out.resolve("results.json"), val()))
        .isEqualTo(ResultsReader.read(run.path().resolve("results.json"), val()));
    assertThat(ResultsReader.read(out.resolve("results-masks.json"), val()))
        .isEqualTo(ResultsReader.read(run.path().resolve("results-masks.json"), val()));
  }

  @Test
  void unusableImagesAndCheckpointsAreNamedBeforeAnythingIsBuilt() throws IOException {
    Path none = folder.resolve("none.jpg");
    Path text = Files.writeString(folder.resolve("text.jpg"), "no image");
    String path = run.path().toString();
    Path results = run.path().resolve("results.json");
    String before = Files.readString(results);

    rejected(
        none + ": expected an image, found no such file",
        "detect",
        "predict",
        path,
        none.toString());
    rejected(
        text + ": expected an image, found another format",
        "detect",
        "predict",
        path,
        text.toString());
    rejected(
        data.image("train", BAD) + ": expected an image, found a JPEG file that ends within",
        "detect",
        "predict",
        path,
        data.image("val", 1).toString(),
        data.image("train", BAD).toString());
    rejected(
        "expected a least score between 0 and 1", "detect", "predict", path, "--least-score=2");
    rejected(folder.toString(), "detect", "eval", path, "--checkpoint=" + folder);
    rejected(
        "found --steps 9 where the run has 4", "detect", "train", "--resume=" + path, "--steps=9");

    assertThat(results).hasContent(before);
    assertThat(run.path().resolve("pictures")).doesNotExist();
  }

  @Test
  void withoutTheOptionTheRunEndsAtTheImageAndKeepsItsState() throws IOException {
    List<String> arguments = new ArrayList<>(List.of("detect", "train"));
    TINY.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    arguments.removeIf(option -> option.startsWith("--skip-bad-images"));
    arguments.addAll(List.of("--data=" + data.folder(), "--runs=" + folder, "--name=rejected"));

    assertThat(program.run(arguments.toArray(String[]::new))).as(program.err()).isEqualTo(2);

    Path rejected = folder.resolve("rejected");
    assertThat(program.errorLine())
        .contains(data.image("train", BAD) + ": expected the JPEG or PNG image of id 2")
        .endsWith(
            "; replace the file or remove it and continue with --resume "
                + rejected
                + ", or start a run with --skip-bad-images");
    assertThat(rejected.resolve("checkpoints")).isNotEmptyDirectory();
    assertThat(RunRecord.read(new RunFolder(rejected)).result()).isEmpty();
  }

  private void rejected(String said, String... arguments) {
    assertThat(program.run(arguments)).as(program.err()).isEqualTo(2);
    assertThat(program.onlyLine()).startsWith("kfac: error: ").contains(said);
    assertThat(program.out()).isEmpty();
  }

  @Test
  @Tag("slow")
  void imagesThatAreNotLearnedByHeartAreAFailure() throws IOException {
    int exitCode =
        program.run(
            "detect",
            "overfit",
            "--data=" + data.folder(),
            "--ids=1,3",
            "--optimizer=sgdm",
            "--steps=1",
            "--batch=1",
            "--short-side=64",
            "--threads=1",
            "--runs=" + folder,
            "--name=overfit",
            "--expect=AP50=0.85");

    assertThat(exitCode).as(program.err()).isEqualTo(1);
    assertThat(program.err().lines())
        .last()
        .asString()
        .startsWith("kfac: expected a box AP50 of at least 0.8500, found ");
    RunRecord record = RunRecord.read(new RunFolder(folder.resolve("overfit")));
    assertThat(record.command()).isEqualTo("detect overfit");
    assertThat(record.result()).containsKey("box").doesNotContainKey("mask");
    assertThat(record.data().get("train")).startsWith("2 images of data: 2 images");
    assertThat(record.data().get("val")).isEqualTo(record.data().get("train"));
  }
}
