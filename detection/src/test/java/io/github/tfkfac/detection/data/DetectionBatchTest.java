package io.github.tfkfac.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.models.data.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

class DetectionBatchTest {

  @TempDir Path folder;

  @Test
  void padsRightAndBelowWithZeroToMultiplesOf32() throws IOException {
    byte[] white = new byte[40 * 60 * 3];
    Arrays.fill(white, (byte) 255);
    SmallData small = new SmallData(folder).image(1, RgbImage.of(40, 60, white));
    small.image(2, RgbImage.of(60, 40, white));
    DetectionBatch batch = batch(small, 40, 60, new ObjectPadding.ToLargest(), Masks.NONE);

    assertThat(batch.paddedSize()).isEqualTo(new ImageSize(64, 64));
    assertThat(batch.imageSizes()).containsExactly(40, 60, 60, 40);
    for (int at = 0; at < batch.images().length; at++) {
      int x = at / 3 % 64;
      int y = at / 3 / 64 % 64;
      boolean inside = at < 64 * 64 * 3 ? y < 40 && x < 60 : y < 60 && x < 40;
      if (inside) {
        assertThat(batch.images()[at]).isGreaterThan(1);
      } else {
        assertThat(batch.images()[at]).isZero();
      }
    }
  }

  @Test
  void scalesBoxesPerAxis() throws IOException {
    SmallData small = new SmallData(folder).image(1, 37, 61);
    small.object(9, new Box(10, 20, 30, 50));
    DetectionBatch batch = batch(small, 50, 80, new ObjectPadding.ToLargest(), Masks.NONE);
    assertThat(batch.imageSizes()).containsExactly(80, 49);
    double across = 49.0 / 37;
    double down = 80.0 / 61;
    assertThat(across).isNotEqualTo(down);
    assertThat(batch.boxes())
        .containsExactly(
            (float) (10 * across), (float) (20 * down), (float) (30 * across), (float) (50 * down));
    assertThat(batch.sources().get(0).horizontalScale()).isEqualTo(across);
    assertThat(batch.sources().get(0).verticalScale()).isEqualTo(down);
  }

  @Test
  void growsToTheImageWithTheMostObjectsAndFillsTheOthers() throws IOException {
    SmallData small = new SmallData(folder).image(1, 64, 48);
    small.object(9, new Box(1, 2, 11, 12)).object(2, new Box(5, 5, 9, 9));
    small.image(2, 64, 48).object(5, new Box(0, 0, 64, 48));
    small.image(3, 64, 48);
    DetectionBatch batch = batch(small, 48, 64, new ObjectPadding.ToLargest(), Masks.BITMAPS);

    assertThat(batch.places()).isEqualTo(2);
    assertThat(batch.counts()).containsExactly(2, 1, 0);
    assertThat(batch.labels()).containsExactly(2, 0, 1, 0, 0, 0);
    assertThat(batch.boxes())
        .startsWith(1, 2, 11, 12, 5, 5, 9, 9, 0, 0, 64, 48, 0, 0, 1, 1)
        .endsWith(0, 0, 1, 1, 0, 0, 1, 1);
    assertThat(batch.boxes(0)).containsExactly(new Box(1, 2, 11, 12), new Box(5, 5, 9, 9));
    assertThat(batch.boxes(2)).isEmpty();
    int area = batch.paddedSize().height() * batch.paddedSize().width();
    assertThat(setPixels(batch, 0)).isEqualTo(100);
    assertThat(setPixels(batch, 1)).isEqualTo(16);
    assertThat(setPixels(batch, 2)).isEqualTo(64 * 48);
    assertThat(setPixels(batch, 3)).isZero();
    assertThat(batch.masks()).hasSize(6 * area);
  }

  @Test
  void keepsMoreThanAHundredObjectsUnlessLimited() throws IOException {
    SmallData small = new SmallData(folder).image(1, 90, 60);
    for (int k = 0; k < 130; k++) {
      small.object(2, new Box(0, 0, 2 + k % 65, 3));
    }
    DetectionBatch all = batch(small, 60, 90, new ObjectPadding.ToLargest(), Masks.NONE);
    assertThat(all.counts()).containsExactly(130);
    assertThat(all.places()).isEqualTo(130);
  }

