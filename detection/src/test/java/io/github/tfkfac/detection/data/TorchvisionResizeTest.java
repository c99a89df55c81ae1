package io.github.tfkfac.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.coco.Segmentation;
import io.github.tfkfac.detection.profile.DetectorProfile.ResizeRule;
import io.github.tfkfac.models.data.RgbImage;
import io.github.tfkfac.models.weights.NpzFile;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against two images that torchvision 0.14.1 prepared (short side 128, long side 192). */
class TorchvisionResizeTest {

  private static final double PIXEL_TOLERANCE = 1e-5;
  private static final double BOX_TOLERANCE = 1e-4;

  @TempDir Path folder;

  private Map<String, NpyArray> expected;
  private DetectionBatch batch;

  @BeforeEach
  void prepare() throws IOException, URISyntaxException {
    expected =
        NpzFile.read(
            Path.of(
                Objects.requireNonNull(TorchvisionResizeTest.class.getResource("resized.npz"))
                    .toURI()));
    SmallData small = new SmallData(folder);
    for (int i = 0; i < 2; i++) {
      addImage(small, i);
    }
    Preparation preparation =
        Preparation.of(new Resize(ResizeRule.FLOORED, 128, 192)).withMasks(Masks.BITMAPS);
    SamplePreparer preparer = new SamplePreparer(small.data(), preparation);
    batch =
        DetectionBatch.of(
            List.of(preparer.prepare(0, 0), preparer.prepare(1, 0)),
            new ObjectPadding.ToLargest(),
            Masks.BITMAPS);
  }

  private void addImage(SmallData small, int i) throws IOException {
    NpyArray pixels = expected.get("in" + i + "/pixels_hwc");
    int height = pixels.shape().get(0);
    int width = pixels.shape().get(1);
    small.image(i, RgbImage.of(height, width, bytes(pixels)));
    double[] boxes = expected.get("in" + i + "/boxes").asFloat64();
    byte[] masks = bytes(expected.get("in" + i + "/masks"));
    int area = height * width;
    for (int g = 0; g < boxes.length / 4; g++) {
      byte[] mask = Arrays.copyOfRange(masks, g * area, (g + 1) * area);
      small.annotation(
          2,
          new Box(boxes[4 * g], boxes[4 * g + 1], boxes[4 * g + 2], boxes[4 * g + 3]),
          false,
          Optional.of(new Segmentation.Mask(RunLengths.ofBitmap(mask, height, width))));
    }
  }

  private static byte[] bytes(NpyArray values) {
    double[] read = values.asFloat64();
    byte[] result = new byte[read.length];
    for (int k = 0; k < read.length; k++) {
      result[k] = (byte) read[k];
    }
    return result;
  }

  @Test
  void sizesAndPixelsAgree() {
    assertThat(batch.paddedSize()).isEqualTo(new ImageSize(192, 192));
    assertThat(Arrays.stream(batch.imageSizes()).asDoubleStream().toArray())
        .containsExactly(expected.get("image_sizes").asFloat64());
    double[] index = expected.get("batch/index").asFloat64();
    double[] value = expected.get("batch/value").asFloat64();
    double worst = 0;
    for (int k = 0; k < index.length; k++) {
      worst = Math.max(worst, Math.abs(batch.images()[(int) index[k]] - value[k]));
    }
    assertThat(worst).isLessThan(PIXEL_TOLERANCE);
  }

  @Test
  void boxesAgree() {
    for (int i = 0; i < 2; i++) {
      double[] boxes = expected.get("in" + i + "/boxes_resized").asFloat64();
      assertThat(batch.counts()[i]).isEqualTo(boxes.length / 4);
      for (int k = 0; k < boxes.length; k++) {
        assertThat((double) batch.boxes()[i * batch.places() * 4 + k])
            .isCloseTo(boxes[k], within(BOX_TOLERANCE));
      }
    }
  }

  @Test
  void masksAgree() {
    for (int i = 0; i < 2; i++) {
      NpyArray masks = expected.get("in" + i + "/masks_resized");
      byte[] values = bytes(masks);
      int height = masks.shape().get(1);
      int width = masks.shape().get(2);
      for (int k = 0; k < values.length; k++) {
        int g = k / (height * width);
        int y = k / width % height;
        int at = ((i * batch.places() + g) * 192 + y) * 192 + k % width;
        assertThat(batch.masks()[at]).isEqualTo(values[k]);
      }
    }
  }
}
