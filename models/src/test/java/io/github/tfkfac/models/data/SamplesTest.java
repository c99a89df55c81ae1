package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class SamplesTest {

  @Test
  void imagesAreInputsAndTargetsOfAnAutoencoder() {
    ImageDataset images =
        ImageDataset.of(
            "two",
            new ImageShape(1, 2, 1),
            List.of("a"),
            new byte[] {0, 51, (byte) 255, 102},
            new int[] {0, 0});
    Samples samples = Samples.reconstruction(images);
    assertThat(samples.inputs()).containsExactly(0f, 0.2f, 1f, 0.4f);
    assertThat(samples.targets()).isEqualTo(samples.inputs());

    Samples second = samples.batch(new int[] {1}, 0, 1);
    try (TFloat32 targets = second.targetTensor(TFloat32.class)) {
      assertThat(targets.shape()).isEqualTo(Shape.of(1, 2));
      assertThat(targets.getFloat(0, 1)).isEqualTo(0.4f);
    }
  }

  @Test
  void differentNumbersOfRowsAreRejected() {
    assertThatThrownBy(() -> Samples.owning(2, new float[4], 1, new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 4 and 3 values");
  }
}
