package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShuffleTest {

  @Test
  void everyEpochIsAPermutation() {
    for (int epoch = 0; epoch < 5; epoch++) {
      assertThat(new Order.Shuffle(3).indices(100, epoch))
          .containsExactlyInAnyOrder(IntStream.range(0, 100).boxed().toArray(Integer[]::new))
          .isNotEqualTo(IntStream.range(0, 100).toArray());
    }
  }

  @Test
  void seedAndEpochDecide() {
    int[] first = new Order.Shuffle(3).indices(100, 7);
    assertThat(new Order.Shuffle(3).indices(100, 7)).isEqualTo(first);
    assertThat(new Order.Shuffle(3).indices(100, 8)).isNotEqualTo(first);
    assertThat(new Order.Shuffle(4).indices(100, 7)).isNotEqualTo(first);
    assertThat(new Order.Shuffle(7).indices(100, 3)).isNotEqualTo(first);
  }

  @Test
  void everyPermutationOfThreeIsAboutEquallyFrequent() {
    int epochs = 6000;
    int[] counts = new int[27];
    for (int epoch = 0; epoch < epochs; epoch++) {
      int[] order = new Order.Shuffle(11).indices(3, epoch);
      counts[9 * order[0] + 3 * order[1] + order[2]]++;
    }
    double chiSquare = 0;
    for (int[] order :
        new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
      double surplus = counts[9 * order[0] + 3 * order[1] + order[2]] - epochs / 6.0;
      chiSquare += surplus * surplus / (epochs / 6.0);
    }
    double quantile99OfFiveDegrees = 15.1;
    assertThat(chiSquare).isLessThan(quantile99OfFiveDegrees);
  }
}
