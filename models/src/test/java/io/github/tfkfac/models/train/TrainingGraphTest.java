package io.github.tfkfac.models.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.Batcher;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.layer.Network;
import io.github.tfkfac.models.layer.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class TrainingGraphTest {

  private static final OptimizerFactory SGDM =
      graph -> new FirstOrder(graph, TrainingOptions.sgdm(0.05, 1e-3));
  private static final OptimizerFactory NKFAC =
      graph -> new Kfac(graph, KfacOptions.nkfac().withPeriods(2, 6));

  private static final OptimizerFactory EXACT_FISHER =
      OptimizerFactory.kfac(KfacOptions.kfac().withFisher(Fisher.exact()).withPeriods(2, 6));

  static Stream<Arguments> optimizersAndTypes() {
    return Stream.of(
        Arguments.of("KFAC with the exact Fisher", EXACT_FISHER, TFloat32.class),
        Arguments.of("SGDM", SGDM, TFloat32.class),
        Arguments.of("NKFAC", NKFAC, TFloat32.class),
        Arguments.of("SGDM", SGDM, TFloat64.class),
        Arguments.of("NKFAC", NKFAC, TFloat64.class));
  }

  private static void step(TinyRun<?> run, Batch batch) {
    try (Feeds feeds = run.training.classifier().feeds(batch)) {
      feeds.to(run.session.runner()).addTarget(run.training.step()).run().close();
    }
  }

  private static <T extends TNumber> Map<String, double[]> parameters(TinyRun<T> run) {
    Map<String, double[]> values = new LinkedHashMap<>();
    for (Parameter<T> parameter :
        ((ClassifierGraph<T>) run.training.classifier()).store().parameters()) {
      try (var result = run.session.runner().fetch(parameter.variable()).run()) {
        values.put(parameter.name(), Network.doubles(result.get(0)));
      }
    }
    return values;
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("optimizersAndTypes")
  <T extends TNumber> void aStepMovesEveryParameterAndAnInfiniteOneNone(
      String name, OptimizerFactory optimizer, Class<T> type) {
    try (TinyRun<T> run = new TinyRun<>(new SmallNetwork(0.1), type, optimizer)) {
      Batch batch = Batcher.endless(TinyRun.batches(), BatcherPosition.START).next();
      Map<String, double[]> start = parameters(run);
      step(run, batch);
      Map<String, double[]> moved = parameters(run);
      assertThat(moved)
          .containsKeys("bn1/moving_mean", "bn2/moving_variance")
          .allSatisfy((n, values) -> assertThat(values).as(n).isNotEqualTo(start.get(n)));

      batch.images()[17] = Float.NaN;
      step(run, batch);
      assertThat(parameters(run))
          .allSatisfy((n, values) -> assertThat(values).as(n).isEqualTo(moved.get(n)));
      TrainingHealth health = run.training.optimizer().health(run.session);
      assertThat(health.steps()).isEqualTo(2);
      assertThat(health.skippedSteps()).isEqualTo(1);
    }
  }
}
