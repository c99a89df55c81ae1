package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.internal.factor.Evaluation.Input;
import io.github.tfkfac.internal.factor.Evaluation.Moments;
import io.github.tfkfac.internal.factor.LayerMoments.Kept;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

class EmbeddingMomentsTest {

  private static final double EXACT = 1e-12;
  private static final long SEED = 19;
  private static final int[][] INDICES = {{4, 0, 4}, {2, 2, 2}};
  private static final EmbeddingMoments LAYER = new EmbeddingMoments(5, 2);
  private static final Input GRADIENT = Input.of(BruteForce.normals(SEED, 12), 2, 3, 2);

  @ParameterizedTest
  @ValueSource(classes = {TInt32.class, TInt64.class})
  void theDiagonalCountsTheRowsThatWereLookedUp(Class<?> indexType) {
    Moments found =
        Evaluation.toMoments(
            Evaluation.evaluate(
                TFloat64.class,
                List.of(GRADIENT),
                (tf, in) ->
                    Evaluation.flat(
                        Evaluation.full(tf, LAYER, indices(tf, indexType), in.get(0)))));

    assertClose(found.inputSum(), new double[] {1, 0, 3, 0, 2}, 0);
    assertClose(found.gradientSum(), BruteForce.gram(BruteForce.rows(GRADIENT.values(), 2)), EXACT);
    assertThat(found.rows()).isEqualTo(6);
    assertThat(found.examples()).isEqualTo(2);
  }

  @Test
  void anInputThatIsNotKeptIsNotCounted() {
    double[] inputSum =
        Evaluation.<TFloat64>evaluate(
                TFloat64.class,
                List.of(GRADIENT),
                (tf, in) ->
                    Evaluation.flat(
                        LAYER.of(
                            tf,
                            indices(tf, TInt32.class),
                            in.get(0),
                            new Kept(new Identity(5), new Diagonal(2)))))
            .get(0);

    assertThat(inputSum).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(classes = {TInt32.class, TInt64.class})
  void reducedInputsAreTheFrequenciesWithinAnExample(Class<?> indexType) {
    List<double[]> rows =
        Evaluation.evaluate(
            TFloat64.class,
            List.of(GRADIENT),
            (tf, in) -> {
              LayerRows<TFloat64> reduced = LAYER.reduced(tf, indices(tf, indexType), in.get(0));
              return List.of(reduced.input(), reduced.gradient(), reduced.positions());
            });

    double third = 1.0 / 3;
    assertClose(rows.get(0), new double[] {third, 0, 0, 0, 2 * third, 0, 0, 1, 0, 0}, EXACT);
    double[] g = GRADIENT.values();
    double[] sums = new double[4];
    for (int i = 0; i < g.length; i++) {
      sums[i / 6 * 2 + i % 2] += g[i];
    }
    assertClose(rows.get(1), sums, EXACT);
    assertClose(rows.get(2), new double[] {3, 3}, 0);
  }

  @SuppressWarnings("unchecked") // as a tap hands them over
  private static Operand<TFloat64> indices(Ops tf, Class<?> type) {
    Operand<TInt32> indices = tf.constant(INDICES);
    return (Operand<TFloat64>)
        (Operand<?>) (type == TInt32.class ? indices : tf.dtypes.cast(indices, TInt64.class));
  }
}
