package io.github.tfkfac.detection.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PycocotoolsAgreementTest {
  private static final double MEANS = 1e-12;
  private static final double SUMS = 1e-8;

  @Test
  void randomDataSetsGetTheReferencesNumbers(@TempDir Path folder) throws IOException {
    List<PycocotoolsCase> cases = PycocotoolsCase.all(folder);
    SoftAssertions soft = new SoftAssertions();
    for (PycocotoolsCase one : cases) {
      Evaluation found = CocoEvaluator.evaluate(one.dataset(), one.detections(), one.options());
      same(soft, one + " numbers", found.metrics().byName().values(), one.numbers("stats"), MEANS);
      same(
          soft,
          one + " categories",
          found.perCategory().stream().map(CategoryMetrics::ap).toList(),
          one.numbers("aps"),
          MEANS);
      same(soft, one + " sums", sums(found), expectedSums(one), SUMS);
    }
    soft.assertAll();
    assertThat(cases).hasSize(204);
  }

  private static void same(
      SoftAssertions soft,
      String what,
      Iterable<Double> found,
      List<Double> expected,
      double tolerance) {
    List<Double> values = new ArrayList<>();
    found.forEach(values::add);
    soft.assertThat(values).as(what).hasSameSizeAs(expected);
    for (int at = 0; at < expected.size(); at++) {
      soft.assertThat(values.get(at))
          .as(what + " " + at)
          .isCloseTo(expected.get(at), within(tolerance));
    }
  }

  private static List<Double> expectedSums(PycocotoolsCase one) {
    return Stream.of("cells", "precision", "recall", "scores")
        .map(name -> one.expected().get(name).asDouble())
        .toList();
  }

  private static List<Double> sums(Evaluation found) {
    List<PrecisionRecall> curves =
        found.categories().stream()
            .flatMap(category -> category.curves().values().stream())
            .flatMap(List::stream)
            .flatMap(java.util.Optional::stream)
            .toList();
    return List.of(
        (double) curves.stream().mapToLong(curve -> curve.precisions().count()).sum(),
        curves.stream().flatMapToDouble(PrecisionRecall::precisions).sum(),
        curves.stream().flatMapToDouble(PrecisionRecall::recalls).sum(),
        curves.stream().flatMapToDouble(PycocotoolsAgreementTest::scores).sum());
  }

  private static DoubleStream scores(PrecisionRecall curve) {
    return DoubleStream.iterate(0, t -> t < CocoThresholds.overlaps().length, t -> t + 1)
        .flatMap(t -> DoubleStream.of(curve.scores((int) t)));
  }
}
