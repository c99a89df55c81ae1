package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.factor.Evaluation.Input;
import io.github.tfkfac.internal.factor.Evaluation.Moments;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class DenseMomentsTest {

  private static final double EXACT = 1e-10;
  private static final double SINGLE_PRECISION = 1e-4;
  private static final long SEED = 3;
  private static final int INPUTS = 4;
  private static final int OUTPUTS = 3;

  @ParameterizedTest
  @ValueSource(strings = {"12", "2,6", "3,2,2"})
  void leadingDimensionsAreRows(String leading) {
    long[] dimensions = List.of(leading.split(",")).stream().mapToLong(Long::parseLong).toArray();
    double[] x = BruteForce.normals(SEED, 12 * INPUTS);
    double[] g = BruteForce.normals(SEED + 1, 12 * OUTPUTS);

    Moments found =
        Evaluation.moments(
            new DenseMoments(INPUTS, OUTPUTS, Bias.ABSENT),
            Input.of(x, Shape.of(dimensions).append(INPUTS).asArray()),
            Input.of(g, Shape.of(dimensions).append(OUTPUTS).asArray()));

    assertClose(found.inputSum(), BruteForce.gram(BruteForce.rows(x, INPUTS)), EXACT);
    assertClose(found.gradientSum(), BruteForce.gram(BruteForce.rows(g, OUTPUTS)), EXACT);
    assertThat(found.rows()).isEqualTo(12);
    assertThat(found.examples()).isEqualTo((double) dimensions[0]);
  }

  @Test
  void biasIsAConstantLastInput() {
    double[] x = BruteForce.normals(SEED, 5 * INPUTS);
    double[] g = BruteForce.normals(SEED + 1, 5 * OUTPUTS);
    DenseMoments layer = new DenseMoments(INPUTS, OUTPUTS, Bias.PRESENT);
    Input input = Input.of(x, 5, INPUTS).declaredAs(Shape.of(Shape.UNKNOWN_SIZE, INPUTS));
    Input gradient = Input.of(g, 5, OUTPUTS).declaredAs(Shape.of(Shape.UNKNOWN_SIZE, OUTPUTS));

    Moments found = Evaluation.moments(layer, input, gradient);
    Moments single = Evaluation.moments(TFloat32.class, layer, input, gradient);

    double[] expected = BruteForce.gram(BruteForce.withOne(BruteForce.rows(x, INPUTS)));
    assertClose(found.inputSum(), expected, EXACT);
    assertClose(single.inputSum(), expected, SINGLE_PRECISION);
  }

  @Test
  void usesInTheSameBatchPoolRowsButNotExamples() {
    double[] x = BruteForce.normals(SEED, 10 * INPUTS);
    double[] g = BruteForce.normals(SEED + 1, 10 * OUTPUTS);
    DenseMoments layer = new DenseMoments(INPUTS, OUTPUTS, Bias.PRESENT);

    Moments pooled =
        Evaluation.toMoments(
            Evaluation.evaluate(
                TFloat64.class,
                List.of(Input.of(x, 10, INPUTS), Input.of(g, 10, OUTPUTS)),
                (tf, in) -> {
                  SecondMoments<TFloat64> first = Evaluation.full(tf, layer, in.get(0), in.get(1));
                  SecondMoments<TFloat64> second =
                      Evaluation.full(tf, layer, tf.math.neg(in.get(0)), in.get(1));
                  return Evaluation.flat(first.plus(tf, second));
                }));

    double[] once = BruteForce.gram(BruteForce.rows(g, OUTPUTS));
    double[] twice = java.util.Arrays.stream(once).map(v -> 2 * v).toArray();
    assertClose(pooled.gradientSum(), twice, EXACT);
    assertThat(pooled.inputSum()[INPUTS]).isZero();
    assertThat(pooled.rows()).isEqualTo(20);
    assertThat(pooled.examples()).isEqualTo(10);
  }
}
