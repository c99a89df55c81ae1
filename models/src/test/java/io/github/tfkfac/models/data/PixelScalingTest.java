package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PixelScalingTest {

  private static final float FLOAT_ROUNDING = 1e-5f;

  private final ImageDataset data = GeneratedImages.of(20, 8, 9, 5);

  @Test
  void channelsAreShiftedAndDivided() {
    byte[] image = {0, (byte) 255, 51, (byte) 255, 0, (byte) 204};
    float[] scaled = new float[6];
    PixelScaling.pretrainedRgb().scale(image, new ImageShape(1, 2, 3), scaled);
    float[] expected = {
      -0.485f / 0.229f,
      (1 - 0.456f) / 0.224f,
      (0.2f - 0.406f) / 0.225f,
      (1 - 0.485f) / 0.229f,
      -0.456f / 0.224f,
      (0.8f - 0.406f) / 0.225f
    };
    assertThat(scaled).containsExactly(expected, within(FLOAT_ROUNDING));
    PixelScaling.unitRange(3).scale(image, new ImageShape(1, 2, 3), scaled);
    assertThat(scaled).containsExactly(new float[] {0, 1, 0.2f, 1, 0, 0.8f});
  }

  @Test
  void theDataSetsOwnMomentsGiveZeroMeanAndUnitVariance() {
    PixelScaling scaling = PixelScaling.ofDataset(data);
    double[] sum = new double[3];
    double[] squares = new double[3];
    float[] scaled = new float[data.shape().valueCount()];
    for (int i = 0; i < data.size(); i++) {
      scaling.scale(data.image(i), data.shape(), scaled);
      for (int k = 0; k < scaled.length; k++) {
        sum[k % 3] += scaled[k];
        squares[k % 3] += scaled[k] * scaled[k];
      }
    }
    int count = data.size() * 8 * 9;
    for (int c = 0; c < 3; c++) {
      assertThat(sum[c] / count).isEqualTo(0, within((double) FLOAT_ROUNDING));
      assertThat(squares[c] / count).isEqualTo(1, within((double) FLOAT_ROUNDING));
    }
  }

  @Test
  void aConstantChannelStaysFinite() {
    ImageDataset constant =
        ImageDataset.of(
            "constant",
            new ImageShape(1, 1, 2),
            List.of("a"),
            new byte[] {9, 1, 9, 5},
            new int[] {0, 0});
    float[] scaled = new float[2];
    PixelScaling.ofDataset(constant).scale(constant.image(1), constant.shape(), scaled);
    assertThat(scaled[0]).isEqualTo(0, within(FLOAT_ROUNDING));
    assertThat(scaled[1]).isEqualTo(1, within(FLOAT_ROUNDING));
  }

  @Test
  void imagesAreStandardizedByTheirOwnMoments() {
    byte[] image = {10, 20, 30, (byte) 240};
    float[] scaled = new float[4];
    new PixelScaling.PerImage().scale(image, new ImageShape(2, 2, 1), scaled);
    double deviation = Math.sqrt((65 * 65 + 55 * 55 + 45 * 45 + 165 * 165) / 4.0);
    assertThat(scaled[3]).isEqualTo((float) (165 / deviation), within(FLOAT_ROUNDING));
    assertThat(scaled[0]).isEqualTo((float) (-65 / deviation), within(FLOAT_ROUNDING));
  }

  @Test
  void theDivisorOfANearlyConstantImageIsBounded() {
    byte[] image = {100, 100, 100, 100};
    float[] scaled = {9, 9, 9, 9};
    new PixelScaling.PerImage().scale(image, new ImageShape(2, 2, 1), scaled);
    assertThat(scaled).containsOnly(0f);
    byte[] almost = new byte[400];
    almost[7] = 1;
    float[] values = new float[400];
    new PixelScaling.PerImage().scale(almost, new ImageShape(20, 20, 1), values);
    assertThat(values[7]).isEqualTo((1 - 1 / 400f) * 20, within(FLOAT_ROUNDING));
  }

  @Test
  void badConstantsAreRejected() {
    assertThatThrownBy(() -> new PixelScaling.PerChannel(List.of(0f), List.of(0f)))
        .hasMessageContaining("positive standard deviation for channel 0");
    assertThatThrownBy(() -> new PixelScaling.PerChannel(List.of(0f), List.of(1f, 1f)))
        .hasMessageContaining("found 1 means and 2 standard deviations");
    assertThatThrownBy(
            () ->
                PixelScaling.unitRange(1)
                    .scale(data.image(0), data.shape(), new float[data.shape().valueCount()]))
        .hasMessageContaining("expected images of 1 channels");
  }
}
