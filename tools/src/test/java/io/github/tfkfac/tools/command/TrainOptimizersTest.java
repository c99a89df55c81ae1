package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainOptimizersTest {
  @TempDir Path folder;
  private final Program program = new Program();

  @ParameterizedTest
  @MethodSource("io.github.tfkfac.tools.run.OptimizerSettings#names")
  void everyOptimizerTrainsByItsName(String name) throws IOException {
    assertThat(train("--optimizer=" + name)).as(program.err()).isZero();

    assertThat(record().options()).containsEntry("optimizer", name);
    assertThat(record().result()).containsEntry("steps", 2);
    assertThat(record().result().get("health"))
        .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
        .containsEntry("sound", true)
        .containsEntry("appliedUpdates", 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--optimizer=nkfac --fisher=exact --exact-solver=eigen --norm-control=kl-clip --kl-clip=0.5",
        "--optimizer=kfac-tikhonov --refresh=staggered --max-factor=64 --skip-layers=dense1/*"
            + " --layer-period=dense0/*=2,linear/*=3 --layer-solver=linear/*=lu",
        "--optimizer=two-level --adaptive-damping=true --damping=0.05",
        "--optimizer=muon --momentum=0.9 --muon-length=jordan --muon-precision=bfloat16",
        "--optimizer=shampoo --renewal-period=1 --grafting=sgd --exponent=share",
        "--optimizer=soap --renewal-period=3 --decay-kernels-only=true",
      })
  void optionsAreRecordedAndTakeEffect(String options) throws IOException {
    assertThat(train(options.split(" ", -1))).as(program.err()).isZero();

    for (String option : options.split(" ", -1)) {
      String[] parts = option.substring(2).split("=", 2);
      assertThat(record().options().get(parts[0])).hasToString(parts[1]);
    }
  }

  @Test
  void theSolverThatWasMeasuredIsRecordedAndUsedAgain() throws IOException {
    String[] options = {"--exact-solver=auto"};
    Path run = Program.interruptedAfter(2, folder.resolve("run"), options);
    String choice = String.valueOf(record().options().get("exact-solver"));
    assertThat(choice).matches("auto:64=\\w+,256=\\w+,1024=\\w+");
    // Another choice than any measurement here: what continues has it from the record.
    String other = "auto:64=eigen,256=eigen,1024=eigen";
    Path record = run.resolve("run.json");
    Files.writeString(record, Files.readString(record).replace(choice, other));

    assertThat(program.run("train", "--resume=" + run, "--exact-solver=auto")).isEqualTo(2);
    assertThat(program.errorLine())
        .contains("found exact-solver = " + other)
        .contains("has " + choice);

    Files.writeString(record, Files.readString(record).replace(other, choice));
    assertThat(program.run("train", "--resume=" + run, "--exact-solver=auto"))
        .as(program.err())
        .isZero();
    assertThat(record().options()).containsEntry("exact-solver", choice);
  }

  private int train(String... more) {
    List<String> options = new ArrayList<>(List.of(more));
    options.addAll(List.of("--train-images=32", "--epochs=1", "--runs=" + folder, "--name=run"));
    return program.runTiny("train", options.toArray(String[]::new));
  }

  private RunRecord record() throws IOException {
    return RunRecord.read(RunFolder.existing(folder.resolve("run")));
  }
}
