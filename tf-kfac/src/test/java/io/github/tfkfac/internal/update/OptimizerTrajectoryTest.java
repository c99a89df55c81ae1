package io.github.tfkfac.internal.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Folding;
import io.github.tfkfac.Muon;
import io.github.tfkfac.Muon.Form;
import io.github.tfkfac.Muon.Iteration;
import io.github.tfkfac.Muon.Length;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.Shampoo;
import io.github.tfkfac.Shampoo.Exponent;
import io.github.tfkfac.Shampoo.Grafting;
import io.github.tfkfac.Shampoo.Root;
import io.github.tfkfac.Soap;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.extension.UpdateRules;
import io.github.tfkfac.testing.NpzFixture;
import io.github.tfkfac.testing.NpzFixture.Array;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Muon, Shampoo and SOAP take the steps of other libraries for 20 steps; {@code
 * src/test/python/optimizer_trajectories.py} runs those.
 */
class OptimizerTrajectoryTest {

  private static final NpzFixture FIXTURE = NpzFixture.load("optimizers");
  private static final double RATE = 0.02;
  private static final double DECAY = 0.1;

  /** Of the weight's largest entry. */
  private static final double TOLERANCE = 1e-6;

  private static final double HALF_PRECISION_TOLERANCE = 2e-3;

  /** Two units in the last place of bfloat16 above 1: PyTorch does not round products alone. */
  private static final double ONE_ROUNDING_MORE = 1.0 / 64;

  private static final Muon MUON = Muon.standard();

  private static final Shampoo SHAMPOO =
      Shampoo.standard()
          .withFolding(Folding.AXES)
          .withRefreshes(RefreshPolicy.exactEvery(1))
          .withGrafting(Grafting.NONE);

  /** A library's optimizer under its settings, and ours under those that follow them. */
  enum Library {
    TORCH_JORDAN(MUON.withLength(Length.JORDAN).withIteration(Iteration.BFLOAT16)),
    TORCH_MOONSHOT(MUON.withForm(Form.HEAVY_BALL).withIteration(Iteration.BFLOAT16)),
    KERAS_MOONSHOT(MUON),
    KERAS_PLAIN(MUON.withForm(Form.HEAVY_BALL).withLength(Length.ONE)),
    OPTAX_JORDAN(MUON.withForm(Form.CORRECTED_NESTEROV).withLength(Length.JORDAN)),
    OPTAX_MOONSHOT(MUON.withForm(Form.HEAVY_BALL)),
    SHAMPOO_SUM(SHAMPOO.withDecays(0.9, 1).withEpsilon(1e-6)),
    SHAMPOO_ADAM(
        SHAMPOO
            .withDecays(0.9, 0.95)
            .withEpsilon(1e-6)
            .withRefreshes(RefreshPolicy.exactEvery(3))
            .withGrafting(Grafting.ADAM)),
    SHAMPOO_BLOCKS(
        SHAMPOO
            .withDecays(0, 0.95)
            .withEpsilon(1e-4)
            .withExponent(Exponent.SHARE)
            .withLargestBlock(4)
            .withGrafting(Grafting.SGD)),
    SHAMPOO_NEWTON(
        SHAMPOO
            .withDecays(0.9, 0.95)
            .withEpsilon(1e-3)
            .withRefreshes(RefreshPolicy.exactEvery(2))
            .withGrafting(Grafting.SGD)
            .withRoot(Root.COUPLED_NEWTON)),
    SOAP(Soap.standard().withRefreshes(RefreshPolicy.exactEvery(3))),
    SOAP_ONE_SIDED(
        Soap.standard()
            .withDecays(0.9, 0.99)
            .withFactorDecay(0.8)
            .withRefreshes(RefreshPolicy.exactEvery(2))
            .withLongestAxis(5));

    @SuppressWarnings("ImmutableEnumChecker") // a record
    private final UpdateRules rules;

    Library(UpdateRules rules) {
      this.rules = rules;
    }

    String key() {
      return name().toLowerCase(Locale.ROOT) + "/";
    }

    boolean isHalfPrecision() {
      return name().startsWith("TORCH");
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesTheStepsOfTheLibrary(Library library) {
    Map<String, Array> expected = FIXTURE.startingWith(library.key());
    assertThat(expected).hasSizeGreaterThanOrEqualTo(2);
    expected.forEach(
        (name, weights) -> {
          if (library.isHalfPrecision()) {
            assertFollows(library, TFloat32.class, name, weights, HALF_PRECISION_TOLERANCE);
          } else {
            assertFollows(library, TFloat64.class, name, weights, TOLERANCE);
          }
        });
  }

  private static <T extends TNumber> void assertFollows(
      Library library, Class<T> type, String name, Array expected, double tolerance) {
    Array start = FIXTURE.get("start/" + name);
    Array targets = FIXTURE.get("target/" + name);
    try (TestGraph<T> graph = new TestGraph<>(type, Kind.RESOURCE)) {
      Operand<T> weight = graph.variable("w", start.shape(), start.values());
      Placeholder<T> target = graph.input(start.shape());
      Op train =
          minimize(graph, library.rules, graph.halfSquare(graph.tf.math.sub(weight, target)), RATE);
      graph.start();
      for (int step = 0; step < targets.shape().get(0); step++) {
        graph.feed(target, start.shape(), targets.at(step).values());
        graph.run(train);
        assertThat(distance(graph.value("w"), expected.at(step).values()))
            .as("%s of %s: difference of the largest entry after step %d", library, name, step + 1)
            .isLessThanOrEqualTo(tolerance);
      }
    }
  }

  private static <T extends TNumber> Op minimize(
      TestGraph<T> graph, UpdateRules rules, Operand<T> loss, double rate) {
    TrainingOptions options = TrainingOptions.muon(rate, DECAY).withRule(rules);
    return new FirstOrder(graph.graph, options).minimize(loss);
  }

  private static double distance(double[] found, double[] expected) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(found[i] - expected[i]));
    }
    return difference / largest;
  }

  /** The first step of each library from zero with the identity as gradient. */
  @Test
  void firstStepsOnTheIdentityDifferAsThoseOfTheLibrariesDo() {
    double[] expected = FIXTURE.get("identity").values();
    Muon[] settings = {
      MUON.withLength(Length.JORDAN).withIteration(Iteration.BFLOAT16),
      MUON,
      MUON.withForm(Form.CORRECTED_NESTEROV).withLength(Length.JORDAN)
    };
    for (int i = 0; i < expected.length; i++) {
      try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, Kind.REFERENCE)) {
        Shape shape = Shape.of(2, 2);
        Operand<TFloat32> weight = graph.variable("w", shape, 0, 0, 0, 0);
        Operand<TFloat32> loss =
            graph.sum(graph.tf.math.mul(weight, graph.constant(shape, 1, 0, 0, 1)));
        Op train = minimize(graph, settings[i], loss, 1);
        graph.start();
        graph.run(train);
        assertThat(graph.value("w"))
            .containsExactly(
                new double[] {expected[i], 0, 0, expected[i]},
                within(i == 0 ? ONE_ROUNDING_MORE : 2e-6));
      }
    }
    assertThat(expected).containsExactly(new double[] {-1.125, -0.313, -1.108}, within(1e-3));
  }
}
