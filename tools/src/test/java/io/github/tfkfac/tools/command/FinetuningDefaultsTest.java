package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.run.MetricsListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Keras models trained further for an epoch with every option at the program's default, on the
 * first training images (40 and 4 steps) and evaluated on the first test images.
 */
@Tag("data")
@Tag("slow")
class FinetuningDefaultsTest {

  private static final String CIFAR = "cifar10_cnn_keras_tf2.12, cifar10, cifar-10-batches-bin";
  private static final String DIGITS = "mnist_cnn_keras_tf2.2, mnist, mnist";

  @TempDir Path folder;
  private final Program program = new Program();

  @ParameterizedTest
  @CsvSource({
    "nkfac, " + CIFAR + ", 5120, 2000",
    "kfac, " + CIFAR + ", 5120, 2000",
    "sgdm, " + CIFAR + ", 5120, 2000",
    "adamw, " + CIFAR + ", 5120, 2000",
    "nkfac, " + DIGITS + ", 512, 1000",
    "kfac, " + DIGITS + ", 512, 1000",
    "sgdm, " + DIGITS + ", 512, 1000",
    "adamw, " + DIGITS + ", 512, 1000"
  })
  void anEpochDoesNotEndBelowTheStart(
      String optimizer, String model, String dataset, String images, int train, int test)
      throws IOException {
    List<MetricsRow> evaluations = epoch(optimizer, model, dataset, images, train, test);

    MetricsRow before = evaluations.get(0);
    MetricsRow after = evaluations.get(evaluations.size() - 1);
    assertThat(value(after, MetricsListener.TEST_LOSS))
        .isLessThan(value(before, MetricsListener.TEST_LOSS));
    assertThat(value(after, MetricsListener.TEST_ACCURACY))
        .isGreaterThanOrEqualTo(value(before, MetricsListener.TEST_ACCURACY));
  }

  /** The evaluations of a run, that before the first step first. */
  private List<MetricsRow> epoch(
      String optimizer, String model, String dataset, String images, int train, int test)
      throws IOException {
    Path data = Path.of(System.getenv("KFAC_DATA"));
    int exitCode =
        program.run(
            "finetune",
            data.resolve("saved_models").resolve(model).toString(),
            "--optimizer=" + optimizer,
            "--dataset=" + dataset,
            "--data=" + data.resolve(images),
            "--train-images=" + train,
            "--test-images=" + test,
            "--epochs=1",
            "--runs=" + folder,
            "--name=run");
    assertThat(exitCode).as(program.err()).isZero();
    List<MetricsRow> evaluations =
        MetricsCsv.read(folder.resolve("run/metrics.csv")).stream()
            .filter(row -> row.values().containsKey(MetricsListener.TEST_LOSS))
            .toList();
    assertThat(evaluations).hasSizeGreaterThan(1);
    assertThat(evaluations.get(0).step()).isZero();
    return evaluations;
  }

  private static double value(MetricsRow row, String name) {
    Double value = row.values().get(name);
    assertThat(value).as(name).isNotNull();
    return value;
  }
}
