package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomCropFlipTest {

  private static final ImageShape SHAPE = new ImageShape(4, 5, 2);
  private static final int OFFSET = 3;

  private final float[] image = image();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void everyResultIsACropOfThePaddedImageAndAllCropsOccur(int padding) {
    Set<Integer> seen = new HashSet<>();
    int places = 2 * padding + 1;
    int variants = places * places * 2;
    List<float[]> crops = new ArrayList<>();
    for (int variant = 0; variant < variants; variant++) {
      crops.add(crop(padding, variant / 2 / places, variant / 2 % places, variant % 2));
    }
    for (int seed = 0; seed < 20 * variants; seed++) {
      float[] target = new float[OFFSET + SHAPE.valueCount()];
      new RandomCropFlip(padding).apply(image, SHAPE, new SplittableRandom(seed), target, OFFSET);
      assertThat(Arrays.copyOf(target, OFFSET)).containsOnly(0);
      int found = 0;
      while (found < variants && !matches(target, crops.get(found))) {
        found++;
      }
      assertThat(found).as("matching crop, seed %d", seed).isLessThan(variants);
      seen.add(found);
    }
    assertThat(seen).hasSize(variants);
  }

  @Test
  void equalRandomNumbersGiveEqualImages() {
    assertThat(augmented(new SplittableRandom(4))).isEqualTo(augmented(new SplittableRandom(4)));
  }

  @Test
  void noneCopies() {
    float[] target = new float[OFFSET + SHAPE.valueCount()];
    Augmentation.none().apply(image, SHAPE, new SplittableRandom(1), target, OFFSET);
    assertThat(matches(target, image)).isTrue();
  }

  @Test
  void negativePaddingIsRejected() {
    assertThatThrownBy(() -> new RandomCropFlip(-1)).hasMessageContaining("found -1");
  }

  private float[] augmented(RandomGenerator random) {
    float[] target = new float[SHAPE.valueCount()];
    RandomCropFlip.cifar().apply(image, SHAPE, random, target, 0);
    return target;
  }

  private static boolean matches(float[] target, float[] expected) {
    return Arrays.equals(target, OFFSET, OFFSET + expected.length, expected, 0, expected.length);
  }

  /** The definition: a padded copy, a window of it, the window's mirror image. */
  private float[] crop(int padding, int top, int left, int flip) {
    int height = SHAPE.height();
    int width = SHAPE.width();
    float[][][] padded = new float[height + 2 * padding][width + 2 * padding][2];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 2; c++) {
          padded[y + padding][x + padding][c] = image[(y * width + x) * 2 + c];
        }
      }
    }
    float[] result = new float[SHAPE.valueCount()];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 2; c++) {
          int shown = flip == 1 ? width - 1 - x : x;
          result[(y * width + shown) * 2 + c] = padded[top + y][left + x][c];
        }
      }
    }
    return result;
  }

  private static float[] image() {
    float[] values = new float[SHAPE.valueCount()];
    for (int k = 0; k < values.length; k++) {
      values[k] = k + 1;
    }
    return values;
  }
}
