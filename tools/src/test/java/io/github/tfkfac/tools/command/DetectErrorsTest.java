package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DetectErrorsTest {

  @TempDir Path folder;
  private final Program program = new Program();
  private TinyShapes data;

  /** What makes an annotation unusable, and what is said of it. */
  private record BadAnnotation(
      String name, String said, boolean ignoredInEvaluation, Consumer<ObjectNode> change) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<BadAnnotation> badAnnotations() {
    return Stream.of(
        new BadAnnotation(
            "unknown image",
            "annotation 1: is of image 99, which is not among the images",
            true,
            one -> one.put("image_id", 99)),
        new BadAnnotation(
            "unknown category",
            "annotation 1: is of category 77, which is not among the categories",
            true,
            one -> one.put("category_id", 77)),
        new BadAnnotation(
            "area that is a text",
            "annotation 1: 'area' is \"12\", expected a number",
            false,
            one -> one.put("area", "12")));
  }

  @BeforeEach
  void writeData() {
    data = TinyShapes.write(folder.resolve("data"));
  }

  @ParameterizedTest
  @MethodSource("badAnnotations")
  void aBadAnnotationIsNamed(BadAnnotation bad) throws IOException {
    Path run = begun();
    Path results = results("[]");
    data.change(all -> bad.change.accept((ObjectNode) all.get("annotations").get(0)));

    rejected(data.annotations("train") + ": " + bad.said, train("--data=" + data.folder()));
    String[] eval = {"detect", "eval", "--results=" + results, "--data=" + data.folder()};
    if (bad.ignoredInEvaluation) {
      assertThat(program.run(eval)).isZero();
      assertThat(program.onlyLine())
          .isEqualTo("kfac: " + data.annotations("val") + ": 1 entry left out: " + bad.said);
    } else {
      rejected(data.annotations("val") + ": " + bad.said, eval);
    }
    rejected(bad.said, "detect", "predict", run.toString());
    assertThat(program.run("detect", "validate", "--data=" + data.folder())).isEqualTo(2);
    assertThat(program.out().lines()).containsOnlyOnce("error  " + bad.said);
    assertThat(program.err()).isEmpty();
    assertThat(program.run("detect", "stats", "--data=" + data.folder())).isZero();
    assertThat(program.onlyLine())
        .isEqualTo("kfac: 1 entry left out; see './kfac detect validate'");
    assertThat(runs()).isEmpty();
  }

  @Test
  void brokenJsonIsNamedWithItsByte() throws IOException {
    Path run = begun();
    Path results = results("[]");
    data.cutAnnotations();
    String train =
        "%s: broken JSON at byte %2$d of %2$d"
            .formatted(data.annotations("train"), Files.size(data.annotations("train")));
    String val =
        "%s: broken JSON at byte %2$d of %2$d"
            .formatted(data.annotations("val"), Files.size(data.annotations("val")));
    String place = "--data=" + data.folder();

    rejected(train, train(place));
    rejected(train, "detect", "overfit", place, "--ids=1", "--runs=" + runsFolder());
    rejected(train, "detect", "ablation", place, "--out=" + runsFolder());
    rejected(val, "detect", "eval", "--results=" + results, place);
    rejected(val, "detect", "validate", place);
    rejected(val, "detect", "stats", place);
    rejected(train, "detect", "predict", run.toString());
    rejected(train, "detect", "eval", run.toString());
    rejected(train, "detect", "train", "--resume=" + run);
    assertThat(runs()).isEmpty();
    assertThat(run.resolve("run.json")).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[{'image_id': 1, 'score': 1, 'bbox': [1, 2, 3, 4]}] | results[0]: 'category_id' is"
            + " missing",
        "[{'image_id': 9, 'category_id': 1, 'score': 1, 'bbox': [1, 2, 3, 4]}] | results[0]: is of"
            + " image 9, which is not in the data set; do the files belong together?",
        "[{'image_id': 1, 'category_id': 1, 'bbox': [1, 2, 3, 4]}] | results[0]: 'score' is"
            + " missing",
        "[{'image_id': 1, 'category_id': 1, 'score': 1}] | results[0]: 'bbox' or 'segmentation' is"
            + " missing",
        "[{'image_id': 1, 'category_id': 1, 'score': 1, 'bbox': [1, 2]}] | results[0]: 'bbox' is"
            + " [1,2], expected x, y, width and height",
        "{}                                              | expected a list of results at the top",
        "[{'image_id':                                   | broken JSON at byte ",
      })
  void badResultsAreNamed(String content, String said) throws IOException {
    Path results = results(content.replace('\'', '"'));

    rejected(
        results + ": " + said, "detect", "eval", "--results=" + results, "--data=" + data.folder());
  }

  @Test
  void missingFilesAreNamed() {
    Path none = folder.resolve("none");
    String place = "--data=" + none;
    rejected(none + ": expected the folder of a data set, found no such folder", train(place));
    rejected("no such folder; name the files with --annotations", "detect", "stats", place);
    rejected(
        folder + ": expected the annotations of the part 'train' as one of annotations/",
        train("--data=" + folder));
    rejected("no such file or folder: " + none, "detect", "validate", "--annotations=" + none);
    rejected(
        "no such file or folder: " + none,
        "detect",
        "eval",
        "--results=" + none,
        "--data=" + data.folder());
    rejected("found no run.json in " + none, "detect", "predict", none.toString());
    rejected("found no run.json in " + none, "detect", "eval", none.toString());
    rejected("found no run.json in " + none, "detect", "train", "--resume=" + none);
    rejected("found no such file: " + none, train("--data=" + data.folder(), "--weights=" + none));
  }

  @Test
  void anUnreadableImageIsNamedByValidate() throws IOException {
    Path cut = data.image("val", 1);
    TinyShapes.cut(cut);
    Files.delete(data.image("val", 2));

    assertThat(program.run("detect", "validate", "--data=" + data.folder())).isEqualTo(2);

    assertThat(program.out())
        .contains(
            "error  image 1: file " + cut + ": ",
            "error  image 2: there is no file " + data.image("val", 2),
            "2 images, ",
            " 2 errors, 0 warnings");
    assertThat(program.run("detect", "validate", "--data=" + data.folder(), "--no-images"))
        .isEqualTo(2);
    assertThat(program.out()).contains(" 1 error, ").doesNotContain("image 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--ids=1,999             | expected images of the ids [999] in",
        "--ids=1,x               | expected numbers separated by commas for 'ids', found '1,x'",
        "--drops=half            | expected numbers separated by commas for 'drops', found 'half'",
        "--drops=0.5,1           | expected parts of the run between 0 and 1 as drops",
        "--detector=resnet5      | unknown detector 'resnet5'; did you mean 'resnet50'?",
        "--profile=torchvison    | unknown profile 'torchvison'; did you mean 'torchvision'?",
        "--fc6=block             | unknown treatment of fc6 'block'; did you mean 'blocks'?",
        "--steps=0               | expected > 0 steps, found 0",
        "--threads=-1            | expected >= 0 threads (0 for TensorFlow's choice), found -1",
        "--eval-every=-1         | expected >= 0 steps between evaluations, found -1",
        "--short-side=0          | found a short side of 0",
        "--schedule=step         | leave --schedule out",
        "--skip-bad-image        | unknown option '--skip-bad-image'; did you mean"
            + " '--skip-bad-images'?",
        "--lr=fast               | expected a number for '--lr', found 'fast'",
      })
  void badOptionsAreOneLineAndLeaveNothing(String option, String said) throws IOException {
    rejected(said, train("--data=" + data.folder(), option));
    assertThat(runs()).isEmpty();
  }

  @Test
  void batchesOfMoreImagesThanThereAreAreRejected() throws IOException {
    rejected(
        "expected at least 4 usable images in instances_train.json (train), found 3 of 3",
        train("--data=" + data.folder(), "--batch=4"));
    assertThat(runs()).isEmpty();
  }

  @Test
  void masksNeedOutlines() throws IOException {
    data.change(all -> ((ObjectNode) all.get("annotations").get(0)).remove("segmentation"));

    rejected(
        "annotation 1: has no 'segmentation', expected an outline or a mask",
        train("--data=" + data.folder(), "--masks"));
    assertThat(runs()).isEmpty();
  }

  @Test
  void expectationsThatCannotBeMeasuredAreRejectedAtOnce() throws IOException {
    String place = "--data=" + data.folder();
    String runs = "--runs=" + runsFolder();
    rejected(
        "boxes alone are evaluated; leave it out, or train with --masks",
        "detect",
        "overfit",
        place,
        runs,
        "--ids=1",
        "--expect-masks=AP=0.5");
    rejected(
        "unknown number 'AP5'; did you mean 'AP'?",
        "detect",
        "overfit",
        place,
        runs,
        "--expect=AP5=0.5");
    rejected("boxes alone", "detect", "eval", begun().toString(), "--expect-masks=AP=0.5");
    rejected(
        "boxes alone",
        "detect",
        "eval",
        "--results=" + results("[]"),
        place,
        "--expect-masks=AP=0.5");
    assertThat(runs()).isEmpty();
  }

  @Test
  void eitherARunOrResultsAreEvaluated() throws IOException {
    String run = begun().toString();
    String results = "--results=" + results("[]");
    rejected("expected either the folder of a run or --results", "detect", "eval");
    assertThat(program.onlyLine()).endsWith("found neither");
    rejected("found both", "detect", "eval", run, results);
    rejected("--checkpoint is one of RUN", "detect", "eval", results, "--checkpoint=" + folder);
    rejected("go with --results", "detect", "eval", run, "--part=train");
  }

  @Test
  void aRunWithoutACheckpointIsRejected() throws IOException {
    Path run = begun();
    String none = "expected a checkpoint in " + run.resolve("checkpoints") + ", found none";
    rejected(none, "detect", "eval", run.toString());
    rejected(none, "detect", "predict", run.toString());
    assertThat(run.resolve("run.json")).exists();
  }

  @Test
  void dataThatHasMovedIsAskedFor() throws IOException {
    Path run = begun();
    Path moved = Files.move(data.folder(), folder.resolve("moved"));
    String said = "found no such folder; name its new place with --data";

    rejected(said, "detect", "train", "--resume=" + run);
    rejected(said, "detect", "predict", run.toString());
    rejected(said, "detect", "eval", run.toString());
    rejected("expected a checkpoint", "detect", "eval", run.toString(), "--data=" + moved);
  }

  @Test
  void optionsThatContradictTheRunAreRejected() throws IOException {
    Path run = begun();
    rejected(
        "found --skip-bad-images true where the run has false",
        "detect",
        "train",
        "--resume=" + run,
        "--skip-bad-images");
  }

  @Test
  void aRunFolderThatIsThereIsLeftAlone() throws IOException {
    Path there = Files.createDirectories(runsFolder().resolve("a"));
    Path file = Files.writeString(there.resolve("results.json"), "precious");

    rejected(
        "the run folder " + there + " is there already",
        train("--data=" + data.folder(), "--name=a"));

    assertThat(file).hasContent("precious");
  }

  @Test
  void aReportNeedsFinishedRuns() {
    rejected(
        "expected finished runs in " + runsFolder() + ", found none; train some",
        "detect",
        "ablation",
        "--report-only",
        "--out=" + runsFolder());
    rejected("unknown preset 'tinny'", "detect", "ablation", "--preset=tinny", "--out=" + folder);
    rejected("needs COCO", "detect", "ablation", "--preset=coco", "--out=" + folder);
  }

  private void rejected(String said, String... arguments) {
    assertThat(program.run(arguments)).as(program.err()).isEqualTo(2);
    assertThat(program.onlyLine()).startsWith("kfac: error: ").contains(said);
    assertThat(program.out()).isEmpty();
  }

  private String[] train(String... more) {
    return Stream.concat(Stream.of("detect", "train", "--runs=" + runsFolder()), Stream.of(more))
        .toArray(String[]::new);
  }

  /** A run that was started on the data, without a step. */
  private Path begun() throws IOException {
    RunFolder run = RunFolder.create(folder.resolve("begun"));
    DetectionSettings settings =
        DetectionSettings.of(Map.of("data", data.folder().toString(), "batch", "1"));
    RecordedDetectorRun.start(run, settings, "detect train", List.of());
    return run.path();
  }

  private Path results(String content) throws IOException {
    return Files.writeString(folder.resolve("results.json"), content);
  }

  private Path runsFolder() {
    return folder.resolve("runs");
  }

  private List<Path> runs() throws IOException {
    if (!Files.exists(runsFolder())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(runsFolder())) {
      return files.toList();
    }
  }
}