  @Test
  void aLimitKeepsTheLargestObjectsInOrder() throws IOException {
    SmallData small = new SmallData(folder).image(1, 64, 48);
    small.object(9, new Box(0, 0, 5, 5)).object(2, new Box(0, 0, 2, 2));
    small.object(5, new Box(0, 0, 9, 9)).object(2, new Box(1, 1, 6, 6));
    DetectionBatch batch = batch(small, 48, 64, new ObjectPadding.Fixed(2), Masks.BITMAPS);
    assertThat(batch.boxes(0)).containsExactly(new Box(0, 0, 5, 5), new Box(0, 0, 9, 9));
    assertThat(batch.labels()).containsExactly(2, 1);
    assertThat(setPixels(batch, 1)).isEqualTo(81);
    DetectionBatch roomy = batch(small, 48, 64, new ObjectPadding.Fixed(7), Masks.NONE);
    assertThat(roomy.places()).isEqualTo(7);
    assertThat(roomy.counts()).containsExactly(4);
  }

  @Test
  void tensorsHaveTheDocumentedShapes() throws IOException {
    SmallData small = new SmallData(folder).image(1, 64, 48).object(5, new Box(4, 5, 20, 30));
    DetectionBatch batch = batch(small, 48, 64, new ObjectPadding.Fixed(3), Masks.BITMAPS);
    try (TFloat32 images = batch.imageTensor();
        TInt32 sizes = batch.imageSizeTensor();
        TFloat32 boxes = batch.boxTensor();
        TInt32 labels = batch.labelTensor();
        TInt32 counts = batch.countTensor();
        TUint8 masks = batch.maskTensor()) {
      assertThat(images.shape()).isEqualTo(Shape.of(1, 64, 64, 3));
      assertThat(sizes.shape()).isEqualTo(Shape.of(1, 2));
      assertThat(boxes.shape()).isEqualTo(Shape.of(1, 3, 4));
      assertThat(labels.shape()).isEqualTo(Shape.of(1, 3));
      assertThat(counts.shape()).isEqualTo(Shape.of(1));
      assertThat(masks.shape()).isEqualTo(Shape.of(1, 3, 64, 64));
      assertThat(boxes.getFloat(0, 0, 3)).isEqualTo(30);
      assertThat(labels.getInt(0, 0)).isEqualTo(1);
      assertThat(masks.getByte(0, 0, 5, 4)).isEqualTo((byte) 1);
      assertThat(masks.getByte(0, 0, 4, 4)).isEqualTo((byte) 0);
      assertThat(images.getFloat(0, 3, 2, 1)).isEqualTo(batch.images()[(3 * 64 + 2) * 3 + 1]);
    }
  }

  @Test
  void aBatchWithoutMasksSaysHowToGetThem() throws IOException {
    SmallData small = new SmallData(folder).image(1, 64, 48);
    DetectionBatch batch = batch(small, 48, 64, new ObjectPadding.ToLargest(), Masks.NONE);
    assertThat(batch.hasMasks()).isFalse();
    assertThatThrownBy(batch::maskTensor)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Masks.BITMAPS");
  }

  @Test
  void rejectsNoImage() {
    assertThatThrownBy(
            () -> DetectionBatch.of(List.of(), new ObjectPadding.ToLargest(), Masks.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1 image");
  }

  private static int setPixels(DetectionBatch batch, int place) {
    int area = batch.paddedSize().height() * batch.paddedSize().width();
    int set = 0;
    for (int k = place * area; k < (place + 1) * area; k++) {
      set += batch.masks()[k];
    }
    return set;
  }

  private static DetectionBatch batch(
      SmallData small, int shortSide, int longSide, ObjectPadding padding, Masks masks) {
    DetectionDataset data = small.data();
    Preparation preparation =
        Preparation.of(SmallData.rounded(shortSide, longSide)).withMasks(masks);
    SamplePreparer preparer = new SamplePreparer(data, preparation);
    List<DetectionSample> samples =
        IntStream.range(0, data.size()).mapToObj(i -> preparer.prepare(i, 0)).toList();
    return DetectionBatch.of(samples, padding, masks);
  }
}
