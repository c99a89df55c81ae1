package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ImageDatasetTest {

  private static final ImageShape SHAPE = new ImageShape(1, 2, 3);
  private static final List<String> CLASSES = List.of("no", "yes");

  @Test
  void holdsCopies() {
    byte[] pixels = pixels(2);
    int[] labels = {0, 1};
    ImageDataset data = ImageDataset.of("d", SHAPE, CLASSES, pixels, labels);
    pixels[0] = 77;
    labels[0] = 1;
    data.image(0)[0] = 77;
    assertThat(data.pixel(0, 0, 0, 0)).isEqualTo(0);
    assertThat(data.label(0)).isEqualTo(0);
  }

  @Test
  void bytesAreUnsigned() {
    byte[] pixels = pixels(1);
    pixels[5] = (byte) 200;
    ImageDataset data = ImageDataset.of("d", SHAPE, CLASSES, pixels, new int[] {0});
    assertThat(data.pixel(0, 0, 1, 2)).isEqualTo(200);
  }

  @Test
  void partsKeepTheirImages() {
    ImageDataset data = ImageDataset.of("d", SHAPE, CLASSES, pixels(4), new int[] {0, 1, 1, 0});
    ImageDataset part = data.range(1, 3);
    assertThat(part.size()).isEqualTo(2);
    assertThat(part.image(1)).isEqualTo(data.image(2));
    assertThat(part.label(1)).isEqualTo(1);
    assertThat(data.first(1).image(0)).isEqualTo(data.image(0));
    assertThatThrownBy(() -> data.first(5)).hasMessageContaining("found 0 to 5");
    assertThatThrownBy(() -> data.first(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theContentHashSeesEveryPartOfTheContent() {
    int[] labels = {0, 1};
    String hash = ImageDataset.of("d", SHAPE, CLASSES, pixels(2), labels).contentHash();
    assertThat(hash).matches("[0-9a-f]{64}");
    assertThat(ImageDataset.of("other", SHAPE, CLASSES, pixels(2), labels).contentHash())
        .isEqualTo(hash);

    byte[] changed = pixels(2);
    changed[11]++;
    assertThat(ImageDataset.of("d", SHAPE, CLASSES, changed, labels).contentHash())
        .isNotEqualTo(hash);
    assertThat(ImageDataset.of("d", SHAPE, CLASSES, pixels(2), new int[] {1, 1}).contentHash())
        .isNotEqualTo(hash);
    assertThat(
            ImageDataset.of("d", new ImageShape(2, 1, 3), CLASSES, pixels(2), labels).contentHash())
        .isNotEqualTo(hash);
    assertThat(ImageDataset.of("d", SHAPE, List.of("a", "b", "c"), pixels(2), labels).contentHash())
        .isNotEqualTo(hash);
  }

  @Test
  void inconsistentContentIsRejected() {
    assertThatThrownBy(() -> ImageDataset.of("d", SHAPE, CLASSES, pixels(2), new int[] {0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "expected 6 pixel bytes for the 1 labels of d (1x2x3 each), found 12");
    assertThatThrownBy(() -> ImageDataset.of("d", SHAPE, CLASSES, pixels(2), new int[] {0, 2}))
        .hasMessageContaining("expected labels 0 to 1 in d, found 2 at image 1");
    assertThatThrownBy(() -> ImageDataset.of("d", SHAPE, CLASSES, new byte[0], new int[0]))
        .hasMessageContaining("at least one image");
    assertThatThrownBy(() -> ImageDataset.of("d", SHAPE, List.of(), pixels(1), new int[] {0}))
        .hasMessageContaining("at least one class");
  }

  @Test
  void impossibleShapesAreRejected() {
    assertThatThrownBy(() -> new ImageShape(0, 1, 1)).hasMessageContaining("0 x 1 x 1");
    assertThatThrownBy(() -> new ImageShape(1 << 15, 1 << 15, 3)).hasMessageContaining("2^31");
  }

  private static byte[] pixels(int images) {
    byte[] pixels = new byte[images * SHAPE.valueCount()];
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = (byte) k;
    }
    return pixels;
  }
}
