package io.github.tfkfac.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.models.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One picture of noise, 24 pixels wide and 16 high, stored by Pillow 12.3 in each of EXIF's eight
 * orientations; its {@code ImageOps.exif_transpose} gives the same pixels for all.
 */
class TurnedPhotosTest {

  @TempDir Path folder;

  private DetectionDataset photo(int orientation, int width, int height) throws IOException {
    try (InputStream file = getClass().getResourceAsStream("orientation/" + orientation + ".png")) {
      Files.copy(file, folder.resolve(orientation + ".png"));
    }
    return new SmallData(folder)
        .listed(1, orientation + ".png", width, height)
        .object(9, new Box(2, 3, 15, 9))
        .object(5, new Box(1, 1, 23, 15))
        .data();
  }

  private static DetectionBatch batch(DetectionDataset data, RandomMirror mirror) {
    Preparation preparation =
        Preparation.of(SmallData.rounded(20, 40)).withMasks(Masks.BITMAPS).withMirror(mirror);
    DetectionSample sample = new SamplePreparer(data, preparation).prepare(0, 0);
    return DetectionBatch.of(List.of(sample), new ObjectPadding.ToLargest(), Masks.BITMAPS);
  }

  private enum Mirror {
    NEVER,
    ALWAYS;

    private RandomMirror value() {
      return this == NEVER ? RandomMirror.never() : new RandomMirror(1, 3);
    }
  }

  @ParameterizedTest
  @EnumSource(Mirror.class)
  void everyOrientationGivesTheUprightPicturesBatch(Mirror mirror) throws IOException {
    DetectionDataset upright = photo(1, 24, 16);
    DetectionBatch expected = batch(upright, mirror.value());
    for (int orientation = 2; orientation <= 8; orientation++) {
      DetectionDataset turned = photo(orientation, 24, 16);
      DetectionBatch batch = batch(turned, mirror.value());

      assertThat(turned.picture(0).pixels())
          .as("orientation %d", orientation)
          .isEqualTo(upright.picture(0).pixels());
      assertThat(batch.images()).isEqualTo(expected.images());
      assertThat(batch.imageSizes()).isEqualTo(expected.imageSizes());
      assertThat(batch.boxes()).isEqualTo(expected.boxes());
      assertThat(batch.masks()).isEqualTo(expected.masks());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 7, 8})
  void annotationsOfTheStoredPictureAreRejected(int orientation) throws IOException {
    DetectionDataset sideways = photo(orientation, 16, 24);

    assertThatThrownBy(() -> sideways.picture(0))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "found 16x24 (upright; stored with EXIF orientation " + orientation + ")");
  }

  @Test
  void anUprightPictureOfAnotherSizeIsRejectedWithoutAWordOfOrientation() throws IOException {
    DetectionDataset wrong = photo(1, 16, 24);

    assertThatThrownBy(() -> wrong.picture(0)).hasMessageNotContaining("EXIF");
  }
}
