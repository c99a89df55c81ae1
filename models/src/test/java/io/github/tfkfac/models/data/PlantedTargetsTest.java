package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class PlantedTargetsTest {

  private static final long SEED = 81;
  private static final Samples TRAIN = PlantedTargets.train(SEED);

  @Test
  void inputsAreStandardNormal() {
    assertThat(TRAIN.width()).isEqualTo(10);
    assertThat(TRAIN.size()).isEqualTo(25_000);
    double sum = 0;
    double squares = 0;
    for (float value : TRAIN.inputs()) {
      sum += value;
      squares += value * value;
    }
    assertThat(sum / TRAIN.inputs().length).as("seed %d", SEED).isCloseTo(0, within(0.01));
    assertThat(squares / TRAIN.inputs().length).as("seed %d", SEED).isCloseTo(1, within(0.02));
  }

  @Test
  void oneLinearNetworkGivesTheTargetsOfTrainingAndTest() {
    // The mean of t x points along w.
    double[] direction = new double[TRAIN.width()];
    float[] inputs = TRAIN.inputs();
    float[] targets = TRAIN.targets();
    for (int i = 0; i < inputs.length; i++) {
      direction[i % 10] += inputs[i] * targets[i / 10];
    }
    Samples test = PlantedTargets.test(SEED);
    assertThat(test.size()).isEqualTo(2_500);
    assertThat(agreement(direction, test)).as("seed %d", SEED).isGreaterThan(0.97);
    assertThat(agreement(direction, PlantedTargets.test(SEED + 1))).isLessThan(0.9);
    assertThat(test.inputs()).isNotEqualTo(Arrays.copyOf(inputs, 25_000));
  }

  @Test
  void samplesDependOnTheirNumberAlone() {
    Samples some = PlantedTargets.draw(10, 5, 3, SEED);
    assertThat(some.inputs()).isEqualTo(Arrays.copyOfRange(TRAIN.inputs(), 50, 80));
    assertThat(some.targets()).isEqualTo(Arrays.copyOfRange(TRAIN.targets(), 5, 8));
  }

  @Test
  void batchesFollowAnOrder() {
    Samples batch = TRAIN.batch(new int[] {9, 4, 7, 0}, 1, 2);
    assertThat(Arrays.copyOfRange(batch.inputs(), 10, 20))
        .isEqualTo(Arrays.copyOfRange(TRAIN.inputs(), 70, 80));
    assertThat(batch.targets()).containsExactly(TRAIN.targets()[4], TRAIN.targets()[7]);
    try (TFloat32 inputs = batch.inputTensor(TFloat32.class);
        TFloat32 targets = batch.targetTensor(TFloat32.class)) {
      assertThat(inputs.shape()).isEqualTo(Shape.of(2, 10));
      assertThat(inputs.getFloat(1, 3)).isEqualTo(TRAIN.inputs()[73]);
      assertThat(targets.shape()).isEqualTo(Shape.of(2, 1));
    }
    assertThatThrownBy(() -> TRAIN.batch(new int[3], 2, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void impossibleSizesAreRejected() {
    assertThatThrownBy(() -> PlantedTargets.draw(0, -1, 5, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 0, -1 and 5");
  }

  private static double agreement(double[] direction, Samples samples) {
    float[] inputs = samples.inputs();
    float[] targets = samples.targets();
    int same = 0;
    for (int i = 0; i < targets.length; i++) {
      double product = 0;
      for (int k = 0; k < direction.length; k++) {
        product += direction[k] * inputs[i * direction.length + k];
      }
      same += product * targets[i] > 0 ? 1 : 0;
    }
    return (double) same / targets.length;
  }
}
