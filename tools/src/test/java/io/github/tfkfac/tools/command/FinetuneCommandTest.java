package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.tools.CommandRun;
import io.github.tfkfac.tools.CommandRunner;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.MetricsListener;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinetuneCommandTest {

  private static final int CLASSES = 10;
  private static final List<String> TINY =
      List.of(
          "--image-size=8", "--train-images=64", "--test-images=32", "--batch=16", "--threads=1");
  private static final String EPOCHS = "--epochs=2";

  /** Of optimizers with factors. */
  private static final List<String> PERIODS = List.of("--stat-period=2", "--inverse-period=3");

  @TempDir Path folder;
  private final Program program = new Program();
  private Path model;

  @BeforeEach
  void writeModel() {
    model = TinySavedModel.write(folder.resolve("tiny"), CLASSES);
  }

  private int finetune(Path source, String... more) {
    List<String> arguments = new ArrayList<>(List.of("finetune", source.toString()));
    arguments.addAll(options(more));
    arguments.add("--runs=" + folder);
    return program.run(arguments.toArray(String[]::new));
  }

  /** Options of a short run, completed by those that the given ones leave open. */
  private static List<String> options(String... more) {
    List<String> options = new ArrayList<>(TINY);
    if (Stream.of(more).noneMatch(option -> option.startsWith("--epochs="))) {
      options.add(EPOCHS);
    }
    if (!List.of(more).contains("--optimizer=sgdm")) {
      options.addAll(PERIODS);
    }
    options.addAll(List.of(more));
    return options;
  }

  @Test
  void aModelIsTrainedFurtherAndWrittenBack() throws IOException {
    Path run = folder.resolve("a");

    assertThat(finetune(model, "--name=a")).as(program.err()).isZero();

    assertThat(program.out())
        .contains("before         ")
        .contains("test accuracy  ")
        .contains("model          " + run.resolve("model"))
        .contains("report         " + run.resolve("report.html"));
    assertThat(program.err())
        .contains("tiny: trained in the mode 'inference'; the model was saved in one mode")
        .contains("before training: test accuracy ");
    RunRecord record = RunRecord.read(RunFolder.existing(run));
    assertThat(record.command()).isEqualTo("finetune");
    assertThat(record.options())
        .containsEntry("saved-model", model.toString())
        .containsEntry("mode", "inference");
    assertThat(record.result()).containsEntry("test_images", 32).containsEntry("steps", 8);
    assertThat(run.resolve("report.html"))
        .content()
        .contains("test accuracy", "The model was trained in the mode", "Training minimized the");
    String page = Files.readString(run.resolve("report.html"));
    assertThat(program.run("report", run.toString())).as(program.err()).isZero();
    assertThat(run.resolve("report.html")).hasContent(page);
    assertThat(run.resolve("model/saved_model.pb"))
        .hasSameBinaryContentAs(model.resolve("saved_model.pb"));
    Map<String, List<Float>> trained = TinySavedModel.values(run.resolve("model"));
    TinySavedModel.values(model)
        .forEach((name, before) -> assertThat(trained.get(name)).as(name).isNotEqualTo(before));
  }

  @Test
  void curvesBeginBeforeTheFirstStep() throws IOException {
    assertThat(finetune(model, "--name=a", "--optimizer=sgdm")).as(program.err()).isZero();
    MetricsRow first = MetricsCsv.read(folder.resolve("a/metrics.csv")).get(0);
    assertThat(first.step()).isZero();
    assertThat(program.err())
        .contains(
            String.format(
                Locale.ROOT,
                "before training: test accuracy %.2f %%, test loss %.4f",
                100 * first.values().get(MetricsListener.TEST_ACCURACY),
                first.values().get(MetricsListener.TEST_LOSS)));
  }

  @Test
  void aModelThatGotWorseIsSaidToBeWorse() throws IOException {
    Path better = folder.resolve("better");
    assertThat(finetune(model, "--export=" + better, "--lr=0.05", "--epochs=6"))
        .as(program.err())
        .isZero();
    assertThat(program.out()).doesNotContain("worse than before");

    assertThat(
            finetune(
                better, "--name=worse", "--optimizer=sgdm", "--lr=5", "--momentum=0", "--seed=3"))
        .as(program.err())
        .isZero();

    assertThat(program.out())
        .containsPattern("worse than before training: .* fell from .* % to .* %");
    assertThat(folder.resolve("worse/report.html"))
        .content()
        .contains("worse than before training");
  }

  @Test
  void aModelWithoutLayersIsTrainedOnRequestOnly() {
    List<String> none = List.of("--skip-layers=*", "--name=a");
    assertThat(finetune(model, none.toArray(String[]::new))).isEqualTo(2);
    assertThat(program.onlyLine())
        .contains(
            "expected a layer of tiny that nkfac can precondition, found none among 4 variables")
        .contains("left out by the layer filter")
        .contains("--allow-no-layers");
    assertThat(folder.resolve("a")).doesNotExist();

    assertThat(finetune(model, "--skip-layers=*", "--name=a", "--allow-no-layers"))
        .as(program.err())
        .isZero();
  }

  @Test
  void learningRatesForTrainedNetworksAreSmallerThanThoseFromTheStart() {
    for (String optimizer : OptimizerSettings.names()) {
      double fromTheStart =
          RunSettings.of(Map.of("optimizer", optimizer)).optimizer().learningRate();
      Map<String, String> given = Map.of("optimizer", optimizer, "saved-model", model.toString());
      assertThat(RunSettings.of(given).optimizer().learningRate())
          .as(optimizer)
          .isLessThan(fromTheStart / 5);
      Map<String, String> newHead = new LinkedHashMap<>(given);
      newHead.put("head", "5");
      assertThat(RunSettings.of(newHead).optimizer().learningRate())
          .as(optimizer)
          .isGreaterThan(5 * RunSettings.of(given).optimizer().learningRate())
          .isLessThanOrEqualTo(fromTheStart);
    }
  }

  @Test
  void theLossIsNamedAndMustFitTheOutputs() {
    assertThat(finetune(model, "--name=a", "--loss=softmax")).as(program.err()).isZero();
    assertThat(program.err()).contains("tiny: softmax cross-entropy of '");

    assertThat(finetune(model, "--name=b", "--loss=sigmoid")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("Softmax", "--loss softmax", "--logits");

    assertThat(finetune(model, "--name=b", "--loss=sigmod")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("unknown loss 'sigmod'; did you mean 'sigmoid'?");
  }

  @Test
  void aResumedRunEndsAsTheUninterruptedOneDoes() throws IOException {
    assertThat(finetune(model, "--name=whole")).as(program.err()).isZero();
    Path parted = interruptedAfter(5);

    assertThat(program.run("finetune", "--resume", parted.toString())).as(program.err()).isZero();

    Path whole = folder.resolve("whole");
    assertThat(TinySavedModel.values(parted.resolve("model")))
        .isEqualTo(TinySavedModel.values(whole.resolve("model")));
    assertThat(RunRecord.read(new RunFolder(parted)).result().get("test_loss"))
        .isEqualTo(RunRecord.read(new RunFolder(whole)).result().get("test_loss"));
  }

  @Test
  void aRunThatEndedBeforeItsModelWasWrittenGoesOnAndWritesIt() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    List<String> line = new ArrayList<>(List.of("finetune", model.toString()));
    line.addAll(
        List.of(
            "--image-size=8",
            "--train-images=32",
            "--test-images=16",
            "--batch=16",
            "--epochs=1",
            "--threads=1",
            "--runs=" + folder,
            "--name=cut",
            "--export=" + file.resolve("model")));
    CommandRun cut = CommandRun.of(line.toArray(String[]::new));
    assertThat(cut.exitCode()).isNotZero();
    Path run = folder.resolve("cut");
    CommandRun resumed = CommandRun.of("finetune", "--resume=" + run);

    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(TinySavedModel.values(run.resolve("model")))
        .isNotEqualTo(TinySavedModel.values(model));
    CommandRun complete = CommandRun.of("finetune", "--resume=" + run);
    assertThat(complete.err()).contains("is complete");
  }

  @Test
  void aRunThatWasKilledBehindItsModelGoesOnAndWritesItAgain() throws IOException {
    assertThat(finetune(model, "--name=a", EPOCHS)).as(program.err()).isZero();
    Path run = folder.resolve("a");
    Map<String, List<Float>> trained = TinySavedModel.values(run.resolve("model"));
    withoutResult(run.resolve("run.json"));

    assertThat(program.run("finetune", "--resume", run.toString())).as(program.err()).isZero();

    assertThat(TinySavedModel.values(run.resolve("model"))).isEqualTo(trained);
    assertThat(RunRecord.read(new RunFolder(run)).result()).containsKey("test_loss");
    assertThat(run.resolve("report.html")).content().contains("Training minimized the");
  }

  private static void withoutResult(Path record) throws IOException {
    Files.writeString(
        record,
        Files.readString(record).replaceFirst("(?s)\"result\" *: *\\{.*\\}", "\"result\":{}}"));
  }

  @Test
  void aRunOfAnotherCommandIsNotResumed() throws IOException {
    assertThat(program.runTiny("train", "--runs=" + folder, "--name=a", "--optimizer=sgdm"))
        .isZero();
    withoutResult(folder.resolve("a/run.json"));

    assertThat(program.run("finetune", "--resume", folder.resolve("a").toString())).isEqualTo(2);
    assertThat(program.onlyLine()).contains("expected a run of 'kfac finetune'");
  }

  @Test
  void anInterruptedRunGoesOnWithTheSameExport() {
    RunFolder run = new RunFolder(folder.resolve("a"));
    Path target = folder.resolve("trained");
    assertThat(StartedFinetuning.goOn(run, run.path().resolve("model")))
        .containsExactly("./kfac", "finetune", "--resume", run.path().toString());
    assertThat(StartedFinetuning.goOn(run, target)).endsWith("--export", target.toString());
  }

  @Test
  void trainDoesNotEndARunWithoutItsModel() throws IOException {
    Path parted = interruptedAfter(5);

    assertThat(program.run("train", "--resume", parted.toString())).isEqualTo(2);

    assertThat(program.onlyLine())
        .contains("found one of 'kfac finetune' in " + parted, "resume with 'kfac finetune");
    assertThat(RunRecord.read(new RunFolder(parted)).result()).isEmpty();
  }

  @Test
  void aNewHeadTakesOtherClasses() {
    Path three = TinySavedModel.write(folder.resolve("three"), 3);
    Path target = folder.resolve("ten");

    assertThat(finetune(three, "--head=10", "--export=" + target)).as(program.err()).isZero();

    Map<String, List<Float>> exported = TinySavedModel.values(target);
    assertThat(exported).containsOnlyKeys("conv/kernel", "conv/bias", "head/kernel", "head/bias");
    assertThat(exported.get("head/bias")).hasSize(10);
    assertThat(program.out()).contains("model          " + target);
  }

  @Test
  void theModelsGraphIsReadOnce() throws IOException {
    Path three = TinySavedModel.write(folder.resolve("three"), 3);
    Path graph = three.resolve("saved_model.pb");
    Path gone = folder.resolve("gone.pb");
    StringWriter err =
        new StringWriter() {
          @Override
          public void write(String text, int from, int length) {
            if (text.contains("trained in the mode")) {
              assertThat(graph.toFile().renameTo(gone.toFile())).isTrue();
            }
            super.write(text, from, length);
          }
        };
    Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(err), false);
    List<String> arguments = new ArrayList<>(List.of("finetune", three.toString(), "--head=10"));
    arguments.addAll(options());
    arguments.add("--runs=" + folder);

    int exitCode =
        new CommandRunner(console, Map.of("finetune", new FinetuneCommand(console)))
            .run(arguments.toArray(String[]::new));

    assertThat(exitCode).as(err.toString()).isZero();
    assertThat(graph).doesNotExist();
  }

  @Test
  void frozenVariablesAreWrittenAsTheyWere() {
    Path target = folder.resolve("trained");

    assertThat(finetune(model, "--freeze=conv/*", "--export=" + target)).as(program.err()).isZero();

    Map<String, List<Float>> before = TinySavedModel.values(model);
    Map<String, List<Float>> after = TinySavedModel.values(target);
    assertThat(after.get("conv/kernel")).isEqualTo(before.get("conv/kernel"));
    assertThat(after.get("conv/bias")).isEqualTo(before.get("conv/bias"));
    assertThat(after.get("classes/kernel")).isNotEqualTo(before.get("classes/kernel"));
  }

  /** A run that was asked to stop during a step. */
  private Path interruptedAfter(long step) throws IOException {
    Map<String, String> values = new LinkedHashMap<>(Map.of("saved-model", model.toString()));
    for (String option : options()) {
      int assignment = option.indexOf('=');
      values.put(option.substring(2, assignment), option.substring(assignment + 1));
    }
    RunSettings settings = RunSettings.of(values);
    RunFolder run = RunFolder.create(folder.resolve("parted"));
    StopSignal stop = new StopSignal();
    TrainingListener stopper =
        new TrainingListener() {
          @Override
          public void stepped(StepReport report) {
            if (report.step() == step) {
              stop.request();
            }
          }
        };
    ClassificationRun.Outcome outcome =
        RecordedRun.start(
                new ClassificationRun(settings, settings.images(), run), "finetune", List.of())
            .run(List.of(stopper), line -> {}, stop);
    assertThat(outcome.finished()).isFalse();
    return run.path();
  }
}
