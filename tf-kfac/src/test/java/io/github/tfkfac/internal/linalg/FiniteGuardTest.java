package io.github.tfkfac.internal.linalg;

import static io.github.tfkfac.internal.linalg.GraphValues.evaluate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class FiniteGuardTest {

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aNonFiniteEntryInAnyTensorIsFound(float bad) {
    for (int position = 0; position < 3; position++) {
      float[] values = {1, 2, 3};
      values[position] = bad;
      assertThat(
              evaluate(
                  tf ->
                      FiniteGuard.allFinite(
                          tf,
                          List.of(
                              tf.constant(new double[][] {{1, 2}, {3, 4}}),
                              tf.constant(values[0]),
                              tf.constant(new float[][] {{values[1], 5}, {6, values[2]}})))))
          .as("position %d", position)
          .containsExactly(0);
    }
  }

  @Test
  void extremeFiniteValuesPass() {
    assertThat(
            evaluate(
                tf ->
                    FiniteGuard.allFinite(
                        tf,
                        List.of(
                            tf.constant(new float[] {Float.MAX_VALUE, Float.MAX_VALUE}),
                            tf.constant(new double[] {-Double.MAX_VALUE, Double.MIN_VALUE, 0})))))
        .containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aRejectedCandidateLeavesNoTrace(float bad) {
    assertThat(evaluate(tf -> guarded(tf, new float[][] {{bad, 2}, {3, 4}})))
        .containsExactly(5, 6, 7, 8);
  }

  @Test
  void anAcceptedCandidateReplacesTheOldValueEvenIfThatWasBroken() {
    assertThat(evaluate(tf -> guarded(tf, new float[][] {{1, 2}, {3, 4}})))
        .containsExactly(1, 2, 3, 4);
    assertThat(
            evaluate(
                tf ->
                    FiniteGuard.keepFinite(
                        tf, tf.constant(true), tf.constant(1f), tf.constant(Float.NaN))))
        .containsExactly(1);
  }

  @Test
  void rejectsAnEmptyList() {
    assertThatThrownBy(() -> evaluate(tf -> FiniteGuard.allFinite(tf, List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one tensor");
  }

  private static Operand<TFloat32> guarded(Ops tf, float[][] candidate) {
    var operand = tf.constant(candidate);
    return FiniteGuard.keepFinite(
        tf,
        FiniteGuard.allFinite(tf, List.of(operand)),
        operand,
        tf.constant(new float[][] {{5, 6}, {7, 8}}));
  }
}
