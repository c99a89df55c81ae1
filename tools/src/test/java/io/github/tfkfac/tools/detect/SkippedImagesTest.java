package io.github.tfkfac.tools.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkippedImagesTest {

  @TempDir Path folder;
  private final List<String> warnings = new ArrayList<>();

  private static void skip(SkippedImages images, String file) {
    images.skipped(
        new CocoImage(1, file, 10, 10, OptionalInt.empty()),
        DataException.of(Path.of(file), "an image", "none", "replace it"));
  }

  @Test
  void anImageIsToldOfAndCountedOnce() throws IOException {
    SkippedImages images = SkippedImages.of(new RunFolder(folder), warnings::add);
    skip(images, "a.jpg");
    skip(images, "b.jpg");
    skip(images, "a.jpg");

    assertThat(images.count()).isEqualTo(2);
    assertThat(warnings)
        .containsExactly(
            "left out a.jpg: expected an image, found none; replace it",
            "left out b.jpg: expected an image, found none; replace it");
    assertThat(SkippedImages.list(new RunFolder(folder))).content().hasLineCount(2);
  }

  @Test
  void aResumedRunCountsTheEarlierOnesAndTellsOfThemAgain() throws IOException {
    skip(SkippedImages.of(new RunFolder(folder), line -> {}), "a.jpg");
    SkippedImages resumed = SkippedImages.of(new RunFolder(folder), warnings::add);

    assertThat(resumed.count()).isEqualTo(1);
    skip(resumed, "a.jpg");
    assertThat(resumed.count()).isEqualTo(1);
    assertThat(warnings).hasSize(1);
    assertThat(SkippedImages.list(new RunFolder(folder))).content().hasLineCount(1);
  }

  @Test
  void anEvaluationLeavesNoList() {
    SkippedImages images = SkippedImages.told(warnings::add);
    skip(images, "a.jpg");

    assertThat(images.count()).isEqualTo(1);
    assertThat(folder).isEmptyDirectory();
  }
}
