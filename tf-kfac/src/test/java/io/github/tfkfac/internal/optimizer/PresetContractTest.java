package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import io.github.tfkfac.testing.TinyMlp;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/** What every preset must do. */
class PresetContractTest {

  private static final int EXAMPLES = 12;
  private static final int STEPS = 30;
  private static final int SAVED_AT = 7;
  private static final int STEPS_AFTER = 10;

  /** Share of the first loss that may be left after {@link #STEPS} steps on one batch. */
  private static final double LEFT = 0.9;

  /** Rounding, which may differ between processors. */
  private static final double ROUNDING = 1e-10;

  @TempDir Path folder;

  enum Preset {
    NKFAC(KfacOptions.nkfac()),
    NKFAC_CERTIFIED(certified(KfacOptions.nkfac())),
    ADA_NKFAC(KfacOptions.adaNkfac().withLearningRate(0.01)),
    KFAC(KfacOptions.kfac()),
    KFAC_SAMPLED(KfacOptions.kfac().withFisher(Fisher.sampled(11))),
    KFAC_TIKHONOV(KfacOptions.kfacTikhonov()),
    EKFAC(KfacOptions.ekfac()),
    KFAC_STAR(KfacOptions.kfacStar()),
    SKFAC(KfacOptions.skfac()),
    SKFAC_STAR(KfacOptions.skfacStar()),
    TWO_LEVEL(KfacOptions.twoLevel());

    @SuppressWarnings("ImmutableEnumChecker") // options are records of values
    final KfacOptions options;

    Preset(KfacOptions preset) {
      KfacOptions oftenDue = preset.withPeriods(2, 3);
      options = name().equals("ADA_NKFAC") ? oftenDue : oftenDue.withLearningRate(0.05);
    }

    private static KfacOptions certified(KfacOptions nkfac) {
      return nkfac.withCertification(0.1);
    }

    String folder() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLossFalls(Preset preset) {
    for (Kind kind : Kind.values()) {
      try (Run run = new Run(preset, kind)) {
        run.mlp.feedBatch(1, EXAMPLES);
        List<Double> losses = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
          losses.add(run.graph.runAndFetch(run.train, run.mlp.loss)[0]);
        }
        assertThat(losses).as("%s variables", kind).allMatch(Double::isFinite);
        assertThat(losses.get(STEPS - 1))
            .as("last loss with %s variables", kind)
            .isLessThan(LEFT * losses.get(0));
        TrainingHealth health = run.optimizer.health(run.graph.session());
        assertThat(health.isSound()).as("%s", health).isTrue();
        assertThat(health.exactRefreshes() + health.iterativeRefreshes()).isEqualTo(STEPS / 3);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRestoredRunContinuesBitForBit(Preset preset) {
    List<Double> expectedLosses;
    Map<String, List<Double>> expected;
    try (Run run = new Run(preset, Kind.REFERENCE)) {
      run.steps(0, SAVED_AT);
      run.checkpoint.save(run.graph.session(), folder.resolve("saved"), Map.of());
      expectedLosses = run.steps(SAVED_AT, STEPS_AFTER);
      expected = run.graph.everyVariable();
    }
    try (Run other = new Run(preset, Kind.REFERENCE)) {
      other.checkpoint.restore(other.graph.session(), folder.resolve("saved"));
      assertThat(other.steps(SAVED_AT, STEPS_AFTER)).isEqualTo(expectedLosses);
      assertThat(other.graph.everyVariable()).isEqualTo(expected);
    }
  }

  /**
   * The checkpoints in {@code checkpoints} were written by {@link #main} of an earlier version;
   * their record holds the weights that it reached after the same further steps.
   */
  @ParameterizedTest
  @EnumSource
  void aRunOfAnEarlierVersionContinuesAsItDidThen(Preset preset) throws URISyntaxException {
    Path saved =
        Path.of(
            Objects.requireNonNull(getClass().getResource("/checkpoints/" + preset.folder()))
                .toURI());
    try (Run run = new Run(preset, Kind.REFERENCE)) {
      Map<String, String> expected = run.checkpoint.restore(run.graph.session(), saved);
      run.steps(SAVED_AT, STEPS_AFTER);
      assertThat(expected).containsOnlyKeys(TinyMlp.VARIABLES);
      expected.forEach(
          (name, values) ->
              assertThat(run.graph.value(name))
                  .as(name)
                  .containsExactly(
                      Arrays.stream(values.split(" ")).mapToDouble(Double::parseDouble).toArray(),
                      within(ROUNDING)));
    }
  }

  /** Writes checkpoints of this version into a folder. */
  public static void main(String[] folder) {
    for (Preset preset : Preset.values()) {
      Path saved = Path.of(folder[0]).resolve(preset.folder());
      try (Run run = new Run(preset, Kind.REFERENCE)) {
        run.steps(0, SAVED_AT);
        run.checkpoint.save(run.graph.session(), saved, Map.of());
        run.steps(SAVED_AT, STEPS_AFTER);
        Map<String, String> reached = new TreeMap<>();
        for (String name : TinyMlp.VARIABLES) {
          reached.put(
              name,
              Arrays.stream(run.graph.value(name))
                  .mapToObj(Double::toString)
                  .collect(Collectors.joining(" ")));
        }
        run.checkpoint.restore(run.graph.session(), saved);
        run.checkpoint.save(run.graph.session(), saved, reached);
      }
    }
  }

  /** A small network and its training step. */
  private static final class Run implements AutoCloseable {
    final TestGraph<TFloat64> graph;
    final TinyMlp<TFloat64> mlp;
    final Kfac optimizer;
    final Op train;
    final Checkpoint checkpoint;

    Run(Preset preset, Kind kind) {
      graph = new TestGraph<>(TFloat64.class, kind);
      mlp = new TinyMlp<>(graph);
      optimizer =
          new Kfac(
              graph.graph, preset.options, List.of(PredictiveDistribution.gaussian(mlp.output)));
      train = optimizer.minimize(mlp.loss);
      checkpoint = Checkpoint.of(graph.graph);
      graph.start();
    }

    /** Trains on a batch of its own at every step; returns the losses. */
    List<Double> steps(int first, int count) {
      List<Double> losses = new ArrayList<>();
      for (int step = first; step < first + count; step++) {
        mlp.feedBatch(step, EXAMPLES);
        losses.add(graph.runAndFetch(train, mlp.loss)[0]);
      }
      return losses;
    }

    @Override
    public void close() {
      graph.close();
    }
  }
}
