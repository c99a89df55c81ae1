package io.github.tfkfac.tools.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {

  @Test
  void countsAddUpAndTheMostFrequentErrorIsNamed() {
    ConfusionMatrix matrix = new ConfusionMatrix(List.of("cat", "dog", "bird"));
    int[][] seen = {{0, 0}, {0, 1}, {0, 2}, {0, 2}, {1, 1}, {1, 2}, {1, 0}};
    for (int[] image : seen) {
      matrix.add(image[0], image[1]);
    }

    assertThat(matrix.images()).isEqualTo(7);
    assertThat(matrix.correct()).isEqualTo(2);
    assertThat(matrix.images(0)).isEqualTo(4);
    assertThat(matrix.correct(0)).isEqualTo(1);
    assertThat(matrix.mostFrequentError(0)).hasValue(2);
    assertThat(matrix.mostFrequentError(1)).hasValue(0);
    assertThat(matrix.mostFrequentError(2)).isEmpty();
    assertThat(matrix.count(0, 2)).isEqualTo(2);
  }
}
