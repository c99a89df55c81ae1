package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

class BatchTest {

  private static final ImageShape SHAPE = new ImageShape(2, 1, 2);

  private final Batch batch =
      new Batch(SHAPE, 3, new float[] {0, 1, 2, 3, 4, 5, 6, 7.5f}, new int[] {2, 0});

  @Test
  void labelsBecomeOneHotRows() {
    assertThat(batch.oneHot()).containsExactly(0, 0, 1, 1, 0, 0);
  }

  @Test
  void tensorsHaveTheBatchesShapeAndValues() {
    try (TFloat32 images = batch.imageTensor(TFloat32.class);
        TFloat32 labels = batch.labelTensor(TFloat32.class)) {
      assertThat(images.shape()).isEqualTo(Shape.of(2, 2, 1, 2));
      assertThat(images.getFloat(1, 1, 0, 1)).isEqualTo(7.5f);
      assertThat(images.getFloat(0, 1, 0, 0)).isEqualTo(2);
      assertThat(labels.shape()).isEqualTo(Shape.of(2, 3));
      assertThat(labels.getFloat(0, 2)).isEqualTo(1);
    }
    try (TFloat64 images = batch.imageTensor(TFloat64.class);
        TFloat64 labels = batch.labelTensor(TFloat64.class)) {
      assertThat(images.getDouble(1, 1, 0, 1)).isEqualTo(7.5);
      assertThat(labels.getDouble(1, 0)).isEqualTo(1);
      assertThat(labels.getDouble(1, 2)).isEqualTo(0);
    }
  }

  @Test
  void otherTensorTypesAreRejected() {
    assertThatThrownBy(() -> batch.imageTensor(TInt32.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found TInt32");
  }

  @Test
  void inconsistentArraysAreRejected() {
    assertThatThrownBy(() -> new Batch(SHAPE, 3, new float[7], new int[] {0, 0}))
        .hasMessageContaining("expected 8 values in a batch of 2 images 2x1x2, found 7");
    assertThatThrownBy(() -> new Batch(SHAPE, 3, new float[4], new int[] {3}))
        .hasMessageContaining("expected labels 0 to 2 in a batch, found 3");
  }
}
