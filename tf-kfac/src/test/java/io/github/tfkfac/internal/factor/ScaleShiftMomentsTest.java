package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Full;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.Standardization;
import io.github.tfkfac.internal.factor.Evaluation.Input;
import io.github.tfkfac.internal.factor.Evaluation.Moments;
import io.github.tfkfac.internal.factor.LayerMoments.Kept;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat64;

class ScaleShiftMomentsTest {

  private static final double EXACT = 1e-12;
  private static final long SEED = 23;
  private static final int EXAMPLES = 3;
  private static final int POSITIONS = 4;
  private static final int CHANNELS = 2;
  private static final double EPSILON = 1e-3;
  private static final double[] X = BruteForce.normals(SEED, EXAMPLES * POSITIONS * CHANNELS);
  private static final double[] G = BruteForce.normals(SEED + 1, EXAMPLES * POSITIONS * CHANNELS);

  @ParameterizedTest
  @EnumSource
  void everyChannelHasTheMomentsOfItsGradientsPerExample(Bias bias) {
    Moments found =
        Evaluation.moments(
            new ScaleShiftMoments(CHANNELS, new Standardization.None(), bias),
            images(X),
            images(G));

    assertClose(found.inputSum(), expected(X, bias), EXACT);
    assertThat(found.gradientSum()).isEmpty();
    assertThat(found.rows()).isEqualTo(EXAMPLES);
    assertThat(found.examples()).isEqualTo(EXAMPLES);
  }

  @Test
  void theBatchStandardizesItsChannels() {
    Moments found =
        Evaluation.moments(
            new ScaleShiftMoments(CHANNELS, new Standardization.ByBatch(EPSILON), Bias.PRESENT),
            images(X),
            images(G));

    assertClose(found.inputSum(), expected(standardized(), Bias.PRESENT), EXACT);
  }

  @Test
  void theDiagonalIsThatOfAllChannels() {
    ScaleShiftMoments layer =
        new ScaleShiftMoments(CHANNELS, new Standardization.None(), Bias.PRESENT);
    double[] found =
        Evaluation.<TFloat64>evaluate(
                TFloat64.class,
                List.of(images(X), images(G)),
                (tf, in) ->
                    Evaluation.flat(
                        layer.of(
                            tf,
                            in.get(0),
                            in.get(1),
                            new Kept(new Diagonal(2 * CHANNELS), new Identity(1)))))
            .get(0);

    double[] full = expected(X, Bias.PRESENT);
    assertClose(found, new double[] {full[0], full[3], full[4], full[7]}, EXACT);
  }

  @Test
  void reducedRowsAreTheGradientsPerExample() {
    ScaleShiftMoments layer =
        new ScaleShiftMoments(CHANNELS, new Standardization.None(), Bias.PRESENT);
    List<double[]> rows =
        Evaluation.evaluate(
            TFloat64.class,
            List.of(images(X), images(G)),
            (tf, in) -> {
              LayerRows<TFloat64> reduced = layer.reduced(tf, in.get(0), in.get(1));
              return List.of(reduced.input(), reduced.gradient(), reduced.positions());
            });

    double[] pairs = new double[EXAMPLES * CHANNELS * 2];
    for (int n = 0; n < EXAMPLES; n++) {
      for (int c = 0; c < CHANNELS; c++) {
        double[] pair = pair(X, n, c);
        System.arraycopy(pair, 0, pairs, (n * CHANNELS + c) * 2, 2);
      }
    }
    assertClose(rows.get(0), pairs, EXACT);
    assertThat(rows.get(1)).hasSize(EXAMPLES * CHANNELS).containsOnly(1);
    assertThat(rows.get(2)).hasSize(EXAMPLES).containsOnly(POSITIONS);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void noChannelsAreRejected(int channels) {
    assertThatThrownBy(
            () -> new ScaleShiftMoments(channels, new Standardization.None(), Bias.ABSENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found " + channels);
  }

  @Test
  void anOutputFactorIsRejected() {
    ScaleShiftMoments layer =
        new ScaleShiftMoments(CHANNELS, new Standardization.None(), Bias.PRESENT);
    assertThatThrownBy(
            () ->
                Evaluation.evaluate(
                    TFloat64.class,
                    List.of(images(X), images(G)),
                    (tf, in) ->
                        Evaluation.flat(
                            layer.of(
                                tf,
                                in.get(0),
                                in.get(1),
                                new Kept(Evaluation.inputStructure(layer), new Full(1))))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the identity");
  }

  private static Input images(double[] values) {
    return Input.of(values, EXAMPLES, 2, 2, CHANNELS);
  }

  /** {@code (Σ g x, Σ g)} of one example and channel. */
  private static double[] pair(double[] x, int example, int channel) {
    double[] pair = new double[2];
    for (int p = 0; p < POSITIONS; p++) {
      int i = (example * POSITIONS + p) * CHANNELS + channel;
      pair[0] += G[i] * x[i];
      pair[1] += G[i];
    }
    return pair;
  }

  private static double[] expected(double[] x, Bias bias) {
    int size = 1 + bias.entries();
    double[] sums = new double[CHANNELS * size * size];
    for (int n = 0; n < EXAMPLES; n++) {
      for (int c = 0; c < CHANNELS; c++) {
        double[] pair = pair(x, n, c);
        for (int i = 0; i < size * size; i++) {
          sums[c * size * size + i] += pair[i / size] * pair[i % size];
        }
      }
    }
    return sums;
  }

  private static double[] standardized() {
    double[] result = new double[X.length];
    int entries = EXAMPLES * POSITIONS;
    for (int c = 0; c < CHANNELS; c++) {
      double mean = 0;
      double square = 0;
      for (int i = c; i < X.length; i += CHANNELS) {
        mean += X[i] / entries;
        square += X[i] * X[i] / entries;
      }
      for (int i = c; i < X.length; i += CHANNELS) {
        result[i] = (X[i] - mean) / Math.sqrt(square - mean * mean + EPSILON);
      }
    }
    return result;
  }
}
