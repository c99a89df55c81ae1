package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainErrorsTest {
  private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;

  @TempDir Path folder;
  private final Program program = new Program();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--dataset=cifra10          | unknown data set 'cifra10'; did you mean 'cifar10'?",
        "--dataset=cifar10          | name it with --data",
        "--data=somewhere           | generated images are not read from a folder",
        "--model=resnet21           | did you mean 'resnet20'?",
        "--optimizer=nkfca          | unknown optimizer 'nkfca'; did you mean 'nkfac'?",
        "--optimizer=nkfak          | unknown optimizer 'nkfak'; did you mean 'nkfac'? known:"
            + " adabelief",
        "--norm-control=kl_clip     | unknown norm control 'kl_clip'; did you mean 'kl-clip'?",
        "--fisher=true              | unknown Fisher matrix 'true'; known: empirical, exact,"
            + " sampled",
        "--refresh=stagered         | unknown refresh 'stagered'; did you mean 'staggered'?",
        "--positions=reduced        | unknown treatment of positions 'reduced'; did you mean"
            + " 'reduce'?",
        "--certify=-1               | expected a certification's tolerance > 0, found -1.0",
        "--max-factor=-1            | expected a block size > 0, found -1",
        "--damping=cosine:0.1       | expected a number, or cosine:FROM:TO with numbers > 0 for"
            + " 'damping'",
        "--damping=cosine:0.1:0     | found 'cosine:0.1:0'",
        "--layer-damping=linear     | expected PATTERN=VALUE, separated by commas, with a number,"
            + " or",
        "--layer-damping=linear*=0  | expected a damping's share > 0, found 0.0",
        "--layer-period=linear*=0   | expected the inverse period > 0, found 0",
        "--layer-solver=linear*=qr  | unknown solver 'qr'; known: block, cholesky, eigen, lu",
        "--skip-layers=,fc/*        | expected layer patterns such as fc*, separated by commas",
        "--schedule=cosin           | unknown schedule 'cosin'; did you mean 'cosine'?",
        "--step-rule=linesearch     | unknown step rule 'linesearch'; did you mean 'line-search'?",
        "--exact-solver=cholsky     | unknown solver 'cholsky'; did you mean 'cholesky'?",
        "--lr=0                     | expected a learning rate > 0, found 0.0",
        "--lr=-1                    | expected a learning rate > 0, found -1.0",
        "--lr=NaN                   | expected a learning rate > 0, found NaN",
        "--lr=fast                  | expected a number for '--lr', found 'fast'",
        "--weight-decay=-1          | expected a weight decay >= 0",
        "--momentum=1.5             | momentum",
        "--last-factor=2            | expected a schedule's last factor in [0, 1]",
        "--warmup-steps=-1          | expected >= 0 steps of warm-up",
        "--accumulation=0           | expected >= 1 micro-batches per step",
        "--clip-norm=-1             | found -1.0",
        "--stat-period=0            | expected the statistics period > 0, found 0",
        "--inverse-period=-5        | expected the inverse period > 0, found -5",
        "--average-decay=1          | expected the moving average's decay in [0, 1)",
        "--damping=-1               | found -1.0",
        "--newton-iterations=0      | found 0",
        "--epochs=0                 | expected > 0 epochs, found 0",
        "--batch=0                  | expected > 0 images per batch, found 0",
        "--batch=65                 | expected a batch size of at most the 64 images",
        "--eval-every=0             | expected > 0 epochs between evaluations",
        "--eval-images=-1           | expected >= 0 images of an evaluation",
        "--checkpoint-every=0       | expected > 0 epochs between checkpoints",
        "--train-images=-1          | expected numbers of images >= 0",
        "--image-size=4             | at least 8 x 8 pixels",
        "--label-smoothing=1        | expected label smoothing in [0, 1)",
        "--threads=-1               | expected >= 0 threads",
        "--epocs=3                  | unknown option '--epocs'; did you mean '--epochs'?",
        "--resume=nowhere           | found no run.json in nowhere",
      })
  void badOptionsAreOneLineAndLeaveNothing(String option, String message) throws IOException {
    assertThat(train(option)).isEqualTo(2);

    assertThat(program.onlyLine()).startsWith("kfac: error: ").contains(message);
    assertThat(runs()).isEmpty();
  }

  @Test
  void optionsThatAnOptimizerLacksAreRejected() throws IOException {
    assertThat(train("--optimizer=sgdm", "--stat-period=5")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("the optimizer sgdm has no --stat-period");
    assertThat(train("--optimizer=adamw", "--momentum=0.5")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("the optimizer adamw has no --momentum");
    assertThat(runs()).isEmpty();
  }

  @Test
  void optionsThatContradictEachOtherAreRejected() throws IOException {
    assertThat(train("--norm-control=recovery", "--kl-clip=1e-3")).isEqualTo(2);
    assertThat(program.onlyLine())
        .endsWith(
            "--kl-clip works with --norm-control kl-clip only, found --norm-control recovery; drop"
                + " one of the two");
    assertThat(train("--optimizer=nkfac", "--kl-clip=1e-3")).isEqualTo(2);
    assertThat(program.onlyLine()).endsWith("; drop --kl-clip or give --norm-control kl-clip");
    assertThat(train("--optimizer=nkfac", "--adaptive-damping=true")).isEqualTo(2);
    assertThat(program.onlyLine())
        .endsWith("the optimizer nkfac has no --adaptive-damping; leave it out");
    assertThat(train("--optimizer=kfac", "--adaptive-damping=true", "--accumulation=2"))
        .isEqualTo(2);
    assertThat(program.onlyLine()).contains("an adapted damping (Levenberg–Marquardt), found 2");
    assertThat(train("--optimizer=skfac", "--accumulation=2")).isEqualTo(2);
    assertThat(program.onlyLine())
        .contains("one batch per step with inverses of the mini-batch (SKFAC), found 2");
    assertThat(train("--fisher=sampled", "--accumulation=2")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("expected one batch per step with", "found 2");
    assertThat(train("--large-factors=one-sided")).isEqualTo(2);
    assertThat(program.onlyLine())
        .contains("--large-factors works with --max-factor above 0 only, found --max-factor 0");
    assertThat(runs()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--skip-layers", "--layer-damping", "--layer-period", "--layer-solver"})
  void aPatternThatMatchesNoLayerIsRejectedWithTheLayersThereAre(String option) throws IOException {
    String value =
        switch (option) {
          case "--layer-damping" -> "fcc*=0.1";
          case "--layer-period" -> "fcc*=7";
          case "--layer-solver" -> "fcc*=lu";
          default -> "fcc*";
        };

    assertThat(train(option + "=" + value)).isEqualTo(2);

    assertThat(program.onlyLine()).contains("'fcc*'", "dense0/", "linear/");
    assertThat(runs()).isEmpty();
  }

  @Test
  void aNetworkThatTheOptimizerRejectsIsBadInput() throws IOException {
    assertThat(train("--strict", "--skip-layers=dense1/*")).isEqualTo(2);
    assertThat(program.onlyLine())
        .contains(
            "expected every matrix and kernel to belong to a captured layer", "dense1/kernel");
    assertThat(train("--optimizer=ekfac", "--max-factor=64")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("re-estimated spectrum", "dense0/kernel");
    assertThat(runs()).isEmpty();
  }

  @Test
  void brokenYamlIsReportedWithFileAndLine() throws IOException {
    Path broken = Files.writeString(folder.resolve("a.yaml"), "epochs: 3\nlr: [0.1\nbatch: 2\n");
    assertThat(train("--config=" + broken)).isEqualTo(2);
    assertThat(program.onlyLine()).contains(broken + ":").contains("not valid YAML");

    Path bad = Files.writeString(folder.resolve("b.yaml"), "epochs: 3\nlr: fast\n");
    assertThat(train("--config=" + bad)).isEqualTo(2);
    assertThat(program.onlyLine()).contains(bad + ":2: ").contains("--lr");
  }

  @Test
  void aRunFolderThatIsThereIsLeftAlone() throws IOException {
    Path there = Files.createDirectories(runsFolder().resolve("a"));
    Path file = Files.writeString(there.resolve("run.json"), "precious");

    assertThat(train("--name=a")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("the run folder " + there + " is there already");
    assertThat(file).hasContent("precious");
    try (Stream<Path> files = Files.list(there)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void unusableFoldersOfDataAreNamed() throws IOException {
    assertThat(cifar(folder.resolve("none"))).isEqualTo(2);
    assertThat(program.onlyLine()).contains("none: expected a folder").contains("no such folder");

    assertThat(cifar(Files.createDirectory(folder.resolve("empty")))).isEqualTo(2);
    assertThat(program.onlyLine()).contains("empty: expected data_batch_*.bin");
    assertThat(runs()).isEmpty();
  }

  @Test
  void damagedCifarFilesAreNamed() throws IOException {
    Path cut = batches("cut", new byte[CIFAR_RECORD + 7]);
    assertThat(cifar(cut)).isEqualTo(2);
    assertThat(program.onlyLine()).contains("data_batch_1.bin").contains("truncated");

    byte[] record = new byte[CIFAR_RECORD];
    record[0] = 10;
    assertThat(cifar(batches("label", record))).isEqualTo(2);
    assertThat(program.onlyLine()).contains("expected labels 0 to 9, found label 10 in record 0");
    assertThat(runs()).isEmpty();
  }

  @Test
  void moreImagesThanThereAreAreRejected() throws IOException {
    Path data = batches("few", new byte[2 * CIFAR_RECORD]);
    assertThat(cifar(data, "--train-images=3")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("expected at most the 2 images of CIFAR-10 train");
  }

  @Test
  void anIdxFileWithAWrongMagicNumberIsNamed() throws IOException {
    Path data = Files.createDirectory(folder.resolve("mnist"));
    for (String part : new String[] {"train", "t10k"}) {
      Files.write(data.resolve(part + "-images-idx3-ubyte"), idx(2049, 1, 8, 8));
      Files.write(data.resolve(part + "-labels-idx1-ubyte"), idx(2049, 1));
    }
    assertThat(
            program.run(
                "train", "--dataset=mnist", "--data=" + data, "--model=mlp", "--runs", runsPath()))
        .isEqualTo(2);
    assertThat(program.onlyLine())
        .contains("train-images-idx3-ubyte: expected an IDX file of images (magic number 2051)")
        .contains("found magic number 2049");
    assertThat(program.run("train", "--dataset=mnist", "--data=" + data, "--augment")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("mirrored digits are other characters");
  }

  @Test
  void otherFoldersWithoutTheirFilesAreNamed() throws IOException {
    Path data = Files.createDirectory(folder.resolve("empty"));
    assertThat(program.run("train", "--dataset=svhn", "--data=" + data)).isEqualTo(2);
    assertThat(program.onlyLine()).contains("expected a folder with train_32x32.mat");
    assertThat(program.run("train", "--dataset=image-folder", "--data=" + data)).isEqualTo(2);
    assertThat(program.onlyLine()).contains("train: expected a folder, found no such folder");
    assertThat(program.run("train", "--dataset=image-folder", "--data=" + data, "--crop=2"))
        .isEqualTo(2);
    assertThat(program.onlyLine()).contains("found 224 and 2.0");
  }

  private int train(String... more) {
    String[] all = new String[more.length + 1];
    System.arraycopy(more, 0, all, 0, more.length);
    all[more.length] = "--runs=" + runsPath();
    return more.length > 0 && more[0].startsWith("--resume")
        ? program.run("train", more[0])
        : program.runTiny("train", all);
  }

  private int cifar(Path data, String... more) {
    String[] all = {
      "train", "--dataset=cifar10", "--data=" + data, "--model=mlp", "--runs=" + runsPath()
    };
    return program.run(Stream.of(all, more).flatMap(Stream::of).toArray(String[]::new));
  }

  private Path batches(String name, byte[] content) throws IOException {
    Path data = Files.createDirectory(folder.resolve(name));
    Files.write(data.resolve("data_batch_1.bin"), content);
    Files.write(data.resolve("test_batch.bin"), new byte[CIFAR_RECORD]);
    return data;
  }

  private static byte[] idx(int magic, int... sizes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int values = 1;
    try (DataOutputStream file = new DataOutputStream(bytes)) {
      file.writeInt(magic);
      for (int size : sizes) {
        file.writeInt(size);
        values *= size;
      }
      file.write(new byte[values]);
    }
    return bytes.toByteArray();
  }

  private Path runsFolder() {
    return folder.resolve("runs");
  }

  private String runsPath() {
    return runsFolder().toString();
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
