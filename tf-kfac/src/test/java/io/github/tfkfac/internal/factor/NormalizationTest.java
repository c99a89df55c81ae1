package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;

import io.github.tfkfac.Normalization;
import io.github.tfkfac.internal.factor.Evaluation.Input;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class NormalizationTest {

  private static final double EXACT = 1e-12;
  private static final long SEED = 37;

  @ParameterizedTest
  @ValueSource(strings = {"9", "3,3", "2,3,3"})
  void everyMatrixAndEveryDiagonalIsDividedByItsNorm(String sizes) {
    Shape shape = Shape.of(Arrays.stream(sizes.split(",")).mapToLong(Long::parseLong).toArray());
    double[] factor = BruteForce.normals(SEED, (int) shape.size());

    double[] found =
        Evaluation.<TFloat64>evaluate(
                TFloat64.class,
                List.of(Input.of(factor, shape.asArray())),
                (tf, in) -> List.of(Normalization.frobenius().apply(tf, in.get(0), TFloat64.class)))
            .get(0);

    double[] expected = factor.clone();
    for (int first = 0; first < factor.length; first += 9) {
      double norm = 0;
      for (int i = first; i < first + 9; i++) {
        norm += factor[i] * factor[i];
      }
      for (int i = first; i < first + 9; i++) {
        expected[i] /= Math.sqrt(norm);
      }
    }
    assertClose(found, expected, EXACT);
  }
}
