package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GeneratedImagesTest {

  @Test
  void equalSeedsGiveEqualBytesAndOtherSeedsOthers() {
    ImageDataset images = GeneratedImages.of(60, 20, 24, 4);
    assertThat(images.shape()).isEqualTo(new ImageShape(20, 24, 3));
    assertThat(GeneratedImages.of(60, 20, 24, 4).contentHash()).isEqualTo(images.contentHash());
    Set<String> distinct = new HashSet<>();
    for (ImageDataset set : List.of(images, GeneratedImages.of(60, 20, 24, 5))) {
      for (int i = 0; i < set.size(); i++) {
        distinct.add(set.range(i, i + 1).contentHash());
      }
    }
    assertThat(distinct).hasSize(120);
  }

  @Test
  void anImageDoesNotDependOnTheNumberOfImages() {
    assertThat(GeneratedImages.of(25, 16, 16, 4).contentHash())
        .isEqualTo(GeneratedImages.of(60, 16, 16, 4).first(25).contentHash());
  }

  @Test
  void classesAreBalancedAndShuffled() {
    ImageDataset images = GeneratedImages.of(90, 8, 8, 4, 3);
    assertThat(images.classNames()).containsExactly("disk", "square", "triangle");
    int[] counts = new int[3];
    int[] first = new int[3];
    for (int i = 0; i < 90; i++) {
      counts[images.label(i)]++;
      if (i % 3 == 0) {
        first[images.label(i)]++;
      }
    }
    assertThat(counts).containsOnly(30);
    assertThat(first).doesNotContain(0, 30);
    assertThat(GeneratedImages.of(10, 8, 8, 4).classNames()).hasSize(10).doesNotHaveDuplicates();
  }

  @Test
  void everyPictureShowsSomething() {
    ImageDataset images = GeneratedImages.of(200, 32, 32, 9);
    for (int i = 0; i < images.size(); i++) {
      double lowest = 255;
      double highest = 0;
      for (int at = 0; at < 32 * 32; at++) {
        int row = at / 32;
        int column = at % 32;
        double brightness =
            0.299 * images.pixel(i, row, column, 0)
                + 0.587 * images.pixel(i, row, column, 1)
                + 0.114 * images.pixel(i, row, column, 2);
        lowest = Math.min(lowest, brightness);
        highest = Math.max(highest, brightness);
      }
      assertThat(highest - lowest).as("brightness range of image %d", i).isGreaterThan(60);
    }
  }

  @Test
  void aLinearClassifierOfThePixelsFailsOnOtherSeeds() {
    double mostForALinearClassifier = 0.6;
    SoftmaxRegression linear =
        SoftmaxRegression.train(GeneratedImages.of(2000, 32, 32, 1), 6, 0.01f, 1e-3f);
    assertThat(linear.accuracy(GeneratedImages.of(1000, 32, 32, 2)))
        .isLessThan(mostForALinearClassifier);
  }

  /** Guards the test above: the same classifier solves a task that is linear in the pixels. */
  @Test
  void theLinearClassifierLearnsALinearTask() {
    SoftmaxRegression linear = SoftmaxRegression.train(linearTask(1000, 1), 4, 0.01f, 1e-3f);
    assertThat(linear.accuracy(linearTask(1000, 2))).isGreaterThan(0.9);
  }

  @Test
  void badSizesAreRejected() {
    assertThatThrownBy(() -> GeneratedImages.of(0, 32, 32, 1)).hasMessageContaining("found 0 of");
    assertThatThrownBy(() -> GeneratedImages.of(1, 7, 32, 1)).hasMessageContaining("7 x 32");
    assertThatThrownBy(() -> GeneratedImages.of(1 << 20, 32, 32, 1)).hasMessageContaining("2^31");
    assertThatThrownBy(() -> GeneratedImages.of(1, 8, 8, 1, 11)).hasMessageContaining("found 11");
    assertThatThrownBy(() -> GeneratedImages.of(1, 8, 8, 1, 1)).hasMessageContaining("found 1");
  }

  /** Noise, a little brighter in the rows of the class. */
  private static ImageDataset linearTask(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ImageShape shape = new ImageShape(32, 32, 3);
    byte[] pixels = new byte[count * shape.valueCount()];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 10;
      for (int k = 0; k < shape.valueCount(); k++) {
        int row = k / (32 * 3);
        int value = random.nextInt(200) + (row / 3 == labels[i] ? 30 : 0);
        pixels[i * shape.valueCount() + k] = (byte) value;
      }
    }
    return ImageDataset.of(
        "linear", shape, List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), pixels, labels);
  }
}
