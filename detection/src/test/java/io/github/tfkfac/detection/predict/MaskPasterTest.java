package io.github.tfkfac.detection.predict;

import static io.github.tfkfac.detection.testing.Close.OPS;
import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile.MaskPaste;
import io.github.tfkfac.detection.testing.Fixture;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MaskPasterTest {

  private static final Fixture FIXTURE = Fixture.ops();
  private static final Fixture EVAL = Fixture.eval();
  private static final int SIDE = 28;
  private static final double PASTED = 2e-3;

  private static float[][] mask(float[] masks, int index) {
    return IntStream.range(0, SIDE)
        .mapToObj(
            row -> {
              int start = (index * SIDE + row) * SIDE;
              return Arrays.copyOfRange(masks, start, start + SIDE);
            })
        .toArray(float[][]::new);
  }

  @ParameterizedTest
  @CsvSource({"20, 30", "64, 48", "97, 131"})
  void bothRulesGiveTheReferencesValues(int height, int width) {
    String prefix = "paste/" + height + "x" + width;
    List<Box> boxes = FIXTURE.boxList(prefix + "_boxes");
    for (MaskPaste rule : MaskPaste.values()) {
      float[] expected =
          FIXTURE.floats(
              prefix + (rule == MaskPaste.PIXEL_CENTERS ? "_gridsample" : "_torchvision"));
      float[] found = new float[expected.length];
      for (int i = 0; i < boxes.size(); i++) {
        float[] pasted =
            new MaskPaster(rule)
                .paste(mask(FIXTURE.floats("paste/masks"), i), boxes.get(i), height, width);
        System.arraycopy(pasted, 0, found, i * height * width, height * width);
      }
      assertClose(found, expected, OPS);
    }
  }

  @Test
  void detectedMasksAreTheReferences() {
    int[] sizes = EVAL.ints("original_sizes");
    MaskPaster paster = new MaskPaster(MaskPaste.INTEGER_BOX);
    for (int image = 0; image < 2; image++) {
      int height = sizes[2 * image];
      int width = sizes[2 * image + 1];
      Boxes boxes = new Boxes(EVAL.floatsOf(image, "det_boxes", "det_counts"));
      float[] probabilities = EVAL.floatsOf(image, "det_mask_probs", "det_counts");
      int[] areas = EVAL.ints("pasted" + image + "_area");
      for (int i = 0; i < boxes.size(); i++) {
        float[][] mask = mask(probabilities, i);
        boolean[] bitmap = paster.bitmap(mask, boxes.get(i), height, width);
        assertThat(count(bitmap) - areas[i]).as("area of mask %s", i).isBetween(-3, 3);
        if (i < 2) {
          String name = "pasted" + image + "_" + i;
          assertClose(paster.paste(mask, boxes.get(i), height, width), EVAL.floats(name), PASTED);
          int[] expected = EVAL.ints(name + "_binary");
          int different = 0;
          for (int p = 0; p < expected.length; p++) {
            different += (bitmap[p] ? 1 : 0) == expected[p] ? 0 : 1;
          }
          assertThat(different).isLessThanOrEqualTo(3);
        }
      }
    }
  }

  private static int count(boolean[] bitmap) {
    int count = 0;
    for (boolean set : bitmap) {
      count += set ? 1 : 0;
    }
    return count;
  }

  @Test
  void aHalfIsSetByOneRuleOnly() {
    float[][] half = new float[SIDE][SIDE];
    for (float[] row : half) {
      Arrays.fill(row, 0.5f);
    }
    Box box = new Box(2, 2, 8, 8);
    assertThat(count(new MaskPaster(MaskPaste.PIXEL_CENTERS).bitmap(half, box, 10, 10)))
        .isEqualTo(36);
    assertThat(count(new MaskPaster(MaskPaste.INTEGER_BOX).bitmap(half, box, 10, 10))).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void boxesBesideTheImageAndOfOnePixelAreFine(MaskPaste rule) {
    float[][] full = new float[SIDE][SIDE];
    for (float[] row : full) {
      Arrays.fill(row, 1);
    }
    MaskPaster paster = new MaskPaster(rule);
    assertThat(count(paster.bitmap(full, new Box(30, 5, 40, 9), 10, 20))).isZero();
    assertThat(count(paster.bitmap(full, new Box(-30, -9, -20, -5), 10, 20))).isZero();
    assertThat(paster.bitmap(full, new Box(3, 4, 4, 5), 10, 20)[4 * 20 + 3]).isTrue();
    assertThat(count(paster.bitmap(full, new Box(-5, -5, 30, 30), 10, 20))).isEqualTo(200);
  }

  @Test
  void aBoxWithoutAreaHasNoPixelCenters() {
    float[][] full = {{1}};
    assertThat(
            count(
                new MaskPaster(MaskPaste.PIXEL_CENTERS).bitmap(full, new Box(3, 4, 3, 9), 10, 10)))
        .isZero();
  }
}
