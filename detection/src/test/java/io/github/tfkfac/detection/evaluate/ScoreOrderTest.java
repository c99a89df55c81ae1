package io.github.tfkfac.detection.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreOrderTest {
  private static final double[] SPECIAL = {
    0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE
  };

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 1000})
  void isAStableSortOfNegatedScores(int size) {
    Random random = new Random(size);
    double[] scores =
        random
            .ints(size, 0, 40)
            .mapToDouble(number -> number < SPECIAL.length ? SPECIAL[number] : number / 40.0)
            .toArray();

    int[] expected =
        IntStream.range(0, size)
            .boxed()
            .sorted(Comparator.comparingDouble(at -> 0.0 - scores[at]))
            .mapToInt(Integer::intValue)
            .toArray();

    assertThat(ScoreOrder.descending(scores)).isEqualTo(expected);
  }
}
